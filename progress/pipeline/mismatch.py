"""Whom a mismatch flatters, and by how much: the baseline shot again with that mismatch alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from progress.metrics import Metric
from progress.model import (
    Bias,
    Change,
    ChromophoreAxes,
    Comparability,
    Direction,
    Flatters,
    Need,
    NotMeasured,
    Outcome,
    PairCheck,
    ReferenceSkin,
)
from progress.phantom.reshoot import Reshoot
from progress.phantom.reshoot_motion import Lamp, Motion
from progress.pipeline.matched import Looked
from progress.pipeline.picture import Outcomes, Picture
from progress.pipeline.rehearsal import Rehearsal, shoot_and_measure
from progress.pipeline.shots import Shot
from progress.quality import Light, RelativePsf
from progress.quality.expression import mouth_widening_mm
from progress.stats import judge_change

_LEAST_SDC = 0.5
"""A mismatch that moves no metric by half of what can be seen flatters nobody: against rendered
second photos the simulation itself is off by about as much."""
_WIDEST_SMILE_MM = 8.0
"""How far apart a whole simulated smile draws the corners of the mouth: 6 % of the face each."""
_ASSUMED_DISTANCE_M = 0.85
_LARGEST_RELIEF_GAIN = 3.0
_RELIEF_LEFT = 0.15
"""Power of the grazing ratio that fine relief follows. On Lambert's law it would be 1; on rendered
heads under nine pairs of lamps texture followed a seventh of that and pores none, because light
under the skin fills small shadows and pores are dark by what they hide, not by their slope."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One mismatch as a re-shoot of the baseline.

    Parameters
    ----------
    spec : Reshoot
    sign : int
        -1 where only the opposite can be simulated: a baseline softer than its follow-up cannot be
        sharpened, so it is softened and the effect turned round.
    """

    spec: Reshoot
    sign: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """The baseline as it was measured, ready to be shot again.

    Parameters
    ----------
    picture : Picture
    outcomes : Outcomes
    metrics : sequence of Metric
    axes : ChromophoreAxes or None
    reference : ReferenceSkin or None
    blocked : mapping
        What the baseline photo itself cannot serve.
    rehearsal : Rehearsal
        For the smallest detectable change.
    region : str
        The one that the biases are told of.
    looked : Looked or None
        As it was measured, for figures that are told by the same pores.
    """

    picture: Picture = field(repr=False)
    outcomes: Outcomes = field(repr=False)
    metrics: Sequence[Metric] = field(repr=False)
    axes: ChromophoreAxes | None
    reference: ReferenceSkin | None
    blocked: Mapping[Need, str]
    rehearsal: Rehearsal = field(repr=False)
    region: str
    looked: Looked | None = field(default=None, repr=False)


def with_biases(
    checks: Comparability,
    stage: Stage,
    baseline: Shot,
    followup: Shot,
    psf: RelativePsf | NotMeasured,
    *,
    nearness_per_m: float | None,
) -> Comparability:
    """The checks, each failed one with what it alone would do to every metric.

    Parameters
    ----------
    checks : Comparability
    stage : Stage
    baseline, followup : Shot
        The pair that was checked.
    psf : RelativePsf or NotMeasured
        Of the follow-up against the baseline.
    nearness_per_m : float or None
        As `judge_pair` was told.

    Returns
    -------
    Comparability
        `flatters` of a simulated check is that of its strongest bias. A metric is left out where
        the baseline or its re-shoot has no figure. What no re-shoot can play (another view,
        healing, make-up) stays as it was judged.

    Notes
    -----
    Colour is measured against the reference skin, as a real pair would be; the point spreads are
    left unmatched, because that is what a failed focus check means.
    """
    px_per_mm = stage.picture.px_per_mm
    played = _mismatches(baseline, followup, psf, nearness_per_m, px_per_mm=px_per_mm)
    told = []
    for check in checks.checks:
        mismatch = played.get(check.check)
        if check.passed or mismatch is None:
            told.append(check)
        else:
            told.append(_told(check, _biases(stage, mismatch)))
    return Comparability(tuple(told))


def _told(check: PairCheck, biases: tuple[Bias, ...]) -> PairCheck:
    """The check with its biases; the strongest says whom it flatters."""
    judged = [bias for bias in biases if bias.flatters is not Flatters.NEITHER]
    worst = max(judged, key=lambda bias: abs(bias.in_sdc), default=None)
    return replace(check, biases=biases, flatters=worst.flatters if worst else Flatters.NEITHER)


def _biases(stage: Stage, mismatch: Mismatch) -> tuple[Bias, ...]:
    """What one mismatch does to every metric of the stage's region, the strongest first."""
    polygons = {stage.region: stage.picture.polygons[stage.region]}
    # A lone re-shoot draws nothing at random but the noise, of which it has none.
    seen = shoot_and_measure(
        replace(stage.picture, polygons=polygons), mismatch.spec, stage.metrics,
        axes=stage.axes, reference=stage.reference, blocked=stage.blocked,
        scale_error=0.0, rng=np.random.default_rng(0), baseline=stage.looked,
    )  # fmt: skip
    found = []
    for metric in stage.metrics:
        key = (metric.id, stage.region)
        nothing = NotMeasured("not measured")
        before, after = stage.outcomes.get(key, nothing), seen.get(key, nothing)
        change = _changed(stage, metric, before, after)
        if change.delta is None or not change.smallest_detectable_change:
            continue
        delta = mismatch.sign * change.delta
        in_sdc = delta / change.smallest_detectable_change
        found.append(
            Bias(metric.id, stage.region, delta, in_sdc, _flattered(in_sdc, metric.better))
        )
    return tuple(sorted(found, key=lambda bias: -abs(bias.in_sdc)))


def _changed(stage: Stage, metric: Metric, before: Outcome, after: Outcome) -> Change:
    """The re-shoot judged like a follow-up."""
    return judge_change(
        metric_id=metric.id,
        version=metric.version,
        region=stage.region,
        unit=metric.unit,
        better=metric.better,
        baseline=[before],
        followup=[after],
        noise=stage.rehearsal.noise((metric.id, stage.region)),
    )


def _flattered(in_sdc: float, better: Direction) -> Flatters:
    if better is Direction.NONE or abs(in_sdc) < _LEAST_SDC:
        return Flatters.NEITHER
    looks_better = (in_sdc < 0) == (better is Direction.LOWER)
    return Flatters.FOLLOWUP if looks_better else Flatters.BASELINE


def _mismatches(
    baseline: Shot,
    followup: Shot,
    psf: RelativePsf | NotMeasured,
    nearness_per_m: float | None,
    *,
    px_per_mm: float,
) -> dict[str, Mismatch]:
    """Every mismatch of a pair that a re-shoot can play, by the check that found it."""
    found: dict[str, Mismatch] = {}
    if baseline.facts is not None and followup.facts is not None:
        shift = followup.facts.density - baseline.facts.density
        middle = float(shift.mean())
        red, green, blue = (math.exp(middle - float(part)) for part in shift)
        found["exposure"] = Mismatch(Reshoot(exposure_ev=-middle / math.log(2)))
        found["colour_cast"] = Mismatch(Reshoot(channel_gains=(red, green, blue)))
        found |= _lamps(baseline.facts.light, followup.facts.light)
    if isinstance(psf, RelativePsf):
        softer = 1 if psf.variance_mm2 > 0 else -1
        found["focus"] = Mismatch(Reshoot(blur_sigma_px=abs(psf.sigma_mm) * px_per_mm), softer)
    first, second = baseline.landmarks, followup.landmarks
    if first is not None and second is not None:
        turn = Motion(
            yaw_deg=second.pose.yaw_deg - first.pose.yaw_deg,
            pitch_deg=second.pose.pitch_deg - first.pose.pitch_deg,
        )
        found["pose"] = Mismatch(Reshoot(motion=turn))
        smile = float(np.clip(mouth_widening_mm(first, second) / _WIDEST_SMILE_MM, -1.0, 1.0))
        found["expression"] = Mismatch(Reshoot(motion=Motion(smile=smile)))
    if nearness_per_m is not None:
        ratio = 1.0 / max(1.0 + nearness_per_m * _ASSUMED_DISTANCE_M, 0.2)
        found["distance"] = Mismatch(Reshoot(motion=Motion(distance_ratio=ratio)))
    return found


def _lamps(first: Light | NotMeasured, second: Light | NotMeasured) -> dict[str, Mismatch]:
    """The lamp turned but as hard as before, and as it stood but harder or softer."""
    if isinstance(first, NotMeasured) or isinstance(second, NotMeasured):
        return {}
    x, y, z = (float(part) for part in first.direction)
    stood = Lamp((x, y, z), first.contrast)
    x, y, z = (float(part) for part in second.direction)
    return {
        "light_direction": _relit(stood, Lamp((x, y, z), stood.share)),
        "light_hardness": _relit(stood, Lamp(stood.towards, second.contrast)),
    }


def _relit(before: Lamp, after: Lamp) -> Mismatch:
    ratio = (after.grazing + 0.02) / (before.grazing + 0.02)
    gain = float(np.clip(ratio, 1 / _LARGEST_RELIEF_GAIN, _LARGEST_RELIEF_GAIN)) ** _RELIEF_LEFT
    return Mismatch(Reshoot(motion=Motion(lamps=(before, after)), relief_gain=gain))
