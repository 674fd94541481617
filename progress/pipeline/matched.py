"""The change of pore density, told by the same pores: every place looked at in both photos.

Counted alone, each photo drops other faint pores. So what a photo shows is told as the baseline's
value plus the change between the places of both (`progress.metrics.matched_pores`), and simulated
re-shoots are told the same way, so that the error is the error of this figure. Antisymmetric but
for the baseline's regions, because the places are those of both photos, and exactly 0 for the same
picture. Where no map leads from one photo to the other, each is counted alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from progress.metrics import Analysis
from progress.metrics.blobs import PORE_PX_PER_MM
from progress.metrics.matched_pores import PairedPores, PointMap, Points, pair_pores
from progress.model import Estimate, NotAligned, NotMeasured, Registration
from progress.model.checks import BoolArray
from progress.pipeline.measured_shot import MeasuredShot
from progress.pipeline.picture import Outcomes, Picture
from progress.regions import rasterise_tight

METRIC = "pore_density"
_UNSEEN = -1e6
"""A pixel beyond every patch: what is mapped there is not seen, and no not-a-number is rounded."""
_STEPS = 8
"""Of the inverse map. What one overall affine motion leaves shrinks at least threefold in each."""
_CLOSED_MM = 0.02
"""A place that the inverse map does not bring back to itself this nearly is not used."""
_LEAST_SKIN = 50
"""Pixels of valid skin below which the overall motion is not fitted."""
_WAVES, _WAVE_MM = 12, (10.0, 40.0)
"""A field is smooth over millimetres, and its errors over about a centimetre and more."""
_UNPLAYED_WIDE, _UNPLAYED_LOCAL, _LOCAL_CM2 = 0.35, 0.5, 10.0
"""Pores per cm2 by which pairs of rendered heads of unchanged skin scatter, of any region and, in
addition, of one up to that large. A re-shoot bends and develops one picture: no pore is lit or seen
anew, so pores that are paired with their own source agree too well (tried: false alarms in 5 of 12
regions of a pair)."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A photo that was measured: what pores can be paired on.

    Parameters
    ----------
    picture : Picture
    analysis : Analysis
        Of that picture.
    outcomes : Outcomes
        Counted on it alone.
    """

    picture: Picture = field(repr=False)
    analysis: Analysis = field(repr=False)
    outcomes: Outcomes = field(repr=False)

    @classmethod
    def at(cls, shot: MeasuredShot) -> Looked | None:
        """A shot of a visit, or None where nothing could be measured."""
        if shot.picture is None or shot.analysis is None:
            return None
        return cls(shot.picture, shot.analysis, shot.outcomes)


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """Where the baseline's patch lies in the patch of another photo.

    Parameters
    ----------
    place : callable
        Pixels of the other's patch of pixels of the baseline's, shape (N, 2) to (N, 2); finite.
    vouched : callable
        Whether the map may be used at pixels of the baseline's patch, shape (N, 2) to (N,).
    """

    place: PointMap
    vouched: Callable[[Points], BoolArray]


def everywhere(xy: Points) -> BoolArray:
    """True for every point, shape (N,): of a map that is exact."""
    return np.ones(len(xy), dtype=bool)


def with_same_pores(
    baseline: MeasuredShot, shot: MeasuredShot, registration: Registration | NotAligned | None
) -> MeasuredShot:
    """A shot whose pore densities are told against the first baseline shot.

    Parameters
    ----------
    baseline, shot : MeasuredShot
        The first baseline shot and any other, of that visit or a later one.
    registration : Registration or NotAligned or None
        From the one to the other.

    Returns
    -------
    MeasuredShot
        As it came, with plain counts, where there is no map or one of them was not measured.
    """
    first, other = Looked.at(baseline), Looked.at(shot)
    if first is None or other is None or not isinstance(registration, Registration):
        return shot
    carried = by_registration(registration, first.picture, other.picture)
    return replace(shot, outcomes=paired_outcomes(first, other, carried))


def paired_outcomes(baseline: Looked, other: Looked, carried: Carried) -> Outcomes:
    """The other photo's outcomes, its pore densities told by the pores of both.

    Parameters
    ----------
    baseline, other : Looked
        Brought to one point spread.
    carried : Carried

    Returns
    -------
    dict
        In every region that both counted, ``a + (n_b - n_a) / (n_a + n_b) * (a + b)``: `a` and `b`
        the densities counted alone, `n` the sums of weights over the places of both; at least 0.
        Counted alone where no place is seen in both, and where one photo has no figure.
    """
    keys = [
        key
        for key, after in other.outcomes.items()
        if key[0] == METRIC
        and isinstance(after, Estimate)
        and isinstance(baseline.outcomes.get(key), Estimate)
    ]
    pores = _paired(baseline, other, carried) if keys else None
    outcomes = dict(other.outcomes)
    if pores is None:
        return outcomes
    for key in keys:
        before, after = baseline.outcomes[key], other.outcomes[key]
        polygon = baseline.picture.polygons[key[1]]
        # Given by `keys`; told again for the types.
        if not (isinstance(before, Estimate) and isinstance(after, Estimate)):
            continue
        if isinstance(polygon, NotMeasured):
            continue
        inside = _inside(pores, baseline, polygon)
        n_before = float(pores.baseline_weight[inside].sum(dtype=np.float64))
        n_after = float(pores.followup_weight[inside].sum(dtype=np.float64))
        if n_before + n_after > 0:
            share = (n_after - n_before) / (n_after + n_before)
            value = before.value + share * (before.value + after.value)
            outcomes[key] = replace(after, value=max(0.0, value))
    return outcomes


def by_registration(registration: Registration, baseline: Picture, other: Picture) -> Carried:
    """The map of a registration between the crops of two photos.

    Parameters
    ----------
    registration : Registration
    baseline, other : Picture
        Of its two photos.
    """
    rows, columns = registration.valid.shape

    def place(xy: Points) -> Points:
        return _in_crop(other, registration.map_points(_in_photo(baseline, xy)))

    def vouched(xy: Points) -> BoolArray:
        column, row = np.rint(_in_photo(baseline, xy) / registration.step).astype(int).T
        on_grid = (column >= 0) & (row >= 0) & (column < columns) & (row < rows)
        on_grid[on_grid] = registration.valid[row[on_grid], column[on_grid]]
        return np.asarray(on_grid)

    return Carried(place, vouched)


def with_error(
    carried: Carried, rms_px: float, px_per_mm: float, rng: np.random.Generator
) -> Carried:
    """A map that is off by a smooth random error, as one that was found by registration is.

    Parameters
    ----------
    carried : Carried
        Exact.
    rms_px : float
        Root mean square length of the error, pixels of the other's patch.
    px_per_mm : float
        Of the baseline's patch.
    rng : numpy.random.Generator
    """
    length_px = rng.uniform(*_WAVE_MM, _WAVES) * px_per_mm
    toward = rng.uniform(0.0, 2 * math.pi, _WAVES)
    waves = np.stack([np.cos(toward), np.sin(toward)]) * (2 * math.pi / length_px)
    phases = rng.uniform(0.0, 2 * math.pi, (2, _WAVES))
    height = rms_px / math.sqrt(_WAVES)

    def place(xy: Points) -> Points:
        angles = xy @ waves
        errors = [height * np.cos(angles + phase).sum(axis=1) for phase in phases]
        return np.asarray(carried.place(xy) + np.stack(errors, axis=1))

    return Carried(place, carried.vouched)


def with_unplayed(baseline: Looked, outcomes: Outcomes, rng: np.random.Generator) -> Outcomes:
    """A re-shoot's outcomes, pore densities moved by what another lamp and view do and it does not.

    Parameters
    ----------
    baseline : Looked
        That was shot again.
    outcomes : Outcomes
        From `paired_outcomes`.
    rng : numpy.random.Generator

    Returns
    -------
    dict
        Each density off by a normal error of 0.35 per cm2 and, in regions below 10 cm2, another of
        0.5, less in larger ones; independent from region to region.
    """
    moved = dict(outcomes)
    for key, outcome in outcomes.items():
        counted = baseline.outcomes.get(key)
        if key[0] == METRIC and isinstance(outcome, Estimate) and isinstance(counted, Estimate):
            skin = baseline.analysis.skin(PORE_PX_PER_MM)
            area_cm2 = counted.n_px / (100 * skin.px_per_mm**2)
            local = _UNPLAYED_LOCAL * math.sqrt(min(1.0, _LOCAL_CM2 / area_cm2))
            error = rng.normal(0.0, math.hypot(_UNPLAYED_WIDE, local))
            moved[key] = replace(outcome, value=outcome.value + float(error))
    return moved


def _paired(baseline: Looked, other: Looked, carried: Carried) -> PairedPores | None:
    """Pores of both photos, or None where too little skin is common to tell the overall motion."""
    rows, columns = np.nonzero(baseline.analysis.patch.mask)
    # A few thousand pixels tell six numbers.
    few = slice(None, None, max(1, rows.size // 4000))
    skin = np.stack([columns[few], rows[few]], axis=1).astype(np.float64)
    skin = skin[carried.vouched(skin)]
    if len(skin) < _LEAST_SKIN:
        return None
    design = np.column_stack([skin, np.ones(len(skin))])
    motion = np.linalg.lstsq(design, carried.place(skin), rcond=None)[0]
    turn = np.linalg.inv(motion[:2])
    closed_px = _CLOSED_MM * other.analysis.patch.px_per_mm

    def there(xy: Points) -> Points:
        return np.asarray(np.where(carried.vouched(xy)[:, np.newaxis], carried.place(xy), _UNSEEN))

    def back(xy: Points) -> Points:
        found = (xy - motion[2]) @ turn
        for _ in range(_STEPS):
            found = found + (xy - carried.place(found)) @ turn
        closed = np.hypot(*(xy - carried.place(found)).T) < closed_px
        return np.asarray(
            np.where((closed & carried.vouched(found))[:, np.newaxis], found, _UNSEEN)
        )

    return pair_pores(
        baseline.analysis, other.analysis, followup_from_baseline=there, baseline_from_followup=back
    )


def _inside(pores: PairedPores, baseline: Looked, polygon: NDArray[np.float64]) -> BoolArray:
    """Which places lie on the region's skin of the baseline, as the plain count cuts it."""
    picture, skin = baseline.picture, baseline.analysis.patch.mask
    where, (top, left) = rasterise_tight(polygon, picture.box_px, picture.scale)
    rows, columns = where.shape
    where &= skin[top : top + rows, left : left + columns]
    column, row = (np.rint(pores.baseline_xy).astype(int) - (left, top)).T
    inside = (column >= 0) & (row >= 0) & (column < columns) & (row < rows)
    inside[inside] = where[row[inside], column[inside]]
    return np.asarray(inside)


def _to_crop(picture: Picture) -> NDArray[np.float64]:
    """Crop pixels per photo pixel across and down: a crop has whole pixels."""
    left, top, right, bottom = picture.box_px
    rows, columns = picture.linear.shape[:2]
    return np.array([columns / (right - left), rows / (bottom - top)])


def _in_photo(picture: Picture, xy: Points) -> Points:
    """Pixels of the crop as pixels of the photo."""
    return np.asarray((xy + 0.5) / _to_crop(picture) - 0.5 + picture.box_px[:2])


def _in_crop(picture: Picture, xy: Points) -> Points:
    """Pixels of the photo as pixels of the crop."""
    return np.asarray((xy - picture.box_px[:2] + 0.5) * _to_crop(picture) - 0.5)
