"""Procedural skin: what is drawn is what the records say, at any resolution."""

import numpy as np
import pytest

from progress.phantom.features import (
    Curve,
    Hair,
    Line,
    Pores,
    Scar,
    ScarKind,
    Spot,
    StretchMark,
)
from progress.phantom.painting import (
    hair_cover,
    paint_hairs,
    paint_lines,
    paint_pores,
    paint_scars,
    paint_spots,
    paint_stretch_marks,
    scar_depth_mm,
)
from progress.phantom.planting import (
    scatter_hairs,
    scatter_points,
    scatter_pores,
    scatter_scars,
    scatter_spots,
    smooth_curve,
)
from progress.phantom.relief import Light, cast_shadow, glint, render, scatter, shade, slopes
from progress.phantom.skin import (
    SKIN_TONES,
    SkinMaps,
    bare_skin,
    grid_shape,
    microrelief,
    mottling,
    noise_field,
)
from progress.phantom.spectra import ita_of
from progress.phantom.stamps import along, stamp

SIZE = (12.0, 9.0)


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def _level(px_per_mm=20.0, size_mm=SIZE, gloss=0.0):
    shape = grid_shape(size_mm, px_per_mm)
    return SkinMaps(
        melanin=np.full(shape, 0.03, dtype=np.float32),
        blood=np.full(shape, 0.02, dtype=np.float32),
        height_mm=np.zeros(shape, dtype=np.float32),
        gloss=np.full(shape, gloss, dtype=np.float32),
        px_per_mm=px_per_mm,
    )


def _width_at_half(profile, px_per_mm):
    """Distance between the two places where a single bump is half as high."""
    x = np.arange(len(profile))
    high = np.flatnonzero(profile >= profile.max() / 2)
    first, last = high[0], high[-1]
    half = profile.max() / 2
    left = np.interp(half, profile[first - 1 : first + 1], x[first - 1 : first + 1])
    right = np.interp(-half, -profile[last : last + 2], x[last : last + 2])
    return (right - left) / px_per_mm


def test_the_tones_run_from_light_to_dark_over_the_whole_range():
    angles = [float(ita_of(tone.linear)) for tone in SKIN_TONES]
    assert np.all(np.diff(angles) < 0)
    assert angles[0] > 55
    assert angles[-1] < -30


def test_a_noise_field_has_unit_variance_and_its_own_scale(rng):
    field = noise_field(rng, (120.0, 90.0), 4.0, sigma_mm=1.0)
    # About 1 500 independent patches; cubic interpolation between lattice points takes some off.
    assert field.std() == pytest.approx(1.0, abs=0.12)
    apart = field[:, 8:] * field[:, :-8]
    # exp(-d^2 / 4 sigma^2) at d = 2 mm is 0.37.
    assert apart.mean() / field.var() == pytest.approx(0.37, abs=0.12)


def test_the_same_seed_is_the_same_skin_at_another_resolution():
    coarse, fine = (
        bare_skin(np.random.default_rng(2), SIZE, px_per_mm=scale, relief_mm=0.0)
        for scale in (8.0, 16.0)
    )
    pooled = fine.blood.reshape(coarse.shape[0], 2, coarse.shape[1], 2).mean(axis=(1, 3))
    assert np.corrcoef(pooled.ravel(), coarse.blood.ravel())[0, 1] > 0.99


def test_bare_skin_has_the_colour_of_its_tone_and_no_slope_on_average(rng):
    tone = SKIN_TONES[2]
    maps = bare_skin(rng, (60.0, 44.0), px_per_mm=6.0, tone=tone)
    assert np.median(maps.melanin) == pytest.approx(tone.melanin, rel=0.06)
    assert np.median(maps.blood) == pytest.approx(tone.blood, rel=0.1)
    assert abs(maps.height_mm.mean()) < 0.003
    assert maps.size_mm == (60.0, 44.0)


def test_flat_mottling_and_no_relief_give_plain_colour(rng):
    maps = bare_skin(rng, SIZE, px_per_mm=5.0, relief_mm=0.0, unevenness=0.0)
    assert np.ptp(maps.melanin) < 1e-6
    assert not maps.height_mm.any()
    assert np.all(mottling(rng, SIZE, 5.0, amplitudes={}) == 1)


def test_microrelief_is_furrows_of_the_stated_order_of_depth(rng):
    height = microrelief(rng, SIZE, 24.0, depth_mm=0.05)
    depth = np.percentile(height, 98) - np.percentile(height, 2)
    assert 0.025 < depth < 0.08
    # Furrows are narrow and plateaus wide: the deep tail is the longer one.
    assert np.mean((height - height.mean()) ** 3) < 0


def test_points_keep_their_density_and_their_distance(rng):
    points = scatter_points(rng, (40.0, 30.0), per_cm2=100.0)
    assert len(points) == pytest.approx(1200, rel=0.05)
    assert np.all(points >= 0)
    assert np.all(points < [40.0, 30.0])
    weight = np.zeros((3, 4))
    weight[:, 2:] = 1.0
    right = scatter_points(rng, (40.0, 30.0), per_cm2=100.0, weight=weight)
    assert right[:, 0].min() >= 20.0
    assert len(right) == pytest.approx(600, rel=0.08)
    assert len(scatter_points(rng, (40.0, 30.0), per_cm2=0.0)) == 0


def test_scaled_pores_are_the_same_pores(rng):
    pores = scatter_pores(rng, SIZE)
    small = pores.scaled(size=0.5, depth=0.25)
    assert np.array_equal(small.xy_mm, pores.xy_mm)
    assert np.allclose(small.diameter_mm, 0.5 * pores.diameter_mm)
    assert np.allclose(small.depth_mm, 0.25 * pores.depth_mm)
    assert small.area_mm2 == pytest.approx(0.25 * pores.area_mm2)
    assert len(pores.chosen(slice(0, 3))) == 3


def test_a_painted_pore_has_its_place_diameter_depth_and_plug():
    pores = Pores([[5.03, 4.21]], [0.5], [0.12], plug=0.4)
    maps = paint_pores(_level(40.0), pores)
    depth = -maps.height_mm
    row, column = np.unravel_index(np.argmax(depth), depth.shape)
    assert ((column + 0.5) / 40.0, (row + 0.5) / 40.0) == pytest.approx((5.03, 4.21), abs=0.05)
    assert depth.max() == pytest.approx(0.12, rel=0.02)
    assert _width_at_half(depth[row], 40.0) == pytest.approx(0.5, abs=0.02)
    assert maps.melanin.max() == pytest.approx(0.03 * 1.4, rel=0.02)


@pytest.mark.parametrize("kind", list(ScarKind))
def test_a_painted_scar_has_its_depth_and_width(kind):
    scar = Scar(kind, 6.0, 4.5, width_mm=2.4, depth_mm=0.3, blood_factor=1.2, melanin_factor=0.9)
    maps = paint_scars(_level(), [scar])
    depth = -maps.height_mm
    # The rim of a boxcar scar is 10 s away from its middle: 1e-4 of the depth is missing.
    assert depth.max() == pytest.approx(0.3, rel=0.001)
    assert _width_at_half(depth[90], 20.0) == pytest.approx(2.4, abs=0.03)
    assert np.array_equal(depth, scar_depth_mm(maps.shape, 20.0, [scar]))
    assert maps.blood.max() == pytest.approx(0.024, rel=0.001)
    assert maps.melanin.min() == pytest.approx(0.027, rel=0.001)
    assert scar.area_mm2 == pytest.approx(np.pi * 1.2**2)


def test_a_painted_line_has_its_depth_width_and_ends():
    line = Line(Curve([[2.0, 4.5], [10.0, 4.5]]), width_mm=0.4, depth_mm=0.1)
    depth = -paint_lines(_level(40.0), [line]).height_mm
    # Stamps stand 0.3 sigma apart: at most 1.1 % between them.
    assert depth[:, 240].max() == pytest.approx(0.1, rel=0.012)
    assert _width_at_half(depth[:, 240], 40.0) == pytest.approx(0.4, abs=0.02)
    assert depth[180, 40] == 0
    assert depth[180, 80:100].max() < 0.09
    assert line.curve.length_mm == pytest.approx(8.0)


def test_a_line_thinner_than_a_pixel_keeps_its_area():
    hair = Hair(Curve([[1.0, 4.47], [11.0, 4.47]]), width_mm=0.05, opacity=1.0)
    coarse, fine = (
        hair_cover(grid_shape(SIZE, scale), scale, [hair])[:, round(6 * scale)].sum() / scale
        for scale in (6.0, 60.0)
    )
    assert coarse == pytest.approx(fine, rel=0.1)


def test_hairs_cover_skin_with_melanin(rng):
    hairs = scatter_hairs(rng, SIZE, per_cm2=20.0, length_mm=2.0, width_mm=0.08)
    maps = paint_hairs(_level(gloss=0.3), hairs)
    assert len(hairs) == pytest.approx(22, abs=8)
    assert maps.melanin.max() > 0.3
    assert np.median(maps.melanin) == pytest.approx(0.03)
    assert paint_hairs(_level(), ()).melanin.max() == pytest.approx(0.03)


def test_spots_darken_pale_redden_and_rise():
    spots = [
        Spot(3.0, 4.5, 2.0, melanin_factor=3.0, rise_mm=0.2),
        Spot(8.0, 4.5, 1.5, melanin_factor=0.5, blood_factor=2.0),
    ]
    maps = paint_spots(_level(), spots)
    assert maps.melanin[90, 60] == pytest.approx(0.09, rel=0.01)
    assert maps.melanin[90, 160] == pytest.approx(0.015, rel=0.01)
    assert maps.blood[90, 160] == pytest.approx(0.04, rel=0.01)
    assert maps.height_mm[90, 60] == pytest.approx(0.2, rel=0.01)
    assert _width_at_half(maps.height_mm[90], 20.0) == pytest.approx(2.0, abs=0.02)
    assert spots[0].area_mm2 == pytest.approx(np.pi)


def test_a_stretch_mark_is_a_band_of_its_colour_and_width():
    mark = StretchMark(Curve([[6.0, 0.5], [6.0, 8.5]]), 2.0, 0.1, 0.6, 0.5)
    maps = paint_stretch_marks(_level(gloss=0.2), [mark])
    assert maps.melanin[90, 120] == pytest.approx(0.018, rel=0.02)
    assert maps.blood[90, 120] == pytest.approx(0.010, rel=0.02)
    assert _width_at_half(-maps.height_mm[90], 20.0) == pytest.approx(2.0, abs=0.05)


def test_planted_spots_and_scars_keep_clear_of_each_other(rng):
    spots = scatter_spots(rng, (40.0, 30.0), count=12)
    scars = scatter_scars(
        rng, (40.0, 30.0), counts={ScarKind.ICE_PICK: 5, ScarKind.BOXCAR: 4, ScarKind.ROLLING: 2}
    )
    assert (len(spots), len(scars)) == (12, 11)
    for first, a in enumerate(scars):
        for b in scars[first + 1 :]:
            assert np.hypot(a.x_mm - b.x_mm, a.y_mm - b.y_mm) > 0.5 * (a.width_mm + b.width_mm)
    crowded = scatter_spots(rng, (8.0, 8.0), count=50, diameter_mm=(3.0, 4.0))
    assert len(crowded) < 50


def test_a_curve_is_as_long_as_asked_and_follows_its_direction(rng):
    curve = smooth_curve(rng, (1.0, 2.0), angle_deg=90.0, length_mm=20.0)
    assert curve.length_mm == pytest.approx(20.0, rel=1e-3)
    down = curve.points_mm[-1] - curve.points_mm[0]
    assert down[1] > 0.85 * 20.0
    assert abs(down[0]) < 4.0


def test_stamps_outside_the_picture_do_no_harm_and_sums_add_up():
    centres = [[-50.0, 3.0], [10.3, 8.7], [10.3, 8.7], [40.9, 30.2]]
    total = stamp((31, 41), centres, 2.0, 1.0, combine="sum")
    deepest = stamp((31, 41), centres, 2.0, 1.0)
    assert total[9, 10] == pytest.approx(2.0 * deepest[9, 10], rel=1e-5)
    # The integral of a Gaussian is 2 pi sigma^2; 3.5 sigma keep 99.8 %.
    alone = stamp((41, 43), [[20.2, 21.6]], 2.0, 1.0)
    assert alone.sum() == pytest.approx(8 * np.pi, rel=0.005)
    assert not stamp((5, 6), np.empty((0, 2)), 1.0, 1.0).any()


def test_points_along_a_line_stand_at_equal_steps():
    points, fraction = along(np.array([[0.0, 0.0], [3.0, 4.0]]), 0.5)
    assert len(points) == 11
    assert points[-1] == pytest.approx([3.0, 4.0])
    assert fraction[5] == pytest.approx(0.5)
    with pytest.raises(ValueError, match="a line of some length"):
        along(np.zeros((3, 2)), 0.1)


def test_level_skin_is_shaded_by_one_everywhere():
    shading = shade(_level(), Light.from_angles(40, 30))
    assert shading == pytest.approx(1.0, abs=1e-5)


def test_a_plane_is_shaded_as_lambert_says():
    maps = _level(8.0)
    x = (np.arange(maps.shape[1]) + 0.5) / 8.0
    tilted = maps.replace(height_mm=np.broadcast_to(0.2 * x, maps.shape))
    light = Light.from_angles(45, 180, ambient=0.0)
    # The surface rises to the right, so it faces the lamp on the left.
    normal = np.array([-0.2, 0.0, 1.0]) / np.hypot(0.2, 1.0)
    expected = normal @ light.unit / light.unit[2]
    assert expected > 1
    assert np.median(shade(tilted, light)) == pytest.approx(expected, rel=0.002)
    away = Light.from_angles(45, 0, ambient=0.0)
    assert np.median(shade(tilted, away)) < 1
    right, down = slopes(tilted.height_mm, 8.0)
    assert np.median(right) == pytest.approx(0.2, rel=1e-4)
    assert np.abs(down).max() < 1e-5


def test_a_lamp_above_lights_the_wall_that_faces_up_the_picture():
    maps = _level(10.0)
    y = (np.arange(maps.shape[0]) + 0.5) / 10.0
    ridge = np.exp(-0.5 * ((y - 4.5) / 0.5) ** 2)[:, None] * 0.2
    lit = shade(maps.replace(height_mm=np.broadcast_to(ridge, maps.shape)), Light((0, 0.6, 0.8)))
    assert lit[40, 60, 1] > 1.02
    assert lit[50, 60, 1] < 0.98


def test_light_under_the_skin_softens_red_most_and_loses_nothing(rng):
    edge = np.ones((91, 121), dtype=np.float32)
    edge[:, 60:] = 0.5
    out = scatter(edge, 10.0)
    steep = np.abs(np.diff(out[45], axis=0)).max(axis=0)
    assert steep[0] < steep[1] < steep[2]
    # Mirrored borders keep the sum; wide kernels are done on block averages to 0.5 %.
    assert out.mean(axis=(0, 1)) == pytest.approx(edge.mean(), rel=0.01)


def test_a_step_casts_a_shadow_as_long_as_it_is_high_over_the_slope_of_the_light():
    maps = _level(20.0)
    x = (np.arange(maps.shape[1]) + 0.5) / 20.0
    height = np.broadcast_to(np.where(x < 6.0, np.float32(0.5), np.float32(0)), maps.shape)
    light = Light.from_angles(63.435, 180)
    seen = cast_shadow(height, 20.0, light)
    # tan 63.4 = 2: 0.5 mm throw 1 mm; the edge of a 3 degree lamp is 0.1 mm soft.
    assert (seen[90] < 0.5).sum() / 20.0 == pytest.approx(1.0, abs=0.12)
    assert np.all(cast_shadow(height, 20.0, Light((0, 0, 1))) == 1)
    shaded = shade(maps.replace(height_mm=height), Light(light.direction, ambient=0.2, shadows=1.0))
    assert shaded[90, 128, 2] < 0.8


def test_gloss_shines_most_where_the_skin_faces_between_eye_and_lamp():
    light = Light.from_angles(40, 90)
    dull, oily = (glint(_level(gloss=gloss), light) for gloss in (0.1, 0.9))
    # On level skin, 20 degrees off the mirror direction, a narrow lobe has mostly passed by;
    # facing the half-way direction it is strong.
    maps = _level(gloss=0.9)
    y = (np.arange(maps.shape[0]) + 0.5) / 20.0
    facing = np.broadcast_to(np.tan(np.radians(20)) * y[:, None], maps.shape)
    mirror = glint(maps.replace(height_mm=facing), light)
    assert np.median(mirror) > 3 * np.median(oily)
    assert np.median(oily) > np.median(dull) > 0


def test_a_rendered_piece_is_colour_times_shading_plus_gloss(rng):
    maps = paint_pores(bare_skin(rng, SIZE, px_per_mm=10.0), scatter_pores(rng, SIZE))
    linear = render(maps, camera="compact", illuminant="halogen")
    assert linear.shape == (90, 120, 3)
    assert linear.dtype == np.float32
    assert np.all((linear > 0) & (linear < 1))


def test_maps_are_frozen_and_of_one_shape():
    maps = _level()
    with pytest.raises(ValueError, match="read-only"):
        maps.melanin[0, 0] = 1
    with pytest.raises(ValueError, match=r"SkinMaps\.blood: expected shape"):
        maps.replace(blood=np.zeros((3, 4)))
    with pytest.raises(ValueError, match=r"px_per_mm: expected > 0"):
        maps.replace(px_per_mm=0.0)
    with pytest.raises(ValueError, match=r"melanin: expected shape \(H, W\)"):
        maps.replace(melanin=np.zeros(4))


def test_impossible_lights_and_sizes_are_refused():
    with pytest.raises(ValueError, match="towards the camera"):
        Light((0.5, 0.5, -0.1))
    with pytest.raises(ValueError, match=r"ambient: expected 0\.\.1"):
        Light(ambient=1.5)
    with pytest.raises(ValueError, match="at least two pixels"):
        grid_shape((0.1, 5.0), 10.0)
    with pytest.raises(ValueError, match="at least two points"):
        Curve([[1.0, 2.0]])
