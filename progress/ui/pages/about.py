"""What is measured, how, and what this cannot tell."""

from __future__ import annotations

import streamlit as st

from progress.ui import desk, open_record
from progress.ui.frame import page_head
from progress.views.catalogue import practitioner as words
from progress.views.labels import better_phrase, unit_label
from progress.views.report import CANNOT_MEASURE
from progress.views.words import SIDES_NOTICE

page_head(words.ABOUT)
st.markdown(f"{words.HOW_JUDGED} {SIDES_NOTICE}")
st.subheader(words.CANNOT)
st.markdown("\n".join(f"* {line}" for line in CANNOT_MEASURE))
st.subheader(words.MEASURED_HERE)
st.table(
    [
        {
            words.METRIC: metric.label,
            words.UNIT: unit_label(metric.unit) or words.PLAIN_NUMBER,
            words.WHICH_WAY: better_phrase(metric.better),
            words.NEEDS: f"{metric.min_px_per_mm:g}",
            words.VERSION: metric.version,
            words.PAPER: metric.source,
        }
        for metric in desk.metrics()
    ],
    hide_index=True,
)
st.subheader(words.INSTALLATION)
st.markdown(words.LOCAL.format(open_record.version()))
