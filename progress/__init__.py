"""Honest before/after photography of skin: every change with its error.

Three calls answer what the commands answer; each returns an object whose ``to_dict()`` is the JSON
of ``docs/json.md``. Importing this package loads neither Streamlit nor mediapipe: what a call needs
is imported inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from progress.model import Comparison, SessionMeasured, Timeline

    Photos = str | Path | Sequence[str | Path]

__all__ = ["compare", "measure", "series"]


def measure(photo: Photos) -> SessionMeasured:
    """Gates and every metric for every region of one session.

    Parameters
    ----------
    photo : path, folder of repeated shots, or sequence of paths

    Returns
    -------
    SessionMeasured
        What cannot be measured holds a reason, never 0.

    Raises
    ------
    progress.model.BadInput
        If something named is missing or is no photo.
    """
    from progress.pipeline import measure_session, session_files

    return measure_session(session_files(photo)).result


def compare(baseline: Photos, followup: Photos) -> Comparison:
    """Whether two sessions can be compared, and what changed beyond the noise.

    Parameters
    ----------
    baseline, followup : path, folder of repeated shots, or sequence of paths

    Returns
    -------
    Comparison

    Raises
    ------
    progress.model.BadInput
        If something named is missing or is no photo.
    """
    from progress.pipeline import compare_sessions, session_files
    from progress.pipeline.depth_set import are_depth_sets

    if isinstance(baseline, (str, Path)) and isinstance(followup, (str, Path)):
        first, then = Path(baseline), Path(followup)
        if are_depth_sets(first, then, asked=False):
            from progress.pipeline.depth_change import compare_depth

            return compare_depth(first, then).comparison
    return compare_sessions(session_files(baseline), session_files(followup)).comparison


def series(source: str | Path) -> Timeline:
    """A whole course: every session against the first.

    Parameters
    ----------
    source : path
        Folder of dated folders, or a CSV with ``date,photo,view,event``.

    Returns
    -------
    Timeline

    Raises
    ------
    progress.model.BadInput
        If the table or a photo cannot be read.
    """
    from progress.pipeline import follow_course, read_course

    return follow_course(read_course(source)).timeline
