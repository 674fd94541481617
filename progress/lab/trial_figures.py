"""What trials say: false alarms, detectable changes, effects called right, honest errors, fairness.

A detectable change is given in the unit that people think in, per cent of blood or of melanin: the
scatter of null pairs over what the metric shows of a dose with nothing else changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from progress.lab.figures import LabFigure, at_least, at_most
from progress.lab.trial_rows import WHOLE, TrialRow
from progress.lab.trials import Dose, Shooting
from progress.model import Verdict

ALARMS = (Verdict.IMPROVED, Verdict.WORSE)
_MOST_SDC = {
    ("redness", Shooting.MILD): 0.06,
    ("redness", Shooting.HARD): 0.10,
    ("pigment", Shooting.MILD): 0.04,
    ("pigment", Shooting.HARD): 0.07,
    ("tone", Shooting.MILD): 3.0,
    ("tone", Shooting.HARD): 5.0,
}
_MOST_SDC_OF_VALUE = {Shooting.MILD: 0.08, Shooting.HARD: 0.15}
_OWN_DOSE = {"redness": Dose.BLOOD, "pigment": Dose.MELANIN}
_NOUN = {Dose.BLOOD: "blood", Dose.MELANIN: "melanin"}
_NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class Band:
    """Skin of one class of tone.

    Parameters
    ----------
    name : str
    low, high : float
        Individual typology angle, degrees.
    """

    name: str
    low: float
    high: float


BANDS = (
    Band("light", 41.0, 181.0),
    Band("intermediate, tan", 10.0, 41.0),
    Band("brown, dark", -181.0, 10.0),
)
"""Classes of Del Bino & Bernerd 2013, doi:10.1111/bjd.12529, two by two."""


def null_rows(
    rows: Iterable[TrialRow], shooting: Shooting, *, metric: str | None = None
) -> list[TrialRow]:
    """Answers about skin that did not change."""
    return [
        row
        for row in rows
        if row.trial.shooting is shooting
        and row.trial.before == row.trial.after
        and row.answered
        and metric in (None, row.metric)
    ]


def shown_per_dose(rows: Iterable[TrialRow]) -> dict[tuple[str, str, str], float]:
    """By subject, metric and region: what its own dose alone moves it by, per unit of dose."""
    return {
        (row.subject, row.metric, row.region): row.delta / (row.trial.after - row.trial.before)
        for row in rows
        if row.trial.shooting is Shooting.STILL
        and _OWN_DOSE.get(row.metric) is row.trial.dose
        and row.delta is not None
        and row.trial.after != row.trial.before
    }


def alarm_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """Verdicts about skin that did not change, together and per metric."""
    figures = []
    for shooting in (Shooting.MILD, Shooting.HARD):
        nulls = null_rows(rows, shooting)
        if not nulls:
            continue
        figures.append(_alarms(f"all metrics, {shooting.value}", nulls, 0.05))
        for metric in dict.fromkeys(row.metric for row in nulls):
            own = [row for row in nulls if row.metric == metric]
            figures.append(_alarms(f"{metric}, {shooting.value}", own, 0.08))
    return figures


def _alarms(what: str, rows: Sequence[TrialRow], limit: float) -> LabFigure:
    """Beyond the detectable change; `tone` is described and never judged, but must not jump."""
    moved = [row for row in rows if _beyond(row)]
    return at_most(
        f"false alarms, {what}", len(moved) / len(rows), "share", limit,
        note=f"{len(moved)} of {len(rows)}",
    )  # fmt: skip


def _beyond(row: TrialRow) -> bool:
    assert row.delta is not None  # noqa: S101 - asked of answers only
    assert row.detectable is not None  # noqa: S101
    return abs(row.delta) >= row.detectable and row.delta != 0


def detectable_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """Smallest detectable change of one pair, one shot each, from the scatter of null pairs."""
    shown = shown_per_dose(rows)
    figures = []
    for (metric, shooting), limit in _MOST_SDC.items():
        for where, is_there in _places():
            own = [row for row in null_rows(rows, shooting, metric=metric) if is_there(row.region)]
            dose = _OWN_DOSE.get(metric)
            moves = np.array([_in_dose(row, shown) if dose else row.delta for row in own], float)
            moves = moves[np.isfinite(moves)]
            if moves.size:
                unit = f"of {_NOUN[dose]}" if dose else "deg"
                figures.append(_detectable(f"{metric}, {where}", shooting, moves, unit, limit))
    for shooting, limit in _MOST_SDC_OF_VALUE.items():
        for where, is_there in _places():
            own = [
                row for row in null_rows(rows, shooting, metric="evenness") if is_there(row.region)
            ]
            moves = np.array(
                [row.delta / row.baseline for row in own if row.delta and row.baseline]
            )
            if moves.size:
                figures.append(
                    _detectable(f"evenness, {where}", shooting, moves, "of the value", limit)
                )
    return figures


def _places() -> tuple[tuple[str, Callable[[str], bool]], ...]:
    return (
        ("whole face", lambda region: region == WHOLE),
        ("single regions", lambda region: region != WHOLE),
    )


def _in_dose(row: TrialRow, shown: dict[tuple[str, str, str], float]) -> float:
    per_dose = shown.get((row.subject, row.metric, row.region))
    return row.delta / per_dose if per_dose and row.delta is not None else math.nan


def _detectable(
    what: str, shooting: Shooting, moves: NDArray[np.float64], unit: str, limit: float
) -> LabFigure:
    sdc = _NORMAL_95 * float(np.sqrt(np.mean(moves**2)))
    middle = _NORMAL_95 * 1.4826 * float(np.median(np.abs(moves)))
    return at_most(
        f"detectable change, {what}, {shooting.value}", sdc, unit, limit,
        note=f"{moves.size} null answers; by their median {middle:.3g}",
    )  # fmt: skip


def called_right_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """Doses called by name through hard second shots, and verdicts against the dose."""
    figures = []
    for metric, dose, size, goal in (
        ("redness", Dose.BLOOD, 0.15, 0.90),
        ("pigment", Dose.MELANIN, 0.12, 0.85),
    ):
        for where, is_there in _places():
            own = [
                row
                for row in rows
                if row.metric == metric
                and is_there(row.region)
                and row.trial.dose is dose
                and row.trial.shooting is Shooting.HARD
                and abs(row.trial.after - row.trial.before) == size
            ]
            answers = [row for row in own if row.answered]
            if answers:
                right = np.mean([_beyond(row) and _right_way(row) for row in answers])
                figures.append(
                    at_least(
                        f"{metric}, {where}: dose called right through hard shots",
                        float(right),
                        "share",
                        goal,
                        note=f"{len(answers)} answers, {len(own) - len(answers)} abstained",
                    )
                )
    dosed = [
        row
        for row in rows
        if row.answered and row.trial.dose is _OWN_DOSE.get(row.metric)
        and row.trial.before != row.trial.after and row.trial.shooting is not Shooting.STILL
    ]  # fmt: skip
    if dosed:
        wrong = [row for row in dosed if _beyond(row) and not _right_way(row)]
        figures.append(
            at_most("verdicts against the dose", len(wrong) / len(dosed), "share", 0.005,
                    note=f"{len(wrong)} of {len(dosed)}")
        )  # fmt: skip
    return figures


def _right_way(row: TrialRow) -> bool:
    assert row.delta is not None  # noqa: S101 - asked of answers only
    return row.delta * (row.trial.after - row.trial.before) > 0


def dose_response_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """Rank correlation of dose and answer per face, doses of both directions, mild second shots."""
    figures = []
    goals = {"redness": (Dose.BLOOD, 0.99), "pigment": (Dose.MELANIN, 0.98),
             "evenness": (Dose.CLOUDS, 0.97), "tone": (Dose.MELANIN, 0.98)}  # fmt: skip
    for metric, (dose, goal) in goals.items():
        ranks = []
        for subject in dict.fromkeys(row.subject for row in rows):
            own = [
                (row.trial.after - row.trial.before, row.delta)
                for row in rows
                if row.subject == subject and row.metric == metric and row.region == WHOLE
                and row.trial.shooting is Shooting.MILD and row.answered
                and row.trial.dose in (dose, Dose.NOTHING)
            ]  # fmt: skip
            if len({amount for amount, _ in own}) >= 5:
                ranks.append(abs(float(spearmanr(*zip(*own, strict=True)).statistic)))
        if ranks:
            figures.append(
                at_least(
                    f"{metric}: rank correlation with its dose, per face, median",
                    float(np.median(ranks)),
                    "",
                    goal,
                    note=f"{len(ranks)} faces, worst {min(ranks):.3f}",
                )
            )
    return figures


def honesty_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """Predicted against observed error, and how often the 95 % interval holds the truth."""
    figures = []
    for shooting in (Shooting.MILD, Shooting.HARD):
        nulls = null_rows(rows, shooting)
        for metric in dict.fromkeys(row.metric for row in nulls):
            own = [row for row in nulls if row.metric == metric]
            errors = np.array([row.standard_error for row in own], float)
            moves = np.array([row.delta for row in own], float)
            held = np.mean([not _beyond(row) for row in own])
            if not errors.any():
                continue
            ratio = float(np.sqrt(np.mean(errors**2) / max(np.mean(moves**2), 1e-30)))
            figures.append(
                LabFigure(
                    f"predicted over observed standard error, {metric}, {shooting.value}",
                    ratio,
                    "ratio",
                    "0.8 to 1.2",
                    0.8 <= ratio <= 1.2,
                    f"95 % intervals hold {held:.1%} of {len(own)}",
                )
            )
    return figures


def fairness_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """False alarms by class of skin tone, with what was abstained from beside them."""
    figures = []
    nulls = [row for row in rows if row.trial.before == row.trial.after]
    rates = {}
    for band in BANDS:
        own = [row for row in nulls if band.low < row.ita_deg <= band.high]
        answers = [row for row in own if row.answered]
        if answers:
            rates[band.name] = np.mean([_beyond(row) for row in answers])
            figures.append(
                LabFigure(
                    f"false alarms on {band.name} skin",
                    float(rates[band.name]),
                    "share",
                    note=f"{len(answers)} answers of {len({row.subject for row in own})} people; "
                    f"{1 - len(answers) / len(own):.0%} abstained",
                )
            )
    if len(rates) > 1:
        spread = float(max(rates.values()) - min(rates.values()))
        figures.append(
            at_most("false alarms, spread between classes of tone", spread, "share", 0.02)
        )
    return figures


def trial_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """Every figure of a set of trials."""
    return [
        *alarm_figures(rows),
        *detectable_figures(rows),
        *called_right_figures(rows),
        *dose_response_figures(rows),
        *honesty_figures(rows),
        *fairness_figures(rows),
    ]
