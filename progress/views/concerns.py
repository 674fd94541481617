"""What people come for, in words, and which metrics of the registry speak to it."""

from __future__ import annotations

import enum
from collections.abc import Callable

from progress.metrics import Metric, all_metrics


class Concern(enum.Enum):
    """What a client came for."""

    SCARS = "Scars"
    PORES = "Pores"
    REDNESS = "Redness"
    PIGMENT = "Pigment"
    LINES = "Lines and texture"
    MARKS = "Marks"


# A rule by name and not a list of metrics: a new one joins its kin by what it is called.
_RULES: dict[Concern, Callable[[str], bool]] = {
    Concern.SCARS: lambda name: name.startswith("scar_"),
    Concern.PORES: lambda name: name.startswith("pore_"),
    Concern.REDNESS: lambda name: name == "redness",
    Concern.PIGMENT: lambda name: name in ("pigment", "spot_burden", "evenness", "tone"),
    Concern.LINES: lambda name: name in ("lines", "texture", "radiance"),
    Concern.MARKS: lambda name: name.startswith("mark_"),
}


def concern_of(metric: str) -> Concern | None:
    """Return which concern a metric speaks to; None for an id that no rule knows."""
    return next((concern for concern, rule in _RULES.items() if rule(metric)), None)


def metrics_of(concern: Concern) -> tuple[Metric, ...]:
    """Return the registered metrics of a concern, in the registry's order."""
    return tuple(metric for metric in all_metrics() if concern_of(metric.id) is concern)
