"""All changes of a pair on one scale: each in units of what could have been detected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import altair as alt

from progress.model import Change, Verdict
from progress.views.chart_style import Z95, rows_of, verdict_colour, verdict_shape
from progress.views.labels import (
    VERDICT_LABELS,
    change_unit,
    metric_label,
    quantity,
    reason_words,
    region_label,
    signed_change,
)

_ROW_PX = 24
_WHOLE = alt.Axis(tickMinStep=1, format="d")
_PAIR_LOOKS = [VERDICT_LABELS[verdict] for verdict in Verdict]


def changes_chart(
    changes: Iterable[Change], *, width_px: int = 460, frame_px: int = 0
) -> alt.LayerChart:
    """Return every change in units of its own smallest detectable change, one row each.

    Between -1 and 1 lies noise. The whisker is 95 % of the change's error. Right is higher, left is
    lower; whether that is better is said by shape, colour and the word at the end of the row.
    Changes without a figure stand as a cross at the left edge, with the reason on hover.

    Parameters
    ----------
    changes : iterable of Change
        In the order of the rows.
    width_px : int
        Of the plotting area.
    frame_px : int
        Added to the height, for pages that count axis and title into it.
    """
    rows = [_change_row(change) for change in changes]
    order = [row["what"] for row in rows]
    data = rows_of(rows)
    reach = max([1.5, *(abs(row["end"]) for row in rows), *(abs(row["start"]) for row in rows)])
    domain = [-reach * 1.05, reach * 1.05]
    what = alt.Y("what:N", sort=order, title=None, axis=alt.Axis(labelLimit=260))
    scale = alt.Scale(domain=domain, nice=False)
    strip = (
        alt.Chart(rows_of([{"from": -1.0, "to": 1.0}]))
        .mark_rect(color="#d9d9d9", opacity=0.6)
        .encode(x=alt.X("from:Q", scale=scale), x2="to:Q")
    )
    zero = alt.Chart(rows_of([{"at": 0.0}])).mark_rule(color="#6b6b6b").encode(x="at:Q")
    whisker = (
        alt.Chart(data)
        .transform_filter("isValid(datum.ratio)")
        .mark_rule(strokeWidth=2)
        .encode(
            x=alt.X(
                "start:Q", scale=scale, title="change / smallest detectable change", axis=_WHOLE
            ),
            x2="end:Q",
            y=what,
            color=verdict_colour(_PAIR_LOOKS, legend=None),
        )
    )
    dot = (
        alt.Chart(data)
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            x=alt.X("place:Q", scale=scale),
            y=what,
            color=verdict_colour(_PAIR_LOOKS, legend=None),
            shape=verdict_shape(_PAIR_LOOKS, legend=None),
            tooltip=[
                alt.Tooltip("what:N", title="what"),
                alt.Tooltip("says:N", title="change"),
                alt.Tooltip("noise:N", title="noise up to"),
                alt.Tooltip("verdict:N", title="verdict"),
                alt.Tooltip("reason:N", title="reason"),
            ],
        )
        .transform_calculate(place=f"isValid(datum.ratio) ? datum.ratio : {domain[0]}")
    )
    words = (
        alt.Chart(data)
        .mark_text(align="left", dx=6)
        .encode(
            x=alt.value(alt.ExprRef("width")),
            y=what,
            text="verdict:N",
            color=verdict_colour(_PAIR_LOOKS, legend=None),
        )
    )
    chart = alt.layer(strip, zero, whisker, dot, words)
    height_px = _ROW_PX * max(1, len(rows)) + frame_px
    return cast("alt.LayerChart", chart.properties(width=width_px, height=height_px))


def _change_row(change: Change) -> dict[str, Any]:
    """One row of the overview; ratio is None without a figure."""
    row: dict[str, Any] = {
        "what": f"{metric_label(change.metric)}, {region_label(change.region)}",
        "verdict": VERDICT_LABELS[change.verdict],
        "says": signed_change(change),
        "noise": "",
        "reason": reason_words(change.reason) if change.reason else "",
        "ratio": None,
        "start": 0.0,
        "end": 0.0,
    }
    sdc = change.smallest_detectable_change
    if change.delta is None or change.standard_error is None or sdc is None:
        return row
    row["noise"] = quantity(sdc, change_unit(change.unit), error=sdc or None)
    if sdc > 0:
        reach = Z95 * change.standard_error
        row["ratio"] = change.delta / sdc
        row["start"] = (change.delta - reach) / sdc
        row["end"] = (change.delta + reach) / sdc
    return row
