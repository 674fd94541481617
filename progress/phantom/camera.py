"""What a camera makes of linear light: point spread, noise, tone curve, sharpening, JPEG."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.colour_space import srgb_from_linear

Codes = NDArray[np.uint8]
ChromaSubsampling = Literal["4:4:4", "4:2:0"]

_SAMPLING: Final = {
    "4:4:4": int(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
    "4:2:0": int(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420),
}
_SHARPENING_SIGMA_PX: Final = 1.2
_TABLE_SIZE: Final = 16384


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera at one moment.

    Parameters
    ----------
    psf_sigma_px : float
        Gaussian width of lens, defocus and shake together, in pixels.
    exposure_ev : float
        In stops; +1 doubles the light.
    channel_gains : tuple of float
        Red, green, blue; what is left of a wrong white balance.
    read_noise, shot_noise : float
        The variance of linear light x is ``read_noise**2 + shot_noise**2 * x``, with white at 1.
    smoothing_sigma_px : float
        Gaussian by which the noisy picture is smoothed: demosaicing and mild denoising.
    tone : float
        Strength of an S-curve on sRGB values, 0 (pure sRGB) to 1 (a strong phone look).
    sharpening : float
        Amount of unsharp masking of brightness at 1.2 px, after the tone curve.
    jpeg_quality : int or None
        1..100; None leaves the 8-bit codes as they are.
    chroma_subsampling : {"4:4:4", "4:2:0"}
        How JPEG keeps colour.
    """

    psf_sigma_px: float = 0.6
    exposure_ev: float = 0.0
    channel_gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    read_noise: float = 0.002
    shot_noise: float = 0.008
    smoothing_sigma_px: float = 0.45
    tone: float = 0.0
    sharpening: float = 0.0
    jpeg_quality: int | None = 92
    chroma_subsampling: ChromaSubsampling = "4:2:0"

    def __post_init__(self) -> None:
        for name in ("psf_sigma_px", "read_noise", "shot_noise", "smoothing_sigma_px"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"Camera.{name}: expected a number >= 0, got {value}")
        if not all(math.isfinite(gain) and gain > 0 for gain in self.channel_gains):
            raise ValueError(
                f"Camera.channel_gains: expected positive numbers, got {self.channel_gains}"
            )
        if not 0 <= self.tone <= 1:
            raise ValueError(f"Camera.tone: expected 0..1, got {self.tone}")
        if self.chroma_subsampling not in _SAMPLING:
            raise ValueError(
                f"Camera.chroma_subsampling: expected one of {tuple(_SAMPLING)}, "
                f"got {self.chroma_subsampling!r}"
            )
        if self.jpeg_quality is not None:
            _checked_quality(self.jpeg_quality)

    @classmethod
    def ideal(cls) -> Camera:
        """No blur, no noise, no processing: 8-bit sRGB codes of the scene itself."""
        return cls(
            psf_sigma_px=0.0,
            read_noise=0.0,
            shot_noise=0.0,
            smoothing_sigma_px=0.0,
            jpeg_quality=None,
        )

    @classmethod
    def draw(cls, rng: np.random.Generator, *, spread: float = 1.0) -> Camera:
        """A camera as it may be at one session.

        Parameters
        ----------
        rng : numpy Generator
        spread : float
            1 is a phone without a chart: exposure within 0.3 stops, red and blue gains within 5 %,
            extra defocus to 0.8 px, quality 75-95; 0 is the middle of it all.

        Returns
        -------
        Camera
        """
        if not spread >= 0:
            raise ValueError(f"spread: expected a number >= 0, got {spread}")

        def within(limit: float) -> float:
            return float(spread * limit * rng.uniform(-1.0, 1.0))

        defocus = abs(within(0.8))
        return cls(
            psf_sigma_px=math.hypot(0.5, defocus),
            exposure_ev=within(0.3),
            channel_gains=(1.0 + within(0.05), 1.0, 1.0 + within(0.05)),
            read_noise=0.002 * 2.0 ** within(0.7),
            shot_noise=0.008 * 2.0 ** within(0.7),
            smoothing_sigma_px=max(0.0, 0.45 + within(0.15)),
            tone=min(1.0, max(0.0, 0.15 + within(0.15))),
            sharpening=max(0.0, 0.3 + within(0.3)),
            jpeg_quality=round(np.clip(88 + within(7.0) - 6 * abs(within(1.0)), 1, 100)),
            chroma_subsampling="4:2:0",
        )


def shoot(linear_scene: Any, camera: Camera, rng: np.random.Generator) -> Codes:
    """The 8-bit sRGB picture a camera makes of a scene.

    Parameters
    ----------
    linear_scene : array_like, shape (H, W, 3)
        Linear sRGB, white at 1; more than 1 is clipped by the camera, as glare is.
    camera : Camera
    rng : numpy Generator
        For the noise; not touched if there is none.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        Red, green, blue.

    Raises
    ------
    ValueError
        If the scene has another shape.
    """
    scene = np.ascontiguousarray(linear_scene, dtype=np.float32)
    if scene.ndim != 3 or scene.shape[2] != 3 or not scene.size:
        raise ValueError(f"linear_scene: expected shape (H, W, 3), got {scene.shape}")
    light = _blurred(scene, camera.psf_sigma_px)
    gains = 2.0**camera.exposure_ev * np.array(camera.channel_gains)
    if not np.all(gains == 1.0):
        light = cast("NDArray[np.float32]", cv2.transform(light, np.diag(gains)))
    if camera.read_noise or camera.shot_noise:
        light = light + _noise(light, camera, rng)
        light = _blurred(light, camera.smoothing_sigma_px)
    codes = _developed(light, camera.tone)
    if camera.sharpening:
        codes = _sharpened(codes, camera.sharpening)
    codes8 = cast("Codes", cv2.convertScaleAbs(np.maximum(codes, np.float32(0))))
    if camera.jpeg_quality is None:
        return codes8
    data = jpeg_bytes(codes8, camera.jpeg_quality, chroma_subsampling=camera.chroma_subsampling)
    decoded = cast("Codes", cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR))
    return cast("Codes", cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB))


def jpeg_bytes(
    codes: Codes, quality: int, *, chroma_subsampling: ChromaSubsampling = "4:2:0"
) -> bytes:
    """A JPEG file of 8-bit sRGB codes, without metadata.

    Parameters
    ----------
    codes : ndarray of uint8, shape (H, W, 3)
        Red, green, blue.
    quality : int
        1..100.
    chroma_subsampling : {"4:4:4", "4:2:0"}
        How colour is kept.

    Returns
    -------
    bytes
    """
    bgr = cv2.cvtColor(np.ascontiguousarray(codes), cv2.COLOR_RGB2BGR)
    settings = [
        *(int(cv2.IMWRITE_JPEG_QUALITY), _checked_quality(quality)),
        *(int(cv2.IMWRITE_JPEG_SAMPLING_FACTOR), _SAMPLING[chroma_subsampling]),
    ]
    _, data = cv2.imencode(".jpg", bgr, settings)
    return bytes(data)


def _checked_quality(quality: int) -> int:
    """The quality, if it is one."""
    if not 1 <= quality <= 100:
        raise ValueError(f"jpeg_quality: expected 1..100, got {quality}")
    return int(quality)


def _blurred(image: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Gaussian blur cut at 3 sigma, mirrored at the border."""
    if sigma_px < 0.05:
        return image
    size = 2 * math.ceil(3.0 * sigma_px) + 1
    return cast("NDArray[np.float32]", cv2.GaussianBlur(image, (size, size), sigma_px))


def _noise(
    light: NDArray[np.float32], camera: Camera, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Gaussian noise with the variance of photons and readout."""
    variance = np.maximum(light, np.float32(0))
    variance *= np.float32(camera.shot_noise**2)
    variance += np.float32(camera.read_noise**2)
    deviation = cv2.sqrt(variance)
    return cast(
        "NDArray[np.float32]", deviation * rng.standard_normal(light.shape, dtype=np.float32)
    )


@functools.lru_cache(maxsize=32)
def _tone_table(tone: float) -> NDArray[np.float32]:
    """Codes 0..255 over the square root of linear light, in 16 384 steps."""
    root = np.linspace(0.0, 1.0, _TABLE_SIZE)
    encoded = srgb_from_linear(root**2)
    curved = encoded + tone * (encoded * encoded * (3.0 - 2.0 * encoded) - encoded)
    return (255.0 * curved).astype(np.float32)


def _developed(light: NDArray[np.float32], tone: float) -> NDArray[np.float32]:
    """Codes 0..255, not yet rounded, of linear light."""
    # The square root spreads the table as evenly as the eye sees; a step is 0.02 codes.
    root = cast("NDArray[np.float32]", cv2.sqrt(np.clip(light, np.float32(0), np.float32(1))))
    root *= np.float32(_TABLE_SIZE - 1)
    root += np.float32(0.5)
    return np.take(_tone_table(tone), root.astype(np.uint16))


def _sharpened(codes: NDArray[np.float32], amount: float) -> NDArray[np.float32]:
    """Unsharp masking of brightness; colour differences stay."""
    grey = cast("NDArray[np.float32]", cv2.cvtColor(codes, cv2.COLOR_RGB2GRAY))
    detail = grey - _blurred(grey, _SHARPENING_SIGMA_PX)
    return codes + np.float32(amount) * detail[..., np.newaxis]
