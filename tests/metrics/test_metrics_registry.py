"""The list of metrics, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from dosed_skin import patch_of, skin

from progress.metrics import Analysis, affected_by, all_metrics, get_metric, metric
from progress.model import Direction, Need


def test_the_contract_names_are_all_there_in_order():
    contract = [
        "redness",
        "tone",
        "pigment",
        "evenness",
        "pore_density",
        "pore_area",
        "texture",
        "lines",
        "scar_relief",
        "scar_count",
        "scar_area",
        "mark_contrast",
        "mark_width",
    ]
    assert [m.id for m in all_metrics() if m.id in contract] == contract


def test_an_unknown_metric_is_answered_with_those_that_are_known():
    with pytest.raises(KeyError, match="expected one of redness, tone"):
        get_metric("glow")


def test_needs_lead_to_the_metrics_that_asked():
    assert affected_by({Need.RELIEF_LIGHT}) == [
        "texture",
        "scar_relief",
        "scar_count",
        "scar_area",
        "radiance",
    ]
    assert affected_by({Need.EXPRESSION}) == ["lines"]
    asked = affected_by({Need.COLOUR})
    assert {"redness", "pigment", "evenness", "mark_contrast", "mark_width"} <= set(asked)
    assert not {"tone", "pore_density", "lines"} & set(asked)
    assert affected_by(frozenset()) == []


def test_a_need_of_all_touches_all():
    assert affected_by({Need.ANY}) == [m.id for m in all_metrics()]


def test_tone_and_the_makeup_of_a_mark_have_no_better_direction():
    described = [m.id for m in all_metrics() if m.better is Direction.NONE]
    assert {"tone", "mark_redness", "mark_pigment"} <= set(described)
    assert not {"redness", "mark_contrast", "mark_width"} & set(described)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"id": "tone"}, "expected a new id"),
        ({"version": 0}, "expected version 1 or more"),
    ],
)
def test_a_wrong_definition_is_refused(change, match):
    good = {
        "id": "a_new_one",
        "version": 1,
        "label": "New",
        "unit": "1",
        "better": Direction.LOWER,
        "needs": {Need.DETAIL},
        "min_px_per_mm": 4.0,
        "working_px_per_mm": 4.0,
        "phantom": lambda severity: severity,
        "source": "none",
        "field": lambda analysis: analysis.patch.linear[..., 0],
    }

    def pool(analysis, window):
        """Says something."""

    with pytest.raises(ValueError, match=match):
        metric(**{**good, **change})(pool)


def test_a_metric_without_words_is_refused():
    register = metric(
        id="a_new_one",
        version=1,
        label="New",
        unit="1",
        better=Direction.LOWER,
        needs={Need.DETAIL},
        min_px_per_mm=4.0,
        working_px_per_mm=4.0,
        phantom=lambda severity: severity,
        source="none",
        field=lambda analysis: analysis.patch.linear[..., 0],
    )
    with pytest.raises(ValueError, match="expected a docstring"):
        register(lambda analysis, window: None)


def test_a_mask_of_another_shape_is_the_callers_bug():
    patch = patch_of(skin("tan", 0.0))
    with pytest.raises(ValueError, match="expected bool of shape"):
        get_metric("tone").pool(Analysis(patch), np.ones((3, 4), bool))


def test_a_selection_of_another_picture_is_the_callers_bug():
    patch = patch_of(skin("tan", 0.0))
    other = Analysis(patch).select(patch.mask)
    with pytest.raises(ValueError, match="selection of this analysis"):
        get_metric("tone").pool(Analysis(patch), other)
