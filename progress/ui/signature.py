"""How a client signs: drawn on the screen, on a form that is uploaded, or by agreeing alone."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

import streamlit as st

from progress.model.consent import Purpose
from progress.store.consents import MOST_DOCUMENT_BYTES
from progress.ui.layout import day_words
from progress.views.catalogue import consent as words
from progress.views.letters import signed_page

_WIDTH_PX, _HEIGHT_PX = 300, 150
"""Fits a phone held upright, and is no smaller than the line on a form."""
_PEN_PX = 3
_INK, _PAPER = "#10131A", "#FFFFFF"
_BYTES_OF_MB = 2**20


class Way(enum.Enum):
    """How it is signed."""

    HERE = "here"
    FORM = "form"
    NOT = "not"


_SAYS = {Way.HERE: words.SIGN_HERE, Way.FORM: words.SIGN_FORM, Way.NOT: words.SIGN_NOT}


@dataclass(frozen=True, slots=True)
class Signed:
    """What is kept of a signature: the bytes, what they are, and the version of the wording."""

    document: bytes
    media_type: str
    text_version: str


def ask_signature(text: str, purpose: Purpose, today: date, *, key: str) -> Signed | None:
    """Show the ways to sign and return what was signed; None while it is not.

    For publication a signature is needed. A form can be uploaded by keyboard alone.

    Parameters
    ----------
    text : str
        What is agreed to, as it is shown.
    purpose : Purpose
    today : date
    key : str
        Of the widgets, new for every consent.
    """
    ways = [way for way in Way if way is not Way.NOT or purpose is not Purpose.MARKETING]
    way = st.radio(
        words.HOW_SIGNED, ways, index=None, format_func=lambda one: _SAYS[one], key=f"way-{key}"
    )
    if purpose is Purpose.MARKETING:
        st.caption(words.SIGN_MISSING)
    if way is Way.FORM:
        return _form(key)
    drawn = _drawn(key) if way is Way.HERE else None
    if way is None or (way is Way.HERE and drawn is None):
        return None
    page = signed_page(
        text,
        version=words.AGREEMENT_VERSION,
        signed_on=today,
        signature_png=drawn,
        day=day_words,
    )
    return Signed(page, "text/html", words.AGREEMENT_VERSION)


def _drawn(key: str) -> bytes | None:
    """What was drawn, as PNG; None while the field is empty."""
    # It registers itself with the server, so it can be imported where one runs and nowhere else.
    from streamlit_drawable_canvas import st_canvas

    st.caption(words.SIGN_FIELD)
    turn = st.session_state.get("signing", 0)
    answer = st_canvas(
        stroke_width=_PEN_PX,
        stroke_color=_INK,
        background_color=_PAPER,
        width=_WIDTH_PX,
        height=_HEIGHT_PX,
        drawing_mode="freedraw",
        return_image_data=True,
        key=f"signature-{key}-{turn}",
    )
    if st.button(words.SIGN_AGAIN, key=f"again-{key}"):
        st.session_state["signing"] = turn + 1
        st.rerun()
    strokes = (answer.json_data or {}).get("objects")
    drawn: bytes | None = answer.image_bytes if strokes else None
    return drawn


def _form(key: str) -> Signed | None:
    """An uploaded form, as it came."""
    upload = st.file_uploader(words.FORM_FILE, type=["pdf", "png", "jpg"], key=f"form-{key}")
    if upload is None:
        return None
    if upload.size > MOST_DOCUMENT_BYTES:
        st.error(words.FORM_TOO_LARGE.format(MOST_DOCUMENT_BYTES // _BYTES_OF_MB))
        return None
    media_type = upload.type or "application/octet-stream"
    return Signed(upload.getvalue(), media_type, words.GIVEN_DOCUMENT)
