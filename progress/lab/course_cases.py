"""One made-up course of known truth through the statistics of the pipeline.

The truths are not the fit's own: the sample clients' course (`progress.phantom.course`: an onset of
ten days, one time constant, treatments that count by needle depth), a late S-shaped one, a straight
one, a jump within days. Each client's error is known only from five simulated re-shoots, as in the
pipeline, and some visits scatter by more than any re-shoot knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from progress.model import (
    BaselineShare,
    Change,
    Direction,
    Estimate,
    FirstSeen,
    Verdict,
)
from progress.phantom.course import Course as SampleCourse
from progress.stats import (
    ChangeNoise,
    Course,
    FittedCourse,
    SameDay,
    SimulatedNoise,
    estimate_noise,
    first_seen,
    fit_course,
    in_healing_window,
    judge_change,
    series_verdict,
    share_of_baseline,
)

Floats = NDArray[np.float64]

BASELINE = 10.0
ERROR = 0.4
"""Standard error of one visit, 4 % of the baseline: its detectable change is about 15 %, what the
issue asks of texture and relief on a hard second shot."""
_RESHOOTS = 5
_METRIC = "redness"
SAMPLE = SampleCourse(session_days=(0, 10, 35, 77, 119, 168))
VISITS = {4: (0, 35, 77, 168), 5: (0, 35, 77, 119, 168), 7: (0, 35, 63, 77, 105, 140, 168)}


Progress = Callable[[float], float]
"""From the day to the share of the whole change that is there, 0..1."""

TRUTHS: dict[str, Progress] = {
    "sample course": SAMPLE.progress_by,
    "S-shaped": lambda day: 1.0 / (1.0 + math.exp(-(day - 90.0) / 12.0)),
    "straight": lambda day: max(0.0, day - 7.0) / 161.0,
    "within days": lambda day: 1.0 - math.exp(-max(0.0, day - 7.0) / 10.0),
}
SLOW = tuple(name for name in TRUTHS if name != "within days")


@dataclass(frozen=True, slots=True)
class CourseAnswer:
    """What was said of one made-up course, and what was true.

    Parameters
    ----------
    true_change : float
        From the first to the last visit.
    low, high : float
        Interval of the curve's change.
    covered : tuple of bool
        Per visit, whether the curve's band holds the true level.
    share_covered : bool or None
        Whether the percent of the baseline hold the true one; None where there are none.
    verdict : Verdict
    seen : int or None
        Day of the first visit beyond noise.
    set_aside : int
        Visits that the curve was drawn without.
    middle : float
        The curve's change.
    """

    true_change: float
    low: float
    high: float
    covered: tuple[bool, ...]
    share_covered: bool | None
    verdict: Verdict
    seen: int | None
    set_aside: int
    middle: float

    @property
    def holds(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low <= self.true_change <= self.high

    @property
    def tells(self) -> bool:
        """Whether the interval holds no zero."""
        return self.low > 0.0 or self.high < 0.0


def answer_course(
    rng: np.random.Generator,
    progress: Progress,
    total: float,
    *,
    days: Sequence[int] = VISITS[5],
    beyond: float = 0.0,
    flare: float = 0.0,
    wild: tuple[int, float] | None = None,
) -> CourseAnswer:
    """One made-up course through the statistics of the pipeline.

    Parameters
    ----------
    rng : numpy.random.Generator
    progress : callable
        From the day to the share of the change.
    total : float
        The whole change, in units of the metric; the baseline is `BASELINE`.
    days : sequence of int
        Of the visits.
    beyond : float
        Scatter of visits that no re-shoot knows, in errors of one visit.
    flare : float
        What a millimetre of needle adds on its day; the sample course's own decay.
    wild : (int, float), optional
        A visit, and by how many errors it is off.
    """
    level = BASELINE + total * np.array([progress(float(day)) for day in days])
    fresh = np.array([SAMPLE.condition_on(day).flare / SAMPLE.flare for day in days])
    error = ERROR * rng.standard_normal(len(days)) * np.hypot(1.0, beyond)
    seen = level + flare * fresh + error
    if wild is not None:
        seen[wild[0]] += wild[1] * ERROR
    noise = SimulatedNoise(joint=tuple(ERROR * rng.standard_normal(_RESHOOTS - 1)))
    return _answered(days, seen, level, noise)


def _answered(
    days: Sequence[int], seen: Floats, level: Floats, noise: SimulatedNoise
) -> CourseAnswer:
    """What the pipeline's statistics say of visits that were seen so."""
    told = estimate_noise([[0.0]], simulated=noise)
    if not isinstance(told, ChangeNoise):
        raise RuntimeError(f"course truth: {told.reason}")
    treated = [SAMPLE.on(needling.day) for needling in SAMPLE.needlings]
    healing = np.array(
        [
            in_healing_window(
                SAMPLE.on(day), treated, metric_id=_METRIC, same_day=SameDay.BEFORE_TREATMENT
            )
            for day in days
        ]
    )
    changes = [
        (SAMPLE.on(day), _judged(seen[0], value, noise, blocked=bool(inside)))
        for day, value, inside in zip(days[1:], seen[1:], healing[1:], strict=True)
    ]
    verdict = series_verdict(
        changes,
        treated,
        baseline=SAMPLE.on(0),
        metric_id=_METRIC,
        same_day=SameDay.BEFORE_TREATMENT,
    )
    at = np.array(days, dtype=float)
    fit = fit_course(
        Course(
            at[~healing],
            seen[~healing],
            np.full(int((~healing).sum()), told.standard_error),
            tuple(float(needling.day) for needling in SAMPLE.needlings),
            at[healing],
            seen[healing],
        )
    )
    if not isinstance(fit, FittedCourse):
        raise RuntimeError(f"course truth: {fit.reason}")
    middle, low, high = fit.change()
    _, below, above = fit.levels(at[~healing])
    share = share_of_baseline(fit.known, unit="")
    healed = [c for c, inside in zip(changes, healing[1:], strict=True) if not inside]
    first = first_seen(SAMPLE.on(0), healed)
    true = 100.0 * level[-1] / level[0]
    return CourseAnswer(
        true_change=float(level[-1] - level[0]),
        low=low,
        high=high,
        covered=tuple(bool(x) for x in (below <= level[~healing]) & (level[~healing] <= above)),
        share_covered=share.low <= true <= share.high if isinstance(share, BaselineShare) else None,
        verdict=verdict.verdict,
        seen=(first.day - SAMPLE.on(0)).days if isinstance(first, FirstSeen) else None,
        set_aside=len(fit.set_aside),
        middle=middle,
    )


def _judged(first: float, then: float, noise: SimulatedNoise, *, blocked: bool) -> Change:
    return judge_change(
        metric_id=_METRIC,
        version=1,
        region="whole_face",
        unit="",
        better=Direction.LOWER,
        baseline=[Estimate(float(first), 0.0, 1)],
        followup=[Estimate(float(then), 0.0, 1)],
        noise=noise,
        blocked="healing" if blocked else None,
    )
