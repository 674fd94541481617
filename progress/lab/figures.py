"""Figures of the validation lab beside their targets."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

_WIDTH = 128


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


def at_least(name: str, value: float, unit: str, limit: float, *, note: str = "") -> LabFigure:
    """A figure that should reach a limit."""
    return LabFigure(name, value, unit, f">= {limit:g}", value >= limit, note)


def seldom(name: str, hits: Sequence[bool], *, limit: float = 0.05, note: str = "") -> LabFigure:
    """How often something happens that may happen seldom; met within two standard errors."""
    value, error = sum(hits) / len(hits), (limit * (1.0 - limit) / len(hits)) ** 0.5
    counted = f"{sum(hits)} of {len(hits)}, by chance +- {2 * error:.3f}"
    return LabFigure(
        name,
        value,
        "share",
        f"<= {limit:g}",
        value <= limit + 2.0 * error,
        f"{note}; {counted}" if note else counted,
    )


def figures_table(figures: Sequence[LabFigure]) -> str:
    """Every figure beside its target."""
    table = Table("figure", "value", "unit", "target", "met", "note")
    for figure in figures:
        met = {True: "yes", False: "NO", None: ""}[figure.met]
        value = number(figure.value)
        table.add_row(figure.name, value, figure.unit, figure.target, met, figure.note)
    return text_of(table)


def number(value: float | None) -> str:
    """Three digits; empty when it could not be had."""
    return "" if value is None else f"{value:.3g}"


def text_of(table: Table) -> str:
    """The table as plain text of 128 columns."""
    console = Console(file=io.StringIO(), width=_WIDTH, no_color=True, highlight=False)
    console.print(table)
    assert isinstance(console.file, io.StringIO)  # noqa: S101 - made two lines above
    return console.file.getvalue().rstrip()
