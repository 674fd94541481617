"""One figure of the validation lab beside its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LabFigure:
    """A measured figure.

    Parameters
    ----------
    name : str
        What was measured, on what.
    value : float or None
        None when it could not be had; `note` says why.
    unit : str
    target : str
        As the issue or the measurement page asks, e.g. ``"<= 0.10"``; empty when there is none.
    met : bool or None
        None without a target or a value.
    note : str
        Numbers behind the figure.
    """

    name: str
    value: float | None
    unit: str
    target: str = ""
    met: bool | None = None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "target": self.target,
            "met": self.met,
            "note": self.note,
        }


def at_most(name: str, value: float, unit: str, limit: float, *, note: str = "") -> LabFigure:
    """A figure that should not exceed a limit."""
    return LabFigure(name, value, unit, f"<= {limit:g}", value <= limit, note)
