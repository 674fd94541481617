"""Who a clinic signs as: one identity, sealed in the record, replaced by an administrator only."""

from __future__ import annotations

import base64
import hashlib
import textwrap
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from progress.model import BadInput, StoreError
from progress.model.people import OPERATOR
from progress.pipeline import signing_certificates
from progress.pipeline.clinic import Clinic
from progress.pipeline.keeping import back_up_record, restore_record
from progress.pipeline.signing_identity import (
    SigningIdentity,
    clinic_identity,
    fingerprint_of,
    replace_identity,
)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        yield clinic


def test_an_identity_is_the_same_after_being_written_and_read() -> None:
    made = SigningIdentity.new("Zoë's Clinic")
    assert SigningIdentity.from_pem(made.to_pem()) == made
    assert "PRIVATE" not in repr(made)
    Ed25519PublicKey.from_public_bytes(made.public_key).verify(made.sign(b"told"), b"told")


def test_the_fingerprint_is_the_digest_of_the_public_key_in_groups() -> None:
    made = SigningIdentity.new()
    digits = hashlib.sha256(made.public_key).hexdigest()
    assert made.fingerprint().replace(" ", "") == digits
    assert {len(group) for group in made.fingerprint().split(" ")} == {8}
    assert fingerprint_of(SigningIdentity.new().public_key) != made.fingerprint()


@pytest.mark.parametrize("name", ["", "  ", "a" * 65, "two\nlines"])
def test_a_name_that_no_certificate_holds_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="expected a name of 1 to 64 letters"):
        SigningIdentity.new(name)


@pytest.mark.parametrize("text", ["", "nothing", '{"organisation": "x", "self_made": true}\n'])
def test_something_else_is_no_identity(text: str) -> None:
    with pytest.raises(BadInput, match="signing identity: expected a name, two keys"):
        SigningIdentity.from_pem(text)


def test_a_clinic_has_one_identity_and_its_keys_lie_nowhere_in_the_open(
    clinic: Clinic, tmp_path: Path
) -> None:
    made = clinic_identity(clinic)
    assert clinic_identity(clinic) == made
    secret = made.pack_key_pem.splitlines()[1].encode()
    for path in (tmp_path / "home").rglob("*"):
        if path.is_file():
            assert b"PRIVATE KEY" not in path.read_bytes()
            assert secret not in path.read_bytes()


def test_of_many_that_ask_at_once_all_get_the_same(clinic: Clinic, tmp_path: Path) -> None:
    begin, got = threading.Barrier(4), list[str]()

    def ask() -> None:
        # A door of their own each, as processes have.
        with Clinic.open(tmp_path / "home", caller=OPERATOR) as own:
            begin.wait(timeout=30)
            got.append(clinic_identity(own).to_pem())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(got) == 4
    assert set(got) == {clinic_identity(clinic).to_pem()}
    assert [line.detail for line in clinic.audit() if line.action == "sign export"] == [
        "signing identity made"
    ]


def test_the_identity_survives_a_backup_and_its_restore(clinic: Clinic, tmp_path: Path) -> None:
    made = clinic_identity(clinic)
    back_up_record(clinic, tmp_path / "backup", with_key=True)
    restore_record(tmp_path / "backup", tmp_path / "again")
    with Clinic.open(tmp_path / "again", caller=OPERATOR) as again:
        assert clinic_identity(again) == made


def test_what_somebody_changed_in_the_database_is_not_signed_with(clinic: Clinic) -> None:
    clinic_identity(clinic)
    with clinic._store.work() as work:
        work.save_setting("signing/identity", "AAAA")
    with pytest.raises(StoreError, match="expected what the record's key sealed"):
        clinic_identity(clinic)


def test_a_sealed_setting_cannot_be_moved_under_another_name(clinic: Clinic) -> None:
    from progress.store.sealed_settings import save_sealed_setting, sealed_setting

    with clinic._store.work() as work:
        save_sealed_setting(work, "one", b"secret")
        work.save_setting("two", work.setting("one") or "")
        assert sealed_setting(work, "one") == b"secret"
        assert sealed_setting(work, "none") is None
        with pytest.raises(StoreError, match="setting two: expected what the record's key sealed"):
            sealed_setting(work, "two")


def test_a_new_name_keeps_the_published_fingerprint_and_a_new_key_does_not(clinic: Clinic) -> None:
    first = clinic_identity(clinic)
    named = replace_identity(clinic, organisation="Fern Clinic")
    assert named.organisation == "Fern Clinic"
    assert named.fingerprint() == first.fingerprint()
    assert named.root_pem != first.root_pem
    assert clinic_identity(clinic) == named
    other = replace_identity(clinic, new_key=True)
    assert other.organisation == "Fern Clinic"
    assert other.fingerprint() != first.fingerprint()


def test_certificates_of_an_authority_are_taken_and_shown_as_such(clinic: Clinic) -> None:
    authority = SigningIdentity.new("An Authority")
    words = "Bag Attributes: somebody's login\n"
    taken = replace_identity(
        clinic,
        organisation="Fern Clinic",
        chain_pem=words + authority.chain_pem,
        key_pem=words + authority.chain_key_pem,
    )
    assert (taken.self_made, taken.chain_pem) == (False, authority.chain_pem)
    assert clinic_identity(clinic) == taken


def test_certificates_that_cannot_sign_pictures_are_refused_and_nothing_is_kept(
    clinic: Clinic,
) -> None:
    kept, one, two = clinic_identity(clinic), SigningIdentity.new("one"), SigningIdentity.new("two")
    leaf, root = one.chain_pem.split("-----END CERTIFICATE-----\n")[:2]
    end = "-----END CERTIFICATE-----\n"
    refused = {
        "expected a chain and its key": (one.chain_pem, None),
        "expected the key of the first": (one.chain_pem, two.chain_key_pem),
        "expected a P-256 key": (one.chain_pem, one.pack_key_pem),
        "expected PEM certificates": ("nothing", one.chain_key_pem),
        "chain: expected PEM certificates": (of_no_version(one.chain_pem), one.chain_key_pem),
        "expected each certificate followed by": (leaf + end + two.root_pem, one.chain_key_pem),
        "expected one for e-mail protection": (root + end, one.chain_key_pem),
    }
    for words, (chain, key) in refused.items():
        with pytest.raises(BadInput, match=words):
            replace_identity(clinic, chain_pem=chain, key_pem=key)
    assert clinic_identity(clinic) == kept


def of_no_version(chain_pem: str) -> str:
    """The first certificate with a version that there is none of."""
    lines = chain_pem[: chain_pem.index("-----END")].splitlines()
    der = bytearray(base64.b64decode("".join(lines[1:])))
    assert der[12] == 2, "the third version, of RFC 5280"
    der[12] = 10
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"{lines[0]}\n{body}\n-----END CERTIFICATE-----\n"


def test_certificates_that_have_run_out_sign_nothing(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(signing_certificates, "_SLACK", timedelta(days=4000))
        old = clinic_identity_without_check(clinic)
    assert old.valid_until < datetime.now(UTC)
    with pytest.raises(StoreError, match="got ones that have run out"):
        clinic_identity(clinic)
    with pytest.raises(BadInput, match="got ones that have run out"):
        replace_identity(clinic, chain_pem=old.chain_pem, key_pem=old.chain_key_pem)
    renewed = replace_identity(clinic)
    assert clinic_identity(clinic).fingerprint() == renewed.fingerprint() == old.fingerprint()


def clinic_identity_without_check(clinic: Clinic) -> SigningIdentity:
    """An identity made long ago."""
    return replace_identity(clinic)
