"""Use cases about clients and what was done to them."""

from __future__ import annotations

from datetime import date

from progress.model import BadInput, Client, Treatment
from progress.pipeline.access import Action
from progress.pipeline.use_case import Asking, use_case


class ClinicPeople(Asking):
    """Clients and their treatments."""

    @use_case(Action.LIST_CLIENTS)
    def clients(self) -> tuple[Client, ...]:
        """Every client, by pseudonym."""
        with self._store.reading() as record:
            return record.clients()

    @use_case(Action.SEE_RECORD)
    def client(self, client_id: str) -> Client:
        """One client; raises `StoreError` if the record holds none of this id."""
        with self._store.reading() as record:
            return record.client(client_id)

    @use_case(Action.ADD_CLIENT)
    def add_client(self, pseudonym: str, *, note: str = "", simulated: bool = False) -> Client:
        """A new client under a pseudonym that the record does not hold yet.

        Raises
        ------
        BadInput
            If the name is empty.
        StoreError
            If it is taken.
        """
        if not pseudonym.strip():
            raise BadInput("client: expected a pseudonym, got none", advice="type one")
        with self._store.work() as work:
            client = work.add_client(pseudonym.strip(), simulated=simulated, note=note)
            self._note(work, Action.ADD_CLIENT.value, client.id)
        return client

    @use_case(Action.SEE_RECORD)
    def treatments(self, client_id: str) -> tuple[Treatment, ...]:
        """A client's treatments in order of time."""
        with self._store.reading() as record:
            return record.treatments(client_id)

    @use_case(Action.ADD_TREATMENT)
    def add_treatment(
        self,
        client_id: str,
        *,
        day: date,
        kind: str,
        needle_depth_mm: float | None = None,
        area: str = "",
        device: str = "",
        note: str = "",
    ) -> Treatment:
        """What was done to the skin on a day."""
        if not kind.strip():
            raise BadInput("treatment: expected what was done, got nothing", advice="name it")
        with self.changing(Action.ADD_TREATMENT, client_id, detail=day.isoformat()) as work:
            return work.add_treatment(
                client_id,
                day,
                kind.strip(),
                needle_depth_mm=needle_depth_mm,
                area=area,
                device=device,
                note=note,
            )
