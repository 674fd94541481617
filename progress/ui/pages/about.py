"""What is measured, how, and what this cannot tell."""

from __future__ import annotations

import streamlit as st

from progress.ui import desk
from progress.views.labels import better_phrase, unit_label
from progress.views.report import CANNOT_MEASURE
from progress.views.words import SIDES_NOTICE

st.title("What this can and cannot tell")
st.markdown(
    "Every change is given with its error. It is called *improved* or *worse* only when it is "
    "larger than the smallest change that this very pair of photos could have shown (95 %). "
    "A pair that is not fair gets no figure. " + SIDES_NOTICE
)
st.subheader("It cannot measure")
st.markdown("\n".join(f"* {line}" for line in CANNOT_MEASURE))
st.subheader("What is measured")
st.table(
    [
        {
            "Metric": metric.label,
            "Unit": unit_label(metric.unit) or "number",
            "Which way": better_phrase(metric.better),
            "Needs px/mm": f"{metric.min_px_per_mm:g}",
            "Version": metric.version,
            "Source": metric.source,
        }
        for metric in desk.metrics()
    ],
    hide_index=True,
)
st.subheader("This installation")
st.markdown(
    f"Version {desk.version()}. Photos and figures stay on this machine, in the home folder that "
    "the app was started with. Nothing is sent anywhere."
)
