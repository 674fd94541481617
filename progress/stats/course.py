"""A course of treatments as a curve: what new collagen did between the first and last visit.

    y(t) = b0 + sum_s A exp(-(t - t_s) / tau_a) + change * g(t) + visit

`g` rises from 0 on the first to 1 on the last usable visit (`remodelling_shapes`), so `change` is
what lies between visits that were made, never an asymptote that nobody saw. Visits inside the
healing window are not in the fit at all: an amplitude A of the flare that is free for them would
swallow them just so. They only tell how much of the flare may be left on the first days after the
window, which makes those visits count less.

With flat priors on `b0` and `change`, and the told errors known up to one common factor whose
prior is worth `TOLD_WORTH` visits, each shape gives a t distribution, and the answer is their
mixture, each with the weight that the visits give it. So the interval holds what is not known of
the shape, of the simulated error, and of what visits do beyond it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from progress.model import NotMeasured
from progress.stats.noise import t_quantile
from progress.stats.remodelling import flare_left, remodelling_shapes
from progress.stats.student import Floats, LevelAndChange

MIN_VISITS = 4
"""Fewer leave nothing to tell the error by: two of them go into level and change."""

TOLD_WORTH = 1.0
"""Visits that the told errors are worth against the scatter about the curve: those of a simulation
are a guess at the studio. Worth 4, intervals of four visits held the truth in about 82 % where
visits scatter by twice the told error more; worth 1, in about 91 %, and in 96 to 98 % where it is
right."""

WILD_RATE = 0.01
"""Chance, per course, that an ordinary visit is set aside. Between the visits that it leaves."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The healed visits of one metric in one region, and when the skin was treated.

    Parameters
    ----------
    days : sequence of float
        Of healed visits, from any origin, all different.
    values, standard_errors : sequence of float
        In the metric's unit; the errors as `estimate_noise` gives them for one visit. Positive.
    treatment_days : sequence of float
        From the same origin.
    healing_days, healing_values : sequence of float
        Visits inside a healing window; they only say how large the flare was.

    Raises
    ------
    ValueError
        For lengths that differ, days that repeat, or numbers that are not finite or positive.
    """

    days: Floats
    values: Floats
    standard_errors: Floats
    treatment_days: tuple[float, ...]
    healing_days: Floats = field(default_factory=lambda: np.empty(0))
    healing_values: Floats = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        for name in ("days", "values", "standard_errors", "healing_days", "healing_values"):
            array = np.array(getattr(self, name), dtype=np.float64)
            if array.ndim != 1 or not np.isfinite(array).all():
                raise ValueError(f"Course.{name}: expected finite numbers in a row")
            object.__setattr__(self, name, array)
        if not self.days.size == self.values.size == self.standard_errors.size:
            raise ValueError(
                f"Course: expected equal lengths, got {self.days.size}, {self.values.size}, "
                f"{self.standard_errors.size}"
            )
        if np.unique(self.days).size != self.days.size:
            raise ValueError("Course.days: expected every visit on a day of its own")
        if not (self.standard_errors > 0).all():
            raise ValueError("Course.standard_errors: expected positive ones")
        if self.healing_days.size != self.healing_values.size:
            raise ValueError("Course: expected as many healing values as healing days")


@dataclass(frozen=True, slots=True, eq=False)
class FittedCourse:
    """The answer of `fit_course`.

    Parameters
    ----------
    first, last : float
        Days of the first and last usable visit.
    known : LevelAndChange
        On the first visit, and from there to the last.
    set_aside : tuple of int
        Indices of visits that the curve was drawn without.
    residuals : ndarray
        Visit less curve, of all visits.
    wildness : ndarray
        How far each visit lies from the curve of the others, in units of what is allowed; 0 for
        the first and the last, which are never set aside.
    n_visits : int
        That the curve stands on.
    """

    first: float
    last: float
    known: LevelAndChange
    treatment_days: tuple[float, ...] = field(repr=False)
    set_aside: tuple[int, ...]
    residuals: Floats = field(repr=False)
    wildness: Floats = field(repr=False)
    n_visits: int

    def change(self) -> tuple[float, float, float]:
        """From the first to the last visit: middle, and the ends of the 95 % interval."""
        whole = np.ones_like(self.known.level)
        low, middle, high = (
            float(self.known.quantiles(p, 0.0, whole)) for p in (0.025, 0.5, 0.975)
        )
        return middle, low, high

    def known_until(self, day: float) -> LevelAndChange:
        """The level on the first visit, and the change from there to a later day."""
        shapes = remodelling_shapes([day], self.treatment_days, first=self.first, last=self.last)
        return self.known.by(shapes[:, 0])

    def levels(self, days: Sequence[float] | Floats) -> Floats:
        """Middle, low and high of the 95 % band on days from the first to the last, (3, n)."""
        shapes = remodelling_shapes(days, self.treatment_days, first=self.first, last=self.last)
        return np.array([self.known.quantiles(p, 1.0, shapes.T) for p in (0.5, 0.025, 0.975)])


def fit_course(course: Course, *, aside: Collection[int] = ()) -> FittedCourse | NotMeasured:
    """Return the remodelling curve of a course.

    Parameters
    ----------
    course : Course
    aside : collection of int
        Indices of visits already known to be wild (`wild_together`).

    Returns
    -------
    FittedCourse or NotMeasured
        Not measured with fewer than `MIN_VISITS` healed visits, or when none of them came after a
        treatment. One visit between the first and the last that the others leave far outside
        what they allow is set aside, as long as `MIN_VISITS` remain; the first and the last never
        are, because nothing tells a wild last visit from a late turn of the course.

    Notes
    -----
    The interval of the change is that of the mixture; with the right shape and told errors that
    are right it holds the truth in 95 to 98 %, see ``docs/statistics.md``.
    """
    if course.days.size < MIN_VISITS:
        n = course.days.size
        return NotMeasured(
            f"{n} healed session{'' if n == 1 else 's'}; a curve needs at least {MIN_VISITS}"
        )
    order = np.argsort(course.days)
    t, y = course.days[order], course.values[order]
    shapes = remodelling_shapes(t, course.treatment_days, first=t[0], last=t[-1])
    if shapes.shape[0] == 0:
        return NotMeasured("no treatment before the last healed session: there is no course yet")
    rank = {int(index): place for place, index in enumerate(order)}
    kept = np.ones(t.size, dtype=bool)
    for index in aside:
        kept[rank[index]] = False
    se = course.standard_errors[order]
    rough = _posterior(y[kept], se[kept], shapes[:, kept])
    amplitude = _flare_amplitude(course, rough, float(t[0]), float(t[-1]))
    se = np.hypot(se, amplitude * flare_left(t, course.treatment_days))
    wildness = _wildness(y, se, shapes, kept)
    if kept.all() and wildness.max() > 1.0:
        kept[int(wildness.argmax())] = False
    known = _posterior(y[kept], se[kept], shapes[:, kept])
    residuals = y - known.weights @ (known.level[:, None] + known.change[:, None] * shapes)
    back = np.argsort(order)
    return FittedCourse(
        first=float(t[0]),
        last=float(t[-1]),
        known=known,
        treatment_days=course.treatment_days,
        set_aside=tuple(sorted(int(order[i]) for i in np.flatnonzero(~kept))),
        residuals=residuals[back],
        wildness=wildness[back],
        n_visits=int(kept.sum()),
    )


def _posterior(y: Floats, se: Floats, shapes: Floats) -> LevelAndChange:
    """Weighted least squares for every shape at once, and the weight of each shape."""
    w = 1.0 / se**2
    total = w.sum()
    middle_g, middle_y = shapes @ w / total, float(w @ y) / total
    dg = shapes - middle_g[:, None]
    spread = (dg * dg) @ w
    change = (dg @ (w * (y - middle_y))) / spread
    level = middle_y - change * middle_g
    squares = ((y - level[:, None] - change[:, None] * shapes) ** 2) @ w
    freedom = TOLD_WORTH + y.size - 2.0
    factor = (TOLD_WORTH + squares) / freedom
    log_weight = -0.5 * np.log(spread) - 0.5 * freedom * np.log(TOLD_WORTH + squares)
    weights = np.exp(log_weight - log_weight.max())
    return LevelAndChange(
        weights=weights / weights.sum(),
        level=level,
        change=change,
        level_variance=factor * (1.0 / total + middle_g**2 / spread),
        change_variance=factor / spread,
        covariance=-factor * middle_g / spread,
        degrees_of_freedom=freedom,
    )


def _wildness(y: Floats, se: Floats, shapes: Floats, kept: NDArray[np.bool_]) -> Floats:
    """How far each inner visit lies from the curve of the others, over what is allowed."""
    found = np.zeros(y.size)
    inner = [i for i in range(1, y.size - 1) if kept[i]]
    if kept.sum() <= MIN_VISITS or not inner:
        return found
    for i in inner:
        others = kept.copy()
        others[i] = False
        known = _posterior(y[others], se[others], shapes[:, others])
        centre, scale = known.combined(1.0, shapes[:, i])
        # The told error of the visit grows by the factor that the others have shown.
        own = se[i] ** 2 * known.change_variance * _spread(se[others], shapes[:, others])
        middle = float(known.weights @ centre)
        between = known.weights @ (scale**2 + own + (centre - middle) ** 2)
        limit = t_quantile(known.degrees_of_freedom, error_rate=WILD_RATE / len(inner))
        found[i] = abs(y[i] - middle) / (limit * math.sqrt(float(between)))
    return found


def _spread(se: Floats, shapes: Floats) -> Floats:
    """Weighted sum of squares of every shape about its mean."""
    w = 1.0 / se**2
    centred = shapes - (shapes @ w / w.sum())[:, None]
    return np.asarray((centred * centred) @ w)


def _flare_amplitude(course: Course, known: LevelAndChange, first: float, last: float) -> float:
    """What a treatment added on its own day, by the healing visits; 0 where there is none."""
    inside = (course.healing_days >= first) & (course.healing_days <= last)
    days, values = course.healing_days[inside], course.healing_values[inside]
    fresh = flare_left(days, course.treatment_days)
    if not (fresh > 0).any():
        return 0.0
    there = remodelling_shapes(days, course.treatment_days, first=first, last=last)
    expected = known.weights @ (known.level[:, None] + known.change[:, None] * there)
    return float(fresh @ (values - expected)) / float(fresh @ fresh)
