"""The command that writes what was measured as tables for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from progress.cli.shared import Home, Quiet, app, record_of, say, steps


@app.command()
def data(
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables.")],
    client: Annotated[
        str | None, typer.Option("--client", help="Pseudonym or id; default: every client.")
    ] = None,
    named: Annotated[
        bool, typer.Option("--named", help="Pseudonyms in place of meaningless numbers.")
    ] = False,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Measurements and changes as CSV and Parquet, with a dictionary of columns and metrics.

    Example: progress data --home ~/clinic --out tables
    """
    from progress.exports.clinic_data import check_folder, clinic_tables, write_tables
    from progress.pipeline.erasure import client_named

    check_folder(out)
    with (
        record_of(home) as clinic,
        steps(quiet=quiet) as step,
    ):
        chosen = clinic.clients() if client is None else (client_named(clinic, client),)
        tables = clinic_tables(clinic, chosen, named=named, step=step)
    write_tables(tables, out)
    counted = ", ".join(f"{len(table.rows)} {table.name}" for table in tables)
    say(f"{counted}: {out}", quiet=quiet, json_target=None)
