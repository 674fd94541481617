"""Words stand where there is room for them, and panels nowhere else."""

from __future__ import annotations

import pytest
from made_up_recipes import logo, sha

from progress.exports.layouts import Layout, Wording, columns_of, lay_out, letter_px
from progress.exports.recipe_parts import Logo, Text
from progress.exports.type_setting import font_of, line_height, plain, width_of, wrapped
from progress.model import BadInput

LONG = "Redness lower by 18 % ± 6 % at 12 weeks after 3 treatments; individual results vary."


@pytest.mark.parametrize(("n", "columns"), [(2, 2), (3, 2), (4, 2), (5, 3), (9, 3), (10, 4)])
def test_sessions_over_time_stand_about_as_wide_as_high(n, columns):
    assert columns_of(Layout.OVER_TIME, n) == columns
    assert columns_of(Layout.SIDE_BY_SIDE, 2) == 2
    assert columns_of(Layout.TIME_LAPSE, n) == 1


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_no_words_lie_under_a_panel_or_beyond_the_sheet(columns):
    wording = Wording(
        tuple(f"{at} weeks\nafter the first treatment of the course" for at in range(5)),
        captions=(LONG, LONG),
        clinic="A clinic whose name does not fit on one line of a narrow sheet",
        logo=logo(),
    )
    sheet = lay_out(
        wording, (240, 310), columns=columns, shown=range(5), logo=(sha(logo()), (90, 60))
    )
    wide, high = sheet.canvas.size_px
    for part in sheet.drawn:
        (x, y), size = part.at_xy, (0, 0)
        if isinstance(part, Text):
            size = width_of(part.words, font_of(part.size_px)), line_height(part.size_px)
        elif isinstance(part, Logo):
            size = part.size_px
        assert x >= 0
        assert x + size[0] <= wide
        assert y + size[1] <= high
        for left, top in sheet.at_xy:
            beside = x >= left + 240 or x + size[0] <= left
            assert beside or y >= top + 310 or y + size[1] <= top
    words = " ".join(part.words for part in sheet.drawn if isinstance(part, Text))
    assert words.count("individual results vary.") == 2


def test_labels_of_the_second_frame_end_where_the_panel_ends():
    wording = Wording(("before", "after 12 weeks"))
    left, right = (
        lay_out(wording, (300, 200), columns=1, shown=[at], flush_right=at == 1) for at in (0, 1)
    )
    assert left.canvas == right.canvas
    assert left.at_xy == right.at_xy
    label = right.drawn[0]
    assert isinstance(label, Text)
    end = label.at_xy[0] + width_of(label.words, font_of(label.size_px))
    assert end == right.at_xy[0][0] + 300


def test_a_sheet_larger_than_a_recipe_may_be_is_refused():
    with pytest.raises(BadInput, match="at most 8000 px a side, got 9"):
        lay_out(Wording(("a", "b", "c")), (3000, 500), columns=3, shown=range(3))


def test_letters_grow_with_the_panel_between_limits():
    assert letter_px((200, 200), 2) == 13
    assert letter_px((570, 700), 2) == 30
    assert letter_px((3000, 2000), 1) == 44


def test_signs_that_the_font_lacks_become_plain_ones_or_are_refused():
    assert plain("Haut–Praxis Müller’s “Ä” 10 − 2") == 'Haut-Praxis Mueller\'s "Ae" 10 - 2'
    with pytest.raises(BadInput, match="got 'é'; give the clinic's own font file"):
        plain("Clinique Beauté")


def test_a_font_file_must_be_one():
    with pytest.raises(BadInput, match="expected a TrueType or OpenType file"):
        font_of(20, b"not a font")


def test_lines_fit_and_keep_every_sign():
    font = font_of(18)
    words = f"{LONG} {'x' * 90}"
    lines = wrapped(words, font, 200)
    assert max(width_of(line, font) for line in lines) <= 200
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert wrapped("one\ntwo", font, 500) == ["one", "two"]
