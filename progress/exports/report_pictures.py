"""The pictures and charts of a report: same skin, same scale, ruler and badge inside each."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from altair.utils.schemapi import debug_mode

from progress.exports.printable import printable
from progress.exports.report_document import Picture
from progress.model import Change, Estimate, Registration, Timeline, TimelineSeries
from progress.pipeline import ComparedPair
from progress.views import words
from progress.views.change_chart import changes_chart
from progress.views.chart_files import chart_svg
from progress.views.chart_style import Chart
from progress.views.charts import timeline_chart
from progress.views.files import captions_of, figures_of_marks
from progress.views.frames import AlignedPair, Codes, aligned_pair, photo_frame
from progress.views.gallery import scar_pictures
from progress.views.heat_pictures import registration_picture
from progress.views.labels import metric_label, region_label
from progress.views.picture_files import picture_bytes
from progress.views.pictures import checkerboard, fitted, marked
from progress.views.report import Figure

LOOK_PX = 1000
"""Longest side of each of the two photos: 300 pixels an inch where they print 85 mm tall."""
SMALL_PX = 640
"""Longest side where a picture proves a point and nobody reads skin on it."""
MOST_ROWS = 24
"""Of the overview: half a page."""
_LEAST_PX_PER_MM = 8.0
"""Of paper: 200 an inch, below which a picture looks coarse."""
_QUALITY = 84
_FAMILY = re.compile(r'font-family="[^"]*"')


def jpeg(picture: Codes, alt: str, caption: str = "") -> Picture:
    """Return a picture for the report, without any metadata."""
    tall_mm = picture.shape[0] / _LEAST_PX_PER_MM
    return Picture(picture_bytes(picture, quality=_QUALITY), ".jpg", alt, caption, tall_mm)


def pair_pictures(pair: ComparedPair, *, max_px: int = LOOK_PX) -> tuple[Picture, Picture]:
    """Return baseline and follow-up for looking.

    Parameters
    ----------
    pair : ComparedPair
    max_px : int
        Longest side of each.

    Returns
    -------
    tuple of Picture
        Of the same skin at the same scale where it was found again, else each photo as it is.
    """
    first, then = captions_of(pair)
    if isinstance(pair.registration, Registration):
        both = _aligned(pair, max_px)
        frames = (both.baseline, both.followup)
        tails = (f"{first}.", f"{then}, brought onto the baseline.")
    else:
        scale = pair.comparison.followup[0].scale if pair.comparison.followup else None
        frames = (
            photo_frame(pair.baseline_photo, px_per_mm=pair.px_per_mm, max_px=max_px),
            photo_frame(
                pair.followup_photo, px_per_mm=scale.px_per_mm if scale else None, max_px=max_px
            ),
        )
        tails = (f"{first}, as it was taken.", f"{then}, as it was taken: not the same scale.")
    shown = [
        jpeg(marked(frame, simulated=pair.simulated), f"Photograph: {tail}", tail)
        for frame, tail in zip(frames, tails, strict=True)
    ]
    return shown[0], shown[1]


def proof_pictures(pair: ComparedPair) -> tuple[Picture, ...]:
    """Return what shows that the skin was found again: squares in turn, and the error painted on.

    Empty where it was not found.
    """
    if not isinstance(pair.registration, Registration):
        return ()
    both = _aligned(pair, SMALL_PX)
    squares = checkerboard(both, "Squares of both in turn", simulated=pair.simulated)
    error = registration_picture(both, "Estimated alignment error", simulated=pair.simulated)
    return (
        jpeg(
            squares,
            "Squares of baseline and follow-up in turn",
            "Outlines that run on across the squares show that the skin is matched.",
        ),
        jpeg(
            error,
            "Baseline with the estimated alignment error painted on",
            "Grey skin is not scored.",
        ),
    )


def found_pictures(pair: ComparedPair) -> tuple[Picture, ...]:
    """Return the scars outlined and near by; empty where none was found or the skin was not."""
    if not isinstance(pair.registration, Registration):
        return ()
    scars = scar_pictures(
        (pair.baseline_photo, pair.followup_photo),
        pair.registration,
        pair.comparison.scars,
        captions=captions_of(pair),
        px_per_mm=pair.px_per_mm,
        simulated=pair.simulated,
        max_px=LOOK_PX,
    )
    return () if scars is None else tuple(_shown(figure) for figure in scars.figures())


def mark_pictures(pair: ComparedPair) -> tuple[Picture, ...]:
    """Return every outlined mark with its edges, and its profile."""
    return tuple(_shown(figure) for figure in figures_of_marks(pair))


def changes_picture(changes: Sequence[Change]) -> Picture | None:
    """Return all changes with a figure on one scale; None without any."""
    told = [change for change in words.in_order(changes) if change.delta is not None]
    if not told:
        return None
    left, told = len(told) - MOST_ROWS, told[:MOST_ROWS]
    caption = (
        "Each change in units of its own smallest detectable change; inside the grey strip lies "
        "noise. Whiskers: 95 % of the error. Each verdict is counted alone."
    )
    if left > 0:
        caption += f" {left} more stand in the tables."
    return chart(changes_chart(told), f"Overview. {words.headline(told)}", caption)


def course_pictures(timeline: Timeline, series: Sequence[TimelineSeries]) -> list[Picture]:
    """Return a chart over the weeks for each series that has a figure on a later visit."""
    # Charts are made of code and not of input: checking each against the schema takes as long as
    # drawing it, and the tests of charts do.
    with debug_mode(False):
        return _course_charts(timeline, series)


def _course_charts(timeline: Timeline, series: Sequence[TimelineSeries]) -> list[Picture]:
    drawn = []
    for one in series:
        if sum(isinstance(point.outcome, Estimate) for point in one.points) < 2:
            continue
        shown = timeline_chart(one, timeline.events, width_px=600, height_px=125)
        place = f"{metric_label(one.metric)}, {region_label(one.region)}"
        drawn.append(chart(shown, f"{place} over the course. {words.series_title(one)}."))
    return drawn


def chart(shown: Chart, alt: str, caption: str = "") -> Picture:
    """Return a chart as drawing, its words in the letters of the document."""
    svg = _FAMILY.sub('font-family="Libertinus Serif"', chart_svg(shown))
    return Picture(printable(svg).encode(), ".svg", alt, caption)


def _aligned(pair: ComparedPair, max_px: int) -> AlignedPair:
    assert isinstance(pair.registration, Registration)  # noqa: S101 - asked by every caller
    return aligned_pair(
        pair.baseline_photo,
        pair.followup_photo,
        pair.registration,
        px_per_mm=pair.px_per_mm,
        max_px=max_px,
    )


def _shown(figure: Figure) -> Picture:
    """A figure of the page on the screen, no larger than paper needs."""
    picture = np.ascontiguousarray(fitted(figure.picture, 2 * LOOK_PX))
    return jpeg(picture, figure.alt, figure.caption)
