"""May these two photos be compared: each mismatch with its limit and whom it flatters."""

from __future__ import annotations

import math

import numpy as np

from progress.model import (
    Comparability,
    Flatters,
    Landmarks,
    Need,
    NotMeasured,
    PairCheck,
)
from progress.quality.expression import RELAX, expression_strengths, mouth_widening_mm
from progress.quality.facts import ShotFacts
from progress.quality.light_pair import light_checks
from progress.quality.pair_check import pair_check
from progress.quality.point_spread import RelativePsf
from progress.quality.pose_pair import distance_check, pose_check, view_check
from progress.quality.surface_pair import surface_checks

MAX_EV = 0.7
"""Exposure cancels in relative colour; beyond this, noise and the tone curve do not."""
MAX_CAST = 0.25
"""ln of channel gain. Reference skin takes a cast out, a stronger one means another lamp, whose
spectrum no gain mends. Half as much blood again all over the face is about 0.1."""
MAX_PSF_MM = 0.2
"""Wider a difference would have to be matched by throwing the lines of the sharper photo away:
what is 1 mm wide keeps 45 % of its contrast."""
MAX_BLENDSHAPE_CHANGE = 0.18
"""Re-shoots at rest read up to 0.13; 15 of 17 smiles 0.2 to 0.9."""
MAX_MOUTH_MM = 1.0
"""Re-shoots of one face read up to 0.5 mm, 16 smiles 1.4 mm and more."""
HEALING_DAYS, REDNESS_DAYS = 7.0, 14.0


def judge_pair(
    baseline: ShotFacts,
    followup: ShotFacts,
    *,
    psf: RelativePsf | NotMeasured,
    nearness_per_m: float | None = None,
    days_since_treatment: float | None = None,
) -> Comparability:
    """The fair-pair judgement.

    Parameters
    ----------
    baseline, followup : ShotFacts
        From `gather_facts`.
    psf : RelativePsf or NotMeasured
        Which photo is softer.
    nearness_per_m : float or None
        One over the camera distance of the follow-up less that of the baseline, as the registered
        skin shows it; None where it could not be read.
    days_since_treatment : float or None
        Of the follow-up; None when nothing is known of treatments.

    Returns
    -------
    Comparability
        A failed check takes away only the needs that it harms.
    """
    checks = [_exposure(baseline, followup), _colour_cast(baseline, followup)]
    if baseline.landmarks is not None and followup.landmarks is not None:
        marks = (baseline.landmarks, followup.landmarks)
        expression = _expression(*marks)
        checks = [
            view_check(baseline, followup),
            pose_check(*marks),
            distance_check(baseline, followup, nearness_per_m if expression.passed else None),
            *light_checks(baseline, followup),
            *checks,
            expression,
            *surface_checks(baseline, followup),
        ]
    checks.append(_focus(psf))
    if days_since_treatment is not None:
        checks.append(healing_check(days_since_treatment))
    return Comparability(tuple(checks))


def _exposure(baseline: ShotFacts, followup: ShotFacts) -> PairCheck:
    stops = float(baseline.density.mean() - followup.density.mean()) / math.log(2)
    return pair_check(
        "exposure",
        abs(stops),
        "EV",
        MAX_EV,
        passed=abs(stops) <= MAX_EV,
        advice=f"expose {abs(stops):.1f} stops {'less' if stops > 0 else 'more'}",
        touches={Need.ABSOLUTE_COLOUR, Need.DETAIL},
        flatters=Flatters.FOLLOWUP if stops > 0 else Flatters.BASELINE,
    )


def _colour_cast(baseline: ShotFacts, followup: ShotFacts) -> PairCheck:
    shift = followup.density - baseline.density
    cast = float(np.ptp(shift - shift.mean()))
    return pair_check(
        "colour_cast",
        cast,
        "ln gain",
        MAX_CAST,
        passed=cast <= MAX_CAST,
        advice="lock the white balance at the baseline's setting",
        touches={Need.ABSOLUTE_COLOUR, Need.COLOUR},
    )


def _expression(baseline: Landmarks, followup: Landmarks) -> PairCheck:
    """The mouth's corners or a blendshape, whichever is further beyond its limit."""
    before, after = expression_strengths(baseline), expression_strengths(followup)
    name = max(before, key=lambda key: abs(after[key] - before[key]))
    change, limit, unit = after[name] - before[name], MAX_BLENDSHAPE_CHANGE, "blendshape"
    wider = mouth_widening_mm(baseline, followup)
    if abs(wider) / MAX_MOUTH_MM > abs(change) / limit:
        name, change, limit, unit = "smile", wider, MAX_MOUTH_MM, "mm at the mouth corners"
    return pair_check(
        "expression",
        abs(change),
        unit,
        limit,
        passed=abs(change) <= limit,
        advice=f"take it again with the baseline's face: {RELAX[name]}",
        touches={Need.EXPRESSION},
        flatters=Flatters.FOLLOWUP if change < 0 else Flatters.BASELINE,
    )


def _focus(psf: RelativePsf | NotMeasured) -> PairCheck:
    if isinstance(psf, NotMeasured):
        return pair_check(
            "focus", None, "mm", MAX_PSF_MM, passed=False,
            advice=f"take it again in focus; {psf.reason}", touches={Need.DETAIL},
        )  # fmt: skip
    # What may be noise does not block: only the part beyond one standard error counts.
    sure = max(0.0, abs(psf.variance_mm2) - psf.standard_error_mm2)
    return pair_check(
        "focus",
        abs(psf.sigma_mm),
        "mm",
        MAX_PSF_MM,
        passed=sure <= MAX_PSF_MM**2,
        advice="take the softer photo again in focus",
        touches={Need.DETAIL},
        flatters=Flatters.FOLLOWUP if psf.variance_mm2 > 0 else Flatters.BASELINE,
    )


def healing_check(days: float) -> PairCheck:
    """Whether a follow-up is outside the healing window of the last treatment.

    A week blocks everything but the face's shape; redness stays blocked for two.

    Parameters
    ----------
    days : float
        From the last treatment to the follow-up.
    """
    if days <= HEALING_DAYS:
        limit, advice = HEALING_DAYS, "wait until a week after the treatment; redness takes two"
        touches = {Need.HEALED, Need.DETAIL, Need.RELIEF_LIGHT, Need.COLOUR, Need.ABSOLUTE_COLOUR}
    else:
        limit, advice = REDNESS_DAYS, "redness is still healing until two weeks have passed"
        touches = {Need.COLOUR, Need.ABSOLUTE_COLOUR}
    return pair_check(
        "healing_window",
        days,
        "days",
        limit,
        passed=days > REDNESS_DAYS,
        advice=advice,
        touches=touches,
        flatters=Flatters.FOLLOWUP if days <= HEALING_DAYS else Flatters.BASELINE,
    )
