"""Letters that a client keeps: what was signed, and the receipt of what was taken back.

Each is one file that opens without this program and reaches for nothing outside itself.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from progress.model.consent import Consent
from progress.model.exports import BY_DOWNLOAD, ExportRecord, Receipt
from progress.views.catalogue import consent as words
from progress.views.consent_words import pictures_label
from progress.views.labels import day_label
from progress.views.page import render

Day = Callable[[date], str]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a letter: a heading, which may be empty, with lines and a list under it."""

    heading: str
    lines: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


def receipt_sections(
    receipt: Receipt, consents: Iterable[Consent], *, day: Day = day_label
) -> tuple[Section, ...]:
    """Return a withdrawal in a client's words.

    Parameters
    ----------
    receipt : Receipt
    consents : iterable of Consent
        The client's; those that the receipt names are told.
    day : callable
        Writes a day as the reader does.

    Returns
    -------
    tuple of Section
        Files by name and digest; the clinic's folders are no business of the reader.
    """
    gone = frozenset(receipt.photos)
    moment = receipt.withdrawn_at
    taken = tuple(
        words.WHAT_LINE.format(
            purpose=words.PURPOSES[one.purpose.value],
            channel=words.CHANNELS[one.channel.value],
            since=day(one.granted_on),
            number=pictures_label(len(gone & set(one.photos))),
        )
        for one in consents
        if one.id in receipt.consents
    )
    down = tuple(_exported(one, day) for one in receipt.take_down)
    kept = tuple(_exported(one, day) for one in receipt.stays)
    when = words.TAKEN_BACK.format(day=day(moment.date()), time=f"{moment:%H:%M}", by=receipt.by)
    found = [
        Section("", (when, words.RECEIPT_NUMBER.format(receipt.to_dict()["receipt"]))),
        Section(words.WHAT, (words.FROM_NOW,), taken),
        Section(words.MUST_COME_DOWN, () if down else (words.NOTHING_DOWN,), down),
    ]
    if down:
        found.append(Section("", (words.OUT_OF_REACH,)))
    if kept:
        found.append(Section(words.STAYS, (words.STAYS_WHY,), kept))
    return (*found, Section(words.RECORD_STAYS, (words.RECORD_STAYS_WHY,)))


def receipt_page(receipt: Receipt, consents: Iterable[Consent], *, day: Day = day_label) -> str:
    """Return the receipt as an HTML page; see `receipt_sections`."""
    return _letter(words.RECEIPT, receipt_sections(receipt, consents, day=day))


def receipt_text(receipt: Receipt, consents: Iterable[Consent], *, day: Day = day_label) -> str:
    """Return the receipt as plain text; see `receipt_sections`."""
    lines = [words.RECEIPT]
    for section in receipt_sections(receipt, consents, day=day):
        lines += ["", section.heading] if section.heading else [""]
        lines += [*section.lines, *(f"- {row}" for row in section.rows)]
    return "\n".join(lines) + "\n"


def signed_page(
    text: str, *, version: str, signed_on: date, signature_png: bytes | None, day: Day = day_label
) -> bytes:
    """Return what was agreed to with the signature under it, as an HTML page in UTF-8.

    Parameters
    ----------
    text : str
        From `agreement_text`, as it was shown.
    version : str
    signed_on : date
    signature_png : bytes or None
        As it was drawn; None where the text was agreed to without one.
    day : callable
    """
    sections = (
        Section("", tuple(text.splitlines())),
        Section(words.SIGNATURE if signature_png else "", (words.SIGNED.format(day(signed_on)),)),
    )
    return _letter(words.AGREEMENT_TITLE, sections, picture=signature_png, foot=version).encode()


def _exported(export: ExportRecord, day: Day) -> str:
    """One export with its files in a line."""
    said = words.DOWN_LINE.format(
        kind=export.kind,
        channel=words.CHANNELS.get(export.channel, export.channel),
        day=day(export.made_at.date()),
        by=export.made_by,
    )
    files = [
        (words.FILE_DOWNLOADED if one.place == BY_DOWNLOAD else words.FILE_LINE).format(
            name=one.name, sha256=one.sha256
        )
        for one in export.files
    ]
    if export.taken_down_at is not None:
        files.append(words.DOWN_ALREADY.format(day(export.taken_down_at.date())))
    return "; ".join([said, *files])


def _letter(
    title: str, sections: Sequence[Section], *, picture: bytes | None = None, foot: str = ""
) -> str:
    return render(
        "letter.html",
        title=title,
        sections=sections,
        picture=base64.b64encode(picture).decode("ascii") if picture else "",
        picture_words=words.SIGNATURE,
        foot=foot,
    )
