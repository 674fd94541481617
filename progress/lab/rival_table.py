"""The table of our alignment beside its rivals: rows, summaries, text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from progress.lab.rival_methods import RIVALS

WIDTH = 128


@dataclass(frozen=True, slots=True)
class RivalRow:
    """One method on one pair.

    Parameters
    ----------
    pair, method : str
    median_mm, p95_mm : float or None
        True error at the nodes that our registration calls valid and the follow-up shows, in mm of
        baseline skin; None where the method failed or ours refused the pair.
    skin_median_mm, skin_p95_mm : float or None
        The same at every node of the face oval less eyes and mouth that the follow-up shows, ours
        valid or not; None where the method failed.
    n_valid, n_skin : int
        How many nodes those are; the same for every method.
    seconds : float or None
        Wall clock from two decoded photos and their landmarks to the positions of all nodes.
    reason : str or None
        Why the method failed.
    """

    pair: str
    method: str
    median_mm: float | None
    p95_mm: float | None
    skin_median_mm: float | None
    skin_p95_mm: float | None
    n_valid: int
    n_skin: int
    seconds: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class RivalSummary:
    """One method over all pairs; each figure None where no pair has it.

    Parameters
    ----------
    method, used_by : str
    median_mm, p95_mm, worst_p95_mm : float or None
        Median over pairs of the median and of the 95th percentile, and the worst of the latter, at
        the nodes that ours calls valid.
    skin_median_mm, skin_p95_mm, skin_worst_p95_mm : float or None
        The same over all skin.
    seconds : float or None
        Median over pairs.
    failed, pairs : int
    reason : str or None
        The commonest reason of failure.
    """

    method: str
    used_by: str
    median_mm: float | None
    p95_mm: float | None
    worst_p95_mm: float | None
    skin_median_mm: float | None
    skin_p95_mm: float | None
    skin_worst_p95_mm: float | None
    seconds: float | None
    failed: int
    pairs: int
    reason: str | None


def summarise(rows: Sequence[RivalRow]) -> tuple[RivalSummary, ...]:
    """One summary for each method, in the order of the rows."""
    used_by = {rival.name: rival.used_by for rival in RIVALS}
    summaries = []
    for method in dict.fromkeys(row.method for row in rows):
        own = [row for row in rows if row.method == method]
        reasons = [row.reason for row in own if row.reason is not None]
        summaries.append(
            RivalSummary(
                method,
                used_by.get(method, ""),
                _over(np.median, [row.median_mm for row in own]),
                _over(np.median, [row.p95_mm for row in own]),
                _over(np.max, [row.p95_mm for row in own]),
                _over(np.median, [row.skin_median_mm for row in own]),
                _over(np.median, [row.skin_p95_mm for row in own]),
                _over(np.max, [row.skin_p95_mm for row in own]),
                _over(np.median, [row.seconds for row in own]),
                failed=len(reasons),
                pairs=len(own),
                reason=max(reasons, key=reasons.count) if reasons else None,
            )
        )
    return tuple(summaries)


def rival_table(rows: Sequence[RivalRow]) -> str:
    """The summaries as text: errors in mm where ours is valid, then over all facial skin."""
    table = Table("method", "median", "p95", "worst p95", "all skin: median", "p95", "worst p95",
                  "seconds", "failed")  # fmt: skip
    for line in summarise(rows):
        failed = f"{line.failed} of {line.pairs}" if line.failed else ""
        if line.failed == line.pairs:
            failed = line.reason or ""
        table.add_row(
            line.method, *map(_millimetres, (
                line.median_mm, line.p95_mm, line.worst_p95_mm,
                line.skin_median_mm, line.skin_p95_mm, line.skin_worst_p95_mm)),
            "" if line.seconds is None else f"{line.seconds:.2f}", failed,
        )  # fmt: skip
    console = Console(file=io.StringIO(), width=WIDTH, no_color=True, highlight=False)
    console.print(table)
    assert isinstance(console.file, io.StringIO)  # noqa: S101 - made two lines above
    return console.file.getvalue().rstrip()


def to_dict(rows: Sequence[RivalRow]) -> dict[str, Any]:
    """``progress.rivals/1``: a summary for each method, and all rows."""
    return {
        "format": "progress.rivals/1",
        "summary": [asdict(line) for line in summarise(rows)],
        "rows": [asdict(row) for row in rows],
    }


def _over(what: Callable[[Any], Any], values: Iterable[float | None]) -> float | None:
    had = [value for value in values if value is not None]
    return float(what(had)) if had else None


def _millimetres(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
