"""An evidence pack tells everything and nobody's name, and the same contents make the same pack."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import made_pack as made
import pytest
from PIL import Image

from progress.exports.evidence import write_pack
from progress.exports.evidence_archive import canonical_json, read_json, write_archive
from progress.exports.evidence_check import check_pack
from progress.exports.evidence_contents import EvidenceFile, consent_reference
from progress.exports.evidence_pixels import picture_pixels
from progress.model import BadInput
from progress.model.consent import Channel, Consent, Grant, Purpose, Use

NAMES = {
    "manifest.json", "manifest.sig", "signer.json", "picture.jpg", "recipe.json",
    "certificate.json", "measurements.json", "asset-1", "original-1.jpg", "original-2.jpg",
}  # fmt: skip


def manifest_of(pack: bytes) -> dict[str, object]:
    told = json.loads(made.files_of(pack)["manifest.json"])
    assert isinstance(told, dict)
    return told


def test_a_pack_holds_everything_under_names_that_tell_nothing() -> None:
    with zipfile.ZipFile(io.BytesIO(made.pack())) as archive:
        assert set(archive.namelist()) == NAMES
        assert archive.comment == b""
        for member in archive.infolist():
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
            assert (member.comment, member.extra) == (b"", b"")


def test_any_program_unpacks_it() -> None:
    with zipfile.ZipFile(io.BytesIO(made.pack())) as archive:
        assert archive.testzip() is None


def test_the_same_contents_make_the_same_bytes() -> None:
    contents = made.contents_of()
    assert write_pack(contents, made.identity()) == write_pack(contents, made.identity())


def test_what_is_signed_is_all_that_the_picture_rests_on() -> None:
    told = manifest_of(made.pack())
    assert told["format"] == "progress.evidence/1"
    assert told["labels"] == [
        "5 January 2026", "22 June 2026", "individual results vary", "2 mm", "2 mm",
    ]  # fmt: skip
    assert {"skin-progress", "pillow", "opencv-python-headless", "numpy"} <= set(told["software"])  # type: ignore[call-overload]
    assert told["metrics"] == {"redness": 1}
    assert told["consent"]["document_sha256"] == "d" * 64  # type: ignore[index]
    assert told["simulated"] is False
    assert [one["taken_on"] for one in told["dates"]] == ["2026-01-05", "2026-06-22"]  # type: ignore[attr-defined]


def test_nothing_in_a_pack_says_who_the_client_is() -> None:
    for included in (True, False):
        pack = made.pack(included=included).lower()
        for secret in (*made.SECRETS, "zimmer", tempfile.gettempdir(), "site-packages", "10:02:31"):
            assert secret.lower().encode() not in pack
            assert secret.lower().encode("utf-16-le") not in pack


def test_the_exported_picture_carries_no_metadata_but_its_credentials() -> None:
    with Image.open(io.BytesIO(made.files_of(made.pack())["picture.jpg"])) as picture:
        assert not picture.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp", "photoshop"} & set(picture.info)


@pytest.mark.parametrize(
    ("exif", "reason"),
    [
        ({0x8825: {1: "N", 2: (47.0, 22.0, 1.0)}}, "the file says where it was taken"),
        ({0x013B: "Anna Zimmer"}, "the file holds a name"),
        ({0x010F: "A maker"}, ""),
    ],
)
def test_an_original_that_names_a_place_or_a_person_stays_out(
    exif: dict[int, object], reason: str
) -> None:
    shots = (made.original(1, exif=exif), made.original(2))
    pack = write_pack(made.contents_of(shots), made.identity())
    first, second = manifest_of(pack)["originals"]  # type: ignore[misc]
    assert (first["reason"], first["included"]) == (reason, not reason)  # type: ignore[has-type]
    assert second["included"]  # type: ignore[has-type]
    assert ("original-1.jpg" in made.files_of(pack)) is not reason or reason


def test_without_the_client_s_word_no_original_is_in_it() -> None:
    files = made.files_of(made.pack(included=False))
    assert set(files) == NAMES - {"original-1.jpg", "original-2.jpg"}
    told = manifest_of(made.pack(included=False))
    assert {one["reason"] for one in told["originals"]} == {  # type: ignore[attr-defined]
        "the consent does not hand originals on"
    }


@pytest.mark.parametrize(
    "fact",
    [
        "for anna zimmer's wedding",
        "ANNA  ZIMMER",
        "see (Anna Zimmer)",
        "zimmer_before.jpg",
        "\uff21nna Zimmer",
    ],
)
def test_a_fact_that_names_somebody_stops_the_pack(fact: str) -> None:
    contents = replace(made.contents_of(), treatment={"note": [fact]})
    with pytest.raises(BadInput, match=r"got it in manifest\.json") as told:
        write_pack(contents, made.identity())
    assert "zimmer" not in str(told.value).lower()


def test_an_asset_that_names_somebody_stops_the_pack() -> None:
    whole = made.contents_of()
    font = b"\0\1made by ANNA ZIMMER\0"
    contents = replace(whole, assets={**whole.assets, made.digest(font): font})
    with pytest.raises(BadInput, match="got it in asset-"):
        write_pack(contents, made.identity())


def test_a_page_that_names_somebody_stops_the_pack() -> None:
    whole = made.contents_of()
    page = EvidenceFile(b"<title>Anna Zimmer</title>", "html")
    with pytest.raises(BadInput, match=r"got it in picture-2\.html"):
        write_pack(replace(whole, files=(*whole.files, page)), made.identity())


@pytest.mark.parametrize(
    "words", [("red", "a"), ("Fern Clinic", "website", "Marketing", "redness", "fern")]
)
def test_a_word_within_another_and_a_word_of_ours_name_nobody(words: tuple[str, ...]) -> None:
    contents = replace(made.contents_of(), never=words)
    assert b"redness" in write_pack(contents, made.identity())


def test_contents_that_lack_an_original_or_asset_are_refused() -> None:
    whole = made.contents_of()
    with pytest.raises(ValueError, match="expected every original of the recipes"):
        replace(whole, photos=whole.photos[:1])
    with pytest.raises(ValueError, match="expected every asset of the recipes"):
        replace(whole, assets={})
    with pytest.raises(ValueError, match="expected a time with its zone"):
        replace(whole, made_at=whole.made_at.replace(tzinfo=None))
    with pytest.raises(ValueError, match="expected an id"):
        replace(whole, export_id="Anna Zimmer")
    swapped = replace(whole.photos[0], original=whole.photos[1].original)
    with pytest.raises(ValueError, match="expected the bytes of its digest"):
        write_pack(replace(whole, photos=(swapped, whole.photos[1])), made.identity())


def test_a_video_or_page_goes_in_by_its_digest_alone(tmp_path: Path) -> None:
    whole = made.contents_of()
    page = EvidenceFile(b"<!doctype html>", "html")
    (tmp_path / "pack.zip").write_bytes(
        write_pack(replace(whole, files=(*whole.files, page)), made.identity())
    )
    found = check_pack(tmp_path / "pack.zip")
    assert found.ok
    assert found.remade
    assert "page or video shows these pictures is the signer's word" in found.sentence
    assert "picture-2.html" in made.files_of((tmp_path / "pack.zip").read_bytes())


def test_the_consent_is_told_without_whose_it_is() -> None:
    consent = Consent(
        id="c1", client_id="fern-the-client", purpose=Purpose.MARKETING, channel=Channel.WEBSITE,
        photos=("a" * 64,), with_face=False, granted_on=made.DAYS[0], expires_on=None,
        withdrawn_at=None, region="left_cheek", jurisdiction="GB", document_sha256="d" * 64,
        text_version="2", recorded_by=made.SECRETS[2],
        recorded_at=made.contents_of().made_at.replace(tzinfo=None), with_originals=True,
    )  # fmt: skip
    use = Use(Purpose.MARKETING, Channel.WEBSITE, ("a" * 64,), "left_cheek", jurisdiction="GB")
    told = consent_reference(Grant("fern-the-client", use, consent.recorded_at, (consent,)))
    assert told["asked_on"] == "2026-07-01"
    assert told["consents"][0]["document_sha256"] == "d" * 64
    assert told["with_originals"] is True
    for secret in ("fern-the-client", made.SECRETS[2]):
        assert secret not in str(told)


def test_archives_take_plain_names_only() -> None:
    for name in ("../up", "a/b", "Anna.jpg", "", "a" * 61, "x."):
        with pytest.raises(ValueError, match="expected a plain file name"):
            write_archive({name: b""})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"a": 1, "a": 2}', "every key once"),
        (b'{"a": NaN}', "expected numbers"),
        (b"[" * 100_000, "less deeply nested"),
        (b"\xff", "decode"),
    ],
)
def test_texts_are_read_strictly(text: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_json(text)


def test_json_is_written_in_one_way() -> None:
    assert canonical_json({"b": "ü", "a": 1}) == '{\n "a": 1,\n "b": "ü"\n}\n'.encode()


@pytest.mark.parametrize("data", [b"", b"not a picture", made.logo(), made.original(1)[:900]])
def test_what_is_no_whole_jpeg_has_no_pixels(data: bytes) -> None:
    with pytest.raises(ValueError, match="expected a JPEG"):
        picture_pixels(data)
