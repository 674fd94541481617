"""Phantom skin as patches, rendered once per test run."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np

from progress.colour.axes import axes_for_ita
from progress.metrics import Analysis, Metric, get_metric
from progress.model import Estimate, Outcome, Patch, ReferenceSkin, RegionKind
from progress.phantom import colour_doses, mark_doses, relief_doses, scar_doses
from progress.phantom.flat_skin import FlatSkin, Setting
from progress.phantom.skin import SKIN_TONES
from progress.phantom.spectra import ita_of
from progress.regions import rasterise

SEVERITIES = (0.0, 0.25, 0.5, 0.75, 1.0)
SEEDS = (1, 2)
TONES = (1, 3, 4)
"""Light, tan and brown of `SKIN_TONES`."""
TONES_WITH_BLUE = (1, 2, 3)
"""Light, intermediate and tan."""


@functools.cache
def skin(
    dose: str, severity: float, seed: int = 1, *, px_per_mm: float = 12.0, tone: int = 1
) -> FlatSkin:
    setting = Setting(skin_tone=SKIN_TONES[tone])
    module = next(
        one for one in (mark_doses, colour_doses, relief_doses, scar_doses) if hasattr(one, dose)
    )
    return getattr(module, dose)(severity, seed=seed, px_per_mm=px_per_mm, setting=setting)


def patch_of(flat: FlatSkin, **changes: Any) -> Patch:
    ita = float(ita_of(flat.reference_linear))
    known = {
        "linear": flat.linear,
        "mask": flat.mask,
        "px_per_mm": flat.px_per_mm,
        "native_px_per_mm": flat.px_per_mm,
        "axes": axes_for_ita(ita),
        "reference": ReferenceSkin(flat.reference_od, np.full(3, 0.004), "phantom"),
    }
    return Patch(**{**known, **changes})


@functools.cache
def analysis_of(
    dose: str, severity: float, seed: int = 1, *, px_per_mm: float = 12.0, tone: int = 1
) -> Analysis:
    """Analysed once: the cheap half of every metric may ask of it."""
    return Analysis(patch_of(skin(dose, severity, seed, px_per_mm=px_per_mm, tone=tone)))


def is_of_marks(metric: Metric) -> bool:
    """Whether it is asked of nothing but what a user outlined: then its flanks are the rest."""
    return metric.asked_of == {RegionKind.DRAWN}


def region_of(metric: Metric, patch: Patch) -> Any:
    """The skin that is asked for the metric: all of it, or an outline about the dosed mark."""
    if not is_of_marks(metric):
        return patch.mask
    outline = mark_doses.Mark().outline_mm(beyond_mm=1.2) * patch.px_per_mm - 0.5
    rows, columns = patch.mask.shape
    return rasterise(outline, (0, 0, columns, rows), 1.0) & patch.mask


def measured(metric: Metric, patch: Patch) -> Outcome:
    if not is_of_marks(metric):
        return metric.measure(patch)
    return metric.pool(Analysis(patch), region_of(metric, patch))


def estimate(metric: Metric, patch: Patch) -> Estimate:
    outcome = measured(metric, patch)
    assert isinstance(outcome, Estimate), outcome
    return outcome


def value(metric_id: str, dose: str, severity: float, seed: int = 1, **how: Any) -> float:
    analysis = analysis_of(dose, severity, seed, **how)
    metric = get_metric(metric_id)
    outcome = metric.pool(analysis, region_of(metric, analysis.patch))
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


def own_dose(metric: Metric) -> str:
    return metric.phantom.__name__


def changed(patch: Patch, **changes: Any) -> Patch:
    return dataclasses.replace(patch, **changes)
