"""Content Credentials: valid with our root, bound to the bytes, silent about the originals."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import made_pack as made
import pytest

from progress.exports.credentials import (
    INVALID,
    NONE,
    TRUSTED,
    VALID,
    CredentialFacts,
    read_credentials,
    with_credentials,
)
from progress.exports.evidence_pixels import picture_pixels, pixels_sha256
from progress.exports.recipe import Recipe
from progress.exports.render import encode, render
from progress.model import BadInput
from progress.pipeline.signing_identity import SigningIdentity


def recipe_and_picture() -> tuple[Recipe, bytes]:
    shots = (made.original(1), made.original(2))
    recipe = made.recipe_of(shots)
    pixels = render(recipe, {made.digest(one): one for one in shots}, made.contents_of().assets)
    return recipe, encode(recipe, pixels)


@pytest.fixture(scope="module")
def signed() -> bytes:
    return made.contents_of().files[0].data


@pytest.fixture
def no_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Whoever writes a temporary file fails."""
    for variable in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(variable, str(tmp_path / "there is none"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []


def manifest_of(jpeg: bytes, root: str | None) -> dict[str, object]:
    """All that the reference reader tells."""
    import io

    import c2pa

    settings = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
    if root:
        settings["trust"] = {"trust_anchors": root, "trust_config": "1.3.6.1.5.5.7.3.4"}  # type: ignore[dict-item]
    context = c2pa.Context.from_dict(settings)
    with c2pa.Reader("image/jpeg", io.BytesIO(jpeg), context=context) as reader:
        told = json.loads(reader.json())
    assert isinstance(told, dict)
    return told


def test_the_reference_reader_trusts_them_with_our_root_and_with_no_other(signed: bytes) -> None:
    found = read_credentials(signed, made.identity().root_pem)
    assert (found.state, found.problems) == (TRUSTED, ())
    assert found.issuer == "Fern Clinic"
    for root in (None, SigningIdentity.new("Fern Clinic").root_pem):
        found = read_credentials(signed, root)
        assert (found.state, found.problems) == (VALID, ("signingCredential.untrusted",))


def test_one_altered_byte_makes_them_invalid(signed: bytes) -> None:
    root = made.identity().root_pem
    picture = signed.index(b"\xff\xda")  # the pixels begin here
    for at in (picture + 20, (picture + len(signed)) // 2, len(signed) - 10):
        altered = bytearray(signed)
        altered[at] ^= 0x04
        found = read_credentials(bytes(altered), root)
        assert found.state == INVALID
        assert "assertion.dataHash.mismatch" in found.problems
    claim = bytearray(signed)
    claim[signed.index(made.EXPORT.encode())] ^= 0x01
    assert read_credentials(bytes(claim), root).state == INVALID


def test_a_picture_without_them_has_none_and_something_else_is_invalid() -> None:
    _, plain = recipe_and_picture()
    assert read_credentials(plain).state == NONE
    assert read_credentials(b"not a picture").state in {NONE, INVALID}


def test_the_pixels_stay_as_they_are_and_little_is_added(signed: bytes) -> None:
    _, plain = recipe_and_picture()
    assert (picture_pixels(signed) == picture_pixels(plain)).all()
    # About 3 kB of manifest and certificates; a thumbnail alone would be tens of them.
    assert len(signed) - len(plain) < 8_000


def test_they_say_what_was_done_from_a_closed_list_and_which_pack_proves_it(signed: bytes) -> None:
    told = manifest_of(signed, made.identity().root_pem)
    (manifest,) = told["manifests"].values()  # type: ignore[attr-defined]
    by_label = {one["label"]: one["data"] for one in manifest["assertions"]}
    assert set(by_label) == {"c2pa.actions.v2", "org.skin-progress.evidence"}
    actions = by_label["c2pa.actions.v2"]["actions"]
    assert [one["action"] for one in actions] == [
        "c2pa.created", "c2pa.orientation", "c2pa.cropped", "c2pa.resized",
        "c2pa.color_adjustments", "c2pa.edited", "c2pa.addedText",
    ]  # fmt: skip
    assert actions[0]["digitalSourceType"].endswith("/composite")
    recipe, plain = recipe_and_picture()
    ours = by_label["org.skin-progress.evidence"]
    assert ours["export_id"] == made.EXPORT
    assert ours["pack_signer"] == made.identity().fingerprint()
    assert ours["pixels_sha256"] == pixels_sha256(picture_pixels(plain))
    assert json.loads(actions[4]["parameters"]["org.skin-progress.matrix"]) == [
        list(row)
        for row in recipe.colour.matrix  # type: ignore[union-attr]
    ]
    assert not {"thumbnail", "ingredients"} & {key for key, value in manifest.items() if value}


def test_an_untouched_pair_says_no_more_than_was_done() -> None:
    recipe, _ = recipe_and_picture()
    bare = replace(
        recipe,
        colour=None,
        drawn=(),
        panels=tuple(replace(panel, hide=()) for panel in recipe.panels),
    )
    shots = {made.digest(one): one for one in (made.original(1), made.original(2))}
    jpeg = encode(bare, render(bare, shots, {}))
    signed = with_credentials(
        jpeg, made.identity(), CredentialFacts(made.EXPORT, bare, simulated=True)
    )
    told = manifest_of(signed, made.identity().root_pem)
    (manifest,) = told["manifests"].values()  # type: ignore[attr-defined]
    actions = manifest["assertions"][0]["data"]["actions"]
    assert [one["action"] for one in actions] == [
        "c2pa.created", "c2pa.orientation", "c2pa.cropped", "c2pa.resized",
    ]  # fmt: skip
    assert actions[0]["digitalSourceType"].endswith("/compositeSynthetic")
    assert b"rendered mannequin" in signed


@pytest.mark.usefixtures("no_temporary_folder")
def test_signing_and_reading_write_no_file_anywhere() -> None:
    recipe, plain = recipe_and_picture()
    signed = with_credentials(plain, made.identity(), CredentialFacts(made.EXPORT, recipe))
    assert read_credentials(signed, made.identity().root_pem).state == TRUSTED


def test_nothing_of_the_machine_or_its_people_is_in_them(signed: bytes) -> None:
    home, folder = Path.home().name, Path.cwd()
    words = {home, str(folder), os.environ.get("USER", ""), "site-packages", "http://ocsp"}
    for word in words - {""}:
        if len(word) > 4:
            assert word.encode() not in signed


def test_what_is_no_jpeg_is_not_signed() -> None:
    recipe, _ = recipe_and_picture()
    with pytest.raises(BadInput, match="picture: expected a JPEG"):
        with_credentials(made.logo(), made.identity(), CredentialFacts(made.EXPORT, recipe))


def test_certificates_that_the_library_refuses_end_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from progress.pipeline import signing_certificates

    # documentSigning: readers were not told of it.
    monkeypatch.setattr(signing_certificates, "EMAIL_PROTECTION", "1.3.6.1.5.5.7.3.36")
    strange = SigningIdentity.new("Fern Clinic")
    recipe, plain = recipe_and_picture()
    with pytest.raises(BadInput, match="expected certificates that sign Content Credentials"):
        with_credentials(plain, strange, CredentialFacts(made.EXPORT, recipe))
