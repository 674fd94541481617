"""May a photo count, and may a pair be compared: gates, checks, light and point spread."""

from progress.quality.detail_zones import DetailZones, eye_zones, sticker_zones
from progress.quality.edges import edge_width_mm
from progress.quality.facts import ShotFacts, gather_facts
from progress.quality.gates import judge_facts, judge_photo
from progress.quality.light import Light, LightChange, estimate_light, light_change
from progress.quality.pair import healing_check, judge_pair, perspective_percent
from progress.quality.point_spread import RelativePsf, match_point_spread, relative_psf

__all__ = [
    "DetailZones",
    "Light",
    "LightChange",
    "RelativePsf",
    "ShotFacts",
    "edge_width_mm",
    "estimate_light",
    "eye_zones",
    "gather_facts",
    "healing_check",
    "judge_facts",
    "judge_pair",
    "judge_photo",
    "light_change",
    "match_point_spread",
    "perspective_percent",
    "relative_psf",
    "sticker_zones",
]
