"""What every registered metric promises, asked of each of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from dosed_skin import (
    SEEDS,
    SEVERITIES,
    TONES,
    TONES_WITH_BLUE,
    analysis_of,
    changed,
    estimate,
    is_of_marks,
    measured,
    own_dose,
    patch_of,
    region_of,
    skin,
    value,
)

from progress.metrics import Analysis, all_metrics, get_metric
from progress.model import Direction, Estimate, Need, NotMeasured

METRICS = all_metrics()
COLOUR = [m for m in METRICS if m.needs & {Need.COLOUR, Need.ABSOLUTE_COLOUR}]
RANGES = {
    "redness": (-1.0, 2.0),
    "tone": (-90.0, 90.0),
    "pigment": (-1.0, 3.0),
    "spot_burden": (0.0, 100.0),
    "evenness": (0.0, 1.0),
    "pore_density": (0.0, 700.0),
    "pore_area": (0.0, 100.0),
    "texture": (0.0, 50.0),
    "lines": (0.0, 5000.0),
    "scar_relief": (0.0, 10.0),
    "scar_count": (0.0, 60.0),
    "scar_area": (0.0, 400.0),
    "mark_contrast": (0.0, 60.0),
    "mark_width": (0.4, 10.0),
    "mark_redness": (-2.0, 2.0),
    "mark_pigment": (-2.0, 2.0),
    "mark_length": (4.0, 60.0),
    "mark_area": (2.0, 400.0),
    "radiance": (2.0, 20.0),
}
ABSOLUTE = {"tone"}
"""What tells lightness as such may follow exposure."""

RISING = {"radiance"}
"""Described and rising with its phantom; the others that are described fall."""

each_metric = pytest.mark.parametrize("metric", METRICS, ids=[m.id for m in METRICS])


def middling(metric):
    return patch_of(skin(own_dose(metric), 0.75))


def full_range(metric) -> float:
    dose = own_dose(metric)
    return abs(value(metric.id, dose, 1.0) - value(metric.id, dose, 0.0))


@each_metric
def test_it_says_what_it_is(metric):
    assert metric.label
    assert metric.unit
    assert metric.summary.endswith(".")
    assert "doi:" in metric.source or "chapter" in metric.source
    assert metric.version >= 1
    assert isinstance(metric.better, Direction)
    assert metric.needs
    assert metric.min_px_per_mm > 0


@each_metric
@pytest.mark.parametrize("severity", SEVERITIES)
def test_it_stays_in_range(metric, severity):
    low, high = RANGES[metric.id]
    assert low <= value(metric.id, own_dose(metric), severity) <= high


@each_metric
@pytest.mark.parametrize("seed", SEEDS)
def test_it_follows_its_phantom_strictly_and_the_right_way_round(metric, seed):
    figures = [value(metric.id, own_dose(metric), severity, seed) for severity in SEVERITIES]
    steps = np.diff(figures)
    if metric.better is Direction.NONE and metric.id not in RISING:
        # The angle of tone falls as melanin rises.
        steps = -steps
    assert (steps > 0).all(), figures


@pytest.mark.parametrize("nth", range(3))
@pytest.mark.parametrize("metric", COLOUR, ids=[m.id for m in COLOUR])
def test_colour_follows_its_phantom_on_three_skin_tones(metric, nth):
    dose = own_dose(metric)
    needs_blue = metric.id in {"pigment", "spot_burden", "mark_pigment"}
    tone = (TONES_WITH_BLUE if needs_blue else TONES)[nth]
    figures = [value(metric.id, dose, severity, tone=tone) for severity in SEVERITIES]
    falls = metric.better is Direction.NONE and metric.id not in RISING
    steps = np.diff(figures) * (-1 if falls else 1)
    assert (steps > 0).all(), figures


@each_metric
def test_it_ignores_pixels_outside_the_mask(metric):
    patch = middling(metric)
    mask = patch.mask.copy()
    mask[:, :101] = False
    mask[150:163, 200:290] = False
    inside = changed(patch, mask=mask)
    noise = np.random.default_rng(3).random(patch.linear.shape, dtype=np.float32)
    scrambled = changed(inside, linear=np.where(mask[..., None], patch.linear, noise))
    assert estimate(metric, scrambled).value == pytest.approx(
        estimate(metric, inside).value,
        rel=1e-4,  # float32 sums over other zeros
        abs=1e-6,
    )


@each_metric
def test_it_leaves_its_input_alone(metric):
    patch = middling(metric)
    linear, mask = patch.linear.copy(), patch.mask.copy()
    metric.measure(patch)
    metric.local_map(patch)
    assert np.array_equal(patch.linear, linear)
    assert np.array_equal(patch.mask, mask)


@each_metric
def test_it_repeats_itself(metric):
    patch = middling(metric)
    assert measured(metric, patch) == measured(metric, patch)


@each_metric
@pytest.mark.parametrize("axis", [0, 1])
def test_it_survives_mirroring(metric, axis):
    patch = middling(metric)
    mirrored = changed(
        patch,
        linear=np.ascontiguousarray(np.flip(patch.linear, axis)),
        mask=np.ascontiguousarray(np.flip(patch.mask, axis)),
    )
    # Working grids are laid from the top left, so edges fall on other pixels.
    assert estimate(metric, mirrored).value == pytest.approx(
        estimate(metric, patch).value, abs=0.03 * full_range(metric)
    )


@each_metric
def test_it_survives_rescaling_from_12_to_10_pixels_per_millimetre(metric):
    dose = own_dose(metric)
    fine = value(metric.id, dose, 0.75)
    coarse = value(metric.id, dose, 0.75, px_per_mm=10.0)
    # Smoothing by the larger pixel, which is a sixth of the diameter of a pore.
    assert coarse == pytest.approx(fine, abs=0.12 * full_range(metric))


@each_metric
def test_it_refuses_an_empty_mask(metric):
    patch = middling(metric)
    nothing = metric.measure(changed(patch, mask=np.zeros_like(patch.mask)))
    assert isinstance(nothing, NotMeasured)
    assert "skin" in nothing.reason


@each_metric
def test_it_refuses_a_region_off_the_skin_and_a_scrap_of_skin(metric):
    patch = middling(metric)
    analysis = Analysis(patch)
    scrap = np.zeros_like(patch.mask)
    scrap[160:200, 180:220] = True
    for region in (np.zeros_like(scrap), scrap):
        refused = metric.pool(analysis, region)
        assert isinstance(refused, NotMeasured)
        assert f"{metric.min_area_mm2:.0f} mm2" in refused.reason


@pytest.mark.parametrize(
    "metric", [m for m in METRICS if not is_of_marks(m)], ids=lambda metric: metric.id
)
def test_it_sees_every_part_of_the_region(metric):
    dose = own_dose(metric)

    def with_middle_in_corner(flat, middle, *, down, right):
        height, width = (n // 2 for n in flat.mask.shape)
        crop = middle.linear[height // 2 :, width // 2 :][:height, :width]
        linear = flat.linear.copy()
        linear[down * height :, right * width :][:height, :width] = crop
        return estimate(metric, patch_of(flat, linear=linear)).value

    for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        shares = []
        for seed in SEEDS:
            plain, strong = skin(dose, 0.0, seed), skin(dose, 1.0, seed)
            ends = [
                with_middle_in_corner(plain, middle, down=down, right=right)
                for middle in (plain, strong)
            ]
            whole = value(metric.id, dose, 1.0, seed) - value(metric.id, dose, 0.0, seed)
            shares.append((ends[1] - ends[0]) / whole)
        # A quarter would be fair; robust spreads give less.
        assert np.mean(shares) > 0.04, (down, right)


@each_metric
def test_it_shrugs_off_half_a_per_cent_of_glints(metric):
    if metric.id == "radiance":
        pytest.skip("is made of glints")
    patch = middling(metric)
    rng = np.random.default_rng(5)
    linear = patch.linear.copy()
    glints = rng.random(patch.mask.shape) < 0.005
    linear[glints] = 1.0
    glossy = estimate(metric, changed(patch, linear=linear)).value
    assert glossy == pytest.approx(estimate(metric, patch).value, abs=0.2 * full_range(metric))


@each_metric
@pytest.mark.parametrize("ev", [-0.3, 0.3])
def test_exposure_leaves_what_is_relative_alone(metric, ev):
    if metric.id in ABSOLUTE:
        pytest.skip("tells lightness as such")
    patch = middling(metric)
    gain = np.float32(2.0**ev)
    reference = patch.reference
    shifted = type(reference)(
        reference.optical_density - math.log(gain), reference.standard_error, reference.source
    )
    exposed = changed(patch, linear=patch.linear * gain, reference=shifted)
    assert estimate(metric, exposed).value == pytest.approx(
        estimate(metric, patch).value, rel=2e-3, abs=1e-4
    )


@each_metric
def test_its_error_is_positive_and_its_pixels_are_counted(metric):
    patch = patch_of(skin(own_dose(metric), 1.0, 2))
    whole = estimate(metric, patch)
    half = patch.mask.copy()
    if is_of_marks(metric):
        half[180:210] = False  # a strand of hair across the mark; without an end it has no length
    else:
        half[:, half.shape[1] // 3 :] = False
    part = estimate(metric, changed(patch, mask=half))
    assert 0 < whole.standard_error < abs(whole.value) + full_range(metric)
    assert part.n_px < whole.n_px
    assert part.standard_error > 0


@each_metric
def test_pooling_an_analysis_is_measuring_the_patch(metric):
    patch = middling(metric)
    analysis = analysis_of(own_dose(metric), 0.75)
    region = region_of(metric, patch)
    pooled = metric.pool(analysis, region)
    assert pooled == measured(metric, patch)
    assert metric.pool(analysis, analysis.select(region)) == pooled


@each_metric
def test_its_local_map_covers_the_skin_and_only_the_skin(metric):
    patch = middling(metric)
    mask = patch.mask.copy()
    mask[:60] = False
    local = metric.local_map(changed(patch, mask=mask))
    assert local.shape == mask.shape
    assert local.dtype == np.float32
    assert np.isnan(local[~mask]).all()
    assert np.isfinite(local[mask]).mean() > 0.97  # half-covered working pixels at the edge
    assert np.nanstd(local) > 0


@each_metric
def test_a_need_that_is_blocked_gives_the_reason(metric):
    patch = middling(metric)
    for need in (*metric.needs, Need.ANY):
        refused = metric.measure(changed(patch, blocked={need: "focus: too soft"}))
        assert refused == NotMeasured("focus: too soft")
        assert metric.local_map(changed(patch, blocked={need: "focus: too soft"})) is None
    spared = changed(patch, blocked={Need.HEALED: "healing_window: day 3"})
    assert isinstance(measured(metric, spared), Estimate)


@each_metric
def test_a_coarse_photo_is_refused_whatever_it_was_enlarged_to(metric):
    patch = middling(metric)
    native = 0.9 * metric.min_px_per_mm
    refused = metric.measure(changed(patch, native_px_per_mm=native))
    assert isinstance(refused, NotMeasured)
    assert f"{metric.min_px_per_mm:g}" in refused.reason


def test_redness_without_reference_skin_is_not_measured():
    patch = changed(patch_of(skin("erythema", 0.5)), reference=None)
    refused = get_metric("redness").measure(patch)
    assert isinstance(refused, NotMeasured)
    assert "reference" in refused.reason


@pytest.mark.parametrize("metric_id", ["redness", "pigment", "spot_burden", "evenness"])
def test_colour_without_the_clients_axes_is_not_measured(metric_id):
    patch = changed(patch_of(skin("erythema", 0.5)), axes=None)
    refused = get_metric(metric_id).measure(patch)
    assert isinstance(refused, NotMeasured)
    assert "axes" in refused.reason


def test_pigment_is_refused_where_blue_is_lost():
    refused = get_metric("spot_burden").measure(patch_of(skin("pigment_spots", 1.0, tone=4)))
    assert isinstance(refused, NotMeasured)
    assert "blue" in refused.reason


def test_a_soft_photo_has_no_texture():
    patch = changed(patch_of(skin("roughness", 0.5)), psf_sigma_mm=0.15)
    refused = get_metric("texture").measure(patch)
    assert isinstance(refused, NotMeasured)
    assert "soft" in refused.reason
