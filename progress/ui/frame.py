"""What stands around every page: its title, its looks, and in the corner what is being measured."""

from __future__ import annotations

import streamlit as st

from progress.ui import measuring
from progress.ui.layout import plain
from progress.ui.theme import DARK, LIGHT
from progress.views.catalogue import practitioner as words

_STYLE = """<style>
:root { --ink: INK; --ground: GROUND; }
.st-key-corner { position: fixed; right: 1rem; bottom: 1rem; z-index: 99; width: 19rem;
  max-width: calc(100vw - 2rem); }
.st-key-working { padding: 0.6rem 0.9rem; border-radius: 0.5rem; background: #1f2933;
  box-shadow: 0 2px 10px rgb(0 0 0 / 35%); }
.st-key-working * { color: #fff; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] *,
[data-testid="stFileUploaderDropzoneInstructions"] * { opacity: 1;
  color: color-mix(in srgb, var(--ink) 80%, var(--ground)) !important; }
.stButton button, .stDownloadButton button, [data-variant="segmented_control"] {
  min-height: 44px; }
button[aria-checked="true"] p, [role="tab"][aria-selected="true"] p {
  color: var(--ink) !important; font-weight: 600; }
.stMarkdownBadge { white-space: normal !important; }
h1 { font-size: 2.1rem !important; padding: 0.4rem 0 !important; }
h2 { font-size: 1.5rem !important; }
@media (max-width: 30rem) {
  [data-testid="stMainBlockContainer"] { padding-left: 0.9rem; padding-right: 0.9rem; }
}
</style>"""


def page_style() -> str:
    """Return what every page's looks add to Streamlit's own, for the theme in use."""
    # Only components are told the theme's colours as variables; pages have to ask for them.
    colours = DARK if st.context.theme.type == "dark" else LIGHT
    styled = _STYLE.replace("INK", colours["textColor"])
    return styled.replace("GROUND", colours["backgroundColor"])


def page_head(title: str, *, corner: bool = True) -> None:
    """Show a page's title and, for whoever measures, how far it is.

    Parameters
    ----------
    title : str
    corner : bool
        False for people who measure nothing.
    """
    st.title(title)
    if corner:
        show_corner()


@st.fragment(run_every=2)
def show_corner() -> None:
    """Tell in the corner what is being measured; ask again by itself, without the page."""
    tasks = measuring.own_tasks()
    for task in tasks:
        if task.answer is not None:
            task.told = True
            st.toast(words.MEASURED.format(plain(task.name)), icon=":material/check_circle:")
    running = [task for task in tasks if task.running]
    if not running:
        return
    with st.container(key="corner"), st.container(key="working"):
        for task in running:
            label = words.MEASURING.format(plain(task.name))
            st.progress(task.done, text=f"{label}: {plain(task.says)}" if task.says else label)
