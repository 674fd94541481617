"""Courses of known truth: are curve, share and first sight as sure as they say?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from progress.lab.course_cases import BASELINE, ERROR, SLOW, TRUTHS, VISITS, answer_course
from progress.lab.figures import LabFigure, at_least, at_most, seldom
from progress.lab.many_answers import many_answers
from progress.model import Verdict
from progress.pipeline import Step
from progress.stats import Course, FittedCourse, fit_course

SEED = 905


def course_truth(
    *, quick: bool, seed: int = SEED, watch: Callable[[float], None] = lambda _: None
) -> tuple[LabFigure, ...]:
    """Every figure of curve, share and first sight beside its target.

    Parameters
    ----------
    quick : bool
        40 courses a case instead of 300.
    seed : int
    watch : callable
        Told the share done.

    Returns
    -------
    tuple of LabFigure
    """
    n = 40 if quick else 300
    parts = (_coverage, _still_skin, _flares, _power, _wildness)
    figures: list[LabFigure] = []
    for done, part in enumerate(parts):
        figures += part(np.random.default_rng((seed, done)), n)
        watch((done + 1) / len(parts))
    return tuple(figures)


def statistics_figures(*, quick: bool, step: Step) -> tuple[LabFigure, ...]:
    """Every figure of ``progress validate statistics``: courses, families of answers, controls."""
    courses = course_truth(quick=quick, watch=lambda done: step("following courses", 0.7 * done))
    answers = many_answers(
        quick=quick, watch=lambda done: step("asking many questions", 0.7 + 0.3 * done)
    )
    return (*courses, *answers)


def _coverage(rng: np.random.Generator, n: int) -> Iterator[LabFigure]:
    """Intervals of a fall by 30 %, all truths and numbers of visits together."""
    for beyond, on in ((0.0, "error as told"), (1.0, "visits scatter by as much again")):
        cases = {
            (name, visits): [
                answer_course(rng, truth, -0.3 * BASELINE, days=VISITS[visits], beyond=beyond)
                for _ in range(n // 2)
            ]
            for name, truth in TRUTHS.items()
            for visits in VISITS
        }
        every = [answer for answers in cases.values() for answer in answers]
        rates = {case: np.mean([a.holds for a in answers]) for case, answers in cases.items()}
        worst = min(rates, key=rates.__getitem__)
        yield _covering(
            f"curve's change, interval holds the truth, {on}",
            [a.holds for a in every],
            note=f"least {rates[worst]:.2f}: {worst[0]}, {worst[1]} visits",
        )
        slow, fast = (
            [c for (name, _), answers in cases.items() if (name in SLOW) is kind
             for a in answers for c in a.covered]
            for kind in (True, False)
        )  # fmt: skip
        yield _covering(
            f"curve's band, holds the level on a visit, {on}",
            slow,
            note=f"a change within days, which no shape knows: {np.mean(fast):.2f}",
        )
        told = [a.share_covered for a in every if a.share_covered is not None]
        yield _covering(
            f"percent of the baseline, interval holds the truth, {on}",
            told,
            note=f"given in {len(told) / len(every):.0%}",
        )


def _still_skin(rng: np.random.Generator, n: int) -> Iterator[LabFigure]:
    """Skin that does nothing."""
    answers = [answer_course(rng, TRUTHS["straight"], 0.0) for _ in range(3 * n)]
    yield seldom("still skin, course called improved or worse",
                [a.verdict is not Verdict.WITHIN_NOISE for a in answers])  # fmt: skip
    yield seldom("still skin, curve's interval holds no zero", [a.tells for a in answers])
    yield seldom("still skin, a first day beyond noise is told",
                [a.seen is not None for a in answers])  # fmt: skip
    yield seldom("ordinary courses with a visit set aside",
                [a.set_aside > 0 for a in answers], limit=0.02)  # fmt: skip
    short = [fit_course(_short(rng, k)) for k in (1, 2, 3) for _ in range(10)]
    drawn = sum(isinstance(fit, FittedCourse) for fit in short)
    yield at_most("curves from three visits or fewer", float(drawn), "curves", 0)


def _short(rng: np.random.Generator, k: int) -> Course:
    days = np.array([0.0, 40.0, 90.0])[:k]
    return Course(days, BASELINE + rng.standard_normal(k), np.full(k, ERROR), (7.0,))


def _flares(rng: np.random.Generator, n: int) -> Iterator[LabFigure]:
    """Skin that only flares up after each needling: by seven baselines on the very day."""
    days = (0, 10, 23, 45, 60, 100, 130)
    answers = [
        answer_course(rng, TRUTHS["straight"], 0.0, days=days, flare=7.0 * BASELINE)
        for _ in range(n)
    ]
    note = "visits 3, 16, 3, 18, 16 and 46 days after a needling"
    yield seldom("flare alone, course called worse",
                [a.verdict is Verdict.WORSE for a in answers], note=note)  # fmt: skip
    yield seldom("flare alone, curve rises beyond its interval", [a.low > 0.0 for a in answers])


def _power(rng: np.random.Generator, n: int) -> Iterator[LabFigure]:
    """A fall by 30 and by 15 %, and when it is seen."""
    detectable = 2.78 * np.sqrt(2.0) * ERROR  # t(0.975) of five re-shoots
    for fall in (0.30, 0.15):
        answers = [
            answer_course(rng, TRUTHS[name], -fall * BASELINE)
            for name in SLOW
            for _ in range(n // 2)
        ]
        found = _share(a.verdict is Verdict.IMPROVED for a in answers)
        wrong = _share(a.verdict is Verdict.WORSE for a in answers)
        note = f"detectable is {detectable / BASELINE:.0%} of the baseline"
        label = f"a fall by {fall:.0%}"
        if fall > 0.2:
            yield at_least(f"{label}, course called improved", found, "share", 0.9, note=note)
        else:
            yield LabFigure(f"{label}, course called improved", found, "share", note=note)
        yield LabFigure(f"{label}, curve's interval tells it", _share(a.tells for a in answers),
                        "share")  # fmt: skip
        yield at_most(f"{label}, course called worse", wrong, "share", 0.005)
    yield from _first_sights(rng, n, float(detectable))


def _first_sights(rng: np.random.Generator, n: int, detectable: float) -> Iterator[LabFigure]:
    """Days from when the truth passes what can be detected until it is seen on a visit."""
    late, there = [], []
    for name in SLOW:
        truth = TRUTHS[name]
        fallen = 0.3 * BASELINE * np.array([truth(float(day)) for day in range(169)])
        passed = int(np.argmax(fallen >= detectable))
        for _ in range(n // 2):
            answer = answer_course(rng, truth, -0.3 * BASELINE)
            if answer.seen is not None:
                late.append(answer.seen - passed)
                there.append(fallen[answer.seen] / detectable)
    yield LabFigure(
        "first seen less the day that the truth passed the detectable change, median",
        float(np.median(late)),
        "days",
        note=f"middle half {np.percentile(late, 25):.0f} to {np.percentile(late, 75):.0f}; "
        "visits lie 42 to 49 days apart",
    )
    yield LabFigure(
        "true change on the day first seen, over the detectable one, median",
        float(np.median(there)),
        "ratio",
        note=f"5th percentile {np.percentile(there, 5):.2f}",
    )
    yield seldom("first seen before a tenth of the detectable change was there",
                [share < 0.1 for share in there])  # fmt: skip


def _wildness(rng: np.random.Generator, n: int) -> Iterator[LabFigure]:
    """One visit that is off by fifteen errors."""
    moved, aside = [], 0
    for _ in range(n):
        seed = int(rng.integers(2**32))
        plain, bent = (
            answer_course(
                np.random.default_rng(seed),
                TRUTHS["sample course"],
                -0.3 * BASELINE,
                days=VISITS[7],
                wild=wild,
            )
            for wild in (None, (3, 15.0))
        )
        moved.append(abs(bent.middle - plain.middle) / ERROR)
        aside += bent.set_aside > 0
    yield at_most(
        "one visit of seven off by 15 errors bends the curve's change by, median",
        float(np.median(moved)),
        "errors",
        1.0,
        note=f"set aside in {aside / n:.0%}; 95th percentile {np.percentile(moved, 95):.1f}",
    )


def _share(flags: Iterable[bool]) -> float:
    return float(np.mean(list(flags)))


def _covering(name: str, held: Sequence[bool], *, note: str = "") -> LabFigure:
    """How often intervals of 95 % hold the truth; met within two standard errors."""
    value, error = _share(held), math.sqrt(0.05 * 0.95 / len(held))
    met = 0.92 - 2.0 * error <= value <= 0.98 + 2.0 * error
    return LabFigure(name, value, "share", "0.92 to 0.98", met, note)
