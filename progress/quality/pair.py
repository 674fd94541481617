"""May these two photos be compared: each mismatch with its limit and whom it flatters."""

from __future__ import annotations

import math
from collections.abc import Iterable

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
from progress.quality.light import LightChange, light_change
from progress.quality.point_spread import RelativePsf

MAX_TURN_DEG = 7.0
"""Careful re-shoots of 25 faces by up to 4 degrees each way read at most 3.5, smiling ones 5.6; an
ideal of 3 would refuse what registration and masks can bear."""
MAX_PERSPECTIVE_PERCENT = 1.5
"""Growth of what stands 20 mm nearer, as landmarks show it: they regress to an average head and so
show about a quarter of the true growth (0.15 m against 0.6 m: 2.3 % read, 10 % true; 0.3 m against
0.6 m: 0.7 % read and missed). Re-shoots at one distance read up to 0.4, smiling ones 1.3."""
MAX_FIELD_PERSPECTIVE_PERCENT = 1.5
"""The same as the registered skin shows it: 30 against 60 cm reads 2.0 to 2.6, 45 against 60 cm 1.0
to 1.2, re-shoots from one distance up to 0.7. A smile, which moves the cheeks, reads up to 2.2:
then the landmarks are asked instead."""
MAX_EXIF_PERSPECTIVE_PERCENT = 1.5
"""The same from focal length and scale, where both photos are whole frames of one camera."""
MAX_LIGHT_RELIEF_DEG = 8.0
"""On rendered heads of six tones a turn of 3 degrees read up to 5.2 and one of 25 at least 14.9; on
17 studio faces under one lamp, at rest and smiling, up to 7.3. Less than 5, which the relief itself
would ask for, cannot be told from noise; what is left up to here is in the metric's error."""
MAX_LIGHT_COLOUR_DEG = 15.0
"""Measurement page, section 9; beyond one standard error of the reading."""
MAX_EYES_DEG = 20.0
"""Same-lamp pairs read up to 18, because eyes wander."""
MAX_HARDNESS = 0.2
"""Of the lamp's share. Same-lamp pairs read up to 0.12, also where the fill changed by a tenth."""
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

_EXPRESSION_PARTS = (
    1, 4, 5, 6, 168, 197, 195, 33, 133, 263, 362, 10, 151, 9, 67, 297, 109, 338, 234, 454, 93, 323,
    127, 356, 50, 280, 205, 425, 48, 278, 98, 327, 2, 199, 152, 172, 397,
)  # fmt: skip


def _check(
    name: str,
    difference: float | None,
    unit: str,
    limit: float | None,
    *,
    passed: bool,
    advice: str,
    touches: Iterable[Need],
    flatters: Flatters = Flatters.NEITHER,
) -> PairCheck:
    """A check; advice, needs and whom it flatters are kept only when it failed."""
    if passed:
        return PairCheck(name, difference, unit, limit, passed=True)
    return PairCheck(
        name, difference, unit, limit, passed=False, flatters=flatters, advice=advice,
        touches=frozenset(touches),
    )  # fmt: skip


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
            _view(baseline, followup),
            _pose(*marks),
            _distance(baseline, followup, nearness_per_m if expression.passed else None),
            *_lights(baseline, followup),
            *checks,
            expression,
        ]
    checks.append(_focus(psf))
    if days_since_treatment is not None:
        checks.append(healing_check(days_since_treatment))
    return Comparability(tuple(checks))


def _view(baseline: ShotFacts, followup: ShotFacts) -> PairCheck:
    same = baseline.view is followup.view
    return _check(
        "view",
        0.0 if same else 1.0,
        "views apart",
        0.0,
        passed=same,
        advice=f"take the {baseline.view.value.replace('_', ' ')} view again",
        touches={Need.ANY},
    )


def _pose(baseline: Landmarks, followup: Landmarks) -> PairCheck:
    a, b = baseline.pose, followup.pose
    turn = math.hypot(a.yaw_deg - b.yaw_deg, a.pitch_deg - b.pitch_deg)
    return _check(
        "pose",
        turn,
        "deg",
        MAX_TURN_DEG,
        passed=turn <= MAX_TURN_DEG,
        advice=f"bring the head to the baseline's position, {turn:.0f} degrees from here",
        touches={Need.SURFACE, Need.RELIEF_LIGHT},
    )


def perspective_percent(baseline: Landmarks, followup: Landmarks) -> float:
    """How much more what stands 20 mm nearer grows in the follow-up, percent.

    The follow-up's points are fitted by an affine map of the baseline's, a shift along depth (a
    turned head) and a growth along depth (a nearer camera); only the last is perspective.
    """
    index = list(_EXPRESSION_PARTS)
    px_per_mm = baseline.scale.px_per_mm
    p = (baseline.points_xy[index] - baseline.points_xy[index].mean(axis=0)) / px_per_mm
    q = followup.points_xy[index] - followup.points_xy[index].mean(axis=0)
    z = -(baseline.depth_px[index] - baseline.depth_px[index].mean()) / px_per_mm
    ones = np.ones(len(index))
    # q = A p + b + c z, solved first, then the growth z A p on what is left.
    design = np.column_stack([p, ones, z])
    for _ in range(3):
        linear = np.linalg.lstsq(design, q, rcond=None)[0]
        grown = z[:, None] * (p @ linear[:2])
        basis = np.linalg.lstsq(design, grown, rcond=None)[0]
        grown_alone = grown - design @ basis
    left = q - design @ linear
    growth = float((grown_alone * left).sum() / max(float((grown_alone**2).sum()), 1e-12))
    return 100.0 * 20.0 * growth


def _distance(baseline: ShotFacts, followup: ShotFacts, nearness_per_m: float | None) -> PairCheck:
    """Perspective by focal length and scale where they are known, by skin, else by landmarks."""
    growth, limit = _exif_growth(baseline, followup), MAX_EXIF_PERSPECTIVE_PERCENT
    if growth is None and nearness_per_m is not None:
        growth, limit = 100.0 * 0.02 * nearness_per_m, MAX_FIELD_PERSPECTIVE_PERCENT
    if growth is None:
        marks = (baseline.landmarks, followup.landmarks)
        growth = 0.0 if None in marks else perspective_percent(*marks)  # type: ignore[arg-type]
        limit = MAX_PERSPECTIVE_PERCENT
    way = "further away" if growth > 0 else "closer"
    return _check(
        "distance",
        abs(growth),
        "% per 20 mm",
        limit,
        passed=abs(growth) <= limit,
        advice=f"step {way} and zoom until the face has the baseline's size",
        touches={Need.SURFACE, Need.RELIEF_LIGHT, Need.DETAIL},
    )


def _exif_growth(baseline: ShotFacts, followup: ShotFacts) -> float | None:
    """Growth of what stands 20 mm nearer, percent; None when the distances are not known.

    A crop changes what a focal length means, so only whole frames of one camera count, which is
    told by equal sizes.
    """
    if baseline.camera is None or baseline.camera != followup.camera:
        return None
    if set(baseline.size_px) != set(followup.size_px):
        return None
    if baseline.distance_mm is None or followup.distance_mm is None:
        return None
    return 100.0 * 20.0 * (1 / followup.distance_mm - 1 / baseline.distance_mm)


def _lights(baseline: ShotFacts, followup: ShotFacts) -> list[PairCheck]:
    """Direction and hardness of the light; relief is out where they could not be read."""
    first, second = baseline.light, followup.light
    if isinstance(first, NotMeasured):
        return [_unread_light(first.reason)]
    if isinstance(second, NotMeasured):
        return [_unread_light(second.reason)]
    change = light_change(first, second)
    if isinstance(change, NotMeasured):
        return [_unread_light(change.reason)]
    return [_light_direction(change), _light_hardness(change)]


def _light_direction(change: LightChange) -> PairCheck:
    """By the skin's shading; the eyes are heard where they see a turn that the skin does not."""
    angle, limit, where = change.angle_deg, MAX_LIGHT_RELIEF_DEG, "where it stood for the baseline"
    touches = {Need.RELIEF_LIGHT}
    if angle - change.error_deg > MAX_LIGHT_COLOUR_DEG:
        touches |= {Need.ABSOLUTE_COLOUR, Need.COLOUR, Need.DETAIL}
    if angle <= limit and change.eyes_deg is not None and change.eyes_deg > MAX_EYES_DEG:
        angle, limit = change.eyes_deg, MAX_EYES_DEG
        where += "; its mirror image in the eyes has moved"
    return _check(
        "light_direction", angle, "deg", limit, passed=angle <= limit,
        advice=f"put the lamp {where}", touches=touches,
    )  # fmt: skip


def _light_hardness(change: LightChange) -> PairCheck:
    harder = change.contrast
    return _check(
        "light_hardness", abs(harder), "share of the lamp", MAX_HARDNESS,
        passed=abs(harder) <= MAX_HARDNESS,
        advice="use the baseline's lamp and reflector",
        touches={Need.RELIEF_LIGHT, Need.ABSOLUTE_COLOUR},
        flatters=Flatters.FOLLOWUP if harder < 0 else Flatters.BASELINE,
    )  # fmt: skip


def _unread_light(reason: str) -> PairCheck:
    """Relief is not compared when the light is not known."""
    return _check(
        "light_direction", None, "deg", MAX_LIGHT_RELIEF_DEG, passed=False,
        advice=f"take the photo under the same lamp; {reason}", touches={Need.RELIEF_LIGHT},
    )  # fmt: skip


def _exposure(baseline: ShotFacts, followup: ShotFacts) -> PairCheck:
    stops = float(baseline.density.mean() - followup.density.mean()) / math.log(2)
    return _check(
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
    return _check(
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
    return _check(
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
        return _check(
            "focus", None, "mm", MAX_PSF_MM, passed=False,
            advice=f"take it again in focus; {psf.reason}", touches={Need.DETAIL},
        )  # fmt: skip
    # What may be noise does not block: only the part beyond one standard error counts.
    sure = max(0.0, abs(psf.variance_mm2) - psf.standard_error_mm2)
    return _check(
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
    return _check(
        "healing_window",
        days,
        "days",
        limit,
        passed=days > REDNESS_DAYS,
        advice=advice,
        touches=touches,
        flatters=Flatters.FOLLOWUP if days <= HEALING_DAYS else Flatters.BASELINE,
    )
