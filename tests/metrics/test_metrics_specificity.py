"""No metric follows the phantom of another, except where skin itself makes it so."""

from __future__ import annotations

import numpy as np
import pytest
from dosed_skin import SEEDS, is_of_marks, own_dose, value

from progress.metrics import all_metrics

DOSES = (
    "erythema",
    "tan",
    "pigment_spots",
    "blotch",
    "pores",
    "roughness",
    "wrinkles",
    "scars",
    "gloss",
)
KIN = {
    ("pigment", "erythema"): "twice the blood takes green light, which the melanin axis weighs",
    ("pigment", "pigment_spots"): "spots are melanin",
    ("pigment", "gloss"): "shine whitens, and blue most",
    ("tone", "erythema"): "blood darkens skin, and the angle tells lightness",
    ("tone", "gloss"): "shine lightens skin",
    ("tone", "roughness"): "furrows hold shadow",
    ("texture", "pores"): "pores are relief of that size",
    ("texture", "gloss"): "oily furrows sparkle",
    ("texture", "wrinkles"): "the lines are half a millimetre wide and cross the whole piece",
    ("scar_count", "scars"): "scars that deepen become surer",
    ("scar_area", "scars"): "scars that deepen become surer",
}
OFF_DIAGONAL = 0.2


def response(metric_id: str, dose: str) -> float:
    ends = [[value(metric_id, dose, end, seed) for seed in SEEDS] for end in (0.0, 1.0)]
    return float(np.mean(ends[1]) - np.mean(ends[0]))


@pytest.mark.parametrize("dose", DOSES)
@pytest.mark.parametrize(
    "metric", [m for m in all_metrics() if not is_of_marks(m)], ids=lambda m: m.id
)
def test_it_does_not_follow_a_foreign_phantom(metric, dose):
    if dose == own_dose(metric):
        pytest.skip("its own")
    ratio = response(metric.id, dose) / response(metric.id, own_dose(metric))
    limit = 2.5 if (metric.id, dose) in KIN else OFF_DIAGONAL
    assert abs(ratio) <= limit, ratio
