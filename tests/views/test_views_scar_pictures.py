"""Outlined scars: where they are, numbered, on both sessions."""

from __future__ import annotations

import numpy as np
import pytest

from progress.views.frames import AlignedPair, Frame
from progress.views.labels import region_phrase
from progress.views.scar_pictures import outlined, scar_pair, scar_picture


def frame_of(width: int = 260, height: int = 180) -> Frame:
    pixels = np.full((height, width, 3), 170, np.uint8)
    # Shown at half the size of the photo, cropped at (40, 20).
    return Frame(pixels, (40, 20, 40 + 2 * width, 20 + 2 * height), px_per_mm=6.0)


def ring(x: float, y: float, radius: float = 20.0) -> np.ndarray:
    angle = np.arange(24) * np.pi / 12
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)


def changed_box(before: Frame, after: Frame) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero((before.pixels != after.pixels).any(axis=2))
    return columns.min(), rows.min(), columns.max(), rows.max()


def test_the_outline_lies_where_the_scar_is_in_the_crop():
    frame = frame_of()
    drawn = outlined(frame, {"faint_scar_1": ring(240.0, 160.0)})
    left, top, right, bottom = changed_box(frame, drawn)
    # Photo (240, 160) is screen (100, 70); radius 10, and a line of three pixels.
    assert (left, top, right, bottom) == pytest.approx((90, 60, 110, 80), abs=3)
    assert (drawn.pixels[70, 100] == 170).all()


def test_a_numbered_scar_has_its_number_beside_it():
    frame = frame_of()
    plain, numbered = (
        changed_box(frame, outlined(frame, {name: ring(240.0, 160.0)}))
        for name in ("faint_scar_1", "scar_7")
    )
    assert numbered[2] > plain[2] + 4


def test_a_number_at_the_right_edge_stands_on_the_left():
    frame = frame_of()
    left, _, right, _ = changed_box(frame, outlined(frame, {"scar_12": ring(530.0, 160.0)}))
    assert left < 228
    assert right < 260


def test_scars_outside_the_crop_are_left_out_and_the_frame_is_not_written_to():
    frame = frame_of()
    before = frame.pixels.copy()
    drawn = outlined(frame, {"scar_1": ring(5.0, 5.0, 3.0)})
    assert (drawn.pixels == before).all()
    outlined(frame, {"scar_1": ring(240.0, 160.0)})
    assert (frame.pixels == before).all()


def test_both_sessions_show_the_same_outlines():
    frame = frame_of()
    grid = frame.pixels.shape[:2]
    pair = AlignedPair(frame, frame, np.ones(grid, bool), np.zeros(grid, np.float32))
    scars = {"scar_1": ring(240.0, 160.0)}
    both = scar_pair(pair, scars, ("Baseline", "Follow-up"), simulated=True)
    one = scar_picture(frame, scars, "Baseline", simulated=True)
    assert both.shape[0] == one.shape[0]
    assert both.shape[1] > 2 * one.shape[1]
    assert (both[:, : one.shape[1]] == one).all()


def test_a_found_scar_is_called_by_its_number_and_a_drawn_one_by_its_name():
    assert region_phrase("scar_3") == "scar 3"
    assert region_phrase("scar_of_my_knee") == "the marked area “scar of my knee”"
