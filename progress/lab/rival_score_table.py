"""Our redness beside the scores of others, from the same pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from scipy.stats import spearmanr

from progress.lab.figures import number, text_of
from progress.lab.rival_scores import SCORES
from progress.lab.trial_rows import WHOLE, TrialRow
from progress.lab.trials import Dose, Shooting


@dataclass(frozen=True, slots=True)
class RivalLine:
    """One score's figures; None where the trials do not tell.

    Parameters
    ----------
    score : str
    rank : float or None
        Rank correlation with the dose of blood, median face.
    mild_scatter, hard_scatter : float or None
        1.96 standard deviations of null pairs, as a share of blood by what the score itself shows
        of a blood dose.
    alarms : float or None
        Share of hard null pairs beyond the scatter of mild ones. A rival has no error of its own,
        so its *mild* scatter stands in for a detectable change wherever one is needed.
    seen : float or None
        Share of hard pairs with 15 % more blood that lie beyond it.
    leak : float or None
        Answer to 10 % of melanin over that to 50 % of blood, median face.
    """

    score: str
    rank: float | None = None
    mild_scatter: float | None = None
    hard_scatter: float | None = None
    alarms: float | None = None
    seen: float | None = None
    leak: float | None = None


def rival_lines(rows: Sequence[TrialRow]) -> list[RivalLine]:
    """Our redness and the scores of others, from the same pictures."""
    lines = []
    for metric in ("redness", *SCORES):
        own = [row for row in rows if row.metric == metric and row.region == WHOLE]
        if own:
            lines.append(_line(metric, own))
    return lines


def rival_table(rows: Sequence[TrialRow]) -> str:
    """`rival_lines` as a table; scatter in per cent of blood."""
    table = Table("score", "rank corr. with blood", "mild scatter", "hard scatter",
                  "false alarms, hard", "+15 % blood seen, hard", "leak of melanin")  # fmt: skip
    for line in rival_lines(rows):
        shares = (line.mild_scatter, line.hard_scatter, line.alarms, line.seen)
        table.add_row(
            line.score,
            number(line.rank),
            *("" if share is None else f"{share:.0%}" for share in shares),
            number(line.leak),
        )
    return text_of(table)


def _line(score: str, rows: Sequence[TrialRow]) -> RivalLine:
    """The figures of one score."""
    still = {
        (row.subject, row.trial.dose): row.delta / row.trial.after
        for row in rows
        if row.trial.shooting is Shooting.STILL and row.delta is not None and row.trial.after
    }
    per_blood = {who: shown for (who, dose), shown in still.items() if dose is Dose.BLOOD}
    per_melanin = {who: shown for (who, dose), shown in still.items() if dose is Dose.MELANIN}

    def in_blood(row: TrialRow) -> float:
        assert row.delta is not None  # noqa: S101 - only answers are asked
        return row.delta / per_blood[row.subject]

    def moves(shooting: Shooting, dose: Dose, amount: float) -> NDArray[np.float64]:
        return np.array(
            [
                in_blood(row)
                for row in rows
                if row.trial.shooting is shooting
                and row.trial.dose is dose
                and row.trial.before == 0
                and row.trial.after == amount
                and row.delta is not None
                and row.subject in per_blood
            ]
        )

    mild = moves(Shooting.MILD, Dose.NOTHING, 0.0)
    hard = moves(Shooting.HARD, Dose.NOTHING, 0.0)
    more = moves(Shooting.HARD, Dose.BLOOD, 0.15)
    if not (mild.size and hard.size):
        return RivalLine(score)
    limit = 1.96 * float(np.sqrt(np.mean(mild**2)))
    ranks = []
    for who in per_blood:
        doses = [
            (row.trial.after, row.delta)
            for row in rows
            if row.subject == who
            and row.trial.shooting is Shooting.MILD
            and row.trial.dose is Dose.BLOOD
            and row.delta is not None
        ]
        if len(doses) > 3:
            ranks.append(float(spearmanr(*zip(*doses, strict=True)).statistic))
    # Ten per cent of melanin against half as much blood again: measurement page, section 1.
    leaks = [0.1 * per_melanin[who] / (0.5 * per_blood[who]) for who in per_melanin]
    return RivalLine(
        score,
        rank=float(np.median(ranks)) if ranks else None,
        mild_scatter=limit,
        hard_scatter=1.96 * float(np.sqrt(np.mean(hard**2))),
        alarms=float(np.mean(np.abs(hard) > limit)),
        seen=float(np.mean(more > limit)) if more.size else None,
        leak=float(np.median(np.abs(leaks))) if leaks else None,
    )
