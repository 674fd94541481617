"""The page Publish: what is offered, what is said, what is refused, and what is handed over."""

from __future__ import annotations

import hashlib
import io
import sys
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from made_up_piece import make_up
from PIL import Image
from stand_in_clinic import StandInClinic
from streamlit.testing.v1 import AppTest

from progress.exports.layouts import Layout
from progress.exports.marketing_wish import Labels
from progress.model import NotAllowed, Refused, Region, RegionKind, View
from progress.model.consent import Channel, Purpose
from progress.model.exports import Outgoing
from progress.model.people import Caller, Role
from progress.ui import publishing
from progress.ui.desk import SmallPicture
from progress.ui.drawing import drawing_of

FIRST, LAST = date(2026, 1, 5), date(2026, 6, 22)
NAME = "Mannequin"
WITHDRAWN = "the client's consent was withdrawn"
KINDS = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success")


@pytest.fixture(autouse=True)
def made_up(clinic: StandInClinic, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.sits_here = Caller("max", Role.MARKETING)
    monkeypatch.setattr(publishing, "make_comparison", make_up)


def told(bench: AppTest) -> str:
    assert not bench.exception
    shown = "\n".join(element.value for kind in KINDS for element in getattr(bench, kind))
    return shown.replace("\\", "")  # signs of Markdown are made harmless


def labelled(widgets, label: str):
    return next(one for one in widgets if one.label == label)


def files(bench: AppTest) -> list[str]:
    return [one.label for one in bench.get("download_button")]


def give(clinic: StandInClinic, **changes):
    """A consent for the website that covers every visit."""
    asked = {
        "purpose": Purpose.MARKETING,
        "channel": Channel.WEBSITE,
        "photo_ids": [one.photos[0].sha256 for one in clinic.sessions("c1")],
        "with_face": False,
        "expires_on": date(2099, 1, 1),
        "text_version": "1",
    }
    return clinic.give_consent("c1", document=b"yes", **(asked | changes))


def made(page, country: str = "GB") -> AppTest:
    bench = page("publish")
    labelled(bench.selectbox, "In which country?").set_value(country).run()
    return labelled(bench.button, "Make").click().run()


def test_nothing_cleared_is_told_and_nothing_else(clinic, page):
    bench = page("publish")
    assert "No picture is cleared" in told(bench)
    assert not bench.button
    assert not bench.selectbox
    give(clinic, photo_ids=[clinic.sessions("c1")[0].photos[0].sha256])
    bench = page("publish")
    assert "nothing to compare yet" in told(bench)
    assert not bench.selectbox


def test_marketing_chooses_among_codes_and_practitioners_see_whose_they_are(clinic, page):
    give(clinic)
    bench = page("publish")
    assert labelled(bench.selectbox, "Client").options == ["C1"]
    assert NAME not in told(bench)
    clinic.sits_here = Caller("c", Role.PRACTITIONER)
    (option,) = labelled(page("publish").selectbox, "Client").options
    assert option.startswith(NAME)
    assert option.endswith("(C1)")


def test_only_channels_days_parts_and_faces_that_consents_allow_are_offered(clinic, page):
    visits = [one.photos[0].sha256 for one in clinic.sessions("c1")]
    give(clinic, photo_ids=visits[:3], region="left_cheek")
    give(clinic, channel=Channel.PRINT, photo_ids=visits[3:], with_face=True)
    give(clinic, channel=Channel.SOCIAL_MEDIA, photo_ids=visits[:1])
    bench = page("publish")
    where = labelled(bench.selectbox, "Where will it be seen?")
    assert where.options == ["website", "print"]
    assert len(labelled(bench.selectbox, "Baseline").options) == 2
    assert labelled(bench.selectbox, "Which skin is shown?").options == ["the left cheek"]
    assert "Show the face" not in [one.label for one in bench.checkbox]
    where.set_value(Channel.PRINT).run()
    assert not bench.exception
    labelled(bench.checkbox, "Show the face").check().run()
    assert labelled(bench.selectbox, "Eyes").options == [
        "shown",
        "covered by a bar",
        "blurred",
    ]


def test_of_an_area_of_the_body_no_face_and_no_part_of_one_is_spoken_of(clinic, page):
    give(clinic, with_face=True)
    clinic._sessions["c1"] = [
        replace(one, photos=tuple(replace(photo, view=View.BODY) for photo in one.photos))
        for one in clinic.sessions("c1")
    ]
    bench = page("publish")
    parts = labelled(bench.multiselect, "Which skin is shown?")
    assert parts.options == []
    assert "Show the face" not in [one.label for one in bench.checkbox]
    assert parts.placeholder == "The whole picture"


def test_what_must_come_down_is_said_where_people_begin(clinic, page):
    given = give(clinic)
    labelled(made(page).button, "Let it out").click().run()
    assert "must come down" not in told(page("publish"))
    clinic.withdraw_consent("c1", given.id)
    shown = told(page("publish"))
    assert "1 export must come down" in shown
    assert NAME not in shown
    clinic.sits_here = Caller("c", Role.PRACTITIONER)
    assert f"{NAME} <b>A</b>: of " in told(page("today"))
    clinic.note_taken_down("c1", clinic.left[0].id)
    assert "must come down" not in told(page("today"))


def test_without_a_country_nothing_can_be_made(clinic, page):
    give(clinic)
    bench = page("publish")
    assert labelled(bench.button, "Make").disabled
    assert "To make it, choose a country." in told(bench)


def test_what_was_made_says_its_words_limits_and_rules_and_hands_nothing_over(clinic, page):
    give(clinic)
    bench = made(page)
    said = told(bench)
    assert "Redness, left cheek: lower by 29 % ± 11 %" in said
    assert "the ruler is right to about 4 %" in said
    assert "Rules: United Kingdom" in said
    assert "Rule gb-proof" in said
    assert "CAP Code" in said
    assert "Individual results vary" in said
    assert files(bench) == []
    assert clinic.left == []


def test_letting_it_out_is_noted_and_only_then_are_the_same_bytes_handed_over(clinic, page):
    give(clinic)
    bench = made(page)
    labelled(bench.button, "Let it out").click().run()
    assert files(bench) == ["Save the comparison", "Save the evidence pack"]
    (export,) = clinic.left
    assert export.consents == ("k0",)
    held = bench.session_state["made_comparison"]
    gone = [held.piece.data, held.piece.pack]
    assert [one.sha256 for one in export.files] == [hashlib.sha256(d).hexdigest() for d in gone]
    bench.run()
    assert files(bench) == ["Save the comparison", "Save the evidence pack"]
    assert len(clinic.left) == 1
    assert "Let it out" not in [one.label for one in bench.button]


@pytest.mark.parametrize("is_out", [False, True])
def test_a_stale_page_shows_the_refusal_and_no_button(clinic, page, is_out):
    given = give(clinic)
    bench = made(page)
    if is_out:
        labelled(bench.button, "Let it out").click().run()
    clinic.withdraw_consent("c1", given.id)
    press = [one for one in bench.button if one.label == "Let it out"]
    bench = press[0].click().run() if press else bench.run()
    assert [WITHDRAWN in one.value for one in bench.error] == [True]
    assert "Ask the client" in bench.error[0].value
    assert files(bench) == []
    assert not bench.button
    assert len(clinic.left) == is_out
    assert "No picture is cleared" in told(bench.run())


def test_a_consent_that_ends_between_question_and_release_leaves_no_file(clinic, page, monkeypatch):
    give(clinic)
    bench = made(page)

    def too_late(*args, **more):
        raise NotAllowed(f"marketing on website: {WITHDRAWN}", advice="ask the client")

    monkeypatch.setattr(clinic, "release", too_late)
    labelled(bench.button, "Let it out").click().run()
    assert WITHDRAWN in bench.error[0].value
    assert files(bench) == []
    assert "What it says" not in told(bench)
    assert "made_comparison" not in bench.session_state


def test_a_click_on_a_download_asks_for_the_consent_once_more(clinic, page, monkeypatch):
    given = give(clinic)
    clinic.caller = Caller("max", Role.MARKETING)
    monkeypatch.setattr(publishing.desk, "asked", lambda: clinic)
    wish = publishing.MarketingWish("c1", (FIRST, LAST), Channel.WEBSITE, "GB")
    held = publishing.Made("key", make_up(clinic, wish, lambda *_: None), preview=None)
    hand_over = publishing.handing_over(held, held.piece.pack)
    assert hand_over() == held.piece.pack
    clinic.withdraw_consent("c1", given.id)
    with pytest.raises(NotAllowed, match=WITHDRAWN):
        hand_over()


def test_a_change_of_any_choice_lets_go_of_what_was_made(clinic, page):
    give(clinic)
    bench = made(page)
    labelled(bench.radio, "Under the pictures").set_value(Labels.WEEKS).run()
    assert "What it says" not in told(bench)
    assert "made_comparison" not in bench.session_state


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ("covered", (np.array([(1.0, 2.0), (9.0, 2.0), (5.0, 8.0)]),)),
        ("logo", b"x"),
        ("font", b"x"),
    ],
)
def test_files_and_outlines_are_choices_too(clinic, monkeypatch, changed, value):
    monkeypatch.setattr(publishing.desk, "asked", lambda: clinic)
    wish = publishing.MarketingWish("c1", (FIRST, LAST), Channel.WEBSITE, "GB")
    other = publishing.replace(wish, **{changed: value})
    assert publishing._key(wish) == publishing._key(publishing.replace(wish))
    assert publishing._key(wish) != publishing._key(other)


@pytest.mark.parametrize(
    ("country", "says"),
    [("DE", "Rule de-before-after of DE blocks"), ("AU", "")],
)
def test_a_rule_that_blocks_is_one_line_with_its_source(clinic, page, country, says):
    give(clinic)
    bench = made(page, country)
    refused = [one.value.replace("\\", "") for one in bench.error]
    if says:
        assert len(refused) == 1
        assert says in refused[0]
        assert "Bundesgerichtshof" in refused[0]
        assert "Ask your own adviser" in refused[0]
        assert "What it says" not in told(bench)
    else:
        assert refused == []


def test_a_pair_that_is_not_fair_is_one_line(clinic, page, monkeypatch):
    give(clinic)

    def refuse(*_):
        raise Refused("comparison: expected a pair that can be compared", advice="choose others")

    monkeypatch.setattr(publishing, "make_comparison", refuse)
    bench = made(page)
    assert [one.value for one in bench.error] == [
        "Comparison\\: expected a pair that can be compared. Choose others."
    ]
    assert files(bench) == []


def test_an_administrator_signs_for_an_unknown_country_and_nobody_else_is_offered_to(clinic, page):
    give(clinic)
    bench = page("publish")
    labelled(bench.selectbox, "In which country?").set_value("other").run()
    assert not bench.text_area
    labelled(bench.text_input, "Its two letters").set_value("fr").run()
    labelled(bench.button, "Make").click().run()
    assert "may sign for it, with a reason" in bench.error[0].value
    clinic.sits_here = Caller("root", Role.ADMIN)
    bench = page("publish")
    labelled(bench.selectbox, "In which country?").set_value("other").run()
    labelled(bench.text_input, "Its two letters").set_value("fr").run()
    reason = "Our adviser in Paris has agreed to it."
    bench.text_area[0].set_value(reason).run()
    labelled(bench.button, "Make").click().run()
    assert not bench.error
    assert reason in told(bench)
    labelled(bench.button, "Let it out").click().run()
    assert clinic.left[0].detail["override_signed_by"] == "root"


@pytest.mark.parametrize("layout", list(Layout))
def test_every_layout_is_made_and_looked_at(clinic, page, layout):
    give(clinic)
    bench = page("publish")
    labelled(bench.radio, "Layout").set_value(layout).run()
    labelled(bench.selectbox, "In which country?").set_value("GB").run()
    labelled(bench.button, "Make").click().run()
    assert not bench.error
    assert "As it will look" in told(bench)
    days = bench.session_state["made_comparison"].piece.wish.days
    assert len(days) == (2 if layout in (Layout.SIDE_BY_SIDE, Layout.SLIDER) else 4)
    assert list(days) == sorted(days)


def test_without_a_follow_up_nothing_can_be_made(clinic, page):
    give(clinic)
    bench = page("publish")
    labelled(bench.radio, "Layout").set_value(Layout.OVER_TIME).run()
    labelled(bench.multiselect, "Follow-ups").set_value([]).run()
    assert "a country and at least one follow-up" in told(bench)


def test_marketing_goes_from_cleared_pictures_to_publish(clinic, page):
    give(clinic, with_face=True)
    bench = page("cleared")
    labelled(bench.button, "Make a comparison").click().run()
    assert bench.title[0].value == "Publish"


OUTLINES = (
    np.array([(10.0, 20.0), (60.0, 25.0), (40.0, 80.0)]),
    np.array([(5.0, 100.0), (30.0, 100.0), (30.0, 140.0), (5.0, 140.0)]),
)


def test_outlines_are_covered_in_the_pixels_of_the_first_photo(clinic, page, monkeypatch):
    give(clinic)
    drawn = [drawing_of(one)["objects"][0] for one in OUTLINES]
    canvas = SimpleNamespace(
        st_canvas=lambda **_: SimpleNamespace(json_data={"objects": drawn}),
    )
    half = SmallPicture(b"", 0.5, (120, 150))
    monkeypatch.setitem(sys.modules, "streamlit_drawable_canvas", canvas)
    monkeypatch.setattr(publishing.desk, "small_picture", lambda *_, **__: half)
    assert not page("publish").toggle  # marketing may not see whole pictures
    clinic.sits_here = Caller("c", Role.PRACTITIONER)
    bench = page("publish")
    labelled(bench.toggle, "Cover a tattoo or the background").set_value(True).run()
    assert "To be covered: 2 outlines." in told(bench)
    labelled(bench.selectbox, "In which country?").set_value("GB").run()
    labelled(bench.button, "Make").click().run()
    covered = bench.session_state["made_comparison"].piece.wish.covered
    for found, outline in zip(covered, OUTLINES, strict=True):
        # Half a pixel: corners of the canvas' pixels against centres of the photo's.
        assert found == pytest.approx(2.0 * outline - 0.5, abs=0.051)


def test_practitioners_may_show_what_they_have_outlined(clinic, page):
    give(clinic)
    clinic.drawn = (Region("scar_chin", OUTLINES[0], kind=RegionKind.DRAWN),)
    parts = labelled(page("publish").multiselect, "Which skin is shown?").options
    assert not [one for one in parts if "scar chin" in one]
    clinic.sits_here = Caller("c", Role.PRACTITIONER)
    parts = labelled(page("publish").multiselect, "Which skin is shown?").options
    assert [one for one in parts if "scar chin" in one]


@pytest.mark.parametrize("single", [False, True])
def test_what_left_says_under_which_consent_and_whether_it_was_taken_back(clinic, page, single):
    given = give(clinic)
    labelled(made(page).button, "Let it out").click().run()
    clinic.release_record("c1", [Outgoing("report.pdf", b"%PDF")], kind="clinical report")
    clinic.sits_here = Caller("c", Role.PRACTITIONER)
    bench = page("course")
    labelled(bench.toggle, "What the client allows, and what left").set_value(True).run()
    assert "Under the consent of 5 January 2026." in told(bench)
    assert "Part of the record of care" in told(bench)
    photos = {clinic.left[0].photos[0]} if single else None
    clinic.withdraw_consent("c1", given.id, photos=photos)
    assert "Under the consent of 5 January 2026 (taken back since)." in told(bench.run())


def test_cleared_parts_of_skin_are_not_told_as_nothing(clinic, page, monkeypatch):
    give(clinic)
    monkeypatch.setattr(clinic, "cleared_pictures", tuple)  # as the pipeline does without the face
    bench = page("cleared")
    assert "No whole picture is cleared" in told(bench)
    labelled(bench.button, "Make a comparison").click().run()
    assert bench.title[0].value == "Publish"


def test_a_cleared_picture_is_a_small_copy(clinic, monkeypatch):
    held = io.BytesIO()
    Image.new("RGB", (1600, 1200), (180, 130, 110)).save(held, "JPEG")
    monkeypatch.setattr(clinic, "cleared_picture", lambda *_: held.getvalue())
    monkeypatch.setattr(publishing.desk, "asked", lambda: clinic)
    give(clinic)
    (one, *_) = publishing.cleared_pictures()
    with Image.open(io.BytesIO(publishing.cleared_picture(one))) as copy:
        assert copy.size == (560, 420)


def test_a_treatment_that_was_noted_meanwhile_lets_nothing_out(clinic, page):
    give(clinic)
    bench = made(page)
    clinic.add_treatment("c1", day=date(2026, 6, 20), kind="Micro-needling")
    labelled(bench.button, "Let it out").click().run()
    assert "got others since. Make it again." in bench.error[0].value
    assert files(bench) == []
    assert clinic.left == []
