"""A recipe is a closed list: it reads back what it wrote and refuses all else."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_recipes import full_recipe, panel, photo

from progress.exports.recipe import OPERATIONS, Recipe
from progress.exports.recipe_parts import (
    Blur,
    Canvas,
    CommonColour,
    Cover,
    Crop,
    Decode,
    Encoding,
    Panel,
    Placing,
    Resize,
    Ruler,
    Text,
)
from progress.model import BadInput

SHA = st.integers(0, 2**256 - 1).map(lambda n: f"{n:064x}")
PLACE = st.floats(-500.0, 500.0, allow_nan=False)
POLYGON = st.lists(st.tuples(PLACE, PLACE), min_size=3, max_size=9).map(tuple)
COVERS = st.lists(st.builds(Cover, POLYGON, st.booleans()), max_size=3)
BLURS = st.builds(Blur, POLYGON, st.floats(8.0, 20.0))
WORDS = st.text(min_size=1, max_size=40).filter(str.isprintable)


@st.composite
def recipes(draw):
    wide, high = draw(st.integers(20, 300)), draw(st.integers(20, 300))
    turn = draw(st.floats(0.0, 2 * math.pi))
    stride = draw(st.floats(1.001, 30.0))
    placing = st.builds(
        Placing,
        st.just(stride * math.cos(turn)),
        st.just(stride * math.sin(turn)),
        PLACE,
        PLACE,
        st.none() | st.floats(0.0, 5.0),
        st.none() | st.floats(0.0, 5.0),
    )
    same = {
        "crop": draw(st.builds(Crop, st.floats(5.0, 300.0), st.floats(5.0, 300.0))),
        "resize": Resize((wide, high), draw(st.floats(0.5, 40.0))),
    }
    n, n_blurs = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    panels = tuple(
        Panel(
            decode=Decode(draw(SHA)),
            placing=draw(placing),
            at_xy=(at * (wide + 3), draw(st.integers(0, 30))),
            hide=(*draw(COVERS), *(draw(BLURS) for _ in range(n_blurs))),
            ruler=draw(st.none() | st.builds(Ruler, st.floats(1.0, 50.0), st.integers(8, 30))),
            **same,
        )
        for at in range(n)
    )
    rows = st.tuples(*[st.floats(-4.0, 4.0)] * 3)
    return Recipe(
        canvas=Canvas((n * (wide + 3), high + 40), (draw(st.integers(0, 255)),) * 3),
        panels=panels,
        drawn=tuple(
            Text(words, (at, at), 20, font=draw(st.just("") | SHA))
            for at, words in enumerate(draw(st.lists(WORDS, max_size=3)))
        ),
        colour=draw(st.none() | st.builds(CommonColour, st.tuples(rows, rows, rows))),
        encoding=Encoding(draw(st.integers(80, 100))),
    )


@settings(max_examples=60, deadline=None)
@given(recipes())
def test_every_recipe_comes_back_from_json_as_it_was(recipe):
    written = json.dumps(recipe.to_dict(), allow_nan=False)
    read = Recipe.from_dict(json.loads(written))
    assert read == recipe
    assert json.dumps(read.to_dict()) == written


def test_a_recipe_of_every_operation_comes_back_and_names_its_files():
    recipe, originals, assets = full_recipe()
    raw = json.loads(json.dumps(recipe.to_dict()))
    assert Recipe.from_dict(raw) == recipe
    assert recipe.originals == tuple(originals)
    assert recipe.assets == tuple(assets)
    used = {"canvas", "colour", "decode", "placing", "crop", "resize", "cover", "blur"}
    used |= {"ruler", "badge", "panel", "text", "image", "encoding"}
    assert set(OPERATIONS) == used  # a new operation is a decision, not an accident


@pytest.mark.parametrize(
    "operation",
    ["retouch", "smooth", "sharpen", "warp", "liquify", "heal", "clone", "inpaint", "paint",
     "denoise", "brightness", "contrast", "saturation", "enlarge", "filter", "Cover", ""],
)  # fmt: skip
def test_no_operation_that_retouches_can_be_read(operation):
    raw = full_recipe()[0].to_dict()
    polygon = [[0.0, 0.0], [5.0, 0.0], [5.0, 5.0]]
    raw["panels"][0]["hide"] = [{"op": operation, "polygon_xy": polygon, "strength": 1.0}]
    with pytest.raises(BadInput, match="expected one of badge, blur"):
        Recipe.from_dict(raw)


def changed(path, value):
    raw = full_recipe()[0].to_dict()
    part = raw
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("format",), "progress.recipe/2", "expected progress.recipe/1"),
        (("smooth",), True, "differs in 'smooth'"),
        (("panels", 0, "gamma"), 1.1, "differs in 'gamma'"),
        (("panels", 0, "placing", "shear"), 0.1, "differs in 'shear'"),
        (("panels", 0, "placing", "a"), 0.5, "nothing is enlarged"),
        (("panels", 0, "placing", "a"), float("nan"), "placing.a: expected a number"),
        (("panels", 0, "placing", "x"), True, "placing.x: expected a number"),
        (("panels", 1, "resize", "px_per_mm"), 4.4, "one size, scale and crop"),
        (("panels", 1, "crop", "width_mm"), 21.0, "one size, scale and crop"),
        (("panels", 1, "at_xy"), [12, 31], "panels apart"),
        (("panels", 1, "at_xy"), [150, 30], "panels on the canvas"),
        (("panels", 1, "hide", 0, "radius_mm"), 3.0, "blur.radius_mm"),
        (("panels", 1, "hide"), [], "blurs, as many in every panel"),
        (("panels", 0, "hide"), {"op": "badge", "text_px": 9}, "panel.hide"),
        (("panels", 0, "hide"), [{"op": "badge", "text_px": 9}], "panel.hide"),
        (("panels", 0, "decode", "sha256"), "../../etc", "decode.sha256"),
        (("drawn", 0, "ink"), [198, 150, 130], "text.ink: expected one of"),
        (("drawn", 0, "words"), "two\nlines", "one line of text"),
        (("colour", "matrix"), [[1, 0, 0], [0, 1, 0]], "expected 3 values"),
        (("colour", "matrix", 0, 0), 40.0, "colour.matrix"),
        (("encoding", "quality"), 40, "encoding.quality"),
        (("encoding", "subsampling"), "4:2:0", "expected 4:4:4"),
        (("canvas", "size_px"), [10**6, 10**6], "canvas.size_px"),
        (("canvas",), None, "recipe.canvas"),
        (("canvas", "paper"), [198, 150, 130], "canvas.paper: expected a grey"),
        (("panels",), [], "at least one panel"),
        (("panels",), "none", "recipe.panels"),
        (("colour",), {"op": "ruler", "mm": 5.0, "text_px": 9}, "recipe.colour"),
    ],
)
def test_what_is_out_of_bounds_is_refused_in_one_line(path, value, why):
    with pytest.raises(BadInput, match=why) as caught:
        Recipe.from_dict(changed(path, value))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("raw", [None, [], "recipe", 7, {}])
def test_what_is_no_recipe_is_refused(raw):
    with pytest.raises(BadInput, match=r"expected progress\.recipe/1"):
        Recipe.from_dict(raw)


def test_a_deeply_nested_file_is_refused_and_not_followed():
    deep: object = 1.0
    for _ in range(3000):
        deep = [deep]
    with pytest.raises(BadInput, match="less deeply nested"):
        Recipe.from_dict(changed(("drawn",), deep))


def test_colour_belongs_to_the_whole_picture_and_to_no_panel():
    assert "colour" not in {part.name for part in dataclasses.fields(Panel)}
    with pytest.raises(TypeError, match="colour"):
        panel(photo(1), (0, 0), colour=CommonColour(((1, 0, 0), (0, 1, 0), (0, 0, 1))))
