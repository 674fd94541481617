"""What the labs of surface metrics share: what would be noticed, and if less is called less."""

from __future__ import annotations

import pytest

from progress.lab.skin_shots import STILL
from progress.lab.surface_truth import Steadiness, rank_with_dose, steadiness, still_value
from progress.lab.texture_truth import texture_scene


def test_less_is_called_where_it_falls_beyond_the_detectable_change():
    told = Steadiness("mild", 0.1, (0.03, -0.04), (-0.2, -0.05, -0.08))
    # 1.96 times the root mean square of 3 and 4 per cent.
    assert told.least == pytest.approx(0.0693, abs=0.0001)
    assert told.called == pytest.approx(2 / 3)


def test_texture_follows_its_dose_and_is_still_in_still_shots():
    rough, smooth = texture_scene(1, 41, 1.0), texture_scene(1, 41, 0.0)
    assert still_value("texture", rough, 1) > 1.5 * still_value("texture", smooth, 1)
    scenes = {0.0: smooth, 1.0: rough}
    rank = rank_with_dose("texture", (0.0, 1.0), scenes.__getitem__, tone=1)
    assert rank == pytest.approx(1.0)
    (told,) = steadiness("texture", {"still": (lambda _: STILL, 0.1)}, {1: (rough, smooth)}, n=1)
    # Noise alone, over 7 cm2.
    assert told.least < 0.02
    assert told.called == 1.0
