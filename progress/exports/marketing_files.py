"""From recipes to the bytes of the file that leaves, with credentials, and what the pack holds."""

from __future__ import annotations

from collections.abc import Mapping

from progress.exports.compose import Composed
from progress.exports.credentials import CredentialFacts, with_credentials
from progress.exports.deidentify import finds_face
from progress.exports.evidence_contents import EvidenceFile
from progress.exports.layouts import Layout
from progress.exports.marketing_wish import MarketingWish
from progress.exports.render import encode, render
from progress.model import NotAllowed
from progress.pipeline.signing_identity import SigningIdentity

HOLD_S = 1.5
"""How long each day of a time-lapse stays: long enough to read its label."""


def signed_files(
    composed: Composed,
    originals: Mapping[str, bytes],
    identity: SigningIdentity,
    export_id: str,
    wish: MarketingWish,
) -> tuple[bytes, tuple[EvidenceFile, ...]]:
    """Return the file that leaves, and all that the evidence pack holds of it.

    Parameters
    ----------
    composed : Composed
    originals : mapping of str to bytes
        By digest.
    identity : SigningIdentity
    export_id : str
    wish : MarketingWish

    Returns
    -------
    data : bytes
        A JPEG with Content Credentials, a page with a slider, or a time-lapse.
    files : tuple of EvidenceFile
        The file first; each frame of what moves as a JPEG of its own, whose pixels can be made
        again.

    Raises
    ------
    NotAllowed
        If the face may not be known and a face is found in what was made.
    """
    frames = [render(recipe, originals, composed.assets) for recipe in composed.recipes]
    if not wish.with_face and any(finds_face(frame) for frame in frames):
        raise NotAllowed(
            "comparison: expected no face in the finished picture, got one",
            advice="crop to a smaller region",
        )
    pictures = []
    for recipe, frame in zip(composed.recipes, frames, strict=True):
        facts = CredentialFacts(export_id, recipe, simulated=_simulated(composed))
        jpeg = with_credentials(encode(recipe, frame), identity, facts)
        pictures.append(EvidenceFile(jpeg, "jpg", recipe))
    if wish.layout is Layout.SLIDER:
        from progress.exports.slider_page import SliderWords, slider_page

        words = SliderWords(first=wish.under[0], second=wish.under[1])
        page = slider_page(pictures[0].data, pictures[1].data, words=words).encode("utf-8")
        return page, (EvidenceFile(page, "html"), *pictures)
    if wish.layout is Layout.TIME_LAPSE:
        from progress.exports.timelapse import timelapse_bytes

        moving = timelapse_bytes(frames, wish.suffix, hold_s=HOLD_S)
        return moving, (EvidenceFile(moving, wish.suffix[1:]), *pictures)
    return pictures[0].data, tuple(pictures)


def _simulated(composed: Composed) -> bool:
    """A mannequin carries its badge on every panel."""
    return all(panel.badge is not None for recipe in composed.recipes for panel in recipe.panels)
