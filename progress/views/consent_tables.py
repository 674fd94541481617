"""Consents and what left under them, as JSON and as lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from progress.model.consent import Consent
from progress.model.exports import ExportRecord, Receipt
from progress.views.consent_words import pictures_label
from progress.views.labels import counted

SHORT_ID = 8
"""Letters of an id that tell a client's consents apart, and are taken for it."""


def consent_state(consent: Consent, today: date) -> str:
    """Return whether a consent holds on a day, and why not."""
    if consent.withdrawn_at is not None:
        return f"withdrawn on {consent.withdrawn_at:%Y-%m-%d}"
    if today < consent.granted_on:
        return f"begins on {consent.granted_on}"
    if consent.expires_on is not None and today > consent.expires_on:
        return f"ended on {consent.expires_on}"
    return "holds today"


def consent_json(consent: Consent, today: date) -> dict[str, Any]:
    """Return one consent as JSON; its document stays where it is."""
    gone = consent.withdrawn_at
    return {
        "consent": consent.id,
        "purpose": consent.purpose.value,
        "channel": consent.channel.value,
        "photos": list(consent.photos),
        "withdrawn_photos": list(consent.withdrawn_photos),
        "region": consent.region,
        "with_face": consent.with_face,
        "with_originals": consent.with_originals,
        "jurisdiction": consent.jurisdiction,
        "granted_on": consent.granted_on.isoformat(),
        "expires_on": consent.expires_on.isoformat() if consent.expires_on else None,
        "withdrawn_at": gone.isoformat(timespec="seconds") if gone else None,
        "holds_today": consent.holds_on(today),
        "document_sha256": consent.document_sha256,
        "text_version": consent.text_version,
        "recorded_by": consent.recorded_by,
    }


def consents_json(
    client_id: str, consents: Sequence[Consent], exports: Sequence[ExportRecord], today: date
) -> dict[str, Any]:
    """Return a client's consents and exports as JSON, ``progress.consents/1``."""
    return {
        "format": "progress.consents/1",
        "client_id": client_id,
        "today": today.isoformat(),
        "consents": [consent_json(one, today) for one in consents],
        "exports": [one.to_dict() | {"consents": list(one.consents)} for one in exports],
    }


def consent_lines(
    consents: Sequence[Consent], exports: Sequence[ExportRecord], today: date
) -> list[str]:
    """Return a table of consents, and under each what left by it."""
    if not consents and not exports:
        return ["no consent, and nothing left"]
    lines: list[str] = []
    for one in consents:
        shown = [part for part in (one.region or "whole picture", one.jurisdiction) if part]
        shown.append("face may be known" if one.with_face else "face hidden")
        if one.with_originals:
            shown.append("originals may go")
        kept = len(one.photos) - len(one.withdrawn_photos)
        back = f", {len(one.withdrawn_photos)} taken back" if one.withdrawn_photos else ""
        lines.append(
            f"{one.id[:SHORT_ID]}  {one.purpose.value} on {one.channel.value}: "
            f"{consent_state(one, today)}; {pictures_label(kept)}{back}; {', '.join(shown)}; "
            f"from {one.granted_on} until {one.expires_on or 'withdrawn'}"
        )
        lines += _indented(export_lines(e for e in exports if one.id in e.consents))
    others = export_lines(e for e in exports if not e.consents)
    if others:
        lines += ["without a consent, as the clinic's own record:", *_indented(others)]
    return lines


def export_lines(exports: Iterable[ExportRecord]) -> list[str]:
    """Return a table with one row a file: when, channel, by whom, what, digest, where."""
    rows = [
        (
            f"{one.made_at:%Y-%m-%d %H:%M}",
            one.channel,
            one.made_by,
            one.kind,
            f"down since {one.taken_down_at:%Y-%m-%d}" if one.taken_down_at else "out",
            one.id[:SHORT_ID],
            file.sha256,
            file.name if file.place == "download" else file.place,
        )
        for one in exports
        for file in one.files
    ]
    if not rows:
        return []
    heads = ("when (UTC)", "channel", "by", "what", "state", "export", "sha256", "where")
    table = [heads, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(heads))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def due_lines(exports: Sequence[ExportRecord]) -> list[str]:
    """Return what must come down as lines for the terminal, by client."""
    if not exports:
        return ["nothing is out without a consent that holds"]
    by_client: dict[str, list[ExportRecord]] = {}
    for one in exports:
        by_client.setdefault(one.client_id, []).append(one)
    lines = []
    for client_id, theirs in by_client.items():
        lines += [f"client {client_id}, take down:", *export_lines(theirs)]
    return [*lines, "then note it: progress consent taken-down --client ID --export ID"]


def due_json(exports: Sequence[ExportRecord]) -> dict[str, Any]:
    """Return what must come down as JSON, ``progress.take-down/1``."""
    return {
        "format": "progress.take-down/1",
        "take_down": [{"client_id": one.client_id, **one.to_dict()} for one in exports],
    }


def receipt_lines(receipt: Receipt) -> list[str]:
    """Return a withdrawal for the terminal: what ended, what must come down, what stays."""
    told = receipt.to_dict()
    lines = [
        f"withdrawn: {counted(len(receipt.consents), 'consent')} for "
        f"{pictures_label(len(receipt.photos))}, at {receipt.withdrawn_at:%Y-%m-%d %H:%M:%S} UTC"
    ]
    if receipt.take_down:
        lines += ["take down:", *_indented(export_lines(receipt.take_down))]
    else:
        lines.append("take down: nothing left under it")
    if receipt.stays:
        lines += [
            "shows these pictures and stays, by another consent or as the clinic's own record:",
            *_indented(export_lines(receipt.stays)),
        ]
    return [*lines, "the clinical record stays", f"receipt {told['receipt']}"]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
