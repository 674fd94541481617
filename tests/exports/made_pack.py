"""A small evidence pack with made-up figures, and ways to alter one."""

from __future__ import annotations

import functools
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from progress.exports.credentials import CredentialFacts, with_credentials
from progress.exports.evidence import MANIFEST, SIGNATURE, write_pack
from progress.exports.evidence_archive import canonical_json, write_archive
from progress.exports.evidence_contents import EvidenceContents, EvidenceFile, ShownPhoto
from progress.exports.recipe import Recipe
from progress.exports.recipe_parts import (
    Canvas,
    CommonColour,
    Cover,
    Crop,
    Decode,
    Logo,
    Panel,
    Placing,
    Resize,
    Ruler,
    Text,
)
from progress.exports.render import encode, render
from progress.pipeline.signing_identity import SigningIdentity

EXPORT = "5f0c2a9e41d84c37"
DAYS = (date(2026, 1, 5), date(2026, 6, 22))
SHOWN_AS = ("5 January 2026", "22 June 2026")
SECRETS = ("Anna Zimmer", "zimmer_before.jpg", "praxis-login", "/home/praxis")
"""What must not leave: the client's name, an original's file name, a login, a path."""


def original(seed: int, *, exif: Mapping[int, Any] | None = None) -> bytes:
    """A photograph of nothing, 150 x 110."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(120, 200, (11, 15, 3), dtype=np.uint8)
    image = Image.fromarray(codes).resize((150, 110), Image.Resampling.BICUBIC)
    block = Image.Exif()
    for tag, value in (exif or {}).items():
        if tag == 0x8825:
            block.get_ifd(0x8825).update(value)
        else:
            block[tag] = value
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90, exif=block)
    return stream.getvalue()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@functools.cache
def identity() -> SigningIdentity:
    return SigningIdentity.new("Fern Clinic")


@functools.cache
def logo() -> bytes:
    image = Image.new("RGB", (40, 20), (24, 24, 27))
    ImageDraw.Draw(image).ellipse((4, 2, 18, 16), fill=(255, 255, 255))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def recipe_of(originals: tuple[bytes, ...]) -> Recipe:
    """Both photographs beside each other, eyes covered, a day under each."""
    panels = tuple(
        Panel(
            Decode(digest(data)),
            Placing(1.25, 0.02 * number, 4.0 + number, 3.0),
            Crop(10.0, 8.0),
            Resize((100, 80), 10.0),
            (4 + 110 * number, 4),
            hide=(Cover(((10.0, 10.0), (40.0, 10.0), (40.0, 20.0))),),
            ruler=Ruler(2.0, 8),
        )
        for number, data in enumerate(originals)
    )
    words = tuple(Text(day, (4 + 110 * n, 92), 10) for n, day in enumerate(SHOWN_AS))
    return Recipe(
        Canvas((220, 130)),
        panels,
        (
            *words,
            Text("individual results vary", (4, 110), 8),
            Logo(digest(logo()), (176, 106), (40, 20)),
        ),
        CommonColour(((1.02, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.97))),
    )


def comparison_of(originals: tuple[bytes, ...]) -> dict[str, Any]:
    """``progress.comparison/1`` in small, with names that must not leave."""
    sides = {
        side: {
            "photos": [
                {
                    "file": SECRETS[1],
                    "sha256": digest(data),
                    "taken_at": f"{day.isoformat()}T10:02:31",
                    "size_px": [150, 110],
                }
            ]
        }
        for side, data, day in zip(("baseline", "followup"), originals, DAYS, strict=True)
    }
    return {
        "format": "progress.comparison/1",
        **sides,
        "comparability": {"verdict": "comparable", "checks": []},
        "registration": {"status": "aligned", "version": 1},
        "changes": [
            {"metric": "redness", "metric_version": 1, "change": -0.09, "standard_error": 0.012}
        ],
    }


def certificate_of(comparison: Mapping[str, Any]) -> dict[str, Any]:
    """``progress.certificate/1`` of it."""
    told = {key: comparison[key] for key in ("comparability", "registration")}
    sides = {
        side: comparison[side] | {"caption": f"{SECRETS[0]}, {side}"}
        for side in ("baseline", "followup")
    }
    return {"format": "progress.certificate/1", "title": SECRETS[0], **told, **sides}


def contents_of(
    originals: tuple[bytes, ...] | None = None,
    *,
    included: bool = True,
    signer: SigningIdentity | None = None,
) -> EvidenceContents:
    """A whole pack's contents."""
    shots = originals or (original(1), original(2))
    recipe = recipe_of(shots)
    pixels = render(recipe, {digest(data): data for data in shots}, {digest(logo()): logo()})
    picture = with_credentials(
        encode(recipe, pixels), signer or identity(), CredentialFacts(EXPORT, recipe)
    )
    comparison = comparison_of(shots)
    return EvidenceContents(
        export_id=EXPORT,
        made_at=datetime(2026, 7, 1, 9, 30, tzinfo=UTC),
        files=(EvidenceFile(picture, "jpg", recipe),),
        photos=tuple(
            ShownPhoto(digest(data), day, shown, data if included else None)
            for data, day, shown in zip(shots, DAYS, SHOWN_AS, strict=True)
        ),
        comparisons=(comparison,),
        certificates=(certificate_of(comparison),),
        assets={digest(logo()): logo()},
        consent={"purpose": "marketing", "channel": "website", "document_sha256": "d" * 64},
        rules=({"rule": "example", "effect": "caption"},),
        treatment={"kind": "micro-needling", "times": 3},
        never=SECRETS,
    )


@functools.cache
def pack(*, included: bool = True) -> bytes:
    return write_pack(contents_of(included=included), identity())


def files_of(archive: bytes) -> dict[str, bytes]:
    """The files of a pack in their order."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def laid_out(files: Mapping[str, bytes]) -> bytes:
    return write_archive(files)


def resigned(
    files: Mapping[str, bytes],
    change: Callable[[dict[str, Any]], None] = lambda manifest: None,
    *,
    by: SigningIdentity | None = None,
) -> bytes:
    """The files with a manifest that lists them as they are now, changed and signed anew."""
    new = dict(files)
    manifest = json.loads(new[MANIFEST])
    change(manifest)
    manifest["files"] = [
        {"name": name, "sha256": digest(data), "bytes": len(data)}
        for name, data in sorted(new.items())
        if name not in {MANIFEST, SIGNATURE}
    ]
    new[MANIFEST] = canonical_json(manifest)
    new[SIGNATURE] = (by or identity()).sign(new[MANIFEST])
    return write_archive(new)


def without_credentials(contents: EvidenceContents) -> EvidenceContents:
    """The same with the picture as it was before it was signed."""
    (file,) = contents.files
    assert file.recipe is not None
    shots = {one.sha256: one.original for one in contents.photos if one.original}
    plain = encode(file.recipe, render(file.recipe, shots, contents.assets))
    return replace(contents, files=(replace(file, data=plain),))
