"""The specificity matrix in figures and as a table, and what survives a second shot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from rich.table import Table

from progress.lab.changed_heads import PHOTO_ROWS, SKIN_ROWS, Row
from progress.lab.figures import LabFigure, at_least, at_most, text_of
from progress.lab.specificity import HeadAnswers, Response, Survival
from progress.lab.swap import identity_figure, swap_figure
from progress.metrics import all_metrics

_MOST_LEAK = 0.2
_LEAST_OWN_SDC = 1.0
_MOST_NUISANCE_SDC = 1.0
_LEAST_LEFT = 0.95


def cells(responses: Iterable[Response]) -> dict[tuple[str, str], float | None]:
    """By row and metric: the median answer over heads, in detectable changes.

    None where no head gave a figure. Combinations that were never asked are missing.
    """
    asked: dict[tuple[str, str], list[float]] = {}
    for response in responses:
        kept = asked.setdefault((response.row, response.metric), [])
        if response.in_sdc is not None:
            kept.append(response.in_sdc)
    return {key: float(np.median(moves)) if moves else None for key, moves in asked.items()}


def metrics_of(responses: Iterable[Response]) -> list[str]:
    """Metrics of the matrix in the order of the registry."""
    asked = {response.metric for response in responses}
    return [metric.id for metric in all_metrics() if metric.id in asked]


def own_responses(responses: Sequence[Response]) -> dict[str, float]:
    """By metric: the larger size of its answers to its own rows, in detectable changes."""
    seen = cells(responses)
    own: dict[str, float] = {}
    for row in SKIN_ROWS:
        for metric in row.own:
            answer = seen.get((row.name, metric))
            if answer is not None:
                own[metric] = max(own.get(metric, 0.0), abs(answer))
    return own


def leaks(responses: Sequence[Response]) -> dict[tuple[str, str], float]:
    """By row of skin and metric that should not follow it: answer over the metric's own.

    A metric that does not show its own dose beyond its own noise has no such share.
    """
    seen, own = cells(responses), own_responses(responses)
    found = {}
    for row in SKIN_ROWS:
        for metric, size in own.items():
            answer = seen.get((row.name, metric))
            if metric not in row.own and answer is not None and size >= _LEAST_OWN_SDC:
                found[row.name, metric] = abs(answer) / size
    return found


def specificity_figures(answers: Sequence[HeadAnswers]) -> list[LabFigure]:
    """Every figure of the matrix, of survival, identity and swap.

    Parameters
    ----------
    answers : sequence of HeadAnswers
        At least one.
    """
    responses = [response for head in answers for response in head.responses]
    misses = [miss for head in answers for miss in head.swap_misses]
    figures = [*_skin_figures(responses), *_photo_figures(responses)]
    figures += _survival_figures([one for head in answers for one in head.survivals])
    figures.append(identity_figure([head.self_change for head in answers]))
    if misses:
        figures.append(swap_figure(misses))
    return figures


def _skin_figures(responses: Sequence[Response]) -> list[LabFigure]:
    """For each change of skin, the metric of another thing that follows it most."""
    found, seen, figures = leaks(responses), cells(responses), []
    for metric, size in own_responses(responses).items():
        note = "" if size >= _LEAST_OWN_SDC else "within its noise: no share of it is told"
        figures.append(LabFigure(f"{metric}: answer to its own dose", size, "SDC", note=note))
    for row in SKIN_ROWS:
        here = {metric: leak for (name, metric), leak in found.items() if name == row.name}
        if not here:
            continue
        worst = max(here, key=lambda metric: here[metric])
        figures.append(
            at_most(
                f"{row.name}: largest answer of another metric, of that metric's own",
                here[worst],
                "share",
                _MOST_LEAK,
                note=f"{worst}, {seen[row.name, worst]:+.2f} SDC; "
                f"{_over(here.values(), _MOST_LEAK)}; {_abstained(responses, row)}",
            )
        )
    return figures


def _photo_figures(responses: Sequence[Response]) -> list[LabFigure]:
    """For each change of the photo, the metric that it moves most."""
    seen, figures = cells(responses), []
    for row in PHOTO_ROWS:
        moves = {
            metric: abs(answer)
            for (name, metric), answer in seen.items()
            if name == row.name and answer is not None
        }
        if not any(name == row.name for name, _ in seen):
            continue
        name = f"{row.name}: largest move of any metric"
        if not moves:
            figures.append(
                LabFigure(name, None, "SDC", "< 1", True,
                          f"nothing is compared; {_abstained(responses, row)}")
            )  # fmt: skip
            continue
        worst = max(moves, key=lambda metric: moves[metric])
        single = [
            abs(response.in_sdc) >= _MOST_NUISANCE_SDC
            for response in responses
            if response.row == row.name and response.in_sdc is not None
        ]
        figures.append(
            LabFigure(
                name,
                moves[worst],
                "SDC",
                "< 1",
                moves[worst] < _MOST_NUISANCE_SDC,
                f"{worst}; of single answers {sum(single)} of {len(single)} beyond; "
                f"{_abstained(responses, row)}",
            )
        )
    return figures


def _over(shares: Iterable[float], limit: float) -> str:
    shares = list(shares)
    return f"{sum(share > limit for share in shares)} of {len(shares)} metrics above {limit:g}"


def _abstained(responses: Sequence[Response], row: Row) -> str:
    own = [response for response in responses if response.row == row.name]
    silent = sum(response.in_sdc is None for response in own)
    return f"{silent} of {len(own)} not comparable"


def _survival_figures(survivals: Sequence[Survival]) -> list[LabFigure]:
    """By metric: what is left of its own dose, median over heads."""
    figures = []
    for metric in dict.fromkeys(one.metric for one in survivals):
        left = [one.left for one in survivals if one.metric == metric]
        figures.append(
            at_least(
                f"{metric}: effect after registration and colour correction over raw effect",
                float(np.median(left)),
                "ratio",
                _LEAST_LEFT,
                note=f"{len(left)} heads, {min(left):.2f} to {max(left):.2f}",
            )
        )
    return figures


def specificity_table(responses: Sequence[Response]) -> str:
    """Rows of one changed thing, columns of metrics, in smallest detectable changes.

    A metric's own rows stand in brackets; ``n/c`` is not comparable on any head. Printed in two
    halves: thirteen metrics do not fit a page.
    """
    seen, metrics = cells(responses), metrics_of(responses)
    middle = -(-len(metrics) // 2)
    tables = []
    for part in (metrics[:middle], metrics[middle:]):
        table = Table("changed", *part)
        for row in (*SKIN_ROWS, *PHOTO_ROWS):
            if any(name == row.name for name, _ in seen):
                table.add_row(row.name, *(_cell(seen, row, metric) for metric in part))
        tables.append(text_of(table))
    return "\n\n".join(tables)


def _cell(seen: dict[tuple[str, str], float | None], row: Row, metric: str) -> str:
    if (row.name, metric) not in seen:
        return ""
    answer = seen[row.name, metric]
    if answer is None:
        return "n/c"
    told = f"{answer:+.2f}" if abs(answer) >= 0.005 else "0"
    return f"[{told}]" if metric in row.own else told
