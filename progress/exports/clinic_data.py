"""The record's measurements and changes as files: who may ask, whose they are, one folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from progress.exports.data_dictionary import dictionary_csv, dictionary_page
from progress.exports.data_tables import (
    CHANGE_COLUMNS,
    MEASUREMENT_COLUMNS,
    TREATMENT_COLUMNS,
    DataTable,
    Row,
    change_rows,
    client_cells,
    csv_bytes,
    measurement_rows,
    parquet_bytes,
    treatment_rows,
)
from progress.model import BadInput, Client
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.pipeline.options import Step, silent
from progress.views.picture_files import save_bytes


def clinic_tables(
    clinic: Clinic, clients: Sequence[Client], *, named: bool = False, step: Step = silent
) -> tuple[DataTable, ...]:
    """Return measurements, changes and treatments of clients.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.EXPORT_RECORD` of each client, which the audit notes, and for the courses;
        one that is stale is computed.
    clients : sequence of Client
    named : bool
        Whether rows carry pseudonyms in place of numbers that mean nothing.
    step : Step
    """
    measurements: list[Row] = []
    changes: list[Row] = []
    treatments: list[Row] = []
    for index, client in enumerate(clients):
        store = clinic.asking(Action.EXPORT_RECORD, client.id)
        whose = client_cells(client.pseudonym if named else client.id, simulated=client.simulated)

        def told(label: str, done: float, *, before: int = index) -> None:
            step(f"client {before + 1} of {len(clients)}: {label}", (before + done) / len(clients))

        told("course", 0.0)
        sessions = clinic.sessions(client.id)
        if any(session.photos for session in sessions):
            # Before the measurements are read: a course that is computed here keeps its values.
            changes += change_rows(whose, clinic.timeline(client.id, told))
        with store.reading() as record:
            measured = [(session, record.measurements(session.id)) for session in sessions]
        measurements += measurement_rows(whose, measured)
        treatments += treatment_rows(whose, clinic.treatments(client.id))
    return (
        DataTable("measurements", MEASUREMENT_COLUMNS, measurements),
        DataTable("changes", CHANGE_COLUMNS, changes),
        DataTable("treatments", TREATMENT_COLUMNS, treatments),
    )


def check_folder(folder: Path) -> None:
    """Return if tables can be written there, so that nobody waits for minutes to hear they cannot.

    Raises
    ------
    BadInput
        If it is a file, or its own folder is missing.
    """
    if (folder.exists() and not folder.is_dir()) or not folder.parent.is_dir():
        raise BadInput(
            f"--out: expected a folder, or a new name in an existing folder, got {folder}",
            advice="choose another place",
        )


def write_tables(tables: Sequence[DataTable], folder: Path) -> list[Path]:
    """Write each table as CSV and Parquet, and the dictionary; return the paths.

    Parameters
    ----------
    tables : sequence of DataTable
    folder : Path
        Made if missing, for its owner only; its own folder must be there.

    Raises
    ------
    BadInput
        If it cannot be made.
    """
    check_folder(folder)
    content = {f"{table.name}.csv": csv_bytes(table) for table in tables}
    content |= {f"{table.name}.parquet": parquet_bytes(table) for table in tables}
    content["data_dictionary.csv"] = dictionary_csv(tables)
    content["data_dictionary.md"] = dictionary_page(tables)
    folder.mkdir(mode=0o700, exist_ok=True)
    return [save_bytes(folder / name, held) for name, held in content.items()]
