"""Photos of one client share a scale and a softness, whichever of them is the baseline."""

from __future__ import annotations

import numpy as np
import pytest

from progress.bundle import canonical_mesh
from progress.imaging import DecodedPhoto
from progress.model import Landmarks, NoSingleFace, Pose, Scale, ScaleSource
from progress.pipeline.options import Options
from progress.pipeline.picture import WORKING_PX_PER_MM, taking_blur_mm2
from progress.pipeline.shots import Sighting, with_one_scale

PHOTO = DecodedPhoto.from_codes(np.zeros((61, 83, 3), np.uint8))


def sighting(size: float, px_per_mm: float) -> Sighting:
    """A head that is `size` pixels large per unit, with an iris that was read as it may be."""
    vertices = canonical_mesh().vertices_mm * size
    vertices = np.vstack([vertices, vertices[[33] * 5 + [263] * 5]])
    marks = Landmarks(
        points_xy=np.stack([vertices[:, 0], -vertices[:, 1]], axis=1) + 900.0,
        depth_px=-vertices[:, 2],
        visibility=np.ones(478),
        pose=Pose(0.0, 0.0, 0.0),
        expression={},
        scale=Scale(px_per_mm, 0.04, ScaleSource.IRIS),
        scheme="mediapipe-478",
        finder="made for tests",
    )
    return Sighting(PHOTO, "face", marks)


def scales(sightings: list[Sighting], options: Options | None = None) -> list[float]:
    found = with_one_scale(sightings, options or Options())
    return [s.landmarks.scale.px_per_mm for s in found if s.landmarks is not None]


def test_the_order_of_the_photos_does_not_change_their_scales() -> None:
    a, b = sighting(10.0, 10.2), sighting(12.0, 11.7)
    forward, backward = scales([a, b]), scales([b, a])
    assert forward == pytest.approx(backward[::-1])
    # one head: the ratio is that of the two sizes, not that of the two irises
    assert forward[1] / forward[0] == pytest.approx(1.2, rel=1e-3)


def test_a_given_scale_and_a_photo_without_a_face_are_left_alone() -> None:
    a, b = sighting(10.0, 10.2), sighting(12.0, 11.7)
    assert scales([a, b], Options(px_per_mm=9.0)) == [10.2, 11.7]
    lost = Sighting(PHOTO, "face", None, NoSingleFace("expected one face, got none", advice="x"))
    found = with_one_scale([a, lost, b], Options())
    assert found[1] is lost
    assert len(scales([a, lost, b])) == 2


def test_a_photo_shrunk_by_a_hair_is_known_to_be_softer() -> None:
    just_below, just_above = WORKING_PX_PER_MM * 0.999, WORKING_PX_PER_MM * 1.003
    assert taking_blur_mm2(just_below) == 0.0
    # two pixels share each new one: a sixth of a pixel squared
    assert taking_blur_mm2(just_above) == pytest.approx(1 / 6 / just_above**2, rel=0.01)
    # far above, what is left is the new pixel itself
    assert taking_blur_mm2(120.0) == pytest.approx(1 / 12 / WORKING_PX_PER_MM**2, rel=0.02)
