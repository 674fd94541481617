"""Scars one by one and estimated grades, in tables and pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_up_results import change, comparison, refused, shifted, timeline

from progress.imaging.photo import DecodedPhoto
from progress.model import (
    EstimatedGrade,
    FoundScar,
    NotMeasured,
    Verdict,
    grades_from_dict,
    grades_to_dict,
)
from progress.views.gallery import scar_pictures
from progress.views.grade_words import GRADES_CAPTION, grades_listing
from progress.views.listing import Listing
from progress.views.report import Figure, Section, course_report, pair_report
from progress.views.scar_tiles import scar_tiles
from progress.views.scar_words import scars_listing

SAID = "estimated from photographs, not rated by a clinician"
GRADES = (
    EstimatedGrade("goodman_baron_like", 3.0, 9.0, 84.0, SAID, "G"),
    EstimatedGrade("ecca_like", 15.0, 15.0, 540.0, SAID, "E"),
)
SIZE = (183, 141)


def scar(name: str = "scar_1", x: float = 90.0, y: float = 70.0) -> FoundScar:
    angle = np.arange(24) * np.pi / 12
    outline = np.stack([x + 9 * np.cos(angle), y + 9 * np.sin(angle)], axis=1)
    return FoundScar(name, outline, 2.1, 3.46, {"ice_pick": 0.1, "boxcar": 0.71, "rolling": 0.05})


def told():
    relief = change("scar_relief", "scar_1", delta=-0.05, noise=0.03, unit="%")
    lost = replace(refused(reason="only 50% of this scar are seen"), region="scar_2")
    scars = (scar(), scar("scar_2", 30.0), scar("scar_3", 130.0))
    return comparison(changes=(relief, lost), registration=None), scars


def test_each_scar_has_its_type_guess_area_and_change_with_verdict():
    answer, scars = told()
    listing = scars_listing(replace(answer, scars=scars))
    assert listing is not None
    first, second, third = listing.rows
    assert first[:3] == ("1", "boxcar, 71 %", "3.5 mm²")
    assert first[-1] == "improved"
    assert "percentage points" in first[-2]
    assert second[-3:] == ("—", "—", "not comparable")
    assert listing.notes == ("Scar 2: Only 50% of this scar are seen.",)
    assert third[-1] == "not asked"


def test_without_scars_there_is_no_table():
    assert scars_listing(comparison()) is None


def test_grades_are_spans_under_the_words_that_nobody_rated_them():
    listing = grades_listing([("Before", GRADES), ("After", NotMeasured("too coarse"))])
    assert listing.headings == ("Visit", "Goodman–Baron-like, of 84", "ECCA-like, of 540")
    assert listing.rows == (("Before", "3 to 9", "15"),)
    assert listing.notes == ("After: not estimated. Too coarse.",)
    assert SAID in GRADES_CAPTION.replace("Estimated", "estimated")


def test_one_reason_of_many_visits_is_said_once():
    nothing = NotMeasured("these scales grade a face, and the photo shows none")
    listing = grades_listing([("Before", nothing), ("After", nothing)])
    assert listing.rows == ()
    assert len(listing.notes) == 1
    assert listing.notes[0].startswith("Before; After: not estimated.")


def test_grades_come_back_from_json_as_they_went():
    assert grades_from_dict(grades_to_dict(GRADES)) == GRADES
    assert grades_from_dict(grades_to_dict(NotMeasured("dark"))) == NotMeasured("dark")
    assert isinstance(grades_from_dict(None), NotMeasured)


def test_probabilities_of_a_scar_do_not_exceed_one():
    with pytest.raises(ValueError, match="add up to at most 1"):
        FoundScar("scar_1", scar().outline_xy, 2.0, 3.0, {"boxcar": 0.8, "rolling": 0.4})


def test_a_row_that_does_not_fit_its_headings_is_the_callers_mistake():
    with pytest.raises(ValueError, match="expected 2 cells"):
        Listing("T", "", ("a", "b"), (("1",),))


def photos() -> tuple[DecodedPhoto, DecodedPhoto]:
    rng = np.random.default_rng(5)
    made = rng.integers(150, 190, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
    made[64:77, 84:97] = (90, 60, 50)
    return DecodedPhoto.from_codes(made), DecodedPhoto.from_codes(np.roll(made, 6, axis=1))


def test_tiles_show_the_same_scar_in_the_middle_of_both_sides():
    moved = shifted(SIZE, lambda xy: xy + np.array([6.0, 0.0]))
    sheet = scar_tiles(*photos(), moved, {"scar_1": scar().outline_xy}, px_per_mm=6.0)
    side = (sheet.shape[1] - 12) // 2
    dark = [
        np.argwhere(half[28 * 2 :].mean(axis=2) < 110).mean(axis=0)
        for half in (sheet[:, :side], sheet[:, side + 2 :])
    ]
    # Half a screen pixel where the baseline is cropped and the follow-up is read between pixels.
    assert dark[0] == pytest.approx(dark[1], abs=1.5)


def test_a_scar_at_the_edge_of_the_photo_has_a_square_tile_too():
    still = shifted(SIZE, lambda xy: xy)
    corner = {"scar_1": scar(x=3.0, y=2.0).outline_xy}
    inside = {"scar_1": scar().outline_xy}
    first, second = (scar_tiles(*photos(), still, at, px_per_mm=6.0) for at in (corner, inside))
    assert first.shape == second.shape
    with pytest.raises(ValueError, match="expected a scar"):
        scar_tiles(*photos(), still, {}, px_per_mm=6.0)


def test_pictures_of_scars_need_scars_and_a_scale():
    still = shifted(SIZE, lambda xy: xy)
    names = ("Before", "After")
    for scars, scale in (((), 6.0), ((scar(),), None)):
        assert scar_pictures(photos(), still, scars, captions=names, px_per_mm=scale) is None
    made = scar_pictures(photos(), still, (scar(),), captions=names, px_per_mm=6.0)
    assert made is not None
    assert len(made.figures()) == 2


def test_report_and_course_hold_the_sections_that_they_are_given():
    answer, scars = told()
    listing = scars_listing(replace(answer, scars=scars))
    assert listing is not None
    picture = np.full((31, 43, 3), 120, np.uint8)
    sections = [
        Section(listing, [Figure(picture, "Scars outlined")]),
        Section(grades_listing([("Before", GRADES)])),
    ]
    for page in (
        pair_report(answer, ("Before", "After"), sections=sections),
        course_report(timeline(), sections=sections),
    ):
        assert "Scars one by one" in page
        assert "boxcar, 71 %" in page
        assert 'alt="Scars outlined"' in page
        assert "not rated by a clinician" in page
        assert page.count("<table") == page.count("<caption")


def test_a_change_within_noise_is_told_as_such_in_the_table():
    within = change(
        "scar_relief", "scar_1", delta=-0.01, noise=0.03, unit="%", verdict=Verdict.WITHIN_NOISE
    )
    listing = scars_listing(replace(comparison(changes=(within,)), scars=(scar(),)))
    assert listing is not None
    assert listing.rows[0][-1] == "within noise"
