"""Whether the parts of an evidence pack tell one story: pixels, words, days, photographs, seal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from progress.exports.credentials import (
    EXPIRED,
    TRUSTED,
    UNTRUSTED,
    CredentialFacts,
    credential_assertion,
    read_credentials,
)
from progress.exports.evidence import metric_versions, software
from progress.exports.evidence_archive import read_json
from progress.exports.evidence_contents import caption, labels_of
from progress.exports.evidence_pixels import picture_pixels, pixels_sha256
from progress.exports.evidence_reading import CheckFailed, CheckNotPossible, ReadPack
from progress.exports.evidence_verdict import plain_words
from progress.exports.render import encode, render
from progress.pipeline.signing_certificates import last_certificate
from progress.pipeline.signing_identity import fingerprint_of

Originals = Callable[[tuple[str, ...]], Mapping[str, bytes]]
"""From digests to those files that are at hand."""


def check_remade(pack: ReadPack, originals: Originals | None) -> str:
    """Follow every recipe and hold its pixels against the exported ones."""
    recipes = {one["name"]: pack.recipe(one["recipe"]) for one in pack.pictures()}
    needed = tuple(dict.fromkeys(s for recipe in recipes.values() for s in recipe.originals))
    at_hand = {
        one["sha256"]: pack.files[one["name"]]
        for one in pack.manifest["originals"]
        if one["included"]
    }
    lacking = tuple(sha256 for sha256 in needed if sha256 not in at_hand)
    if lacking and originals is not None:
        at_hand |= originals(lacking)
    lacking = tuple(sha256 for sha256 in needed if sha256 not in at_hand)
    if lacking:
        raise CheckNotPossible(f"{len(lacking)} of {len(needed)} originals are not here")
    assets = {one["sha256"]: pack.files[one["name"]] for one in pack.manifest["assets"]}
    for name, recipe in recipes.items():
        width, height = recipe.canvas.size_px
        exported = picture_pixels(pack.files[name])
        if exported.shape[:2] != (height, width):
            raise CheckFailed(f"{name} is of another size than its recipe")
        again = picture_pixels(encode(recipe, render(recipe, at_hand, assets)))
        if pixels_sha256(again) != pixels_sha256(exported):
            others = _other_versions(pack)
            raise CheckFailed(f"{name} has other pixels than its recipe makes{others}")
    return f"every picture, bit for bit, from {len(needed)} originals"


def check_put_together(pack: ReadPack) -> str:
    """A page or video comes with its pictures, but no recipe makes its bytes again."""
    others = [one["name"] for one in pack.manifest["exported"] if one["recipe"] is None]
    raise CheckNotPossible(f"{', '.join(others)}: looked at by its digest only")


def check_labels(pack: ReadPack) -> str:
    """The manifest, the recipes and the certificates say the same words and days."""
    recipes = [pack.recipe(one["recipe"]) for one in pack.pictures()]
    drawn = [label for recipe in recipes for label in labels_of(recipe)]
    if drawn != pack.manifest["labels"]:
        raise CheckFailed("the manifest says other words than the recipes draw")
    days = {one["original"]: one["taken_on"] for one in pack.manifest["dates"]}
    for one in pack.manifest["dates"]:
        if recipes and one["shown_as"] and not any(one["shown_as"] in label for label in drawn):
            raise CheckFailed(f"no label says {plain_words(one['shown_as'])}")
    for certificate in _numbered(pack, "certificate"):
        for side in ("baseline", "followup"):
            shots = [shot["sha256"] for shot in certificate[side]["photos"]]
            shown = [sha256 for sha256 in shots if sha256 in days]
            if not shown:
                raise CheckFailed("a certificate judges photographs that are not shown")
            if certificate[side]["caption"] != caption(side, days[shown[0]]):
                raise CheckFailed("a certificate says another day than the manifest")
    return f"{len(drawn)} labels and {len(days)} dates are the same everywhere"


def check_photographs(pack: ReadPack) -> str:
    """Recipe, certificate and measurements are about the same files."""
    certificates, comparisons = _numbered(pack, "certificate"), _numbered(pack, "measurements")
    if not certificates and not comparisons:
        raise CheckNotPossible("neither certificate nor measurements in it")
    if len(certificates) != len(comparisons):
        raise CheckFailed("certificates and measurements are not of the same pairs")
    shown = {one["sha256"] for one in pack.manifest["originals"]}
    for certificate, comparison in zip(certificates, comparisons, strict=True):
        judged, measured = _photographs(certificate), _photographs(comparison)
        if judged != measured:
            raise CheckFailed("a certificate and its measurements are of other photographs")
        if not all(shown & set(side) for side in judged):
            raise CheckFailed("a certificate is of photographs that are not shown")
        for side in ("baseline", "followup"):
            if certificate[side]["photos"] != comparison[side]["photos"]:
                raise CheckFailed(f"certificate and measurements differ on the {side}")
        for key in ("comparability", "registration"):
            if certificate[key] != comparison[key]:
                raise CheckFailed(f"certificate and measurements differ in {key}")
    if pack.manifest["metrics"] != metric_versions(comparisons):
        raise CheckFailed("the manifest names other versions of metrics than the measurements")
    return "certificates and measurements are of the pairs that are shown"


def check_credentials(pack: ReadPack) -> str:
    pictures = [one for one in pack.pictures() if one["name"].endswith(".jpg")]
    if not pictures:
        raise CheckNotPossible("no JPEG with a recipe in it")
    root = last_certificate(pack.signer["certificates"])
    expired = False
    for one in pictures:
        found = read_credentials(pack.files[one["name"]], root)
        # Bound to these bytes as before, which the pack signs too; only nobody vouches any more.
        ran_out = EXPIRED in found.problems and set(found.problems) <= {EXPIRED, UNTRUSTED}
        expired = expired or ran_out
        if found.state != TRUSTED and not ran_out:
            problems = ", ".join(found.problems) or "no credentials"
            raise CheckFailed(f"{one['name']}: {found.state}, {problems}")
        facts = CredentialFacts(
            pack.manifest["export_id"],
            pack.recipe(one["recipe"]),
            simulated=pack.manifest["simulated"] is not False,
        )
        wanted = credential_assertion(
            facts,
            fingerprint=fingerprint_of(pack.public_key),
            pixels=one["pixels_sha256"],
        )
        if found.told != wanted:
            raise CheckFailed(f"{one['name']}: its credentials speak of another pack")
    if expired:
        raise CheckNotPossible("bound to these bytes, but the certificates have run out since")
    made = (
        "of the clinic's own making"
        if pack.signer["certificates_self_made"]
        else "of an authority, as it says"
    )
    return f"valid and bound to the bytes of every picture; certificates {made}"


def _numbered(pack: ReadPack, stem: str) -> list[dict[str, Any]]:
    """The files of this name in their order."""
    names = [f"{stem}.json", *(f"{stem}-{n}.json" for n in range(2, len(pack.files) + 1))]
    return [read_json(pack.files[name]) for name in names if name in pack.files]


def _photographs(told: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Digests of both sessions."""
    baseline, followup = (
        [shot["sha256"] for shot in told[side]["photos"]] for side in ("baseline", "followup")
    )
    return baseline, followup


def _other_versions(pack: ReadPack) -> str:
    """Which libraries are others here: they may be why."""
    told, here = pack.manifest["software"], software()
    other = [
        f"{name} {told.get(name)} there, {here[name]} here"
        for name in here
        if told.get(name) != here[name]
    ]
    return f"; made with other versions: {'; '.join(other)}" if other else ""
