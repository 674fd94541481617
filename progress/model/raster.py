"""Pixels with a meaning, and where they came from."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime

from progress.model.checks import FloatArray, frozen_array

PHANTOM_CAMERA = "progress phantom"
"""Camera that rendered pictures name in their EXIF block; every view then says "simulated"."""


def is_phantom(camera: str | None) -> bool:
    """Whether a camera of this name renders mannequins and never saw a person."""
    return camera is not None and camera.startswith(PHANTOM_CAMERA)


class Encoding(enum.Enum):
    """What a pixel value means."""

    SRGB = "srgb"
    """Display values in 0..1, IEC 61966-2-1 transfer curve."""
    LINEAR = "linear"
    """Proportional to light in 0..1, sRGB primaries, D65."""


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """An upright RGB picture.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W, 3)
        Red, green, blue in 0..1; kept read-only.
    encoding : Encoding
        Display values or linear light.
    """

    pixels: FloatArray = field(repr=False)
    encoding: Encoding

    def __post_init__(self) -> None:
        pixels = frozen_array(
            self.pixels, dtype="float32", shape=(None, None, 3), name="Raster.pixels"
        )
        object.__setattr__(self, "pixels", pixels)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of a photo file. GPS is never read into this type.

    Parameters
    ----------
    file : str
        File name without folders.
    sha256 : str
        Of the original bytes, 64 hexadecimal digits.
    format : str
        JPEG, PNG, WEBP, TIFF, AVIF or HEIF.
    size_px : tuple of int
        Upright width and height.
    bit_depth : int
        8 or 16 per channel as stored.
    colour_profile : str
        Name of the embedded ICC profile, or ``"sRGB (assumed)"``.
    taken_at : datetime or None
        From EXIF, without time zone as cameras write it; None when absent or senseless.
    camera : str or None
        Make and model.
    focal_length_35mm : float or None
        35 mm equivalent focal length.
    flash_fired : bool or None
        From EXIF.
    jpeg_quality : int or None
        Estimated from the quantisation tables; None for other formats.
    converted : str
        What was done to reach 8- or 16-bit RGB (``"CMYK to RGB"``), empty when nothing.
    """

    file: str
    sha256: str
    format: str
    size_px: tuple[int, int]
    bit_depth: int = 8
    colour_profile: str = "sRGB (assumed)"
    taken_at: datetime | None = None
    camera: str | None = None
    focal_length_35mm: float | None = None
    flash_fired: bool | None = None
    jpeg_quality: int | None = None
    converted: str = ""

    @property
    def simulated(self) -> bool:
        """The file says that it shows a rendered mannequin."""
        return is_phantom(self.camera)

    def __post_init__(self) -> None:
        if len(self.sha256) != 64:
            raise ValueError(f"sha256: expected 64 hexadecimal digits, got {len(self.sha256)}")
