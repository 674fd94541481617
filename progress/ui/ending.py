"""The early end of a page, after which what stands below every page is still drawn."""

from __future__ import annotations

from typing import NoReturn


class PageEnds(Exception):  # noqa: N818 - no error: all that there is to draw is drawn
    """A page has drawn what there is; `router.run` goes on with what stands below every page."""


def end_page() -> NoReturn:
    """End the page here.

    Streamlit's own ``st.stop`` was used before: it refuses every later element of the run, and the
    line that this is no medical advice was missing below pages that had nothing to show.
    """
    raise PageEnds
