"""Many questions asked of one pair: which answers stand when their number is reckoned in.

Every change is judged on its own at 5 %, because its smallest detectable change is what its
metric promises. Who reads a hundred of them finds five beyond the noise in skin that did nothing.
So each change also carries its p-value after Holm's correction (1979, Scand J Stat 6:65-70) within
its family, of which a report has two:

* the **headline**: every metric over the whole face or area, and in what the user outlined. That
  is what was asked, so it is not made to pay for the rest;
* the **regions**: every metric in every single region of the face. That is a search.

The chance that a family holds even one false find is at most 5 %, whatever depends on what; that
either of the two does, at most 10 %.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import stdtr

from progress.model import Change, Family
from progress.stats.noise import degrees_of_freedom


def p_value_of(delta: float, standard_error: float, smallest_detectable_change: float) -> float:
    """Return the two-sided chance of so large a difference where the skin did nothing.

    Parameters
    ----------
    delta, standard_error, smallest_detectable_change : float
        Of a change. Degrees of freedom are read back from detectable change over error, so the
        p-value is at most 0.05 exactly where the change is beyond the noise.
    """
    if delta == 0.0 or standard_error == 0.0:
        return 1.0
    freedom = degrees_of_freedom(smallest_detectable_change / standard_error)
    return min(1.0, 2.0 * float(stdtr(freedom, -abs(delta) / standard_error)))


def holm_adjusted(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values in the given order.

    Parameters
    ----------
    p_values : sequence of float
        Of one family, in 0..1.

    Returns
    -------
    list of float
        At most 0.05 where the answer stands at a family-wise 5 %; never below its own p-value.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(stepped, 1.0)
    return [float(value) for value in adjusted]


def with_families(
    changes: Sequence[Change], *, headline: Collection[str], apart: Collection[str] = ()
) -> tuple[Change, ...]:
    """Return the changes of one pair, each with its family and its p-value within it.

    Parameters
    ----------
    changes : sequence of Change
        All of one pair. Those without a figure ask nothing and count nowhere.
    headline : collection of str
        Regions that the report is about.
    apart : collection of str
        Regions that are no question at all, such as the control.

    Returns
    -------
    tuple of Change
        In the given order. Verdicts, errors and detectable changes stay as they were.
    """
    families: dict[Family, list[int]] = {}
    for index, change in enumerate(changes):
        if change.p_value is not None and change.region not in apart:
            family = Family.HEADLINE if change.region in headline else Family.REGIONS
            families.setdefault(family, []).append(index)
    judged = list(changes)
    for family, indices in families.items():
        adjusted = holm_adjusted([changes[i].p_value or 0.0 for i in indices])
        for index, p in zip(indices, adjusted, strict=True):
            judged[index] = replace(
                changes[index], family=family, family_p_value=p, family_size=len(indices)
            )
    return tuple(judged)
