"""Changes of rows that somebody has read before: never over what another wrote meanwhile.

Every such row counts its changes. Whoever writes hands in the record as it was read, changed; if
its version is no longer the one that is stored, nothing is written and the person is told.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, delete, select, update

from progress.model import Client, Session, StoreError, Treatment
from progress.store import schema
from progress.store.reading import Reading, unknown


class Changes(Reading):
    """The part of `progress.store.Work` that changes and takes away rows that were read."""

    def change_client(self, client: Client) -> Client:
        """Write a client as given, if its version is still the stored one; return it as kept.

        Parameters
        ----------
        client : Client
            As it was read, with other values: ``replace(client, note="...")``.

        Raises
        ------
        StoreError
            If somebody else changed it meanwhile, the pseudonym is taken or there is no such
            client.
        """
        if not client.pseudonym.strip():
            raise ValueError("pseudonym: expected a name, got none")
        self._change(
            schema.clients,
            "client",
            client,
            ("pseudonym", "simulated", "note", "birth_year", "skin_type"),
        )
        return self.client(client.id)

    def change_session(self, session: Session) -> Session:
        """Write a session's day and note, if its version is still the stored one; return it.

        Its photos stay as they are stored.

        Raises
        ------
        StoreError
            If somebody else changed it meanwhile, the client has another session of that day, or
            there is no such session.
        """
        self._change(schema.sessions, "session", session, ("taken_on", "note"))
        return self.session(session.id)

    def change_treatment(self, treatment: Treatment) -> Treatment:
        """Write a treatment as given, if its version is still the stored one; return it.

        Raises
        ------
        StoreError
            If somebody else changed it meanwhile or there is no such treatment.
        """
        if not treatment.kind.strip():
            raise ValueError("kind: expected what was done, got nothing")
        columns = ("date", "kind", "needle_depth_mm", "area", "device", "note", "serum")
        self._change(schema.treatments, "treatment", treatment, (*columns, "practitioner"))
        return next(t for t in self.treatments(treatment.client_id) if t.id == treatment.id)

    def delete_treatment(self, treatment: Treatment) -> None:
        """Take a treatment away, if its version is still the stored one.

        Raises
        ------
        StoreError
            If somebody else changed it meanwhile or there is no such treatment.
        """
        delete_read(self, schema.treatments, "treatment", treatment.id, version=treatment.version)

    def save_gates(self, photo_id: str, gates: str) -> None:
        """Keep a photo's gates as JSON; raises `StoreError` if there is no such photo."""
        table = schema.photos
        done = self._connection.execute(
            update(table).where(table.c.id == photo_id).values(gates=gates)
        )
        if done.rowcount != 1:
            raise unknown("photo", photo_id)

    def _change(
        self,
        table: Table,
        noun: str,
        record: Client | Session | Treatment,
        columns: tuple[str, ...],
    ) -> None:
        values = {name: getattr(record, name) for name in columns}
        change_read(self, table, noun, record.id, version=record.version, values=values)


def change_read(
    work: Reading, table: Table, noun: str, identity: str, *, version: int, values: dict[str, Any]
) -> None:
    """Write columns of a row whose version is still the one that was read.

    Raises
    ------
    StoreError
        If somebody else changed it meanwhile or there is no such row.
    """
    done = work._connection.execute(
        update(table)
        .where(table.c.id == identity, table.c.version == version)
        .values(**values, version=version + 1)
    )
    if done.rowcount != 1:
        raise _refusal(work, table, noun, identity)


def delete_read(work: Reading, table: Table, noun: str, identity: str, *, version: int) -> None:
    """Take away a row whose version is still the one that was read.

    Raises
    ------
    StoreError
        If somebody else changed it meanwhile or there is no such row.
    """
    done = work._connection.execute(
        delete(table).where(table.c.id == identity, table.c.version == version)
    )
    if done.rowcount != 1:
        raise _refusal(work, table, noun, identity)


def _refusal(work: Reading, table: Table, noun: str, identity: str) -> StoreError:
    """Why a row could not be changed: it is another one by now, or gone."""
    known = work._connection.scalar(select(table.c.id).where(table.c.id == identity))
    if known is None:
        return unknown(noun, identity)
    return StoreError(
        f"{noun}: expected it as you read it, but somebody else changed it meanwhile",
        advice="reload, look at what they wrote, and change it again",
    )
