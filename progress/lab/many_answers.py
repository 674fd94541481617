"""Reports of still skin: how often they cry wolf, and what an outlined control is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from progress.lab.figures import LabFigure, at_most, seldom
from progress.model import Change, Direction, Estimate, Family, Verdict
from progress.stats import (
    ChangeNoise,
    Differencing,
    SimulatedNoise,
    difference_noise,
    estimate_noise,
    judge_change,
    prior_from_regions,
    with_families,
)
from progress.stats.simulated import contrasts

SEED = 906
METRICS, REGIONS, RESHOOTS = 9, 11, 5
AGREEMENT = 0.6
"""Of the errors of two regions of one metric: light and pose are common to all of a photo."""
_WHOLE = "whole_face"


def many_answers(
    *, quick: bool, seed: int = SEED, watch: Callable[[float], None] = lambda _: None
) -> tuple[LabFigure, ...]:
    """Every figure of families of answers and of the control beside its target.

    Parameters
    ----------
    quick : bool
        40 reports instead of 400.
    seed : int
    watch : callable
        Told the share done.

    Returns
    -------
    tuple of LabFigure
    """
    n = 40 if quick else 400
    figures = list(_reports(np.random.default_rng((seed, 0)), n))
    watch(0.7)
    figures += _controls(np.random.default_rng((seed, 1)), 10 * n)
    watch(1.0)
    return tuple(figures)


def still_report(rng: np.random.Generator, *, moved: float = 0.0) -> tuple[Change, ...]:
    """All answers of one report on skin that did nothing, counted together.

    Parameters
    ----------
    rng : numpy.random.Generator
    moved : float
        True change of the first metric over the whole face, in errors of one visit.
    """
    changes: list[Change] = []
    for metric in range(METRICS):
        # Rows: baseline, follow-up, re-shoots; columns: the whole, then the regions.
        shared = rng.standard_normal((2 + RESHOOTS, 1))
        own = rng.standard_normal((2 + RESHOOTS, 1 + REGIONS))
        errors = np.sqrt(AGREEMENT) * shared + np.sqrt(1.0 - AGREEMENT) * own
        if metric == 0:
            errors[1, 0] -= moved
        changes += _judged(f"metric {metric}", errors)
    return with_families(changes, headline={_WHOLE})


def _judged(metric: str, errors: NDArray[np.float64]) -> Iterator[Change]:
    noises = [
        SimulatedNoise.from_reshoots(joint=[Estimate(float(e), 0.0, 1) for e in column[2:]])
        for column in errors.T
    ]
    for index, (column, noise) in enumerate(zip(errors.T, noises, strict=True)):
        others = [other for j, other in enumerate(noises) if j not in (0, index)]
        yield judge_change(
            metric_id=metric,
            version=1,
            region=f"region {index}" if index else _WHOLE,
            unit="",
            better=Direction.LOWER,
            baseline=[Estimate(float(column[0]), 0.0, 1)],
            followup=[Estimate(float(column[1]), 0.0, 1)],
            noise=noise,
            prior=prior_from_regions(metric, others) if index else None,
        )


def _reports(rng: np.random.Generator, n: int) -> Iterator[LabFigure]:
    reports = [still_report(rng) for _ in range(n)]
    alarms = [[c.verdict is not Verdict.WITHIN_NOISE for c in report] for report in reports]
    about = f"{n} reports of {METRICS} metrics on the whole and {REGIONS} regions"
    yield at_most("still skin, answers beyond noise", float(np.mean(alarms)), "share", 0.05,
                  note=about)  # fmt: skip
    yield LabFigure("still skin, reports with an answer beyond noise, counted alone",
                    float(np.mean([any(row) for row in alarms])), "share")  # fmt: skip
    standing = {
        family: [any(c.stands_in_family for c in r if c.family is family) for r in reports]
        for family in Family
    }
    for family, flags in standing.items():
        yield seldom(f"still skin, reports with an answer that stands, {family.value}", flags)
    for moved in (4.0, 8.0):
        found = [still_report(rng, moved=moved)[0] for _ in range(n)]
        single = float(np.mean([c.verdict is Verdict.IMPROVED for c in found]))
        kept = float(np.mean([c.stands_in_family for c in found]))
        yield LabFigure(
            f"a change of {moved:g} errors on the whole, stands among {METRICS}",
            kept,
            "share",
            note=f"called improved, counted alone: {single:.2f}",
        )


def _controls(rng: np.random.Generator, n: int) -> Iterator[LabFigure]:
    """Still skin against a control that agrees more or less."""
    for reshoots in (RESHOOTS, 12):
        for agreement in (0.0, 0.5, 0.9):
            trials = [_against(rng, agreement, reshoots) for _ in range(n)]
            used = [trial for trial in trials if trial[2]]
            on = f"agreement {agreement:g}, {reshoots} re-shoots"
            ratio = float(np.sqrt(np.mean([t[0] for t in trials]) / 2.0))
            yield at_most(
                f"error against a control over error without, {on}",
                ratio,
                "ratio",
                1.1 if agreement < 0.9 else 0.8,
                note=f"used in {len(used) / n:.0%}; the best beta gives "
                f"{np.sqrt(1.0 - agreement**2):.2f}",
            )
            among = float(np.mean([t[1] for t in used]))
            yield at_most(
                f"still skin beyond noise against a control, {on}",
                float(np.mean([t[1] for t in trials])),
                "share",
                0.08,
                note=f"where it was used: {among:.3f}",
            )


def _against(rng: np.random.Generator, agreement: float, reshoots: int) -> tuple[float, bool, bool]:
    """Squared change of still skin, whether it was beyond noise, whether the control was used."""
    drawn = _pair(rng, agreement, reshoots + 2)
    found = difference_noise(joint=drawn[2:])
    used = isinstance(found, Differencing)
    if isinstance(found, Differencing):
        beta, noise = found.beta, found.noise
    else:
        beta, noise = 0.0, SimulatedNoise(joint=contrasts([treated for treated, _ in drawn[2:]]))
    change = (drawn[1][0] - drawn[0][0]) - beta * (drawn[1][1] - drawn[0][1])
    error = estimate_noise([[0.0], [0.0]], simulated=noise)
    beyond = isinstance(error, ChangeNoise) and abs(change) >= error.smallest_detectable_change
    return change**2, bool(beyond), used


def _pair(rng: np.random.Generator, agreement: float, n: int) -> list[tuple[float, float]]:
    shared, own, other = rng.standard_normal((3, n))
    treated = np.sqrt(agreement) * shared + np.sqrt(1.0 - agreement) * own
    control = np.sqrt(agreement) * shared + np.sqrt(1.0 - agreement) * other
    return [(float(t), float(c)) for t, c in zip(treated, control, strict=True)]
