"""Whether two photos show the same skin as it is: retouching and make-up in one of them only."""

from __future__ import annotations

from progress.model import Flatters, Need, NotMeasured, PairCheck
from progress.quality.facts import ShotFacts
from progress.quality.pair_check import pair_check
from progress.quality.skin_look import SkinLook

MAX_STEEPNESS_DROP = 0.45
"""Second shots of one face read up to 0.2, treated skin up to 0.3, clear filters 0.6 and more."""
MAX_MAKE_UP_DROP = 0.4
"""Measurement page, section 9, asks that texture, haemoglobin and melanin variance all drop by
more. On dark skin camera noise is most of the haemoglobin's variance and on light skin of the
melanin's, and noise wears no make-up: here texture must drop, one of the two colours, and both
together as much as one."""


def surface_checks(baseline: ShotFacts, followup: ShotFacts) -> list[PairCheck]:
    """Retouching and make-up of a pair; nothing where the skin of either could not be read.

    Parameters
    ----------
    baseline, followup : ShotFacts
        From `gather_facts`.
    """
    if isinstance(baseline.look, NotMeasured) or isinstance(followup.look, NotMeasured):
        return []
    return [
        retouching_check(baseline.look, followup.look),
        make_up_check(baseline.look, followup.look),
    ]


def retouching_check(baseline: SkinLook, followup: SkinLook) -> PairCheck:
    """Whether the skin of one photo lost its fine structure and kept its coarse.

    Treatment takes pores and lines, not grain; a filter takes both. What blur takes is read off
    the eyes and taken out.
    """
    drop = _drop(baseline.steepness, followup.steepness)
    return _check(
        "retouching",
        drop,
        MAX_STEEPNESS_DROP,
        unit="share of fine structure",
        advice="use the unedited originals, taken with beauty filter and portrait mode off",
        touches={Need.DETAIL},
    )


def make_up_check(baseline: SkinLook, followup: SkinLook) -> PairCheck:
    """Whether texture and the variance of blood and melanin are smaller in the same photo.

    A treatment rarely takes all by so much at once; a layer over the skin does.
    """
    texture = _drop(baseline.texture, followup.texture)
    colours = (
        _drop(baseline.haemoglobin**2, followup.haemoglobin**2),
        _drop(baseline.melanin**2, followup.melanin**2),
    )
    towards = 1.0 if texture > 0 else -1.0
    colour = min(max(towards * drop for drop in colours), towards * sum(colours))
    return _check(
        "make_up",
        towards * max(0.0, min(abs(texture), colour)),
        MAX_MAKE_UP_DROP,
        unit="share of texture and colour variance",
        advice="take both photos on clean skin, fifteen minutes after washing",
        touches={Need.DETAIL, Need.COLOUR, Need.ABSOLUTE_COLOUR},
    )


def _drop(before: float, after: float) -> float:
    """How much less the follow-up has, as a share of the larger of both."""
    return (before - after) / max(before, after, 1e-12)


def _check(
    name: str, drop: float, limit: float, *, unit: str, advice: str, touches: set[Need]
) -> PairCheck:
    """A check of a drop; the photo that shows less is the one that is flattered."""
    return pair_check(
        name,
        abs(drop),
        unit,
        limit,
        passed=abs(drop) <= limit,
        flatters=Flatters.FOLLOWUP if drop > 0 else Flatters.BASELINE,
        advice=advice,
        touches=touches,
    )
