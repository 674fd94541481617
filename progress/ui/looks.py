"""The looks at a pair: the two photos, where it differs, scars, marks, alignment."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from progress.model import Change, Verdict
from progress.ui.before_after import before_after
from progress.ui.charts import show_chart
from progress.ui.layout import plain
from progress.ui.pair_view import PairPictures
from progress.views.catalogue import practitioner as words
from progress.views.change_chart import changes_chart
from progress.views.labels import counted, metric_label
from progress.views.words import headline, in_order

_AT_ONCE = 40
"""Rows of a chart that a reader takes in without losing the axis."""


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
    looks = [words.LOOK_PHOTOS, words.LOOK_WHERE]
    if pictures.scars is not None:
        looks.append(words.LOOK_SCARS)
    if pictures.marks:
        looks.append(words.LOOK_MARKS)
    looks.append(words.LOOK_ALIGNMENT)
    look = st.segmented_control(words.LOOK, looks, default=looks[0]) or looks[0]
    if look == words.LOOK_PHOTOS:
        before_after(*pictures.overlay, names, key=f"looks-{key}")
    elif look == words.LOOK_SCARS and pictures.scars is not None:
        st.image(pictures.scars[0], width="stretch", alt=words.SCARS_OUTLINED)
        st.image(pictures.scars[1], alt=words.SCARS_NEAR)
    elif look == words.LOOK_MARKS:
        for picture, says in pictures.marks:
            st.image(picture, caption=plain(says), alt=says)
    elif look == words.LOOK_ALIGNMENT:
        st.image(pictures.alignment, alt=words.ALIGNMENT_ERROR)
        st.image(pictures.checkerboard, alt=words.ALIGNMENT_SQUARES)
    else:
        _where(pictures)


def _where(pictures: PairPictures) -> None:
    """Maps of one metric on both dates, and where it differs."""
    if not pictures.maps:
        st.info(words.NO_MAPS)
        return
    metric = st.selectbox(words.METRIC, list(pictures.maps), format_func=metric_label)
    both, difference = pictures.maps[metric]
    st.image(both, width="stretch", alt=words.MAP_OF.format(metric_label(metric)))
    if difference is not None:
        st.image(difference, alt=words.MAP_CHANGE.format(metric_label(metric)))
    st.caption(words.MAP_CAUTION)


def show_changes_chart(changes: Sequence[Change]) -> None:
    """Show every change that has a figure beside its noise, what stands out first.

    Where there are many, those within noise are a click away, with their number on the lid.
    """
    told = [change for change in in_order(changes) if change.delta is not None]
    within = [change for change in told if change.verdict is Verdict.WITHIN_NOISE]
    if len(told) <= _AT_ONCE or len(within) == len(told):
        show_chart(changes_chart(told, frame_px=60), headline(changes))
        return
    beyond = [change for change in told if change.verdict is not Verdict.WITHIN_NOISE]
    show_chart(changes_chart(beyond, frame_px=60), headline(changes))
    with st.expander(words.WITHIN_NOISE.format(counted(len(within), "answer"))):
        show_chart(changes_chart(within, frame_px=60), headline(within))
