"""Scar depth in millimetres held against phantoms of known depth.

``progress validate depth [--quick]`` prints every figure of docs/depth.md. Scars, skin
tone, lamps, camera, place of the client and motion are drawn anew for every set; what the
measurement is told of the lamps is wrong by a degree, as a table written by hand is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from progress.imaging import DecodedPhoto
from progress.lab.figures import LabFigure, at_least, at_most
from progress.model import Scale, ScaleSource
from progress.phantom.camera import Camera
from progress.phantom.features import Scar, ScarKind
from progress.phantom.multilight import MultiLightSet, Rig, Stance, photograph, scarred_skin
from progress.phantom.planting import scatter_scars
from progress.phantom.skin import SKIN_TONES, SkinMaps
from progress.pipeline.depth import SolvedSet, depth_answer, solve_opened
from progress.pipeline.depth_change import compare_solved
from progress.pipeline.depth_set import DepthSet, mean_picture
from progress.pipeline.options import Step, silent

_SIZE_MM: Final = (40.0, 30.0)
_COUNTS: Final = {ScarKind.ROLLING: 2, ScarKind.BOXCAR: 3, ScarKind.ICE_PICK: 1}
_TOLD_ERROR_DEG: Final = 1.0
_CREDIBLE: Final = (ScarKind.BOXCAR, ScarKind.ROLLING)
_NEAR_MM: Final = 0.6
_DOSES: Final = (0.85, 0.7, 0.5, 0.3)
_SDC_MM, _MEAN_ERROR_MM = 0.04, 0.03
_SLOPE: Final = (0.9, 1.05)
_ERROR_WITHIN: Final = 0.2
_LEAST_TRIES: Final = 40
"""Fewer tell the size of an error to no better than 11 %: printed, not judged."""
_POWERS: Final = (1.0, 1.15, 0.9, 1.1, 0.85, 1.0, 1.1, 0.9)
_QUICK_TRIALS: Final = ("10 % ambient left in",)


@dataclass(frozen=True, slots=True)
class _Found:
    """One planted scar and what was measured of it; None where it was not found."""

    scar: Scar
    depth_mm: float | None
    error_mm: float | None
    kind: str | None


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
    figures += _robustness(rng, 1 if quick else 3, quick=quick)
    return figures


def open_rendered(
    made: MultiLightSet,
    *,
    told: NDArray[np.float64] | None = None,
    ambient: float = 1.0,
) -> DepthSet:
    """A rendered set as it is after reading, without going through files.

    Parameters
    ----------
    made : MultiLightSet
    told : ndarray, shape (lamps, 3), optional
        Directions as the table has them; the true ones if absent.
    ambient : float
        Share of the lamp-off light that the lamp-off picture shows.
    """
    pictures = [DecodedPhoto.from_codes(codes) for codes in made.pictures]
    lit = tuple(pictures[:-1])
    off = pictures[-1:]
    if ambient == 0.0:
        off = [DecodedPhoto.from_codes(np.zeros_like(made.pictures[-1]))]
    return DepthSet(
        lit=lit,
        lamp_off=tuple(off),
        lamps=made.rig.units if told is None else told,
        direction_error_deg=_TOLD_ERROR_DEG,
        light_source="table",
        scale=Scale(made.px_per_mm, 0.01, ScaleSource.GIVEN),
        mean=mean_picture(lit),
        landmarks=None,
        skin=None,
    )


def told_wrong(
    lamps: NDArray[np.float64], error_deg: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Directions that are each wrong by `error_deg` along each of two axes."""
    push = rng.normal(0.0, np.radians(error_deg), lamps.shape)
    push -= (push * lamps).sum(axis=1, keepdims=True) * lamps
    wrong = lamps + push
    return np.asarray(wrong / np.linalg.norm(wrong, axis=1, keepdims=True))


def _drawn_rig(rng: np.random.Generator) -> Rig:
    return Rig.ring(
        8,
        slant_deg=float(rng.uniform(35, 45)),
        start_deg=float(rng.uniform(0, 45)),
        ambient=float(rng.uniform(0.01, 0.08)),
    )


def _drawn_camera(rng: np.random.Generator) -> Camera:
    return Camera(jpeg_quality=int(rng.integers(88, 96)), exposure_ev=float(rng.uniform(-0.3, 0.1)))


def _drawn_stance(rng: np.random.Generator, *, moved: bool) -> Stance:
    if not moved:
        return Stance(motion_px=0.3)
    x, y = rng.uniform(-6, 6, 2)
    roll, zoom = rng.uniform(-3, 3), rng.uniform(0.97, 1.03)
    return Stance((float(x), float(y)), float(roll), float(zoom), motion_px=0.3)


def _scars(seed: int, counts: dict[ScarKind, int] | None = None) -> tuple[Scar, ...]:
    return scatter_scars(
        np.random.default_rng(seed), _SIZE_MM, counts=counts or _COUNTS, border_mm=4.5
    )


def _session(
    seed: int, scars: Sequence[Scar], rng: np.random.Generator, *, moved: bool
) -> tuple[MultiLightSet, SolvedSet]:
    """One session of one client, rendered and solved."""
    maps = scarred_skin(seed, scars, tone=SKIN_TONES[seed % len(SKIN_TONES)], size_mm=_SIZE_MM)
    rig, camera = _drawn_rig(rng), _drawn_camera(rng)
    made = photograph(maps, scars, rig, rng, camera=camera, stance=_drawn_stance(rng, moved=moved))
    told = told_wrong(rig.units, _TOLD_ERROR_DEG, rng)
    return made, solve_opened(open_rendered(made, told=told))


def _found(made: MultiLightSet, solved: SolvedSet) -> list[_Found]:
    """Every planted scar with the nearest one measured."""
    measured = depth_answer(solved).scars
    out = []
    for scar, xy in zip(made.scars, made.scars_xy(), strict=True):
        near = [
            one
            for one in measured
            if np.hypot(*(np.array(one.centre_xy) - xy)) < _NEAR_MM * made.px_per_mm
            and one.depth_mm is not None
        ]
        if near:
            out.append(_Found(scar, near[0].depth_mm, near[0].standard_error_mm, near[0].kind))
        else:
            out.append(_Found(scar, None, None, None))
    return out


def _sets(
    rng: np.random.Generator, skins: int
) -> tuple[list[_Found], list[tuple[float, float, float, bool]]]:
    """Scars of many sets against truth, and their changes between sessions of unchanged skin."""
    single: list[_Found] = []
    pairs: list[tuple[float, float, float, bool]] = []
    for seed in range(skins):
        scars = _scars(seed)
        first, then = (_session(seed, scars, rng, moved=moved) for moved in (False, True))
        single += [*_found(*first), *_found(*then)]
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


def _known(found: Sequence[_Found], kind: ScarKind) -> NDArray[np.float64]:
    """True depth, measured depth and its error of the scars of one kind that were found."""
    rows = [
        (one.scar.depth_mm, one.depth_mm, one.error_mm)
        for one in found
        if one.scar.kind is kind and one.depth_mm is not None
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _truth_figures(found: Sequence[_Found]) -> list[LabFigure]:
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
        if kind not in _CREDIBLE:
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
        figures.append(_honest(f"{name}: scatter about truth over predicted error", about))
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
            figures.append(_honest(f"change over predicted error, {name}", delta / error))
        alarms = 100.0 * float(np.mean(np.abs(delta) >= least))
        figures.append(at_most(f"false alarms, {name}", alarms, "%", 5.0, note=f"n {len(rows)}"))
    return figures


def _honest(name: str, ratio: NDArray[np.float64]) -> LabFigure:
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
        scars = _scars(seed)
        _, first = _session(seed, scars, rng, moved=False)
        before = float(np.mean([s.depth_mm for s in scars if s.kind in _CREDIBLE]))
        told, true = [0.0], [0.0]
        for dose in doses:
            less = [replace(scar, depth_mm=scar.depth_mm * dose) for scar in scars]
            _, then = _session(seed, less, rng, moved=True)
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


@dataclass(frozen=True, slots=True)
class _Trial:
    """One thing that goes wrong."""

    name: str
    rig: dict[str, Any]
    camera: Camera
    motion_px: float = 0.0
    told_error_deg: float = 0.0
    radius_mm: float = np.inf
    ambient: float = 1.0


def _trials() -> tuple[_Trial, ...]:
    plain, off = Camera(jpeg_quality=92), {"ambient": 0.03}
    return (
        _Trial("nothing wrong", off, plain),
        _Trial("four lamps", {**off, "lamps": 4}, plain),
        _Trial("10 % ambient left in", {"ambient": 0.1}, plain, ambient=0.0),
        _Trial("lamps told 5 deg wrong", off, plain, told_error_deg=5.0),
        _Trial("0.5 px motion", off, plain, motion_px=0.5),
        _Trial("2 px motion", off, plain, motion_px=2.0),
        _Trial("lamps 300 mm away", {**off, "distance_mm": 300.0}, plain),
        _Trial("a cheek of 80 mm radius", off, plain, radius_mm=80.0),
        _Trial("lamps unequal by 15 %", {**off, "powers": _POWERS}, plain),
        _Trial("no polarisers, gloss 0.25", {**off, "polarised": False}, plain),
        _Trial("tone curve 25 %, sharpened", off, replace(plain, tone=0.25, sharpening=0.4)),
        _Trial("JPEG of quality 75", off, replace(plain, jpeg_quality=75)),
        _Trial("no JPEG, 8 bits", off, replace(plain, jpeg_quality=None)),
    )  # fmt: skip


def _robustness(rng: np.random.Generator, skins: int, *, quick: bool) -> list[LabFigure]:
    """Depth over truth where one thing goes wrong; abstention beside it."""
    figures = []
    tones = (1,) if quick else (1, 3, 5)
    for trial in _trials():
        if quick and trial.name not in _QUICK_TRIALS:
            continue
        ratios: dict[ScarKind, list[float]] = {kind: [] for kind in ScarKind}
        blocked = asked = 0
        for seed in range(200, 200 + skins):
            tone = SKIN_TONES[tones[seed % len(tones)]]
            scars = _scars(seed)
            maps = _domed(scarred_skin(seed, scars, size_mm=_SIZE_MM, tone=tone), trial.radius_mm)
            lamps = trial.rig.get("lamps", 8)
            rig = Rig.ring(**{"lamps": lamps, **trial.rig})
            made = photograph(
                maps, scars, rig, rng, camera=trial.camera, stance=Stance(motion_px=trial.motion_px)
            )
            told = told_wrong(rig.units, trial.told_error_deg, rng)
            solved = solve_opened(open_rendered(made, told=told, ambient=trial.ambient))
            asked += 1
            blocked += solved.blocked is not None
            for one in _found(made, solved):
                if one.depth_mm is not None:
                    ratios[one.scar.kind].append(one.depth_mm / one.scar.depth_mm)
        told_of = [r for kind in _CREDIBLE for r in ratios[kind]]
        parts = [_spread(kind, values) for kind, values in ratios.items() if values]
        parts.append(f"refused {blocked} of {asked}")
        figures.append(
            LabFigure(
                f"{trial.name}: boxcar and rolling over truth",
                100.0 * float(np.mean(told_of)) if told_of else None,
                "%",
                note="; ".join(parts),
            )
        )
    return figures


def _domed(maps: SkinMaps, radius_mm: float) -> SkinMaps:
    """The same skin on a ball."""
    rows, columns = maps.shape
    y, x = np.mgrid[0:rows, 0:columns]
    r2 = ((x - columns / 2) ** 2 + (y - rows / 2) ** 2) / maps.px_per_mm**2
    return maps.replace(height_mm=maps.height_mm - (r2 / (2.0 * radius_mm)).astype(np.float32))


def _spread(kind: ScarKind, ratios: list[float]) -> str:
    """Mean and spread in per cent."""
    name = kind.value.replace("_", "-")
    return f"{name} {100 * np.mean(ratios):.0f} +- {100 * np.std(ratios):.0f}"
