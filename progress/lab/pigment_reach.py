"""How much pigment there is to be seen in ten per cent of melanin, on every tone of skin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from progress.colour import axes_for_ita
from progress.lab.trial_figures import null_rows
from progress.lab.trial_rows import WHOLE, TrialRow
from progress.lab.trials import Shooting
from progress.phantom.skin import SkinTone
from progress.phantom.spectra import skin_reflectance

MELANIN = 0.1
"""Share added: what the issue tells detectable changes in."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One tone of skin, or one photographed face.

    Parameters
    ----------
    ita_deg : float
    od : float
        Optical density on the client's melanin axis.
    """

    ita_deg: float
    od: float


def melanin_od(itas_deg: Sequence[float]) -> list[Reach]:
    """What `MELANIN` adds on the melanin axis, by the spectral model seen by an ideal camera.

    Parameters
    ----------
    itas_deg : sequence of float
        -40 to 62 degrees.
    """
    found = []
    for ita in itas_deg:
        tone = SkinTone.from_ita("", ita)
        before, after = (
            np.asarray(skin_reflectance(tone.melanin * factor, tone.blood), np.float64).reshape(3)
            for factor in (1.0, 1.0 + MELANIN)
        )
        added = axes_for_ita(ita).melanin @ -np.log(after / before)
        found.append(Reach(ita, float(added)))
    return found


def pigment_noise(rows: Sequence[TrialRow], shooting: Shooting) -> list[Reach]:
    """Smallest detectable change of pigment of the whole face that each null answer was told."""
    return [
        Reach(row.ita_deg, row.detectable)
        for row in null_rows(rows, shooting, metric="pigment")
        if row.region == WHOLE and row.detectable is not None
    ]
