"""Two multi-light sets of one skin: the same scars measured in both, and what became of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from progress.model import (
    Change,
    Comparability,
    Comparison,
    JudgedPhoto,
    Need,
    NotAligned,
    PairCheck,
    QualityReport,
    Refused,
    Region,
    Registration,
    Scale,
    Verdict,
)
from progress.pipeline.depth import SolvedSet, hollows_in, solve_set
from progress.pipeline.depth_pair import (
    DepthPair,
    depth_pair,
    read_both,
    same_skin,
    taken_on,
    zoom_of,
)
from progress.pipeline.options import Options, Step, silent
from progress.regions import body_regions, face_regions
from progress.relief import Hollow, HollowKind, Reading, repeat_error
from progress.relief.result import (
    BETTER,
    METRIC_ID,
    METRIC_VERSION,
    UNIT,
)
from progress.stats.noise import t_quantile


@dataclass(frozen=True, slots=True, eq=False)
class ComparedDepth:
    """Two sets compared, and the solved sets for pictures; None where one was refused."""

    comparison: Comparison
    baseline: SolvedSet | None = field(default=None, repr=False)
    followup: SolvedSet | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The skin found again, and the baseline's scale."""

    registration: Registration
    px_per_mm: float


def compare_depth(
    baseline: Path, followup: Path, options: Options | None = None, step: Step = silent
) -> ComparedDepth:
    """What became of the depth of every scar between two multi-light sets.

    Parameters
    ----------
    baseline, followup : Path
        Folders: see docs/depth.md.
    options : Options, optional
        Regions are in pixels of the baseline's pictures; a given scale is the baseline's.
    step : Step

    Returns
    -------
    ComparedDepth
        Regions are the whole skin, what the user drew, and each scar of the baseline as
        ``scar_1``, ``scar_2`` from the deepest on.

    Raises
    ------
    BadInput
        If a folder, its table or a picture cannot be read.
    """
    chosen = options or Options()
    solved: list[SolvedSet] = []
    for source in (baseline, followup):
        try:
            solved.append(solve_set(source, chosen, step))
        except Refused as refusal:
            return _refused(f"{source.name}: {refusal.message}; {refusal.advice}", solved)
    return compare_solved(solved[0], solved[1], chosen.user_regions)


def compare_solved(
    first: SolvedSet, then: SolvedSet, user_regions: Sequence[Region] = ()
) -> ComparedDepth:
    """What became of every scar between two solved sets; see `compare_depth`."""
    registration = same_skin(first, then)
    checks: tuple[PairCheck, ...] = ()
    if isinstance(registration, NotAligned):
        checks = (_failed("same_skin", registration.reason),)
        changes = tuple(
            _absent(region.name, registration.reason) for region in _regions(first, user_regions)
        )
    else:
        changes = _changes(first, then, registration, user_regions)
    seen = (
        _Seen(registration, first.opened.scale.px_per_mm)
        if isinstance(registration, Registration)
        else None
    )
    comparison = Comparison(
        baseline=_photos(first, None),
        followup=_photos(then, seen),
        comparability=Comparability(checks),
        registration=registration,
        changes=changes,
        affected=_affected,
        simulated=any(photo.provenance.simulated for photo in first.opened.photos),
    )
    return ComparedDepth(comparison, first, then)


def _affected(_needs: Collection[Need]) -> list[str]:
    """A multi-light set is asked for depth alone."""
    return [METRIC_ID]


def _refused(reason: str, solved: Sequence[SolvedSet]) -> ComparedDepth:
    """A comparison of sets of which one cannot be judged at all."""
    comparison = Comparison(
        baseline=_photos(solved[0], None) if solved else (),
        followup=(),
        comparability=Comparability((_failed("same_skin", reason),)),
        registration=NotAligned(reason),
        changes=(_absent("area", reason),),
        affected=_affected,
    )
    return ComparedDepth(comparison)


def _failed(check: str, reason: str) -> PairCheck:
    return PairCheck(
        check, None, "", None, passed=False, advice=reason, touches=frozenset({Need.ANY})
    )


def _photos(solved: SolvedSet, known: _Seen | None) -> tuple[JudgedPhoto, ...]:
    """The photo blocks; a follow-up has the baseline's scale times how much nearer it was taken."""
    scale = solved.opened.scale
    if known is not None:
        nearer = zoom_of(known.registration)
        scale = Scale(known.px_per_mm * nearer, scale.relative_error, scale.source)
    return tuple(
        JudgedPhoto(photo.provenance, scale, QualityReport(())) for photo in solved.opened.photos
    )


def days_between(first: SolvedSet, then: SolvedSet) -> float | None:
    """Days between two sets where their files tell."""
    before, after = taken_on(first), taken_on(then)
    return float((after - before).days) if before and after else None


def _regions(first: SolvedSet, user_regions: Sequence[Region]) -> list[Region]:
    """The whole skin, the face's regions, what the user drew."""
    opened = first.opened
    own = (
        face_regions(opened.landmarks)[::-1]
        if opened.landmarks is not None
        else body_regions(opened.mean.size_px)
    )
    return [*own, *user_regions]


def _changes(
    first: SolvedSet,
    then: SolvedSet,
    registration: Registration,
    user_regions: Sequence[Region],
) -> tuple[Change, ...]:
    """One change per region that holds a scar, and per scar."""
    pair = depth_pair(first, then, registration)
    days = days_between(first, then)
    readings = {id(hollow): read_both(pair, hollow) for hollow in first.hollows}
    changes = []
    drawn = {region.name for region in user_regions}
    for region in _regions(first, user_regions):
        held = hollows_in(first, region)
        if held or region.name in drawn or region.name in ("area", "whole_face"):
            changes.append(_of_region(pair, region.name, held, readings, days))
    for number, hollow in enumerate(first.hollows, start=1):
        changes.append(_change(pair, f"scar_{number}", [hollow], readings, days))
    return tuple(changes)


def _of_region(
    pair: DepthPair,
    name: str,
    held: list[Hollow],
    readings: dict[int, tuple[Reading, Reading] | str],
    days: float | None,
) -> Change:
    """The mean depth of a region's scars, ice-picks left out where there are others."""
    if not held:
        return _absent(name, "no scar deeper than 0.06 mm was found here at baseline", days=days)
    credible = [hollow for hollow in held if hollow.kind is not HollowKind.ICE_PICK]
    return _change(pair, name, credible or held, readings, days)


def _change(
    pair: DepthPair,
    name: str,
    held: list[Hollow],
    readings: dict[int, tuple[Reading, Reading] | str],
    days: float | None,
) -> Change:
    """The mean depth of some scars in both sets."""
    found = [readings[id(hollow)] for hollow in held]
    known = [both for both in found if not isinstance(both, str)]
    if not known:
        return _absent(name, next(why for why in found if isinstance(why, str)), days=days)
    before = float(np.mean([one.depth_mm for one, _ in known]))
    after = float(np.mean([two.depth_mm for _, two in known]))
    first_error, first_freedom = repeat_error(pair.first.relief, [one for one, _ in known])
    then_error, then_freedom = repeat_error(pair.relief, [two for _, two in known])
    error = math.hypot(first_error, then_error)
    freedom = _freedom(first_error, first_freedom, then_error, then_freedom)
    least = t_quantile(freedom) * error
    delta = after - before
    if abs(delta) < least or delta == 0.0:
        verdict = Verdict.WITHIN_NOISE
    else:
        verdict = Verdict.IMPROVED if delta < 0 else Verdict.WORSE
    return Change(
        metric=METRIC_ID,
        metric_version=METRIC_VERSION,
        region=name,
        unit=UNIT,
        better=BETTER,
        baseline=before,
        followup=after,
        delta=delta,
        standard_error=error,
        smallest_detectable_change=least,
        verdict=verdict,
        noise_source=_source(pair, held, len(known)),
        days=days,
    )


def _freedom(first: float, first_freedom: float, then: float, then_freedom: float) -> float:
    """Degrees of freedom of a sum of two variances (Satterthwaite 1946, doi:10.2307/3002019)."""
    total = (first**2 + then**2) ** 2
    return total / max(first**4 / first_freedom + then**4 / then_freedom, 1e-30)


def _source(pair: DepthPair, held: list[Hollow], known: int) -> str:
    """What the error rests on, and what the figure is a figure of."""
    lamps = f"{len(pair.first.relief.lamps)} and {len(pair.relief.lamps)} lamps against each other"
    words = f"{lamps}; mean of {known} of {len(held)} scars" if len(held) > 1 else lamps
    if all(hollow.kind is HollowKind.ICE_PICK for hollow in held):
        words += "; ice-pick: both depths are lower bounds"
    if pair.first.caution or pair.then.caution:
        words += "; without a lamp-off picture both depths are lower bounds"
    return words


def _absent(region: str, reason: str, *, days: float | None = None) -> Change:
    """No figure, and why."""
    return Change(
        metric=METRIC_ID,
        metric_version=METRIC_VERSION,
        region=region,
        unit=UNIT,
        better=BETTER,
        baseline=None,
        followup=None,
        delta=None,
        standard_error=None,
        smallest_detectable_change=None,
        verdict=Verdict.NOT_COMPARABLE,
        reason=reason,
        days=days,
    )
