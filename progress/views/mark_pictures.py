"""Outlined marks as they were read: middle line, edges and flanks on both photos, and profiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.photo import DecodedPhoto
from progress.model import NotMeasured
from progress.pipeline.seen_marks import MarkView, SeenMark
from progress.views.chart_files import chart_picture
from progress.views.chart_style import rows_of
from progress.views.frames import Codes, Frame, photo_frame
from progress.views.labels import reason_words, region_label
from progress.views.lettering import letter_height
from progress.views.pictures import beside, captioned
from progress.views.report import Figure

_DARK, _LIGHT = (24, 24, 27), (255, 255, 255)
_SHIFT = 4
"""Sixteenths of a pixel, as outlines of scars."""
_MARGIN_MM = 3.0
_DASH_MM = 1.2
_SHOWN_MM = 12.0
"""To either side of the line: the widest mark with its flanks."""


def mark_figures(
    photos: tuple[DecodedPhoto, DecodedPhoto],
    marks: Sequence[SeenMark],
    *,
    captions: tuple[str, str],
    px_per_mm: float | None,
    simulated: bool = False,
    max_px: int = 700,
) -> list[Figure]:
    """Return two figures of each mark: both photos with what was read, and both profiles.

    Parameters
    ----------
    photos : tuple of DecodedPhoto
        Baseline and follow-up; each is shown as it was taken, for it was measured so.
    marks : sequence of SeenMark
    captions : tuple of str
    px_per_mm : float or None
        Of the baseline.
    simulated : bool
    max_px : int
        Longest side of one photo.
    """
    told = []
    for mark in marks:
        name = region_label(mark.region)
        told.append(
            Figure(
                _both(photos, mark, captions, px_per_mm, simulated=simulated, max_px=max_px),
                f"{name}: the mark with its edges and flanks on both dates",
                f"{name}: solid, the edges at half contrast; broken, the outer ends of the flanks "
                "that it is held against; thin, what was outlined. Each photo as it was taken."
                + (
                    f" Follow-up: {reason_words(mark.followup.reason)}."
                    if isinstance(mark.followup, NotMeasured)
                    else ""
                ),
            )
        )
        told.append(
            Figure(
                chart_picture(profile_chart(mark, captions)),
                f"{name}: how much darker than its flanks across the mark, on both dates",
                f"{name}: how much less green light comes back than from the flanks, across the "
                "mark; above 0 is darker. Shaded, its width at half contrast on the baseline.",
            )
        )
    return told


def _both(
    photos: tuple[DecodedPhoto, DecodedPhoto],
    mark: SeenMark,
    captions: tuple[str, str],
    px_per_mm: float | None,
    *,
    simulated: bool,
    max_px: int,
) -> Codes:
    """Both photos beside each other; the baseline alone where the follow-up shows no band."""
    shown = []
    for photo, view, words in zip(photos, (mark.baseline, mark.followup), captions, strict=True):
        if isinstance(view, NotMeasured):
            continue
        scale = float(np.linalg.norm(view.across_xy, axis=1).mean())
        frame = photo_frame(
            photo,
            box_px=_around(view, photo.size_px, scale),
            px_per_mm=scale if px_per_mm is not None else None,
            max_px=max_px,
        )
        shown.append(captioned(drawn(frame, view), words, simulated=simulated))
    return shown[0] if len(shown) == 1 else beside(shown[0], shown[1])


def _around(
    view: MarkView, size_px: tuple[int, int], px_per_mm: float
) -> tuple[int, int, int, int]:
    """The crop about a mark and its flanks."""
    corners = np.concatenate([view.outline_xy, *(_beside(view, at) for at in view.flanks_mm)])
    margin = _MARGIN_MM * px_per_mm
    low = np.clip(np.floor(corners.min(axis=0) - margin), 0, None).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0) + margin), size_px).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _beside(view: MarkView, at_mm: float) -> NDArray[np.float64]:
    """The line moved across itself."""
    return view.line_xy + at_mm * view.across_xy


def drawn(frame: Frame, view: MarkView) -> Frame:
    """Return a frame with what was read of a mark drawn on it.

    Parameters
    ----------
    frame : Frame
        A crop of the photo that `view` is of.
    view : MarkView
    """
    picture = np.ascontiguousarray(frame.pixels).copy()
    left, top, right, bottom = frame.box_px
    height, width = picture.shape[:2]
    to_screen = np.array([width / (right - left), height / (bottom - top)])
    thick = max(1, round(letter_height(width) / 14))

    def line(photo_xy: NDArray[Any], *, closed: bool = False, wide: bool = True) -> None:
        corners = (np.asarray(photo_xy) - (left, top) + 0.5) * to_screen - 0.5
        fixed = np.rint(corners * 2**_SHIFT).astype(np.int32)
        inks = ((_DARK, 3 * thick), (_LIGHT, thick)) if wide else ((_LIGHT, thick),)
        for ink, how_wide in inks:
            cv2.polylines(picture, [fixed], closed, ink, how_wide, cv2.LINE_AA, _SHIFT)

    line(view.outline_xy, closed=True, wide=False)
    for at_mm in view.edges_mm or ():
        line(_beside(view, at_mm))
    for at_mm in view.flanks_mm:
        for dash in _dashes(_beside(view, at_mm), view):
            line(dash)
    return Frame(picture, frame.box_px, frame.px_per_mm)


def _dashes(path_xy: NDArray[np.float64], view: MarkView) -> list[NDArray[np.float64]]:
    """A path in dashes with gaps as long."""
    scale = float(np.linalg.norm(view.across_xy, axis=1).mean())
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path_xy, axis=0).T))]) / scale
    n = max(1, math.floor(arc[-1] / (2 * _DASH_MM)) + 1)
    starts = np.arange(n) * 2 * _DASH_MM
    return [
        np.stack(
            [
                np.interp([start, min(start + _DASH_MM, arc[-1])], arc, path_xy[:, axis])
                for axis in (0, 1)
            ],
            axis=1,
        )
        for start in starts
    ]


def profile_chart(mark: SeenMark, captions: tuple[str, str]) -> alt.LayerChart:
    """Return how much darker than its flanks a mark is across its width, on both dates.

    Parameters
    ----------
    mark : SeenMark
    captions : tuple of str
    """
    rows = []
    for words, view in zip(captions, (mark.baseline, mark.followup), strict=True):
        if isinstance(view, NotMeasured):
            continue
        rows += [
            {"mm": float(at), "OD": float(value), "visit": words}
            for at, value in zip(view.across_mm, view.profile, strict=True)
            if abs(at) <= _SHOWN_MM and np.isfinite(value)
        ]
    lines = (
        alt.Chart(rows_of(rows))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("mm:Q", title="mm across the mark"),
            y=alt.Y("OD:Q", title="optical density above the flanks (green)"),
            color=alt.Color(
                "visit:N",
                sort=list(captions),
                scale=alt.Scale(domain=list(captions), range=["#5f6368", "#0072B2"]),
                title=None,
            ),
            strokeDash=alt.StrokeDash(
                "visit:N",
                sort=list(captions),
                scale=alt.Scale(domain=list(captions), range=[[1, 0], [5, 3]]),
                title=None,
            ),
        )
    )
    zero = alt.Chart(rows_of([{"at": 0.0}])).mark_rule(color="#8a8a8a").encode(y="at:Q")
    layers = [zero, lines]
    if mark.baseline.edges_mm is not None:
        low, high = mark.baseline.edges_mm
        band = (
            alt.Chart(rows_of([{"from": low, "to": high}]))
            .mark_rect(color="#d9d9d9", opacity=0.6)
            .encode(x=alt.X("from:Q"), x2="to:Q")
        )
        layers.insert(0, band)
    chart: alt.LayerChart = alt.LayerChart(layer=layers, width=420, height=240)
    return chart
