"""May a photo count, and may a pair be compared: gates, checks, light and point spread."""

from progress.quality.detail_zones import DetailZones, eye_zones, sticker_zones
from progress.quality.edges import edge_width_mm
from progress.quality.facts import ShotFacts, gather_facts
from progress.quality.gates import judge_facts, judge_photo
from progress.quality.light import Light, LightChange, estimate_light, light_change
from progress.quality.occlusion import Occlusion
from progress.quality.pair import healing_check, judge_pair
from progress.quality.point_spread import RelativePsf, match_point_spread, relative_psf
from progress.quality.pose_pair import perspective_percent
from progress.quality.skin_look import SkinLook
from progress.quality.surface_pair import make_up_check, retouching_check, surface_checks

__all__ = [
    "DetailZones",
    "Light",
    "LightChange",
    "Occlusion",
    "RelativePsf",
    "ShotFacts",
    "SkinLook",
    "edge_width_mm",
    "estimate_light",
    "eye_zones",
    "gather_facts",
    "healing_check",
    "judge_facts",
    "judge_pair",
    "judge_photo",
    "light_change",
    "make_up_check",
    "match_point_spread",
    "perspective_percent",
    "relative_psf",
    "retouching_check",
    "sticker_zones",
    "surface_checks",
]
