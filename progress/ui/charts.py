"""Charts on the screen: always on white, like the paper they are printed on."""

from __future__ import annotations

import streamlit as st

from progress.views.chart_style import Chart, styled

_INK, _SOFT, _GRID = "#1a1a1a", "#4a4a4a", "#dddddd"


def show_chart(chart: Chart, alt: str) -> None:
    """Show a chart over the whole width, with colours of its own in the dark theme too.

    Parameters
    ----------
    chart : Chart
    alt : str
        What it says, for whoever cannot see it.
    """
    # In the dark theme the browser would else write titles and legends in white on white.
    dressed = styled(chart, background="white")
    dressed = dressed.configure_title(color=_INK, subtitleColor=_SOFT)
    dressed = dressed.configure_legend(
        orient="bottom", labelFontSize=12, symbolOpacity=1, labelColor=_INK, titleColor=_INK
    )
    dressed = dressed.configure_axis(
        labelFontSize=12,
        titleFontSize=12,
        labelColor=_SOFT,
        titleColor=_INK,
        gridColor=_GRID,
        domainColor=_SOFT,
        tickColor=_SOFT,
    ).configure_view(stroke=_GRID)
    st.altair_chart(dressed, width="stretch", theme=None, alt=alt)
