"""A decoded photo: integer codes kept once, linear light made on demand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.colour_space import linear_from_codes, linear_lut
from progress.imaging.fine_chroma import unrounded
from progress.imaging.rendition import Rendition
from progress.model import Encoding, Provenance, Raster

Codes = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPhoto:
    """An upright sRGB picture and where it came from.

    Parameters
    ----------
    codes : ndarray of uint8 or uint16, shape (H, W, 3)
        sRGB-encoded red, green, blue; kept read-only. Never do arithmetic on them.
    provenance : Provenance
        File, hash, camera.
    rendition : Rendition or None
        How `linear` reads the codes where they are not plain sRGB; the codes stay as they are.
    lost_chroma : ndarray of int8, shape (h, w, 2), or None
        Colour that decoding rounded away, see `imaging.fine_chroma`; `linear` puts it back.
    """

    codes: Codes = field(repr=False)
    provenance: Provenance
    rendition: Rendition | None = field(default=None, repr=False)
    lost_chroma: NDArray[np.int8] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        codes = np.asarray(self.codes)
        if codes.dtype not in (np.uint8, np.uint16):
            raise ValueError(f"DecodedPhoto.codes: expected uint8 or uint16, got {codes.dtype}")
        if codes.ndim != 3 or codes.shape[2] != 3 or not codes.size:
            raise ValueError(f"DecodedPhoto.codes: expected shape (H, W, 3), got {codes.shape}")
        view = codes.view()
        view.flags.writeable = False
        object.__setattr__(self, "codes", view)

    @classmethod
    def from_codes(cls, codes: Any, *, file: str = "rendered") -> DecodedPhoto:
        """A photo of rendered pixels.

        Parameters
        ----------
        codes : ndarray of uint8 or uint16, shape (H, W, 3)
            sRGB-encoded; copied, so that later writing into them changes nothing here.
        file : str
            Name to appear in messages.

        Returns
        -------
        DecodedPhoto
            Its sha256 is that of shape, type and pixels.
        """
        kept = np.array(codes, order="C", copy=True)
        digest = hashlib.sha256(f"{kept.dtype} {kept.shape} ".encode())
        digest.update(kept.data)
        height, width = (*kept.shape, 0, 0)[:2]
        provenance = Provenance(
            file=file,
            sha256=digest.hexdigest(),
            format="PNG",
            size_px=(width, height),
            bit_depth=8 * kept.dtype.itemsize,
        )
        return cls(kept, provenance)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        return self.codes.shape[1], self.codes.shape[0]

    def linear(self, box: tuple[int, int, int, int] | None = None, scale: float = 1.0) -> Raster:
        """Linear light of the photo or a crop of it.

        Parameters
        ----------
        box : tuple of int, optional
            (left, top, right, bottom) in pixels, right and bottom excluded; the whole photo if
            absent. Only this part is computed.
        scale : float
            New size over old. Shrinking averages areas in linear light (no aliasing); enlarging is
            linear interpolation. The new size is rounded to whole pixels, at least 1.

        Returns
        -------
        Raster
            LINEAR, float32, shape (round((bottom - top) scale), round((right - left) scale), 3).
            Its pixel (i, j) has its centre at x = left + (j + 0.5) w / w' - 0.5, and likewise y.

        Raises
        ------
        ValueError
            If the box is empty or leaves the photo, or the scale is not positive.
        """
        width, height = self.size_px
        left, top, right, bottom = box if box is not None else (0, 0, width, height)
        if not (0 <= left < right <= width and 0 <= top < bottom <= height):
            raise ValueError(
                f"box: expected a non-empty part of {width} x {height} pixels, "
                f"got ({left}, {top}, {right}, {bottom})"
            )
        if not (np.isfinite(scale) and scale > 0):
            raise ValueError(f"scale: expected a positive number, got {scale}")
        codes, rendition = self.codes[top:bottom, left:right], self.rendition
        if rendition is None:
            pixels = linear_from_codes(codes)
        else:
            table = rendition.table(linear_lut(8 * codes.dtype.itemsize))
            pixels = cast("NDArray[np.float32]", cv2.LUT(codes, table))
        size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
        if size != (right - left, bottom - top):
            method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
            pixels = cast("NDArray[np.float32]", cv2.resize(pixels, size, interpolation=method))
        if self.lost_chroma is not None:
            shares = (left / width, top / height, right / width, bottom / height)
            pixels = unrounded(pixels, self.lost_chroma, shares)
        if rendition is not None:
            pixels = rendition.across(pixels, (left, top, right, bottom))
        return Raster(pixels, Encoding.LINEAR)

    def codes_8bit(self) -> NDArray[np.uint8]:
        """sRGB codes of 8 bits, shape (H, W, 3), read-only; 16-bit codes are rounded."""
        if self.codes.dtype == np.uint8:
            return cast("NDArray[np.uint8]", self.codes)
        rounded = cv2.convertScaleAbs(self.codes, alpha=1.0 / 257.0)
        rounded.flags.writeable = False
        return cast("NDArray[np.uint8]", rounded)
