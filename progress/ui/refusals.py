"""A refusal as one line on a page."""

from __future__ import annotations

from progress.model import ProgressError
from progress.ui.layout import plain


def refusal_line(refusal: ProgressError) -> str:
    """Return why something was refused and what to do, safe to be shown."""
    said = f"{refusal.message}. {refusal.advice[:1].upper()}{refusal.advice[1:]}."
    return plain(said[:1].upper() + said[1:])
