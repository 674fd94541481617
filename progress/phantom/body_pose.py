"""Where a piece of body skin falls in a photo: a tilted plane in perspective, softly stretched.

Skin coordinates are millimetres with the origin at the centre of the area, x right and y down;
photo coordinates are pixels with the origin at the centre of the top-left pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from progress.phantom.camera import Camera
from progress.phantom.relief import Light

Points = NDArray[np.float64]

_DISTANCE_MM: Final = 450.0
_SHORTEST_WAVE_MM: Final = 60.0
_STIFF_MM: Final = 24.0
_INVERSE_STEPS: Final = 12

BODY_LIGHT: Final = Light((-0.35, 0.50, 0.79), ambient=0.45)
BODY_CAMERA: Final = Camera()
STICKER_MM: Final = (-32.0, 18.0)


@dataclass(frozen=True, slots=True)
class BodyShot:
    """How one photo of a body area was taken.

    Parameters
    ----------
    yaw_deg, pitch_deg, roll_deg : float
        Tilt of the skin about the vertical and horizontal axes of the photo, and turn within it.
    zoom : float
        Larger brings the skin nearer.
    shift_mm : tuple of float
        Where the centre of the area lies in the photo, from its middle, right and down.
    stretch_mm : float
        Largest displacement by soft tissue, below 3 mm; its waves are 60 mm and longer.
    stretch_seed : int
        Which of many soft displacements.
    sticker_mm : tuple of float
        Centre of the sticker on the skin; it is glued anew for each session.
    sticker_turn_deg : float
        Of the sticker on the skin.
    light : Light
    camera : Camera
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    zoom: float = 1.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    stretch_mm: float = 0.0
    stretch_seed: int = 0
    sticker_mm: tuple[float, float] = STICKER_MM
    sticker_turn_deg: float = 0.0
    light: Light = BODY_LIGHT
    camera: Camera = BODY_CAMERA

    def __post_init__(self) -> None:
        for name in ("yaw_deg", "pitch_deg"):
            if not abs(getattr(self, name)) <= 40:
                raise ValueError(f"BodyShot.{name}: expected -40..40, got {getattr(self, name)}")
        if not (math.isfinite(self.zoom) and self.zoom > 0):
            raise ValueError(f"BodyShot.zoom: expected a positive number, got {self.zoom}")
        if not 0 <= self.stretch_mm < 3:
            raise ValueError(f"BodyShot.stretch_mm: expected 0 to below 3, got {self.stretch_mm}")

    @classmethod
    def draw(cls, rng: np.random.Generator, *, spread: float = 1.0) -> BodyShot:
        """A free-hand photo of another session.

        Parameters
        ----------
        rng : numpy Generator
        spread : float
            1 tilts within 5 degrees, turns within 6, moves within 2 mm, zooms within 6 %, stretches
            to 1.2 mm, turns the lamp within 4 degrees and draws a camera; 0 is `BodyShot()` with
            the middle camera.
        """

        def within(limit: float) -> float:
            return float(spread * limit * rng.uniform(-1.0, 1.0))

        x, y, z = BODY_LIGHT.direction
        tilt = math.radians(4.0)
        return cls(
            yaw_deg=within(5.0),
            pitch_deg=within(5.0),
            roll_deg=within(6.0),
            zoom=1.0 + within(0.06),
            shift_mm=(within(2.0), within(2.0)),
            stretch_mm=abs(within(1.2)),
            stretch_seed=int(rng.integers(2**31)),
            sticker_mm=(STICKER_MM[0] + within(2.0), STICKER_MM[1] + within(2.0)),
            sticker_turn_deg=within(8.0),
            light=Light((x + within(tilt), y + within(tilt), z), ambient=0.45),
            camera=Camera.draw(rng, spread=spread),
        )

    def homography(self, size_px: tuple[int, int], px_per_mm: float) -> NDArray[np.float64]:
        """Photo pixels from millimetres of stretched skin.

        Parameters
        ----------
        size_px : tuple of int
            Width and height of the photo.
        px_per_mm : float
            At the middle of the area, before zoom.

        Returns
        -------
        ndarray of float64, shape (3, 3)
            A pinhole camera 450 mm away.
        """
        yaw, pitch, roll = (math.radians(a) for a in (self.yaw_deg, self.pitch_deg, self.roll_deg))
        cos, sin = math.cos, math.sin
        about_y = np.array([[cos(yaw), 0, sin(yaw)], [0, 1, 0], [-sin(yaw), 0, cos(yaw)]])
        about_x = np.array([[1, 0, 0], [0, cos(pitch), -sin(pitch)], [0, sin(pitch), cos(pitch)]])
        about_z = np.array([[cos(roll), -sin(roll), 0], [sin(roll), cos(roll), 0], [0, 0, 1]])
        turn = about_z @ about_x @ about_y
        place = np.column_stack(
            [turn[:, 0], turn[:, 1], [*self.shift_mm, _DISTANCE_MM / self.zoom]]
        )
        focal = px_per_mm * _DISTANCE_MM
        middle = ((size_px[0] - 1) / 2.0, (size_px[1] - 1) / 2.0)
        lens = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1.0]])
        matrix = lens @ place
        return np.asarray(matrix / matrix[2, 2])

    def stretched(self, skin_mm: Any) -> Points:
        """Where soft tissue takes points of the skin, shape (..., 2), in mm.

        Notes
        -----
        A few long waves of fixed seed. Their steepest strain is 2 pi stretch / 60 mm, below 0.13
        for the usual 1.2 mm: no folds. They die out at the sticker, whose paper does not stretch.
        """
        points = np.asarray(skin_mm, dtype=np.float64)
        if self.stretch_mm == 0:
            return points.copy()
        rng = np.random.default_rng(self.stretch_seed)
        moved = points.copy()
        apart = ((points - np.array(self.sticker_mm)) ** 2).sum(axis=-1)
        slack = self.stretch_mm * math.sqrt(0.5) * -np.expm1(-apart / (2.0 * _STIFF_MM**2))
        shares = rng.dirichlet(np.ones(3), size=2)
        for wave in range(3):
            angle = rng.uniform(0.0, 2.0 * math.pi)
            length = _SHORTEST_WAVE_MM * rng.uniform(1.0, 2.2)
            phase = rng.uniform(0.0, 2.0 * math.pi, size=2)
            along = points[..., 0] * math.cos(angle) + points[..., 1] * math.sin(angle)
            for axis in (0, 1):
                push = np.sin(2.0 * math.pi * along / length + phase[axis])
                moved[..., axis] += slack * shares[axis, wave] * push
        return moved

    def photo_from_skin(self, skin_mm: Any, size_px: tuple[int, int], px_per_mm: float) -> Points:
        """Photo pixels (x, y) of points on the skin in mm, shape (..., 2).

        Parameters
        ----------
        skin_mm : array_like, shape (..., 2)
        size_px : tuple of int
            Width and height of the photo.
        px_per_mm : float
            See `homography`.
        """
        return _project(self.homography(size_px, px_per_mm), self.stretched(skin_mm))

    def skin_from_photo(self, photo_xy: Any, size_px: tuple[int, int], px_per_mm: float) -> Points:
        """The points on the skin in mm that are seen at photo pixels, shape (..., 2).

        Parameters
        ----------
        photo_xy : array_like, shape (..., 2)
        size_px : tuple of int
            Width and height of the photo.
        px_per_mm : float
            See `homography`.

        Notes
        -----
        The stretch is inverted by fixed-point iteration, to below 1e-6 mm where the strain is 0.3.
        """
        back: Points = np.linalg.inv(self.homography(size_px, px_per_mm)).astype(np.float64)
        seen: Points = _project(back, np.asarray(photo_xy, dtype=np.float64))
        if self.stretch_mm == 0:
            return seen
        skin = seen.copy()
        for _ in range(_INVERSE_STEPS):
            skin += seen - self.stretched(skin)
        return skin


def _project(matrix: NDArray[np.float64], points: Points) -> Points:
    """Points through a homography."""
    flat = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(flat[..., :2] / flat[..., 2:])
