"""One gate: value, limit, and what to do when it fails."""

from __future__ import annotations

from collections.abc import Iterable

from progress.model import Gate, Need


def gate(
    name: str,
    value: float | None,
    unit: str,
    limit: float | None,
    *,
    passed: bool,
    advice: str,
    touches: Iterable[Need],
) -> Gate:
    """A gate; advice and what it touches are kept only when it failed.

    Parameters
    ----------
    name : str
    value : float or None
        None where it could not be had.
    unit : str
    limit : float or None
    passed : bool
    advice : str
        How to mend a failure, one sentence.
    touches : iterable of Need
        What fails with it.
    """
    if passed:
        return Gate(name, value, unit, limit, passed=True)
    return Gate(name, value, unit, limit, passed=False, advice=advice, touches=frozenset(touches))
