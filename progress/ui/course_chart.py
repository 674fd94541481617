"""One concern of a course: its metric and region chosen, drawn and told."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from progress.model import Client, Estimate, Session, Timeline
from progress.ui.charts import show_chart
from progress.ui.layout import plain
from progress.views.catalogue import practitioner as words
from progress.views.charts import timeline_chart
from progress.views.concerns import Concern, concern_of
from progress.views.course_words import course_sentences
from progress.views.labels import region_label
from progress.views.report import trend_words
from progress.views.visit_list import with_notes
from progress.views.words import SIDES_NOTICE, series_title

_WHOLE = ("whole_face", "area")


def show_series(timeline: Timeline, sessions: Sequence[Session], client: Client) -> None:
    """Show one series of the course, chosen by concern, metric and region.

    Parameters
    ----------
    timeline : Timeline
    sessions : sequence of Session
        Whose notes stand on the same axis.
    client : Client
        Names the widgets, so that a choice stays with its client.
    """
    measured = [
        series
        for series in timeline.series
        if any(isinstance(point.outcome, Estimate) for point in series.points)
    ]
    if not measured:
        return
    there = {concern_of(series.metric) for series in measured}
    concerns = [concern for concern in Concern if concern in there]
    concern = st.segmented_control(
        words.CONCERN,
        concerns,
        default=concerns[0],
        format_func=lambda one: one.value,
        key=f"concern-{client.id}",
    )
    concern = concern or concerns[0]
    left, right = st.columns(2)
    labels = {s.metric: s.label for s in measured if concern_of(s.metric) is concern}
    metric = left.selectbox(words.METRIC, list(labels), format_func=lambda key: labels[key])
    regions = [series.region for series in measured if series.metric == metric]
    region = right.selectbox(
        words.REGION,
        regions,
        index=next((n for n, name in enumerate(regions) if name in _WHOLE), 0),
        format_func=region_label,
        help=SIDES_NOTICE,
    )
    shown = next(s for s in measured if s.metric == metric and s.region == region)
    chart = timeline_chart(shown, timeline.events, width_px=900, height_px=340)
    show_chart(with_notes(chart, sessions), series_title(shown))
    trend = words.TREND.format(trend_words(shown))
    st.markdown(f"**{plain(series_title(shown))}.** {trend}")
    st.markdown("\n".join(f"* {plain(line)}" for line in course_sentences(shown)))
