"""The lab's lines: courses from masks and at random lie on the piece they are planted in."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from progress.lab.line_scenes import drawn_courses, line_scene, line_score, mask_courses
from progress.lab.skin_shots import STILL, analyses, on_measured_skin, shoot_scene


@pytest.fixture
def mask_file(tmp_path):
    drawn = np.zeros((403, 317), np.uint8)
    cv2.line(drawn, (120, 200), (170, 210), 255, 2)
    cv2.line(drawn, (125, 190), (165, 180), 255, 2)
    path = tmp_path / "mask.png"
    cv2.imwrite(str(path), drawn)
    return path


def test_a_drawn_mask_gives_its_lines_in_millimetres(mask_file):
    courses = mask_courses(mask_file)
    assert len(courses) == 2
    # 317 pixels stand for 160 mm: 51 and 41 px are 26 and 21 mm.
    assert sorted(len(points) * 0.1 for points in courses) == pytest.approx([21, 26], abs=2.5)
    assert all(on_measured_skin(points).mean() > 0.9 for points in courses)


def test_a_file_that_is_no_picture_is_refused(tmp_path):
    with pytest.raises(ValueError, match="expected a picture"):
        mask_courses(tmp_path / "nothing.png")


def test_courses_cross_the_measured_skin():
    assert all(on_measured_skin(points).mean() > 0.5 for points in drawn_courses(3))


def test_a_band_takes_the_share_of_light_that_its_truth_says():
    plain, lined = (line_scene(1, 5, how="band", dose=dose) for dose in (0.0, 1.0))
    lines = lined.planted
    column, row = np.rint(lines.xy_mm * 12.0 - 0.5).astype(int).T
    inside = (column > 0) & (row > 0) & (column < lined.size_px[0]) & (row < 470)
    column, row = column[inside], row[inside]
    taken = 1 - lined.linear[row, column, 1] / plain.linear[row, column, 1]
    # Pixels lie up to 0.06 mm beside the middle of bands with a sigma of 0.1 mm and more.
    assert np.median(taken / lines.strength[inside].clip(0.02)) == pytest.approx(0.95, abs=0.08)


def test_nothing_found_overlaps_with_nothing(mask_file):
    scene = line_scene(1, 5, dose=0.0)
    shot = shoot_scene(scene, STILL, rng=np.random.default_rng(1))
    score = line_score(analyses(shot)[0], shot)
    assert score.overlap < 0.05
