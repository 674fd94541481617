"""Compared backwards, a change must be the same size with the other sign; with itself, nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from progress.lab.figures import LabFigure, at_most
from progress.pipeline import Options, compare_sessions, session_files

_FEW_RESHOOTS = 4
"""A photo against itself needs an error only to be told at all."""
_CLOSE = 0.05


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


def largest_self_change(photo: Path) -> float:
    """Largest change of a photo against itself, whatever the unit; must be exactly 0."""
    files = session_files(photo)
    options = Options(reshoots=_FEW_RESHOOTS)
    changes = compare_sessions(files, files, options).comparison.changes
    return max((abs(change.delta) for change in changes if change.delta is not None), default=0.0)


def identity_figure(largest: Sequence[float]) -> LabFigure:
    """Changes of photos against themselves, from `largest_self_change` of each."""
    return at_most(
        "largest change of a photo against itself", max(largest), "any unit", 0.0,
        note=f"{len(largest)} photos",
    )  # fmt: skip


def swap_figure(misses: Sequence[float]) -> LabFigure:
    """Changes read both ways, from `swap_misses`."""
    apart = np.array(misses)
    return at_most(
        "change and change read backwards, apart by, of the smallest detectable change, median",
        float(np.median(apart)), "share", _CLOSE,
        note=f"{np.mean(apart <= _CLOSE):.0%} of {len(apart)} within {_CLOSE:g}; "
             f"90th percentile {np.percentile(apart, 90):.2f}",
    )  # fmt: skip
