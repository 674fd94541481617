"""Another camera's curve and cast are told by what surrounds the skin, or not at all."""

from dataclasses import replace

import numpy as np
import pytest

from progress.colour import Surround, find_reference, read_surround, reference_again
from progress.imaging import DecodedPhoto
from progress.landmarks import find_face
from progress.model import NotMeasured, ReferenceSkin
from progress.phantom.head import Head, Light, Shot, render
from progress.phantom.reshoot import Reshoot, reshoot
from progress.phantom.reshoot_motion import Motion
from progress.phantom.skin import SKIN_TONES

UNMOVED = Reshoot()
HAEMOGLOBIN = np.array([-2.11, 3.28, -1.17])


@pytest.fixture(scope="module")
def first():
    shot = Shot(label="", px_per_mm=3.0, size_px=(640, 840))
    linear = render(Head(seed=5, tone=SKIN_TONES[2]), shot).linear
    # A room: the wall is lit from one side, and a dark cupboard stands at the other.
    columns = np.arange(linear.shape[1])[None, :]
    room = linear * (0.7 + 0.6 * columns / linear.shape[1])[..., None]
    room[:, :70] *= 0.12
    return np.asarray(room, np.float32)


def taken(linear, spec=UNMOVED, marks=None):
    if marks is None:
        from progress.phantom.reshoot import develop

        codes = develop(linear, np.ones_like(linear), spec, rng=np.random.default_rng(1))
    else:
        rng = np.random.default_rng(2)
        codes = reshoot(linear, marks.points_xy, marks.depth_px, spec, rng).codes
    return DecodedPhoto.from_codes(codes)


@pytest.fixture(scope="module")
def baseline(first):
    photo = taken(first)
    return photo, find_face(photo)


def again(first, baseline, spec):
    photo = taken(first, spec, baseline[1])
    return photo, find_face(photo)


def test_a_cast_across_the_frame_is_read_and_evened(first, baseline):
    seen, marks = again(first, baseline, Reshoot(cast=0.045, toward_deg=90.0))
    found = read_surround(*baseline, seen, marks)
    assert isinstance(found, Surround)
    slope = found.rendition.slope_per_px * seen.size_px[1] / 2
    # The whole cast runs from the middle to the edge; half a code of the wall is 0.003.
    assert slope[0, 1] - slope[2, 1] == pytest.approx(-0.045, abs=0.006)
    assert slope[0, 0] - slope[2, 0] == pytest.approx(0.0, abs=0.006)


@pytest.mark.parametrize("tone", [-0.25, 0.25])
def test_a_tone_curve_is_undone_between_shadow_and_light(first, baseline, tone):
    seen, marks = again(first, baseline, Reshoot(tone=tone))
    found = read_surround(*baseline, seen, marks)
    assert isinstance(found, Surround)
    mended = replace(seen, rendition=found.rendition)
    skin = [np.array(p, int) for p in marks.points_xy[[50, 280, 151, 199]]]

    def contrast(photo):
        light = photo.linear().pixels
        dark = light[200:600, 20:50].mean((0, 1))
        lit = np.mean([light[y - 4 : y + 4, x - 4 : x + 4].mean((0, 1)) for x, y in skin], axis=0)
        return np.log(lit / dark)

    plain, bent, straight = (contrast(photo) for photo in (baseline[0], seen, mended))
    assert np.abs(straight - plain).max() < 0.35 * np.abs(bent - plain).max()


def test_another_room_gives_no_answer(first, baseline):
    other = first.copy()
    mask = np.ones(first.shape[:2], bool)
    x, y = baseline[1].points_xy.mean(axis=0)
    rows, columns = np.mgrid[: first.shape[0], : first.shape[1]]
    mask = np.hypot(columns - x, rows - y) > 330
    patches = np.random.default_rng(4).uniform(0.2, 1.1, (12, 10, 3)).repeat(70, 0).repeat(64, 1)
    other[mask] *= patches[mask].astype(np.float32)
    seen, marks = again(other, baseline, Reshoot())
    assert isinstance(read_surround(*baseline, seen, marks), NotMeasured)


def test_a_nodding_head_does_not_move_the_reference(first, baseline):
    reference = find_reference(*baseline)
    assert isinstance(reference, ReferenceSkin)
    misses = []
    for pitch in (-4.0, 4.0):
        seen, marks = again(first, baseline, Reshoot(motion=Motion(pitch_deg=pitch)))
        alone = find_reference(seen, marks)
        assert isinstance(alone, ReferenceSkin)
        same = reference_again(reference, alone)
        for found in (alone, same):
            change = found.optical_density - reference.optical_density
            misses.append(abs(float(HAEMOGLOBIN @ change)))
    # 8-bit colour of smooth rendered skin is worth about 0.01.
    assert max(misses[1::2]) < 0.012
    assert sum(misses[1::2]) <= sum(misses[::2]) + 0.004


def test_a_curve_read_backwards_is_the_same_with_the_other_sign(first, baseline):
    seen = again(first, baseline, Reshoot(tone=0.25))
    there, back = read_surround(*baseline, *seen), read_surround(*seen, *baseline)
    assert isinstance(there, Surround)
    assert isinstance(back, Surround)
    assert there.curve == pytest.approx(0.25, abs=0.08)
    # Squares and their places are laid out on whichever comes first.
    assert there.curve == pytest.approx(-back.curve, abs=0.5 * there.curve_error)


def test_a_lamp_that_moved_is_not_taken_for_a_curve(baseline):
    head = Head(seed=5, tone=SKIN_TONES[2])
    lamps = [
        Light(direction=(x, 0.3, 0.9), ambient=0.4, shadows=1.0) for x in (-0.25, 0.0, 0.25, 0.4)
    ]
    taken_in = []
    for lamp in lamps:
        shot = Shot(label="", px_per_mm=3.0, size_px=(640, 840), light=lamp)
        photo = taken(render(head, shot).linear)
        taken_in.append((photo, find_face(photo)))
    for other in taken_in[1:]:
        for found in (read_surround(*taken_in[0], *other), read_surround(*other, *taken_in[0])):
            assert isinstance(found, NotMeasured) or found.curve == 0.0
