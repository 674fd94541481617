"""Our redness beside the scores of others, from the same pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from scipy.stats import spearmanr

from progress.lab.figures import number, text_of
from progress.lab.rival_scores import SCORES
from progress.lab.trial_rows import WHOLE, TrialRow
from progress.lab.trials import Dose, Shooting


def rival_table(rows: Sequence[TrialRow]) -> str:
    """Our redness beside the others, from the same pictures.

    Scatter is 1.96 standard deviations of null pairs, in per cent of blood by what the score itself
    shows of a blood dose; a rival has no error of its own: 1.96 standard deviations of its *mild*
    null pairs stand in for a detectable change wherever one is needed.
    """
    table = Table("score", "rank corr. with blood", "mild scatter", "hard scatter",
                  "false alarms, hard", "+15 % blood seen, hard", "leak of melanin")  # fmt: skip
    for metric in ("redness", *SCORES):
        own = [row for row in rows if row.metric == metric and row.region == WHOLE]
        if own:
            table.add_row(metric, *_summary(own))
    return text_of(table)


def _summary(rows: Sequence[TrialRow]) -> list[str]:
    """The columns after the name; empty where the trials do not tell."""
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
        return [""] * 6
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
    return [
        number(float(np.median(ranks))) if ranks else "",
        f"{limit:.0%}",
        f"{1.96 * np.sqrt(np.mean(hard**2)):.0%}",
        f"{np.mean(np.abs(hard) > limit):.0%}",
        f"{np.mean(more > limit):.0%}" if more.size else "",
        number(float(np.median(np.abs(leaks)))) if leaks else "",
    ]
