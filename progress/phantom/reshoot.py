"""A simulated second shot of a real photo, with the true position of every pixel.

What it cannot do: show skin that the first shot did not see, move hair or background on their own,
or undo the blur and noise of the first shot. Errors measured on it are therefore lower bounds.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.colour_space import linear_from_codes, srgb_from_linear
from progress.imaging.strips import row_strips
from progress.phantom.reshoot_motion import Motion, area_warp, face_warp
from progress.phantom.reshoot_warp import BoolArray, FloatArray, Warp, grid_nodes

_NOISE_ROWS = 256
_SHARPENING_SIGMA_PX = 1.2
_RELIEF_SIGMA = 0.01
"""Of the picture's width: about 2.5 mm on a face that fills it, above every scar's width."""
_STRONGEST_RELIEF = 0.5
"""In ln of light: deeper shadows are nostrils and lids."""


@dataclass(frozen=True, slots=True)
class Reshoot:
    """Everything that differs between two shots of the same skin. The default changes nothing.

    Parameters
    ----------
    motion : Motion
        Head, camera and key light.
    exposure_ev : float
        Stops; +1 doubles the light.
    channel_gains : tuple of float
        White-balance drift of red, green, blue.
    gradient, cast : float
        Light that falls off across the picture, and red over blue that changes across it, as
        departures from 1 at the picture's edges. Both run along `toward_deg`.
    toward_deg : float
        0 is the right of the picture, 90 its lower edge.
    relief_gain : float
        Contrast of relief over that of the baseline, as a lamp that grazes more or less makes it.
        Taken from red light below 3 % of the picture's width, in which blood and melanin show
        least; what is left of a mole there is taken for relief too.
    tone : float
        Strength of an S-curve on display values, -0.5..0.5; 0 is plain sRGB.
    sharpening : float
        Amount of unsharp masking at 1.2 px after the tone curve.
    blur_sigma_px : float
        Extra point spread of optics and demosaicing.
    shot_noise, read_noise : float
        Variance of linear light (0..1) per unit of light, and standard deviation in the dark.
    resize : float
        Size of the stored picture over that of the camera's, at most 1.
    jpeg_quality : int or None
        1..100 with 4:2:0 chroma; None keeps the codes as they are.
    """

    motion: Motion = field(default_factory=Motion)
    exposure_ev: float = 0.0
    channel_gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gradient: float = 0.0
    cast: float = 0.0
    toward_deg: float = 0.0
    relief_gain: float = 1.0
    tone: float = 0.0
    sharpening: float = 0.0
    blur_sigma_px: float = 0.0
    shot_noise: float = 0.0
    read_noise: float = 0.0
    resize: float = 1.0
    jpeg_quality: int | None = None

    @classmethod
    def draw(cls, rng: np.random.Generator, *, strength: float = 1.0) -> Reshoot:
        """A random re-shoot by a careful amateur.

        Parameters
        ----------
        rng : numpy.random.Generator
            All randomness.
        strength : float
            Multiplies every range; 1 is yaw, pitch and roll within 4 degrees, zoom within 7 %,
            camera distance within 5 %, 0.3 stops, 4 % per channel, 5 degrees of key light,
            0.15 % of the face width of soft tissue, JPEG quality 85 to 95.

        Returns
        -------
        Reshoot
        """

        def within(limit: float) -> float:
            return float(rng.uniform(-limit, limit)) * strength

        motion = Motion(
            yaw_deg=within(4.0),
            pitch_deg=within(4.0),
            roll_deg=within(4.0),
            zoom=1.0 + within(0.07),
            distance_ratio=1.0 + within(0.05),
            tissue_shift=float(rng.uniform(0.0, 0.0015)) * strength,
            light_turn_deg=float(rng.uniform(0.0, 5.0)) * strength,
            key_azimuth_deg=float(rng.uniform(20.0, 160.0)),
            light_toward_deg=float(rng.uniform(0.0, 360.0)),
        )
        red, green, blue = (1.0 + within(0.04) for _ in range(3))
        return cls(
            motion=motion,
            exposure_ev=within(0.3),
            channel_gains=(red, green, blue),
            tone=within(0.1),
            blur_sigma_px=float(rng.uniform(0.0, 0.5)) * strength,
            shot_noise=float(rng.uniform(1e-5, 6e-5)) * strength,
            read_noise=float(rng.uniform(0.0002, 0.001)) * strength,
            jpeg_quality=int(rng.integers(85, 96)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Reshot:
    """A simulated second shot and its truth.

    Parameters
    ----------
    codes : ndarray of uint8, shape (H, W, 3)
        sRGB codes of the second shot, the size of the first times `spec.resize`.
    warp : Warp
        The true motion.
    spec : Reshoot
        What was asked for.
    """

    codes: NDArray[np.uint8] = field(repr=False)
    warp: Warp = field(repr=False)
    spec: Reshoot

    @property
    def followup_from_baseline_xy(self) -> FloatArray:
        """True (x, y) in the second shot of every pixel of the first, shape (H, W, 2)."""
        return cast("FloatArray", self._stored(self.warp.followup_from_baseline_xy))

    def followup_from_baseline(self, baseline_xy: Any) -> NDArray[np.float64]:
        """True follow-up positions of baseline points inside the picture, shape (N, 2)."""
        return self._stored(self.warp.followup_from_baseline(baseline_xy))

    def _stored(self, xy: NDArray[Any]) -> NDArray[Any]:
        """Positions in the camera's picture as positions in the stored one."""
        if self.spec.resize == 1.0:
            return xy
        width, height = self.warp.size_px
        rows, columns = self.codes.shape[:2]
        scale = np.array([columns / width, rows / height], dtype=xy.dtype)
        return np.asarray((xy + xy.dtype.type(0.5)) * scale - xy.dtype.type(0.5))

    @property
    def visible(self) -> BoolArray:
        """Which pixels of the first shot are seen in the second, shape (H, W)."""
        return self.warp.visible


@functools.lru_cache(maxsize=64)
def _codes_of_root(offset: float, tone: float) -> NDArray[np.uint8]:
    """Code for each 16-bit value of ``sqrt(linear + offset)``, noise-free full scale included."""
    root = np.arange(65536, dtype=np.float64) / 65535 * _root_full_scale(offset)
    srgb = np.asarray(srgb_from_linear(np.clip(root**2 - offset, 0.0, 1.0)))
    curved = srgb + tone * (srgb * srgb * (3 - 2 * srgb) - srgb)
    codes = np.rint(np.clip(curved, 0.0, 1.0) * 255).astype(np.uint8)
    codes.flags.writeable = False
    return cast("NDArray[np.uint8]", codes)


def _root_full_scale(offset: float) -> float:
    """The root value that 65535 stands for; a little more than white, so that noise is not cut."""
    return math.sqrt(1.1 + offset)


def _noise(shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
    """Unit noise, a little correlated as after demosaicing.

    One strip is drawn and laid under itself with random turns: independent noise for every pixel
    of a 12-megapixel photo would cost more than all the rest.
    """
    height, width = shape[:2]
    rows = min(height, _NOISE_ROWS)
    strip = rng.standard_normal((rows, width, 3), dtype=np.float32)
    strip = np.asarray(cv2.GaussianBlur(strip, (3, 3), 0.45), dtype=np.float32)
    strip /= strip.std()
    noise = np.empty(shape, dtype=np.float32)
    for top in range(0, height, rows):
        part, turn = noise[top : top + rows], int(rng.integers(width))
        part[:, turn:] = strip[: part.shape[0], : width - turn]
        part[:, :turn] = strip[: part.shape[0], width - turn :]
    return noise


def develop(
    warped_linear: NDArray[Any], light: NDArray[Any], spec: Reshoot, *, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Codes that a camera makes of linear light.

    Parameters
    ----------
    warped_linear : ndarray of float32, shape (H, W, 3)
        Linear light in the follow-up's frame; left alone.
    light : ndarray of float32, shape (H, W, 3)
        Factor of light (shading, exposure, gains).
    spec : Reshoot
        Point spread, noise, tone curve and compression are taken from it.
    rng : numpy.random.Generator
        Draws the noise.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
    """
    lit = np.asarray(light, dtype=np.float32)
    height, columns = warped_linear.shape[:2]
    scene: NDArray[Any] = np.empty((height, columns, 3), np.float32)
    for rows in row_strips(height, columns):
        np.multiply(warped_linear[rows], lit[rows], out=scene[rows])
    if spec.relief_gain != 1.0:
        scene = scene * _relief_light(scene[..., 0], spec.relief_gain)[..., np.newaxis]
    if spec.blur_sigma_px > 0:
        scene = cv2.GaussianBlur(scene, (0, 0), spec.blur_sigma_px)
    # In the square root of light, shot and read noise together have one constant width.
    offset = round(spec.read_noise**2 / spec.shot_noise, 9) if spec.shot_noise > 0 else 0.0
    scale = 65535 / _root_full_scale(offset)
    noise = _noise(scene.shape, rng) if spec.shot_noise else np.zeros_like(scene)
    width = math.sqrt(spec.shot_noise) / 2
    table = _codes_of_root(offset, spec.tone)
    codes = np.empty((height, columns, 3), np.uint8)
    for rows in row_strips(height, columns):
        light_there = np.maximum(scene[rows] + np.float32(offset), np.float32(0))
        root = cv2.sqrt(light_there)
        quantised = cv2.addWeighted(root, scale, noise[rows], scale * width, 0.0, dtype=cv2.CV_16U)
        codes[rows] = cv2.LUT(np.asarray(quantised, np.uint16), table)
    if spec.sharpening:
        soft = cv2.GaussianBlur(codes, (0, 0), _SHARPENING_SIGMA_PX)
        crisp = cv2.addWeighted(codes, 1 + spec.sharpening, soft, -spec.sharpening, 0.0)
        codes = cast("NDArray[np.uint8]", crisp)
    if spec.resize != 1.0:
        size = (round(codes.shape[1] * spec.resize), round(codes.shape[0] * spec.resize))
        codes = cast("NDArray[np.uint8]", cv2.resize(codes, size, interpolation=cv2.INTER_AREA))
    if spec.jpeg_quality is None:
        return codes
    bgr = cv2.cvtColor(codes, cv2.COLOR_RGB2BGR)
    _, stream = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, spec.jpeg_quality])
    back = cv2.imdecode(stream, cv2.IMREAD_COLOR)
    return cast("NDArray[np.uint8]", cv2.cvtColor(np.asarray(back), cv2.COLOR_BGR2RGB))


def _relief_light(red: NDArray[Any], gain: float) -> FloatArray:
    """Factor of light that gives fine lightness `gain` times its contrast."""
    ground = cv2.GaussianBlur(red, (0, 0), _RELIEF_SIGMA * red.shape[1])
    detail = np.log(np.maximum(red, 1e-4) / np.maximum(ground, 1e-4))
    detail = np.clip(detail, -_STRONGEST_RELIEF, _STRONGEST_RELIEF)
    return np.asarray(np.exp((gain - 1.0) * detail), dtype=np.float32)


def shoot_again(
    picture: NDArray[Any], warp: Warp, spec: Reshoot, *, rng: np.random.Generator
) -> Reshot:
    """The second shot of a picture whose warp is already known (warps can be reused).

    Parameters
    ----------
    picture : ndarray, shape (H, W, 3)
        float32 linear light, or uint8/uint16 sRGB codes.
    warp : Warp
        From `face_warp` or `area_warp`, for a picture of this size.
    spec : Reshoot
        Exposure, gains and camera; its motion must be that of the warp.
    rng : numpy.random.Generator
        Draws the noise.

    Returns
    -------
    Reshot
    """
    pixels = np.asarray(picture)
    linear = pixels if pixels.dtype.kind == "f" else linear_from_codes(pixels)
    light = warp.light(_gains(warp, spec))
    return Reshot(develop(warp.apply(linear), light, spec, rng=rng), warp, spec)


def _gains(warp: Warp, spec: Reshoot) -> FloatArray:
    """Factor per channel, shape (3,), or (R, C, 3) where it differs across the picture."""
    gains = np.asarray(spec.channel_gains, dtype=np.float32) * np.float32(2.0**spec.exposure_ev)
    if spec.gradient == 0 and spec.cast == 0:
        return gains
    toward = math.radians(spec.toward_deg)
    _, nodes = grid_nodes(warp.size_px)
    middle = (np.array(warp.size_px) - 1) / 2
    across = (nodes - middle) / middle.max() @ np.array([math.cos(toward), math.sin(toward)])
    tint = np.array([spec.cast, 0.0, -spec.cast]) / 2
    factor = 1 + across[..., np.newaxis] * (spec.gradient + tint)
    return cast("FloatArray", (gains * np.maximum(factor, 0.1)).astype(np.float32))


def reshoot(
    picture: NDArray[Any],
    points_xy: NDArray[Any],
    depth_px: NDArray[Any],
    spec: Reshoot,
    rng: np.random.Generator,
) -> Reshot:
    """A simulated second shot of a face.

    Parameters
    ----------
    picture : ndarray, shape (H, W, 3)
        The photo or a crop: float32 linear light, or uint8/uint16 sRGB codes.
    points_xy : ndarray, shape (478, 2) or (468, 2)
        Face mesh in pixels of `picture`.
    depth_px : ndarray, shape (478,) or (468,)
        Depth of the points in the same unit, smaller is nearer.
    spec : Reshoot
        What differs.
    rng : numpy.random.Generator
        All randomness that `spec` leaves open.

    Returns
    -------
    Reshot
    """
    height, width = np.asarray(picture).shape[:2]
    warp = face_warp(points_xy, depth_px, (width, height), motion=spec.motion, rng=rng)
    return shoot_again(picture, warp, spec, rng=rng)


def reshoot_area(picture: NDArray[Any], spec: Reshoot, rng: np.random.Generator) -> Reshot:
    """A simulated second shot of an area of the body, taken as flat and a little elastic.

    Parameters
    ----------
    picture : ndarray, shape (H, W, 3)
        float32 linear light, or uint8/uint16 sRGB codes.
    spec : Reshoot
        What differs; lengths of its motion are in picture widths.
    rng : numpy.random.Generator
        All randomness that `spec` leaves open.

    Returns
    -------
    Reshot
    """
    height, width = np.asarray(picture).shape[:2]
    warp = area_warp((width, height), motion=spec.motion, rng=rng)
    return shoot_again(picture, warp, spec, rng=rng)
