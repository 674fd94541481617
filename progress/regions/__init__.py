"""Which skin: named regions, masks, and regions carried from the baseline to another photo."""

from progress.regions.face import body_regions, face_regions
from progress.regions.polygon import carry, densified, rasterise, rasterise_tight
from progress.regions.skin import skin_mask

__all__ = [
    "body_regions",
    "carry",
    "densified",
    "face_regions",
    "rasterise",
    "rasterise_tight",
    "skin_mask",
]
