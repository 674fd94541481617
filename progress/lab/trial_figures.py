"""What trials say: false alarms, detectable changes, effects called right, dose and answer.

A detectable change is given in the unit that people think in, per cent of blood or of melanin: the
scatter of null pairs over what the metric shows of a dose with nothing else changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from progress.lab.figures import LabFigure, at_least, at_most
from progress.lab.intervals import counted_share
from progress.lab.rival_scores import SCORES
from progress.lab.trial_rows import WHOLE, TrialRow
from progress.lab.trials import Dose, Shooting

_MOST_SDC = {
    ("redness", Shooting.MILD): 0.06,
    ("redness", Shooting.HARD): 0.10,
    ("pigment", Shooting.MILD): 0.04,
    ("pigment", Shooting.HARD): 0.07,
    ("tone", Shooting.MILD): 3.0,
    ("tone", Shooting.HARD): 5.0,
}
_MOST_SDC_OF_VALUE = {Shooting.MILD: 0.08, Shooting.HARD: 0.15}
OWN_DOSE = {"redness": Dose.BLOOD, "pigment": Dose.MELANIN}
_NOUN = {Dose.BLOOD: "blood", Dose.MELANIN: "melanin"}
_NORMAL_95 = 1.96


def null_rows(
    rows: Iterable[TrialRow], shooting: Shooting, *, metric: str | None = None
) -> list[TrialRow]:
    """Answers about skin that did not change."""
    return [row for row in null_questions(rows, shooting, metric=metric) if row.answered]


def null_questions(
    rows: Iterable[TrialRow], shooting: Shooting, *, metric: str | None = None
) -> list[TrialRow]:
    """What was asked about skin that did not change, answered or abstained from.

    Scores of others, which have no error and so no answer, are left out.
    """
    return [
        row
        for row in rows
        if row.trial.shooting is shooting
        and row.trial.before == row.trial.after
        and metric in (None, row.metric)
        and row.metric not in SCORES
    ]


def abstained(questions: Sequence[TrialRow]) -> str:
    """How many questions got a reason and no figure, for the note of an accuracy."""
    silent = sum(not row.answered for row in questions)
    return f"{silent / len(questions):.0%} of {len(questions)} abstained"


def shown_per_dose(rows: Iterable[TrialRow]) -> dict[tuple[str, str, str], float]:
    """By subject, metric and region: what its own dose alone moves it by, per unit of dose."""
    return {
        (row.subject, row.metric, row.region): row.delta / (row.trial.after - row.trial.before)
        for row in rows
        if row.trial.shooting is Shooting.STILL
        and OWN_DOSE.get(row.metric) is row.trial.dose
        and row.delta is not None
        and row.trial.after != row.trial.before
    }


def alarm_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """Verdicts about skin that did not change, together and per metric."""
    figures = []
    for shooting in (Shooting.MILD, Shooting.HARD):
        asked = null_questions(rows, shooting)
        answered = [row.metric for row in asked if row.answered]
        if not answered:
            continue
        figures.append(_alarms(f"all metrics, {shooting.value}", asked, 0.05))
        for metric in dict.fromkeys(answered):
            own = [row for row in asked if row.metric == metric]
            figures.append(_alarms(f"{metric}, {shooting.value}", own, 0.08))
    return figures


def _alarms(what: str, asked: Sequence[TrialRow], limit: float) -> LabFigure:
    """Beyond the detectable change; `tone` is described and never judged, but must not jump."""
    answers = [row for row in asked if row.answered]
    share = counted_share([beyond(row) for row in answers], [pair_of(row) for row in answers])
    return at_most(
        f"false alarms, {what}", share.value, "share", limit,
        note=f"{sum(map(beyond, answers))} of {len(answers)}: {share.low:.0%} to {share.high:.0%}; "
             f"{abstained(asked)}",
    )  # fmt: skip


def pair_of(row: TrialRow) -> tuple[str, int]:
    """The pair of photos that an answer is of."""
    return row.subject, row.pair


def beyond(row: TrialRow) -> bool:
    """Whether an answer says that something changed."""
    assert row.delta is not None  # noqa: S101 - asked of answers only
    assert row.detectable is not None  # noqa: S101
    return abs(row.delta) >= row.detectable and row.delta != 0


def detectable_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """Smallest detectable change of one pair, one shot each, from the scatter of null pairs."""
    shown = shown_per_dose(rows)
    figures = []
    for (metric, shooting), limit in _MOST_SDC.items():
        for where, is_there in _places():
            asked = [
                row for row in null_questions(rows, shooting, metric=metric) if is_there(row.region)
            ]
            own = [row for row in asked if row.answered]
            dose = OWN_DOSE.get(metric)
            moves = np.array([_in_dose(row, shown) if dose else row.delta for row in own], float)
            moves = moves[np.isfinite(moves)]
            if moves.size:
                unit = f"of {_NOUN[dose]}" if dose else "deg"
                what = f"{metric}, {where}, {shooting.value}"
                figures.append(
                    _detectable(what, moves, unit=unit, limit=limit, abstentions=abstained(asked))
                )
    for shooting, limit in _MOST_SDC_OF_VALUE.items():
        for where, is_there in _places():
            asked = [
                row
                for row in null_questions(rows, shooting, metric="evenness")
                if is_there(row.region)
            ]
            own = [row for row in asked if row.answered]
            moves = np.array(
                [row.delta / row.baseline for row in own if row.delta and row.baseline]
            )
            if moves.size:
                figures.append(
                    _detectable(
                        f"evenness, {where}, {shooting.value}",
                        moves,
                        unit="of the value",
                        limit=limit,
                        abstentions=abstained(asked),
                    )
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
    what: str, moves: NDArray[np.float64], *, unit: str, limit: float, abstentions: str
) -> LabFigure:
    sdc = _NORMAL_95 * float(np.sqrt(np.mean(moves**2)))
    middle = _NORMAL_95 * 1.4826 * float(np.median(np.abs(moves)))
    return at_most(
        f"detectable change, {what}", sdc, unit, limit,
        note=f"{moves.size} null answers; by their median {middle:.3g}; {abstentions}",
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
                right = np.mean([beyond(row) and _right_way(row) for row in answers])
                figures.append(
                    at_least(
                        f"{metric}, {where}: dose called right through hard shots",
                        float(right),
                        "share",
                        goal,
                        note=f"{len(answers)} answers, {len(own) - len(answers)} abstained",
                    )
                )
    asked = [
        row
        for row in rows
        if row.trial.dose is OWN_DOSE.get(row.metric)
        and row.trial.before != row.trial.after and row.trial.shooting is not Shooting.STILL
    ]  # fmt: skip
    dosed = [row for row in asked if row.answered]
    if dosed:
        wrong = [row for row in dosed if beyond(row) and not _right_way(row)]
        figures.append(
            at_most("verdicts against the dose", len(wrong) / len(dosed), "share", 0.005,
                    note=f"{len(wrong)} of {len(dosed)} answers; {abstained(asked)}")
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
        asked = [
            row
            for row in rows
            if row.metric == metric and row.region == WHOLE
            and row.trial.shooting is Shooting.MILD and row.trial.dose in (dose, Dose.NOTHING)
        ]  # fmt: skip
        ranks = []
        for subject in dict.fromkeys(row.subject for row in asked):
            own = [
                (row.trial.after - row.trial.before, row.delta)
                for row in asked
                if row.subject == subject and row.answered
            ]
            if len({amount for amount, _ in own}) >= 5:
                # More melanin is a smaller angle; all others rise with their dose.
                way = -1.0 if metric == "tone" else 1.0
                ranks.append(way * float(spearmanr(*zip(*own, strict=True)).statistic))
        if ranks:
            figures.append(
                at_least(
                    f"{metric}: rank correlation with its dose, per face, median",
                    float(np.median(ranks)),
                    "",
                    goal,
                    note=f"{len(ranks)} faces, worst {min(ranks):.3f}; {abstained(asked)}",
                )
            )
    return figures


def trial_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """Every figure of a set of trials."""
    return [
        *alarm_figures(rows),
        *detectable_figures(rows),
        *called_right_figures(rows),
        *dose_response_figures(rows),
    ]
