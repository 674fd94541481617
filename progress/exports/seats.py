"""Every photo of a comparison in its place, and what is hidden in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from progress.exports.deidentify import (
    BARS,
    STILL_KNOWN,
    Hiding,
    Measure,
    corners_of,
    finds_face,
    hidden_face,
    refused,
)
from progress.exports.placing import Fit, Similarity
from progress.exports.recipe_parts import CommonColour, Cover, Panel
from progress.exports.render import render_panel
from progress.exports.windows import Window, carried_cover
from progress.imaging import DecodedPhoto
from progress.landmarks import find_face
from progress.model import Landmarks, NoSingleFace, NotAllowed, Refused, Registration
from progress.pipeline.answers import ComparedPair
from progress.regions.face import shrunk

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """One panel to be: its photo, its face, and where its pixels lie.

    Parameters
    ----------
    photo : DecodedPhoto
    face : Landmarks or None
        Of this photo; None on the body and where nothing is hidden.
    photo_from_panel : Similarity
    registration, fit : Registration and Fit, or None
        None for the baseline.
    """

    photo: DecodedPhoto = field(repr=False)
    face: Landmarks | None = field(repr=False)
    photo_from_panel: Similarity
    registration: Registration | None = None
    fit: Fit | None = None

    def to_panel(self, photo_xy: Points) -> Points:
        """Photo pixels as panel pixels, shape (N, 2)."""
        return self.photo_from_panel.inverse().map(photo_xy)


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """What is hidden in all panels.

    Parameters
    ----------
    hiding : Hiding
    regions : tuple of ndarray, shape (K, 2)
        Outlines in baseline pixels that are shown where `hiding` is `REGION`.
    covered : tuple of ndarray, shape (K, 2)
        The user's outlines in baseline pixels.
    face_may_show : bool
        Whether consent covers the face. Without it no face may be found in any finished panel;
        with it the least is hidden and nothing is checked.
    """

    hiding: Hiding
    regions: tuple[Points, ...] = field(repr=False)
    covered: tuple[Points, ...] = field(repr=False)
    face_may_show: bool = False


def aligned(pair: ComparedPair) -> Registration:
    """The registration of a pair.

    Raises
    ------
    Refused
        If there is none.
    """
    if isinstance(pair.registration, Registration):
        return pair.registration
    raise Refused(
        f"comparison: expected the same skin in both photos, got: {pair.registration.reason}",
        advice="choose a follow-up that shows the same skin from the same side",
    )


def face_of(pair: ComparedPair, which: int) -> Landmarks | None:
    """Landmarks of a pair's baseline (0) or follow-up (1); None where no face is seen."""
    if pair.shots is not None:
        return pair.shots[which].landmarks
    try:
        return find_face((pair.baseline_photo, pair.followup_photo)[which])
    except NoSingleFace:
        return None


def baseline_from_panel(window: Window, size_px: tuple[int, int], stride: float) -> Similarity:
    """From panel pixels to the baseline's: the window's centre is the panel's.

    Parameters
    ----------
    window : Window
    size_px : tuple of int
        Of the panel.
    stride : float
        Baseline pixels on one panel pixel.
    """
    middle = complex((size_px[0] - 1) / 2, (size_px[1] - 1) / 2)
    return Similarity(complex(stride), complex(*window.centre_px) - stride * middle)


def take_seats(
    pairs: Sequence[ComparedPair],
    fits: Sequence[Fit],
    on_baseline: Similarity,
    *,
    face: Landmarks | None,
    hiding: Hiding,
) -> list[Seat]:
    """Where each panel's pixels lie in its own photo: the baseline, then every follow-up.

    Parameters
    ----------
    pairs : sequence of ComparedPair
    fits : sequence of Fit
    on_baseline : Similarity
        From `baseline_from_panel`.
    face : Landmarks or None
        Of the baseline.
    hiding : Hiding

    Raises
    ------
    Refused
        If eyes are to be hidden and no face is seen where they would be.
    """
    eyes = hiding in {Hiding.EYES_COVERED, Hiding.EYES_BLURRED}
    seats = [Seat(pairs[0].baseline_photo, face, on_baseline)]
    for pair, fit in zip(pairs, fits, strict=True):
        own = None
        if hiding is not Hiding.NOTHING and (face is not None or eyes):
            own = face_of(pair, 1)
        place = fit.followup_from_baseline.after(on_baseline)
        seats.append(Seat(pair.followup_photo, own, place, aligned(pair), fit))
    hidden_in = [seat.face is not None for seat in seats]
    if hiding is not Hiding.NOTHING and not all(hidden_in) and (eyes or any(hidden_in)):
        raise Refused(
            "de-identification: expected a whole face in every photo, got none in one",
            advice="choose sessions in which the whole face is seen, or show another region",
        )
    return seats


def hide(
    plain: Sequence[Panel],
    seats: Sequence[Seat],
    hidden: Hidden,
    *,
    colour: CommonColour | None,
) -> tuple[list[Panel], str]:
    """Panels with all that is hidden, and what is to be said about it.

    Parameters
    ----------
    plain : sequence of Panel
        With nothing hidden.
    seats : sequence of Seat
    hidden : Hidden
    colour : CommonColour or None
        Of the recipe, since the check looks at finished pixels.

    Returns
    -------
    panels : list of Panel
    said : str
        What had to be hidden beyond what was asked for, or that a bar hides nobody; empty if there
        is nothing to say.

    Raises
    ------
    NotAllowed
        If consent does not cover the face and a face is shown, or the face finder still sees one
        after the last try.
    """
    eyes_alone = hidden.hiding in {Hiding.EYES_COVERED, Hiding.EYES_BLURRED}
    if hidden.face_may_show:
        panels = _tried(plain, seats, hidden, measure=BARS[0])
        return panels, STILL_KNOWN if eyes_alone else ""
    if hidden.hiding is Hiding.NOTHING and seats[0].face is not None:
        raise NotAllowed(
            "comparison: expected consent that covers the face, or a face that is hidden",
            advice="show regions of skin alone, or ask for consent with the face",
        )
    tried = hide_until_unseen(plain, seats, hidden, colour=colour)
    if tried.seen_in:
        raise refused(tried.seen_in)
    return tried.panels, BARS[tried.tries - 1].said if eyes_alone else ""


@dataclass(frozen=True, slots=True)
class Tried:
    """Panels of the last try, how many tries there were, and panels in which a face was seen."""

    panels: list[Panel] = field(repr=False)
    tries: int
    seen_in: tuple[int, ...]


def hide_until_unseen(
    plain: Sequence[Panel],
    seats: Sequence[Seat],
    hidden: Hidden,
    *,
    colour: CommonColour | None = None,
) -> Tried:
    """Panels with more and more hidden until the face finder sees no face, or all tries are done.

    Parameters
    ----------
    plain, seats, hidden, colour
        As for `hide`.
    """
    measures = BARS[:1] if hidden.hiding is Hiding.NOTHING else BARS
    tried = Tried([], 0, ())
    for number, measure in enumerate(measures, start=1):
        panels = _tried(plain, seats, hidden, measure=measure)
        seen_in = tuple(
            at
            for at, (panel, seat) in enumerate(zip(panels, seats, strict=True))
            if finds_face(
                render_panel(panel, seat.photo.codes_8bit(), colour=colour),
                in_parts=seat.face is None,
            )
        )
        tried = Tried(panels, number, seen_in)
        if not seen_in:
            break
    return tried


def _tried(
    plain: Sequence[Panel], seats: Sequence[Seat], hidden: Hidden, *, measure: Measure
) -> list[Panel]:
    """Panels with as much hidden as one measure says."""
    shown: tuple[Cover, ...] = ()
    if hidden.hiding is Hiding.REGION:
        inward = measure.region_mm * plain[0].resize.px_per_mm
        outlines = [shrunk(seats[0].to_panel(outline), inward) for outline in hidden.regions]
        shown = tuple(Cover(corners_of(outline), outside=True) for outline in outlines)
    return [
        replace(
            panel,
            hide=(
                *hidden_face(hidden.hiding, seat.face, measure, seat.to_panel),
                *_carried(hidden.covered, seat, panel.resize.px_per_mm),
                *shown,
            ),
        )
        for panel, seat in zip(plain, seats, strict=True)
    ]


def _carried(outlines: Sequence[Points], seat: Seat, px_per_mm: float) -> tuple[Cover, ...]:
    """The user's outlines in one panel."""
    return tuple(
        carried_cover(
            outline,
            registration=seat.registration,
            fit=seat.fit,
            to_panel=seat.to_panel,
            px_per_mm=px_per_mm,
        )
        for outline in outlines
    )
