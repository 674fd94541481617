"""May a photo count, and may a pair be compared: gates, checks, light and point spread."""

from progress.quality.facts import ShotFacts, gather_facts, view_of
from progress.quality.gates import judge_facts
from progress.quality.light import Light, angle_between_deg, estimate_light
from progress.quality.pair import judge_pair, perspective_percent
from progress.quality.point_spread import (
    RelativePsf,
    edge_width_mm,
    match_point_spread,
    relative_psf,
)

__all__ = [
    "Light",
    "RelativePsf",
    "ShotFacts",
    "angle_between_deg",
    "edge_width_mm",
    "estimate_light",
    "gather_facts",
    "judge_facts",
    "judge_pair",
    "match_point_spread",
    "perspective_percent",
    "relative_psf",
    "view_of",
]
