"""Whether two faces stand in the same light: direction and hardness."""

from __future__ import annotations

from progress.model import Flatters, Need, NotMeasured, PairCheck
from progress.quality.facts import ShotFacts
from progress.quality.light import LightChange, light_change
from progress.quality.pair_check import pair_check

MAX_LIGHT_RELIEF_DEG = 8.0
"""On rendered heads of six tones turns of 3 degrees read up to 5.8 and those of 25 at least 13.6;
17 studio faces under one lamp, at rest and smiling, up to 7.6. Less than 5, which the relief itself
would ask for, cannot be told from noise. Re-shoots do not relight fine relief, so the error of a
metric does not hold what is left; rendered turns of 40 degrees and more moved texture by up to 0.8
detectable changes and scar relief by up to 2."""
MAX_LIGHT_COLOUR_DEG = 15.0
"""Measurement page, section 9; beyond one standard error of the reading."""
MAX_EYES_DEG = 20.0
"""Same-lamp pairs read up to 18, because eyes wander."""
MAX_HARDNESS = 0.2
"""Of the lamp's share. Same-lamp pairs read up to 0.12, also where the fill changed by a tenth."""


def light_checks(baseline: ShotFacts, followup: ShotFacts) -> list[PairCheck]:
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
    return pair_check(
        "light_direction", angle, "deg", limit, passed=angle <= limit,
        advice=f"put the lamp {where}", touches=touches,
    )  # fmt: skip


def _light_hardness(change: LightChange) -> PairCheck:
    harder = change.contrast
    return pair_check(
        "light_hardness", abs(harder), "share of the lamp", MAX_HARDNESS,
        passed=abs(harder) <= MAX_HARDNESS,
        advice="use the baseline's lamp and reflector",
        touches={Need.RELIEF_LIGHT, Need.ABSOLUTE_COLOUR},
        flatters=Flatters.FOLLOWUP if harder < 0 else Flatters.BASELINE,
    )  # fmt: skip


def _unread_light(reason: str) -> PairCheck:
    """Relief is not compared when the light is not known."""
    return pair_check(
        "light_direction", None, "deg", MAX_LIGHT_RELIEF_DEG, passed=False,
        advice=f"take the photo under the same lamp; {reason}", touches={Need.RELIEF_LIGHT},
    )  # fmt: skip
