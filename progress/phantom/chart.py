"""A colour chart or a grey card held into a scene of known light, drawn before the camera sees it.

picture = render(head, Shot(px_per_mm=5.0, size_px=(930, 1500), aim_mm=(0.0, -60.0)))
held = hold_chart(picture.linear, picture.shot.view, picture.shot.light)
codes = shoot(held.linear, camera, rng)
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.colour_chart import COLUMNS, ROWS, chart_linear
from progress.model.checks import FloatArray
from progress.phantom.head_light import SKY_AXIS
from progress.phantom.head_scene import View, rotation
from progress.phantom.relief import Light
from progress.phantom.sensors import CameraName, IlluminantName, camera_weights
from progress.phantom.tissue import WAVELENGTHS_NM

MINI_SIZE_MM: Final = (108.0, 72.0)
CLASSIC_SIZE_MM: Final = (285.0, 200.0)
GREY_CARD_SIZE_MM: Final = (85.0, 54.0)
GREY: Final = 0.18

_PATCH: Final = 0.84
"""Side of a patch over the distance of two: what is left is the black frame between them."""
_FRAME_LINEAR: Final = (0.030, 0.030, 0.031)
_PAPER_PX_PER_PATCH: Final = 48
_OVERSAMPLING: Final = 3


@dataclass(frozen=True, slots=True)
class Card:
    """How a flat card is held.

    Parameters
    ----------
    size_mm : tuple of float
        Width and height. A chart fills the middle of it with square fields.
    centre_mm : tuple of float
        x to the right of the picture, y up, z to the camera, as `Scene.points_mm`. The default is
        below the chin, in front of the chest.
    yaw_deg, pitch_deg, roll_deg : float
        Turned as a head is: to the picture's right, up, clockwise in the picture.
    gradient : float
        Light at the right edge over that in the middle, less 1: what a near lamp adds.
    """

    size_mm: tuple[float, float] = MINI_SIZE_MM
    centre_mm: tuple[float, float, float] = (0.0, -136.0, 70.0)
    yaw_deg: float = 4.0
    pitch_deg: float = 6.0
    roll_deg: float = 3.0
    gradient: float = 0.01

    def __post_init__(self) -> None:
        if not all(math.isfinite(side) and side > 0 for side in self.size_mm):
            raise ValueError(f"Card.size_mm: expected positive lengths, got {self.size_mm}")
        if not abs(self.gradient) < 0.5:
            raise ValueError(f"Card.gradient: expected less than 0.5, got {self.gradient}")
        if self.normal[2] < 0.2:
            raise ValueError(
                f"Card: expected its face towards the camera, got a yaw of {self.yaw_deg} and a "
                f"pitch of {self.pitch_deg} degrees"
            )

    @property
    def _turn(self) -> NDArray[np.float64]:
        return rotation(self.yaw_deg, self.pitch_deg, self.roll_deg)

    @property
    def normal(self) -> NDArray[np.float64]:
        """Where its face points, unit length."""
        return np.asarray(self._turn[:, 2])

    def points_mm(self, along: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points in the scene of points on the card, shape (..., 3).

        Parameters
        ----------
        along : ndarray, shape (..., 2)
            Across and down the card, 0..1.
        """
        local = np.zeros((*along.shape[:-1], 3))
        local[..., 0] = (along[..., 0] - 0.5) * self.size_mm[0]
        local[..., 1] = (0.5 - along[..., 1]) * self.size_mm[1]
        return np.asarray(local @ self._turn.T + np.array(self.centre_mm))


@dataclass(frozen=True, slots=True, eq=False)
class HeldCard:
    """A scene with a card in it, and what is true of the card.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        The scene before the camera.
    corners_xy : ndarray of float64, shape (4, 2)
        Of the card in the picture: top left, top right, bottom right, bottom left as printed.
    patches_xy : ndarray of float64, shape (N, 2)
        Centres of the patches.
    patch_linear : ndarray of float64, shape (N, 3)
        Of the patches under even light; white is 1.
    light : float
        On the middle of the card, over that on a surface that faces lamp and sky at their best:
        skin whose linear light is ``a * light`` has the reflectance that the card calls ``a``.
    """

    linear: FloatArray = field(repr=False)
    corners_xy: NDArray[np.float64] = field(repr=False)
    patches_xy: NDArray[np.float64] = field(repr=False)
    patch_linear: NDArray[np.float64] = field(repr=False)
    light: float


def hold_chart(
    linear: FloatArray,
    view: View,
    light: Light,
    *,
    card: Card | None = None,
    patch_linear: NDArray[np.float64] | None = None,
) -> HeldCard:
    """The scene with a ColorChecker Classic of 24 patches in the same light.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        Of a `Rendered` head; not written to.
    view : View
        The camera of that picture.
    light : Light
        Of that picture.
    card : Card, optional
        A mini chart below the chin if absent.
    patch_linear : ndarray, shape (24, 3), optional
        What the patches send to this camera; the published colours if absent.

    Notes
    -----
    The card is matt, hides what is behind it and casts no shadow; the head casts none on it.
    """
    colours = np.array(chart_linear() if patch_linear is None else patch_linear)
    return _hold(linear, view, light, card=card or Card(), colours=colours)


def hold_grey_card(
    linear: FloatArray, view: View, light: Light, *, card: Card | None = None
) -> HeldCard:
    """The scene with an 18 % neutral card in the same light; arguments as for `hold_chart`."""
    held = card or Card(size_mm=GREY_CARD_SIZE_MM)
    return _hold(linear, view, light, card=held, colours=np.full((1, 3), GREY))


def irradiance(normal: NDArray[np.float64], light: Light) -> float:
    """Light on a free matt surface, as `Light` lights the mannequin: 1 at its best."""
    lamp = max(0.0, float(normal @ light.unit))
    sky = (1.0 + float(normal @ SKY_AXIS)) / 2.0
    return (1.0 - light.ambient) * lamp + light.ambient * sky


def _hold(
    linear: FloatArray,
    view: View,
    light: Light,
    *,
    card: Card,
    colours: NDArray[np.float64],
) -> HeldCard:
    """The scene with the card drawn over it, averaged over the area of each pixel."""
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    corners, depth = view.project(card.points_mm(square))
    if depth.min() <= 0:
        raise ValueError("Card.centre_mm: expected a place before the camera")
    lit = irradiance(card.normal, light)
    paper = _paper(colours) * np.float32(lit)
    size = paper.shape[1], paper.shape[0]
    ramp = 1.0 + card.gradient * np.linspace(-1.0, 1.0, size[0], dtype=np.float32)
    paper *= ramp[None, :, None]
    height, width = linear.shape[:2]
    left, top = np.maximum(0, np.floor(corners.min(axis=0)).astype(int) - 1)
    right, bottom = np.minimum((width, height), np.ceil(corners.max(axis=0)).astype(int) + 2)
    if right <= left or bottom <= top:
        raise ValueError(f"Card.centre_mm: expected a place in the picture, got {card.centre_mm}")
    on_paper = square * size - 0.5
    fine = (corners - (left, top) + 0.5) * _OVERSAMPLING - 0.5
    to_fine = cv2.getPerspectiveTransform(on_paper.astype(np.float32), fine.astype(np.float32))
    box = int(right - left), int(bottom - top)
    grid = box[0] * _OVERSAMPLING, box[1] * _OVERSAMPLING
    drawn = cv2.warpPerspective(
        paper, to_fine, grid, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    cover = np.zeros((grid[1], grid[0]), np.float32)
    cv2.fillPoly(cover, [np.rint(fine).astype(np.int32)], 1.0)
    drawn = cv2.resize(drawn * cover[..., None], box, interpolation=cv2.INTER_AREA)
    share = cv2.resize(cover, box, interpolation=cv2.INTER_AREA)[..., None]
    scene = np.array(linear, dtype=np.float32)
    part = scene[top:bottom, left:right]
    part *= 1.0 - share
    part += drawn
    patches, _ = view.project(card.points_mm(_centres(len(colours))))
    return HeldCard(scene, corners, patches, colours, lit)


def _centres(n: int) -> NDArray[np.float64]:
    """Across and down the card, shape (n, 2)."""
    if n == 1:
        return np.array([[0.5, 0.5]])
    row, column = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    return np.stack([(column + 0.5) / COLUMNS, (row + 0.5) / ROWS], axis=1)


def _paper(colours: NDArray[np.float64]) -> FloatArray:
    """The printed card as seen from above, without light."""
    if len(colours) == 1:
        return np.full((2, 2, 3), colours[0], dtype=np.float32)
    side = _PAPER_PX_PER_PATCH
    paper = np.empty((ROWS * side, COLUMNS * side, 3), dtype=np.float32)
    paper[:] = _FRAME_LINEAR
    edge = round((1.0 - _PATCH) / 2.0 * side)
    for index, colour in enumerate(colours):
        top, left = (index // COLUMNS) * side, (index % COLUMNS) * side
        paper[top + edge : top + side - edge, left + edge : left + side - edge] = colour
    return paper


def seen_chart(camera: CameraName, illuminant: IlluminantName) -> NDArray[np.float64]:
    """Linear light that a camera writes for each patch under a lamp it is balanced on.

    Parameters
    ----------
    camera, illuminant : str
        See `camera_weights`.

    Returns
    -------
    ndarray of float64, shape (24, 3)

    Notes
    -----
    The spectra are not measured ones: each is the smoothest logarithm of a reflectance that gives
    the published colour to an ideal camera in daylight (the idea of Burns 2020,
    doi:10.1002/col.22435). Real pigments are less smooth, so real charts and skins part more.
    """
    return np.asarray(_patch_spectra() @ camera_weights(camera, illuminant))


@functools.cache
def _patch_spectra() -> NDArray[np.float64]:
    """Reflectances, shape (24, 61): least squared slope of the logarithm, by Newton's method."""
    weights = camera_weights("ideal", "d65")
    n = len(WAVELENGTHS_NM)
    slope = np.diff(np.eye(n), axis=0)
    bend = 2.0 * slope.T @ slope
    spectra = np.empty((ROWS * COLUMNS, n))
    for index, target in enumerate(chart_linear()):
        log, pull = np.full(n, math.log(max(0.05, float(target.mean())))), np.zeros(3)
        for _ in range(60):
            reflectance = np.exp(log)
            tied = reflectance[:, None] * weights
            matrix = np.block([[bend + np.diag(tied @ pull), tied], [tied.T, np.zeros((3, 3))]])
            wrong = np.concatenate([bend @ log + tied @ pull, reflectance @ weights - target])
            step = np.linalg.solve(matrix, -wrong)
            # A long first step of a logarithm overshoots.
            step *= min(1.0, 1.0 / max(1e-9, float(np.abs(step[:n]).max())))
            log, pull = log + step[:n], pull + step[n:]
            if np.abs(step[:n]).max() < 1e-9:
                break
        spectra[index] = np.exp(log)
    return spectra
