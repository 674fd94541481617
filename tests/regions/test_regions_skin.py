"""The skin mask leaves out what is not skin, and keeps what the clinic came for."""

import cv2
import numpy as np
import pytest

from progress.phantom.spectra import melanin_for_ita, skin_reflectance
from progress.regions import face_regions, rasterise, skin_mask
from progress.regions.face import BROWS, EYES, LIPS

PX_PER_MM = 3.0
SIZE = (600, 660)
BOX = (0, 0, *SIZE)


def scene(ita_deg=40.0, blood=0.02, *, seed=3):
    """Flat skin with a little sensor noise and slow shading, linear light."""
    rng = np.random.default_rng(seed)
    colour = skin_reflectance(melanin_for_ita(ita_deg), blood).reshape(1, 1, 3) * 0.85
    shading = np.linspace(1.1, 0.8, SIZE[0])[None, :, None]
    noise = 1 + 0.015 * rng.standard_normal((SIZE[1], SIZE[0], 1))
    return np.asarray(colour * shading * noise, dtype=np.float32)


def mask_of(linear, landmarks=None, scale=1.0, px_per_mm=PX_PER_MM):
    return skin_mask(linear, BOX, scale, landmarks, px_per_mm=px_per_mm)


def disc(centre, radius_mm):
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    return np.hypot(x - centre[0], y - centre[1]) <= radius_mm * PX_PER_MM


@pytest.mark.parametrize("ita_deg", [60.0, 40.0, 15.0, -10.0, -40.0])
def test_bare_skin_of_every_tone_counts(ita_deg, place_head):
    landmarks = place_head()
    mask = mask_of(scene(ita_deg), landmarks)
    for region in face_regions(landmarks):
        if region.name in ("forehead", "left_cheek", "right_cheek", "glabella"):
            inside = rasterise(region.polygon_xy, BOX, 1.0)
            assert mask[inside].mean() > 0.85, region.name


def test_eyes_brows_and_lips_do_not_count(place_head):
    landmarks = place_head()
    mask = mask_of(scene(), landmarks)
    for loop in (*EYES, *BROWS, LIPS):
        assert not mask[rasterise(landmarks.points_xy[list(loop)], BOX, 1.0)].any()


def test_nothing_outside_the_face_counts(place_head):
    mask = mask_of(scene(), place_head())
    assert not mask[:, :20].any()
    assert not mask[-20:].any()


@pytest.mark.parametrize("ita_deg", [55.0, 20.0, -25.0])
def test_lesions_stay_in(ita_deg):
    linear = scene(ita_deg)
    melanin = melanin_for_ita(ita_deg)
    red = skin_reflectance(melanin, 0.07) / skin_reflectance(melanin, 0.02)
    brown = skin_reflectance(min(2 * melanin + 0.05, 0.45), 0.02) / skin_reflectance(melanin, 0.02)
    pale = skin_reflectance(0.6 * melanin, 0.012) / skin_reflectance(melanin, 0.02)
    spots = {(150, 150): red, (400, 200): brown, (300, 450): pale}
    for centre, factor in spots.items():
        linear[disc(centre, 2.5)] *= factor.reshape(3)
    mask = mask_of(linear)
    for centre in spots:
        assert mask[disc(centre, 2.2)].mean() > 0.9, centre


def test_glare_does_not_count():
    linear = scene()
    linear[disc((300, 300), 2.0)] += 0.35  # the lamp's white on top of the skin's colour
    mask = mask_of(linear)
    assert mask[disc((300, 300), 1.8)].mean() < 0.05
    assert mask[~disc((300, 300), 4.0)].mean() > 0.98


def test_hairs_do_not_count_but_the_skin_between_them_does():
    linear = scene()
    hairs = np.zeros(SIZE[::-1], np.uint8)
    for x in range(100, 500, 60):
        cv2.line(hairs, (x, 100), (x + 40, 500), 1, 1)
    linear[hairs > 0] *= 0.3
    mask = mask_of(linear)
    assert mask[hairs > 0].mean() < 0.02
    assert mask.mean() > 0.8


def test_cloth_and_deep_shadow_do_not_count():
    linear = scene()
    linear[:200] = (0.3, 0.32, 0.36)
    linear[:, :100] *= 0.05
    mask = mask_of(linear)
    assert mask[:190].mean() < 0.01
    assert not mask[:, :95].any()
    assert mask[210:, 110:].mean() > 0.98


def test_the_mask_of_a_finer_crop_is_the_same_skin(place_head):
    landmarks = place_head(px_per_mm=12.0, centre_xy=(1200.0, 1320.0))
    linear = scene()
    coarse = skin_mask(linear, (0, 0, 2400, 2640), 0.25, landmarks, px_per_mm=12.0)
    fine = skin_mask(
        cv2.resize(linear, (1200, 1320)), (0, 0, 2400, 2640), 0.5, landmarks, px_per_mm=12.0
    )
    enlarged = cv2.resize(coarse.astype(np.uint8), (1200, 1320), interpolation=cv2.INTER_NEAREST)
    assert fine.shape == (1320, 1200)
    assert (fine == enlarged.astype(bool)).mean() > 0.97


def test_a_crop_without_any_face_is_empty(place_head):
    linear = scene()[:61, :83]
    assert not skin_mask(linear, (0, 0, 83, 61), 1.0, place_head(), px_per_mm=3.0).any()


def test_a_black_picture_has_no_skin():
    black = np.zeros((61, 83, 3), dtype=np.float32)
    assert not skin_mask(black, (0, 0, 83, 61), 1.0, None, px_per_mm=4.0).any()
