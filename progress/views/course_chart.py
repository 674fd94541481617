"""The curve of a course, and where its change was first beyond the noise."""

from __future__ import annotations

from datetime import date

import altair as alt

from progress.model import CourseFit, Estimate, FirstSeen, TimelinePoint, TimelineSeries
from progress.views.chart_style import rows_of
from progress.views.labels import day_label, quantity

CURVE = "#1F6F54"
"""A dark green, used for nothing else on the chart: 5.9 to 1 on white."""


def drawn_value(series: TimelineSeries, point: TimelinePoint) -> float | None:
    """Return the height of a visit's mark; None without a figure.

    Against a control it is the baseline plus the change, so that the mark lies outside the noise
    band exactly when the change is beyond noise.
    """
    if not isinstance(point.outcome, Estimate):
        return None
    start = series.points[0].outcome
    change = point.change
    if change is None or change.control is None or change.delta is None:
        return point.outcome.value
    return start.value + change.delta if isinstance(start, Estimate) else point.outcome.value


def curve_layers(series: TimelineSeries, time: alt.X) -> list[alt.Chart]:
    """Return the fitted curve with its 95 % band; nothing where there is no curve.

    Parameters
    ----------
    series : TimelineSeries
    time : alt.X
        Axis of the field ``day``.
    """
    fit = series.course.fit
    if not isinstance(fit, CourseFit):
        return []
    rows = [
        {
            "day": point.date.isoformat(),
            "fitted": point.value,
            "fitted_low": point.low,
            "fitted_high": point.high,
            "says": f"{day_label(point.date)}: {_between(series, point.low, point.high)}",
        }
        for point in fit.curve
    ]
    data = alt.Chart(rows_of(rows))
    band = data.mark_area(color=CURVE, opacity=0.18).encode(
        x=time, y=alt.Y("fitted_low:Q"), y2="fitted_high:Q"
    )
    line = data.mark_line(color=CURVE, strokeWidth=2).encode(
        x=time, y=alt.Y("fitted:Q"), tooltip=alt.Tooltip("says:N", title="curve")
    )
    return [band, line]


def first_seen_layers(series: TimelineSeries, time: alt.X) -> list[alt.Chart]:
    """Return a ring around the first visit beyond the noise; nothing where there is none."""
    seen = series.course.first_seen
    if not isinstance(seen, FirstSeen):
        return []
    height = next((drawn_value(series, p) for p in series.points if p.date == seen.day), None)
    if height is None:
        return []
    rows = [
        {
            "day": seen.day.isoformat(),
            "ring": height,
            "label": "first beyond noise" if seen.confirmed else "beyond noise, once",
        }
    ]
    data = alt.Chart(rows_of(rows))
    ring = data.mark_point(color="#1a1a1a", size=420, strokeWidth=1.6, opacity=1).encode(
        x=time, y=alt.Y("ring:Q")
    )
    # At the foot, where neither points nor names of treatments are; towards the middle, to fit in.
    late = _is_late(series, seen.day)
    words = data.mark_text(
        color="#1a1a1a", align="right" if late else "left", dx=6 if late else -6, dy=-6, fontSize=11
    ).encode(x=time, y=alt.value(alt.ExprRef("height")), text="label:N")
    stem = data.mark_rule(color="#1a1a1a", strokeDash=[1, 3]).encode(
        x=time, y=alt.Y("ring:Q"), y2=alt.value(alt.ExprRef("height - 16"))
    )
    return [stem, ring, words]


def aside_layers(series: TimelineSeries, time: alt.X) -> list[alt.Chart]:
    """Return a bar across each visit that the curve was drawn without."""
    fit = series.course.fit
    if not isinstance(fit, CourseFit) or not fit.set_aside:
        return []
    rows = [
        {"day": p.date.isoformat(), "aside": drawn_value(series, p), "what": "not in the curve"}
        for p in series.points
        if p.date in fit.set_aside
    ]
    data = alt.Chart(rows_of(rows))
    words = data.mark_text(color="#4a4a4a", align="left", dx=10, fontSize=11)
    return [words.encode(x=time, y=alt.Y("aside:Q"), text="what:N")]


def _between(series: TimelineSeries, low: float, high: float) -> str:
    error = (high - low) / 4.0 or None
    ends = [quantity(value, series.unit, error=error) for value in (low, high)]
    return " to ".join(ends)


def _is_late(series: TimelineSeries, day: date) -> bool:
    """Whether a day lies in the right half of the chart."""
    first, last = series.points[0].date, series.points[-1].date
    return 2 * (day - first) > last - first
