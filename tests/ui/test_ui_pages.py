"""Every page: what it shows, and that mistakes become one clear line."""

from __future__ import annotations

import io
import re
import threading
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from stand_in_clinic import StandInClinic
from streamlit.testing.v1 import AppTest

import progress.ui
from progress.model import (
    EstimatedGrade,
    FoundScar,
    NotMeasured,
    Region,
    RegionKind,
    StoreError,
    Verdict,
    View,
)
from progress.model.consent import Channel, Purpose
from progress.model.exports import ExportedFile, ExportRecord
from progress.model.people import Caller, Role
from progress.pipeline.seen_marks import MarkView, SeenMark
from progress.ui import desk, guided_upload, measuring, open_record, signature
from progress.ui.layout import plain
from progress.ui.signature import Way

PAGES = ("today", "course", "pair", "add", "publish", "about")


def words(bench: AppTest) -> str:
    """All text of a page."""
    kinds = (
        "title",
        "header",
        "subheader",
        "markdown",
        "caption",
        "info",
        "warning",
        "error",
        "success",
    )
    return "\n".join(element.value for kind in kinds for element in getattr(bench, kind))


def cells(bench: AppTest) -> str:
    return "\n".join(table.value.to_string() for table in bench.table)


def photo(level: int = 120, form: str = "JPEG") -> bytes:
    held = io.BytesIO()
    Image.fromarray(np.full((61, 83, 3), level, np.uint8)).save(held, form)
    return held.getvalue()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_runs_and_says_that_the_data_is_simulated(page, name):
    bench = page(name)
    assert not bench.exception
    assert not bench.error
    assert "SAMPLE DATA" in words(bench)
    assert "not medical advice" in words(bench)


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_record_is_welcomed(clinic, page, name):
    clinic._clients.clear()
    bench = page(name)
    assert not bench.exception
    assert not bench.error
    assert "SAMPLE DATA" not in words(bench)


@pytest.mark.parametrize("name", PAGES)
def test_a_record_that_cannot_be_opened_is_one_line(clinic, page, name):
    clinic.broken = True
    bench = page(name)
    assert not bench.exception
    assert [error.value for error in bench.error] == [
        "home: expected a record, got nothing. Start it again"
    ]


def test_a_bug_is_one_line_too_and_its_reason_goes_to_the_log(clinic, page, monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(clinic, "sessions", broken)
    bench = page("course")
    assert not bench.exception
    assert len(bench.error) == 1
    assert "not your mistake" in bench.error[0].value
    assert "secret" not in words(bench)
    assert "secret detail" in caplog.text


def test_the_course_tells_verdicts_treatments_and_trend(page):
    bench = page("course")
    assert "Beyond measurement noise: 2 improved and 0 worse, of 2 series." in words(bench)
    assert "Trend per 28 days: −0.0160 OD (−0.0200 to −0.0120)" in words(bench)
    assert "Micro-needling 1 mm" in cells(bench)
    assert [metric.value for metric in bench.metric] == ["2", "0", "0", "0", "0"]


def test_the_region_of_the_chart_can_be_chosen(page):
    bench = page("course")
    bench.selectbox[2].select("right_cheek").run()
    assert "Redness, right cheek" in words(bench)


def test_a_course_is_measured_once_for_the_same_photos(clinic, page):
    bench = page("course")
    bench.run()
    bench.run()
    assert clinic.worked.count("timeline") == 1
    clinic.add_treatment("c1", day=date(2026, 6, 1), kind="Peel")
    bench.run()
    assert clinic.worked.count("timeline") == 2


def test_a_client_with_one_session_is_told_what_is_missing(clinic, page):
    del clinic._sessions["c1"][1:]
    assert "at least two sessions" in words(page("course"))
    assert "two sessions" in words(page("pair"))


def test_a_pair_shows_its_certificate_changes_and_refusals(page):
    bench = page("pair")
    assert "1 improved and 0 worse, of 3 answers" in words(bench)
    assert "A limited pair: 1 of 2 checks failed" in words(bench)
    assert "within 0.05 mm" in words(bench)
    assert "Would flatter the follow-up" in cells(bench)
    (button,) = bench.get("download_button")
    assert "certificate" in button.label.lower()
    assert "Put the lamp where it was" in cells(bench)
    assert "−0.090 ± 0.012 OD" in cells(bench)


@pytest.mark.parametrize("look", ["Photos", "Where", "Alignment"])
def test_every_look_at_a_pair_is_drawn(page, look):
    bench = page("pair")
    bench.segmented_control[0].set_value(look).run()
    assert not bench.exception
    assert not bench.error


def test_the_client_reads_the_pair_in_plain_words(page):
    bench = page("pair")
    bench.segmented_control[1].set_value(bench.segmented_control[1].options[1]).run()
    assert not bench.exception
    assert "The left cheek is less red" in words(bench)


def test_a_pair_that_cannot_be_aligned_is_not_overlaid(clinic, page):
    clinic.refuses_pairs = True
    bench = page("pair")
    assert not bench.exception
    assert "could not be brought onto each other" in words(bench)
    assert "These are two people" in words(bench)


def test_pairs_run_forwards_in_time(page):
    bench = page("pair")
    first, second = bench.selectbox[1], bench.selectbox[2]
    assert len(first.options) == 5
    first.select_index(3).run()
    assert not bench.exception
    assert len(bench.selectbox[2].options) == 2
    assert second.label == "Follow-up"


def test_the_chosen_client_stays_chosen_on_other_pages(clinic, page):
    clinic.add_client("Second")
    bench = page("course")
    bench.selectbox[0].select("c2").run()
    bench.switch_page("../pages/pair.py").run()
    assert bench.selectbox[0].value == "c2"


def test_advice_answers_an_upload_straight_away_and_nothing_is_stored(clinic, page):
    bench = page("add")
    bench.file_uploader[0].set_value(("a.jpg", photo(), "image/jpeg")).run()
    assert not bench.exception
    assert "Not ready" in words(bench)
    assert "Turn the face 8° to the client's left." in words(bench)
    assert "no figure for texture" in words(bench)
    assert "Come closer or use the main camera" in cells(bench)
    assert "To save, give the day of the photos" in words(bench)
    assert len(clinic.sessions("c1")) == 6


def test_a_photo_that_is_ready_is_praised_and_can_still_be_kept_when_it_is_not(clinic, page):
    bench = page("add")
    bench.date_input[0].set_value(date(2026, 7, 1)).run()
    bench.file_uploader[0].set_value(("a.png", photo(form="PNG"), "image/png")).run()
    assert "the photo is good by itself" in bench.success[0].value
    assert not button(bench, "Save session").disabled
    bench.file_uploader[0].set_value(("a.jpg", photo(), "image/jpeg")).run()
    assert button(bench, "Save session").disabled  # it is to be taken again, unless told to keep
    bench.segmented_control[0].set_value("Keep").run()
    assert not button(bench, "Save session").disabled


def test_of_several_photos_only_those_that_are_kept_are_saved(clinic, page):
    bench = page("add")
    good, bad = ("a.png", photo(form="PNG"), "image/png"), ("b.jpg", photo(140), "image/jpeg")
    bench.file_uploader[0].set_value([good, bad]).run()
    bench.date_input[0].set_value(date(2026, 7, 1)).run()
    assert "1 of 2 photos will not be saved" in words(bench)
    button(bench, "Save session").click().run()
    assert not bench.exception
    assert "Saved 1 photo. Measuring goes on by itself" in words(bench)
    assert [one.file for one in clinic.sessions("c1")[-1].photos] == ["a.png"]


def test_the_day_is_the_one_that_the_photos_name(page):
    held = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:07:01 10:02:00"
    Image.fromarray(np.full((61, 83, 3), 120, np.uint8)).save(held, "PNG", exif=exif.tobytes())
    bench = page("add")
    bench.file_uploader[0].set_value(("a.png", held.getvalue(), "image/png")).run()
    assert bench.date_input[0].value == date(2026, 7, 1)
    assert not button(bench, "Save session").disabled


def test_today_lists_who_was_seen_last_first_and_finds_by_a_few_letters(clinic, page):
    clinic.add_client("Second")
    late = clinic.add_client("Third")
    clinic.add_session(late.id, taken_on=date(2026, 7, 5), photos=[("a.jpg", b"a")])
    bench = page("today")
    shown = words(bench)
    assert shown.index("Third") < shown.index("Mannequin") < shown.index("Second")
    assert "No photos yet" in shown
    assert "First photos are missing" in shown
    bench.text_input[0].set_value("sec").run()
    assert "Third" not in words(bench)
    assert "1 of 3 clients" in words(bench)
    bench.text_input[0].set_value("nobody at all").run()
    assert "No client fits" in words(bench)


def test_a_client_is_opened_from_today(clinic, page):
    clinic.add_client("Second")
    bench = page("today")
    next(one for one in bench.button if one.key == "open-c2").click().run()
    assert not bench.exception
    assert bench.title[0].value == "Client"
    assert bench.selectbox[0].value == "c2"


def test_today_stays_short_for_five_hundred_clients(clinic, page):
    for number in range(500):
        clinic.add_client(f"C-{number:03}")
    bench = page("today")
    assert len([one for one in bench.button if one.label == "Open"]) == 12
    button(bench, "Show more").click().run()
    assert len([one for one in bench.button if one.label == "Open"]) == 60


def test_an_upload_is_guided_once_and_the_first_photo_looked_at_once(clinic, page):
    bench = page("add")
    bench.file_uploader[0].set_value(("a.jpg", photo(), "image/jpeg")).run()
    bench.run()
    bench.file_uploader[0].set_value(("b.jpg", photo(140), "image/jpeg")).run()
    assert clinic.worked.count("guide") == 2
    assert clinic.worked.count("known") == 1


def test_the_ghost_of_the_first_photo_is_shown_where_there_is_one(clinic, page, place_head):
    clinic.face = place_head(px_per_mm=1.0, centre_xy=(120.0, 150.0))
    bench = page("add")
    bench.file_uploader[0].set_value(("a.jpg", photo(), "image/jpeg")).run()
    assert not bench.exception
    (client,) = clinic.clients()
    against = guided_upload.guide(client, "b.jpg", photo(100), View.FRONTAL)
    assert against.ghost is not None
    assert against.ghost.startswith(b"\xff\xd8")
    assert guided_upload.guide(None, "b.jpg", photo(100), View.FRONTAL).ghost is None


def test_a_session_is_saved_for_a_new_client(clinic, page):
    bench = page("add")
    bench.selectbox[0].select("new").run()
    bench.text_input[0].set_value("C-014").run()
    bench.date_input[0].set_value(date(2026, 7, 1)).run()
    bench.file_uploader[0].set_value(("a.png", photo(form="PNG"), "image/png")).run()
    button(bench, "Save session").click().run()
    assert not bench.exception
    assert "Saved 1 photo" in words(bench)
    saved = clinic.clients()[-1]
    assert saved.pseudonym == "C-014"
    assert bench.selectbox[0].value == saved.id  # the next photos are theirs
    assert [s.taken_on for s in clinic.sessions(saved.id)] == [date(2026, 7, 1)]


def test_body_photos_are_judged_and_compared_as_a_body_area(clinic, page):
    client = clinic.add_client("Second")
    for day, name in ((date(2026, 1, 5), "a"), (date(2026, 3, 2), "b")):
        clinic.add_session(client.id, taken_on=day, photos=[(name, name.encode())], view=View.BODY)
    bench = page("add")
    clinic.areas.clear()
    bench.selectbox[1].select("body").run()
    bench.file_uploader[0].set_value(("a.jpg", photo(), "image/jpeg")).run()
    bench.switch_page("../pages/pair.py").run()
    bench.selectbox[0].select(client.id).run()
    assert not bench.exception
    assert clinic.areas[0] == "body"
    assert clinic.areas[-1] == "body"


def test_a_treatment_is_saved(clinic, page):
    bench = page("add")
    bench.date_input[1].set_value(date(2026, 7, 2)).run()
    bench.number_input[0].set_value(1.5).run()
    button(bench, "Save treatment").click().run()
    assert not bench.exception
    last = clinic.treatments("c1")[-1]
    assert (last.date, last.kind, last.needle_depth_mm) == (date(2026, 7, 2), "Micro-needling", 1.5)
    assert desk.treatment_label(last) == "Micro-needling 1.5 mm"


def test_what_is_no_photo_is_one_line_and_is_not_saved(page):
    bench = page("add")
    bench.date_input[0].set_value(date(2026, 7, 1)).run()
    bench.file_uploader[0].set_value(("a_b.jpg", b"not a photo", "image/jpeg")).run()
    assert not bench.exception
    assert "expected a photo, got text" in words(bench)
    assert button(bench, "Save session").disabled


def test_the_limits_page_lists_every_metric_of_the_registry(page):
    shown = cells(page("about"))
    assert all(metric.label in shown for metric in desk.metrics())


def test_names_from_outside_cannot_become_markup():
    assert plain("a_b*c[x](y):red[z]$1") == "a\\_b\\*c\\[x\\](y)\\:red\\[z\\]\\$1"


def button(bench: AppTest, label: str):
    return next(one for one in bench.button if one.label == label)


def test_the_home_comes_from_the_environment(monkeypatch, tmp_path):
    asked = []

    class Recorded(StandInClinic):
        @classmethod
        def open(cls, home, url):
            asked.append((home, url))
            return cls()

    monkeypatch.setattr(open_record, "Clinic", Recorded)
    monkeypatch.setenv("PROGRESS_HOME", str(tmp_path))
    monkeypatch.delenv("PROGRESS_DATABASE_URL", raising=False)
    open_record.open_clinic()
    monkeypatch.delenv("PROGRESS_HOME")
    monkeypatch.setenv("PROGRESS_DATABASE_URL", "sqlite://")
    open_record.open_clinic()
    assert asked == [(tmp_path, None), (None, "sqlite://")]


def with_scars(clinic, monkeypatch) -> None:
    """A clinic whose pairs hold one scar and grades."""
    angle = np.arange(24) * np.pi / 12
    outline = np.stack([120 + 6 * np.cos(angle), 150 + 6 * np.sin(angle)], axis=1)
    found = FoundScar("scar_1", outline, 2.0, 3.1, {"boxcar": 0.8, "rolling": 0.1})
    grade = EstimatedGrade("ecca_like", 15.0, 40.0, 540.0, "estimated", "E")
    plain_pair = clinic.pair

    def pair(*args, **more):
        made = plain_pair(*args, **more)
        told = replace(made.comparison, scars=(found,), grades=((grade,), NotMeasured("dark")))
        made.comparison = told
        return made

    monkeypatch.setattr(clinic, "pair", pair)


def test_scars_have_a_look_and_a_table_and_grades_say_that_nobody_rated_them(
    clinic, page, monkeypatch
):
    with_scars(clinic, monkeypatch)
    bench = page("pair")
    bench.segmented_control[0].set_value("Scars").run()
    assert not bench.exception
    assert not bench.error
    assert "boxcar, 80 %" in cells(bench)
    assert "15 to 40" in cells(bench)
    assert "not rated by a clinician" in words(bench)


def test_a_refused_pair_shows_reasons_and_no_table_of_figures(clinic, page, monkeypatch):
    plain_pair = clinic.pair

    def refuse(*args, **more):
        made = plain_pair(*args, **more)
        absent = tuple(
            replace(
                one,
                baseline=None,
                followup=None,
                delta=None,
                standard_error=None,
                smallest_detectable_change=None,
                verdict=Verdict.NOT_COMPARABLE,
                reason="the same skin was not found again: these are two people",
            )
            for one in made.comparison.changes
        )
        made.comparison = replace(made.comparison, changes=absent)
        return made

    monkeypatch.setattr(clinic, "pair", refuse)
    clinic.refuses_pairs = True
    bench = page("pair")
    assert not bench.exception
    assert "hese are two people" in words(bench)
    assert "What changed" not in words(bench)
    assert "Verdict" not in cells(bench)


def test_what_was_outlined_on_the_first_photo_is_asked_of_pairs_that_begin_with_it(clinic, page):
    corners = np.array([(2.0, 2.0), (20.0, 2.0), (20.0, 14.0)])
    clinic.drawn = (Region("belly", corners, kind=RegionKind.DRAWN),)
    bench = page("pair")
    assert [region.name for region in clinic.asked[-1]] == ["belly"]
    bench.selectbox[1].select_index(1).run()
    assert not bench.exception
    assert clinic.asked[-1] == ()


def test_outlined_marks_have_a_look_and_a_table(clinic, page, monkeypatch):
    line = np.array([(120.0, 120.0), (120.0, 150.0), (120.0, 180.0)])
    view = MarkView(
        outline_xy=np.array([(110.0, 110.0), (130.0, 110.0), (130.0, 190.0), (110.0, 190.0)]),
        line_xy=line,
        across_xy=np.tile([(-4.0, 0.0)], (3, 1)),
        edges_mm=(-1.0, 1.2),
        flanks_mm=(-6.0, 6.0),
        profile=np.array([0.0, 0.2, 0.0]),
        across_mm=np.array([-3.0, 0.0, 3.0]),
    )
    plain_pair = clinic.pair

    def pair(*args, **more):
        made = plain_pair(*args, **more)
        made.marks = (SeenMark("left_cheek", view, NotMeasured("no band")),)
        width = replace(made.comparison.changes[0], metric="mark_width", unit="mm")
        made.comparison = replace(made.comparison, changes=(*made.comparison.changes, width))
        return made

    monkeypatch.setattr(clinic, "pair", pair)
    bench = page("pair")
    bench.segmented_control[0].set_value("Marks").run()
    assert not bench.exception
    assert not bench.error
    assert "Outlined marks" in words(bench)
    assert "Mark width" in cells(bench)


CLIENT = Caller("anna", Role.CLIENT, "c1")


def test_a_client_reads_plain_words_and_no_figure(clinic, page):
    clinic.sits_here = CLIENT
    bench = page("mine")
    shown = words(bench)
    assert not bench.exception
    assert not bench.error
    assert "Your progress" in shown
    assert "The left cheek is less red" in shown
    assert "Days of healing" in shown
    assert "What is next" in shown
    assert "Two photos of the same skin never look quite the same" in shown
    assert not bench.table
    assert not bench.metric
    assert not re.search(r"\d+(\.\d+)? ?(OD|%)", shown)


def test_a_client_without_photos_is_told_when_they_come(clinic, page):
    clinic.sits_here = CLIENT
    clinic._sessions["c1"].clear()
    assert "They appear after your first visit" in words(page("mine"))


def ask_for(bench: AppTest, purpose: Purpose, visits: list) -> AppTest:
    """Choose what is asked for, and agree to the text."""
    radio(bench, "For what?").set_value(purpose).run()
    one_of(bench.multiselect, "Which pictures?").set_value(visits).run()
    one_of(bench.checkbox, "read this and agree").check().run()
    return bench


def one_of(widgets, label: str):
    return next(one for one in widgets if label in one.label)


def radio(bench: AppTest, label: str):
    return one_of(bench.radio, label)


def test_year_of_birth_and_skin_type_are_told_on_the_client_s_page(clinic, page):
    before, bench = clinic.client("c1"), page("course")
    next(one for one in bench.toggle if one.label == "Year of birth and skin type").set_value(
        True
    ).run()
    one_of(bench.number_input, "Year of birth").set_value(1984)
    one_of(bench.selectbox, "Skin type").set_value("III")
    bench = button(bench, "Save").click().run()
    assert not bench.exception
    assert "Saved." in [one.value for one in bench.success]
    assert clinic.client("c1") == replace(before, birth_year=1984, skin_type="III")


def test_a_client_gives_a_consent_in_full_words_and_takes_it_back(clinic, page):
    clinic.sits_here = CLIENT
    bench = page("mine")
    assert "not allowed any use" in words(bench)
    ask_for(bench, Purpose.RESEARCH, [clinic.sessions("c1")[0]])
    shown = words(bench)
    assert "I allow research, inside the clinic, with 1 of my pictures of 5 January 2026" in shown
    assert "covered or cut away" in shown
    assert button(bench, "Allow this").disabled  # nothing is signed yet
    radio(bench, "How is it signed?").set_value(Way.NOT).run()
    button(bench, "Allow this").click().run()
    assert not bench.exception
    assert [one.purpose for one in clinic.given] == [Purpose.RESEARCH]
    assert len(clinic.given[0].photos) == 1
    assert not clinic.given[0].with_face
    kept = clinic.documents[0].decode()
    assert "I allow research, inside the clinic" in kept
    assert "<img" not in kept
    assert not one_of(bench.checkbox, "read this and agree").value
    button(bench, "Take this back").click().run()
    assert clinic.given[0].withdrawn_at is not None
    assert "You took it back" in words(bench)
    assert "Nothing was given out under it" in words(bench)
    assert "Your record of care stays" in words(bench)


def test_for_publication_a_client_signs(clinic, page, monkeypatch):
    clinic.sits_here = CLIENT
    bench = ask_for(page("mine"), Purpose.MARKETING, [clinic.sessions("c1")[0]])
    one_of(bench.checkbox, "My face may be recognised").check().run()
    one_of(bench.selectbox, "In which country?").set_value("GB").run()
    assert list(radio(bench, "How is it signed?").options) == [
        "Sign here on the screen",
        "Upload a signed form",
    ]
    # The field itself runs in a browser only.
    monkeypatch.setattr(signature, "_drawn", lambda key: None)
    radio(bench, "How is it signed?").set_value(Way.HERE).run()
    assert button(bench, "Allow this").disabled
    monkeypatch.setattr(signature, "_drawn", lambda key: photo(form="PNG"))
    button(bench.run(), "Allow this").click().run()
    assert not bench.exception
    (given,) = clinic.given
    assert (given.with_face, given.jurisdiction) == (True, "GB")
    kept = clinic.documents[0].decode()
    assert "My face can be recognised in them." in kept
    assert "only in the United Kingdom" in kept
    assert 'src="data:image/png;base64,' in kept


def test_a_withdrawal_tells_the_client_what_must_come_down_and_no_folder(clinic, page):
    clinic.sits_here = CLIENT
    visits = clinic.sessions("c1")
    asked = {"purpose": Purpose.MARKETING, "channel": Channel.WEBSITE, "with_face": True}
    given = clinic.give_consent(
        "c1",
        document=b"yes",
        photo_ids=[one.photos[0].sha256 for one in visits],
        expires_on=date(2099, 1, 1),
        text_version="1",
        **asked,
    )
    clinic.left.append(exported(given.photos))
    bench = page("mine")
    one_of(bench.multiselect, "Which visits?").set_value([visits[0]]).run()
    _, some = [one for one in bench.button if one.label == "Take this back"]
    some.click().run()
    assert clinic.given[0].withdrawn_photos == (visits[0].photos[0].sha256,)
    assert "You took 1 of them back" in words(bench)
    shown = words(bench)
    assert "file pair.jpg" in shown
    assert "e" * 64 in shown
    assert "/srv/out" not in shown
    assert "Save the receipt" in [one.label for one in bench.get("download_button")]


def test_a_practitioner_records_a_consent_and_notes_what_is_down(clinic, page):
    clinic.left.append(exported(("p",)))
    bench = page("course")
    assert "/srv/out" not in words(bench)
    one_of(bench.toggle, "What the client allows").set_value(True).run()
    assert "No use of the pictures beyond care is allowed." in words(bench)
    assert "/srv/out/pair.jpg" in "\n".join(one.value for one in bench.code)
    button(bench, "This is down again").click().run()
    assert clinic.left[0].taken_down_at is not None
    assert "noted as taken down on" in words(bench)
    ask_for(bench, Purpose.TEACHING, [clinic.sessions("c1")[0]])
    radio(bench, "How is it signed?").set_value(Way.NOT).run()
    button(bench, "Record this").click().run()
    assert not bench.exception
    assert [one.purpose for one in clinic.given] == [Purpose.TEACHING]
    assert "It is recorded." in words(bench)


def exported(photos: tuple[str, ...]) -> ExportRecord:
    """A comparison that lies on the website."""
    file = ExportedFile("pair.jpg", "/srv/out/pair.jpg", "e" * 64)
    at = datetime(2026, 6, 1, 10, 0)  # noqa: DTZ001 - the record's own way, without zone
    kind, where = "comparison", ("marketing", "website", "GB")
    return ExportRecord("x1", "c1", kind, *where, at, "max", (file,), photos, ("k0",), {})


def test_marketing_sees_cleared_pictures_and_nothing_else(clinic, page):
    clinic.sits_here = Caller("max", Role.MARKETING)
    assert "No picture is cleared" in words(page("cleared"))
    clinic.give_consent(
        "c1",
        document=b"yes",
        purpose=Purpose.MARKETING,
        channel=Channel.WEBSITE,
        photo_ids=["c1-2026-01-05-0"],
        with_face=True,
        expires_on=date(2030, 1, 1),
        text_version="1",
    )
    bench = page("cleared")
    assert "1 picture cleared today" in words(bench)
    assert "Mannequin" not in words(bench)


def test_an_outline_is_drawn_on_the_first_photo_only_when_asked_for(page):
    bench = page("pair")
    assert "Drawing" not in words(bench)
    assert [one.label for one in bench.toggle] == ["Draw or adjust a scar or mark"]


def test_a_course_that_takes_long_is_measured_while_people_work_on(clinic, page, monkeypatch):
    gate, at_once = threading.Event(), clinic.timeline

    def slow(*args, **more):
        assert gate.wait(timeout=60)
        return at_once(*args, **more)

    monkeypatch.setattr(clinic, "timeline", slow)
    monkeypatch.setattr(measuring, "PATIENCE_S", 0.05)
    bench = page("course")
    assert "It goes on by itself" in words(bench)
    assert "Trend per 28 days" not in words(bench)
    bench.switch_page("../pages/today.py").run()
    assert not bench.exception
    (bar,) = bench.get("progress")
    assert "Measuring Mannequin" in bar.proto.text
    gate.set()
    monkeypatch.setattr(measuring, "PATIENCE_S", 30.0)
    bench.switch_page("../pages/course.py").run()
    assert "Trend per 28 days" in words(bench)
    assert clinic.worked.count("timeline") == 1


def test_a_course_that_cannot_be_measured_says_so_in_one_line_and_is_tried_again(
    clinic, page, monkeypatch
):
    at_once = clinic.timeline

    def refuse(*args, **more):
        raise StoreError("photos: expected the file, got nothing", advice="restore a backup")

    monkeypatch.setattr(clinic, "timeline", refuse)
    bench = page("course")
    assert len(bench.error) == 1
    assert "restore a backup" in bench.error[0].value
    monkeypatch.setattr(clinic, "timeline", at_once)
    bench.run()
    assert not bench.error
    assert "Trend per 28 days" in words(bench)


def test_of_many_changes_those_within_noise_are_a_click_away_and_counted(clinic, page, monkeypatch):
    at_once = clinic.pair

    def many(*args, **more):
        made = at_once(*args, **more)
        quiet = tuple(replace(made.comparison.changes[2], region=f"mole {n}") for n in range(60))
        told = replace(made.comparison, changes=(*made.comparison.changes, *quiet))
        made.comparison = told
        return made

    monkeypatch.setattr(clinic, "pair", many)
    bench = page("pair")
    assert not bench.error
    assert "61 answers within noise" in [one.label for one in bench.expander]


def test_no_page_stops_in_a_way_that_swallows_what_stands_below_it():
    pages = sorted((Path(progress.ui.__file__).parent / "pages").glob("*.py"))
    assert len(pages) > 8
    assert [page.name for page in pages if "st.stop(" in page.read_text(encoding="utf-8")] == []
