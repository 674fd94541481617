"""A comparison for others leaves with consent, fairness and law on its side, or not at all."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from marketing_house import (
    ARTIST,
    BETWEEN,
    FILE,
    FIRST,
    HEALING,
    LAST,
    NAME,
    MarketingHouse,
    computed_once,
    fill,
)
from PIL import Image
from pypdf import PdfReader

from progress.exports import marketing, marketing_rules
from progress.exports.clinic_reports import make_report, write_report
from progress.exports.credentials import VALID, read_credentials
from progress.exports.evidence_check import check_pack
from progress.exports.layouts import Layout
from progress.exports.marketing import VARIES, make_comparison, release_comparison
from progress.exports.marketing_wish import Eyes, Labels, motion_of
from progress.exports.recipe_parts import Cover
from progress.model import BadInput, NotAllowed, PairVerdict, Refused
from progress.model.consent import Channel
from progress.model.people import OPERATOR, Caller, Role
from progress.pipeline import clinic_exports
from progress.pipeline.answers import ComparedPair
from progress.pipeline.clinic import Clinic
from progress.pipeline.clinic_cleared import ClinicCleared
from progress.views.words import SIMULATED_NOTICE, Audience


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MarketingHouse]:
    computed_once(monkeypatch)
    out = tmp_path / "out"
    out.mkdir()
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        yield MarketingHouse(clinic, fill(clinic), out)


def published(house: MarketingHouse, name: str = "pair.jpg", **changes):
    """Make a comparison and let it out."""
    piece = make_comparison(house.clinic, house.wish(**changes))
    return piece, release_comparison(house.clinic, piece, house.out / name)


def test_a_comparison_leaves_with_a_pack_that_proves_it(house: MarketingHouse):
    given = house.give(with_originals=True)
    piece, export = published(house)
    picture, pack = house.out / "pair.jpg", house.out / "pair.jpg.evidence.zip"
    assert picture.read_bytes() == piece.data
    assert export.consents == (given.id,)
    assert [one.place for one in export.files] == [str(picture.resolve()), str(pack.resolve())]
    checked = check_pack(pack)
    assert checked.ok
    assert "again" in str(checked.to_dict())
    assert read_credentials(piece.data).state == VALID
    with zipfile.ZipFile(pack) as archive:
        told = json.loads(archive.read("manifest.json"))
    assert told["export_id"] == export.id
    assert told["rules"][0]["country"] == "GB"
    assert told["consent"]["consents"][0]["id"] == given.id


@pytest.mark.parametrize("name", ["pair.jpg", "slider.html", "days.webp", "days.webm", "days.mp4"])
def test_no_file_tells_who_it_is_or_where_it_came_from(house: MarketingHouse, name: str):
    house.give()
    layout = {"pair": Layout.SIDE_BY_SIDE, "slider": Layout.SLIDER, "days": Layout.TIME_LAPSE}
    stem, _, suffix = name.partition(".")
    motion = motion_of(f".{suffix}")
    _, export = published(house, name, layout=layout[stem], motion=motion)
    assert no_word_of(house, *house.out.iterdir()) == []
    for one in export.files:
        assert "fern" not in one.name.lower()


@pytest.mark.parametrize("audience", list(Audience))
def test_no_report_tells_where_its_photos_came_from(house: MarketingHouse, audience: Audience):
    client = house.clinic.client(house.client_id)
    made = make_report(house.clinic, client, days=(FIRST, LAST), audience=audience)
    write_report(house.clinic, client, house.out / "report.pdf", made)
    assert no_word_of(house, house.out / "report.pdf") == []
    told = PdfReader(house.out / "report.pdf")
    said = " ".join(page.extract_text() for page in told.pages) + str(told.metadata)
    assert not [word for word in secrets_of(house) if word.lower() in said.lower()]
    assert "/Author" not in (told.metadata or {})
    assert told.xmp_metadata is None or not told.xmp_metadata.dc_creator


def secrets_of(house: MarketingHouse) -> list[str]:
    """What no file for others may hold."""
    own = [NAME, NAME.split()[1], ARTIST, ARTIST.split()[1], FILE, OPERATOR.login]
    return [*own, house.client_id, str(house.out), "Exif\0\0"]


def no_word_of(house: MarketingHouse, *paths: Path) -> list[tuple[str, str]]:
    """Where such a word stands, in the bytes or in what is packed or embedded in them."""
    said: list[tuple[str, bytes]] = []
    for path in paths:
        data = path.read_bytes()
        said.append((path.name, data))
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                said += [(name, archive.read(name)) for name in archive.namelist()]
                said.append(("comment", archive.comment))
        if path.suffix == ".html":
            packed = re.findall(rb"base64,([A-Za-z0-9+/=]{64,})", data)
            assert packed
            said += [("embedded", base64.b64decode(one)) for one in packed]
        if path.suffix in (".jpg", ".webp"):
            with Image.open(path) as picture:
                assert not picture.getexif()
                assert not {"icc_profile", "comment", "xmp", "photoshop"} & set(picture.info)
    return [
        (name, word)
        for word in secrets_of(house)
        for name, data in said
        if word.lower().encode() in data.lower()
    ]


def test_the_words_are_the_verdicts_with_what_the_law_and_the_house_want_said(
    house: MarketingHouse,
):
    house.give()
    piece, _ = published(house)
    assert piece.captions[: len(piece.claims.lines)] == piece.claims.lines
    assert piece.captions[0].startswith(
        "Visits 1 and 4 of 4; 12 weeks after the last of 3 treatments"
    )
    assert VARIES in piece.captions
    assert SIMULATED_NOTICE in piece.captions
    drawn = " ".join(part.words for part in piece.composed.recipe.drawn)
    assert VARIES in drawn
    assert "5 January 2026" in drawn


def test_labels_may_say_weeks_in_place_of_days(house: MarketingHouse):
    house.give()
    piece, _ = published(house, labels=Labels.WEEKS)
    drawn = " ".join(part.words for part in piece.composed.recipe.drawn)
    assert "24 weeks later" in drawn
    assert "2026" not in drawn


@pytest.mark.parametrize(
    ("given", "asked", "says"),
    [
        (None, {}, "expected the client's consent for every picture, got none"),
        ({}, {"channel": Channel.PRINT}, "expected a consent for the channel print"),
        ({}, {"with_face": True}, "allowed no picture in which the face is known"),
        ({}, {"jurisdiction": "DE"}, "rule de-before-after of DE blocks"),
        ({}, {"jurisdiction": "FR"}, "rule unknown-country of FR blocks"),
        ({}, {"days": (FIRST, HEALING)}, "rule house-healing blocks"),
    ],
)
def test_what_is_not_allowed_leaves_no_file(house: MarketingHouse, given, asked, says):
    if given is not None:
        house.give(**given)
    with pytest.raises(NotAllowed, match=says) as refused:
        published(house, **asked)
    assert "\n" not in str(refused.value)
    assert not list(house.out.iterdir())
    assert house.clinic.exports(house.client_id) == ()


def test_a_pair_that_cannot_be_compared_is_refused(house: MarketingHouse, monkeypatch):
    house.give()
    monkeypatch.setattr(marketing_rules, "pair_verdict", lambda _: PairVerdict.NOT_COMPARABLE)
    with pytest.raises(Refused, match="expected a pair that can be compared"):
        published(house)
    assert not list(house.out.iterdir())


def test_people_do_not_pass_as_a_mannequin_without_an_age(house: MarketingHouse, monkeypatch):
    house.give()

    def of_a_person(pair: ComparedPair) -> ComparedPair:
        photo = pair.followup_photo
        told = replace(photo, provenance=replace(photo.provenance, camera="a phone"))
        return replace(pair, followup_photo=told)

    real = ClinicCleared.granted_pairs
    monkeypatch.setattr(
        ClinicCleared, "granted_pairs", lambda *asked: tuple(map(of_a_person, real(*asked)))
    )
    with pytest.raises(NotAllowed, match="expected photos of a mannequin"):
        published(house)


def test_a_limited_pair_carries_what_is_limited_and_stays_out_of_australia(
    house: MarketingHouse, monkeypatch
):
    house.give()
    monkeypatch.setattr(marketing, "pair_verdict", lambda _: PairVerdict.LIMITED)
    piece, _ = published(house)
    assert any(line.startswith("Limited pair.") for line in piece.captions)
    with pytest.raises(NotAllowed, match="au-matched"):
        published(house, jurisdiction="AU")


def test_an_administrator_may_sign_for_an_unknown_country_and_nobody_else(house: MarketingHouse):
    house.give()
    reason = "checked with our adviser on 3 May"
    piece, export = published(house, jurisdiction="FR", override_reason=reason)
    assert export.detail["override_signed_by"] == OPERATOR.login
    assert piece.ruling.to_dict()["override"] == reason
    with pytest.raises(BadInput, match="expected a reason"):
        published(house, jurisdiction="FR", override_reason="ok")
    with pytest.raises(NotAllowed, match="de-before-after"):
        published(house, jurisdiction="DE", override_reason=reason)


def test_marketing_makes_it_without_the_record_and_cannot_sign(house: MarketingHouse):
    house.give()
    good = "a long enough one"
    house.clinic.make_first_admin("admin", good)
    house.clinic.add_user("outside", Role.MARKETING, good)
    outside = house.clinic.for_caller(house.clinic.sign_in("outside", good))
    outside.change_own_password(good, good + "2")
    theirs = replace(house, clinic=outside)
    with pytest.raises(NotAllowed):
        theirs.clinic.sessions(house.client_id)
    piece, export = published(theirs)
    assert export.made_by == "outside"
    assert (house.out / "pair.jpg").read_bytes() == piece.data
    with pytest.raises(NotAllowed, match="may not do this here"):
        published(theirs, jurisdiction="FR", override_reason="checked with our adviser")
    nobody = house.clinic.for_caller(Caller("client", Role.CLIENT, house.client_id))
    with pytest.raises(NotAllowed):
        published(replace(house, clinic=nobody))


def test_a_consent_taken_back_while_it_is_made_stops_it(house: MarketingHouse):
    given = house.give()
    piece = make_comparison(house.clinic, house.wish())
    house.clinic.withdraw_consent(house.client_id, given.id)
    with pytest.raises(NotAllowed, match="was withdrawn"):
        release_comparison(house.clinic, piece, house.out / "pair.jpg")
    assert not list(house.out.iterdir())


def test_a_treatment_that_was_noted_while_it_is_made_stops_it(house: MarketingHouse):
    house.give()
    piece = make_comparison(house.clinic, house.wish())
    house.clinic.add_treatment(house.client_id, day=LAST - timedelta(days=3), kind="Peel")
    with pytest.raises(NotAllowed, match="got others since"):
        release_comparison(house.clinic, piece, house.out / "pair.jpg")
    assert not list(house.out.iterdir())


def test_a_comparison_of_yesterday_is_not_let_out_today(house: MarketingHouse, monkeypatch):
    house.give()
    piece = make_comparison(house.clinic, house.wish())
    tomorrow = clinic_exports.now() + timedelta(days=1)
    monkeypatch.setattr(clinic_exports, "now", lambda: tomorrow)
    with pytest.raises(NotAllowed, match="asked for today"):
        release_comparison(house.clinic, piece, house.out / "pair.jpg")


def test_the_face_is_shown_only_when_asked_for_and_allowed(house: MarketingHouse):
    house.give(with_face=True)
    hidden, _ = published(house)
    assert hidden.grant.use.with_face is False
    shown, _ = published(house, with_face=True, eyes=Eyes.COVERED)
    assert shown.grant.use.with_face is True
    wide = [piece.composed.recipe.panels[0].crop.width_mm for piece in (hidden, shown)]
    assert wide[0] != wide[1]
    assert shown.composed.recipe.panels[0].hide
    assert not published(house, with_face=True)[0].composed.recipe.panels[0].hide


def test_a_consent_for_one_region_shows_that_region_alone(house: MarketingHouse):
    house.give(region="right_cheek")
    with pytest.raises(NotAllowed, match="expected a consent for the whole picture"):
        published(house)
    piece, _ = published(house, regions=("right_cheek",))
    assert all("left cheek" not in line for line in piece.captions)


@pytest.mark.parametrize("asked", [{"with_face": True}, {"eyes": Eyes.COVERED}, {}])
def test_nothing_around_a_region_is_seen_where_the_consent_is_for_the_region(
    house: MarketingHouse, asked
):
    house.give(region="right_cheek", with_face=True)
    piece, _ = published(house, regions=("right_cheek",), **asked)
    for panel in piece.composed.recipe.panels:
        assert [part for part in panel.hide if isinstance(part, Cover) and part.outside]


def test_over_time_all_days_share_one_scale_and_the_words_say_whose_figures_they_are(
    house: MarketingHouse,
):
    house.give()
    days = (FIRST, BETWEEN, LAST)
    piece, export = published(house, layout=Layout.OVER_TIME, days=days)
    panels = piece.composed.recipe.panels
    assert len(panels) == 3
    assert len({(panel.crop, panel.resize) for panel in panels}) == 1
    assert len(export.photos) == 3
    assert piece.captions[0].startswith("Visits 1, 3 and 4 of 4; figures of visit 4 against 1; ")
    assert check_pack(house.out / "pair.jpg.evidence.zip").ok


def test_a_slider_is_one_page_that_asks_nothing_of_anybody(house: MarketingHouse):
    house.give()
    piece, _ = published(house, "slider.html", layout=Layout.SLIDER)
    page = piece.data.decode()
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert check_pack(house.out / "slider.html.evidence.zip").ok


def test_a_time_lapse_has_a_frame_for_each_day(house: MarketingHouse):
    house.give()
    piece, _ = published(house, "days.webp", layout=Layout.TIME_LAPSE)
    with Image.open(io.BytesIO(piece.data)) as moving:
        assert moving.n_frames == 2
    assert check_pack(house.out / "days.webp.evidence.zip").ok


def test_a_clinic_s_name_leaves_no_room_for_a_claim(house: MarketingHouse):
    with pytest.raises(BadInput, match="expected a name of at most 60 letters"):
        house.wish(clinic="the clinic where scars are gone for good in three short weeks only")


def test_two_panels_take_two_days(house: MarketingHouse):
    with pytest.raises(BadInput, match="expected two days, got 3"):
        house.wish(days=(FIRST, HEALING, LAST))
