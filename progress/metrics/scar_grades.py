"""Figures like those of two clinical scales, estimated from scars found on photographs.

Clinicians grade acne scars by type and number: the quantitative scale of Goodman & Baron and ECCA.
A photo shows some of what they grade: number and type of ice-pick, boxcar and rolling scars. It
shows neither depth, nor scars that only colour tells, nor hypertrophic ones. So each figure is a
span, says that no clinician rated it, and is never compared with a clinician's.
"""

from __future__ import annotations

from collections.abc import Mapping

from progress.metrics.scar_classes import TYPES
from progress.metrics.scars import Scars
from progress.model import EstimatedGrade

STATEMENT = "estimated from photographs, not rated by a clinician"

_GB_SOURCE = "Goodman & Baron 2006, doi:10.1111/j.1473-2165.2006.00222.x"
_GB_POINTS = {"ice_pick": (3, 3), "boxcar": (2, 3), "rolling": (1, 2)}
"""Punched-out and deep counts 3, punched-out and shallow 2, dish-like 1 (mild) or 2 (moderate); a
photo does not tell shallow from deep, hence least and most."""
_GB_BANDS = ((10, 1), (20, 2))
"""Up to so many lesions of a type, so many times its points; more count three times."""
_GB_MOST = 84.0

_ECCA_SOURCE = "Dreno et al. 2007, doi:10.1159/000096912"
_ECCA_WEIGHTS = {"ice_pick": 15, "boxcar": 20, "rolling": 25}
"""V-shaped, U-shaped and M-shaped scars."""
_ECCA_BANDS = ((4, 1), (20, 2))
"""Few, limited number; more are many, 3."""
_ECCA_MOST = 540.0

_LEAST_COUNT = 0.5
"""Expected scars of a type below which it is as likely absent."""


def expected_counts(scars: Scars) -> dict[str, tuple[float, float]]:
    """How many scars of each type there may be: surely, and at most.

    Parameters
    ----------
    scars : Scars
        Of one face.

    Returns
    -------
    dict
        By type: those of full weight whose type is more probable than not, and all that count at
        all, each in part by the share of that type.
    """
    counts = {}
    for index, kind in enumerate(TYPES):
        share = scars.types[:, index] / scars.types.sum(axis=1).clip(1e-9)
        surely = float(((scars.weight >= 1) & (share > 0.5)).sum())
        at_most = float(((scars.weight > 0) * share).sum())
        counts[kind] = (surely, max(surely, at_most))
    return counts


def estimated_grades(
    counts: Mapping[str, tuple[float, float]],
) -> tuple[EstimatedGrade, EstimatedGrade]:
    """Goodman-Baron-like and ECCA-like figures of one face.

    Parameters
    ----------
    counts : mapping of str to (float, float)
        Least and most scars by type: ``ice_pick``, ``boxcar``, ``rolling``; types that are missing
        count none. Rolling scars are hardly found on a face, so both figures are low where there
        are many.

    Raises
    ------
    ValueError
        If a type is unknown, or a count is negative or above its own most.

    Returns
    -------
    tuple of EstimatedGrade
    """
    for kind, (least, most) in counts.items():
        if kind not in TYPES:
            raise ValueError(f"counts: expected types among {', '.join(TYPES)}, got {kind!r}")
        if not 0 <= least <= most:
            raise ValueError(f"counts[{kind!r}]: expected 0 <= least <= most, got {least}, {most}")
    low = {kind: bounds[0] for kind, bounds in counts.items()}
    high = {kind: bounds[1] for kind, bounds in counts.items()}
    baron = tuple(
        float(sum(_GB_POINTS[kind][end] * _banded(n, _GB_BANDS) for kind, n in chosen.items()))
        for end, chosen in enumerate((low, high))
    )
    ecca = tuple(
        float(sum(_ECCA_WEIGHTS[kind] * _banded(n, _ECCA_BANDS) for kind, n in chosen.items()))
        for chosen in (low, high)
    )
    return (
        EstimatedGrade("goodman_baron_like", baron[0], baron[1], _GB_MOST, STATEMENT, _GB_SOURCE),
        EstimatedGrade("ecca_like", ecca[0], ecca[1], _ECCA_MOST, STATEMENT, _ECCA_SOURCE),
    )


def _banded(count: float, bands: tuple[tuple[int, int], ...]) -> int:
    """Multiplier of a count: 0 for none, then by band, 3 beyond the last."""
    if count < _LEAST_COUNT:
        return 0
    return next((times for most, times in bands if round(count) <= most), 3)
