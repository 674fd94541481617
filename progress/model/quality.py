"""May this photo count, and may this pair be compared: gates, checks, verdicts."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Need(enum.Enum):
    """What a metric asks of a photo, and so what a failed gate takes away."""

    ANY = "any"
    """Every metric needs it: a face, a readable exposure."""
    COLOUR = "colour"
    """Colour relative to reference skin in the same photo."""
    ABSOLUTE_COLOUR = "absolute_colour"
    """Lightness and colour as such; needs matched exposure and white balance."""
    DETAIL = "detail"
    """Structure below a millimetre: focus, point spread, compression."""
    RELIEF_LIGHT = "relief_light"
    """Light from the same direction, because relief is seen by its shading."""
    EXPRESSION = "expression"
    """The face at rest, because lines follow expression."""
    SURFACE = "surface"
    """The skin seen from about the same direction and distance: areas, densities."""
    HEALED = "healed"
    """Outside the healing window after a treatment."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One question asked of one photo.

    `value` and `limit` are None when the answer is not a number or could not be had; `advice` says
    how to mend a failure in one sentence and is empty when passed; `touches` names what fails with
    it.
    """

    gate: str
    value: float | None
    unit: str
    limit: float | None
    passed: bool
    advice: str = ""
    touches: frozenset[Need] = frozenset()

    def __post_init__(self) -> None:
        if not self.passed and not (self.advice and self.touches):
            raise ValueError(f"gate {self.gate}: a failure needs advice and what it touches")


@dataclass(frozen=True, slots=True)
class QualityReport:
    """All gates of one photo."""

    gates: tuple[Gate, ...]

    @property
    def failed(self) -> tuple[Gate, ...]:
        """Gates that did not pass."""
        return tuple(gate for gate in self.gates if not gate.passed)

    def blocked(self) -> dict[Need, str]:
        """Each need that this photo cannot serve, with the first reason."""
        reasons: dict[Need, str] = {}
        for gate in self.failed:
            for need in gate.touches:
                reasons.setdefault(need, f"{gate.gate}: {gate.advice}")
        return reasons


class Flatters(enum.Enum):
    """Which of the two photos a mismatch makes look better."""

    BASELINE = "baseline"
    FOLLOWUP = "followup"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Bias:
    """What one mismatch alone does to one metric, by shooting the baseline again in simulation.

    Parameters
    ----------
    metric, region : str
    change : float
        In the metric's unit, follow-up less baseline, of skin that did not change.
    in_sdc : float
        The same over the smallest detectable change, with its sign.
    flatters : Flatters
        Which photo it makes look better; `NEITHER` for a metric without a better direction.
    """

    metric: str
    region: str
    change: float
    in_sdc: float
    flatters: Flatters


@dataclass(frozen=True, slots=True)
class PairCheck:
    """One question asked of a pair of photos; fields as in `Gate`.

    `biases` says what the mismatch does to each metric; empty where it was not simulated.
    """

    check: str
    difference: float | None
    unit: str
    limit: float | None
    passed: bool
    flatters: Flatters = Flatters.NEITHER
    advice: str = ""
    touches: frozenset[Need] = frozenset()
    biases: tuple[Bias, ...] = ()

    def __post_init__(self) -> None:
        if not self.passed and not (self.advice and self.touches):
            raise ValueError(f"check {self.check}: a failure needs advice and what it touches")


class PairVerdict(enum.Enum):
    """May the two photos be compared?"""

    COMPARABLE = "comparable"
    LIMITED = "limited"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Comparability:
    """The fair-pair judgement."""

    checks: tuple[PairCheck, ...]

    @property
    def verdict(self) -> PairVerdict:
        """`NOT_COMPARABLE` if a failed check touches every metric, `LIMITED` if some."""
        failed = [check for check in self.checks if not check.passed]
        if any(Need.ANY in check.touches for check in failed):
            return PairVerdict.NOT_COMPARABLE
        return PairVerdict.LIMITED if failed else PairVerdict.COMPARABLE

    def blocked(self) -> dict[Need, str]:
        """Each need that this pair cannot serve, with the first reason."""
        reasons: dict[Need, str] = {}
        for check in self.checks:
            if not check.passed:
                for need in check.touches:
                    reasons.setdefault(need, f"{check.check}: {check.advice}")
        return reasons
