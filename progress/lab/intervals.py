"""Between which bounds a share lies that was counted on few, related answers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

_Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval.

    Parameters
    ----------
    value, low, high : float
        0..1.
    n : int
        Answers counted.
    n_independent : float
        Independent answers that would be as sure.
    """

    value: float
    low: float
    high: float
    n: int
    n_independent: float

    def __str__(self) -> str:
        return f"{self.value:.1%} ({self.low:.1%} to {self.high:.1%})"


def counted_share(hits: Sequence[bool], groups: Sequence[Hashable]) -> Share:
    """How often something happens, with Wilson's interval on the effective number of answers.

    Parameters
    ----------
    hits : sequence of bool
        At least one.
    groups : sequence of hashable
        What each answer shares with others, such as the pair of photos; answers of one group may
        be right or wrong together.

    Returns
    -------
    Share

    Notes
    -----
    The effective number is that of answers over the design effect (Kish 1965, Survey Sampling),
    which is read from the scatter between groups, and taken as large as it can be where nothing or
    everything was hit and no scatter shows. Interval: Wilson 1927,
    doi:10.1080/01621459.1927.10502953.

    Raises
    ------
    ValueError
        Without answers, or when the lengths differ.
    """
    n = len(hits)
    if n == 0 or len(groups) != n:
        raise ValueError(f"hits: expected as many as groups and at least one, got {n}")
    share = sum(hits) / n
    sums: dict[Hashable, list[float]] = {}
    for hit, group in zip(hits, groups, strict=True):
        sums.setdefault(group, []).append(float(hit) - share)
    independent = n / _design_effect(share, n, [sum(part) for part in sums.values()])
    middle = share + _Z95**2 / (2 * independent)
    reach = _Z95 * math.sqrt(share * (1 - share) / independent + _Z95**2 / (4 * independent**2))
    whole = 1 + _Z95**2 / independent
    low, high = max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)
    return Share(share, low, high, n, independent)


def _design_effect(share: float, n: int, sums: Sequence[float]) -> float:
    """Variance of the share with its groups over that of as many independent answers."""
    most = n / len(sums)
    if share in (0.0, 1.0) or len(sums) == 1:
        return most
    between = float(np.square(sums).sum()) * len(sums) / (len(sums) - 1) / n**2
    return min(max(between / (share * (1 - share) / n), 1.0), most)


def difference(larger: Share, smaller: Share) -> tuple[float, float]:
    """95 % bounds of one share less another, both told by `counted_share`.

    Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10.
    """
    apart = larger.value - smaller.value
    down = math.hypot(larger.value - larger.low, smaller.high - smaller.value)
    up = math.hypot(larger.high - larger.value, smaller.value - smaller.low)
    return apart - down, apart + up
