"""What a check of an evidence pack says: rows, and one sentence."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

MOST_WORDS = 120
"""Letters of anything that a pack says of itself: it may come from anybody."""


class Answer(enum.Enum):
    """What came of one check."""

    OK = "ok"
    FAILED = "failed"
    NOT_POSSIBLE = "not possible"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check: what was asked, what came of it, and why."""

    name: str
    answer: Answer
    reason: str


@dataclass(frozen=True, slots=True)
class PackCheck:
    """What a look at an evidence pack found.

    Parameters
    ----------
    rows : tuple of CheckRow
    export_id, organisation, fingerprint, made_at : str
        As the pack says them; `fingerprint` is that of the key which the signature was checked
        with. Empty where they cannot be read.
    """

    rows: tuple[CheckRow, ...]
    export_id: str = ""
    organisation: str = ""
    fingerprint: str = ""
    made_at: str = ""

    @property
    def ok(self) -> bool:
        """Whether no check failed; one that was not possible does not count."""
        return not any(row.answer is Answer.FAILED for row in self.rows)

    @property
    def remade(self) -> bool:
        """Whether the pixels were made again from the originals and are the same."""
        return self._answer(PIXELS_REMADE) is Answer.OK

    @property
    def sentence(self) -> str:
        """What was proven, and what was not."""
        failed = [row.name for row in self.rows if row.answer is Answer.FAILED]
        if failed:
            return f"Do not rely on this pack: {', '.join(failed)} failed."
        told = (
            f"Nothing in this pack was altered since {self.organisation} signed it, "
            f"by its own clock on {self.made_at}"
        )
        if self.remade:
            told += "; its pixels were made again from the originals and are the same bit for bit."
        elif self._answer(PIXELS_REMADE) is None:
            told += "; it holds no picture with a recipe."
        else:
            told += (
                "; its pixels were not made again, as the originals are not here: that they come "
                "from these originals is the signer's word."
            )
        if self._answer(PUT_TOGETHER) is not None:
            told += " That the page or video shows these pictures is the signer's word."
        if self._answer(SIGNER) is not Answer.OK:
            told += (
                " Anybody can sign under any name: compare the fingerprint with the one that "
                "the clinic publishes."
            )
        return told

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``progress evidence verify``."""
        return {
            "format": "progress.evidence-check/1",
            "ok": self.ok,
            "pixels_remade": self.remade,
            "sentence": self.sentence,
            "export_id": self.export_id,
            "organisation": self.organisation,
            "fingerprint": self.fingerprint,
            "made_at": self.made_at,
            "checks": [
                {"check": row.name, "answer": row.answer.value, "reason": row.reason}
                for row in self.rows
            ],
        }

    def _answer(self, name: str) -> Answer | None:
        return next((row.answer for row in self.rows if row.name == name), None)


SIGNER, PIXELS_REMADE, PUT_TOGETHER = "signer", "pixels made again", "page or video"


def plain_words(value: Any) -> str:
    """What a pack says, safe to print: one line without control signs, cut where it is long."""
    text = str(value)[: 4 * MOST_WORDS]
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(kept.split())[:MOST_WORDS]
