"""No sequence of grant, expiry, withdrawal and edit leads to a file without a valid consent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from export_house import DOCUMENT, House, made
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from progress.model import BadInput, NotAllowed, StoreError
from progress.model.consent import Channel, Grant, Purpose
from progress.model.exports import BY_DOWNLOAD, Outgoing
from progress.pipeline import clinic_consents, clinic_exports
from progress.store.erasing import erase_photo


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = made(tmp_path)
    with house.clinic:
        yield house


def test_an_export_needs_a_consent_and_is_noted_with_place_digest_and_consent(house: House):
    given = house.give()
    target = house.export(house.clinic.ask_grant(house.fern, house.use()))
    assert target.read_bytes() == b"pixels"
    (noted,) = house.clinic.exports(house.fern)
    assert noted.consents == (given.id,)
    assert noted.files[0].place == str(target.resolve())
    assert noted.files[0].sha256 == Outgoing("", b"pixels").sha256
    assert set(noted.photos) == set(house.photos[house.fern])
    assert list(house.out.iterdir()) == [target]


def test_a_forged_grant_opens_nothing(house: House):
    forged = Grant(house.fern, house.use(), clinic_exports.now(), ())
    with pytest.raises(NotAllowed, match="expected the client's consent for every picture"):
        house.export(forged)
    assert not list(house.out.iterdir())
    assert house.clinic.exports(house.fern) == ()


def test_a_grant_of_one_client_lets_nothing_of_another_out(house: House):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    with pytest.raises(NotAllowed, match="expected the consent of this client"):
        house.clinic.release(house.ivy, [], grant=grant, kind="comparison")
    with pytest.raises(NotAllowed, match="expected pictures of this client"):
        house.clinic.ask_grant(house.fern, house.use(house.ivy))


def test_a_grant_of_another_day_is_asked_again(house: House, monkeypatch):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    tomorrow = clinic_exports.now() + timedelta(days=1)
    monkeypatch.setattr(clinic_exports, "now", lambda: tomorrow)
    with pytest.raises(NotAllowed, match="expected a consent that was asked for today"):
        house.export(grant)
    assert not list(house.out.iterdir())


@pytest.mark.parametrize(
    ("given", "asked", "says"),
    [
        ({"purpose": Purpose.TEACHING}, {}, "expected the client's consent for every picture"),
        ({"channel": Channel.PRINT}, {}, "expected a consent for the channel website, got print"),
        ({"jurisdiction": "AU"}, {"jurisdiction": "GB"}, "expected a consent for GB, got AU"),
        ({"region": "chin"}, {}, "expected a consent for the whole picture, got chin"),
        ({"region": "chin"}, {"region": "nose"}, "expected a consent for nose, got chin"),
        ({}, {"with_face": True}, "allowed no picture in which the face is known"),
        ({"granted_on": date(2099, 1, 1)}, {}, "got one that begins on 2099-01-01"),
        (
            {"granted_on": date(2020, 1, 1), "expires_on": date(2020, 2, 1)},
            {},
            "got one that ended on 2020-02-01",
        ),
    ],
)
def test_what_was_not_allowed_is_named_in_one_line(house: House, given, asked, says):
    house.give(**given)
    with pytest.raises(NotAllowed, match=says) as refused:
        house.clinic.ask_grant(house.fern, house.use(**asked))
    assert "\n" not in str(refused.value)


def test_one_picture_without_consent_stops_all(house: House):
    house.give(photo_ids=house.ids[house.fern][:1])
    with pytest.raises(NotAllowed, match="every picture, got none"):
        house.clinic.ask_grant(house.fern, house.use())
    house.give(photo_ids=house.ids[house.fern][1:])
    assert len(house.clinic.ask_grant(house.fern, house.use()).consents) == 2


@pytest.mark.parametrize(
    ("birth_year", "says"),
    [(None, "got no year of birth"), (clinic_exports.now().year - 18, "expected an adult")],
)
def test_marketing_is_for_known_adults_only(house: House, birth_year, says):
    house.give()
    house.born(birth_year)
    with pytest.raises(NotAllowed, match=says):
        house.clinic.ask_grant(house.fern, house.use())


def test_a_minor_cannot_consent_to_marketing(house: House):
    house.born(clinic_exports.now().year - 17)
    with pytest.raises(NotAllowed, match="expected an adult for marketing"):
        house.give()


def test_a_withdrawal_names_what_must_come_down_and_what_stays(house: House):
    website, printed = house.give(), house.give(channel=Channel.PRINT)
    house.export(house.clinic.ask_grant(house.fern, house.use()), "web.jpg")
    house.export(house.clinic.ask_grant(house.fern, house.use(channel=Channel.PRINT)), "flyer.jpg")
    house.clinic.release_record(
        house.fern,
        [Outgoing("report.pdf", b"report")],
        kind="clinical report",
        photos=house.photos[house.fern],
    )
    receipt = house.clinic.withdraw_consent(house.fern, website.id)
    assert [one.files[0].name for one in receipt.take_down] == ["web.jpg"]
    assert [one.files[0].name for one in receipt.stays] == ["flyer.jpg", "report.pdf"]
    assert receipt.stays[1].files[0].place == BY_DOWNLOAD
    told = receipt.to_dict()
    assert told["take_down"][0]["files"][0]["where"] == str((house.out / "web.jpg").resolve())
    assert told["receipt"] != replace(receipt, by="another").to_dict()["receipt"]
    house.clinic.note_taken_down(house.fern, receipt.take_down[0].id)
    assert house.clinic.exports(house.fern)[0].taken_down_at is not None
    assert (
        printed.id
        in house.clinic.ask_grant(house.fern, house.use(channel=Channel.PRINT)).consents[0].id
    )
    with pytest.raises(NotAllowed, match="the client's consent was withdrawn"):
        house.clinic.ask_grant(house.fern, house.use())


def test_what_is_out_without_a_consent_is_due_until_it_is_noted_as_down(house: House, monkeypatch):
    ends = clinic_exports.now().date() + timedelta(days=3)
    short, printed = house.give(expires_on=ends), house.give(channel=Channel.PRINT)
    house.export(house.clinic.ask_grant(house.fern, house.use()), "web.jpg")
    house.export(house.clinic.ask_grant(house.fern, house.use(channel=Channel.PRINT)), "flyer.jpg")
    house.clinic.release_record(house.fern, [Outgoing("report.pdf", b"r")], kind="clinical report")
    assert house.clinic.take_down_due() == ()
    house.clinic.withdraw_consent(house.fern, printed.id)
    assert [one.files[0].name for one in house.clinic.take_down_due()] == ["flyer.jpg"]
    later = clinic_exports.now() + timedelta(days=4)
    for module in (clinic_consents, clinic_exports):
        monkeypatch.setattr(module, "now", lambda: later)
    web, flyer = house.clinic.take_down_due()
    assert (web.consents, web.files[0].name) == ((short.id,), "web.jpg")
    house.clinic.note_taken_down(house.fern, flyer.id)
    assert house.clinic.take_down_due() == (web,)


def test_one_picture_taken_back_leaves_the_others_allowed(house: House):
    given = house.give()
    first, second = house.photos[house.fern]
    house.export(house.clinic.ask_grant(house.fern, house.use(photos=(second,))), "second.jpg")
    house.export(house.clinic.ask_grant(house.fern, house.use()), "both.jpg")
    receipt = house.clinic.withdraw_consent(house.fern, given.id, photos=[first])
    assert [one.files[0].name for one in receipt.take_down] == ["both.jpg"]
    house.clinic.ask_grant(house.fern, house.use(photos=(second,)))
    with pytest.raises(NotAllowed, match="was withdrawn"):
        house.clinic.ask_grant(house.fern, house.use())
    house.clinic.withdraw_consent(house.fern, given.id, photos=[second])
    assert house.clinic.consents(house.fern)[0].withdrawn_at is not None


def test_what_was_signed_lies_sealed_and_comes_back(house: House):
    given = house.give(media_type="application/pdf")
    kept = house.clinic.consent_document(house.fern, given.id)
    assert kept is not None
    assert (kept.data, kept.media_type) == (DOCUMENT, "application/pdf")
    with pytest.raises(StoreError, match="expected a consent of the record"):
        house.clinic.consent_document(house.ivy, given.id)
    with house.clinic._store.reading() as record:
        raw = record._connection.exec_driver_sql("SELECT sealed FROM consent_documents").scalar()
    assert DOCUMENT.decode() not in raw


def test_a_place_that_cannot_be_written_leaves_neither_file_nor_note(house: House):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    files = [
        Outgoing("a.jpg", b"a", house.out / "a.jpg"),
        Outgoing("b.jpg", b"b", house.out / "missing" / "b.jpg"),
    ]
    with pytest.raises(BadInput, match="expected a place to write to"):
        house.clinic.release(house.fern, files, grant=grant, kind="comparison")
    assert not list(house.out.iterdir())
    assert house.clinic.exports(house.fern) == ()


def test_in_a_race_the_file_is_on_the_take_down_list_or_there_is_none(tmp_path: Path):
    for turn in range(12):
        (tmp_path / str(turn)).mkdir()
        house = made(tmp_path / str(turn))
        with house.clinic:
            given = house.give()
            grant = house.clinic.ask_grant(house.fern, house.use())
            start, receipts, refused = threading.Barrier(2), [], []

            def publish(house=house, grant=grant, start=start, refused=refused) -> None:
                start.wait()
                try:
                    house.export(grant)
                except NotAllowed as error:
                    refused.append(error)

            def take_back(house=house, given=given, start=start, receipts=receipts) -> None:
                start.wait()
                receipts.append(house.clinic.withdraw_consent(house.fern, given.id))

            threads = [threading.Thread(target=one) for one in (publish, take_back)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            there = [path.name for path in house.out.iterdir()]
            listed = [one.files[0].name for one in receipts[0].take_down]
            assert there == listed
            assert bool(refused) is not bool(there)


class Sequences(RuleBasedStateMachine):
    """Gives, ends, edits and exports in any order; a plain model says what is allowed."""

    folder: Path
    count = 0

    @initialize()
    def begin(self) -> None:
        Sequences.count += 1
        place = Sequences.folder / str(Sequences.count)
        place.mkdir()
        self.house = made(place)
        self.clock = clinic_exports.now()
        self.given: list[dict] = []
        self.adult = True
        self.there = set(self.house.photos[self.house.fern])
        self.grants: list[Grant] = []
        self.files = 0

    def teardown(self) -> None:
        self.house.clinic.close()

    def _now(self) -> datetime:
        return self.clock

    def _patched(self):
        patch = pytest.MonkeyPatch()
        for module in (clinic_consents, clinic_exports):
            patch.setattr(module, "now", self._now)
        return patch

    def _allowed(self, channel: Channel, photos: tuple[str, ...]) -> bool:
        today = self.clock.date()
        return self.adult and all(
            sha256 in self.there
            and any(
                one["channel"] is channel
                and sha256 in one["photos"]
                and one["from"] <= today <= one["to"]
                for one in self.given
            )
            for sha256 in photos
        )

    @rule(
        channel=st.sampled_from([Channel.WEBSITE, Channel.PRINT]),
        which=st.sampled_from([(0,), (1,), (0, 1)]),
        days=st.integers(0, 3),
        purpose=st.sampled_from([Purpose.MARKETING, Purpose.TEACHING]),
    )
    def give(self, channel: Channel, which: tuple[int, ...], days: int, purpose: Purpose) -> None:
        house, today = self.house, self.clock.date()
        there = all(house.photos[house.fern][n] in self.there for n in which)
        patch = self._patched()
        try:
            given = house.give(
                purpose=purpose,
                channel=channel,
                photo_ids=[house.ids[house.fern][n] for n in which],
                expires_on=today + timedelta(days=days),
            )
        except NotAllowed:
            assert not self.adult
            return
        except StoreError:
            assert not there
            return
        finally:
            patch.undo()
        assert there
        if purpose is Purpose.MARKETING:
            self.given.append(
                {
                    "id": given.id,
                    "channel": channel,
                    "photos": {house.photos[house.fern][n] for n in which},
                    "from": today,
                    "to": today + timedelta(days=days),
                }
            )

    @rule(pick=st.integers(0, 9), only=st.sampled_from([None, 0, 1]))
    def take_back(self, pick: int, only: int | None) -> None:
        if not self.given:
            return
        one = self.given[pick % len(self.given)]
        photos = None if only is None else [self.house.photos[self.house.fern][only]]
        patch = self._patched()
        self.house.clinic.withdraw_consent(self.house.fern, one["id"], photos=photos)
        patch.undo()
        one["photos"] -= set(one["photos"] if photos is None else photos)

    @rule()
    def give_by_another_client(self) -> None:
        """It allows nothing of fern's."""
        patch = self._patched()
        self.house.give(self.house.ivy)
        patch.undo()

    @rule(which=st.sampled_from([0, 1]))
    def erase_a_picture(self, which: int) -> None:
        sha256 = self.house.photos[self.house.fern][which]
        with self.house.clinic._store.work() as work:
            for session in work.sessions(self.house.fern):
                if sha256 in {photo.sha256 for photo in session.photos}:
                    erase_photo(work, session.id, sha256)
        self.there.discard(sha256)

    @rule(days=st.integers(1, 2))
    def wait(self, days: int) -> None:
        self.clock += timedelta(days=days)

    @rule()
    def change_age(self) -> None:
        self.adult = not self.adult
        self.house.born(1980 if self.adult else self.clock.year - 17)

    @rule(
        channel=st.sampled_from([Channel.WEBSITE, Channel.PRINT]),
        which=st.sampled_from([(0,), (1,), (0, 1)]),
    )
    def ask(self, channel: Channel, which: tuple[int, ...]) -> None:
        photos = tuple(self.house.photos[self.house.fern][n] for n in which)
        patch = self._patched()
        try:
            use = self.house.use(channel=channel, photos=photos)
            self.grants.append(self.house.clinic.ask_grant(self.house.fern, use))
        except NotAllowed:
            assert not self._allowed(channel, photos)
        else:
            assert self._allowed(channel, photos)
        finally:
            patch.undo()

    @rule(pick=st.integers(0, 9))
    def export(self, pick: int) -> None:
        """With any grant that was ever made, however stale."""
        if not self.grants:
            return
        grant = self.grants[pick % len(self.grants)]
        fresh = grant.asked_at.date() == self.clock.date()
        allowed = fresh and self._allowed(grant.use.channel, grant.use.photos)
        name = f"{self.files}.jpg"
        patch = self._patched()
        try:
            self.house.export(grant, name)
        except NotAllowed:
            assert not allowed
            assert not (self.house.out / name).exists()
        else:
            assert allowed
            self.files += 1
        finally:
            patch.undo()

    @invariant()
    def every_file_is_listed(self) -> None:
        if not hasattr(self, "house"):
            return
        assert self.house.clinic.exports(self.house.ivy) == ()
        there = {path.name for path in self.house.out.iterdir()}
        listed = {one.files[0].name for one in self.house.clinic.exports(self.house.fern)}
        assert there == listed


def test_no_sequence_leads_to_a_file_without_a_valid_consent(tmp_path: Path):
    Sequences.folder = tmp_path
    Sequences.count = 0
    run_state_machine_as_test(
        Sequences,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
