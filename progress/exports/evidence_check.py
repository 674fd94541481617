"""Checks an evidence pack: who signed it, whether anything was altered, and its pixels anew.

A pack may come from anybody. It is never unpacked to the disk, every text in it is read strictly,
and what does not fit is a failed check, not an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from progress.exports.evidence import MANIFEST, SIGNATURE, SIGNER
from progress.exports.evidence_archive import read_archive
from progress.exports.evidence_pixels import picture_pixels, pixels_sha256
from progress.exports.evidence_reading import (
    MALFORMED,
    CheckFailed,
    CheckNotPossible,
    ReadPack,
    sha256_of,
)
from progress.exports.evidence_story import (
    Originals,
    check_credentials,
    check_labels,
    check_photographs,
    check_put_together,
    check_remade,
)
from progress.exports.evidence_verdict import (
    PIXELS_REMADE,
    PUT_TOGETHER,
    Answer,
    CheckRow,
    PackCheck,
    plain_words,
)
from progress.exports.evidence_verdict import SIGNER as SIGNER_ROW
from progress.model import BadInput
from progress.pipeline.signing_identity import fingerprint_of

_DIGITS = 64


def check_pack(
    path: Path, *, originals: Originals | None = None, signer: str | None = None
) -> PackCheck:
    """What a look at an evidence pack finds, check by check.

    Parameters
    ----------
    path : Path
    originals : callable, optional
        Hands out originals that the pack does not hold, e.g. `originals_in_folder` of a folder.
    signer : str, optional
        Fingerprint that the clinic publishes.

    Returns
    -------
    PackCheck

    Raises
    ------
    BadInput
        If it cannot be read as a pack at all, or `signer` is no fingerprint.
    """
    wanted = _fingerprint(signer) if signer is not None else None
    files, laid_out = read_archive(path)
    if MANIFEST not in files or SIGNATURE not in files or SIGNER not in files:
        raise BadInput(
            f"{path.name}: expected an evidence pack, got a ZIP without {MANIFEST}",
            advice="give an evidence pack as progress wrote it",
        )
    pack = ReadPack(files)
    rows = [
        _row("archive", lambda: _check_archive(pack, laid_out=laid_out)),
        _row("signature", lambda: _check_signature(pack)),
        _row(SIGNER_ROW, lambda: _check_signer(pack, wanted)),
        _row("files", lambda: _check_files(pack)),
        _row("originals", lambda: _check_originals(pack)),
        _row("exported pixels", lambda: _check_pixels(pack)),
    ]
    if pack.told_pictures():
        rows.append(_row(PIXELS_REMADE, lambda: check_remade(pack, originals)))
    if pack.told_others():
        rows.append(_row(PUT_TOGETHER, lambda: check_put_together(pack)))
    rows += [
        _row("labels and dates", lambda: check_labels(pack)),
        _row("same photographs", lambda: check_photographs(pack)),
        _row("content credentials", lambda: check_credentials(pack)),
    ]
    return PackCheck(tuple(rows), *pack.told_of_itself())


def _row(name: str, ask: Callable[[], str]) -> CheckRow:
    """The check as a row, whatever the pack holds."""
    try:
        return CheckRow(name, Answer.OK, plain_words(ask()))
    except CheckFailed as found:
        return CheckRow(name, Answer.FAILED, plain_words(found))
    except CheckNotPossible as found:
        return CheckRow(name, Answer.NOT_POSSIBLE, plain_words(found))
    except MALFORMED as error:
        return CheckRow(name, Answer.FAILED, plain_words(f"not as this version writes it: {error}"))


def _check_archive(pack: ReadPack, *, laid_out: bool) -> str:
    listed = [one["name"] for one in pack.manifest["files"]]
    there = sorted(set(pack.files) - {MANIFEST, SIGNATURE})
    if missing := sorted(set(listed) - set(there)):
        raise CheckFailed(f"missing: {', '.join(missing)}")
    if strange := sorted(set(there) - set(listed)):
        raise CheckFailed(f"not listed: {', '.join(strange)}")
    if len(listed) != len(set(listed)):
        raise CheckFailed("a file is listed twice")
    if not laid_out or list(pack.files) != [MANIFEST, SIGNATURE, *there]:
        raise CheckFailed("the container was changed, or packed anew by another program")
    return f"{len(there)} files, all listed, in the one layout"


def _check_signature(pack: ReadPack) -> str:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = Ed25519PublicKey.from_public_bytes(pack.public_key)
    try:
        key.verify(pack.files[SIGNATURE], pack.files[MANIFEST])
    except InvalidSignature:
        raise CheckFailed(f"{MANIFEST} is not what this key signed") from None
    fingerprint = fingerprint_of(pack.public_key)
    if {pack.signer["fingerprint"], pack.manifest["signer"]["fingerprint"]} != {fingerprint}:
        raise CheckFailed(f"{MANIFEST} names another key")
    if pack.signer["organisation"] != pack.manifest["signer"]["organisation"]:
        raise CheckFailed(f"{MANIFEST} names another organisation")
    return f"{MANIFEST} is what {plain_words(pack.signer['organisation'])} signed"


def _check_signer(pack: ReadPack, wanted: str | None) -> str:
    if wanted is None:
        raise CheckNotPossible("no fingerprint was given to compare with")
    if hashlib.sha256(pack.public_key).hexdigest() != wanted:
        raise CheckFailed("another key than the one that was asked for")
    return "the key that was asked for"


def _check_files(pack: ReadPack) -> str:
    listed = pack.manifest["files"]
    for one in listed:
        data = pack.files.get(one["name"])
        if data is None or (sha256_of(data), len(data)) != (one["sha256"], one["bytes"]):
            raise CheckFailed(f"{one['name']} is not the file that was signed")
    return f"{len(listed)} digests are right"


def _check_originals(pack: ReadPack) -> str:
    told = pack.manifest["originals"]
    inside = [one for one in told if one["included"]]
    for one in inside:
        if sha256_of(pack.files[one["name"]]) != one["sha256"]:
            raise CheckFailed(f"{one['name']} is not the original that the manifest names")
    used = {sha256 for one in pack.pictures() for sha256 in pack.recipe(one["recipe"]).originals}
    if not used <= {one["sha256"] for one in told}:
        raise CheckFailed("a recipe uses an original that the manifest does not name")
    if not inside:
        raise CheckNotPossible(f"none of {len(told)} is in the pack: {told[0]['reason']}")
    return f"{len(inside)} of {len(told)} in the pack, with the right digests"


def _check_pixels(pack: ReadPack) -> str:
    counted = 0
    for one in pack.manifest["exported"]:
        data = pack.files[one["name"]]
        if sha256_of(data) != one["sha256"]:
            raise CheckFailed(f"{one['name']} is not the file that was exported")
        if one["pixels_sha256"] is None:
            if one["name"].endswith(".jpg") or one["recipe"] is not None:
                raise CheckFailed(f"{one['name']} comes without the digest of its pixels")
            continue
        pixels = picture_pixels(data)
        size_px = [pixels.shape[1], pixels.shape[0]]
        if pixels_sha256(pixels) != one["pixels_sha256"] or size_px != one["size_px"]:
            raise CheckFailed(f"the pixels of {one['name']} are others than the manifest says")
        counted += 1
    if not counted:
        raise CheckNotPossible("no JPEG in it")
    return "every picture has the pixels that the manifest says"


def _fingerprint(text: str) -> str:
    digits = "".join(text.split()).replace(":", "").lower()
    if len(digits) != _DIGITS or not set(digits) <= set("0123456789abcdef"):
        raise BadInput(
            f"--signer: expected a fingerprint of {_DIGITS} digits, got {len(digits)}",
            advice="copy it from where the clinic publishes it",
        )
    return digits
