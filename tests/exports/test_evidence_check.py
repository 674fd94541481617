"""Whatever is altered in an evidence pack shows, and a hostile file harms nobody."""

from __future__ import annotations

import base64
import io
import json
import stat
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import made_pack as made
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from progress.exports import evidence_story
from progress.exports.credentials import (
    CredentialFacts,
    Credentials,
    read_credentials,
    with_credentials,
)
from progress.exports.evidence import write_pack
from progress.exports.evidence_archive import canonical_json
from progress.exports.evidence_check import check_pack
from progress.exports.evidence_originals import originals_in_folder
from progress.exports.evidence_pixels import picture_pixels
from progress.exports.evidence_verdict import Answer, PackCheck, plain_words
from progress.exports.render import encode
from progress.model import BadInput
from progress.pipeline.signing_identity import SigningIdentity

Files = dict[str, bytes]


def check(pack: bytes, folder: Path, **named: Any) -> PackCheck:
    (folder / "pack.zip").write_bytes(pack)
    return check_pack(folder / "pack.zip", **named)


def failed(found: PackCheck) -> set[str]:
    return {row.name for row in found.rows if row.answer is Answer.FAILED}


def test_a_whole_pack_passes_every_check(tmp_path: Path) -> None:
    found = check(made.pack(), tmp_path, signer=made.identity().fingerprint())
    assert {row.answer for row in found.rows} == {Answer.OK}
    assert found.ok
    assert found.remade
    assert found.organisation == "Fern Clinic"
    assert found.export_id == made.EXPORT
    assert "are the same bit for bit" in found.sentence
    assert "Anybody can sign" not in found.sentence
    assert json.loads(json.dumps(found.to_dict()))["format"] == "progress.evidence-check/1"


def test_without_originals_it_says_what_was_not_proven(tmp_path: Path) -> None:
    found = check(made.pack(included=False), tmp_path)
    assert found.ok
    assert not found.remade
    assert "were not made again" in found.sentence
    assert "signer's word" in found.sentence
    assert "compare the fingerprint" in found.sentence


def test_originals_from_a_folder_make_the_pixels_again_whatever_their_names(tmp_path: Path) -> None:
    photos = tmp_path / "photos" / "deep"
    photos.mkdir(parents=True)
    (photos / "b.bin").write_bytes(made.original(1))
    (photos / "a").write_bytes(made.original(2))
    (photos / "other.jpg").write_bytes(made.original(3))
    (photos / "link").symlink_to(photos / "a")
    found = check(
        made.pack(included=False),
        tmp_path,
        originals=lambda wanted: originals_in_folder(tmp_path / "photos", wanted),
    )
    assert found.ok
    assert found.remade


def test_one_missing_original_is_not_possible_and_a_false_one_fails(tmp_path: Path) -> None:
    only = {made.digest(made.original(1)): made.original(1)}
    found = check(made.pack(included=False), tmp_path, originals=lambda _: only)
    assert found.ok
    assert "1 of 2 originals are not here" in str(found.rows)
    false = {made.digest(made.original(n)): made.original(3) for n in (1, 2)}
    found = check(made.pack(included=False), tmp_path, originals=lambda _: false)
    assert failed(found) == {"pixels made again"}


def other_picture(files: Files) -> bytes:
    """The exported picture with one pixel brighter, encoded and sealed with credentials again."""
    pixels = picture_pixels(files["picture.jpg"])
    pixels[60, 60] = np.minimum(pixels[60, 60].astype(int) + 40, 255)
    contents = made.contents_of()
    recipe = contents.files[0].recipe
    assert recipe is not None
    return with_credentials(
        encode(recipe, pixels), made.identity(), CredentialFacts(made.EXPORT, recipe)
    )


def bare_picture() -> bytes:
    """The same pixels, as they were before the credentials came in."""
    return made.without_credentials(made.contents_of()).files[0].data


def text(files: Files, name: str, change: Callable[[Any], None]) -> Files:
    """The files with one text changed."""
    told = json.loads(files[name])
    change(told)
    return files | {name: canonical_json(told)}


def in_file(name: str, change: Callable[[Any], None]) -> Callable[[Files], bytes]:
    return lambda files: made.laid_out(text(files, name, change))


def and_resigned(name: str, change: Callable[[Any], None]) -> Callable[[Files], bytes]:
    return lambda files: made.resigned(text(files, name, change))


def in_manifest(change: Callable[[dict[str, Any]], None]) -> Callable[[Files], bytes]:
    """The signer itself says something else than the rest of the pack."""
    return lambda files: made.resigned(files, change)


STRANGER = SigningIdentity.new("Fern Clinic")


def signed_by_another(files: Files) -> bytes:
    """Another key under the same name; the picture stays as it was."""
    new = text(
        files,
        "signer.json",
        lambda told: told.update(json.loads(made.files_of(_theirs())["signer.json"])),
    )
    return made.resigned(
        new,
        lambda manifest: manifest["signer"].update(fingerprint=STRANGER.fingerprint()),
        by=STRANGER,
    )


def _theirs() -> bytes:
    return write_pack(made.contents_of(signer=STRANGER), STRANGER)


def swapped_original(files: Files) -> bytes:
    return made.laid_out(files | {"original-1.jpg": made.original(3)})


def swapped_and_resigned(files: Files) -> bytes:
    return made.resigned(files | {"original-1.jpg": made.original(3)})


def _set(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda told: told.update(values)


def _first(key: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda told: told[key][0].update(values)


def picture_and_digests(files: Files) -> bytes:
    """One pixel altered, and everything that only needs the clinic's key made to fit."""
    from progress.exports.evidence_pixels import pixels_sha256

    new = files | {"picture.jpg": other_picture(files)}
    return made.resigned(
        new,
        _first(
            "exported",
            sha256=made.digest(new["picture.jpg"]),
            pixels_sha256=pixels_sha256(picture_pixels(new["picture.jpg"])),
        ),
    )


ALTERED: dict[str, tuple[Callable[[Files], bytes], set[str]]] = {
    # By somebody without the clinic's key.
    "one pixel": (
        lambda files: made.laid_out(files | {"picture.jpg": other_picture(files)}),
        {"files", "exported pixels", "pixels made again", "content credentials"},
    ),
    "the credentials taken out": (
        lambda files: made.laid_out(files | {"picture.jpg": bare_picture()}),
        {"files", "exported pixels", "content credentials"},
    ),
    "a label of the manifest": (
        in_file("manifest.json", lambda told: told["labels"].__setitem__(2, "results for all")),
        {"signature", "labels and dates"},
    ),
    "a label of the recipe": (
        in_file("recipe.json", lambda told: told["drawn"][0].update(words="5 January 2025")),
        {"files", "pixels made again", "labels and dates", "content credentials"},
    ),
    "a date of the manifest": (
        in_file("manifest.json", _first("dates", taken_on="2026-03-05")),
        {"signature", "labels and dates"},
    ),
    "a date of the certificate": (
        in_file(
            "certificate.json", lambda told: told["baseline"].update(caption="baseline, 2026-03-05")
        ),
        {"files", "labels and dates"},
    ),
    "a figure of the measurements": (
        in_file("measurements.json", _first("changes", change=-0.19)),
        {"files"},
    ),
    "the verdict of the certificate": (
        in_file("certificate.json", lambda told: told["comparability"].update(verdict="limited")),
        {"files", "same photographs"},
    ),
    "the time": (
        in_file("manifest.json", _set(made_at="2025-07-01T09:30:00+00:00")),
        {"signature"},
    ),
    "the consent": (
        in_file("manifest.json", lambda told: told["consent"].update(channel="print")),
        {"signature"},
    ),
    "the organisation": (
        in_file("signer.json", _set(organisation="Ivy Clinic")),
        {"signature", "files"},
    ),
    "a swapped original": (swapped_original, {"files", "originals", "pixels made again"}),
    "a file taken out": (
        lambda files: made.laid_out({n: d for n, d in files.items() if n != "measurements.json"}),
        {"archive", "files", "same photographs"},
    ),
    "an original taken out": (
        lambda files: made.laid_out({n: d for n, d in files.items() if n != "original-1.jpg"}),
        {"archive", "files", "originals", "pixels made again"},
    ),
    "a file put in": (lambda files: made.laid_out(files | {"more.txt": b"read me"}), {"archive"}),
    "the order of files": (
        lambda files: made.laid_out(dict(reversed(files.items()))),
        {"archive"},
    ),
    "words behind the end": (lambda files: made.laid_out(files) + b" ", {"archive"}),
    "words before the beginning": (lambda files: b"MZ" + made.laid_out(files), {"archive"}),
    "another key": (signed_by_another, {"content credentials"}),
    # By somebody with the clinic's key who did not make everything anew.
    "the credentials taken out, signed again": (
        lambda files: made.resigned(
            files | {"picture.jpg": bare_picture()},
            _first("exported", sha256=made.digest(bare_picture())),
        ),
        {"content credentials"},
    ),
    "one pixel, signed again": (picture_and_digests, {"pixels made again"}),
    "a label of the manifest, signed again": (
        in_manifest(lambda told: told["labels"].__setitem__(2, "results for all")),
        {"labels and dates"},
    ),
    "a date of the manifest, signed again": (
        in_manifest(_first("dates", taken_on="2026-03-05")),
        {"labels and dates"},
    ),
    "a date that no label says, signed again": (
        in_manifest(_first("dates", shown_as="5 March 2026")),
        {"labels and dates"},
    ),
    "a label of the recipe, signed again": (
        and_resigned("recipe.json", lambda told: told["drawn"][0].update(words="5 January 2025")),
        {"pixels made again", "labels and dates", "content credentials"},
    ),
    "an operation that does not exist, signed again": (
        and_resigned("recipe.json", lambda told: told["panels"][0].update(smooth=3)),
        {"originals", "pixels made again", "labels and dates", "content credentials"},
    ),
    "a swapped original, signed again": (swapped_and_resigned, {"originals", "pixels made again"}),
    "a certificate of other photographs, signed again": (
        and_resigned(
            "certificate.json", lambda told: told["baseline"]["photos"][0].update(sha256="a" * 64)
        ),
        {"labels and dates", "same photographs"},
    ),
    "another scale in the certificate, signed again": (
        and_resigned(
            "certificate.json", lambda told: told["baseline"]["photos"][0].update(px_per_mm=9.0)
        ),
        {"same photographs"},
    ),
    "another version of a metric, signed again": (
        in_manifest(lambda told: told["metrics"].update(redness=2)),
        {"same photographs"},
    ),
    "the digest of the pixels left out, signed again": (
        in_manifest(_first("exported", pixels_sha256=None)),
        {"exported pixels", "content credentials"},
    ),
    "another export's number, signed again": (
        in_manifest(_set(export_id="0123456789abcdef")),
        {"content credentials"},
    ),
    "rendered pictures called real, signed again": (
        in_manifest(_set(simulated="rendered mannequin")),
        {"content credentials"},
    ),
    "a manifest of another shape, signed again": (
        in_manifest(lambda told: told.update(exported=3, originals=None, dates={}, signer=[])),
        {
            "signature",
            "originals",
            "exported pixels",
            "pixels made again",
            "labels and dates",
            "content credentials",
            "same photographs",
        },
    ),
}


@pytest.mark.parametrize("name", sorted(ALTERED))
def test_whatever_is_altered_shows(name: str, tmp_path: Path) -> None:
    alter, expected = ALTERED[name]
    pack = alter(made.files_of(made.pack()))
    assert pack != made.pack()
    found = check(pack, tmp_path)
    assert failed(found) == expected
    assert not found.ok
    assert found.sentence.startswith("Do not rely on this pack")


@pytest.mark.parametrize("name", sorted(made.files_of(made.pack())))
def test_one_altered_byte_in_any_file_shows(name: str, tmp_path: Path) -> None:
    files = made.files_of(made.pack())
    for at in (0, len(files[name]) // 2, len(files[name]) - 1):
        data = bytearray(files[name])
        data[at] ^= 0x01
        assert not check(made.laid_out(files | {name: bytes(data)}), tmp_path).ok


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, len(made.pack()) - 1), bit=st.integers(0, 7))
def test_no_bit_of_a_pack_is_without_meaning(tmp_path: Path, at: int, bit: int) -> None:
    pack = bytearray(made.pack())
    pack[at] ^= 1 << bit
    try:
        found = check(bytes(pack), tmp_path)
    except BadInput:
        return  # it cannot be read as a pack at all
    assert not found.ok


def test_every_byte_around_the_files_has_a_meaning(tmp_path: Path) -> None:
    """Headers and directory of a ZIP hold rooms that other readers never look into."""
    pack, files = made.pack(), made.files_of(made.pack())
    inside = bytearray(len(pack))
    for data in files.values():
        begin = pack.index(data)
        inside[begin : begin + len(data)] = b"\1" * len(data)
    around = [at for at, held in enumerate(inside) if not held]
    for at in around[:: max(1, len(around) // 150)]:
        altered = bytearray(pack)
        altered[at] ^= 0xFF
        try:
            assert not check(bytes(altered), tmp_path).ok
        except BadInput:
            continue


def test_a_pack_that_a_stranger_made_whole_shows_by_its_fingerprint_only(tmp_path: Path) -> None:
    found = check(_theirs(), tmp_path)
    assert found.ok
    assert "Anybody can sign under any name" in found.sentence
    found = check(_theirs(), tmp_path, signer=made.identity().fingerprint())
    assert failed(found) == {"signer"}
    with pytest.raises(BadInput, match="expected a fingerprint of 64 digits, got 4"):
        check(_theirs(), tmp_path, signer="abcd")


@pytest.mark.parametrize(
    ("problems", "answer"),
    [
        (("signingCredential.untrusted", "signingCredential.expired"), Answer.NOT_POSSIBLE),
        (("signingCredential.expired", "assertion.dataHash.mismatch"), Answer.FAILED),
        (("signingCredential.untrusted",), Answer.FAILED),
    ],
)
def test_certificates_that_ran_out_since_are_no_alteration(
    problems: tuple[str, ...], answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(jpeg: bytes, root: str) -> Credentials:
        return replace(read_credentials(jpeg, root), state="Invalid", problems=problems)

    monkeypatch.setattr(evidence_story, "read_credentials", read)
    found = check(made.pack(), tmp_path)
    assert {row.name: row.answer for row in found.rows}["content credentials"] is answer


def test_of_repeated_shots_the_one_that_is_shown_gives_the_day(tmp_path: Path) -> None:
    whole = made.contents_of()
    comparison = json.loads(json.dumps(whole.comparisons[0]))
    for side in ("baseline", "followup"):
        comparison[side]["photos"].insert(0, {"file": "x.jpg", "sha256": "e" * 64})
    contents = replace(
        whole, comparisons=(comparison,), certificates=(made.certificate_of(comparison),)
    )
    assert check(write_pack(contents, made.identity()), tmp_path).ok


def _zip(*members: tuple[str | zipfile.ZipInfo, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", kind) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


def _link() -> bytes:
    info = zipfile.ZipInfo("manifest.json")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return _zip((info, b"/etc/passwd"))


def _encrypted() -> bytes:
    data = bytearray(_zip(("manifest.json", b"{}")))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


def _twice() -> bytes:
    data = _zip(("manifest.json", b"{}"), ("manifest.jsom", b"{}"))
    return data.replace(b"manifest.jsom", b"manifest.json")


def _same_bytes_often() -> bytes:
    """Members that all claim the whole file as theirs."""
    members = [(f"a{n}", b"x" * 2000) for n in range(5)]
    data = bytearray(_zip(*members))
    at = 0
    while (at := data.find(b"PK\1\2", at)) >= 0:
        data[at + 42 : at + 46] = bytes(4)
        data[at + 20 : at + 28] = (9000).to_bytes(4, "little") * 2
        at += 4
    return bytes(data)


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "expected a ZIP file"),
    "words": (b"hello", "expected a ZIP file"),
    "an empty ZIP": (_zip(), "got a ZIP without manifest.json"),
    "a way up": (_zip(("../../etc/passwd", b"x")), "expected plain file names"),
    "an absolute path": (_zip(("/etc/passwd", b"x")), "expected plain file names"),
    "a drive": (_zip(("c:\\windows", b"x")), "expected plain file names"),
    "a folder": (_zip(("folder/", b"")), "expected plain file names"),
    "a name twice": (_twice(), "expected every name once"),
    "a bomb": (
        _zip(("manifest.json", b"\0" * 5_000_000), kind=zipfile.ZIP_DEFLATED),
        "more bytes than it has",
    ),
    "a small compressed file": (
        _zip(("manifest.json", b"{}" * 9), ("b", b"1" * 60), kind=zipfile.ZIP_DEFLATED),
        "expected files that are not compressed",
    ),
    "an encrypted file": (_encrypted(), "expected files that are not encrypted"),
    "a link": (_link(), "expected files only"),
    "too many files": (_zip(*((f"a{n}", b"") for n in range(201))), "expected at most 200 files"),
    "files on top of each other": (_same_bytes_often(), "more bytes than it has"),
    "cut short": (made.pack()[:-30], "expected a ZIP file"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_ends_in_one_line(name: str, tmp_path: Path) -> None:
    data, words = HOSTILE[name]
    with pytest.raises(BadInput, match=words) as told:
        check(data, tmp_path)
    assert "\n" not in str(told.value)
    assert [path.name for path in tmp_path.iterdir()] == ["pack.zip"]


def test_a_folder_or_missing_file_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="expected a file, got something else"):
        check_pack(tmp_path)
    with pytest.raises(BadInput, match="expected a file, got No such file"):
        check_pack(tmp_path / "none.zip")


@pytest.mark.parametrize(
    "manifest", [b"[" * 200_000, b"null", b'{"format": "progress.evidence/2"}', b"9" * 6000]
)
def test_a_hostile_manifest_fails_every_check_and_raises_nothing(
    manifest: bytes, tmp_path: Path
) -> None:
    files = made.files_of(made.pack()) | {"manifest.json": manifest}
    found = check(made.laid_out(files), tmp_path)
    assert not found.ok
    assert {"archive", "signature", "files", "labels and dates"} <= failed(found)


@pytest.mark.parametrize("at", [0, 2, 6, 11, 12, 30, 60, 90])
def test_certificates_from_anybody_are_not_parsed_before_the_reader_does(
    at: int, tmp_path: Path
) -> None:
    """A version or serial number that no certificate has once ended in a traceback."""
    root = made.identity().root_pem
    der = bytearray(base64.b64decode("".join(root.splitlines()[1:-1])))
    der[at] ^= 0x28
    lines = textwrap.wrap(base64.b64encode(der).decode(), 64)
    strange = "\n".join([root.splitlines()[0], *lines, root.splitlines()[-1], ""])
    pack = made.resigned(
        text(made.files_of(made.pack()), "signer.json", _set(certificates=strange))
    )
    # The reader may still accept a root whose serial number differs: its key is the same.
    assert failed(check(pack, tmp_path)) <= {"content credentials"}
    nothing = made.resigned(text(made.files_of(made.pack()), "signer.json", _set(certificates="")))
    assert failed(check(nothing, tmp_path)) == {"content credentials"}


def test_what_a_pack_says_of_itself_cannot_move_the_cursor(tmp_path: Path) -> None:
    stranger = made.resigned(
        text(
            made.files_of(made.pack()),
            "signer.json",
            _set(organisation="\x1b[2JFern\nClinic " * 40),
        )
    )
    found = check(stranger, tmp_path)
    told = json.dumps(found.to_dict(), ensure_ascii=False) + found.sentence
    assert "\x1b" not in told
    assert len(found.organisation) <= 120
    assert plain_words("a\r\x1b[31mb") == "a [31mb"
