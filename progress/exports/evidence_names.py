"""Whether what leaves says who the client is: the words that may stand nowhere are looked for."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from progress.model import BadInput
from progress.model.consent import Channel, Purpose
from progress.model.people import Role

_SHORTEST, _SHORTEST_IN_BYTES = 3, 4
"""Shorter words stand in any text, and shorter runs in any compressed picture, by chance."""

_NO_NAMES = frozenset(kind.value for kinds in (Role, Purpose, Channel) for kind in kinds)
"""A login called marketing tells of nobody, and these words stand in every pack."""

_OUR_KEYS = frozenset(
    {
        "certificates", "check", "effect", "fingerprint", "format", "gate", "id", "metric",
        "models", "organisation", "public_key", "sha256", "signer", "software", "source", "verdict",
        "versions", "why",
    }
)  # fmt: skip
"""Keys below which only words of this software, of the law, or the clinic's own public name stand:
a client who is called like the clinic is not named by them."""


def refuse_names(files: Mapping[str, bytes], never: Iterable[str]) -> None:
    """Return if none of the words stands in a text, page or asset of a pack.

    Words are found as whole words, whatever their capitals. Pictures, videos and originals are not
    looked at here: the first are made of texts that are, the last stay out where they hold one.

    Parameters
    ----------
    files : mapping of str to bytes
    never : iterable of str

    Raises
    ------
    BadInput
        If one does; the message names the file and not the word.
    """
    words = tuple(word for word in never if word.casefold() not in _NO_NAMES)
    for name, data in files.items():
        if name.endswith(".json"):
            found = any(_stands_in(text, words) for text in _texts(json.loads(data)))
        else:
            looked_at = name.startswith("asset-") or name.endswith(".html")
            found = looked_at and names_in_bytes(data, words)
        if found:
            raise BadInput(
                f"evidence pack: expected nothing that tells who the client is, got it in {name}",
                advice="change the caption, region or fact that names somebody",
            )


def names_in_bytes(data: bytes, never: Iterable[str]) -> bool:
    """Whether one of the words stands in a file's bytes by itself, in any of the usual writings."""
    for word in never:
        if len(word) < _SHORTEST_IN_BYTES:
            continue
        for written in {word, word.lower(), word.upper()}:
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                coded = re.escape(written.encode(encoding))
                if re.search(
                    rb"(?<![A-Za-z0-9])" + coded + rb"(?![A-Za-z0-9])", data, re.IGNORECASE
                ):
                    return True
    return False


def _texts(told: Any) -> Iterator[str]:
    """Every text in an answer that is not one of our own words."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for key, value in told.items():
            if key not in _OUR_KEYS:
                yield from _texts(value)
    elif isinstance(told, list):
        for value in told:
            yield from _texts(value)


def _stands_in(text: str, words: Iterable[str]) -> bool:
    """Whether a word stands in a text by itself."""
    plain = _plain(text)
    return any(
        re.search(rf"(?<!\w){re.escape(_plain(word))}(?!\w)", plain)
        for word in words
        if len(word) >= _SHORTEST
    )


def _plain(text: str) -> str:
    """Without capitals, composed, and with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
