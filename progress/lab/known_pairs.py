"""Pairs of photos of one piece of skin, with the true position of every point known.

Three sources that share nothing with an aligner: real faces and real close-ups shot again in
simulation, rendered heads, and rendered pieces of body skin.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.imaging.colour_space import linear_from_codes
from progress.landmarks import find_face
from progress.model import Landmarks, NoSingleFace
from progress.phantom.body import BodySpec, render_body
from progress.phantom.body import true_field as true_body_field
from progress.phantom.body_pose import BodyShot
from progress.phantom.camera import Camera, shoot
from progress.phantom.head import Head, Rendered, Shot, render, true_field
from progress.phantom.relief import Light
from progress.phantom.reshoot import Reshot, reshoot, reshoot_area
from progress.phantom.reshoot_kinds import Draw
from progress.phantom.skin import SKIN_TONES
from progress.phantom.skin_change import Place, change_skin
from progress.regions import skin_mask

Truth = Callable[[NDArray[np.int64]], tuple[NDArray[np.float64], NDArray[np.bool_]]]
"""Follow-up positions (N, 2) of baseline pixels (N, 2), and whether the follow-up shows them."""

_STORED_QUALITY = 95
_HEAD_PX_PER_MM = 6.0
_HEAD_SIZE_PX = (930, 1330)
_HEAD_NEAR_MM, _HEAD_FAR_MM = 400.0, 800.0
_KEY_SLANT_DEG = 35.0
_KEY_TURN_DEG = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class KnownPair:
    """Two photos and where the skin of the first lies in the second.

    Parameters
    ----------
    name : str
        Photo and number of the shot.
    baseline, followup : DecodedPhoto
    baseline_marks, followup_marks : Landmarks or None
        None for an area of the body, and where no face was found in the follow-up.
    px_per_mm : float
        Of the baseline.
    truth : callable
        See `Truth`.
    planted : tuple of Place
        What changed on the skin between the shots, in the baseline.
    """

    name: str
    baseline: DecodedPhoto = field(repr=False)
    followup: DecodedPhoto = field(repr=False)
    baseline_marks: Landmarks | None = field(repr=False)
    followup_marks: Landmarks | None = field(repr=False)
    px_per_mm: float
    truth: Truth = field(repr=False)
    planted: tuple[Place, ...] = ()


def face_pairs(
    photos: Sequence[DecodedPhoto], draw: Draw, *, n: int, seed: int, changed: bool = False
) -> Iterator[KnownPair]:
    """Real faces and simulated second shots of them.

    Parameters
    ----------
    photos : sequence of DecodedPhoto
        One face each; landmarks are found in the photo and anew in every second shot.
    draw : callable
        One of `progress.phantom.reshoot_kinds`.
    n : int
        Second shots of each photo.
    seed : int
        The same seed gives the same pairs.
    changed : bool
        Whether the skin itself changes between the shots, see `progress.phantom.skin_change`.

    Raises
    ------
    NoSingleFace
        If a photo holds no single face.
    """
    for index, photo in enumerate(photos):
        marks = find_face(photo)
        for shot in range(n):
            rng = np.random.default_rng((seed, index, shot))
            first, linear = photo, linear_from_codes(photo.codes)
            planted: tuple[Place, ...] = ()
            if changed:
                box, scale = (0, 0, *photo.size_px), marks.scale.px_per_mm
                skin = skin_mask(linear, box, 1.0, marks, px_per_mm=scale)
                skins = change_skin(linear, skin, px_per_mm=marks.scale.px_per_mm, rng=rng)
                first, linear = _stored(skins.before, photo), skins.after
                planted = skins.places
            again = reshoot(linear, marks.points_xy, marks.depth_px, draw(rng), rng)
            second = DecodedPhoto.from_codes(again.codes, file=photo.provenance.file)
            yield KnownPair(
                f"{photo.provenance.file} {shot}",
                first,
                second,
                marks,
                _found(second),
                marks.scale.px_per_mm,
                _truth_of(again),
                planted,
            )


def area_pairs(
    photos: Sequence[DecodedPhoto],
    draw: Draw,
    *,
    n: int,
    seed: int,
    px_per_mm: float,
    changed: bool = False,
) -> Iterator[KnownPair]:
    """Real close-ups of the body and simulated second shots of them.

    Parameters
    ----------
    photos, draw, n, seed, changed
        As in `face_pairs`.
    px_per_mm : float
        Of every photo.
    """
    for index, photo in enumerate(photos):
        for shot in range(n):
            rng = np.random.default_rng((seed, index, shot))
            first, linear = photo, linear_from_codes(photo.codes)
            planted: tuple[Place, ...] = ()
            if changed:
                everywhere = np.ones(linear.shape[:2], dtype=bool)
                skins = change_skin(linear, everywhere, px_per_mm=px_per_mm, rng=rng)
                first, linear = _stored(skins.before, photo), skins.after
                planted = skins.places
            again = reshoot_area(linear, draw(rng), rng)
            second = DecodedPhoto.from_codes(again.codes, file=photo.provenance.file)
            name = f"{photo.provenance.file} {shot}"
            truth = _truth_of(again)
            yield KnownPair(name, first, second, None, None, px_per_mm, truth, planted)


def head_pairs(*, n: int, seed: int, yaw_deg: float = 0.0) -> Iterator[KnownPair]:
    """Rendered heads of every skin tone, from 40 and from 80 cm, under a key light turned by 30.

    Parameters
    ----------
    n : int
        Pairs for each skin tone; every pair is another person.
    seed : int
    yaw_deg : float
        Of the first shot: 0 frontal, 45 an oblique view.

    Notes
    -----
    Between the shots the head turns by up to 8 degrees and tilts by up to 4. 6 px/mm.
    """
    for index, tone in enumerate(SKIN_TONES):
        for shot in range(n):
            rng = np.random.default_rng((seed, index, shot))
            head = Head(seed=int(rng.integers(1 << 30)), tone=tone)
            turn, toward = rng.uniform(0.0, 8.0), rng.uniform(0.0, 2 * math.pi)
            azimuth, side = rng.uniform(30.0, 150.0), rng.choice((-1.0, 1.0))
            near = bool(rng.integers(2))
            # Turned about the camera axis by so much that lamp and lamp enclose 30 degrees.
            half = math.sin(math.radians(_KEY_TURN_DEG / 2)) / math.sin(
                math.radians(_KEY_SLANT_DEG)
            )
            swing = side * 2 * math.degrees(math.asin(half))
            first = Shot(
                yaw_deg=yaw_deg,
                light=Light.from_angles(_KEY_SLANT_DEG, azimuth, ambient=0.42),
                distance_mm=_HEAD_NEAR_MM if near else _HEAD_FAR_MM,
                px_per_mm=_HEAD_PX_PER_MM,
                size_px=_HEAD_SIZE_PX,
                camera=replace(Camera.draw(rng), exposure_ev=0.4),
                noise_seed=0,
            )
            second = replace(
                first,
                yaw_deg=yaw_deg + turn * math.cos(toward),
                pitch_deg=turn * math.sin(toward),
                roll_deg=float(rng.uniform(-4.0, 4.0)),
                light=Light.from_angles(_KEY_SLANT_DEG, azimuth + swing, ambient=0.42),
                distance_mm=_HEAD_FAR_MM if near else _HEAD_NEAR_MM,
                camera=replace(Camera.draw(rng), exposure_ev=0.4),
                noise_seed=1,
            )
            yield _head_pair(f"{tone.name} {shot}", render(head, first), render(head, second))


def body_pairs(*, n: int, seed: int) -> Iterator[KnownPair]:
    """Rendered pieces of body skin of every tone: stretch marks, moles, hairs, another sticker.

    Parameters
    ----------
    n : int
        Pairs for each skin tone.
    seed : int

    Notes
    -----
    12 weeks of fading lie between the shots; tilt within 6 degrees, zoom 8 %, soft tissue moved by
    up to 2 mm, the lamp turned by up to 20 degrees.
    """
    for index, tone in enumerate(SKIN_TONES):
        for shot in range(n):
            rng = np.random.default_rng((seed, index, shot))
            spec = BodySpec(seed=int(rng.integers(1 << 30)), tone=tone, px_per_mm=8.0)
            azimuth = float(rng.uniform(60.0, 150.0))
            first = BodyShot(light=Light.from_angles(38.0, azimuth, ambient=0.45))
            yaw, pitch, roll = (float(v) for v in rng.uniform(-6.0, 6.0, 3))
            x, y = (float(v) for v in rng.uniform(-3.0, 3.0, 2))
            second = BodyShot(
                yaw_deg=yaw,
                pitch_deg=pitch,
                roll_deg=roll,
                zoom=float(rng.uniform(0.92, 1.08)),
                shift_mm=(x, y),
                stretch_mm=float(rng.uniform(0.5, 2.0)),
                stretch_seed=int(rng.integers(1 << 30)),
                light=Light.from_angles(38.0, azimuth + float(rng.uniform(-20, 20)), ambient=0.45),
                camera=Camera.draw(rng),
            )
            faded = replace(spec, weeks=12.0)
            pictures = (render_body(spec, first, rng), render_body(faded, second, rng))
            photos = [DecodedPhoto.from_codes(p.codes, file=f"body {tone.name}") for p in pictures]
            there, seen = true_body_field(spec, first, second)
            yield KnownPair(
                f"body {tone.name} {shot}",
                photos[0],
                photos[1],
                None,
                None,
                spec.px_per_mm,
                _read_off(there, seen),
            )


def _head_pair(name: str, baseline: Rendered, followup: Rendered) -> KnownPair:
    photos = [DecodedPhoto.from_codes(p.codes, file=f"head {name}") for p in (baseline, followup)]
    marks = find_face(photos[0])
    there, seen = true_field(baseline, followup, step=1)
    return KnownPair(
        f"head {name}",
        photos[0],
        photos[1],
        marks,
        _found(photos[1]),
        marks.scale.px_per_mm,
        _read_off(there, seen),
    )


def _stored(linear: Any, photo: DecodedPhoto) -> DecodedPhoto:
    """Linear light as the camera of the first shot would have kept it."""
    camera = replace(Camera.ideal(), jpeg_quality=_STORED_QUALITY, chroma_subsampling="4:4:4")
    codes = shoot(linear, camera, np.random.default_rng(0))
    return DecodedPhoto.from_codes(codes, file=photo.provenance.file)


def _found(photo: DecodedPhoto) -> Landmarks | None:
    try:
        return find_face(photo)
    except NoSingleFace:
        return None


def _truth_of(shot: Reshot) -> Truth:
    visible = shot.visible

    def truth(xy: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        return shot.followup_from_baseline(xy), visible[xy[:, 1], xy[:, 0]]

    return truth


def _read_off(there: NDArray[Any], seen: NDArray[np.bool_]) -> Truth:
    def truth(xy: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        at = (xy[:, 1], xy[:, 0])
        return np.asarray(there[at], dtype=np.float64), seen[at]

    return truth
