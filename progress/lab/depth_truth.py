"""Scar depth in millimetres held against phantoms of known depth.

``progress validate depth [--quick]`` prints every figure of docs/depth.md. Scars, skin
tone, lamps, camera, place of the client and motion are drawn anew for every set; what the
measurement is told of the lamps is wrong by a degree, as a table written by hand is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from progress.lab.depth_sessions import (
    CREDIBLE,
    FoundDepth,
    drawn_scars,
    found_depths,
    session_of,
)
from progress.lab.depth_trials import robustness_figures
from progress.lab.figures import LabFigure, at_least, at_most
from progress.phantom.features import ScarKind
from progress.pipeline.depth_change import compare_solved
from progress.pipeline.options import Step, silent

_DOSES: Final = (0.85, 0.7, 0.5, 0.3)
_SDC_MM, _MEAN_ERROR_MM = 0.04, 0.03
_SLOPE: Final = (0.9, 1.05)
_ERROR_WITHIN: Final = 0.2
_LEAST_TRIES: Final = 40
"""Fewer tell the size of an error to no better than 11 %: printed, not judged."""


def depth_figures(*, quick: bool, step: Step = silent) -> list[LabFigure]:
    """Every figure of scar depth beside its target.

    Parameters
    ----------
    quick : bool
        Fewer skins: under 20 seconds on one core instead of 4 minutes.
    step : Step
    """
    step("scar depth against truth", 0.0)
    rng = np.random.default_rng(20260105)
    skins = 2 if quick else 16
    single, pairs = _sets(rng, skins)
    figures = [*_truth_figures(single), *_pair_figures(pairs)]
    step("scar depth, dose", 0.4)
    figures += _dose_figures(rng, 1 if quick else 4, doses=(0.5,) if quick else _DOSES)
    step("scar depth, what goes wrong", 0.6)
    figures += robustness_figures(rng, 1 if quick else 3, quick=quick)
    return figures


def _sets(
    rng: np.random.Generator, skins: int
) -> tuple[list[FoundDepth], list[tuple[float, float, float, bool]]]:
    """Scars of many sets against truth, and their changes between sessions of unchanged skin."""
    single: list[FoundDepth] = []
    pairs: list[tuple[float, float, float, bool]] = []
    for seed in range(skins):
        scars = drawn_scars(seed)
        first, then = (session_of(seed, scars, rng, moved=moved) for moved in (False, True))
        single += [*found_depths(*first), *found_depths(*then)]
        compared = compare_solved(first[1], then[1]).comparison
        for change in compared.changes:
            if change.delta is not None and "lower bound" not in change.noise_source:
                assert change.standard_error is not None  # noqa: S101 - a figure has its error
                assert change.smallest_detectable_change is not None  # noqa: S101
                pairs.append(
                    (
                        change.delta,
                        change.standard_error,
                        change.smallest_detectable_change,
                        change.region == "area",
                    )
                )
    return single, pairs


def _known(found: Sequence[FoundDepth], kind: ScarKind) -> NDArray[np.float64]:
    """True depth, measured depth and its error of the scars of one kind that were found."""
    rows = [
        (one.scar.depth_mm, one.depth_mm, one.error_mm)
        for one in found
        if one.scar.kind is kind and one.depth_mm is not None
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _truth_figures(found: Sequence[FoundDepth]) -> list[LabFigure]:
    """Found, slope, mean error and honesty of the error per kind of scar."""
    figures = []
    for kind in ScarKind:
        name, planted = kind.value.replace("_", "-"), [f for f in found if f.scar.kind is kind]
        share = 100.0 * float(np.mean([f.depth_mm is not None for f in planted]))
        typed = 100.0 * float(np.mean([f.kind == kind.value for f in planted if f.kind]))
        figures.append(LabFigure(f"{name}: found", share, "%", note=f"{len(planted)} planted"))
        figures.append(LabFigure(f"{name}: type called right", typed, "%"))
        true, read, error = _known(found, kind).T
        missed = read - true
        note = (
            f"n {len(true)}; SD {missed.std():.3f} mm; {100 * np.mean(read / true):.0f} % of truth"
        )
        if kind not in CREDIBLE:
            figures.append(
                LabFigure(
                    f"{name}: mean error (a lower bound)", float(missed.mean()), "mm", note=note
                )
            )
            continue
        slope = float(np.polyfit(true, read, 1)[0])
        figures.append(_between(f"{name}: slope over true depth", slope, "", _SLOPE, note=note))
        figures.append(
            at_most(f"{name}: mean error, size of", abs(float(missed.mean())), "mm", _MEAN_ERROR_MM,
                    note="shallower than true" if missed.mean() < 0 else "deeper than true")
        )  # fmt: skip
        # The constant share that scattering takes is stated, not part of the error.
        about = (read - np.mean(read / true) * true) / error
        figures.append(honest(f"{name}: scatter about truth over predicted error", about))
    return figures


def _pair_figures(pairs: Sequence[tuple[float, float, float, bool]]) -> list[LabFigure]:
    """Smallest detectable change, honesty and false alarms between two sessions."""
    figures = []
    for name, whole in (("one scar", False), ("all scars of the area", True)):
        rows = np.array([row[:3] for row in pairs if row[3] is whole])
        delta, error, least = rows.T
        figures.append(
            at_most(f"smallest detectable change, {name}", float(np.median(least)), "mm", _SDC_MM,
                    note=f"n {len(rows)}; 95 % below {np.percentile(least, 95):.3f} mm; "
                    f"observed SD of no change {np.sqrt((delta**2).mean()):.4f} mm")
        )  # fmt: skip
        if len(rows) >= 2:
            figures.append(honest(f"change over predicted error, {name}", delta / error))
        alarms = 100.0 * float(np.mean(np.abs(delta) >= least))
        figures.append(at_most(f"false alarms, {name}", alarms, "%", 5.0, note=f"n {len(rows)}"))
    return figures


def honest(name: str, ratio: NDArray[np.float64]) -> LabFigure:
    """Root mean square of errors over their predicted size: 1 is honest."""
    value = float(np.sqrt((ratio**2).mean()))
    spread = value / np.sqrt(2 * len(ratio))
    if len(ratio) < _LEAST_TRIES:
        return LabFigure(name, value, "", note=f"n {len(ratio)}: too few to judge")
    return _between(
        name,
        value,
        "",
        (1 - _ERROR_WITHIN, 1 + _ERROR_WITHIN),
        note=f"n {len(ratio)}, +- {spread:.2f}",
    )


def _between(
    name: str, value: float, unit: str, limits: tuple[float, float], *, note: str = ""
) -> LabFigure:
    low, high = limits
    return LabFigure(name, value, unit, f"{low:g} to {high:g}", low <= value <= high, note)


def _dose_figures(
    rng: np.random.Generator, skins: int, *, doses: Sequence[float]
) -> list[LabFigure]:
    """Scars made shallower step by step: does the figure follow, and is it called right?"""
    ranks, right, slopes = [], [], []
    for seed in range(100, 100 + skins):
        scars = drawn_scars(seed)
        _, first = session_of(seed, scars, rng, moved=False)
        before = float(np.mean([s.depth_mm for s in scars if s.kind in CREDIBLE]))
        told, true = [0.0], [0.0]
        for dose in doses:
            less = [replace(scar, depth_mm=scar.depth_mm * dose) for scar in scars]
            _, then = session_of(seed, less, rng, moved=True)
            compared = compare_solved(first, then).comparison
            (area,) = (c for c in compared.changes if c.region == "area")
            if area.delta is None:
                continue
            told.append(area.delta)
            true.append(before * (dose - 1.0))
            right.append(area.verdict.value == "improved")
        ranks.append(float(spearmanr(true, told).statistic))
        slopes.append(float(np.polyfit(true, told, 1)[0]))
    steps = ", ".join(f"{100 * (dose - 1):.0f} %" for dose in doses)
    return [
        at_least("dose-response, Spearman", float(np.median(ranks)), "", 0.97, note=steps),
        _between("dose-response, slope of change", float(np.mean(slopes)), "", _SLOPE),
        at_least(
            "doses called improved",
            100.0 * float(np.mean(right)),
            "%",
            90.0,
            note=f"n {len(right)}",
        ),
    ]
