"""The evidence pack: what proves how an exported picture came about, in one signed file.

``manifest.json`` names every other file with its digest and is signed byte for byte; see
``docs/evidence.md`` for the whole and for checking it by hand.
"""

from __future__ import annotations

import hashlib
import io
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC
from importlib.metadata import version
from typing import Any

from PIL import Image, features

from progress import bundle
from progress.exports.evidence_archive import canonical_json, write_archive
from progress.exports.evidence_contents import (
    EvidenceContents,
    EvidenceFile,
    ShownPhoto,
    caption,
    labels_of,
)
from progress.exports.evidence_names import names_in_bytes, refuse_names
from progress.exports.evidence_pixels import picture_pixels, pixels_sha256
from progress.exports.evidence_place import tells_a_place
from progress.pipeline.signing_identity import SigningIdentity

FORMAT = "progress.evidence/1"
MANIFEST, SIGNATURE, SIGNER = "manifest.json", "manifest.sig", "signer.json"
_LIBRARIES = ("pillow", "numpy", "opencv-python-headless", "c2pa-python")


def write_pack(contents: EvidenceContents, identity: SigningIdentity) -> bytes:
    """The evidence pack of an export as the bytes of a ZIP file.

    Parameters
    ----------
    contents : EvidenceContents
    identity : SigningIdentity

    Raises
    ------
    BadInput
        If a word that may not leave stands in what would be written, see `refuse_names`.

    Notes
    -----
    Originals that say where they were taken, or hold such a word, stay out; the manifest says so.
    File names of photos are replaced, times of day are cut to days.
    """
    names = _names_of_photos(contents.photos)
    files: dict[str, bytes] = {}
    exported = [_put_exported(files, number, file) for number, file in enumerate(contents.files)]
    certificates = [_dated(told, contents.photos) for told in contents.certificates]
    for stem, told in (("certificate", certificates), ("measurements", contents.comparisons)):
        for number, one in enumerate(told):
            files[_numbered(stem, number, "json")] = canonical_json(_plain_names(one, names))
    assets = []
    for number, (sha256, data) in enumerate(sorted(contents.assets.items())):
        name = f"asset-{number + 1}"
        files[name] = data
        assets.append({"name": name, "sha256": sha256})
    originals = [_put_original(files, photo, names, contents.never) for photo in contents.photos]
    files[SIGNER] = canonical_json(
        {
            "organisation": identity.organisation,
            "algorithm": "Ed25519",
            "public_key": identity.public_key_pem,
            "fingerprint": identity.fingerprint(),
            "certificates": identity.chain_pem,
            "certificates_self_made": identity.self_made,
        }
    )
    manifest = canonical_json(
        {
            "format": FORMAT,
            "export_id": contents.export_id,
            "made_at": contents.made_at.astimezone(UTC).isoformat(timespec="seconds"),
            "simulated": "rendered mannequin" if contents.simulated else False,
            "signer": {
                "organisation": identity.organisation,
                "fingerprint": identity.fingerprint(),
            },
            "software": software(),
            "models": {"face landmarker": bundle.SHA256},
            "metrics": metric_versions(contents.comparisons),
            "exported": exported,
            "originals": originals,
            "assets": assets,
            "consent": dict(contents.consent),
            "rules": [dict(rule) for rule in contents.rules],
            "treatment": dict(contents.treatment),
            "labels": [label for file in contents.files for label in _labels(file)],
            "dates": _dates(contents.photos),
            "files": [
                {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
                for name, data in sorted(files.items())
            ],
        }
    )
    signed = {MANIFEST: manifest, SIGNATURE: identity.sign(manifest), **dict(sorted(files.items()))}
    refuse_names(signed, contents.never)
    return write_archive(signed)


def _put_exported(files: dict[str, bytes], number: int, file: EvidenceFile) -> dict[str, Any]:
    """The exported file and its recipe, and how the manifest tells of them."""
    name = _numbered("picture", number, file.suffix)
    files[name] = file.data
    told: dict[str, Any] = {
        "name": name,
        "sha256": hashlib.sha256(file.data).hexdigest(),
        "pixels_sha256": None,
        "size_px": None,
        "recipe": None,
    }
    if file.suffix == "jpg":
        pixels = picture_pixels(file.data)
        told["pixels_sha256"] = pixels_sha256(pixels)
        told["size_px"] = [pixels.shape[1], pixels.shape[0]]
    if file.recipe is not None:
        told["recipe"] = _numbered("recipe", number, "json")
        files[told["recipe"]] = canonical_json(file.recipe.to_dict())
    return told


def _put_original(
    files: dict[str, bytes], photo: ShownPhoto, names: Mapping[str, str], never: Iterable[str]
) -> dict[str, Any]:
    """The original where it may leave, and how the manifest tells of it."""
    told: dict[str, Any] = {"sha256": photo.sha256, "included": False, "name": None, "reason": ""}
    if photo.original is None:
        told["reason"] = "the consent does not hand originals on"
    elif hashlib.sha256(photo.original).hexdigest() != photo.sha256:
        raise ValueError("ShownPhoto.original: expected the bytes of its digest, got others")
    elif tells_a_place(photo.original):
        told["reason"] = "the file says where it was taken"
    elif names_in_bytes(photo.original, never):
        told["reason"] = "the file holds a name"
    else:
        name = f"{names[photo.sha256]}.{_suffix(photo.original)}"
        files[name] = photo.original
        told |= {"included": True, "name": name}
    return told


def _names_of_photos(photos: Iterable[ShownPhoto]) -> dict[str, str]:
    """Meaningless names by digest."""
    return {photo.sha256: f"original-{number}" for number, photo in enumerate(photos, 1)}


def _numbered(stem: str, number: int, suffix: str) -> str:
    """``recipe.json``, ``recipe-2.json`` and so on."""
    return f"{stem}.{suffix}" if number == 0 else f"{stem}-{number + 1}.{suffix}"


def _plain_names(told: Any, names: Mapping[str, str]) -> Any:
    """The same answer with photos under their names in the pack and times cut to days."""
    if isinstance(told, Mapping):
        plain = {str(key): _plain_names(value, names) for key, value in told.items()}
        if "sha256" in plain and "file" in plain:
            plain["file"] = names.get(plain["sha256"], "another photo")
        if isinstance(plain.get("taken_at"), str):
            plain["taken_at"] = plain["taken_at"][: len("2026-01-05")]
        return plain
    if isinstance(told, list | tuple):
        return [_plain_names(value, names) for value in told]
    return told


def _dated(certificate: Mapping[str, Any], photos: Iterable[ShownPhoto]) -> dict[str, Any]:
    """The certificate with its sessions called by their days instead of by names."""
    days = {photo.sha256: photo.taken_on.isoformat() for photo in photos}
    told = dict(certificate) | {"title": "Fair-pair certificate"}
    for side in ("baseline", "followup"):
        shots = told[side]["photos"]
        known = [days[shot["sha256"]] for shot in shots if shot["sha256"] in days]
        if not known:
            raise ValueError("EvidenceContents: expected certificates of the photos that are shown")
        told[side] = dict(told[side]) | {"caption": caption(side, known[0])}
    return told


def _labels(file: EvidenceFile) -> list[str]:
    return labels_of(file.recipe) if file.recipe else []


def _dates(photos: Iterable[ShownPhoto]) -> list[dict[str, str]]:
    return [
        {
            "original": photo.sha256,
            "taken_on": photo.taken_on.isoformat(),
            "shown_as": photo.shown_as,
        }
        for photo in photos
    ]


def software() -> dict[str, str]:
    """Version by name of what must be the same for the same pixels."""
    told = {name: version(name) for name in ("skin-progress", *_LIBRARIES)}
    jpeg = features.version_feature("libjpeg_turbo") or "another library"
    return told | {"libjpeg-turbo": str(jpeg), "machine": platform.machine()}


def metric_versions(comparisons: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Version of every metric that was asked, by its id."""
    return {
        change["metric"]: change["metric_version"]
        for one in comparisons
        for change in one["changes"]
    }


def _suffix(data: bytes) -> str:
    """The usual ending of a photo's format."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            kind = image.format
    except (OSError, ValueError, Image.DecompressionBombError):
        kind = None
    return {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "TIFF": "tif"}.get(kind or "", "bin")
