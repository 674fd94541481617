"""A course as a chart: one metric of one region over the weeks, with its noise.

Verdicts are told apart by shape and words and only then by colour (Okabe and Ito's set, which
readers with any colour vision can tell apart: https://jfly.uni-koeln.de/color/).
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

import altair as alt

from progress.model import (
    CourseFit,
    Estimate,
    TimelineEvent,
    TimelinePoint,
    TimelineSeries,
    Verdict,
)
from progress.stats.healing import healing_days
from progress.views.chart_style import (
    BASELINE,
    HEALING,
    LOOKS,
    Z95,
    rows_of,
    verdict_colour,
    verdict_shape,
)
from progress.views.course_chart import (
    aside_layers,
    curve_layers,
    drawn_value,
    first_seen_layers,
)
from progress.views.labels import (
    VERDICT_LABELS,
    day_label,
    metric_label,
    quantity,
    reason_words,
    signed_change,
    unit_label,
)
from progress.views.words import series_title


def timeline_chart(
    series: TimelineSeries,
    events: Sequence[TimelineEvent] = (),
    *,
    healing_for_days: int | None = None,
    width_px: int = 640,
    height_px: int = 300,
) -> alt.LayerChart:
    """Return one metric of one region over a course.

    The grey band is the baseline value plus and minus the smallest detectable change: inside it
    nothing can be said. Bars are 95 % of each session's own error. Dashed rules are treatments,
    shaded strips their healing windows, crosses at the foot sessions without a figure. A curve
    with its 95 % band only where there are sessions enough for one: points are never joined. A ring
    is the first session beyond noise.

    Parameters
    ----------
    series : TimelineSeries
        Points in order of time; the first measured one is the baseline.
    events : sequence of TimelineEvent
        Treatments.
    healing_for_days : int, optional
        Length of the shaded strip after each treatment; by default that of the metric.
    width_px, height_px : int
        Of the plotting area.
    """
    strip = healing_days(metric_id=series.metric) if healing_for_days is None else healing_for_days
    layers = [
        *_healing_strips(series, events, strip),
        *_noise_band(series),
        *curve_layers(series, _time("day")),
        *_treatments(series, events, width_px),
        *_values(series),
        *aside_layers(series, _time("day")),
        *first_seen_layers(series, _time("day")),
        *_absent(series),
    ]
    title = alt.TitleParams(
        series_title(series),
        subtitle=_subtitle(series, width_px),
        anchor="start",
        subtitleColor="#4a4a4a",
        subtitleFontSize=12,
        subtitleFontWeight="normal",
    )
    chart = alt.layer(*layers) if layers else alt.layer(alt.Chart(rows_of([])).mark_point())
    return cast("alt.LayerChart", chart.properties(title=title, width=width_px, height=height_px))


def _iso(day: date) -> str:
    return day.isoformat()


def _time(field: str) -> alt.X:
    """A time axis in days; UTC, so that a day is the same day everywhere."""
    return alt.X(
        f"{field}:T",
        title=None,
        scale=alt.Scale(type="utc", padding=18),
        axis=alt.Axis(format="%d %b %Y", tickCount=6, labelOverlap=True),
    )


def _measured(series: TimelineSeries) -> list[tuple[TimelinePoint, Estimate]]:
    return [(p, p.outcome) for p in series.points if isinstance(p.outcome, Estimate)]


def _point_verdict(point: TimelinePoint, *, first: bool) -> str:
    if first:
        return BASELINE
    if point.healing:
        return HEALING
    verdict = point.change.verdict if point.change else Verdict.NOT_COMPARABLE
    return VERDICT_LABELS[verdict]


def _values(series: TimelineSeries) -> list[alt.Chart]:
    """Error bars and points of the measured sessions."""
    rows: list[dict[str, Any]] = []
    for point, estimate in _measured(series):
        change = point.change
        reach = Z95 * estimate.standard_error
        height = drawn_value(series, point)
        assert height is not None  # noqa: S101 - it was measured
        rows.append(
            {
                "day": _iso(point.date),
                "value": height,
                "low": height - reach,
                "high": height + reach,
                "verdict": _point_verdict(point, first=not rows),
                "when": day_label(point.date),
                "says": quantity(
                    estimate.value, series.unit, error=estimate.standard_error or None
                ),
                "change": signed_change(change) if change else "",
                "reason": reason_words(change.reason) if change and change.reason else "",
            }
        )
    if not rows:
        return []
    data = alt.Chart(rows_of(rows))
    unit = unit_label(series.unit)
    axis = alt.Y(
        "value:Q",
        scale=alt.Scale(zero=False, padding=12),
        title=f"{metric_label(series.metric)} ({unit})" if unit else metric_label(series.metric),
    )
    seen = list(dict.fromkeys(row["verdict"] for row in rows))
    names = [name for name in LOOKS if name in seen]
    bar = data.mark_rule(strokeWidth=2).encode(
        x=_time("day"), y=alt.Y("low:Q"), y2="high:Q", color=verdict_colour(names)
    )
    dot = data.mark_point(filled=True, size=120, opacity=1).encode(
        x=_time("day"),
        y=axis,
        color=verdict_colour(names),
        shape=verdict_shape(names),
        tooltip=[
            alt.Tooltip("when:N", title="session"),
            alt.Tooltip("says:N", title="value"),
            alt.Tooltip("change:N", title="change"),
            alt.Tooltip("verdict:N", title="verdict"),
            alt.Tooltip("reason:N", title="reason"),
        ],
    )
    return [bar, dot]


def _noise_band(series: TimelineSeries) -> list[alt.Chart]:
    """Baseline plus and minus the smallest detectable change of each later session."""
    measured = _measured(series)
    limits = [
        (point.date, point.change.smallest_detectable_change)
        for point, _ in measured
        if point.change and point.change.smallest_detectable_change is not None
    ]
    if not limits:
        return []
    first_day, middle = measured[0][0].date, measured[0][1].value
    if limits[0][0] > first_day:
        limits.insert(0, (first_day, limits[0][1]))
    rows = [
        {"day": _iso(day), "low": middle - sdc, "high": middle + sdc, "middle": middle}
        for day, sdc in limits
    ]
    data = alt.Chart(rows_of(rows))
    band = data.mark_area(color="#bdbdbd", opacity=0.45).encode(
        x=_time("day"), y=alt.Y("low:Q"), y2="high:Q"
    )
    line = data.mark_line(color="#6b6b6b", strokeWidth=1).encode(x=_time("day"), y="middle:Q")
    return [band, line]


def _healing_strips(
    series: TimelineSeries, events: Sequence[TimelineEvent], strip_days: int
) -> list[alt.Chart]:
    """A strip after each treatment, cut at the last day shown."""
    if not events or strip_days <= 0:
        return []
    last = max([point.date for point in series.points] + [event.date for event in events])
    rows = [
        {
            "day": _iso(event.date),
            "until": _iso(min(event.date + timedelta(days=strip_days), last)),
            "what": f"healing window after {event.label}",
        }
        for event in events
        if event.date < last
    ]
    if not rows:
        return []
    strips = alt.Chart(rows_of(rows)).mark_rect(color="#F0C36D", opacity=0.28)
    return [strips.encode(x=_time("day"), x2="until:T", tooltip=alt.Tooltip("what:N", title=""))]


def _treatments(
    series: TimelineSeries, events: Sequence[TimelineEvent], width_px: int
) -> list[alt.Chart]:
    """A dashed rule with its label at the head of the chart, broken to fit before the next."""
    if not events:
        return []
    ordered = sorted(events, key=lambda event: event.date)
    days = [point.date for point in series.points] + [event.date for event in ordered]
    px_per_day = width_px / max(1, (max(days) - min(days)).days)
    ends = [event.date for event in ordered[1:]] + [max(days)]
    rows = [
        {
            "day": _iso(event.date),
            "what": event.label,
            "when": day_label(event.date),
            "broken": _broken(event.label, (end - event.date).days * px_per_day),
        }
        for event, end in zip(ordered, ends, strict=True)
    ]
    data = alt.Chart(rows_of(rows))
    rule = data.mark_rule(color="#7A4B00", strokeDash=[5, 4], strokeWidth=1.5).encode(
        x=_time("day"),
        tooltip=[alt.Tooltip("when:N", title="treatment"), alt.Tooltip("what:N", title="what")],
    )
    label = data.mark_text(
        color="#5C3900", align="left", baseline="top", dx=4, dy=3, fontSize=11, lineBreak="\n"
    ).encode(x=_time("day"), y=alt.value(0), text="broken:N")
    return [rule, label]


def _broken(label: str, width_px: float) -> str:
    """A label in lines that fit a width, at least eight letters each, at most three lines."""
    letters = max(8, int(width_px / 6.5))
    return "\n".join(textwrap.wrap(label, letters, max_lines=3, placeholder=" …"))


def _absent(series: TimelineSeries) -> list[alt.Chart]:
    """Sessions without a figure: a cross at the foot, the reason on hover."""
    rows = [
        {"day": _iso(p.date), "when": day_label(p.date), "reason": reason_words(p.outcome.reason)}
        for p in series.points
        if not isinstance(p.outcome, Estimate)
    ]
    if not rows:
        return []
    crosses = alt.Chart(rows_of(rows)).mark_point(
        color="#4a4a4a", shape="cross", angle=45, size=70, filled=True, opacity=1, yOffset=-8
    )
    return [
        crosses.encode(
            x=_time("day"),
            y=alt.value(alt.ExprRef("height")),
            tooltip=[
                alt.Tooltip("when:N", title="session"),
                alt.Tooltip("reason:N", title="not measured"),
            ],
        )
    ]


def _subtitle(series: TimelineSeries, width_px: int) -> list[str]:
    """What the marks mean, and why when there is no verdict, in lines that fit the width."""
    lines = ["Grey band: noise around the baseline. Bars: 95 % of the error."]
    if isinstance(series.course.fit, CourseFit):
        lines[0] += " Green: curve of healed sessions, 95 % band."
    if any(point.change and point.change.control for point in series.points):
        lines[0] += " Less the change of the control."
    if any(not isinstance(point.outcome, Estimate) for point in series.points):
        lines[0] += " Cross at the foot: not measured."
    if series.reason:
        lines.append(f"{reason_words(series.reason)}.")
    return [part for line in lines for part in textwrap.wrap(line, max(30, int(width_px / 6.2)))]
