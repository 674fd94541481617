"""One HTML page of a pair or a course: opens offline, holds everything, fetches nothing.

A content security policy in the page forbids every request, so that the page proves by itself that
no picture of a client leaves the machine by opening it.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from progress.model import (
    Comparison,
    Estimate,
    NotAligned,
    NotMeasured,
    Timeline,
    TimelineSeries,
    Verdict,
)
from progress.views import course_words, labels, words
from progress.views.change_chart import changes_chart
from progress.views.chart_files import chart_svg
from progress.views.charts import timeline_chart
from progress.views.check_words import check_label, found, metric_names
from progress.views.frames import Codes
from progress.views.listing import Listing
from progress.views.page import render
from progress.views.picture_files import data_uri
from progress.views.refusal_words import course_refusal, pair_refusal
from progress.views.words import Audience

CANNOT_MEASURE = (
    "Depth in millimetres: from one photo, scar relief is a contrast that depends on the light.",
    "What is felt: pain, itch, pliability, thickness, hydration.",
    "Skin that is covered by hair, glasses, make-up, glare or deep shadow.",
    "Anything during healing: redness and swelling after needling are shown and never judged.",
    "The cause of a change: season, sun, creams and illness look the same as a treatment, unless "
    "untreated skin was outlined as a control and did not change.",
    "Retouching that leaves no trace: use the camera's original file.",
    "A comparison with other people: there is no percentile and no skin age.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A picture with its words.

    Parameters
    ----------
    picture : ndarray of uint8, shape (H, W, 3)
        sRGB codes.
    alt : str
        What a reader who cannot see it should know.
    caption : str
        Stands below; empty for none.
    """

    picture: Codes
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A part of a page with its own table and pictures.

    Parameters
    ----------
    listing : Listing
    figures : sequence of Figure
        Stand above the table.
    """

    listing: Listing
    figures: Sequence[Figure] = ()


@dataclass(frozen=True, slots=True)
class _Embedded:
    """A picture or chart as a data address."""

    source: str
    alt: str
    caption: str = ""
    chart: bool = False


@dataclass(frozen=True, slots=True)
class _CourseRow:
    series: TimelineSeries
    last: str
    trend: str
    share: str
    seen: str
    sentences: tuple[str, ...]


def pair_report(
    comparison: Comparison,
    captions: tuple[str, str],
    *,
    title: str = "Two sessions compared",
    slider: tuple[Codes, Codes] | None = None,
    figures: Sequence[Figure] = (),
    made_with: Mapping[str, str] | None = None,
    certificate: str | None = None,
    sections: Sequence[Section] = (),
    method: str = words.METHOD,
    limits: Sequence[str] = CANNOT_MEASURE,
) -> str:
    """Return the page of one comparison as HTML.

    Parameters
    ----------
    comparison : Comparison
        With its checks, gates, registration and changes.
    captions : tuple of str
        Names of baseline and follow-up with their dates.
    title : str
        Heading of the page.
    slider : tuple of ndarray, optional
        Baseline and follow-up of one size, to be drawn over each other.
    figures : sequence of Figure
        Side by side, heat maps and so on, in order.
    made_with : mapping of str to str, optional
        Name to version of the software; method and metric versions are added from the comparison.
    certificate : str, optional
        File name of the fair-pair certificate beside this page.
    sections : sequence of Section
        Such as scars one by one, after the changes.
    method : str
        How a change is judged, in a few sentences.
    limits : sequence of str
        What cannot be measured this way.

    Returns
    -------
    str
        A whole document. Every text is escaped.
    """
    changes = comparison.changes
    versions = {
        f"Metric {labels.metric_label(c.metric)}": f"version {c.metric_version}" for c in changes
    }
    registration = comparison.registration
    if not isinstance(registration, NotAligned):
        versions["Alignment"] = f"{registration.method}, version {registration.version}"
    overview = None
    told = [change for change in words.in_order(changes) if change.delta is not None]
    if told:
        overview = _chart(changes_chart(told), alt=f"Overview: {words.headline(changes)}")
    return render(
        "pair.html",
        limits=limits,
        title=title,
        simulated=comparison.simulated,
        made_with={**(made_with or {}), **versions},
        comparison=comparison,
        refusal=pair_refusal(comparison),
        check_label=check_label,
        found=found,
        metric_names=metric_names,
        n_metrics=len({change.metric for change in changes}),
        captions=captions,
        counts=_counts(change.verdict for change in changes),
        slider=tuple(data_uri(picture) for picture in slider) if slider else None,
        figures=[_embedded(figure) for figure in figures],
        overview=overview,
        certificate=certificate,
        sections=_sections(sections),
        method=method,
        has_gates=any(
            photo.quality.gates for photo in (*comparison.baseline, *comparison.followup)
        ),
        families=course_words.family_sentences(changes),
        sentences=words.change_sentences(changes),
        plain_sentences=words.change_sentences(changes, audience=Audience.CLIENT),
    )


def course_report(
    timeline: Timeline,
    *,
    title: str = "A course of sessions",
    figures: Sequence[Figure] = (),
    made_with: Mapping[str, str] | None = None,
    sections: Sequence[Section] = (),
) -> str:
    """Return the page of a whole course as HTML.

    Parameters
    ----------
    timeline : Timeline
        Sessions, treatments and series; a series without any figure gets a row and no chart.
    title : str
        Heading of the page.
    figures : sequence of Figure
        E.g. first against last session.
    made_with : mapping of str to str, optional
        Name to version of the software.
    sections : sequence of Section
        Such as scars one by one, after the course.

    Returns
    -------
    str
        A whole document. Every text is escaped.
    """
    days = sorted(timeline.sessions)
    versions = {f"Metric {s.label}": f"version {s.metric_version}" for s in timeline.series}
    charts: dict[str, list[_Embedded]] = {}
    for series in timeline.series:
        if any(isinstance(point.outcome, Estimate) for point in series.points):
            chart = timeline_chart(series, timeline.events, width_px=380, height_px=220)
            drawn = _chart(chart, alt=_course_alt(series))
            charts.setdefault(series.label, []).append(drawn)
    counts = _counts(series.verdict for series in timeline.series)
    return render(
        "course.html",
        limits=CANNOT_MEASURE,
        title=title,
        simulated=timeline.simulated,
        made_with={**(made_with or {}), **versions},
        timeline=timeline,
        refusal=course_refusal(timeline),
        days=(labels.day_label(days[0]), labels.day_label(days[-1])) if days else None,
        lead=words.course_headline(timeline.series),
        counts=counts,
        figures=[_embedded(figure) for figure in figures],
        families=course_words.family_sentences(course_words.judged_changes(timeline.series)),
        visits=course_words.visit_sentences(timeline),
        rows=[_course_row(series) for series in timeline.series],
        charts=charts,
        method=words.METHOD,
        sections=_sections(sections),
    )


def _course_row(series: TimelineSeries) -> _CourseRow:
    return _CourseRow(
        series,
        _last_change(series),
        trend_words(series),
        course_words.share_words(series),
        course_words.first_seen_words(series),
        tuple(course_words.course_sentences(series)),
    )


def trend_words(series: TimelineSeries) -> str:
    """Return the trend of a series with its interval and unit, or why there is none."""
    trend = series.trend
    if isinstance(trend, NotMeasured):
        return f"— ({labels.reason_words(trend.reason)})"
    error = (trend.high - trend.low) / 4.0 or None
    low, high = (labels.number(value, error=error) for value in (trend.low, trend.high))
    return f"{labels.quantity(trend.per_28_days, series.unit, error=error)} ({low} to {high})"


def caption(name: str, day: date | None) -> str:
    """Return ``"Baseline, 5 January 2026"``, or the name alone without a date."""
    return f"{name}, {labels.day_label(day)}" if day else name


def _last_change(series: TimelineSeries) -> str:
    """The change of the last session outside healing, or a dash."""
    for point in reversed(series.points):
        if point.change and point.change.delta is not None and not point.healing:
            return labels.signed_change(point.change)
    return "—"


def _course_alt(series: TimelineSeries) -> str:
    """What the chart shows, for readers who cannot see it."""
    told = [
        f"{labels.day_label(point.date)} {labels.quantity(point.outcome.value, series.unit)}"
        for point in series.points
        if isinstance(point.outcome, Estimate)
    ]
    return f"{words.series_title(series)}. Values: {'; '.join(told)}."


def _counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    counted = Counter(verdicts)
    return {label: counted[verdict] for verdict, label in labels.VERDICT_LABELS.items()}


def _embedded(figure: Figure) -> _Embedded:
    return _Embedded(data_uri(figure.picture), figure.alt, figure.caption)


def _sections(sections: Sequence[Section]) -> list[tuple[Listing, list[_Embedded]]]:
    """Tables with their pictures embedded."""
    return [(one.listing, [_embedded(figure) for figure in one.figures]) for one in sections]


def _chart(chart: Any, *, alt: str) -> _Embedded:
    """A chart as an SVG picture: inline it could clash with other charts' ids and page styles."""
    encoded = base64.b64encode(chart_svg(chart).encode("utf-8")).decode("ascii")
    return _Embedded(f"data:image/svg+xml;base64,{encoded}", alt, chart=True)
