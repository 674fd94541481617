"""Results with made-up figures, to be drawn and said; no photo was measured for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from progress.model import (
    Change,
    Comparability,
    Comparison,
    Direction,
    ErrorSummary,
    Estimate,
    Flatters,
    Gate,
    JudgedPhoto,
    Need,
    NotAligned,
    NotMeasured,
    PairCheck,
    Provenance,
    QualityReport,
    Registration,
    Scale,
    ScaleSource,
    Timeline,
    TimelineEvent,
    TimelinePoint,
    TimelineSeries,
    Trend,
    Verdict,
)

FIRST_DAY = date(2026, 1, 5)
EVENTS = tuple(
    TimelineEvent(FIRST_DAY + timedelta(days=days), "Micro-needling 1.0 mm") for days in (2, 44, 86)
)


def affected(needs: frozenset[Need]) -> list[str]:
    return ["scar_relief"] if Need.RELIEF_LIGHT in needs else []


def change(
    metric: str = "redness",
    region: str = "left_cheek",
    *,
    delta: float = -0.09,
    noise: float = 0.034,
    unit: str = "OD",
    better: Direction = Direction.LOWER,
    verdict: Verdict = Verdict.IMPROVED,
) -> Change:
    return Change(
        metric,
        1,
        region,
        unit,
        better,
        0.31,
        0.31 + delta,
        delta,
        noise / 2.77,
        noise,
        verdict,
        noise_source="5 simulated re-shoots of the baseline",
        days=56.0,
    )


def refused(metric: str = "scar_relief", reason: str = "light_direction: turn the lamp back."):
    return Change(
        metric,
        1,
        "left_cheek",
        "",
        Direction.LOWER,
        None,
        None,
        None,
        None,
        None,
        Verdict.NOT_COMPARABLE,
        reason,
    )


CHANGES = (
    change(),
    change(region="right_cheek", delta=-0.02, noise=0.03, verdict=Verdict.WITHIN_NOISE),
    change(
        "tone", delta=4.1, noise=3.0, unit="deg", better=Direction.NONE, verdict=Verdict.DESCRIBED
    ),
    change("pore_density", "nose", delta=3.2, noise=2.8, unit="per cm2", verdict=Verdict.WORSE),
    refused(),
)


def series(region: str = "left_cheek", *, reason: str | None = None) -> TimelineSeries:
    values = {0: 0.31, 9: 0.38, 42: 0.29, 84: None, 126: 0.24, 168: 0.22}
    points = []
    for days, value in values.items():
        day = FIRST_DAY + timedelta(days=days)
        if value is None:
            points.append(TimelinePoint(day, NotMeasured("sharpness: hold the camera still"), None))
            continue
        against = None if days == 0 else change(region=region, delta=value - 0.31)
        points.append(TimelinePoint(day, Estimate(value, 0.011, 5000), against, healing=days == 9))
    trend = Trend(-0.016, -0.02, -0.012, 4)
    return TimelineSeries(
        "redness", 1, region, "OD", "Redness", tuple(points), trend, Verdict.IMPROVED, reason
    )


def judged_photo(file: str = "a.jpg") -> JudgedPhoto:
    gates = (
        Gate("faces", 1.0, "", 1.0, passed=True),
        Gate("resolution", 3.5, "px/mm", 10.0, False, "Come closer.", frozenset({Need.DETAIL})),
    )
    return JudgedPhoto(
        Provenance(file, "a" * 64, "JPEG", (3024, 4032)),
        Scale(14.1, 0.04, ScaleSource.IRIS),
        QualityReport(gates),
    )


CHECKS = (
    PairCheck("pose", 1.2, "deg", 6.0, passed=True),
    PairCheck(
        "light_direction",
        12.1,
        "deg",
        5.0,
        False,
        Flatters.FOLLOWUP,
        "Put the lamp where it was.",
        frozenset({Need.RELIEF_LIGHT}),
    ),
    PairCheck("make_up", None, "", None, passed=True),
)


def comparison(
    *,
    changes: tuple[Change, ...] = CHANGES,
    registration: Registration | NotAligned | None = None,
    simulated: bool = True,
    file: str = "a.jpg",
) -> Comparison:
    photo = judged_photo(file)
    return Comparison(
        (photo,),
        (photo,),
        Comparability(CHECKS),
        shifted((83, 61), lambda xy: xy) if registration is None else registration,
        changes,
        affected,
        simulated=simulated,
    )


def timeline(*, simulated: bool = True) -> Timeline:
    one = series()
    too_coarse = NotMeasured("resolution: come closer")
    nothing = TimelineSeries(
        "lines",
        1,
        "forehead",
        "",
        "Lines",
        tuple(TimelinePoint(p.date, too_coarse, None) for p in one.points),
        NotMeasured("fewer than 4 sessions"),
        Verdict.NOT_COMPARABLE,
        "resolution: come closer",
    )
    sessions = {point.date: (judged_photo(),) for point in one.points}
    return Timeline(sessions, EVENTS, (one, nothing), affected, simulated=simulated)


def shifted(
    size_px: tuple[int, int],
    followup_from_baseline: Callable[[np.ndarray], np.ndarray],
    *,
    step: int = 4,
    valid: np.ndarray | None = None,
    error_mm: float = 0.05,
) -> Registration:
    """A registration that follows a known map of baseline points (..., 2) to the follow-up."""
    width, height = size_px
    grid = np.stack(
        np.meshgrid(np.arange(0, width + step, step), np.arange(0, height + step, step)), axis=-1
    ).astype(float)
    shape = grid.shape[:2]
    return Registration(
        size_px,
        size_px,
        step,
        followup_from_baseline(grid).astype(np.float32),
        np.ones(shape, bool) if valid is None else valid,
        np.full(shape, error_mm, np.float32),
        ErrorSummary(0.05, 0.14),
        0.97,
        "landmarks, then dense search",
        1,
    )
