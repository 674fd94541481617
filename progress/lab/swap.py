"""Compared backwards, a change must be the same size with the other sign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from progress.pipeline import Options, compare_sessions, session_files


def swap_misses(first: Path, second: Path, options: Options | None = None) -> Iterator[float]:
    """How far the change from first to second and the one back are from cancelling.

    Parameters
    ----------
    first, second : Path
        Two photos or sessions of one client.
    options : Options, optional

    Yields
    ------
    float
        For each metric and region answered both ways: the sum of both changes, in units of the
        smallest detectable change of the first.
    """
    a, b = session_files(first), session_files(second)
    forward = compare_sessions(a, b, options).comparison.changes
    backward = {
        (change.metric, change.region): change.delta
        for change in compare_sessions(b, a, options).comparison.changes
    }
    for change in forward:
        other = backward.get((change.metric, change.region))
        detectable = change.smallest_detectable_change
        if change.delta is not None and other is not None and detectable:
            yield abs(change.delta + other) / detectable
