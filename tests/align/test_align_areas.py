"""An area of the body is found again without a face; too little texture is said."""

from __future__ import annotations

import numpy as np
import pytest
from made_skin import PX_PER_MM, area_pair, true_error_mm

from progress.align import align_areas
from progress.imaging import DecodedPhoto
from progress.model import NotAligned, Registration
from progress.phantom.reshoot_motion import Motion

MOVED = Motion(
    yaw_deg=6.0, pitch_deg=-5.0, roll_deg=9.0, zoom=1.06, distance_in_widths=3.0,
    tissue_shift=0.003,
)  # fmt: skip


def test_an_area_shot_twice_is_found_within_a_tenth_of_a_millimetre() -> None:
    baseline, followup, warp = area_pair(MOVED)
    found = align_areas(baseline, followup, px_per_mm=PX_PER_MM)
    assert isinstance(found, Registration)
    rows, columns = np.nonzero(found.valid)
    nodes = np.stack([columns, rows], axis=1) * found.step
    seen = warp.visible[nodes[:, 1], nodes[:, 0]]
    errors = true_error_mm(found, warp)[seen]
    assert np.median(errors) <= 0.10
    assert np.percentile(errors, 95) <= 0.30
    assert found.overlap > 0.7


def test_a_photo_with_itself_is_exactly_the_identity() -> None:
    baseline, _, _ = area_pair(MOVED)
    found = align_areas(baseline, baseline, px_per_mm=PX_PER_MM)
    assert isinstance(found, Registration)
    x, y = np.meshgrid(*(np.arange(0, n, found.step) for n in baseline.size_px))
    np.testing.assert_array_equal(found.followup_from_baseline_xy, np.stack([x, y], axis=-1))
    assert (found.error_mm == 0).all()
    assert found.valid.all()


def test_a_followup_of_another_size_and_scale_is_found() -> None:
    baseline, followup, _ = area_pair(Motion(zoom=1.02))
    smaller = DecodedPhoto.from_codes(np.asarray(followup.codes)[::2, ::2])
    found = align_areas(baseline, smaller, px_per_mm=PX_PER_MM)
    assert isinstance(found, Registration)
    middle = found.map_points(np.array([[300.0, 250.0]]))[0]
    assert middle == pytest.approx([150.0, 125.0], abs=1.0)


def test_other_skin_is_refused() -> None:
    baseline, _, _ = area_pair(MOVED)
    _, other, _ = area_pair(MOVED, seed=3)
    refused = align_areas(baseline, other, px_per_mm=PX_PER_MM)
    assert isinstance(refused, NotAligned)
    assert "no common skin" in refused.reason


def test_skin_without_texture_is_refused() -> None:
    blank = np.full((301, 403, 3), 160, dtype=np.uint8)
    refused = align_areas(
        DecodedPhoto.from_codes(blank), DecodedPhoto.from_codes(blank + 1), px_per_mm=PX_PER_MM
    )
    assert isinstance(refused, NotAligned)
    assert "too little texture" in refused.reason


def test_a_small_common_part_is_refused() -> None:
    baseline, followup, _ = area_pair(Motion())
    corner = DecodedPhoto.from_codes(np.asarray(followup.codes)[:200, :240])
    refused = align_areas(baseline, corner, px_per_mm=PX_PER_MM)
    assert isinstance(refused, NotAligned)
    assert "too little of the same skin" in refused.reason


def test_a_mirrored_photo_is_refused() -> None:
    baseline, followup, _ = area_pair(Motion())
    mirrored = DecodedPhoto.from_codes(np.asarray(followup.codes)[:, ::-1])
    assert isinstance(align_areas(baseline, mirrored, px_per_mm=PX_PER_MM), NotAligned)


def test_a_scale_that_is_no_scale_is_the_callers_bug() -> None:
    baseline, followup, _ = area_pair(Motion())
    with pytest.raises(ValueError, match="expected a positive number"):
        align_areas(baseline, followup, px_per_mm=0.0)
