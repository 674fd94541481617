"""A mannequin's head as a camera sees it, with everything about it known.

head = Head(seed=1, tone=SKIN_TONES[1])
picture = render(head, Shot(yaw_deg=4.0), SkinCondition(redness=0.7))
picture.codes              # uint8 sRGB
field, visible = true_field(picture, other, step=8)
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray
from progress.phantom.camera import Camera, shoot
from progress.phantom.head_atlas import Atlas, unroll
from progress.phantom.head_eyes import lash_cover
from progress.phantom.head_light import light_vertices
from progress.phantom.head_map import HeadMap, chart_head
from progress.phantom.head_mesh import LEFT_LID, RIGHT_LID, Points, control_points
from progress.phantom.head_raster import Fragments, rasterise
from progress.phantom.head_scene import Part, Scene, View, build_scene, rotation
from progress.phantom.head_shading import SkinSheet, shade_scene, stack_skin
from progress.phantom.head_shape import Expression, individual_face, with_expression
from progress.phantom.head_skin import (
    SHEET_PX_PER_MM,
    FaceFeatures,
    SkinCondition,
    SkinTraits,
    paint_face,
    plan_features,
)
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES, SkinTone

_HAIR_MM = 9.0
_DEPTH_SLACK_MM = 1.0
LABEL = "SIMULATED"
_TRAITS = SkinTraits()
_AT_REST = Expression()
_LIGHT = Light((-0.35, 0.45, 0.82), ambient=0.42)
_CAMERA = Camera(exposure_ev=0.4)


@dataclass(frozen=True, slots=True)
class Head:
    """One invented person.

    Parameters
    ----------
    seed : int
        Form of the face and places of everything on it; another seed is another person.
    tone : SkinTone
    traits : SkinTraits
    likeness : float
        How far the form is from the canonical face; 1 is about as varied as people are.
    """

    seed: int
    tone: SkinTone = SKIN_TONES[1]
    traits: SkinTraits = _TRAITS
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: where the head, the lamp and the camera are.

    Parameters
    ----------
    yaw_deg, pitch_deg, roll_deg : float
        The head turned to the client's left, looking up, tilted clockwise in the picture.
    expression : Expression
    light : Light
        Direction from the face to the lamp in the picture, and the share of even light.
    softness_deg : float
        Half the angle under which the lamp appears.
    distance_mm : float
        Camera to the plane of the face.
    px_per_mm : float
        In that plane.
    size_px : tuple of int
        Width and height.
    aim_mm : tuple of float
        x and y in the middle of the picture; 0 is between the eyes and the tip of the nose.
    camera : Camera
    noise_seed : int
    label : str
        Written into the lower corner of the background; empty leaves it out.
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    expression: Expression = _AT_REST
    light: Light = _LIGHT
    softness_deg: float = 9.0
    distance_mm: float = 1000.0
    px_per_mm: float = 11.2
    size_px: tuple[int, int] = (1740, 2480)
    aim_mm: tuple[float, float] = (0.0, -14.0)
    camera: Camera = _CAMERA
    noise_seed: int = 0
    label: str = LABEL

    @property
    def view(self) -> View:
        """Of the pinhole."""
        return View(self.px_per_mm, self.distance_mm, self.size_px, self.aim_mm)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A head's geometry and the places of its features, made once."""

    face_mm: Points = field(repr=False)
    control_mm: Points = field(repr=False)
    atlas: Atlas = field(repr=False)
    chart: HeadMap = field(repr=False)
    features: FaceFeatures = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A picture of a mannequin and the truth about it.

    Parameters
    ----------
    codes : ndarray of uint8, shape (H, W, 3)
        sRGB.
    linear : ndarray of float32, shape (H, W, 3)
        The scene before the camera.
    head, shot, condition
        What was asked for.
    form : Form
    scene : Scene
        Surfaces in camera axes.
    fragments : Fragments
        Which point of which surface each pixel sees.
    """

    codes: NDArray[np.uint8] = field(repr=False)
    linear: FloatArray = field(repr=False)
    head: Head
    shot: Shot
    condition: SkinCondition
    form: Form = field(repr=False)
    scene: Scene = field(repr=False)
    fragments: Fragments = field(repr=False)

    @property
    def landmarks_xy(self) -> NDArray[np.float64]:
        """The 468 points of the canonical mesh in this picture, shape (468, 2)."""
        return self.shot.view.project(self.scene.points_mm[:468])[0]

    @property
    def light_to_face(self) -> NDArray[np.float64]:
        """Direction to the lamp in the axes of the head, unit length."""
        turn = rotation(self.shot.yaw_deg, self.shot.pitch_deg, self.shot.roll_deg)
        return np.asarray(turn.T @ self.shot.light.unit)


@functools.lru_cache(maxsize=4)
def form_of(head: Head) -> Form:
    """Geometry and features of a head (1 s the first time)."""
    shape_rng, feature_rng = np.random.default_rng([head.seed, 1]).spawn(2)
    face = individual_face(shape_rng, strength=head.likeness)
    control = control_points(face)
    atlas = unroll(control)
    chart = chart_head(control, atlas)
    features = plan_features(feature_rng, chart, head.traits)
    return Form(face, control, atlas, chart, features)


@functools.lru_cache(maxsize=2)
def _skin_of(head: Head, condition: SkinCondition, px_per_mm: float) -> SkinSheet:
    """Face and neck, painted."""
    form = form_of(head)
    sheet = paint_face(
        head.seed,
        form.chart,
        form.features,
        tone=head.tone,
        traits=head.traits,
        condition=condition,
        px_per_mm=px_per_mm,
    )
    return stack_skin(*sheet)


def _sheet_px_per_mm(shot: Shot) -> float:
    """Skin is painted about as fine as it will be seen, or it would alias."""
    if shot.px_per_mm >= 0.8 * SHEET_PX_PER_MM:
        return SHEET_PX_PER_MM
    return float(max(3, round(shot.px_per_mm)))


def _lift(form: Form, condition: SkinCondition) -> NDArray[np.float64]:
    """How far hair and swelling raise each vertex, mm."""
    hair = np.clip((form.chart.read(form.chart.zone("hair"), form.atlas.xy_mm) + 0.02) / 0.35, 0, 1)
    treated = form.chart.read(form.chart.zone("treated"), form.atlas.xy_mm)
    return np.asarray(_HAIR_MM * hair * (2 - hair) + condition.swelling_mm * treated)


def render(head: Head, shot: Shot, condition: SkinCondition | None = None) -> Rendered:
    """The picture a camera takes of this head (about 6 s on one core at 4 megapixels).

    Parameters
    ----------
    head : Head
    shot : Shot
    condition : SkinCondition, optional
        How the skin is today; None is as it ever was.
    """
    today = SkinCondition() if condition is None else condition
    form, view = form_of(head), shot.view
    scene = build_scene(
        control_points(with_expression(form.face_mm, shot.expression)),
        form.control_mm,
        form.atlas,
        lift_mm=_lift(form, today),
        pose_deg=(shot.yaw_deg, shot.pitch_deg, shot.roll_deg),
        camera_mm=view.position_mm,
    )
    xy, depth = view.project(scene.points_mm)
    fragments = rasterise(xy, depth, scene.triangles, size_px=shot.size_px)
    linear = shade_scene(
        scene,
        fragments,
        light_vertices(scene, shot.light, softness_deg=shot.softness_deg),
        _skin_of(head, today, _sheet_px_per_mm(shot)),
        view=view,
        light=shot.light,
        iris=head.traits.iris,
        hair=head.traits.hair,
    )
    turn = rotation(shot.yaw_deg, shot.pitch_deg, shot.roll_deg)
    lashes = _lashes(head, scene, view, turn)
    linear *= 1.0 - np.float32(0.93) * lashes[..., None]
    if shot.label:
        cover = label_cover(shot.label, shot.size_px)[..., None]
        linear *= 1 - cover
        linear += np.float32(0.9) * cover
    codes = shoot(linear, shot.camera, np.random.default_rng([head.seed, shot.noise_seed, 9]))
    return Rendered(codes, linear, head, shot, today, form, scene, fragments)


def _lashes(head: Head, scene: Scene, view: View, turn: NDArray[np.float64]) -> FloatArray:
    """Share of each pixel covered by lashes."""
    rims = []
    for lid in (RIGHT_LID, LEFT_LID):
        upper = scene.points_mm[[*lid[8:16], lid[0]]]
        lower = scene.points_mm[list(lid[8::-1])]
        rims.append((upper, turn @ np.array([0.0, 0.28, 0.75]), 7.0))
        rims.append((lower, turn @ np.array([0.0, -0.35, 0.55]), 3.4))
    rng = np.random.default_rng([head.seed, 8])
    return lash_cover(
        rng, rims, lambda p: view.project(p)[0], size_px=view.size_px, px_per_mm=view.px_per_mm
    )


def label_cover(label: str, size_px: tuple[int, int]) -> FloatArray:
    """Share of each pixel that a label in the lower left corner covers, shape (H, W).

    Parameters
    ----------
    label : str
    size_px : tuple of int
        Width and height of the picture; the letters grow with it, but stay readable.
    """
    size = max(size_px[0] / 1700.0, 0.35)
    canvas = np.zeros((size_px[1], size_px[0]), dtype=np.uint8)
    place = (round(24 * size), size_px[1] - round(28 * size))
    font, wide = cv2.FONT_HERSHEY_SIMPLEX, max(1, round(2 * size))
    cv2.putText(canvas, label, place, font, 0.95 * size, 255, wide, cv2.LINE_AA)
    return canvas.astype(np.float32) / np.float32(255)


def true_field(
    baseline: Rendered, followup: Rendered, step: int = 8
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Where in the follow-up the skin of each baseline pixel is.

    Parameters
    ----------
    baseline, followup : Rendered
        Of one head.
    step : int
        Grid: element [r, c] belongs to baseline pixel (c * step, r * step).

    Returns
    -------
    followup_from_baseline_xy : ndarray of float32, shape (rows, columns, 2)
        NaN where the baseline shows no skin.
    visible : ndarray of bool, shape (rows, columns)
        Seen in both pictures.
    """
    if baseline.head != followup.head:
        raise ValueError("true_field: expected two pictures of one head, got two heads")
    width, height = baseline.shot.size_px
    fragments, scene = baseline.fragments, baseline.scene
    rows, columns = np.divmod(fragments.pixel, width)
    chosen = (rows % step == 0) & (columns % step == 0)
    chosen &= scene.part[fragments.triangle] <= Part.NECK
    chosen_at = np.flatnonzero(chosen)
    corners = scene.triangles[fragments.triangle[chosen_at]]
    weights = fragments.weights[chosen_at].astype(np.float64)
    points = (followup.scene.points_mm[corners] * weights[..., None]).sum(axis=1)
    xy, depth = followup.shot.view.project(points)
    shape = (-(-height // step), -(-width // step))
    result = np.full((*shape, 2), np.nan, dtype=np.float32)
    visible = np.zeros(shape, dtype=bool)
    at = (rows[chosen_at] // step, columns[chosen_at] // step)
    result[at] = xy
    column, row = np.rint(xy).astype(int).T
    inside = (column >= 0) & (row >= 0)
    inside &= (column < followup.shot.size_px[0]) & (row < followup.shot.size_px[1])
    seen = np.full(len(xy), False)
    in_front = followup.fragments.depth_mm[row[inside], column[inside]]
    seen[inside] = depth[inside] <= in_front + _DEPTH_SLACK_MM
    visible[at] = seen
    return result, visible
