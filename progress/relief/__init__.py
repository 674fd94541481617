"""Height of the skin from pictures under several lamps: slopes, heights, scars and their error."""

from progress.relief.ball import MirrorBall, find_mirror_ball
from progress.relief.depth import (
    DIRECTION_ERROR_DEG,
    EvenSkin,
    Reading,
    ReliefMap,
    absolute_error,
    even_skin,
    read_hollow,
    repeat_error,
)
from progress.relief.hollows import Hollow, HollowKind, find_hollows
from progress.relief.level import relief_above_surroundings, sway_heights
from progress.relief.lights_file import LIGHTS_NAME, LightsTable, read_lights
from progress.relief.normals import LEAST_LAMPS, LightStack, Slopes, solve_slopes
from progress.relief.result import DepthAnswer, DepthScar
from progress.relief.stack import Lit, light_stack, shine_gain, working_scale
from progress.relief.surface import fits_no_surface

__all__ = [
    "DIRECTION_ERROR_DEG",
    "LEAST_LAMPS",
    "LIGHTS_NAME",
    "DepthAnswer",
    "DepthScar",
    "EvenSkin",
    "Hollow",
    "HollowKind",
    "LightStack",
    "LightsTable",
    "Lit",
    "MirrorBall",
    "Reading",
    "ReliefMap",
    "Slopes",
    "absolute_error",
    "even_skin",
    "find_hollows",
    "find_mirror_ball",
    "fits_no_surface",
    "light_stack",
    "read_hollow",
    "read_lights",
    "relief_above_surroundings",
    "repeat_error",
    "shine_gain",
    "solve_slopes",
    "sway_heights",
    "working_scale",
]
