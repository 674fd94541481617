"""The lab of metrics drawn: dose and answer, honest errors, specificity, rivals, what light allows.

Colours are Okabe and Ito's, which readers with any colour vision can tell apart
(https://jfly.uni-koeln.de/color/).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import altair as alt
import numpy as np

from progress.lab.changed_heads import PHOTO_ROWS, SKIN_ROWS
from progress.lab.dose_curves import CHANGES, DosePoint
from progress.lab.pigment_reach import MELANIN, melanin_od, pigment_noise
from progress.lab.rival_score_table import RivalLine
from progress.lab.specificity import Response
from progress.lab.specificity_figures import cells, metrics_of
from progress.lab.trial_honesty import LEAST_RATIO, MOST_RATIO, ErrorRatio
from progress.lab.trial_rows import TrialRow
from progress.lab.trials import Shooting

Chart = alt.LayerChart | alt.ConcatChart | alt.HConcatChart

_BLUE, _ORANGE, _GREY = "#0072B2", "#B84A00", "#5f6368"
_MILD_AND_HARD = alt.Scale(domain=["mild", "hard"], range=[_BLUE, _ORANGE])
_Z95 = 1.96
_MOST_SDC = 3.0
"""Detectable changes at which a cell of the matrix has its full colour."""
_PALE = 1.6
"""Detectable changes up to which black letters are read well on a cell."""
_ANSWER_UNITS = {"redness": "OD", "pigment": "OD", "tone": "degrees"}
_LARGEST_RATIO = 5.0
_ITAS_DEG = tuple(float(ita) for ita in range(-20, 63, 2))
"""From the darkest skin that pigment is told on to the lightest there is."""


def _rows(rows: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])


def _title(text: str, *lines: str) -> alt.TitleParams:
    return alt.TitleParams(
        text, subtitle=list(lines), anchor="start", subtitleColor="#4a4a4a", subtitleFontSize=12
    )


def dose_chart(points: Sequence[DosePoint]) -> alt.ConcatChart:
    """One panel for each metric: its answer over the true change of the skin, both directions.

    Parameters
    ----------
    points : sequence of DosePoint
        Of at least one metric.
    """
    panels = [
        _dose_panel(metric, [point for point in points if point.metric == metric])
        for metric in dict.fromkeys(point.metric for point in points)
    ]
    return alt.concat(*panels, columns=3, spacing=26).properties(
        title=_title(
            "Known changes of the skin, smaller and larger, through a second shot",
            "Points: means over faces or pieces of all tones. Bars: 95 % of single answers.",
        )
    )


def _dose_panel(metric: str, points: Sequence[DosePoint]) -> alt.LayerChart:
    rows = []
    for change in sorted({point.change for point in points}):
        answers = np.array([point.answer for point in points if point.change == change])
        reach = _Z95 * float(answers.std(ddof=1)) if answers.size > 1 else 0.0
        mean = float(answers.mean())
        rows.append({"change": change, "mean": mean, "low": mean - reach, "high": mean + reach})
    unit = _ANSWER_UNITS.get(metric)
    y_axis = alt.Axis(tickCount=5) if unit else alt.Axis(format="+%", tickCount=5)
    clouds = "SD" in points[0].dose
    x_axis = alt.Axis(tickCount=5) if clouds else alt.Axis(format="+%", values=[*CHANGES])
    x = alt.X("change:Q", title=points[0].dose, axis=x_axis, scale=alt.Scale(padding=10))
    y_title = f"{metric.replace('_', ' ')} ({unit})" if unit else metric.replace("_", " ")
    data = alt.Chart(_rows(rows))
    zero = alt.Chart(_rows([{"zero": 0}])).mark_rule(color="#9a9a9a", strokeDash=[3, 3])
    bars = data.mark_rule(color=_BLUE, strokeWidth=1.5).encode(
        x=x, y=alt.Y("low:Q", title=y_title, axis=y_axis), y2="high:Q"
    )
    dots = data.mark_point(color=_BLUE, filled=True, size=55, opacity=1).encode(x=x, y="mean:Q")
    across, down = zero.encode(y="zero:Q"), zero.encode(x="zero:Q")
    layers = alt.layer(across, down, bars, dots)
    return cast("alt.LayerChart", layers.properties(width=180, height=140))


def error_chart(ratios: Sequence[ErrorRatio]) -> alt.LayerChart:
    """Predicted over observed standard error of each metric, with what chance allows.

    Parameters
    ----------
    ratios : sequence of ErrorRatio
    """
    rows = [
        {
            "metric": one.metric.replace("_", " "),
            "shots": one.shooting.value,
            "ratio": _in_sight(one.ratio),
            "low": _in_sight(one.low),
            "high": _in_sight(one.high),
        }
        for one in ratios
    ]
    scale = alt.Scale(type="log", domain=[1 / _LARGEST_RATIO, _LARGEST_RATIO], nice=False)
    ticks = alt.Axis(values=[0.25, 0.5, 0.8, 1.0, 1.2, 2.0, 4.0])
    x = alt.X("low:Q", title="predicted over observed standard error", scale=scale, axis=ticks)
    y = alt.Y("metric:N", title=None, sort=None)
    offset = alt.YOffset("shots:N", sort=["mild", "hard"])
    colour = alt.Color("shots:N", scale=_MILD_AND_HARD, title="second shot")
    band = alt.Chart(_rows([{"from": LEAST_RATIO, "to": MOST_RATIO}])).mark_rect(
        color="#bdbdbd", opacity=0.45
    )
    data = alt.Chart(_rows(rows))
    bars = data.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q", y=y, yOffset=offset, color=colour)
    dots = data.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("ratio:Q"), y=y, yOffset=offset, color=colour
    )
    layers = alt.layer(band.encode(x=alt.X("from:Q", scale=scale), x2="to:Q"), bars, dots)
    return cast(
        "alt.LayerChart",
        layers.properties(
            width=430,
            height=alt.Step(22),
            title=_title(
                "The error that is told, over the error that is made",
                "Grey: within 20 %. Bars: chance of so few pairs. At the edge: beyond it.",
            ),
        ),
    )


def _in_sight(ratio: float) -> float:
    """A ratio held inside the drawing."""
    return max(1 / _LARGEST_RATIO, min(ratio, _LARGEST_RATIO))


def specificity_chart(responses: Sequence[Response]) -> alt.LayerChart:
    """The specificity matrix as a heat map, in smallest detectable changes.

    Parameters
    ----------
    responses : sequence of Response
    """
    seen, metrics = cells(responses), metrics_of(responses)
    rows = []
    for row in (*SKIN_ROWS, *PHOTO_ROWS):
        for metric in metrics:
            if (row.name, metric) not in seen:
                continue
            answer = seen[row.name, metric]
            rows.append(
                {
                    "row": row.name,
                    "metric": metric.replace("_", " "),
                    "held": None if answer is None else max(-_MOST_SDC, min(_MOST_SDC, answer)),
                    "says": "n/c" if answer is None else _signed(answer),
                    "own": metric in row.own,
                    "dark": answer is not None and abs(answer) > _PALE,
                }
            )
    order = [row.name for row in (*SKIN_ROWS, *PHOTO_ROWS)]
    x = alt.X("metric:N", sort=None, title=None, axis=alt.Axis(orient="top", labelAngle=-40))
    y = alt.Y("row:N", sort=order, title=None)
    data = alt.Chart(_rows(rows))
    colour = alt.Color(
        "held:Q",
        title="smallest detectable changes",
        scale=alt.Scale(domain=[-_MOST_SDC, 0, _MOST_SDC], range=[_ORANGE, "#f7f7f7", _BLUE]),
    )
    silent = data.transform_filter("datum.held === null").mark_rect(color="#d9d9d9")
    told = data.transform_filter("datum.held !== null").mark_rect().encode(color=colour)
    own = data.transform_filter("datum.own").mark_rect(
        filled=False, stroke="#1a1a1a", strokeWidth=1.6
    )
    words = data.mark_text(fontSize=10).encode(
        text="says:N",
        color=alt.condition("datum.dark", alt.value("white"), alt.value("#1a1a1a")),
    )
    layers = alt.layer(*(layer.encode(x=x, y=y) for layer in (silent, told, own, words)))
    return cast(
        "alt.LayerChart",
        layers.properties(
            width=alt.Step(46),
            height=alt.Step(24),
            title=_title(
                "One thing changed at a time, on rendered heads",
                "Framed: what the metric is for. Below, only the photo changes: all should lie "
                "within 1. n/c: not comparable.",
            ),
        ),
    )


def _signed(answer: float) -> str:
    """One digit after the point; no sign where it rounds to nothing."""
    return "0" if abs(answer) < 0.05 else f"{answer:+.1f}"


def rival_chart(lines: Sequence[RivalLine]) -> alt.HConcatChart:
    """Our redness beside the scores of others, in three panels of bars.

    Parameters
    ----------
    lines : sequence of RivalLine
    """
    panels = [
        _bars(lines, "hard_scatter", "scatter of unchanged skin, hard shots, of blood", most=1.5),
        _bars(lines, "alarms", "false alarms, hard shots", most=1.0),
        _bars(lines, "seen", "15 % more blood seen, hard shots", most=1.0),
    ]
    return alt.hconcat(*panels, spacing=18).properties(
        title=_title(
            "Redness beside other scores, from the same pictures",
            "A bar that meets the edge goes on beyond it; its figure is written there.",
        )
    )


def _bars(lines: Sequence[RivalLine], field: str, title: str, *, most: float) -> alt.LayerChart:
    rows = []
    for line in lines:
        value = getattr(line, field)
        if value is not None:
            rows.append(
                {
                    "score": line.score,
                    "value": min(value, most),
                    "says": f"{value:.0%}",
                    "ours": line.score == "redness",
                }
            )
    first = field == "hard_scatter"
    y = alt.Y("score:N", sort=None, title=None, axis=alt.Axis(labels=first, ticks=first))
    x = alt.X(
        "value:Q",
        title=title,
        scale=alt.Scale(domain=[0, most * 1.18]),
        axis=alt.Axis(format="%", values=[0, most / 2, most]),
    )
    data = alt.Chart(_rows(rows))
    colour = alt.condition("datum.ours", alt.value(_BLUE), alt.value("#b5b5b5"))
    bars = data.mark_bar().encode(x=x, y=y, color=colour)
    words = data.mark_text(align="left", dx=3, fontSize=11).encode(x=x, y=y, text="says:N")
    layers = alt.layer(bars, words)
    return cast("alt.LayerChart", layers.properties(width=190, height=alt.Step(24)))


def reach_chart(rows: Sequence[TrialRow]) -> alt.LayerChart:
    """Pigment in ten per cent of melanin by skin tone, beside what a pair of photos can tell.

    Parameters
    ----------
    rows : sequence of TrialRow
        Null answers of pigment are drawn, where there are some.
    """
    curve = [{"ita": one.ita_deg, "od": one.od} for one in melanin_od(_ITAS_DEG)]
    told = [
        {"ita": one.ita_deg, "od": one.od, "shots": shooting.value}
        for shooting in (Shooting.MILD, Shooting.HARD)
        for one in pigment_noise(rows, shooting)
    ]
    x = alt.X(
        "ita:Q",
        title="individual typology angle: dark skin to the left, light to the right (degrees)",
        scale=alt.Scale(domain=[_ITAS_DEG[0], _ITAS_DEG[-1]], clamp=True),
    )
    line = alt.Chart(_rows(curve)).mark_line(color="#1a1a1a", strokeWidth=2.5)
    words = alt.Chart(
        _rows([{"ita": 20.0, "od": curve[20]["od"], "says": f"{MELANIN:.0%} more melanin"}])
    ).mark_text(align="left", dx=8, dy=-8, fontSize=12)
    y = alt.Y("od:Q", title="pigment (OD)", scale=alt.Scale(zero=True))
    dots = alt.Chart(_rows(told)).mark_point(filled=True, size=60, opacity=0.85)
    colour = alt.Color(
        "shots:N",
        scale=_MILD_AND_HARD,
        legend=alt.Legend(title="smallest detectable change, whole face", titleLimit=0),
    )
    layers = alt.layer(
        line.encode(x=x, y=y),
        words.encode(x=x, y=y, text="says:N"),
        dots.encode(x=x, y=y, color=colour),
    )
    return cast(
        "alt.LayerChart",
        layers.properties(
            width=520,
            height=270,
            title=_title(
                "Why a few per cent of melanin are out of reach on light skin",
                "The lighter the skin, the less there is to see, whatever the camera. A dot above "
                "the line cannot tell 10 %.",
            ),
        ),
    )


def metric_charts(
    *,
    rows: Sequence[TrialRow],
    responses: Sequence[Response],
    points: Sequence[DosePoint],
    rivals: Sequence[RivalLine],
    ratios: Sequence[ErrorRatio],
) -> dict[str, Chart]:
    """Every chart that there are answers for, by the name of its file.

    Parameters
    ----------
    rows : sequence of TrialRow
        Null answers of pigment are taken from them.
    responses, points, rivals, ratios
        See the chart of each.
    """
    charts: dict[str, Chart] = {"out-of-reach": reach_chart(rows)}
    if points:
        charts["dose-response"] = dose_chart(points)
    if ratios:
        charts["honest-errors"] = error_chart(ratios)
    if responses:
        charts["specificity"] = specificity_chart(responses)
    if rivals:
        charts["rivals"] = rival_chart(rivals)
    # Documents are read on dark pages, too.
    return {name: chart.properties(background="white") for name, chart in charts.items()}
