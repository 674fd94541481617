"""Skin with more and more scars of one depth: what a count and an area of scars must follow.

`progress.phantom.relief_doses.scars` makes the same scars deeper, which relief must follow; a
footprint stays as wide as it is while its walls grow.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from progress.phantom.features import Scar, ScarKind
from progress.phantom.flat_skin import FlatSkin, Setting
from progress.phantom.painting import paint_scars
from progress.phantom.planting import scatter_scars
from progress.phantom.relief import render
from progress.phantom.relief_doses import scars

_DEFAULT: Final = Setting()
_COUNTS: Final = {ScarKind.ICE_PICK: 6, ScarKind.BOXCAR: 6}
_DEPTH_MM: Final = {ScarKind.ICE_PICK: 0.6, ScarKind.BOXCAR: 0.35}
_WIDTH_MM: Final = {ScarKind.ICE_PICK: 1.3, ScarKind.BOXCAR: 2.2}


def scarred(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
) -> FlatSkin:
    """Ice-pick and boxcar scars, all alike by type, that become more.

    Parameters
    ----------
    severity : float
        0..1; 0 has none, 1 a dozen, half of them boxcars.
    seed, px_per_mm, setting
        As for `progress.phantom.colour_doses.erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: scars per cm2. ``scars``: the records. The mask is the whole piece.
    """
    bare = scars(0.0, seed=seed, px_per_mm=px_per_mm, setting=setting)
    rng = np.random.default_rng([seed, 8])
    planted = scatter_scars(rng, setting.size_mm, counts=_COUNTS)
    alike = [
        Scar(one.kind, one.x_mm, one.y_mm, _WIDTH_MM[one.kind], _DEPTH_MM[one.kind])
        for one in planted
    ]
    order = rng.permutation(len(alike))
    present = tuple(alike[index] for index in order[: round(severity * len(alike))])
    maps = paint_scars(bare.maps, present) if present else bare.maps
    area_cm2 = setting.size_mm[0] * setting.size_mm[1] / 100.0
    return FlatSkin(
        linear=render(maps, setting.light, camera=setting.camera, illuminant=setting.illuminant),
        mask=bare.mask,
        px_per_mm=px_per_mm,
        truth={
            "dose": "scarred",
            "severity": severity,
            "amount": len(present) / area_cm2,
            "unit": "scars per cm2",
            "scars": present,
            "area_mm2": sum(scar.area_mm2 for scar in present),
        },
        reference_linear=bare.reference_linear,
        maps=maps,
    )
