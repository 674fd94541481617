"""A disguise hides what it says it hides, smooths what it says it smooths, and no more."""

import numpy as np
import pytest

from progress.bundle import canonical_mesh
from progress.imaging import gaussian_blur
from progress.phantom.camera import Camera, shoot
from progress.phantom.disguise import KINDS, disguise, recompressed, skin_cover

PX_PER_MM = 3.0
SIZE = (620, 520)


@pytest.fixture(scope="module")
def points():
    """The canonical face, upright in the picture."""
    xy = canonical_mesh().vertices_mm[:, :2] * (1.0, -1.0)
    return xy * PX_PER_MM + (SIZE[1] / 2, SIZE[0] / 2)


@pytest.fixture(scope="module")
def scene():
    """Skin-coloured light with grain and a spot of pigment."""
    rng = np.random.default_rng(4)
    grain = gaussian_blur(rng.standard_normal(SIZE).astype(np.float32), 0.6)
    linear = np.array([0.42, 0.25, 0.17], np.float32) * np.exp(0.1 * grain)[..., None]
    return np.asarray(linear, np.float32)


def put_on(scene, points, kind, strength=0.8, seed=1):
    rng = np.random.default_rng(seed)
    return disguise(scene, points, kind, px_per_mm=PX_PER_MM, strength=strength, rng=rng)


@pytest.mark.parametrize("kind", KINDS)
def test_every_disguise_changes_the_face_and_keeps_its_input(scene, points, kind):
    before = scene.copy()
    shown = put_on(scene, points, kind)
    assert np.array_equal(scene, before)
    assert shown.linear.shape == scene.shape
    assert shown.linear.dtype == np.float32
    assert np.isfinite(shown.linear).all()
    assert np.abs(shown.linear - scene).max() > 0.01


@pytest.mark.parametrize("kind", ["fringe", "glasses", "hand", "mask"])
def test_what_covers_hides_more_the_stronger_and_says_where(scene, points, kind):
    some, much = put_on(scene, points, kind, 0.35), put_on(scene, points, kind, 1.0)
    assert 0 < some.hidden.sum() < much.hidden.sum()
    changed = np.abs(much.linear - scene).max(axis=2)
    assert np.median(changed[much.hidden]) > 0.03
    x, y = np.rint(points[1]).astype(int)  # the tip of the nose
    assert much.hidden[y, x] == (kind == "mask")


def test_a_fringe_covers_the_forehead_and_a_hand_the_clients_left_cheek(scene, points):
    forehead, left_cheek, right_cheek = (np.rint(points[k]).astype(int) for k in (151, 411, 187))

    def hidden_at(kind, place):
        x, y = place
        return put_on(scene, points, kind, 1.0).hidden[y - 9 : y + 10, x - 9 : x + 10].mean()

    assert hidden_at("fringe", forehead) > 0.3
    assert hidden_at("fringe", left_cheek) == 0
    assert hidden_at("hand", left_cheek) > 0.3
    assert hidden_at("hand", right_cheek) == 0


@pytest.mark.parametrize("kind", ["bilateral", "guided"])
def test_a_filter_smooths_the_skin_and_leaves_the_eyes(scene, points, kind):
    shown = put_on(scene, points, kind, 1.0)
    assert not shown.hidden.any()
    cover = skin_cover(scene.shape, points, PX_PER_MM)
    spread = [np.std((p - gaussian_blur(p, 3.0))[cover > 0.99]) for p in (shown.linear, scene)]
    assert spread[0] < 0.5 * spread[1]
    x, y = np.rint(points[[33, 133]].mean(axis=0)).astype(int)
    assert np.abs(shown.linear - scene)[y - 3 : y + 4, x - 6 : x + 7].max() < 1e-3


def test_portrait_mode_leaves_the_middle_of_the_face(scene, points):
    shown = put_on(scene, points, "portrait", 1.0)
    x, y = np.rint(points[4]).astype(int)
    assert np.abs(shown.linear - scene)[y - 5 : y + 6, x - 5 : x + 6].max() < 0.01
    assert shown.linear[:40, :40, 0].std() < 0.3 * scene[:40, :40, 0].std()


def test_foundation_evens_out_colour_and_texture_but_not_light(points):
    rng = np.random.default_rng(5)
    blotch = gaussian_blur(rng.standard_normal(SIZE).astype(np.float32), 2.0 * PX_PER_MM)
    colour = np.exp(np.multiply.outer(0.15 * blotch / blotch.std(), [-0.2, -1.0, -0.9]))
    light = np.linspace(0.5, 1.0, SIZE[1])[None, :, None]
    scene = np.asarray(np.array([0.42, 0.25, 0.17]) * colour * light, np.float32)
    shown = put_on(scene, points, "foundation", 1.0)
    inside = skin_cover(scene.shape, points, PX_PER_MM) > 0.99
    ratio = [np.log(p[..., 0] / p[..., 1])[inside] for p in (shown.linear, scene)]
    assert ratio[0].std() < 0.4 * ratio[1].std()
    across = [np.polyfit(np.nonzero(inside)[1], np.log(p[..., 0][inside]), 1)[0]
              for p in (shown.linear, scene)]  # fmt: skip
    assert across[0] == pytest.approx(across[1], rel=0.25)


def test_a_recompressed_picture_is_stored_well_and_looks_badly(scene):
    codes = shoot(scene, Camera.ideal(), np.random.default_rng(0))
    once, twice = recompressed(codes, 95), recompressed(codes, 30)
    assert once.dtype == np.uint8
    error = [np.abs(p.astype(float) - codes).mean() for p in (once, twice)]
    assert error[1] > 2 * error[0]


def test_a_disguise_nobody_knows_is_refused(scene, points):
    with pytest.raises(ValueError, match=r"kind: expected one of .*, got 'veil'"):
        put_on(scene, points, "veil")
    with pytest.raises(ValueError, match=r"strength: expected 0\.\.1, got 1\.2"):
        put_on(scene, points, "mask", 1.2)
