"""Several shots of one visit become one number, without picking the best."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from progress.model import Estimate, NotMeasured, Outcome

HUBER_C = 1.5
"""Shots beyond this many robust standard deviations lose weight."""

HUBER_EFFICIENCY = 0.90
"""Variance of the plain mean over that of the Huber mean for Gaussian shots: 0.898 at three shots,
0.933 at five and 0.949 at eight in 100,000 draws each; the least of them is used for all."""

# 1.4826 * MAD underestimates the spread of few values: factors of Croux & Rousseeuw 1992,
# doi:10.1007/978-3-662-26811-7_58, for 3 to 9 values.
_MAD_CORRECTION = {3: 1.495, 4: 1.363, 5: 1.206, 6: 1.200, 7: 1.140, 8: 1.129, 9: 1.107}


def huber_mean(values: Sequence[float]) -> float:
    """Return Huber's robust mean of a few values.

    Parameters
    ----------
    values : sequence of float
        At least one finite number, any unit.

    Returns
    -------
    float
        In the unit of `values`. Of one or two values it is the plain mean, because two values
        cannot say which of them is wrong; when most values agree exactly it is their median.

    Raises
    ------
    ValueError
        For no values or values that are not finite.

    Notes
    -----
    Huber 1964, doi:10.1214/aoms/1177703732: weights ``min(1, c * s / |x - m|)`` with the spread
    ``s`` from the median absolute deviation, iterated to a fixed point. A wild shot among three
    still pulls the answer by about ``c * s / 2``; nothing is left out.
    """
    x = _finite(values)
    if x.size <= 2:
        return float(x.mean())
    centre = float(np.median(x))
    correction = _MAD_CORRECTION.get(x.size, x.size / (x.size - 0.8))
    spread = 1.4826 * correction * float(np.median(np.abs(x - centre)))
    if spread == 0.0:
        return centre
    for _ in range(100):
        # np.maximum keeps the division from shots at the very centre harmless.
        weights = HUBER_C * spread / np.maximum(np.abs(x - centre), HUBER_C * spread)
        step = float((weights * (x - centre)).sum() / weights.sum())
        centre += step
        if abs(step) <= 1e-12 * spread:
            break
    return centre


def effective_shots(k: int) -> float:
    """How many shots of a plain mean the Huber mean of `k` shots is worth."""
    return float(k) if k <= 2 else HUBER_EFFICIENCY * k


def pool_shots(outcomes: Sequence[Outcome]) -> Outcome:
    """Return one outcome for a visit from the outcomes of its repeated shots.

    Parameters
    ----------
    outcomes : sequence of Estimate or NotMeasured
        One per shot, same metric, region and version.

    Returns
    -------
    Estimate or NotMeasured
        The Huber mean of the shots that could be measured, `n_px` summed. Its standard error is
        the greater of the metric's own sampling error and the scatter between shots, both for
        the mean; it says how well *this visit's* value is known and leaves out what all its
        shots share, so never judge a change with it. Not measured when no more than half of the
        shots could be: the survivors would be a choice of the best.

    Raises
    ------
    ValueError
        For no shots at all.
    """
    if not outcomes:
        raise ValueError("pool_shots: expected at least one shot, got none")
    measured = [shot for shot in outcomes if isinstance(shot, Estimate)]
    if 2 * len(measured) <= len(outcomes):
        reason = next(shot.reason for shot in outcomes if isinstance(shot, NotMeasured))
        if len(outcomes) == 1:
            return NotMeasured(reason)
        return NotMeasured(f"{len(measured)} of {len(outcomes)} shots could be measured: {reason}")
    k = len(measured)
    values = [shot.value for shot in measured]
    own = math.sqrt(math.fsum(shot.standard_error**2 for shot in measured) / k / k)
    scatter = 0.0
    if k > 1:
        scatter = float(np.std(values, ddof=1)) / math.sqrt(effective_shots(k))
    return Estimate(
        value=huber_mean(values),
        standard_error=max(own, scatter),
        n_px=sum(shot.n_px for shot in measured),
    )


def _finite(values: Sequence[float]) -> NDArray[np.float64]:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or x.size == 0 or not np.isfinite(x).all():
        raise ValueError(f"expected at least one finite value, got {values!r}")
    return x
