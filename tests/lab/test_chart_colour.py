"""The lab's figures of what a chart leaves of a camera's error."""

import numpy as np

from progress.lab.chart_colour import ERRING_CAMERAS, chart_residuals, sensor_residuals
from progress.phantom.skin import SKIN_TONES


def test_a_chart_brings_light_and_dark_skin_within_the_target_of_one():
    cameras = [one for one in ERRING_CAMERAS if one.name in {"red +10 %", "all of it"}]
    rows = chart_residuals(tones=(SKIN_TONES[1], SKIN_TONES[5]), cameras=cameras)
    assert [(row.tone, row.camera) for row in rows] == [
        (tone, camera.name) for tone in ("light", "dark") for camera in cameras
    ]
    assert np.median([row.residual_delta_e for row in rows]) <= 1.0
    assert all(row.raw_delta_e > row.residual_delta_e for row in rows)
    assert all(18 <= row.n_patches <= 24 for row in rows)
    assert rows[0].ita_deg > 40 > rows[-1].ita_deg


def test_cameras_without_an_error_write_what_is_there():
    linear = np.random.default_rng(0).random((5, 7, 3), dtype=np.float32)
    true = next(one for one in ERRING_CAMERAS if one.name == "true")
    mixed = next(one for one in ERRING_CAMERAS if one.name == "cross-talk")
    np.testing.assert_array_equal(true.sees(linear), linear)
    white = np.ones((2, 3), np.float32)
    np.testing.assert_allclose(mixed.sees(white), white, atol=1e-6)
    assert np.abs(mixed.sees(linear) - linear).max() > 0.01


def test_another_sensor_in_daylight_is_mended_and_another_lamp_is_not():
    rows = {(row.camera, row.illuminant): row for row in sensor_residuals()}
    assert len(rows) == 9
    assert rows["ideal", "d65"].residual_delta_e < 0.1
    phone = rows["phone", "d65"]
    assert phone.residual_delta_e < min(1.0, phone.raw_delta_e)
    # what no chart of other pigments can tell: a limit that the docs state
    assert rows["compact", "halogen"].residual_delta_e > 2.0
