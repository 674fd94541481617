"""What a metric is, and the list of all of them.

A metric is defined once, by decorating the arithmetic that pools a field over a region::

    @metric(
        id="redness", version=1, label="Redness", unit="OD", better=Direction.LOWER,
        needs={Need.COLOUR}, min_px_per_mm=3.0, working_px_per_mm=4.0, phantom=erythema,
        source="Tsumura 2003, doi:...", field=redness_map,
    )
    def redness(analysis: Analysis, window: Window) -> Estimate: ...

The decorator checks needs, resolution and mask first and answers `NotMeasured` itself, so that an
author writes only the arithmetic. Everything else (app, store, report, lab) reads this list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.metrics.analysis import Analysis, Selection, Window
from progress.model import Direction, Need, NotMeasured, Outcome, Patch, RegionKind
from progress.model.checks import FloatArray

Pool = Callable[[Analysis, Window], Outcome]
Field = Callable[[Analysis], FloatArray]
Phantom = Callable[..., Any]
"""``(severity, *, seed, px_per_mm) -> FlatSkin``: skin on which the metric must follow severity."""

_SKIN = (RegionKind.OWN, RegionKind.DRAWN)

UNSEEN = 1.5
"""The measurement page, section 10, asks for as much where there are no repeats. Amplitudes of fine
structure need it: what each photo's compression adds to them is no two times the same."""

_LEAST_SCAR_MM2 = 0.5
"""Of a single scar: an ice-pick of 0.8 mm. A footprint is no sample of skin."""

_ROUNDING = 0.995
"""A photo of 9.96 px/mm passes for 10: the scale is not known to half a per cent."""


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """One number about skin, with everything the rest of the house needs to know of it.

    Parameters
    ----------
    id : str
        Name in the contract; never changed.
    version : int
        Raised when the algorithm changes; different versions are never compared.
    label, unit : str
        For people.
    better : Direction
        `NONE` is described and never judged.
    needs : frozenset of Need
        What a photo must serve; `Need.ANY` is always asked.
    min_px_per_mm : float
        Of the photo's own pixels on the skin, below which there is no figure.
    working_px_per_mm : float
        Finest scale at which the field is computed.
    min_area_mm2 : float
        Skin below which a region has no figure.
    asked_of : frozenset of RegionKind
        Of which regions it is asked; of others there is not even a reason.
    unseen : float
        Variance of real gaps between visits over that of rehearsed ones.
    grows_when_stored : bool
        Whether each compression adds to it.
    phantom : callable
        Synthetic skin that the metric must follow.
    source : str
        Paper or page behind the definition.
    summary : str
        What it measures, one sentence.
    """

    id: str
    version: int
    label: str
    unit: str
    better: Direction
    needs: frozenset[Need]
    min_px_per_mm: float
    working_px_per_mm: float
    min_area_mm2: float
    asked_of: frozenset[RegionKind]
    unseen: float
    grows_when_stored: bool
    phantom: Phantom = dataclass_field(repr=False)
    source: str
    summary: str
    _pool: Pool = dataclass_field(repr=False)
    _field: Field = dataclass_field(repr=False)

    def measure(self, patch: Patch) -> Outcome:
        """The metric over all masked skin of a patch.

        Parameters
        ----------
        patch : Patch
            Linear light and what is known of it.

        Returns
        -------
        Estimate or NotMeasured
            In `unit`; the standard error is that of sampling this much skin.
        """
        return self.pool(Analysis(patch), patch.mask)

    def pool(self, analysis: Analysis, where: NDArray[Any] | Selection) -> Outcome:
        """The metric over one region of an analysed picture.

        Parameters
        ----------
        analysis : Analysis
            The dear half is computed on the first call and kept there.
        where : ndarray of bool, shape of the patch, or Selection
            Region; its part on the patch's mask counts.

        Returns
        -------
        Estimate or NotMeasured
        """
        refusal = self.refusal(analysis.patch)
        if refusal is not None:
            return refusal
        selection = where if isinstance(where, Selection) else analysis.select(where)
        if selection.analysis is not analysis:
            raise ValueError("where: expected a selection of this analysis, got one of another")
        window = selection.window(self.working_px_per_mm)
        is_scar = window.kind is RegionKind.SCAR
        least_mm2 = _LEAST_SCAR_MM2 if is_scar else self.min_area_mm2
        if window.area_mm2 < least_mm2:
            return NotMeasured(
                f"only {window.area_mm2:.{int(is_scar)}f} mm2 of usable skin here, "
                f"{self.label.lower()} needs {least_mm2:.{int(is_scar)}f} mm2"
            )
        return self._pool(analysis, window)

    def map_of(self, analysis: Analysis) -> FloatArray | NotMeasured:
        """Local values over the picture of an analysis, at the working scale.

        Parameters
        ----------
        analysis : Analysis

        Returns
        -------
        ndarray of float32, ``analysis.skin(working_px_per_mm).picture_shape``, or NotMeasured
            In `unit`, NaN off the mask.
        """
        refusal = self.refusal(analysis.patch)
        if refusal is not None:
            return refusal
        return analysis.skin(self.working_px_per_mm).placed(self._field(analysis))

    def local_map(self, patch: Patch) -> FloatArray | None:
        """Local values over a patch, for a heat map.

        Parameters
        ----------
        patch : Patch

        Returns
        -------
        ndarray of float32, shape (H, W) of the patch, or None
            In `unit`, NaN off the mask; None where the metric cannot be measured.
        """
        analysis = Analysis(patch)
        local = self.map_of(analysis)
        if isinstance(local, NotMeasured):
            return None
        height, width = patch.mask.shape
        if local.shape != patch.mask.shape:
            at_patch = cv2.resize(local, (width, height), interpolation=cv2.INTER_NEAREST)
        else:
            at_patch = local
        return np.where(patch.mask, at_patch, np.float32(np.nan)).astype(np.float32, copy=False)

    def refusal(self, patch: Patch) -> NotMeasured | None:
        """Why this picture cannot be measured at all, or None."""
        for need in (Need.ANY, *sorted(self.needs, key=lambda one: one.value)):
            if need in patch.blocked:
                return NotMeasured(patch.blocked[need])
        if Need.COLOUR in self.needs and patch.axes is None:
            return NotMeasured("no haemoglobin and melanin axes were chosen for this client")
        finest = min(patch.native_px_per_mm, patch.px_per_mm)
        if finest < self.min_px_per_mm * _ROUNDING:
            return NotMeasured(
                f"{finest:.1f} pixels per millimetre of skin, {self.label.lower()} needs "
                f"{self.min_px_per_mm:g}: come closer or use a finer camera"
            )
        if not patch.mask.any():
            return NotMeasured("no usable skin in this picture")
        return None


_REGISTRY: dict[str, Metric] = {}


def metric(
    *,
    id: str,  # noqa: A002 - the registry's own word
    version: int,
    label: str,
    unit: str,
    better: Direction,
    needs: Collection[Need],
    min_px_per_mm: float,
    working_px_per_mm: float,
    phantom: Phantom,
    source: str,
    field: Field,
    min_area_mm2: float = 50.0,
    asked_of: Collection[RegionKind] = _SKIN,
    unseen: float = UNSEEN,
    grows_when_stored: bool = False,
) -> Callable[[Pool], Metric]:
    """Make a metric of the function that pools its field over a region, and register it.

    Parameters
    ----------
    field : callable
        From an `Analysis` to the local values at the working scale.
    min_area_mm2 : float
        Half a square centimetre unless told: less skin than that scatters more than skin changes.
    asked_of : collection of RegionKind
        Of all skin but single scars unless told.
    unseen : float
        Less than `UNSEEN` where null pairs of real faces showed that rehearsed gaps hold it all.
    grows_when_stored : bool
        For amplitudes of faint colour, to which the rounded colour planes of a JPEG add.

    Other parameters are those of `Metric`; its summary is the first line of the docstring.

    Raises
    ------
    ValueError
        If the id is taken, the version not positive, or the docstring empty.
    """

    def register(pool: Pool) -> Metric:
        if id in _REGISTRY:
            raise ValueError(f"metric {id}: expected a new id, got one that is registered")
        if version < 1:
            raise ValueError(f"metric {id}: expected version 1 or more, got {version}")
        summary = (pool.__doc__ or "").strip().partition("\n")[0]
        if not summary:
            raise ValueError(f"metric {id}: expected a docstring that says what it measures")
        made = Metric(
            id=id,
            version=version,
            label=label,
            unit=unit,
            better=better,
            needs=frozenset(needs),
            min_px_per_mm=min_px_per_mm,
            working_px_per_mm=working_px_per_mm,
            min_area_mm2=min_area_mm2,
            asked_of=frozenset(asked_of),
            unseen=unseen,
            grows_when_stored=grows_when_stored,
            phantom=phantom,
            source=source,
            summary=summary,
            _pool=pool,
            _field=field,
        )
        _REGISTRY[id] = made
        return made

    return register


def all_metrics() -> tuple[Metric, ...]:
    """Every registered metric, in the order of the contract."""
    return tuple(_REGISTRY.values())


def get_metric(metric_id: str) -> Metric:
    """The metric of that id.

    Raises
    ------
    KeyError
        If there is none; the message lists those there are.
    """
    try:
        return _REGISTRY[metric_id]
    except KeyError:
        known = ", ".join(_REGISTRY)
        raise KeyError(f"metric: expected one of {known}, got {metric_id!r}") from None


def affected_by(needs: Collection[Need]) -> list[str]:
    """Ids of the metrics that ask for any of `needs`; all of them for `Need.ANY`."""
    if Need.ANY in needs:
        return list(_REGISTRY)
    return [made.id for made in _REGISTRY.values() if not made.needs.isdisjoint(needs)]
