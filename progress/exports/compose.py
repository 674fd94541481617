"""A comparison put together: same skin, same window, same scale, words around it, nothing else."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from progress.exports.deidentify import Hiding
from progress.exports.layouts import Layout, Sheet, Wording, columns_of, lay_out, letter_px
from progress.exports.limits import limits_of
from progress.exports.placing import fit_similarity
from progress.exports.recipe import Recipe
from progress.exports.recipe_parts import (
    Badge,
    CommonColour,
    Crop,
    Decode,
    Encoding,
    Panel,
    Placing,
    Resize,
    Ruler,
)
from progress.exports.render import badge_room, badge_width, logo_pixels, ruler_room
from progress.exports.seats import (
    Hidden,
    Seat,
    aligned,
    baseline_from_panel,
    face_of,
    hide,
    take_seats,
)
from progress.exports.windows import BoxMm, Window, region_polygons, window_of
from progress.model import BadInput, Region
from progress.pipeline.answers import ComparedPair

Points = NDArray[np.float64]

LEAST_STRIDE = 1.1
"""Original pixels on one of a panel at least. At exactly 1, a photo that was laid on whole pixels
keeps 12 % more fine detail than one that lies between them, and before and after differ by it; from
1.1 on it is less than 0.5 %."""
SHEET_PX = 1080
"""Longest side of a panel where nothing is asked for: what phones and web pages show."""
_GRID_PX = 720
_RULERS_MM = (50.0, 20.0, 10.0, 5.0, 2.0, 1.0)
_LEAST_TEXT_PX = 8
_RULER_SHARE = 0.3
"""Of the panel's width at most: a ruler is read, not looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What a comparison should look like.

    Parameters
    ----------
    layout : Layout
    wording : Wording
        One label for each session: the baseline, then each follow-up.
    regions : tuple of str
        Names of regions of the baseline to crop to; all skin that was found again if empty and no
        `box` is given.
    box : BoxMm, optional
        A window in millimetres around a point instead.
    user_regions : tuple of Region
        Outlines of the user's own that `regions` may name.
    hiding : Hiding
    face_may_show : bool
        Whether consent covers the face. Without it a comparison in which a face is found is
        refused, and so is an unhidden face. A bar over the eyes does not change that.
    covered : tuple of ndarray, shape (K, 2)
        Outlines in baseline pixels to cover in every panel: tattoos, background.
    height_px : int, optional
        Of each panel; as large as the photos give, up to a screen, if absent.
    colour : tuple of 3 rows, optional
        One matrix on linear light for all panels.
    quality : int
        Of the JPEG.
    """

    layout: Layout
    wording: Wording
    regions: tuple[str, ...] = ()
    box: BoxMm | None = None
    user_regions: tuple[Region, ...] = ()
    hiding: Hiding = Hiding.NOTHING
    face_may_show: bool = False
    covered: tuple[Points, ...] = ()
    height_px: int | None = None
    colour: tuple[tuple[float, float, float], ...] | None = None
    quality: int = 92


@dataclass(frozen=True, slots=True)
class Composed:
    """A comparison ready to be rendered.

    Parameters
    ----------
    recipes : tuple of Recipe
        One picture; for a slider or time-lapse one for each frame, on canvases of one size.
    assets : mapping of str to bytes
        Logo and font by sha256.
    residual_mm : tuple of (float, float)
        Median and 95th percentile for each follow-up: how far its skin lies from the baseline's.
    limited : tuple of str
        What the picture cannot show, in plain words, to be said with it.
    px_per_mm, possible_px_per_mm : float
        Of the panels, and the most that the coarsest photo gives without being unfair.
    """

    recipes: tuple[Recipe, ...]
    assets: Mapping[str, bytes] = field(repr=False)
    residual_mm: tuple[tuple[float, float], ...]
    limited: tuple[str, ...]
    px_per_mm: float
    possible_px_per_mm: float

    @property
    def recipe(self) -> Recipe:
        """The only recipe, or that of the first frame."""
        return self.recipes[0]


def compose(pairs: Sequence[ComparedPair], wish: Wish) -> Composed:
    """The recipe of a comparison.

    Parameters
    ----------
    pairs : sequence of ComparedPair
        Each follow-up with the one baseline that all share, in order of time.
    wish : Wish

    Returns
    -------
    Composed

    Raises
    ------
    ValueError
        If the pairs do not share their baseline, or labels or layout do not fit their number.
    BadInput
        If there is no scale, a region is unknown, or more pixels are asked for than the photos
        have.
    Refused
        If the same skin was not found.
    NotAllowed
        If consent does not cover the face and one is shown, or a face finder sees one.
    """
    _check(pairs, wish)
    first = pairs[0]
    px_per_mm = first.px_per_mm
    if px_per_mm is None:
        raise BadInput(
            "comparison: expected a scale in the first photo, got none",
            advice="add a sticker of known size to the photo, or give its pixels per millimetre",
        )
    registrations = [aligned(pair) for pair in pairs]
    face = face_of(first, 0)
    polygons = region_polygons(wish.regions, face, first.baseline_photo.size_px, wish.user_regions)
    window = window_of(polygons, wish.box, registrations, px_per_mm, tight=_alone(wish))
    fits = [fit_similarity(r, window.box_px, px_per_mm=px_per_mm) for r in registrations]
    coarsest = min(1.0, *(fit.followup_from_baseline.scale for fit in fits))
    possible = px_per_mm * coarsest / LEAST_STRIDE
    size_px, scale = _panel_size(window, wish, possible, 1 + len(pairs))
    small = _small_px(size_px, wish)
    badge = Badge(small) if first.simulated else None
    if _alone(wish):  # nothing but paper is there, so ruler and badge cover no skin
        above, below = (badge_room(small) if badge else 0), ruler_room(small)
        window = window.with_room(above / scale, below / scale)
        size_px = (size_px[0], size_px[1] + above + below)
    on_baseline = baseline_from_panel(window, size_px, px_per_mm / scale)
    seats = take_seats(pairs, fits, on_baseline, face=face, hiding=wish.hiding)
    plain = [
        replace(_panel(seat, window, size_px, scale, text_px=small), badge=badge) for seat in seats
    ]
    panels, said = hide(
        plain,
        seats,
        Hidden(wish.hiding, tuple(polygons), wish.covered, wish.face_may_show),
        colour=CommonColour(wish.colour) if wish.colour else None,
    )
    assets = {hashlib.sha256(data).hexdigest(): data for data in _asset_files(wish.wording)}
    return Composed(
        recipes=_recipes(panels, wish),
        assets=assets,
        residual_mm=tuple((fit.residual_median_mm, fit.residual_p95_mm) for fit in fits),
        limited=limits_of(pairs, fits, hidden=said, scale_error=_scale_error(first)),
        px_per_mm=scale,
        possible_px_per_mm=possible,
    )


def _check(pairs: Sequence[ComparedPair], wish: Wish) -> None:
    """The caller's part: pairs of one baseline, labels and layout for that many sessions."""
    if not pairs:
        raise ValueError("pairs: expected at least one, got none")
    if len({pair.baseline_photo.provenance.sha256 for pair in pairs}) > 1:
        raise ValueError("pairs: expected one baseline, got several")
    n = 1 + len(pairs)
    if len(wish.wording.labels) != n:
        raise ValueError(f"labels: expected {n}, got {len(wish.wording.labels)}")
    if wish.layout in (Layout.SIDE_BY_SIDE, Layout.SLIDER) and n != 2:
        raise ValueError(f"layout {wish.layout.value}: expected one pair, got {len(pairs)}")
    if any(len(outline) < 3 for outline in wish.covered):
        raise ValueError("covered: expected outlines of at least 3 corners")
    if wish.hiding is Hiding.REGION and not wish.regions:
        raise ValueError("hiding region: expected names of regions to show, got none")


def _alone(wish: Wish) -> bool:
    """Whether regions stand alone on paper."""
    return wish.hiding is Hiding.REGION


def _scale_error(pair: ComparedPair) -> float | None:
    """Relative error of the ruler, where it is known."""
    scale = pair.comparison.baseline[0].scale if pair.comparison.baseline else None
    return scale.relative_error if scale else None


def _panel_size(
    window: Window, wish: Wish, possible: float, n_panels: int
) -> tuple[tuple[int, int], float]:
    """Width and height of each panel, and its px/mm, never above what all photos give."""
    if wish.height_px is not None:
        scale = wish.height_px / window.height_mm
        if scale > possible:
            most = math.floor(possible * window.height_mm)
            raise BadInput(
                f"comparison: expected at most {most} px in height ({possible:.1f} px/mm is what "
                f"the coarsest photo has), got {wish.height_px} px",
                advice=f"ask for {most} px or less, or choose a larger crop",
            )
    else:
        single = wish.layout.in_frames or columns_of(wish.layout, n_panels) <= 2
        longest = SHEET_PX if (single and n_panels <= 2) or wish.layout.in_frames else _GRID_PX
        scale = min(possible, longest / max(window.width_mm, window.height_mm))
    size = max(1, round(window.width_mm * scale)), max(1, round(window.height_mm * scale))
    return size, scale


def _small_px(size_px: tuple[int, int], wish: Wish) -> int:
    """Size of the words on panels."""
    text_px = letter_px(size_px, columns_of(wish.layout, len(wish.wording.labels)))
    small = max(10, round(0.8 * text_px))
    while small > _LEAST_TEXT_PX and badge_width(small) > size_px[0]:
        small -= 1
    return small


def _panel(
    seat: Seat, window: Window, size_px: tuple[int, int], scale: float, *, text_px: int
) -> Panel:
    """A panel with its ruler, nothing hidden yet, at the canvas' corner."""
    most = _RULER_SHARE * size_px[0] / scale
    mm = next((length for length in _RULERS_MM if length <= most), None)
    turn, shift, fit = seat.photo_from_panel.turn, seat.photo_from_panel.shift, seat.fit
    return Panel(
        decode=Decode(seat.photo.provenance.sha256),
        placing=Placing(
            a=turn.real,
            b=turn.imag,
            x=shift.real,
            y=shift.imag,
            residual_median_mm=round(fit.residual_median_mm, 3) if fit else None,
            residual_p95_mm=round(fit.residual_p95_mm, 3) if fit else None,
        ),
        crop=Crop(round(window.width_mm, 3), round(window.height_mm, 3)),
        resize=Resize(size_px, scale),
        at_xy=(0, 0),
        ruler=Ruler(mm, text_px) if mm is not None else None,
    )


def _asset_files(wording: Wording) -> list[bytes]:
    """Logo and font, where given."""
    return [data for data in (wording.logo, wording.font) if data is not None]


def _recipes(panels: Sequence[Panel], wish: Wish) -> tuple[Recipe, ...]:
    """One recipe with all panels, or one for each frame."""
    n, size_px = len(panels), panels[0].resize.size_px
    frames = [[at] for at in range(n)] if wish.layout.in_frames else [list(range(n))]
    made = []
    for shown in frames:
        sheet = _sheet(wish, size_px, shown, n)
        made.append(
            Recipe(
                canvas=sheet.canvas,
                panels=tuple(
                    replace(panels[at], at_xy=corner)
                    for at, corner in zip(shown, sheet.at_xy, strict=True)
                ),
                drawn=sheet.drawn,
                colour=CommonColour(wish.colour) if wish.colour else None,
                encoding=Encoding(wish.quality),
            )
        )
    return tuple(made)


def _sheet(wish: Wish, size_px: tuple[int, int], shown: Sequence[int], n: int) -> Sheet:
    """The paper around some of the panels."""
    wording = wish.wording
    logo = None
    if wording.logo is not None:
        high, wide = logo_pixels(wording.logo)[1].shape
        logo = (hashlib.sha256(wording.logo).hexdigest(), (wide, high))
    return lay_out(
        wording,
        size_px,
        columns=columns_of(wish.layout, n),
        shown=shown,
        logo=logo,
        font_sha256=hashlib.sha256(wording.font).hexdigest() if wording.font else "",
        flush_right=wish.layout is Layout.SLIDER and list(shown) == [1],
    )
