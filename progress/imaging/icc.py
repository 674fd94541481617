"""From an embedded colour profile to sRGB.

8-bit photos go through LittleCMS. LittleCMS as Pillow wraps it has no 16-bit RGB, so 16-bit photos
go through the matrix and curves of their profile, which every camera and phone profile has.
"""

from __future__ import annotations

import functools
import io
import struct
from dataclasses import dataclass, field
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from progress.imaging.colour_space import codes_from_linear

_STRIPE_ROWS = 256  # bounds the float copy of a large photo to a few megabytes
_SAME_CURVE = 1.5e-3  # half an 8-bit code; vendors round their sRGB tables about this much
_SAME_MATRIX = 1.5e-3


class ProfileError(ValueError):
    """A colour profile that is damaged, or of a kind that cannot be applied here."""


@dataclass(frozen=True, slots=True, eq=False)
class MatrixProfile:
    """An RGB profile made of three curves and a matrix (ICC.1:2022, section F.3).

    Parameters
    ----------
    curves : tuple of three ndarrays of float64, shape (65536,)
        Linear light of every 16-bit code.
    xyz_from_linear : ndarray of float64, shape (3, 3)
        To the profile connection space (XYZ, D50).
    """

    curves: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] = field(repr=False)
    xyz_from_linear: NDArray[np.float64]

    def is_srgb(self) -> bool:
        """Whether curves and matrix are those of sRGB up to the rounding of profile makers."""
        srgb = srgb_profile()
        same = np.abs(self.xyz_from_linear - srgb.xyz_from_linear).max() < _SAME_MATRIX
        return bool(same) and all(
            np.abs(mine - theirs).max() < _SAME_CURVE
            for mine, theirs in zip(self.curves, srgb.curves, strict=True)
        )


def _tags(icc: bytes) -> dict[bytes, bytes]:
    """The tag payloads of a profile by signature."""
    (count,) = struct.unpack_from(">I", icc, 128)
    if count > 100:  # the largest vendor profiles have about thirty
        raise ProfileError(f"colour profile: expected at most 100 tags, got {count}")
    tags = {}
    for index in range(count):
        signature, offset, size = struct.unpack_from(">4sII", icc, 132 + 12 * index)
        tags[signature] = icc[offset : offset + size]
    return tags


def _fixed(data: bytes, at: int, count: int) -> NDArray[np.float64]:
    """`count` numbers of type s15Fixed16."""
    return np.array(struct.unpack_from(f">{count}i", data, at)) / 65536.0


def _curve(tag: bytes) -> NDArray[np.float64]:
    """A `curv` or `para` tag as linear light of every 16-bit code."""
    x = np.linspace(0.0, 1.0, 65536)
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            return x
        values = np.array(struct.unpack_from(f">{count}H", tag, 12), dtype=np.float64)
        if count == 1:
            return cast("NDArray[np.float64]", x ** (values[0] / 256.0))
        return np.interp(x, np.linspace(0.0, 1.0, count), values / 65535.0)
    if tag[:4] != b"para":
        raise ProfileError(f"colour profile: expected a curve, got {tag[:4]!r}")
    (kind,) = struct.unpack_from(">H", tag, 8)
    if kind > 4:
        raise ProfileError(f"colour profile: expected curve type 0 to 4, got {kind}")
    # ICC.1:2022 table 68: every type is (a x + b)^g + e above d and c x + f below it.
    g, *rest = _fixed(tag, 12, (1, 3, 4, 5, 7)[kind])
    a, b, c, d, e, f = 1.0, 0.0, 0.0, -1.0, 0.0, 0.0
    if kind in (1, 2):
        a, b = rest[:2]
        d = -b / a
        e = f = rest[2] if kind == 2 else 0.0
    elif kind in (3, 4):
        a, b, c, d = rest[:4]
        e, f = rest[4:] if kind == 4 else (0.0, 0.0)
    power = np.maximum(a * x + b, 0.0) ** g + e
    return cast("NDArray[np.float64]", np.clip(np.where(x >= d, power, c * x + f), 0.0, 1.0))


def matrix_profile(icc: bytes) -> MatrixProfile | None:
    """The curves and matrix of a profile, or None if it is not of that kind.

    Parameters
    ----------
    icc : bytes
        An embedded profile, version 2 or 4.

    Raises
    ------
    ProfileError
        If it is damaged.
    """
    if len(icc) < 132 or icc[36:40] != b"acsp":
        raise ProfileError("colour profile: expected an ICC profile, got other bytes")
    if icc[16:20] != b"RGB " or icc[20:24] != b"XYZ ":
        return None
    try:
        tags = _tags(icc)
        if b"A2B0" in tags or b"A2B1" in tags or b"rXYZ" not in tags:
            return None
        columns = [_fixed(tags[name], 8, 3) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
        red, green, blue = (_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC"))
    except (struct.error, KeyError, IndexError, ZeroDivisionError) as error:
        raise ProfileError("colour profile: damaged tag table") from error
    return MatrixProfile((red, green, blue), np.stack(columns, axis=1))


@functools.cache
def _srgb_cms() -> ImageCms.ImageCmsProfile:
    """LittleCMS's own sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@functools.cache
def srgb_profile() -> MatrixProfile:
    """sRGB as a matrix profile, adapted to D50 as profiles are."""
    profile = matrix_profile(_srgb_cms().tobytes())
    if profile is None:
        raise ProfileError("colour profile: LittleCMS made an sRGB profile without a matrix")
    return profile


def profile_name(icc: bytes) -> str:
    """The profile's own description, or a stand-in where it has none."""
    try:
        text = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(icc)))
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        raise ProfileError("colour profile: expected an ICC profile, got other bytes") from error
    return " ".join(text.split()) or "unnamed profile"


def image_to_srgb(image: Image.Image, icc: bytes) -> Image.Image:
    """An 8-bit picture turned to sRGB, relative colorimetric.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB or CMYK.
    icc : bytes
        Its profile.

    Returns
    -------
    PIL.Image.Image
        RGB. Colours outside sRGB are clipped. The picture itself if its profile is sRGB.

    Raises
    ------
    ProfileError
        If the profile is damaged or belongs to another kind of picture.
    """
    if image.mode == "RGB":
        matrix = matrix_profile(icc)
        if matrix is not None and matrix.is_srgb():
            return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        converted = ImageCms.profileToProfile(image, source, _srgb_cms(), intent, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        raise ProfileError(
            f"colour profile: expected one for {image.mode}, got one that does not apply"
        ) from error
    if converted is None:
        raise ProfileError("colour profile: no picture came out of the conversion")
    return converted


def codes_to_srgb(codes: NDArray[np.uint16], icc: bytes) -> NDArray[np.uint16]:
    """16-bit RGB codes turned to sRGB codes, relative colorimetric.

    Parameters
    ----------
    codes : ndarray of uint16, shape (H, W, 3)
    icc : bytes
        Their profile; must be a matrix profile.

    Returns
    -------
    ndarray of uint16, shape (H, W, 3)
        Colours outside sRGB are clipped. The same array if the profile is sRGB.

    Raises
    ------
    ProfileError
        If the profile is damaged or made of tables.
    """
    profile = matrix_profile(icc)
    if profile is None:
        raise ProfileError("colour profile: expected one with a matrix for 16 bits, got tables")
    if profile.is_srgb():
        return codes
    srgb_from_profile = np.linalg.solve(srgb_profile().xyz_from_linear, profile.xyz_from_linear)
    luts = [curve.astype(np.float32) for curve in profile.curves]
    converted = np.empty_like(codes)
    for top in range(0, codes.shape[0], _STRIPE_ROWS):
        stripe = codes[top : top + _STRIPE_ROWS]
        linear = np.stack([luts[k][stripe[..., k]] for k in range(3)], axis=-1)
        srgb = cv2.transform(linear, srgb_from_profile)
        converted[top : top + _STRIPE_ROWS] = codes_from_linear(srgb, bit_depth=16)
    return converted
