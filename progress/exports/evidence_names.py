"""Whether what leaves says who the client is: the words that may stand nowhere are looked for."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from progress.model import BadInput

_SHORTEST, _SHORTEST_IN_BYTES = 3, 4
"""Shorter words stand in any text, and shorter runs in any compressed picture, by chance."""

_OUR_WORDS = frozenset(
    {
        "algorithm", "certificates", "channel", "check", "family", "fingerprint", "format", "gate",
        "metric", "models", "name", "op", "organisation", "public_key", "purpose", "sha256",
        "signer", "software", "unit", "verdict", "versions",
    }
)  # fmt: skip
"""Keys below which only words of this software, of the law, or the clinic's own public name stand:
a client called Website or like the clinic is not named by them."""


def refuse_names(files: Mapping[str, bytes], never: Iterable[str]) -> None:
    """Return if none of the words stands in any text of a pack or among its assets.

    Words are found as whole words, whatever their capitals. Exported pictures and originals are not
    looked at here: the first are made of texts that are, the second stay out where they hold one.

    Parameters
    ----------
    files : mapping of str to bytes
    never : iterable of str

    Raises
    ------
    BadInput
        If one does; the message names the file and not the word.
    """
    words = tuple(never)
    for name, data in files.items():
        if name.endswith(".json"):
            found = any(_stands_in(text, words) for text in _texts(json.loads(data)))
        else:
            found = name.startswith("asset-") and names_in_bytes(data, words)
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
            if key not in _OUR_WORDS:
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
