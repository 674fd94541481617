"""Erasing a client: everything goes but what the law asks to keep, and one report says which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from progress.model import BadInput, Client
from progress.model.consent import Purpose
from progress.model.exports import ExportRecord
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.pipeline.use_case import now
from progress.store.accounts import forget_failures
from progress.store.erased import keep_remainder
from progress.store.erasing import erase_client as erase_rows
from progress.store.exports import exports
from progress.store.scrubbing import files_left, scrub
from progress.store.whole_client import Rows, rows_of_client

ERASURE_FORMAT = "progress.erasure/1"

_COUNTED = {
    "sessions": "sessions",
    "photos": "photos",
    "treatments": "treatments",
    "measurements": "measurements",
    "drawn_regions": "drawn regions",
    "comparisons": "computed courses and comparisons",
    "consents": "consents, as rows with their pictures",
    "consent_documents": "signed documents",
    "exports": "notes of what left",
    "users": "accounts",
    "jobs": "jobs",
}
# Of a consent: what was allowed, when, on which wording, and when it was taken back. Not which
# pictures, and not who is in them.
_KEPT_OF_CONSENT = (
    "purpose", "channel", "jurisdiction", "with_face", "granted_on", "expires_on", "text_version",
    "document_sha256", "recorded_at",
)  # fmt: skip

NOT_COVERED = (
    "backups made before today still hold the record: let them run out, or erase again after a "
    "restore",
    "folders and archives that were imported from are where they were, and importing them again "
    "would bring the client back: erase them there",
    "files that left the house (exports, reports, published pictures) are where they were sent: "
    "take them down there",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that stays, and why."""

    what: str
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What went, what stays and what this cannot reach.

    Parameters
    ----------
    client_id : str
        The bare id; the name is gone.
    erased : dict of str to int
        Rows by kind.
    files_erased : int
        Photos that are gone from the disk.
    files_left : tuple of str
        Digests of photos whose file is still there: another client's record holds the same bytes,
        or the disk refused and the next start removes them.
    scrubbed : bool
        Whether the deleted rows were overwritten in the files of the database as well.
    kept : tuple of Kept
    take_down : tuple of dict
        Consents for use outside the clinic that stood until now: what was published under them
        has to come down.
    exports : tuple of ExportRecord
        What left and is not noted as down: when, where, by whom, which file. It is told here for
        the last time, but for day, channel and digest of what was made for others.
    not_covered : tuple of str
    """

    client_id: str
    erased: dict[str, int]
    files_erased: int
    files_left: tuple[str, ...]
    scrubbed: bool
    kept: tuple[Kept, ...]
    take_down: tuple[dict[str, Any], ...]
    exports: tuple[ExportRecord, ...] = ()
    not_covered: tuple[str, ...] = field(default=NOT_COVERED)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, ``progress.erasure/1``."""
        return {
            "format": ERASURE_FORMAT,
            "client_id": self.client_id,
            "erased": self.erased,
            "files_erased": self.files_erased,
            "files_left": list(self.files_left),
            "database_scrubbed": self.scrubbed,
            "kept": [{"what": k.what, "count": k.count, "why": k.why} for k in self.kept],
            "take_down": list(self.take_down),
            "exports": [one.to_dict() for one in self.exports],
            "not_covered": list(self.not_covered),
        }


def client_named(clinic: Clinic, name: str) -> Client:
    """The client of this pseudonym or id.

    Raises
    ------
    BadInput
        If the record holds none.
    """
    for client in clinic.clients():
        if name in (client.pseudonym, client.id):
            return client
    raise BadInput(
        f"client: expected a pseudonym or id of the record, got {name[:60]!r}",
        advice="write it exactly as the record has it",
    )


def erase_client(clinic: Clinic, client_id: str, *, confirm: str) -> ErasureReport:
    """Take a client out of the record for good.

    All rows go in one unit of work and the files after it; a process that is killed in between
    leaves markers, by which the next start removes the files.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.ERASE_CLIENT`.
    client_id : str
    confirm : str
        The client's pseudonym, exactly.

    Returns
    -------
    ErasureReport

    Raises
    ------
    BadInput
        If `confirm` is anything else; nothing is touched then.
    StoreError
        If there is no such client.
    """
    store = clinic.asking(Action.ERASE_CLIENT, client_id)
    with store.reading() as record:
        pseudonym = record.client(client_id).pseudonym
    if confirm != pseudonym:
        raise BadInput(
            "erase: expected the client's name as confirmation, exactly as the record has it, got "
            f"{confirm[:60]!r}",
            advice="repeat the name after --confirm; there is no way back",
        )
    with clinic.changing(Action.ERASE_CLIENT, client_id) as work:
        rows = rows_of_client(work, client_id)
        out = tuple(one for one in exports(work, client_id) if one.taken_down_at is None)
        ended = {row["consent_id"]: row["withdrawn_at"] for row in rows["consent_withdrawals"]}
        consents = [_remainder(row, ended.get(row["id"])) for row in rows["consents"]]
        keep_remainder(
            work,
            client_id,
            {
                "erased_at": now().isoformat(timespec="seconds"),
                "consents": consents,
                "published": [_published(one) for one in out if one.purpose != Purpose.CARE.value],
            },
        )
        for row in rows["users"]:
            forget_failures(work, login=row["login"])
        digests = erase_rows(work, client_id)
    left = files_left(store, digests)
    return ErasureReport(
        client_id=client_id,
        erased={word: len(rows[table]) for table, word in _COUNTED.items()},
        files_erased=len(digests) - len(left),
        files_left=left,
        scrubbed=scrub(store),
        kept=_kept(rows, out),
        take_down=tuple(c for c in consents if _stood(c)),
        exports=out,
    )


def _remainder(row: dict[str, Any], withdrawn_at: str | None) -> dict[str, Any]:
    return {name: row[name] for name in _KEPT_OF_CONSENT} | {"withdrawn_at": withdrawn_at}


def _published(export: ExportRecord) -> dict[str, Any]:
    """What is needed to know a published file again: no name, no place, none of the pictures."""
    told = export.to_dict()
    return {name: told[name] for name in ("export", "channel", "jurisdiction", "when", "by")} | {
        "sha256": [file.sha256 for file in export.files]
    }


def _stood(consent: dict[str, Any]) -> bool:
    """Whether something may be published under it."""
    return consent["withdrawn_at"] is None and consent["purpose"] != "care"


def _kept(rows: dict[str, Rows], out: Sequence[ExportRecord]) -> tuple[Kept, ...]:
    """What stays, with the reason; the line of the erasure itself is one of the audit's."""
    logins = [row["login"] for row in rows["users"]]
    found = [
        Kept(
            "lines of the audit with the client's bare id, without name and free text",
            len(rows["audit"]) + 1,
            "who did what must stay provable, and a line taken out would break the chain "
            "(GDPR article 5(2), 17(3)(b))",
        ),
        Kept(
            "that consents were given and taken back: purpose, channel, days, wording; no name, no "
            "picture",
            len(rows["consents"]),
            "the clinic must be able to show that consent was given (GDPR article 7(1), 17(3)(e))",
        ),
    ]
    found.append(
        Kept(
            "what was made for others and is not noted as down: when, by whom, channel, digest of "
            "the file; no name, no place, no picture",
            sum(one.purpose != Purpose.CARE.value for one in out),
            "so that it can be known again and taken down (GDPR article 17(2))",
        )
    )
    if logins:
        found.append(
            Kept(
                "the login name of the client's account where the audit notes what it did",
                len(logins),
                "it is part of the lines above; choose logins that name nobody",
            )
        )
    return tuple(one for one in found if one.count)
