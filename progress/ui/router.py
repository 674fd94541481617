"""Which pages there are; and one place where a user's mistake becomes one clear line."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from progress.model import ProgressError
from progress.ui import desk
from progress.views.words import NOT_MEDICAL_ADVICE, SIMULATED_NOTICE

_TIGHT = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; padding-bottom: 2rem; }
</style>"""
_LOG = logging.getLogger(__name__)
_PAGES = Path(__file__).parent / "pages"


def _icon() -> Image.Image:
    """A disc, dark on the left and light on the right: before and after."""
    y, x = np.mgrid[0:32, 0:32] - 15.5
    colours = np.where((x < 0)[..., None], (176, 112, 88), (232, 190, 168))
    disc = (np.hypot(x, y) < 15) & (np.abs(x) > 1)
    return Image.fromarray(np.dstack([colours, np.where(disc, 255, 0)]).astype(np.uint8))


def run() -> None:
    """Draw the chosen page."""
    # A picture of our own: a page icon named by emoji or symbol is fetched from a foreign server.
    st.set_page_config(page_title="progress", page_icon=_icon(), layout="wide")
    st.html(_TIGHT)
    page = st.navigation(
        [
            st.Page(_PAGES / "course.py", title="Course", default=True),
            st.Page(_PAGES / "pair.py", title="Pair"),
            st.Page(_PAGES / "add.py", title="Add"),
            st.Page(_PAGES / "about.py", title="Limits"),
        ],
        position="top",
    )
    try:
        if desk.holds_simulated():
            st.badge(f"SAMPLE DATA. {SIMULATED_NOTICE}", color="orange")
        page.run()
    except ProgressError as mistake:
        st.error(f"{mistake.message}. {mistake.advice[:1].upper()}{mistake.advice[1:]}")
    except Exception:  # noqa: BLE001 - the last door: Streamlit's own box offers to search the web
        _LOG.exception("a page failed")
        st.error(
            "This page failed, and it is not your mistake. What was saved stays whole. "
            "The reason stands in the log of the server."
        )
    finally:  # also when a page stops early
        st.caption(NOT_MEDICAL_ADVICE)
