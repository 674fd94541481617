"""Questions to the record: rows become the frozen types of the model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from progress.model import (
    Client,
    Estimate,
    Measurement,
    NotMeasured,
    Outcome,
    Photo,
    Session,
    StoreError,
    Treatment,
    View,
)
from progress.store import schema
from progress.store.engine import plain_disk_errors
from progress.store.photo_files import PhotoFiles


class Reading:
    """One state of the record; made by `Store.reading`.

    All answers come from the same moment, whatever others write meanwhile.
    """

    def __init__(self, connection: Connection, files: PhotoFiles) -> None:
        self._connection = connection
        self._files = files

    def clients(self) -> tuple[Client, ...]:
        """All clients by pseudonym."""
        rows = self._connection.execute(select(schema.clients).order_by(schema.clients.c.pseudonym))
        return tuple(_client(row) for row in rows)

    def client(self, client_id: str) -> Client:
        """The client of this id; raises `StoreError` if there is none."""
        row = self._connection.execute(
            select(schema.clients).where(schema.clients.c.id == client_id)
        ).one_or_none()
        if row is None:
            raise unknown("client", client_id)
        return _client(row)

    def sessions(self, client_id: str) -> tuple[Session, ...]:
        """The client's sessions by date, each with its photos in the order they were added."""
        table = schema.sessions
        rows = self._connection.execute(
            select(table).where(table.c.client_id == client_id).order_by(table.c.taken_on)
        ).all()
        return self._with_photos(rows)

    def session(self, session_id: str) -> Session:
        """The session of this id; raises `StoreError` if there is none."""
        rows = self._connection.execute(
            select(schema.sessions).where(schema.sessions.c.id == session_id)
        ).all()
        if not rows:
            raise unknown("session", session_id)
        return self._with_photos(rows)[0]

    def treatments(self, client_id: str) -> tuple[Treatment, ...]:
        """The client's treatments by date."""
        table = schema.treatments
        rows = self._connection.execute(
            select(table)
            .where(table.c.client_id == client_id)
            .order_by(table.c.date, table.c.kind, table.c.id)
        )
        return tuple(Treatment(**row._mapping) for row in rows)

    def measurements(
        self, session_id: str, *, metric: str | None = None, inputs_hash: str | None = None
    ) -> tuple[Measurement, ...]:
        """What was measured on a session, in the order it was stored.

        Every version and every set of inputs is kept; choose with `metric` and `inputs_hash`.
        """
        table = schema.measurements
        query = select(table).where(table.c.session_id == session_id).order_by(table.c.id)
        if metric is not None:
            query = query.where(table.c.metric == metric)
        if inputs_hash is not None:
            query = query.where(table.c.inputs_hash == inputs_hash)
        rows = self._connection.execute(query).all()
        shots = schema.measurement_photos
        photos: dict[int, list[str]] = defaultdict(list)
        for row in self._connection.execute(
            select(shots)
            .where(shots.c.measurement_id.in_(query.with_only_columns(table.c.id).order_by(None)))
            .order_by(shots.c.measurement_id, shots.c.position)
        ):
            photos[row.measurement_id].append(row.sha256)
        return tuple(_measurement(row, tuple(photos[row.id])) for row in rows)

    def photo_bytes(self, sha256: str) -> bytes:
        """Original bytes of a photo of the record, checked against their digest.

        Raises
        ------
        StoreError
            If no photo of the record has this digest, or its file is missing or changed.
        """
        found = select(schema.photos.c.sha256).where(schema.photos.c.sha256 == sha256).limit(1)
        if self._connection.scalar(found) is None:
            raise unknown("photo", sha256)
        with plain_disk_errors("photos of the record"):
            return self._files.read(sha256)

    def comparison(self, key: str) -> str | None:
        """The stored result of a comparison, or None if it was not made yet."""
        table = schema.comparisons
        return self._connection.scalar(select(table.c.result).where(table.c.key == key))

    def setting(self, key: str) -> str | None:
        """A setting of this record, or None."""
        table = schema.settings
        return self._connection.scalar(select(table.c.value).where(table.c.key == key))

    def _with_photos(self, rows: Iterable[Row[Any]]) -> tuple[Session, ...]:
        rows = list(rows)
        table = schema.photos
        photos: dict[str, list[Photo]] = defaultdict(list)
        for row in self._connection.execute(
            select(table)
            .where(table.c.session_id.in_([row.id for row in rows]))
            .order_by(table.c.position)
        ):
            photos[row.session_id].append(_photo(row))
        return tuple(
            Session(
                id=row.id,
                client_id=row.client_id,
                taken_on=row.taken_on,
                photos=tuple(photos[row.id]),
                note=row.note,
                version=row.version,
            )
            for row in rows
        )


def unknown(noun: str, identity: str) -> StoreError:
    """The error for a name that the record does not know."""
    return StoreError(
        f"expected a {noun} of the record, got {identity!r}",
        advice=f"list what is there and choose a {noun} from it",
    )


def _client(row: Row[Any]) -> Client:
    return Client(**row._mapping)


def _photo(row: Row[Any]) -> Photo:
    return Photo(
        id=row.id,
        session_id=row.session_id,
        sha256=row.sha256,
        file=row.file,
        view=View(row.view),
        size_px=(row.width_px, row.height_px),
        camera=row.camera,
        taken_at=row.taken_at,
        gates=row.gates,
    )


def _measurement(row: Row[Any], photos: tuple[str, ...]) -> Measurement:
    outcome: Outcome
    if row.value is None:
        outcome = NotMeasured(row.reason)
    else:
        outcome = Estimate(row.value, row.standard_error, row.n_px)
    return Measurement(
        metric=row.metric,
        metric_version=row.metric_version,
        region=row.region,
        unit=row.unit,
        outcome=outcome,
        photos=photos,
        inputs_hash=row.inputs_hash,
    )
