"""Linear colour of every pixel of the mannequin, from its surfaces, skin and light."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray
from progress.phantom.head_eyes import eye_colour
from progress.phantom.head_light import SKY_AXIS, VertexLight
from progress.phantom.head_raster import Fragments, interpolate
from progress.phantom.head_scene import Part, Scene, View
from progress.phantom.relief import Light, scatter
from progress.phantom.skin import SkinMaps
from progress.phantom.spectra import skin_reflectance

_FRESNEL = 0.028
_SKIN_ROOM = 3.0
BACKGROUND = (0.30, 0.33, 0.36)
_CLOTH = (0.030, 0.034, 0.042)
_SOCKET = (0.30, 0.13, 0.11)
_MOUTH = (0.05, 0.012, 0.012)


@dataclass(frozen=True, slots=True, eq=False)
class SkinSheet:
    """Face above neck as pictures that can be read at any place.

    Parameters
    ----------
    tissue : ndarray of float32, shape (H, W, 4)
        Melanin, blood, height in mm, gloss.
    coat : ndarray of float32, shape (h, w, 2)
        Of the face only: share covered by hair, and its brightness.
    px_per_mm : float
    """

    tissue: FloatArray = field(repr=False)
    coat: FloatArray = field(repr=False)
    px_per_mm: float


def stack_skin(face: SkinMaps, neck: SkinMaps, coat: FloatArray) -> SkinSheet:
    """Face above neck."""
    width = max(face.shape[1], neck.shape[1])
    rows = []
    for maps in (face, neck):
        four = cv2.merge([maps.melanin, maps.blood, maps.height_mm, maps.gloss])
        rows.append(cv2.copyMakeBorder(four, 0, 0, 0, width - four.shape[1], cv2.BORDER_REPLICATE))
    # Beyond the face's own sheet nothing is covered.
    bare = np.zeros((8, *coat.shape[1:]), dtype=np.float32)
    return SkinSheet(np.concatenate(rows), np.concatenate([coat, bare]), face.px_per_mm)


def _picture(values: FloatArray, pixel: NDArray[np.int64], shape: tuple[int, int]) -> FloatArray:
    """Values per fragment laid out as a picture, 0 elsewhere."""
    flat = np.zeros((shape[0] * shape[1], *values.shape[1:]), dtype=np.float32)
    flat[pixel] = values
    return flat.reshape(*shape, *values.shape[1:])


def shade_scene(
    scene: Scene,
    fragments: Fragments,
    vertex_light: VertexLight,
    skin: SkinSheet,
    *,
    view: View,
    light: Light,
    iris: tuple[float, float, float],
    hair: tuple[float, float, float],
) -> FloatArray:
    """The picture before the camera: linear sRGB, a white diffuser under the lamp is 1.

    Parameters
    ----------
    scene, fragments, vertex_light
        What is seen, and the light on it.
    skin : SkinSheet
    view : View
    light : Light
        Direction and share of the even light.
    iris, hair : tuple of float
        Linear sRGB.
    """
    shape = (view.size_px[1], view.size_px[0])
    per_vertex = np.column_stack(
        [scene.points_mm, scene.normals, scene.skin_mm, vertex_light.key, vertex_light.sky]
    ).astype(np.float32)
    at = interpolate(per_vertex, scene.triangles, fragments)
    part = scene.part[fragments.triangle]
    normal = at[:, 3:6] / np.linalg.norm(at[:, 3:6], axis=1, keepdims=True)
    picture = np.empty((*shape, 3), dtype=np.float32)
    picture[:] = np.array(BACKGROUND, dtype=np.float32)
    flat = picture.reshape(-1, 3)
    other = np.flatnonzero(part >= Part.CLOTH)
    flat[fragments.pixel[other]] = _plain(
        scene, part[other], at[other], normal[other], light=light, iris=iris, view=view
    )
    on_skin = np.flatnonzero(part <= Part.NECK)
    flat[fragments.pixel[on_skin]] = _skin(
        at[on_skin],
        normal[on_skin],
        fragments.pixel[on_skin],
        skin,
        shape=shape,
        view=view,
        light=light,
        hair=hair,
    )
    return picture


def _lit(
    normal: FloatArray, key: FloatArray, sky: FloatArray, light: Light, *, bumped: FloatArray
) -> FloatArray:
    """Light that arrives on surfaces with these normals, shape (N,)."""
    lamp = np.maximum(bumped @ light.unit.astype(np.float32), 0.0) * key
    axis = SKY_AXIS.astype(np.float32)
    tilt = (1.0 + bumped @ axis) / np.maximum(1.0 + normal @ axis, 0.2)
    share = np.float32(light.ambient)
    return np.asarray((1.0 - share) * lamp + share * sky * tilt, dtype=np.float32)


def _glint(
    normal: FloatArray, key: FloatArray, sky: FloatArray, light: Light, *, exponent: FloatArray
) -> FloatArray:
    """Light reflected at the surface towards the camera, for gloss 1, shape (N,)."""
    half = light.unit + np.array([0.0, 0.0, 1.0])
    half /= np.linalg.norm(half)
    facing = np.clip(normal @ half.astype(np.float32), 1e-3, 1.0)
    lobe = np.exp(exponent * np.log(facing)) * (exponent + 8.0) / 8.0
    fresnel = _FRESNEL + (1.0 - _FRESNEL) * (1.0 - float(half[2])) ** 5
    share = np.float32(light.ambient)
    lamp = np.maximum(normal @ light.unit.astype(np.float32), 0.0) > 0
    shine = (1.0 - share) * fresnel * lobe * key * lamp + share * fresnel * sky
    return np.asarray(shine, dtype=np.float32)


def _plain(
    scene: Scene,
    part: NDArray[np.int8],
    at: FloatArray,
    normal: FloatArray,
    *,
    light: Light,
    iris: tuple[float, float, float],
    view: View,
) -> FloatArray:
    """Colour of clothing, mouth and eyes, shape (N, 3)."""
    albedo = np.empty((len(at), 3), dtype=np.float32)
    mirror = normal.copy()
    gloss = np.zeros(len(at), dtype=np.float32)
    plain = ((Part.CLOTH, _CLOTH), (Part.SOCKET, _SOCKET), (Part.MOUTH, _MOUTH))
    for which, colour in plain:
        albedo[part == which] = colour
    gloss[part == Part.SOCKET] = 0.3
    for eye, which in enumerate((Part.RIGHT_EYE, Part.LEFT_EYE)):
        of = np.flatnonzero(part == which)
        albedo[of], mirror[of] = eye_colour(
            at[of, :3], centre_mm=scene.eye_centres_mm[eye], axis=scene.eye_axes[eye], iris=iris
        )
        gloss[of] = 1.0
    key, sky = at[:, 8], at[:, 9]
    lit = albedo * _lit(normal, key, sky, light, bumped=normal)[:, None]
    exponent = np.full(len(at), 900.0, dtype=np.float32)
    shine = np.minimum(gloss * _glint(mirror, key, 0.3 * sky, light, exponent=exponent), 1.5)
    return np.asarray(lit + shine[:, None], dtype=np.float32)


def _skin(
    at: FloatArray,
    normal: FloatArray,
    pixel: NDArray[np.int64],
    skin: SkinSheet,
    *,
    shape: tuple[int, int],
    view: View,
    light: Light,
    hair: tuple[float, float, float],
) -> FloatArray:
    """Colour of skin and hair, shape (N, 3)."""
    paper = _picture(at[:, 6:8] * np.float32(skin.px_per_mm) - np.float32(0.5), pixel, shape)
    seen = cv2.remap(
        skin.tissue,
        paper[..., 0],
        paper[..., 1],
        interpolation=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    coat = cv2.remap(
        skin.coat,
        paper[..., 0],
        paper[..., 1],
        interpolation=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).reshape(-1, 2)[pixel]
    covered = np.zeros(shape, dtype=np.uint8)
    covered.reshape(-1)[pixel] = 1
    height = seen[..., 2] * covered
    melanin, blood, gloss = (seen[..., k].reshape(-1)[pixel] for k in (0, 1, 3))
    bumped = _bumped(at, normal, pixel, height, covered=covered)
    key, sky = at[:, 8], at[:, 9]
    smooth = _lit(normal, key, sky, light, bumped=normal)
    open_ = _openness(height, covered, view.px_per_mm).reshape(-1)[pixel]
    rough = _lit(normal, key * np.sqrt(open_), sky * open_, light, bumped=bumped)
    ratio = np.ones(shape, dtype=np.float32)
    ratio.reshape(-1)[pixel] = rough / np.maximum(smooth, 1e-3)
    spread = scatter(np.minimum(ratio, np.float32(_SKIN_ROOM)), view.px_per_mm)
    colour = skin_reflectance(melanin, blood)
    colour *= 1.0 - coat[:, :1]
    colour += np.array(hair, dtype=np.float32) * (coat[:, :1] * coat[:, 1:])
    diffuse = colour * smooth[:, None] * spread.reshape(-1, 3)[pixel]
    exponent = 8.0 + 52.0 * gloss
    shine = gloss * _glint(bumped, key, sky, light, exponent=exponent)
    return np.asarray(diffuse + shine[:, None], dtype=np.float32)


def _bumped(
    at: FloatArray,
    normal: FloatArray,
    pixel: NDArray[np.int64],
    height: FloatArray,
    *,
    covered: NDArray[np.uint8],
) -> FloatArray:
    """Normals tilted by the relief (Mikkelsen 2010, surface gradient from picture derivatives)."""
    shape = height.shape
    position = _picture(at[:, :3], pixel, (shape[0], shape[1]))
    slope = np.array([[-0.5, 0.0, 0.5]], dtype=np.float32)
    right = cv2.filter2D(position, -1, slope).reshape(-1, 3)[pixel]
    down = cv2.filter2D(position, -1, slope.T).reshape(-1, 3)[pixel]
    rise_right = cv2.filter2D(height, -1, slope).reshape(-1)[pixel]
    rise_down = cv2.filter2D(height, -1, slope.T).reshape(-1)[pixel]
    # Down the picture and to the right turn clockwise seen from the camera, hence the signs.
    first, second = _cross(normal, np.asarray(down)), _cross(np.asarray(right), normal)
    area = (right * first).sum(axis=1)
    gradient = rise_right[:, None] * first + rise_down[:, None] * second
    gradient /= np.where(np.abs(area) > 1e-9, area, 1e-9)[:, None]
    inner = cv2.erode(covered, np.ones((5, 5), np.uint8)).reshape(-1)[pixel]
    steep = np.linalg.norm(gradient, axis=1)
    limit = np.minimum(1.0, 1.6 / np.maximum(steep, 1e-6)) * inner
    tilted = normal - gradient * limit[:, None]
    return np.asarray(tilted / np.linalg.norm(tilted, axis=1, keepdims=True), dtype=np.float32)


def _cross(a: Any, b: Any) -> FloatArray:
    """Cross products of rows; numpy's own takes three times as long."""
    out: FloatArray = np.empty_like(a)
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        out[:, k] = a[:, i] * b[:, j] - a[:, j] * b[:, i]
    return out


def _openness(height: FloatArray, covered: NDArray[np.uint8], px_per_mm: float) -> FloatArray:
    """Part of the sky that sunken points still see."""
    result = np.ones_like(height)
    weight = covered.astype(np.float32)
    for sigma_mm, strength in ((0.22, 1.6), (0.9, 1.2)):
        size = 2 * math.ceil(3 * sigma_mm * px_per_mm) + 1
        mean = np.asarray(cv2.GaussianBlur(height, (size, size), sigma_mm * px_per_mm))
        mean = mean / np.maximum(cv2.GaussianBlur(weight, (size, size), sigma_mm * px_per_mm), 1e-3)
        sunken = np.maximum(mean - height, 0.0)
        result *= 1.0 / (1.0 + np.float32(strength) * sunken / np.float32(sigma_mm))
    return np.asarray(result, dtype=np.float32)
