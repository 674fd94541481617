"""Planted scars through a camera, ready to be measured, with the truth carried along."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from progress.colour import axes_for_ita
from progress.imaging import DecodedPhoto, shrink_variance_px2
from progress.lab.scar_scenes import MARGIN_MM, PX_PER_MM, SKIN_MM, ScarScene
from progress.lab.skin_shots import STILL
from progress.metrics import Analysis
from progress.model import Patch
from progress.phantom.features import Scar, Spot
from progress.phantom.reshoot import Reshoot, Reshot, shoot_again
from progress.phantom.reshoot_kinds import mild
from progress.phantom.reshoot_motion import area_warp
from progress.phantom.reshoot_warp import Warp
from progress.phantom.skin import SKIN_TONES
from progress.phantom.spectra import ita_of
from progress.quality import match_point_spread
from progress.regions import densified, rasterise, skin_mask

__all__ = ["STILL", "ScarShot", "photograph", "same_light", "shoot"]

_CAMERA_METRES_AWAY = 0.8
_LENS_PX = 0.55
_MATCHED_PX = 0.9
"""Point spread that all shots are brought to: a lens of 0.55 px and up to 0.5 px of defocus, and
what taking the picture to the working scale adds."""


@dataclass(frozen=True, slots=True, eq=False)
class ScarShot:
    """One picture of a scene, ready to be measured.

    Parameters
    ----------
    analysis : Analysis
    scars_xy, spots_xy : ndarray of float64, shape (N, 2)
        True centres in pixels of the analysis' patch.
    warp : Warp
        True motion from the scene.
    """

    analysis: Analysis
    scars_xy: NDArray[np.float64] = field(repr=False)
    spots_xy: NDArray[np.float64] = field(repr=False)
    warp: Warp = field(repr=False)

    def carried(self, still_xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points of a shot that did not move (`STILL`) are in this patch."""
        there = self.warp.followup_from_baseline(still_xy)
        return np.asarray((there + 0.5) * self._scale - 0.5)

    @property
    def _scale(self) -> float:
        """Pixels of the patch per pixel of the photo."""
        return self.analysis.patch.px_per_mm / self.analysis.patch.native_px_per_mm


def same_light(rng: np.random.Generator) -> Reshoot:
    """A mild second shot (see `reshoot_kinds`) under the lamp of the first."""
    spec = mild(rng)
    return replace(spec, relief_gain=1.0, motion=replace(spec.motion, light_turn_deg=0.0))


def shoot(scene: ScarScene, spec: Reshoot, rng: np.random.Generator) -> tuple[Reshot, float]:
    """One picture of a scene as the camera stores it, and its point spread in pixels.

    Parameters
    ----------
    scene, spec, rng
        As for `photograph`.
    """
    height, width = scene.linear.shape[:2]
    away = 1000 * _CAMERA_METRES_AWAY * PX_PER_MM / max(width, height)
    motion = replace(spec.motion, distance_in_widths=away)
    blur = math.hypot(spec.blur_sigma_px, _LENS_PX)
    warp = area_warp((width, height), motion=motion, rng=rng)
    softer = replace(spec, motion=motion, blur_sigma_px=blur)
    return shoot_again(scene.linear, warp, softer, rng=rng), blur


def photograph(scene: ScarScene, spec: Reshoot, rng: np.random.Generator) -> ScarShot:
    """One picture as the product would measure it: own pixels, own mask, one point spread.

    Parameters
    ----------
    scene : ScarScene
    spec : Reshoot
    rng : numpy.random.Generator
        Motion of soft tissue and noise.
    """
    shot, blur = shoot(scene, spec, rng)
    warp, photo = shot.warp, DecodedPhoto.from_codes(shot.codes)
    native = PX_PER_MM * spec.motion.zoom
    scale = min(1.0, PX_PER_MM / native)
    box = (0, 0, *photo.size_px)
    linear = photo.linear(box, scale).pixels
    left = top = MARGIN_MM
    right, bottom = left + SKIN_MM[0], top + SKIN_MM[1]
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    outline = warp.followup_from_baseline(densified(corners * PX_PER_MM - 0.5, 4.0))
    mask = skin_mask(linear, box, scale, None, px_per_mm=native)
    mask = mask & rasterise(outline, box, scale)
    softness = (blur * scale) ** 2 + shrink_variance_px2(scale) * scale**2
    missing = math.sqrt(max(_MATCHED_PX**2 - softness, 0.0))
    plain = SKIN_TONES[scene.tone].linear.astype(np.float64)
    patch = Patch(
        linear=match_point_spread(linear, missing) if missing > 0 else linear,
        mask=mask,
        px_per_mm=native * scale,
        native_px_per_mm=native,
        axes=axes_for_ita(float(ita_of(plain))),
    )

    def seen(things: tuple[Scar, ...] | tuple[Spot, ...]) -> NDArray[np.float64]:
        points = np.array([(thing.x_mm, thing.y_mm) for thing in things]).reshape(-1, 2)
        there = warp.followup_from_baseline((points + MARGIN_MM) * PX_PER_MM - 0.5)
        return np.asarray((there + 0.5) * scale - 0.5)

    return ScarShot(Analysis(patch), seen(scene.scars), seen(scene.spots), warp)
