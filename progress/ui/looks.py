"""The looks at a pair: slider, side by side, blink, where, scars, marks, alignment."""

from __future__ import annotations

import streamlit as st

from progress.ui.components import before_after, blink
from progress.ui.desk import PairPictures
from progress.ui.layout import plain
from progress.views.labels import metric_label


def show_looks(pictures: PairPictures, names: tuple[str, str], *, key: str) -> None:
    """Show one look at a pair of aligned photos, the one that is chosen.

    Parameters
    ----------
    pictures : PairPictures
    names : tuple of str
        Of baseline and follow-up.
    key : str
        Names the widgets of this pair.
    """
    looks = ["Slider", "Side by side", "Blink", "Where", "Alignment"]
    if pictures.scars is not None:
        looks.insert(-1, "Scars")
    if pictures.marks:
        looks.insert(-1, "Marks")
    look = st.segmented_control("Look", looks, default=looks[0]) or looks[0]
    if look == "Slider":
        before_after(*pictures.overlay, names, key=f"slider-{key}")
    elif look == "Side by side":
        st.image(pictures.side_by_side, width="stretch", alt=f"{names[0]} and {names[1]}")
    elif look == "Blink":
        blink(*pictures.overlay, names, key=f"blink-{key}")
    elif look == "Scars" and pictures.scars is not None:
        st.image(pictures.scars[0], width="stretch", alt="Scars outlined on both dates")
        st.image(pictures.scars[1], alt="Each numbered scar before beside after")
    elif look == "Marks":
        for picture, words in pictures.marks:
            st.image(picture, caption=plain(words), alt=words)
    elif look == "Alignment":
        st.image(pictures.alignment, alt="Estimated alignment error on the baseline")
        st.image(pictures.checkerboard, alt="Squares of baseline and follow-up in turn")
    else:
        _where(pictures)


def _where(pictures: PairPictures) -> None:
    """Maps of one metric on both dates, and where it differs."""
    if not pictures.maps:
        st.info("No metric could be mapped on these two photos.")
        return
    metric = st.selectbox("Metric", list(pictures.maps), format_func=metric_label)
    both, difference = pictures.maps[metric]
    st.image(both, width="stretch", alt=f"{metric_label(metric)} on both dates")
    if difference is not None:
        st.image(difference, alt=f"Change of {metric_label(metric)}")
    st.caption("A map shows where to look; only the regions' figures below carry an error.")
