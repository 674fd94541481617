"""What is known of a metric's error before the follow-up: simulated re-shoots and a prior."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from progress.model import Estimate, Outcome


class Span(enum.Enum):
    """What one simulated difference stands for."""

    ONE_VISIT = "one_visit"
    """How far one visit falls from ideal conditions; two visits differ by twice that variance."""
    BETWEEN_VISITS = "between_visits"
    """How far two visits fall from each other."""


def contrasts(values: Sequence[float]) -> tuple[float, ...]:
    """The ``n - 1`` Helmert contrasts of `n` values: independent, each with the values' variance.

    Parameters
    ----------
    values : sequence of float

    Returns
    -------
    tuple of float
        Their sum of squares is that of the values about their mean.
    """
    found, total = [], 0.0
    for k, value in enumerate(values):
        if k:
            found.append((total - k * value) / math.sqrt(k * (k + 1)))
        total += value
    return tuple(found)


def _shift(values: Sequence[float], start: float) -> tuple[float, ...]:
    """The difference that completes `contrasts`: with it, squares sum to those about `start`."""
    n = len(values)
    return (math.sqrt(n) * (math.fsum(values) / n - start),) if n else ()


@dataclass(frozen=True, slots=True)
class SimulatedNoise:
    """How one metric in one region scatters over simulated re-shoots of one photo.

    Each tuple holds independent differences with the variance of one re-shoot: of `n` re-shoots the
    `n - 1` Helmert contrasts. Their common shift against the original is left out on purpose: every
    re-shoot is resampled, noised and compressed once more than the photo it was made from, and no
    real second photo is. A figure that grows with every compression is the exception: which of two
    photos was compressed harder is not known well enough, so there the shift is a difference too.

    Parameters
    ----------
    joint : tuple of float
        All nuisances drawn together; enough when there are no repeated shots.
    session : tuple of float
        Only what is common to all shots of a visit.
    shot : tuple of float
        Only what differs from shot to shot.
    n_failed : int
        Re-shoots in which the metric could not be measured.
    span : Span
        Whether the nuisances were drawn for one visit or as the gap between two.
    unseen : float
        Variance of a real difference over that of a simulated one: what no simulation holds.
    with_shift : bool
        Whether each tuple holds the common shift too, and so one difference for each re-shoot.
    """

    joint: tuple[float, ...] = ()
    session: tuple[float, ...] = ()
    shot: tuple[float, ...] = ()
    n_failed: int = 0
    span: Span = Span.ONE_VISIT
    unseen: float = 1.0
    with_shift: bool = False

    def __post_init__(self) -> None:
        for name in ("joint", "session", "shot"):
            if not all(math.isfinite(d) for d in getattr(self, name)):
                raise ValueError(f"SimulatedNoise.{name}: expected finite differences")

    @classmethod
    def from_reshoots(
        cls,
        *,
        joint: Iterable[Outcome] = (),
        session: Iterable[Outcome] = (),
        shot: Iterable[Outcome] = (),
        span: Span = Span.ONE_VISIT,
        unseen: float = 1.0,
        original: Outcome | None = None,
    ) -> SimulatedNoise:
        """Take the contrasts, counting re-shoots that could not be measured as failed.

        With the `original`, the common shift against it counts as one difference more.
        """
        drawn = {"joint": tuple(joint), "session": tuple(session), "shot": tuple(shot)}
        values = {
            name: [o.value for o in outcomes if isinstance(o, Estimate)]
            for name, outcomes in drawn.items()
        }
        failed = sum(len(drawn[name]) - len(values[name]) for name in drawn)
        kept = {name: contrasts(numbers) for name, numbers in values.items()}
        if isinstance(original, Estimate):
            start = original.value
            kept = {name: (*kept[name], *_shift(values[name], start)) for name in kept}
        return cls(
            **kept,
            n_failed=failed,
            span=span,
            unseen=unseen,
            with_shift=isinstance(original, Estimate),
        )

    @property
    def per_visit(self) -> float:
        """Variance of one visit over that of one simulated difference."""
        return self.unseen * (0.5 if self.span is Span.BETWEEN_VISITS else 1.0)

    def n_shots(self, part: Sequence[float]) -> int:
        """Re-shoots behind one of the tuples."""
        return len(part) + (not self.with_shift) if part else 0

    @property
    def n_drawn(self) -> int:
        """Re-shoots in which the metric was measured."""
        return sum(map(self.n_shots, (self.joint, self.session, self.shot)))


@dataclass(frozen=True, slots=True)
class NoisePrior:
    """What is known of a metric's single-shot, single-visit error before this client.

    Parameters
    ----------
    metric : str
        Registry id.
    standard_deviation : float
        In the metric's unit, or as a fraction of the value if `relative`.
    degrees_of_freedom : float
        How many differences the knowledge is worth; 0 < small means weak.
    relative : bool
        Whether the spread is proportional to the value (mean of both visits).
    session_share : float
        Share of the variance that is common to the shots of a visit, 0..1.
    source : str
        Where it was measured.
    """

    metric: str
    standard_deviation: float
    degrees_of_freedom: float
    relative: bool = False
    session_share: float = 0.5
    source: str = "population prior"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.standard_deviation) and self.standard_deviation > 0):
            raise ValueError(
                f"NoisePrior.standard_deviation: expected > 0, got {self.standard_deviation}"
            )
        if not (math.isfinite(self.degrees_of_freedom) and self.degrees_of_freedom > 0):
            raise ValueError(
                f"NoisePrior.degrees_of_freedom: expected > 0, got {self.degrees_of_freedom}"
            )
        if not 0.0 <= self.session_share <= 1.0:
            raise ValueError(f"NoisePrior.session_share: expected 0..1, got {self.session_share}")
