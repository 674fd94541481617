"""`progress consent` keeps the contract: given, taken back with a list, listed; and exit codes."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from progress.cli import main
from progress.model import View
from progress.model.consent import Channel, Purpose, Use
from progress.model.exports import Outgoing
from progress.model.people import OPERATOR
from progress.pipeline.clinic import Clinic
from progress.pipeline.use_case import now
from progress.store import NewPhoto

DAYS = (date(2026, 1, 5), date(2026, 3, 30))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A record of fern, who has two sessions of a picture each, and of nobody else."""
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        client = clinic.add_client("fern", birth_year=1980)
        with clinic._store.work() as work:
            for day in DAYS:
                shot = NewPhoto(str(day).encode(), "IMG_1.jpg", View.FRONTAL, (61, 83))
                work.add_session(client.id, day, photos=[shot])
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs a command about fern: exit code, standard output, standard error."""
    capsys.readouterr()  # the words about a new key

    def call(*arguments: object, client: str = "fern") -> tuple[int, str, str]:
        words = [str(one) for one in arguments]
        command = ["progress", "consent", *words, "--home", str(home), "--client", client]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, said.out, said.err

    return call


def publish(home: Path, *names: str, which: slice = slice(None)) -> list[str]:
    """Let files out as marketing on the website; their places."""
    with Clinic.open(home, caller=OPERATOR) as clinic:
        (client,) = clinic.clients()
        photos = tuple(s.photos[0].sha256 for s in clinic.sessions(client.id))[which]
        grant = clinic.ask_grant(client.id, Use(Purpose.MARKETING, Channel.WEBSITE, photos))
        places = [home.parent / name for name in names]
        for name, place in zip(names, places, strict=True):
            files = [Outgoing(name, name.encode(), place)]
            clinic.release(client.id, files, grant=grant, kind="comparison")
    return [str(place.resolve()) for place in places]


def listed(run: Any) -> dict[str, Any]:
    code, out, _ = run("list", "--json", "-")
    assert code == 0
    return json.loads(out)


def test_a_yes_without_more_is_the_least_there_is_and_ends_after_a_year(run):
    code, out, _ = run("grant")
    assert code == 0
    assert "covers 2 pictures of 2026-01-05, 2026-03-30; a later picture is not covered" in out
    assert "not a signature" in out
    (one,) = listed(run)["consents"]
    assert (one["purpose"], one["channel"]) == ("care", "clinic")
    assert not one["with_face"]
    assert not one["with_originals"]
    days = date.fromisoformat(one["expires_on"]) - date.fromisoformat(one["granted_on"])
    assert days.days == 365


def test_what_was_agreed_to_is_kept_word_by_word(run, home):
    marketing = ("--purpose", "marketing", "--channel", "social-media", "--session", DAYS[0])
    shown = ("--region", "left cheek", "--jurisdiction", "uk", "--with-originals")
    code, out, _ = run("grant", *marketing, *shown, "--expires", "2099-05-01")
    assert code == 0
    assert "for marketing let the client sign" in out
    with Clinic.open(home, caller=OPERATOR) as clinic:
        (client,) = clinic.clients()
        (given,) = clinic.consents(client.id)
        kept = clinic.consent_document(client.id, given.id)
    assert (given.region, given.jurisdiction) == ("left_cheek", "GB")
    assert kept is not None
    text = kept.data.decode()
    for part in (
        "publication by the clinic, on the clinic's social media, with 1 of my pictures of "
        "5 January 2026",
        "until 1 May 2099",
        "the left cheek",
        "only in the United Kingdom",
        "covered or cut away",
        "original files may be handed on",
        "My care does not depend on it",
    ):
        assert part in text


def test_a_signed_document_is_kept_as_it_is(run, home, tmp_path):
    (tmp_path / "signed.pdf").write_bytes(b"%PDF-1.7 signed")
    code, out, _ = run("grant", "--purpose", "teaching", "--document", tmp_path / "signed.pdf")
    assert code == 0
    assert "not a signature" not in out
    with Clinic.open(home, caller=OPERATOR) as clinic:
        (client,) = clinic.clients()
        (given,) = clinic.consents(client.id)
        kept = clinic.consent_document(client.id, given.id)
    assert kept is not None
    assert (kept.data, kept.media_type) == (b"%PDF-1.7 signed", "application/pdf")


def test_a_withdrawal_prints_what_must_come_down_and_a_receipt(run, home, tmp_path):
    run("grant")
    run("grant", "--purpose", "marketing", "--channel", "website")
    (place,) = publish(home, "pair.jpg")
    code, out, _ = run("withdraw", "--receipt", tmp_path / "receipt.html")
    assert code == 0
    line = next(line for line in out.splitlines() if place in line)
    for part in ("website", "command line", "comparison", Outgoing("", b"pair.jpg").sha256):
        assert part in line
    assert "the clinical record stays" in out
    page = (tmp_path / "receipt.html").read_text()
    assert "file pair.jpg" in page
    assert str(home.parent.resolve()) not in page
    assert "fern" not in page
    told = listed(run)
    assert [one["holds_today"] for one in told["consents"]] == [True, False]  # care stays
    # Asked again, it lists again, with the moment of the first time.
    code, out, _ = run("withdraw", "--json", "-")
    assert code == 0
    receipt = json.loads(out)
    assert receipt["format"] == "progress.withdrawal/1"
    assert receipt["withdrawn_at"] == told["consents"][1]["withdrawn_at"]
    (down,) = receipt["take_down"]
    assert down["files"][0]["where"] == place
    assert down["by"] == "command line"
    code, out, _ = run("taken-down", "--export", down["export"][:8])
    assert code == 0
    assert listed(run)["exports"][0]["taken_down_at"] is not None
    assert "down since" in run("list")[1]


def test_a_session_is_taken_back_and_the_other_one_stays(run, home):
    run("grant", "--purpose", "marketing", "--channel", "website")
    publish(home, "both.jpg")
    (second,) = publish(home, "second.jpg", which=slice(1, 2))
    code, out, _ = run("withdraw", "--session", DAYS[0], "--json", "-")
    assert code == 0
    assert [one["files"][0]["name"] for one in json.loads(out)["take_down"]] == ["both.jpg"]
    (one,) = listed(run)["consents"]
    assert one["holds_today"]
    assert len(one["withdrawn_photos"]) == 1
    code, out, _ = run("withdraw", "--consent", one["consent"][:8])
    assert code == 0
    assert second in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("grant", "--purpose", "fame"), "--purpose: expected care, teaching, research, marketing"),
        (("grant", "--channel", "tv"), "--channel: expected clinic, website, social_media, print"),
        (("grant", "--session", "2026-01-06"), "got 2026-01-06; there are: 2026-01-05, 2026-03-30"),
        (("grant", "--session", "soon"), "--session: expected a day"),
        (("grant", "--expires", "1999-01-01"), "expected its last day after its first"),
        (("grant", "--expires", "31.12.2026"), "--expires: expected a day such as 2026-01-05"),
        (("grant", "--document", "nowhere.pdf"), "--document: expected a file"),
        (("grant", "--region", "../x"), "--region: expected a name"),
        (("grant", "--jurisdiction", "Atlantis"), "--jurisdiction: expected a country"),
        (("withdraw",), "expected a consent of this client that fits, got none"),
        (("withdraw", "--consent", "abc"), "--consent: expected the id of a consent"),
        (("withdraw", "--receipt", "a.pdf"), "--receipt: expected a file .html or .txt"),
        (("taken-down", "--export", "abc"), "--export: expected the id of an export"),
    ],
)
def test_a_mistake_of_the_caller_is_told_in_one_line(run, arguments, says):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1
    assert listed(run)["consents"] == []


def test_a_client_who_is_not_there_is_told_in_one_line(run):
    code, _, err = run("list", client="ivy")
    assert code == 2
    assert "expected a pseudonym or id of the record" in err


def test_a_minor_cannot_be_recorded_for_marketing(run, home):
    with Clinic.open(home, caller=OPERATOR) as clinic:
        (client,) = clinic.clients()
        clinic.change_client(
            client.id, version=client.version, pseudonym="fern", birth_year=now().year - 17
        )
    code, out, err = run("grant", "--purpose", "marketing", "--channel", "website")
    assert (code, out) == (4, "")
    assert err.startswith("progress: consent: expected an adult for marketing")
    assert run("grant", "--purpose", "teaching")[0] == 0


def test_the_channel_of_others_needs_its_purpose(run):
    code, out, err = run("grant", "--channel", "website")
    assert (code, out) == (4, "")
    assert "care: expected the channel clinic, got website" in err


def test_a_list_tells_what_ended_and_what_left_without_a_consent(run, home):
    assert "no consent, and nothing left" in run("list")[1]
    past = ("--granted-on", "2020-01-01", "--expires", "2020-02-01")
    run("grant", "--purpose", "research", *past)
    run("grant", "--purpose", "teaching", "--granted-on", "2098-01-01")
    with Clinic.open(home, caller=OPERATOR) as clinic:
        (client,) = clinic.clients()
        clinic.release_record(client.id, [Outgoing("r.pdf", b"r")], kind="clinical report")
    out = run("list")[1]
    for part in (
        "research on clinic: ended on 2020-02-01",
        "teaching on clinic: begins on 2098-01-01",
        "clinical report",
        "without a consent, as the clinic's own record",
    ):
        assert part in out
    assert "clinical report" not in run("list", "--purpose", "research")[1]


def test_what_is_due_is_listed_until_it_is_noted_as_down(run, home):
    run("grant", "--purpose", "marketing", "--channel", "website")
    (place,) = publish(home, "web.jpg")
    code, out, _ = run("due")
    assert (code, out.strip()) == (0, "nothing is out without a consent that holds")
    run("withdraw", "--purpose", "marketing")
    code, out, _ = run("due")
    assert code == 0
    assert place in out
    code, out, _ = run("due", "--json", "-")
    (told,) = json.loads(out)["take_down"]
    assert told["files"][0]["where"] == place
    run("taken-down", "--export", told["export"])
    assert "nothing is out" in run("due")[1]
