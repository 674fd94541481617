"""The questions before a comparison for others: only what consents allow is offered.

What is offered protects nothing: the pipeline and the exports ask again when it is made, and when
it leaves.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from progress.exports.jurisdiction import packs
from progress.exports.layouts import Layout
from progress.exports.marketing_wish import MOST_CLINIC, Eyes, Labels, MarketingWish, Motion
from progress.pipeline.clinic_cleared import ClearedSession
from progress.ui import publishing
from progress.ui.drawing import outlines_of
from progress.ui.layout import day_words
from progress.views.catalogue import marketing as words
from progress.views.catalogue import practitioner
from progress.views.consent_words import SHOWN_PARTS
from progress.views.labels import counted, region_phrase

_LAYOUTS, _LABELS, _EYES = tuple(Layout), tuple(Labels), tuple(Eyes)
_OTHER = "other"
_AT_FIRST = 3
"""Follow-ups that are chosen before anybody chooses: with the baseline they are 2 x 2."""
_MOST_MB = 10
"""Of a logo or font; fonts with many scripts are about that large."""
_CANVAS_PX = 900
_COVER_STROKE, _COVER_FILL = "#C2410C", "rgba(194, 65, 12, 0.25)"
_ROUNDED_PX = 1
"""Decimals of an outline: the canvas tells the same corner a little differently from run to run."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where it will be seen, by two letters, and an administrator's reason; empty while unknown."""

    country: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Days:
    """The sessions that are shown, baseline first, and how they stand together."""

    layout: Layout
    shown: tuple[ClearedSession, ...]
    motion: Motion = Motion.WEBP


def ask_wish(cleared: publishing.Cleared) -> MarketingWish | None:
    """Show the questions and return what is wished for; None while something is missing.

    Parameters
    ----------
    cleared : mapping of str to tuple of ClearedSession
        By client; of each, two sessions at least are cleared for a channel.
    """
    names = publishing.client_names(cleared)
    who, where, country = st.columns(3)
    ids = [one for one in cleared if one in names]
    client_id = who.selectbox(words.WHO, ids, format_func=lambda one: names[one])
    channel = where.selectbox(
        words.WHERE_SHOWN,
        publishing.channels(cleared[client_id]),
        format_func=lambda one: words.CHANNELS[one.value],
        key=f"channel-{client_id}",
    )
    with country:
        place = _ask_country()
    there = publishing.on_channel(cleared[client_id], channel)
    key = f"{client_id}-{channel.value}"
    days = _ask_days(there, key)
    if any(one.simulated for one in there):
        st.badge(practitioner.SIMULATED, icon=":material/smart_toy:", color="orange")
    regions, with_face, eyes, labels = _ask_skin(days.shown or there, key)
    clinic, logo, font = _ask_brand()
    chosen = tuple(one.taken_on for one in days.shown)
    covered = _ask_covers(days.shown, chosen, key) if len(chosen) > 1 else ()
    missing = [
        says
        for says, is_there in (
            (words.MISSING_COUNTRY, place.country),
            (words.MISSING_DAYS, len(chosen) > 1),
        )
        if not is_there
    ]
    if missing:
        st.caption(words.MISSING.format(" and ".join(missing)))
        return None
    return MarketingWish(
        client_id,
        chosen,
        channel,
        place.country,
        layout=days.layout,
        regions=regions,
        with_face=with_face,
        eyes=eyes,
        covered=covered,
        labels=labels,
        clinic=clinic,
        logo=logo,
        font=font,
        motion=days.motion,
        override_reason=place.reason,
    )


def _ask_country() -> _Place:
    """A country whose rules are known, or the letters of another."""
    chosen = st.selectbox(
        words.COUNTRY,
        [*packs(), _OTHER],
        index=None,
        placeholder=words.CHOOSE,
        format_func=lambda one: words.OTHER_COUNTRY if one == _OTHER else packs()[one].name,
    )
    if chosen != _OTHER:
        return _Place(chosen or "")
    letters = st.text_input(words.OTHER_LETTERS, max_chars=2, placeholder=words.OTHER_HINT)
    if not publishing.may_sign():
        st.caption(words.OTHER_NOTE)
        return _Place(letters.strip().upper())
    reason = st.text_area(words.SIGN_REASON, max_chars=400)
    return _Place(letters.strip().upper(), reason.strip())


def _ask_days(there: Sequence[ClearedSession], key: str) -> _Days:
    """How the pictures stand together, and which."""
    layout = st.radio(
        words.LAYOUT,
        _LAYOUTS,
        format_func=lambda one: words.LAYOUTS[one.value],
        horizontal=True,
    )
    by_day = {one.taken_on: one for one in there}
    days = list(by_day)
    left, right = st.columns(2)
    first = left.selectbox(words.FIRST_DAY, days[:-1], format_func=day_words, key=f"baseline-{key}")
    later = [day for day in days if day > first]
    chosen: list[date]
    if layout in (Layout.SIDE_BY_SIDE, Layout.SLIDER):
        chosen = [
            right.selectbox(
                words.LATER_DAY,
                later,
                index=len(later) - 1,
                format_func=day_words,
                key=f"later-{key}-{first}",
            )
        ]
    else:
        chosen = right.multiselect(
            words.LATER_DAYS,
            later,
            default=later[-_AT_FIRST:],
            format_func=day_words,
            key=f"laters-{key}-{first}",
        )
    motion = _ask_motion() if layout is Layout.TIME_LAPSE else Motion.WEBP
    return _Days(layout, tuple(by_day[day] for day in (first, *sorted(chosen))), motion)


def _ask_motion() -> Motion:
    """How a time-lapse is stored, of what this installation can write."""
    has_video = importlib.util.find_spec("av") is not None
    kinds = [one for one in Motion if one is not Motion.MP4 or has_video]
    return st.radio(
        words.FILM, kinds, format_func=lambda one: words.FILMS[one.value], horizontal=True
    )


def _ask_skin(
    shown: Sequence[ClearedSession], key: str
) -> tuple[tuple[str, ...], bool, Eyes, Labels]:
    """Which part, with the face or without, and what stands below."""
    left, right = st.columns(2)
    with_face, eyes = False, Eyes.SHOWN
    with right:
        labels = st.radio(
            words.LABELS,
            _LABELS,
            format_func=lambda one: words.LABELS_SAY[one.value],
            horizontal=True,
        )
    with left:
        bound = publishing.only_regions(shown)
        if bound:
            part = st.selectbox(words.SKIN, bound, format_func=region_phrase, key=f"bound-{key}")
            st.caption(words.SKIN_BOUND)
            regions: tuple[str, ...] = (part,)
        else:
            on_body = all(one.on_body for one in shown)
            if not on_body and publishing.face_allowed(shown):
                with_face = st.checkbox(words.FACE, help=words.FACE_HELP, key=f"face-{key}")
            outlined = publishing.outlined(shown[0].client_id)
            regions = tuple(
                st.multiselect(
                    words.SKIN,
                    (*(() if on_body else SHOWN_PARTS), *outlined),
                    placeholder=words.WHOLE if with_face or on_body else words.CHEEKS,
                    format_func=region_phrase,
                    key=f"skin-{key}",
                )
            )
        if with_face:
            eyes = st.selectbox(
                words.EYES, _EYES, format_func=lambda one: words.EYES_SAY[one.value]
            )
    return regions, with_face, eyes, labels


def _ask_brand() -> tuple[str, bytes | None, bytes | None]:
    """The clinic's own name, logo and font."""
    with st.expander(words.BRAND):
        name = st.text_input(words.CLINIC_NAME, max_chars=MOST_CLINIC)
        left, right = st.columns(2)
        logo = left.file_uploader(
            words.LOGO, type=["png", "jpg", "jpeg", "webp"], max_upload_size=_MOST_MB
        )
        font = right.file_uploader(words.FONT, type=["ttf", "otf"], max_upload_size=_MOST_MB)
    return name.strip(), logo.getvalue() if logo else None, font.getvalue() if font else None


def _ask_covers(
    shown: Sequence[ClearedSession], days: tuple[date, ...], key: str
) -> tuple[NDArray[np.float64], ...]:
    """Outlines on the first picture, in its own pixels; none for roles that may not see it."""
    picture = publishing.baseline_picture(shown, days, max_px=_CANVAS_PX)
    if picture is None or not st.toggle(words.COVER, key=f"cover-{key}"):
        return ()
    # It registers itself with the server, so it can be imported where one runs and nowhere else.
    from streamlit_drawable_canvas import st_canvas

    st.caption(words.COVER_HELP)
    width, height = picture.size_px
    answer: Any = st_canvas(
        fill_color=_COVER_FILL,
        stroke_width=2,
        stroke_color=_COVER_STROKE,
        background_image=picture.data,
        width=width,
        height=height,
        drawing_mode="polygon",
        key=f"covers-{key}-{days[0]}",
    )
    found = outlines_of(answer.json_data)
    st.caption(words.COVERED.format(counted(len(found), "outline")))
    return tuple(np.round(one / picture.scale - 0.5, _ROUNDED_PX) for one in found)
