"""Content Credentials of an exported picture: what was done to it, signed by the clinic, inside it.

C2PA (specification 2.2, 2025) ties a list of actions to the bytes of a JPEG. Nothing of the
originals goes in: no thumbnail and no ingredient, which would publish the client's photo again.
Nothing is asked of the network: no time stamp, no revocation list.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from progress.exports.evidence_archive import canonical_json
from progress.exports.evidence_pixels import picture_pixels, pixels_sha256
from progress.exports.recipe import Recipe
from progress.exports.recipe_parts import Text
from progress.model import BadInput
from progress.pipeline.signing_certificates import EMAIL_PROTECTION
from progress.pipeline.signing_identity import SigningIdentity

ASSERTION = "org.skin-progress.evidence"
TRUSTED, VALID, INVALID, NONE = "Trusted", "Valid", "Invalid", "none"
"""What the reference reader says; the last is ours, for a picture that carries none."""
EXPIRED, UNTRUSTED = "signingCredential.expired", "signingCredential.untrusted"
"""Of the problems, those that are about the certificates and not about the picture."""

_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_COMPOSITE, _RENDERED = _SOURCE + "composite", _SOURCE + "compositeSynthetic"
"""IPTC's words for photographs put together, and for ones that no camera took."""
_JPEG = "image/jpeg"


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """What the credentials tie to a picture.

    Parameters
    ----------
    export_id : str
        The same as in the evidence pack.
    recipe : Recipe
        What made its pixels: the actions are read off it, and its digest is told.
    simulated : bool
        Whether it shows a rendered mannequin.
    """

    export_id: str
    recipe: Recipe
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a reader found in a picture.

    Parameters
    ----------
    state : str
        `TRUSTED`, `VALID` (bound to these bytes, signer unknown), `INVALID` or `NONE`.
    problems : tuple of str
        Codes of the specification, such as ``assertion.dataHash.mismatch``.
    told : dict
        The assertion of this software; empty where there is none.
    issuer : str
        Organisation of the signing certificate.
    """

    state: str
    problems: tuple[str, ...]
    told: dict[str, Any]
    issuer: str


def with_credentials(jpeg: bytes, identity: SigningIdentity, facts: CredentialFacts) -> bytes:
    """The JPEG with Content Credentials in it; its pixels stay as they are.

    Parameters
    ----------
    jpeg : bytes
        Without metadata, as `render.encode` writes it.
    identity : SigningIdentity
    facts : CredentialFacts

    Raises
    ------
    BadInput
        If it is no JPEG, or cannot be signed with these certificates.

    Notes
    -----
    All is done in memory: no file of the picture is written anywhere.
    """
    import c2pa

    try:
        pixels = picture_pixels(jpeg)
    except ValueError as error:
        raise BadInput(f"picture: {error}", advice="give the exported JPEG") from None
    manifest = {
        "claim_generator_info": [{"name": "skin-progress", "version": version("skin-progress")}],
        "format": _JPEG,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": _actions(facts)}},
            {
                "label": ASSERTION,
                "kind": "Json",
                "data": credential_assertion(
                    facts,
                    fingerprint=identity.fingerprint(),
                    pixels=pixels_sha256(pixels),
                ),
            },
        ],
    }
    signed = io.BytesIO()
    try:
        info = c2pa.C2paSignerInfo(
            c2pa.C2paSigningAlg.ES256,
            identity.chain_pem.encode(),
            identity.chain_key_pem.encode(),
            None,  # no time-stamping service: it would be told of every export
        )
        with (
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(json.dumps(manifest), _context(identity.root_pem)) as builder,
        ):
            builder.sign(signer, _JPEG, io.BytesIO(jpeg), signed)
    except c2pa.C2paError as error:
        raise BadInput(
            f"picture: expected certificates that sign Content Credentials, got {error}",
            advice="see progress evidence identity --help",
        ) from None
    return signed.getvalue()


def credential_assertion(
    facts: CredentialFacts, *, fingerprint: str, pixels: str
) -> dict[str, Any]:
    """What the picture says of its evidence pack.

    Parameters
    ----------
    facts : CredentialFacts
    fingerprint : str
        Of the key that signs the pack.
    pixels : str
        `pixels_sha256` of the picture.
    """
    return {
        "export_id": facts.export_id,
        "recipe_sha256": hashlib.sha256(canonical_json(facts.recipe.to_dict())).hexdigest(),
        "pixels_sha256": pixels,
        "pack_signer": fingerprint,
        "simulated": "rendered mannequin" if facts.simulated else "no",
    }


def read_credentials(jpeg: bytes, root_pem: str | None = None) -> Credentials:
    """What the reference reader says of a picture.

    Parameters
    ----------
    jpeg : bytes
    root_pem : str, optional
        The root certificate to trust; without one, nobody is trusted.
    """
    import c2pa

    try:
        with c2pa.Reader(_JPEG, io.BytesIO(jpeg), context=_context(root_pem)) as reader:
            told = json.loads(reader.json())
    except c2pa.C2paError as error:
        missing = "ManifestNotFound" in type(error).__name__ or "ManifestNotFound" in str(error)
        return Credentials(NONE if missing else INVALID, (type(error).__name__,), {}, "")
    active = told.get("manifests", {}).get(told.get("active_manifest"), {})
    found = told.get("validation_results", {}).get("activeManifest", {}).get("failure", [])
    ours = [one["data"] for one in active.get("assertions", []) if one.get("label") == ASSERTION]
    return Credentials(
        state=str(told.get("validation_state", INVALID)),
        problems=tuple(str(one.get("code", "")) for one in found),
        told=dict(ours[0]) if len(ours) == 1 and isinstance(ours[0], dict) else {},
        issuer=str(active.get("signature_info", {}).get("issuer", "")),
    )


def _actions(facts: CredentialFacts) -> list[dict[str, Any]]:
    """What the recipe does in C2PA's words; no other action exists.

    Originals are no ingredients, so nothing is ``placed`` or ``opened``: the picture begins as a
    composite. ``redacted`` would mean that the list itself was cut, so hiding skin is ``edited``.
    """
    recipe = facts.recipe
    hides = any(panel.hide for panel in recipe.panels)
    words = any(isinstance(part, Text) for part in recipe.drawn)
    done: list[dict[str, Any]] = [
        {
            "action": "c2pa.created",
            "digitalSourceType": _RENDERED if facts.simulated else _COMPOSITE,
            "description": "Photographs put beside each other; their digests are in the pack.",
        },
        _action("c2pa.orientation", "Turned, shifted and scaled as a whole; nothing is bent."),
        _action("c2pa.cropped", "The same window on the skin from every photograph."),
        _action("c2pa.resized", "The same scale for every photograph."),
    ]
    if recipe.colour is not None:
        done.append(
            _action("c2pa.color_adjustments", "One matrix for every photograph alike.")
            | {"parameters": {"org.skin-progress.matrix": json.dumps(recipe.colour.matrix)}}
        )
    if hides:
        done.append(_action("c2pa.edited", "Parts hidden so that nobody is recognised."))
    if words:
        done.append(_action("c2pa.addedText", "Words beside the photographs, none on skin."))
    return done


def _action(name: str, description: str) -> dict[str, Any]:
    return {"action": name, "description": description}


def _context(root_pem: str | None) -> Any:
    """Settings of the library: nobody trusted but the root, nothing fetched, no thumbnail."""
    import c2pa

    trust = {"trust_config": EMAIL_PROTECTION}
    if root_pem is not None:
        trust["trust_anchors"] = root_pem
    return c2pa.Context.from_dict(
        {
            "trust": trust,
            "builder": {"thumbnail": {"enabled": False}},
            "verify": {
                "verify_trust": True,
                "remote_manifest_fetch": False,
                "ocsp_fetch": False,
            },
        }
    )
