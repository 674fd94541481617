"""A client's course: what was done, what changed, and how surely."""

from __future__ import annotations

import streamlit as st

from progress.model import Estimate
from progress.ui import desk
from progress.ui.layout import choose_client, plain, show_listing, show_refusal, verdict_cards
from progress.views.chart_style import styled
from progress.views.charts import timeline_chart
from progress.views.course_words import (
    course_sentences,
    family_sentences,
    first_seen_words,
    judged_changes,
    share_words,
    visit_sentences,
)
from progress.views.grade_words import grades_listing
from progress.views.labels import VERDICT_LABELS, counted, day_label, reason_words, region_label
from progress.views.refusal_words import course_refusal
from progress.views.report import trend_words
from progress.views.words import SIDES_NOTICE, course_headline, series_title

st.title("Course")
client = choose_client()
if client is None:
    st.stop()

sessions = desk.sessions(client)
treatments = desk.treatments(client)
with st.expander(f"{counted(len(sessions), 'session')}, {counted(len(treatments), 'treatment')}"):
    days = [(s.taken_on, f"photos ({len(s.photos)})") for s in sessions]
    days += [(t.date, desk.treatment_label(t)) for t in treatments]
    st.table(
        [{"Day": day_label(day), "What": plain(what)} for day, what in sorted(days)],
        hide_index=True,
    )
if len(sessions) < 2:
    st.info("A course needs at least two sessions of photos. Open the page “Add”.")
    st.stop()

timeline = desk.timeline(client)
st.subheader(course_headline(timeline.series))
refusal = course_refusal(timeline)
if refusal is not None:
    show_refusal(refusal)
else:
    verdict_cards(series.verdict for series in timeline.series)
for line in family_sentences(judged_changes(timeline.series)):
    st.write(plain(line))

measured = [
    series
    for series in timeline.series
    if any(isinstance(point.outcome, Estimate) for point in series.points)
]
if measured:
    left, right = st.columns(2)
    metrics = {series.metric: series.label for series in measured}
    metric = left.selectbox("Metric", list(metrics), format_func=lambda key: metrics[key])
    regions = [series.region for series in measured if series.metric == metric]
    whole = [n for n, name in enumerate(regions) if name in ("whole_face", "area")]
    region = right.selectbox(
        "Region",
        regions,
        index=whole[0] if whole else 0,
        format_func=region_label,
        help=SIDES_NOTICE,
    )
    shown = next(s for s in measured if s.metric == metric and s.region == region)
    st.altair_chart(
        styled(
            timeline_chart(shown, timeline.events, width_px=900, height_px=340), background="white"
        ),
        width="stretch",
        theme=None,
        alt=series_title(shown),
    )
    st.markdown(f"**{plain(series_title(shown))}.** Trend per 28 days: {trend_words(shown)}")
    st.markdown("\n".join(f"* {plain(line)}" for line in course_sentences(shown)))
for line in visit_sentences(timeline):
    st.caption(plain(line))

if timeline.grades:
    show_listing(grades_listing([(day_label(d), g) for d, g in sorted(timeline.grades.items())]))

with st.expander("Every metric and region"):
    st.table(
        [
            {
                "Metric": series.label,
                "Region": region_label(series.region),
                "Verdict": VERDICT_LABELS[series.verdict],
                "Trend per 28 days": trend_words(series),
                "Percent of the baseline": share_words(series),
                "First beyond noise": first_seen_words(series),
                "Reason": plain(reason_words(series.reason)) if series.reason else "",
            }
            for series in timeline.series
        ],
        hide_index=True,
    )
