"""Use cases about clients and what was done to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from progress.model import BadInput, Client, StoreError, Treatment
from progress.pipeline.access import Action
from progress.pipeline.use_case import Asking, use_case
from progress.store import Reading, client_list
from progress.store.client_list import ClientLine


class ClinicPeople(Asking):
    """Clients and their treatments."""

    @use_case(Action.LIST_CLIENTS)
    def clients(self) -> tuple[Client, ...]:
        """Every client, by pseudonym."""
        with self._store.reading() as record:
            return record.clients()

    @use_case(Action.LIST_CLIENTS)
    def client_lines(self, words: str = "") -> tuple[ClientLine, ...]:
        """Clients with their last days; of those whose pseudonym or note holds all `words`."""
        with self._store.reading() as record:
            return client_list.client_lines(record, words=words)

    @use_case(Action.SEE_RECORD)
    def client(self, client_id: str) -> Client:
        """One client; raises `StoreError` if the record holds none of this id."""
        with self._store.reading() as record:
            return record.client(client_id)

    @use_case(Action.ADD_CLIENT)
    def add_client(
        self,
        pseudonym: str,
        *,
        note: str = "",
        simulated: bool = False,
        birth_year: int | None = None,
        skin_type: str = "",
    ) -> Client:
        """A new client under a pseudonym that the record does not hold yet.

        Raises
        ------
        BadInput
            If the name is empty, or year or skin type make no sense.
        StoreError
            If the name is taken.
        """
        _check_person(pseudonym, birth_year, skin_type)
        with self._store.work() as work:
            client = work.add_client(
                pseudonym.strip(),
                simulated=simulated,
                note=note,
                birth_year=birth_year,
                skin_type=skin_type,
            )
            self._note(work, Action.ADD_CLIENT.value, client.id)
        return client

    @use_case(Action.CHANGE_CLIENT)
    def change_client(
        self,
        client_id: str,
        *,
        version: int,
        pseudonym: str,
        note: str = "",
        birth_year: int | None = None,
        skin_type: str = "",
    ) -> Client:
        """A client with other words, if nobody changed it since `version` was read.

        Raises
        ------
        BadInput
            As `add_client`.
        StoreError
            If somebody else changed it meanwhile, the name is taken, or there is no such client.
        """
        _check_person(pseudonym, birth_year, skin_type)
        with self.changing(Action.CHANGE_CLIENT, client_id) as work:
            return work.change_client(
                replace(
                    work.client(client_id),
                    version=version,
                    pseudonym=pseudonym.strip(),
                    note=note,
                    birth_year=birth_year,
                    skin_type=skin_type,
                )
            )

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
        serum: str = "",
        practitioner: str = "",
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
                serum=serum,
                practitioner=practitioner,
            )

    @use_case(Action.CHANGE_TREATMENT)
    def change_treatment(self, client_id: str, treatment: Treatment) -> Treatment:
        """A treatment as given, if nobody changed it since it was read.

        Raises
        ------
        BadInput
            If it says nothing of what was done.
        StoreError
            If somebody else changed it meanwhile, or it is not this client's.
        """
        if not treatment.kind.strip():
            raise BadInput("treatment: expected what was done, got nothing", advice="name it")
        with self.changing(Action.CHANGE_TREATMENT, client_id) as work:
            _check_whose(work, client_id, treatment)
            return work.change_treatment(treatment)

    @use_case(Action.CHANGE_TREATMENT)
    def delete_treatment(self, client_id: str, treatment: Treatment) -> None:
        """Take a treatment away that was entered by mistake, as it was read.

        Raises
        ------
        StoreError
            If somebody else changed it meanwhile, or it is not this client's.
        """
        with self.changing(Action.CHANGE_TREATMENT, client_id, detail="deleted") as work:
            _check_whose(work, client_id, treatment)
            work.delete_treatment(treatment)


def _check_person(pseudonym: str, birth_year: int | None, skin_type: str) -> None:
    if not pseudonym.strip():
        raise BadInput("client: expected a pseudonym, got none", advice="type one")
    try:
        Client("", pseudonym, birth_year=birth_year, skin_type=skin_type)
    except ValueError as mistake:
        raise BadInput(str(mistake), advice="leave it empty or choose again") from None


def _check_whose(record: Reading, client_id: str, treatment: Treatment) -> None:
    if treatment.id not in {known.id for known in record.treatments(client_id)}:
        raise StoreError(
            "expected a treatment of this client, got another",
            advice="choose one from the client's page",
        )
