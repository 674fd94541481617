"""Puts what an import found into the record: each visit is one unit of work, kept or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from progress.model import Client, Treatment
from progress.model.raster import is_phantom
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.pipeline.import_report import DatedBy, ImportReport, NotTaken, TakenSession, Why
from progress.pipeline.import_tables import ClientRow, TreatmentRow
from progress.pipeline.use_case import now
from progress.store import NewPhoto, Work
from progress.store.audit import add_line
from progress.store.whereabouts import whereabouts


class Entering:
    """Writes for an import and counts what was written; with `dry_run` it counts only.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.IMPORT` here.
    report : ImportReport
    dry_run : bool
    """

    def __init__(self, clinic: Clinic, report: ImportReport, *, dry_run: bool) -> None:
        self._clinic = clinic
        self._store = clinic.asking(Action.IMPORT)
        self._report = report
        self._dry_run = dry_run
        with self._store.reading() as record:
            self._known = {client.pseudonym: client for client in record.clients()}
        self._would_be: set[str] = set()

    @property
    def names(self) -> tuple[str, ...]:
        """Clients of the record, and those who came with this import."""
        return (*self._known, *self._would_be)

    def holds(self, digests: Sequence[str]) -> dict[str, list[tuple[str, date]]]:
        """Pseudonym and day of every visit that holds a photo of these bytes, by digest."""
        names = {client.id: client.pseudonym for client in self._known.values()}
        with self._store.reading() as record:
            found = whereabouts(record, digests)
        return {
            digest: [(names.get(client_id, "somebody new"), day) for client_id, day in places]
            for digest, places in found.items()
        }

    def client(self, row: ClientRow) -> None:
        """Add the client of a row, or fill in what the record does not say yet."""
        known = self._known.get(row.pseudonym)
        if known is None:
            self._report.clients_added += row.pseudonym not in self._would_be
            if self._dry_run:
                self._would_be.add(row.pseudonym)
                return
            with self._store.work() as work:
                made = work.add_client(
                    row.pseudonym,
                    simulated=row.simulated,
                    note=row.note,
                    birth_year=row.birth_year,
                    skin_type=row.skin_type,
                )
                self._note(work, made, "client of a table")
            self._known[row.pseudonym] = made
            return
        self._complete(known, row)

    def _complete(self, known: Client, row: ClientRow) -> None:
        """Fill what is empty; what is filled stays, whatever the table says."""
        told = {"birth_year": row.birth_year, "skin_type": row.skin_type, "note": row.note}
        other = [
            name
            for name, value in told.items()
            if value and getattr(known, name) and getattr(known, name) != value
        ]
        if other:
            words = " and ".join(name.replace("_", " ") for name in other)
            detail = f"another {words} stands in the record and was left"
            self._report.left.append(NotTaken(row.where, Why.CONFLICT, detail))
        if not any(value and not getattr(known, name) for name, value in told.items()):
            self._report.rows_already_there += not other
            return
        self._report.clients_completed += 1
        if self._dry_run:
            return
        with self._store.work() as work:
            now_there = work.client(known.id)
            changed = work.change_client(
                replace(
                    now_there,
                    birth_year=now_there.birth_year or row.birth_year,
                    skin_type=now_there.skin_type or row.skin_type,
                    note=now_there.note or row.note,
                )
            )
            self._note(work, changed, "completed from a table")
        self._known[known.pseudonym] = changed

    def session(
        self,
        name: str,
        day: date,
        *,
        photos: Sequence[tuple[str, NewPhoto]],
        dated_by: Sequence[DatedBy],
        note: str = "",
    ) -> None:
        """Add photos to a client's visit; the client is made with the first one.

        Parameters
        ----------
        name : str
            Pseudonym.
        day : date
        photos : sequence of (digest, NewPhoto)
        dated_by : sequence of DatedBy
        note : str
            Counts when the visit is new.
        """
        new = [photo for _, photo in photos]
        if not self._dry_run:
            with self._store.work() as work:
                # Somebody else may have stored some of them since they were looked for.
                there = whereabouts(work, [digest for digest, _ in photos])
                new = [photo for digest, photo in photos if digest not in there]
                if new:
                    client = self._client_of(work, name, new)
                    work.add_session(client.id, day, photos=new, note=note)
                    self._note(work, client, f"{len(new)} photos of {day.isoformat()}")
            if new:
                self._report.clients_added += name not in self._known
                self._known[name] = client
        elif name not in self._known and name not in self._would_be:
            self._would_be.add(name)
            self._report.clients_added += 1
        self._report.already_there += len(photos) - len(new)
        if new:
            sources = tuple(sorted(set(dated_by), key=lambda by: by.name))
            self._report.sessions.append(TakenSession(name, day, len(new), sources))

    def _client_of(self, work: Work, name: str, photos: Sequence[NewPhoto]) -> Client:
        """The client of this name, new if need be; a mannequin if every photo says so."""
        if name in self._known:
            return work.client(self._known[name].id)
        made_since = (client for client in work.clients() if client.pseudonym == name)
        found = next(made_since, None)
        mannequin = all(is_phantom(photo.camera) for photo in photos)
        return found or work.add_client(name, simulated=mannequin)

    def treatments(self, name: str, rows: Sequence[TreatmentRow]) -> None:
        """Add treatments of one client that the record does not know yet."""
        client = self._known.get(name)
        if client is None:
            if name in self._would_be:
                self._report.treatments_added += len(rows)
                return
            detail = f"no client is called {name}; add the client first"
            self._report.left += [NotTaken(row.where, Why.NO_CLIENT, detail) for row in rows]
            return
        with self._store.reading() as record:
            known = list(record.treatments(client.id))
        new: list[TreatmentRow] = []
        taken: set[tuple[object, ...]] = set()
        for row in rows:
            match = [t for t in known if _same_treatment(t, row)]
            if match:
                self._weigh(match, row)
            elif _identity(row) in taken:
                self._report.rows_already_there += 1
            else:
                taken.add(_identity(row))
                new.append(row)
        self._report.treatments_added += len(new)
        if new and not self._dry_run:
            with self._store.work() as work:
                for row in new:
                    work.add_treatment(
                        client.id,
                        row.day,
                        row.kind,
                        needle_depth_mm=row.needle_depth_mm,
                        area=row.area,
                        device=row.device,
                        note=row.note,
                        serum=row.serum,
                        practitioner=row.practitioner,
                    )
                self._note(work, client, f"{len(new)} treatments of a table")

    def _weigh(self, known: Sequence[Treatment], row: TreatmentRow) -> None:
        """Say whether the treatment that is there is told otherwise by the table."""
        names = ("device", "serum", "practitioner", "note")
        told = tuple(getattr(row, name) for name in names)
        if any(tuple(getattr(t, name) for name in names) == told for t in known) or not any(told):
            self._report.rows_already_there += 1
            return
        detail = "this treatment stands in the record with other details, which were left"
        self._report.left.append(NotTaken(row.where, Why.CONFLICT, detail))

    def _note(self, work: Work, client: Client, detail: str) -> None:
        """The line in the audit, kept exactly when the unit of work is."""
        caller = self._clinic.caller
        add_line(
            work,
            at=now(),
            login=caller.login,
            role=caller.role.value if caller.role else "",
            action=Action.IMPORT.value,
            client_id=client.id,
            detail=detail,
        )


def _identity(row: TreatmentRow) -> tuple[object, ...]:
    """What makes a treatment of a client another one."""
    return row.day, row.kind.casefold(), row.needle_depth_mm, row.area.casefold()


def _same_treatment(known: Treatment, row: TreatmentRow) -> bool:
    told = (known.date, known.kind.casefold(), known.needle_depth_mm, known.area.casefold())
    return told == _identity(row)
