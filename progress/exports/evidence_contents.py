"""What goes into an evidence pack, told by whoever made the exported picture."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from progress.exports.recipe import Recipe
from progress.exports.recipe_parts import BADGE_WORDS, Text
from progress.model.consent import Grant

_ID = re.compile(r"[0-9a-f-]{8,64}")
_SUFFIX = re.compile(r"[a-z0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that left the house.

    Parameters
    ----------
    data : bytes
        Exactly as it left, Content Credentials included.
    suffix : str
        Such as ``jpg``, without a dot.
    recipe : Recipe or None
        What makes its pixels; None for what is no picture, or was made of several.
    """

    data: bytes = field(repr=False)
    suffix: str = "jpg"
    recipe: Recipe | None = None

    def __post_init__(self) -> None:
        if not _SUFFIX.fullmatch(self.suffix):
            raise ValueError(f"EvidenceFile.suffix: expected letters, got {self.suffix!r}")


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """One photograph of the exported picture.

    Parameters
    ----------
    sha256 : str
        Of the original file.
    taken_on : date
        The day of its session.
    shown_as : str
        That day as the picture says it; empty where it says none.
    original : bytes or None
        The file itself, only where the client's consent says so.
    """

    sha256: str
    taken_on: date
    shown_as: str = ""
    original: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class EvidenceContents:
    """Everything that a pack tells.

    Parameters
    ----------
    export_id : str
        Of the export's row in the record; tells nothing by itself.
    made_at : datetime
        With its zone.
    files : tuple of EvidenceFile
    photos : tuple of ShownPhoto
        Every original of every recipe, in the order of their days.
    comparisons : tuple of mapping
        ``progress.comparison/1`` of each pair that is shown.
    certificates : tuple of mapping
        ``progress.certificate/1`` of the same pairs.
    assets : mapping of str to bytes
        Font and logo files by sha256.
    consent : mapping
        `consent_reference` of the grant.
    rules : tuple of mapping
        The rules of the jurisdiction that applied, as the picture's maker tells them.
    treatment : mapping
        Facts that the picture states: kind, how often, when.
    simulated : bool
        Whether the pictures show a rendered mannequin.
    never : tuple of str
        Words that may stand nowhere in the pack: the client's pseudonym, original file names, the
        login of whoever exports. None of them is written.
    """

    export_id: str
    made_at: datetime
    files: tuple[EvidenceFile, ...]
    photos: tuple[ShownPhoto, ...]
    comparisons: tuple[Mapping[str, Any], ...] = ()
    certificates: tuple[Mapping[str, Any], ...] = ()
    assets: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    consent: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Mapping[str, Any], ...] = ()
    treatment: Mapping[str, Any] = field(default_factory=dict)
    simulated: bool = False
    never: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.export_id):
            raise ValueError(f"EvidenceContents.export_id: expected an id, got {self.export_id!r}")
        if self.made_at.tzinfo is None:
            raise ValueError("EvidenceContents.made_at: expected a time with its zone, got none")
        if not self.files:
            raise ValueError("EvidenceContents.files: expected at least one file, got none")
        known = {photo.sha256 for photo in self.photos}
        for file in self.files:
            used = set(file.recipe.originals) if file.recipe else set()
            if not used <= known:
                raise ValueError("EvidenceContents.photos: expected every original of the recipes")
            if file.recipe and not set(file.recipe.assets) <= set(self.assets):
                raise ValueError("EvidenceContents.assets: expected every asset of the recipes")


def consent_reference(grant: Grant) -> dict[str, Any]:
    """What a pack says of the consent: all that it covers, and nothing of whose it is.

    Parameters
    ----------
    grant : Grant
    """
    use = grant.use
    return {
        "purpose": use.purpose.value,
        "channel": use.channel.value,
        "region": use.region,
        "with_face": use.with_face,
        "with_originals": grant.with_originals,
        "jurisdiction": use.jurisdiction,
        "asked_on": grant.asked_at.date().isoformat(),
        "consents": [
            {
                "id": consent.id,
                "granted_on": consent.granted_on.isoformat(),
                "expires_on": consent.expires_on.isoformat() if consent.expires_on else None,
                "document_sha256": consent.document_sha256,
                "text_version": consent.text_version,
            }
            for consent in grant.consents
        ],
    }


def labels_of(recipe: Recipe) -> list[str]:
    """Every word on the picture, in the order in which it is drawn."""
    words = [part.words for part in recipe.drawn if isinstance(part, Text)]
    for panel in recipe.panels:
        if panel.ruler:
            words.append(f"{panel.ruler.mm:g} mm")
        if panel.badge:
            words.append(BADGE_WORDS)
    return words


def caption(side: str, day: str) -> str:
    """How certificates of a pack call a session: no name, and its day in ISO 8601."""
    return f"{side}, {day}"
