"""What the canvas reports becomes a polygon in the photo's own pixels."""

from __future__ import annotations

import numpy as np
import pytest

from progress.ui.drawing import drawing_of, outline_of, outlines_of

CORNERS = np.array([(10.0, 20.0), (60.0, 25.0), (40.0, 80.0)])


def test_an_outline_that_was_handed_to_the_canvas_comes_back_as_it_was():
    assert outline_of(drawing_of(CORNERS)) == pytest.approx(CORNERS)


def test_an_outline_that_was_moved_scaled_and_turned_is_read_where_it_is_seen():
    drawing = drawing_of(CORNERS)
    drawing["objects"][0] |= {"left": 100.0, "top": 70.0, "scaleX": 2.0, "scaleY": 2.0, "angle": 90}
    middle = (CORNERS.min(axis=0) + CORNERS.max(axis=0)) / 2
    about = 2.0 * (CORNERS - middle)
    turned = np.stack([-about[:, 1], about[:, 0]], axis=1) + np.array([100.0, 70.0])
    assert outline_of(drawing) == pytest.approx(turned)


@pytest.mark.parametrize(
    "drawing",
    [
        None,
        {},
        {"objects": []},
        {"objects": [{"type": "path"}]},
        {"objects": [{"type": "polygon", "points": [{"x": 0, "y": 0}]}]},
    ],
)
def test_without_a_closed_outline_there_is_none(drawing):
    assert outline_of(drawing) is None


def test_every_closed_outline_of_a_drawing_is_told():
    shapes = [drawing_of(CORNERS + shift)["objects"][0] for shift in (0.0, 30.0)]
    line = {"type": "path", "path": []}
    found = outlines_of({"objects": [shapes[0], line, shapes[1]]})
    assert [one[0].tolist() for one in found] == [[10.0, 20.0], [40.0, 50.0]]
    assert outlines_of(None) == []
