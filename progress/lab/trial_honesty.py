"""Are the errors told by the product the errors that it makes, on every tone of skin alike?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from progress.lab.figures import LabFigure, at_most
from progress.lab.intervals import Share, counted_share, difference
from progress.lab.trial_figures import (
    OWN_DOSE,
    abstained,
    beyond,
    null_questions,
    null_rows,
    pair_of,
    shown_per_dose,
)
from progress.lab.trial_rows import TrialRow
from progress.lab.trials import Shooting

LEAST_RATIO, MOST_RATIO = 0.8, 1.2
_LEAST_HELD, _MOST_HELD = 0.92, 0.98
_MOST_SPREAD = 0.02
_FALSE_ALARMS = 0.05
"""As often as a 95 % interval is meant to miss."""


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


@dataclass(frozen=True, slots=True)
class ErrorRatio:
    """Predicted over observed standard error of one metric.

    Parameters
    ----------
    metric : str
    shooting : Shooting
    ratio : float
    low, high : float
        95 % of the ratio by chance alone, from drawing the pairs again.
    n_pairs : int
    """

    metric: str
    shooting: Shooting
    ratio: float
    low: float
    high: float
    n_pairs: int


def error_ratios(rows: Sequence[TrialRow], *, seed: int = 5) -> Iterator[ErrorRatio]:
    """Root mean square of predicted errors over that of null answers, by metric and shooting."""
    for shooting in (Shooting.MILD, Shooting.HARD):
        nulls = null_rows(rows, shooting)
        for metric in dict.fromkeys(row.metric for row in nulls):
            pairs: dict[tuple[str, int], list[tuple[float, float]]] = {}
            for row in nulls:
                if row.metric == metric and row.standard_error and row.delta is not None:
                    pairs.setdefault(pair_of(row), []).append((row.standard_error, row.delta))
            if not pairs:
                continue
            sums = np.array([np.square(pair).sum(axis=0) for pair in pairs.values()])
            rng = np.random.default_rng(seed)
            drawn = sums[rng.integers(len(sums), size=(1000, len(sums)))].sum(axis=1)
            ratios = np.sqrt(drawn[:, 0] / np.maximum(drawn[:, 1], 1e-30))
            predicted, observed = sums.sum(axis=0)
            yield ErrorRatio(
                metric,
                shooting,
                float(np.sqrt(predicted / max(observed, 1e-30))),
                float(np.quantile(ratios, 0.025)),
                float(np.quantile(ratios, 0.975)),
                len(sums),
            )


def honesty_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """Predicted against observed error, and how often the 95 % interval holds the truth."""
    figures = [
        LabFigure(
            f"predicted over observed standard error, {one.metric}, {one.shooting.value}",
            one.ratio,
            "ratio",
            f"{LEAST_RATIO:g} to {MOST_RATIO:g}",
            LEAST_RATIO <= one.ratio <= MOST_RATIO,
            f"{one.n_pairs} pairs: by chance {one.low:.2f} to {one.high:.2f}; "
            + abstained(null_questions(rows, one.shooting, metric=one.metric)),
        )
        for one in error_ratios(rows)
    ]
    return [*figures, *coverage_figures(rows)]


def coverage_figures(rows: Sequence[TrialRow]) -> Iterator[LabFigure]:
    """How often the interval as told holds the truth, on skin that changed and that did not.

    The truth of a dose is what the metric shows of it with nothing else changed, in proportion.
    """
    shown = shown_per_dose(rows)
    for shooting in (Shooting.MILD, Shooting.HARD):
        asked = [row for row in rows if row.trial.shooting is shooting and _has_truth(row, shown)]
        for metric in dict.fromkeys(row.metric for row in asked if row.answered):
            own = [row for row in asked if row.metric == metric]
            answers = [row for row in own if row.answered]
            held = counted_share(
                [_holds(row, shown) for row in answers], [pair_of(row) for row in answers]
            )
            dosed = sum(row.trial.before != row.trial.after for row in answers)
            yield LabFigure(
                f"95 % intervals that hold the truth, {metric}, {shooting.value}",
                held.value,
                "share",
                f"{_LEAST_HELD:g} to {_MOST_HELD:g}",
                _within(held, _LEAST_HELD, _MOST_HELD),
                f"{held.n} answers, {dosed} of a dose: {held.low:.0%} to {held.high:.0%}; "
                + abstained(own),
            )


def _within(share: Share, low: float, high: float) -> bool | None:
    """Whether a share lies between limits; None where so few answers cannot tell."""
    if low <= share.value <= high:
        return True
    return False if share.high < low or share.low > high else None


def _has_truth(row: TrialRow, shown: dict[tuple[str, str, str], float]) -> bool:
    if row.trial.before == row.trial.after:
        return True
    own = OWN_DOSE.get(row.metric) is row.trial.dose
    return own and (row.subject, row.metric, row.region) in shown


def _holds(row: TrialRow, shown: dict[tuple[str, str, str], float]) -> bool:
    assert row.delta is not None  # noqa: S101 - asked of answers only
    assert row.detectable is not None  # noqa: S101
    dose = row.trial.after - row.trial.before
    truth = shown[row.subject, row.metric, row.region] * dose if dose else 0.0
    return abs(row.delta - truth) <= row.detectable


def fairness_figures(rows: Sequence[TrialRow]) -> list[LabFigure]:
    """False alarms and share answered by class of skin tone, and how far the classes are apart."""
    alarms: dict[str, Share] = {}
    answered: dict[str, Share] = {}
    figures = []
    for band in BANDS:
        own = [row for row in _nulls(rows) if band.low < row.ita_deg <= band.high]
        if not own:
            continue
        answers = [row for row in own if row.answered]
        people = len({row.subject for row in own})
        answered[band.name] = counted_share(
            [row.answered for row in own], [pair_of(row) for row in own]
        )
        if answers:
            told = counted_share(
                [beyond(row) for row in answers], [pair_of(row) for row in answers]
            )
            alarms[band.name] = told
            figures.append(
                LabFigure(
                    f"false alarms on {band.name} skin",
                    told.value,
                    "share",
                    note=f"{told.low:.1%} to {told.high:.1%}; {told.n} answers of "
                    f"{len({pair_of(row) for row in answers})} pairs of {people} people",
                )
            )
        figures.append(
            LabFigure(
                f"answered on {band.name} skin",
                answered[band.name].value,
                "share",
                note=f"{len(answers)} of {len(own)} questions",
            )
        )
    figures += _spread("false alarms", alarms)
    if len(answered) > 1:
        # Answers are kept back by rule and not by chance, so the share itself is the finding.
        shares = [share.value for share in answered.values()]
        figures.append(
            at_most(
                "share answered, spread between classes of tone",
                max(shares) - min(shares),
                "share",
                _MOST_SPREAD,
            )
        )
    return figures


def _nulls(rows: Iterable[TrialRow]) -> list[TrialRow]:
    return [
        row for shooting in (Shooting.MILD, Shooting.HARD) for row in null_questions(rows, shooting)
    ]


def _spread(what: str, shares: dict[str, Share]) -> Iterator[LabFigure]:
    """Largest less smallest share, and whether so few pairs can tell it at all."""
    if len(shares) < 2:
        yield LabFigure(
            f"{what}, spread between classes of tone", None, "share",
            note=f"one class only: {', '.join(shares) or 'none'}",
        )  # fmt: skip
        return
    ordered = sorted(shares.values(), key=lambda share: share.value)
    low, high = difference(ordered[-1], ordered[0])
    fewest = min(share.n_independent for share in shares.values())
    # Two shares of 5 % differ by 2 points beyond chance from this many independent answers each.
    enough = 2 * 1.96**2 * _FALSE_ALARMS * (1 - _FALSE_ALARMS) / _MOST_SPREAD**2
    spread = ordered[-1].value - ordered[0].value
    met = True if high <= _MOST_SPREAD else False if low > _MOST_SPREAD else None
    yield LabFigure(
        f"{what}, spread between classes of tone", spread, "share", f"<= {_MOST_SPREAD:g}", met,
        f"{low:.1%} to {high:.1%}"
        + ("" if met is not None else
           f": cannot be told; 2 points need {enough:.0f} independent answers a class, here "
           f"{fewest:.0f}"),
    )  # fmt: skip
