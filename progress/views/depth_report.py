"""Two multi-light sets on one page: what became of the depth of every scar, with its relief."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from progress.model import Change, NotAligned, Registration
from progress.pipeline.depth import SolvedSet, scar_of
from progress.pipeline.depth_change import ComparedDepth
from progress.pipeline.depth_pair import taken_on
from progress.relief.result import METRIC_ID
from progress.views.depth_pictures import outlines_of, relief_picture
from progress.views.frames import aligned_pair
from progress.views.gallery import pair_gallery, save_gallery
from progress.views.labels import (
    VERDICT_LABELS,
    quantity,
    reason_words,
    signed_change,
)
from progress.views.listing import Listing
from progress.views.picture_files import save_picture, save_text
from progress.views.pictures import beside, fitted
from progress.views.report import CANNOT_MEASURE, Figure, Section, caption, pair_report
from progress.views.scar_pictures import scar_pair
from progress.views.scar_tiles import scar_tiles
from progress.views.scar_words import TYPE_LABELS

REPORT_NAME = "report.html"
TITLE = "Depth of scars in two sessions"
METHOD = (
    "Depth is measured from pictures under several lamps: slopes are solved from light and shade, "
    "heights from slopes, and a depth runs from the rim of a scar to its floor. Its error is how "
    "far halves of the lamps disagree. A change is called improved or worse only when it is larger "
    "than the smallest detectable change (95 %) of that very scar."
)
LIMITS = (
    "The floor of an ice-pick scar, which light under the skin fills: its depth is a lower bound.",
    "A hollow that takes most of 15 mm across: that wide is taken for the form of the face.",
    *CANNOT_MEASURE[1:],
)
DEPTHS_TITLE = "Scars one by one"
DEPTHS_CAPTION = (
    "Found in the baseline set, deepest first, and read again at the same place in the follow-up. "
    "The type is a guess from width, walls and floor; width and area are the baseline's."
)
_PICTURE_PX = 1100


def write_depth_report(pair: ComparedDepth, out: Path) -> Path:
    """Write the page of two multi-light sets with its pictures and return its path.

    Parameters
    ----------
    pair : ComparedDepth
        Also a refused one: the page then gives the reasons.
    out : Path
        Folder; made if it is missing.
    """
    comparison = pair.comparison
    captions = (
        caption("Baseline", _day(pair.baseline)),
        caption("Follow-up", _day(pair.followup)),
    )
    figures: list[Figure] = []
    sections: list[Section] = []
    slider = None
    registration = comparison.registration
    first, then = pair.baseline, pair.followup
    if first is not None and then is not None and not isinstance(registration, NotAligned):
        gallery = pair_gallery(
            first.opened.mean,
            then.opened.mean,
            registration,
            {},
            captions=captions,
            px_per_mm=first.opened.scale.px_per_mm,
            simulated=comparison.simulated,
            max_px=_PICTURE_PX,
        )
        save_gallery(out, gallery)
        slider, figures = gallery.overlay, gallery.figures()
        pictures = depth_figures(
            first, then, registration, captions=captions, simulated=comparison.simulated
        )
        for name, figure in pictures.items():
            save_picture(out / f"{name}.png", figure.picture)
        if first.hollows:
            sections.append(
                Section(depths_listing(first, comparison.changes), list(pictures.values()))
            )
        else:
            figures += pictures.values()
    page = pair_report(
        comparison,
        captions,
        title=TITLE,
        slider=slider,
        figures=figures,
        made_with={"skin-progress": version("skin-progress")},
        sections=sections,
        method=METHOD,
        limits=LIMITS,
    )
    return save_text(out / REPORT_NAME, page)


def _day(solved: SolvedSet | None) -> date | None:
    return None if solved is None else taken_on(solved)


def depth_figures(
    first: SolvedSet,
    then: SolvedSet,
    registration: Registration,
    *,
    captions: tuple[str, str],
    simulated: bool,
) -> dict[str, Figure]:
    """Return by file name: scars outlined, scars near by, and both reliefs under one legend.

    Parameters
    ----------
    first, then : SolvedSet
    registration : Registration
    captions : tuple of str
    simulated : bool

    Returns
    -------
    dict of str to Figure
        The reliefs alone where the baseline holds no scar.
    """
    outlines = outlines_of(first)
    carried = {name: _carried(registration, outline) for name, outline in outlines.items()}
    reliefs = beside(
        *(
            fitted(relief_picture(solved, simulated=simulated, outlines=drawn, words=words),
                   _PICTURE_PX)
            for solved, drawn, words in zip(
                (first, then), (outlines, carried), captions, strict=True
            )
        )
    )  # fmt: skip
    told = {
        "relief_pair": Figure(
            reliefs,
            "Height above the surrounding skin in both sets",
            "Height above the surrounding skin under one legend, each set in its own frame; blue "
            "is deep. The outlines are the baseline's, carried.",
        )
    }
    if not outlines:
        return told
    scale = first.opened.scale.px_per_mm
    photos = (first.opened.mean, then.opened.mean)
    pair = aligned_pair(*photos, registration, px_per_mm=scale, max_px=_PICTURE_PX)
    outlined = Figure(
        scar_pair(pair, outlines, captions, simulated=simulated),
        "Scars outlined and numbered in both sets",
        "The skin under all lamps together: what shades is nearly gone, what is coloured stays.",
    )
    tiles = Figure(
        scar_tiles(*photos, registration, outlines, px_per_mm=scale, simulated=simulated),
        "Each numbered scar near by, before beside after",
        "The same places under all lamps together.",
    )
    return {"scars_pair": outlined, "scars_near_by": tiles, **told}


def _carried(registration: Registration, outline_xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where an outline of the baseline lies in the follow-up."""
    return np.asarray(registration.map_points(outline_xy), dtype=np.float64)


def depths_listing(first: SolvedSet, changes: tuple[Change, ...]) -> Listing:
    """Return every scar of the baseline with its depth in both sets.

    Parameters
    ----------
    first : SolvedSet
        The baseline.
    changes : tuple of Change
        Of `scar_depth`; those of ``scar_1``, ... are told here.
    """
    told = {change.region: change for change in changes if change.metric == METRIC_ID}
    rows = []
    notes: dict[str, list[str]] = {}
    for number, hollow in enumerate(first.hollows, start=1):
        scar, change = scar_of(first, hollow), told.get(f"scar_{number}")
        reason = scar.reason if change is None else change.reason or scar.reason
        if reason:
            notes.setdefault(reason, []).append(str(number))
        start = (
            str(number),
            TYPE_LABELS.get(scar.kind, scar.kind),
            f"{scar.width_mm:.1f} mm",
            f"{scar.area_mm2:.1f} mm²",
        )
        rows.append((*start, *_change_cells(change)))
    return Listing(
        DEPTHS_TITLE,
        DEPTHS_CAPTION,
        (
            "Scar",
            "Type (guess)",
            "Width",
            "Area",
            "Depth before",
            "Depth after",
            "Change ± error",
            "Detectable from",
            "Verdict",
        ),
        tuple(rows),
        tuple(f"Scar {', '.join(names)}: {reason_words(why)}." for why, names in notes.items()),
    )


def _change_cells(change: Change | None) -> tuple[str, ...]:
    """Depth before, after, change, detectable change and verdict."""
    if change is None or change.baseline is None or change.followup is None:
        verdict = "not asked" if change is None else VERDICT_LABELS[change.verdict]
        return ("—", "—", "—", "—", verdict)
    error, noise = change.standard_error, change.smallest_detectable_change or 0.0
    return (
        quantity(change.baseline, change.unit, error=error),
        quantity(change.followup, change.unit, error=error),
        signed_change(change),
        quantity(noise, change.unit, error=error),
        VERDICT_LABELS[change.verdict],
    )
