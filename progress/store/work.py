"""Changes to the record: all of a unit of work is kept, or nothing of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path, PureWindowsPath

from sqlalchemy import Connection, Table, delete, insert, select

from progress.model import Client, Estimate, Measurement, Session, Treatment, View
from progress.store import schema
from progress.store.changes import Changes
from progress.store.engine import plain_disk_errors
from progress.store.photo_files import PhotoFiles


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A photo on its way into the record.

    Parameters
    ----------
    data : bytes
        The original file; kept as it is, with all its metadata.
    file : str
        Its name; folders are left out.
    view : View
        From where the client is seen.
    size_px : tuple of int
        Upright width and height.
    camera : str or None
        Make and model.
    taken_at : datetime or None
        Without time zone, as cameras write it.
    gates : str
        The gates as JSON, as they stand now; empty where they were not asked.
    """

    data: bytes = field(repr=False)
    file: str
    view: View
    size_px: tuple[int, int]
    camera: str | None = None
    taken_at: datetime | None = None
    gates: str = ""

    def __post_init__(self) -> None:
        if not self.data:
            raise ValueError("NewPhoto.data: expected bytes, got none")
        if self.taken_at is not None and self.taken_at.tzinfo is not None:
            raise ValueError("NewPhoto.taken_at: expected a time without zone, as cameras write it")


class Work(Changes):
    """A unit of work; made by `Store.work`.

    Adding what is there already changes nothing and returns what is there.
    """

    def __init__(self, connection: Connection, files: PhotoFiles) -> None:
        super().__init__(connection, files)
        self._markers: list[Path] = []
        self._leaving = False

    def add_client(
        self,
        pseudonym: str,
        *,
        simulated: bool = False,
        note: str = "",
        birth_year: int | None = None,
        skin_type: str = "",
    ) -> Client:
        """Add a client and return it; the pseudonym must be new to the record."""
        client = Client(
            id=_new_id(),
            pseudonym=pseudonym,
            simulated=simulated,
            note=note,
            birth_year=birth_year,
            skin_type=skin_type,
        )
        if not pseudonym.strip():
            raise ValueError("pseudonym: expected a name, got none")
        self._insert(schema.clients, client)
        return client

    def add_session(
        self,
        client_id: str,
        taken_on: date,
        *,
        photos: Iterable[NewPhoto] = (),
        note: str = "",
    ) -> Session:
        """Return the client's session of that day with these photos in it.

        A session of the same day is joined, and a photo with the same bytes is not added twice;
        `note` counts when the session is new.

        Raises
        ------
        StoreError
            For an unknown client, or if a file cannot be written.
        """
        self.client(client_id)
        table = schema.sessions
        session_id = self._connection.scalar(
            select(table.c.id).where(table.c.client_id == client_id, table.c.taken_on == taken_on)
        )
        if session_id is None:
            session_id = _new_id()
            self._connection.execute(
                insert(table).values(
                    id=session_id, client_id=client_id, taken_on=taken_on, note=note
                )
            )
        there = {photo.sha256 for photo in self.session(session_id).photos}
        position = len(there)
        for new in photos:
            with plain_disk_errors("photos of the record"):
                sha256, marker = self._files.write(new.data)
            if marker is not None:
                self._markers.append(marker)
            if sha256 in there:
                continue
            there.add(sha256)
            self._insert_photo(session_id, position, sha256, new)
            position += 1
        return self.session(session_id)

    def add_treatment(
        self,
        client_id: str,
        on: date,
        kind: str,
        *,
        needle_depth_mm: float | None = None,
        area: str = "",
        device: str = "",
        note: str = "",
        serum: str = "",
        practitioner: str = "",
    ) -> Treatment:
        """Add a treatment and return it; one that is equal in everything is not added twice."""
        self.client(client_id)
        treatment = Treatment(
            id=_new_id(),
            client_id=client_id,
            date=on,
            kind=kind,
            needle_depth_mm=needle_depth_mm,
            area=area,
            device=device,
            note=note,
            serum=serum,
            practitioner=practitioner,
        )
        for known in self.treatments(client_id):
            if replace(known, id=treatment.id, version=treatment.version) == treatment:
                return known
        self._insert(schema.treatments, treatment)
        return treatment

    def save_measurements(self, session_id: str, measurements: Iterable[Measurement]) -> None:
        """Keep what was measured on a session.

        One of the same metric, version, region and inputs is replaced; all else stays beside it.
        """
        self.session(session_id)
        table = schema.measurements
        for measurement in measurements:
            outcome = measurement.outcome
            key = {
                "session_id": session_id,
                "metric": measurement.metric,
                "metric_version": measurement.metric_version,
                "region": measurement.region,
                "inputs_hash": measurement.inputs_hash,
            }
            self._connection.execute(
                delete(table).where(*(table.c[name] == value for name, value in key.items()))
            )
            row = self._connection.execute(
                insert(table).values(
                    **key,
                    unit=measurement.unit,
                    value=outcome.value if isinstance(outcome, Estimate) else None,
                    standard_error=(
                        outcome.standard_error if isinstance(outcome, Estimate) else None
                    ),
                    n_px=outcome.n_px if isinstance(outcome, Estimate) else None,
                    reason=None if isinstance(outcome, Estimate) else outcome.reason,
                )
            )
            identity = row.inserted_primary_key
            if measurement.photos and identity is not None:
                self._connection.execute(
                    insert(schema.measurement_photos),
                    [
                        {"measurement_id": identity[0], "position": i, "sha256": sha256}
                        for i, sha256 in enumerate(measurement.photos)
                    ],
                )

    def save_comparison(self, key: str, result: str, *, client_id: str | None = None) -> None:
        """Keep the JSON text of a comparison under the hash of all that it depends on."""
        table = schema.comparisons
        self._connection.execute(delete(table).where(table.c.key == key))
        self._connection.execute(insert(table).values(key=key, result=result, client_id=client_id))

    def save_setting(self, key: str, value: str) -> None:
        """Set a setting of this record."""
        table = schema.settings
        self._connection.execute(delete(table).where(table.c.key == key))
        self._connection.execute(insert(table).values(key=key, value=value))

    def let_go(self, digests: Iterable[str]) -> None:
        """Say that rows of these photos were taken away; their files go once that is kept.

        A photo that another row still names stays.
        """
        for sha256 in sorted(set(digests)):
            with plain_disk_errors("photos of the record"):
                self._files.mark(sha256)
            self._leaving = True

    @property
    def lets_go(self) -> bool:
        """Whether files may have lost their last row; for `Store` only."""
        return self._leaving

    def forget_markers(self) -> None:
        """Say that the rows of all photos are committed; for `Store` only."""
        for marker in self._markers:
            # All is committed; a marker that cannot go now goes at the next sweep.
            with suppress(OSError):
                marker.unlink()
        self._markers.clear()

    def _insert(self, table: Table, record: Client | Treatment) -> None:
        self._connection.execute(insert(table).values(**asdict(record)))

    def _insert_photo(self, session_id: str, position: int, sha256: str, new: NewPhoto) -> None:
        width_px, height_px = new.size_px
        self._connection.execute(
            insert(schema.photos).values(
                id=_new_id(),
                session_id=session_id,
                position=position,
                sha256=sha256,
                # Windows rules know both kinds of slashes.
                file=PureWindowsPath(new.file).name,
                view=new.view.value,
                width_px=width_px,
                height_px=height_px,
                camera=new.camera,
                taken_at=new.taken_at,
                gates=new.gates,
            )
        )


def _new_id() -> str:
    return uuid.uuid4().hex
