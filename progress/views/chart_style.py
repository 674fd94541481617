"""What all charts share: shapes and colours of verdicts, plain data."""

from __future__ import annotations

from typing import Any, cast

import altair as alt

from progress.model import Verdict
from progress.views.labels import VERDICT_LABELS

Chart = alt.LayerChart | alt.ConcatChart | alt.HConcatChart
"""One plotting area, or several beside each other."""
Z95 = 1.96
"""Standard errors to a 95 % interval."""
BASELINE = "baseline"
HEALING = "healing, not judged"
LOOKS: dict[str, tuple[str, str]] = {
    BASELINE: ("circle", "#1a1a1a"),
    VERDICT_LABELS[Verdict.IMPROVED]: ("diamond", "#0072B2"),
    VERDICT_LABELS[Verdict.WORSE]: ("square", "#B84A00"),
    VERDICT_LABELS[Verdict.WITHIN_NOISE]: ("circle", "#5f6368"),
    VERDICT_LABELS[Verdict.DESCRIBED]: ("triangle-right", "#8A3E73"),
    VERDICT_LABELS[Verdict.NOT_COMPARABLE]: ("cross", "#767676"),
    HEALING: ("triangle-down", "#9A6700"),
}


def rows_of(rows: list[dict[str, Any]]) -> alt.InlineData:
    """Return rows as inline data, without a table library."""
    return alt.InlineData(values=rows)


def verdict_colour(names: list[str], **options: Any) -> alt.Color:
    """Return the colour of the field ``verdict``, limited to `names`."""
    scale = alt.Scale(domain=names, range=[LOOKS[name][1] for name in names])
    return alt.Color("verdict:N", scale=scale, title=None, **options)


def verdict_shape(names: list[str], **options: Any) -> alt.Shape:
    """Return the shape of the field ``verdict``, limited to `names`."""
    scale = alt.Scale(domain=names, range=[LOOKS[name][0] for name in names])
    return alt.Shape("verdict:N", scale=scale, title=None, **options)


def styled(chart: Chart, *, background: str = "transparent") -> Chart:
    """Return a chart with fonts and lines that read and print well on white."""
    # The padding is for readers whose sans-serif is wider than the converter's.
    pad = {"left": 28, "right": 28, "top": 6, "bottom": 6}
    dressed = (
        chart.configure(font="sans-serif", background=background, padding=pad)
        .configure_axis(
            labelFontSize=12, titleFontSize=12, labelColor="#333333", titleColor="#333333"
        )
        .configure_legend(orient="bottom", labelFontSize=12, symbolOpacity=1)
    )
    return cast("Chart", dressed)
