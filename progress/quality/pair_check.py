"""One check of a pair: difference, limit, and what to do when it fails."""

from __future__ import annotations

from collections.abc import Iterable

from progress.model import Flatters, Need, PairCheck


def pair_check(
    name: str,
    difference: float | None,
    unit: str,
    limit: float | None,
    *,
    passed: bool,
    advice: str,
    touches: Iterable[Need],
    flatters: Flatters = Flatters.NEITHER,
) -> PairCheck:
    """A check; advice, needs and whom it flatters are kept only when it failed.

    Parameters
    ----------
    name : str
    difference : float or None
        None where it could not be had.
    unit : str
    limit : float or None
    passed : bool
    advice : str
        How to mend a failure, one sentence.
    touches : iterable of Need
        What fails with it.
    flatters : Flatters
        Which photo it makes look better, as far as the check itself can tell.
    """
    if passed:
        return PairCheck(name, difference, unit, limit, passed=True)
    return PairCheck(
        name, difference, unit, limit, passed=False, flatters=flatters, advice=advice,
        touches=frozenset(touches),
    )  # fmt: skip
