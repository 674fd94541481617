"""A number with its error, or the reason why there is none; and what two of them say."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Literal


class Direction(enum.Enum):
    """Which way is better; NONE is described and never judged."""

    LOWER = "lower"
    HIGHER = "higher"
    NONE = "none"


class Verdict(enum.Enum):
    """What may be said of a change."""

    IMPROVED = "improved"
    WORSE = "worse"
    WITHIN_NOISE = "within_noise"
    DESCRIBED = "described"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with one standard error, from `n_px` pixels."""

    value: float
    standard_error: float
    n_px: int

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"Estimate.value: expected a finite number, got {self.value}")
        if not (math.isfinite(self.standard_error) and self.standard_error >= 0):
            raise ValueError(f"Estimate.standard_error: expected >= 0, got {self.standard_error}")


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """No number, and why; falsy."""

    reason: str

    def __post_init__(self) -> None:
        if not self.reason:
            raise ValueError("NotMeasured.reason: expected words, got an empty string")

    def __bool__(self) -> Literal[False]:
        return False


Outcome = Estimate | NotMeasured


@dataclass(frozen=True, slots=True)
class Measurement:
    """One metric in one region of one session.

    `photos` are the sha256 digests of the shots it was pooled from; `inputs_hash` names pixels,
    regions, settings and metric version together, so that equal hashes mean equal answers.
    """

    metric: str
    metric_version: int
    region: str
    unit: str
    outcome: Outcome
    photos: tuple[str, ...]
    inputs_hash: str


class Family(enum.Enum):
    """Which questions of a report a change is counted with when their number is reckoned in."""

    HEADLINE = "headline"
    """The whole face or area, and what the user outlined."""
    REGIONS = "regions"
    """Single regions, searched one and all."""


FAMILY_ERROR_RATE = 0.05
"""Chance that a family of answers holds even one false find."""


@dataclass(frozen=True, slots=True)
class ControlUse:
    """What was taken off a change because untreated skin changed as well.

    Parameters
    ----------
    beta : float
        Share of the control's change, 0..1.
    delta_control : float
        The control's change, in the metric's unit.
    """

    beta: float
    delta_control: float


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one metric in one region between two sessions.

    `delta`, `standard_error` and `smallest_detectable_change` are None exactly when the verdict is
    `NOT_COMPARABLE`, and then `reason` says why. `noise_source` says where the error comes from.

    The verdict rests on this change alone: beyond noise when ``|delta|`` reaches the detectable
    change, which is when `p_value` is at most 0.05. `family_p_value` is the same after Holm's
    correction for all `family_size` answers of its `family` in the report.

    Where `control` is given, `delta` is ``followup - baseline - beta * delta_control``, and its
    error is that difference's; `control_reason` says why an outlined control was not used.
    """

    metric: str
    metric_version: int
    region: str
    unit: str
    better: Direction
    baseline: float | None
    followup: float | None
    delta: float | None
    standard_error: float | None
    smallest_detectable_change: float | None
    verdict: Verdict
    reason: str | None = None
    noise_source: str = ""
    days: float | None = None
    p_value: float | None = None
    family: Family | None = None
    family_p_value: float | None = None
    family_size: int = 0
    control: ControlUse | None = None
    control_reason: str | None = None

    @property
    def stands_in_family(self) -> bool:
        """Whether it is beyond noise even with all answers of its family reckoned in."""
        return self.family_p_value is not None and self.family_p_value <= FAMILY_ERROR_RATE

    def __post_init__(self) -> None:
        absent = self.delta is None
        if absent != (self.verdict is Verdict.NOT_COMPARABLE):
            raise ValueError(
                f"change of {self.metric}: a figure and {self.verdict.value} do not go together"
            )
        if absent and not self.reason:
            raise ValueError(f"change of {self.metric}: no figure and no reason")
        if not absent and (
            self.standard_error is None
            or self.smallest_detectable_change is None
            or self.baseline is None
            or self.followup is None
        ):
            raise ValueError(f"change of {self.metric}: a figure without its error")
        if (self.family is None) != (self.family_p_value is None):
            raise ValueError(f"change of {self.metric}: a family and its p-value go together")
