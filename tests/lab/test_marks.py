"""Marks are found again where they truly are, or not at all."""

from __future__ import annotations

import numpy as np
from test_registration import PX_PER_MM, gentle, made_photo, mesh_face

from progress.imaging import DecodedPhoto
from progress.lab.marks import find_marks
from progress.model import Region
from progress.phantom.reshoot import reshoot

FOREHEAD = Region("forehead", np.array([[150.0, 100], [290, 100], [290, 190], [150, 190]]))


def again(seed: int):
    face = mesh_face(made_photo(1))
    rng = np.random.default_rng(seed)
    return reshoot(made_photo(1).codes, face.points_xy, face.depth_px, gentle(rng), rng)


def test_marks_lie_where_the_skin_went() -> None:
    shot = again(2)
    face = mesh_face(made_photo(1))
    second = DecodedPhoto.from_codes(shot.codes)
    marks = find_marks(made_photo(1), face, second, face, FOREHEAD)
    assert len(marks.baseline_xy) >= 5
    missed = np.linalg.norm(
        shot.followup_from_baseline(marks.baseline_xy) - marks.followup_xy, axis=1
    )
    # a patch of 6 mm is matched to about a tenth of a pixel
    assert np.median(missed) / PX_PER_MM < 0.1
    assert missed.max() / PX_PER_MM < 0.4


def test_another_persons_skin_has_no_marks() -> None:
    face = mesh_face(made_photo(1))
    marks = find_marks(made_photo(1), face, made_photo(2), face, FOREHEAD)
    assert marks.baseline_xy.shape == (0, 2)
    assert marks.followup_xy.shape == (0, 2)
