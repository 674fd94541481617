"""One still piece of skin under one lamp after another: pictures of known height and known light.

What the measurement has to undo is put in here by other means than it uses: light that spreads
under the skin, cast shadows, gloss, lamps that stand near, light that is not the lamp's, a camera,
and a client who does not quite keep still.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from progress.model.checks import FloatArray
from progress.model.raster import PHANTOM_CAMERA
from progress.phantom.camera import Camera, Codes, shoot
from progress.phantom.features import Scar
from progress.phantom.multilight_props import Ball, Sticker, put_ball, put_sticker
from progress.phantom.painting import paint_pores, paint_scars
from progress.phantom.planting import scatter_pores
from progress.phantom.relief import Light, cast_shadow, glint, scatter, shade, slopes
from progress.phantom.skin import SKIN_TONES, SkinMaps, SkinTone, bare_skin
from progress.phantom.spectra import skin_reflectance

Direction = tuple[float, float, float]
_SKIN_LEVEL: Final = 0.55
"""Linear red of flat skin: exposed as bright as a photographer dares before highlights clip."""
_EXIF_MAKE, _EXIF_MODEL = 271, 272


@dataclass(frozen=True, slots=True)
class Rig:
    """Lamps in fixed places and what other light there is.

    Parameters
    ----------
    lamps : tuple of 3-tuples
        Directions from the skin to each lamp: x right, y up, z to the camera; any length.
    powers : tuple of float
        Of each lamp over the usual one; empty for equal lamps.
    ambient : float
        Light that stays when the lamps are off, on flat skin, over that of one lamp.
    distance_mm : float or None
        Of the lamps from the middle of the picture; None is far away. A near lamp lights its own
        side more, and from another direction.
    polarised : bool
        Crossed polarisers take the gloss away.
    """

    lamps: tuple[Direction, ...]
    powers: tuple[float, ...] = ()
    ambient: float = 0.05
    distance_mm: float | None = None
    polarised: bool = True

    def __post_init__(self) -> None:
        if len(self.lamps) < 1:
            raise ValueError("Rig.lamps: expected at least one lamp, got none")
        if self.powers and len(self.powers) != len(self.lamps):
            raise ValueError(
                f"Rig.powers: expected {len(self.lamps)} or none, got {len(self.powers)}"
            )
        if not self.ambient >= 0:
            raise ValueError(f"Rig.ambient: expected a number >= 0, got {self.ambient}")

    @classmethod
    def ring(
        cls, lamps: int = 8, *, slant_deg: float = 40.0, start_deg: float = 11.0, **more: Any
    ) -> Rig:
        """Lamps evenly round the camera, all as far from its axis.

        Parameters
        ----------
        lamps : int
        slant_deg : float
            From the camera's axis.
        start_deg : float
            Azimuth of the first lamp, 0 is right and 90 up.
        **more
            Other fields of `Rig`.
        """
        turns = [start_deg + 360.0 * k / lamps for k in range(lamps)]
        lights = [Light.from_angles(slant_deg, turn) for turn in turns]
        return cls(tuple(light.direction for light in lights), **more)

    @property
    def units(self) -> NDArray[np.float64]:
        """Directions of length 1, shape (lamps, 3)."""
        lamps = np.array(self.lamps, dtype=np.float64)
        return cast("NDArray[np.float64]", lamps / np.linalg.norm(lamps, axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Stance:
    """How the skin lies before the camera at one session, and how still it is kept.

    Parameters
    ----------
    shift_px : tuple of float
    roll_deg : float
        Clockwise as the picture shows it.
    zoom : float
    motion_px : float
        Standard deviation, along each axis, of the shift from picture to picture.
    """

    shift_px: tuple[float, float] = (0.0, 0.0)
    roll_deg: float = 0.0
    zoom: float = 1.0
    motion_px: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class MultiLightSet:
    """Pictures of one piece of skin and what is true of them.

    Parameters
    ----------
    pictures : tuple of ndarray of uint8, shape (H, W, 3)
        One per lamp, in the order of the rig, and last the one with the lamps off.
    rig : Rig
    maps : SkinMaps
        The skin, before the stance.
    scars : tuple of Scar
        In millimetres from the top-left corner of `maps`.
    stance : Stance
    """

    pictures: tuple[Codes, ...] = field(repr=False)
    rig: Rig
    maps: SkinMaps = field(repr=False)
    scars: tuple[Scar, ...]
    stance: Stance

    @property
    def px_per_mm(self) -> float:
        """Of the pictures."""
        return self.maps.px_per_mm * self.stance.zoom

    def scars_xy(self) -> NDArray[np.float64]:
        """Where the middle of each scar is seen, shape (n, 2), in pixels."""
        xy = np.array([(scar.x_mm, scar.y_mm) for scar in self.scars]).reshape(-1, 2)
        on_maps = xy * self.maps.px_per_mm - 0.5
        matrix = _stance_matrix(self.stance, self.maps.shape)
        return np.asarray(on_maps @ matrix[:, :2].T + matrix[:, 2])

    def write(
        self,
        folder: Path,
        *,
        told: NDArray[Any] | None = None,
        table: bool = True,
        lamp_off: bool = True,
        suffix: str = ".png",
    ) -> Path:
        """Write the pictures and ``lights.csv`` as a clinic would hand them in.

        Parameters
        ----------
        folder : Path
            Made if it is missing.
        told : ndarray, shape (lamps, 3), optional
            Directions to write instead of the true ones.
        table : bool
            Write ``lights.csv``.
        lamp_off : bool
            Write the picture with the lamps off.
        suffix : str
            ``".png"`` keeps the camera's own JPEG as it is.

        Returns
        -------
        Path
            The folder.
        """
        folder.mkdir(parents=True, exist_ok=True)
        directions = self.rig.units if told is None else np.asarray(told, dtype=np.float64)
        rows: list[list[str]] = []
        exif = Image.Exif()
        exif[_EXIF_MAKE], exif[_EXIF_MODEL] = PHANTOM_CAMERA.split()
        for k, codes in enumerate(self.pictures):
            off = k == len(self.rig.lamps)
            if off and not lamp_off:
                continue
            name = ("lamp_off" if off else f"lamp_{k + 1}") + suffix
            Image.fromarray(codes).save(folder / name, exif=exif)
            rows.append([name, *([""] * 3 if off else [f"{part:.5f}" for part in directions[k]])])
        if table:
            held = io.StringIO()
            csv.writer(held, lineterminator="\n").writerows([["file", "x", "y", "z"], *rows])
            (folder / "lights.csv").write_text(held.getvalue(), encoding="utf-8")
        return folder


def scarred_skin(
    seed: int,
    scars: Sequence[Scar],
    *,
    size_mm: tuple[float, float] = (36.0, 28.0),
    px_per_mm: float = 10.0,
    tone: SkinTone = SKIN_TONES[1],
    gloss: float = 0.25,
    relief_mm: float = 0.03,
    pores_per_cm2: float = 60.0,
) -> SkinMaps:
    """A piece of skin with these scars, microrelief, pores and uneven colour.

    Parameters
    ----------
    seed : int
        Of everything but the scars: the same skin before and after treatment.
    scars : sequence of Scar
    size_mm : tuple of float
        Width and height.
    px_per_mm : float
    tone : SkinTone
    gloss : float
        Mean of the gloss map; it shows only where the rig is not polarised.
    relief_mm : float
        Depth of the microrelief.
    pores_per_cm2 : float
    """
    skin_rng, pore_rng = np.random.default_rng(seed).spawn(2)
    maps = bare_skin(
        skin_rng, size_mm, px_per_mm=px_per_mm, tone=tone, relief_mm=relief_mm, gloss=gloss
    )
    maps = paint_pores(maps, scatter_pores(pore_rng, size_mm, per_cm2=pores_per_cm2))
    return paint_scars(maps, scars)


def photograph(
    maps: SkinMaps,
    scars: Sequence[Scar],
    rig: Rig,
    rng: np.random.Generator,
    *,
    camera: Camera | None = None,
    stance: Stance | None = None,
    ball: Ball | None = None,
    sticker: Sticker | None = None,
) -> MultiLightSet:
    """The pictures that a camera takes of the skin, one per lamp and one with the lamps off.

    Parameters
    ----------
    maps : SkinMaps
    scars : sequence of Scar
        What `maps` was made with, to be handed on as truth.
    rig : Rig
    rng : numpy Generator
        Of noise and motion.
    camera : Camera, optional
        One exposure for the whole set is added to its own.
    stance : Stance, optional
    ball : Ball, optional
        A mirror ball that lies on the skin.
    sticker : Sticker, optional
        A printed square for scale.
    """
    lens, pose = camera or Camera(), stance or Stance()
    colour = skin_reflectance(maps.melanin, maps.blood)
    exposure = _SKIN_LEVEL / float(np.median(colour[..., 0]))
    around = np.float32(rig.ambient) * colour * shade(maps, Light((0, 0, 1), ambient=1.0))
    matrix = _stance_matrix(pose, maps.shape)
    turn = _turn(-pose.roll_deg)
    powers = rig.powers or (1.0,) * len(rig.lamps)
    pictures = []
    for seen, power in (*zip(rig.units, powers, strict=True), (None, 0.0)):
        scene = around.copy()
        if seen is not None:
            on_skin = turn @ seen
            scene += np.float32(power) * _lamp_light(maps, colour, on_skin, rig)
        scene = put_sticker(scene, maps.px_per_mm, sticker, seen, power=power, ambient=rig.ambient)
        moved = matrix.copy()
        moved[:, 2] += rng.normal(0.0, 1.0, 2) * pose.motion_px
        placed = cv2.warpAffine(
            scene * np.float32(exposure),
            moved,
            (maps.shape[1], maps.shape[0]),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        placed = put_ball(
            np.maximum(placed, np.float32(0)),
            maps.px_per_mm * pose.zoom,
            ball,
            seen,
            moved[:, 2] - matrix[:, 2],
            exposure=exposure * power,
        )
        pictures.append(shoot(placed, lens, rng))
    return MultiLightSet(tuple(pictures), rig, maps, tuple(scars), pose)


def _turn(roll_deg: float) -> NDArray[np.float64]:
    """Rotation of directions (y up) that goes with a picture turned clockwise by `roll_deg`."""
    c, s = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def _stance_matrix(stance: Stance, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Picture from skin pixels, shape (2, 3), about the middle."""
    c, s = math.cos(math.radians(stance.roll_deg)), math.sin(math.radians(stance.roll_deg))
    linear = stance.zoom * np.array([[c, -s], [s, c]])
    middle = (np.array(shape[::-1]) - 1.0) / 2.0
    return np.column_stack([linear, middle + stance.shift_px - linear @ middle])


def _lamp_light(
    maps: SkinMaps, colour: FloatArray, lamp: NDArray[np.float64], rig: Rig
) -> FloatArray:
    """Linear light of one lamp of power 1 from the skin, shape (H, W, 3)."""
    right, down = slopes(maps.height_mm, maps.px_per_mm)
    light = Light((float(lamp[0]), float(lamp[1]), float(lamp[2])), ambient=0.0, shadows=1.0)
    x, y, z = _rays(maps, lamp, rig.distance_mm)
    strength = np.float32(1.0)
    if rig.distance_mm is not None:
        length = np.sqrt(x * x + y * y + z * z)
        x, y, z = x / length, y / length, z / length
        strength = (np.float32(rig.distance_mm) / length) ** 2
    facing = (z - right * x + down * y) / np.sqrt(1.0 + right * right + down * down)
    entering = strength * np.maximum(facing, 0.0).astype(np.float32)
    entering *= cast_shadow(maps.height_mm, maps.px_per_mm, light)
    lit = colour * scatter(np.asarray(entering, dtype=np.float32), maps.px_per_mm)
    if not rig.polarised:
        lit += np.float32(lamp[2]) * glint(maps, light)[..., np.newaxis]
    return cast("FloatArray", lit.astype(np.float32, copy=False))


def _rays(maps: SkinMaps, lamp: NDArray[np.float64], distance_mm: float | None) -> tuple[Any, ...]:
    """From every point of the skin to the lamp; a distant lamp's are the same everywhere."""
    if distance_mm is None:
        return tuple(np.float32(part) for part in lamp)
    rows, columns = maps.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    x = (x - np.float32((columns - 1) / 2)) / np.float32(maps.px_per_mm)
    y = (y - np.float32((rows - 1) / 2)) / np.float32(maps.px_per_mm)
    place = np.float32(distance_mm) * lamp.astype(np.float32)
    return place[0] - x, place[1] + y, place[2] - maps.height_mm
