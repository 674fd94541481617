"""The command that takes existing photos and tables into the record."""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from progress.cli.shared import Home, Json, Quiet, app, say, steps, write_json

if TYPE_CHECKING:
    from progress.pipeline.import_report import ImportReport

_SHOWN = 8  # lines for each reason, so that no reason hides another; the JSON holds them all


@app.command("import")
def import_(
    source: Annotated[Path, typer.Argument(help="Folder, ZIP or CSV with existing photos.")],
    home: Home = None,
    clients: Annotated[
        Path | None, typer.Option("--clients", help="CSV: pseudonym,birth_year,skin_type,note.")
    ] = None,
    treatments: Annotated[
        Path | None,
        typer.Option(
            "--treatments",
            help="CSV: client,date,kind,needle_depth_mm,area,device,serum,practitioner,note.",
        ),
    ] = None,
    client: Annotated[
        str | None, typer.Option("--client", help="All photos are this client's.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; say what would be done.")
    ] = False,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Existing photos and tables into the record: CLIENT/DATE/*.jpg, CLIENT/*.jpg, or a CSV.

    A second run adds nothing; a run that was cut short is completed by the next one.

    Example: progress import "old photos" --home ~/clinic --treatments treatments.csv
    """
    from progress.model import OPERATOR, BadInput
    from progress.pipeline.clinic import Clinic, default_home
    from progress.pipeline.importing import import_source

    folder = home or default_home()
    with ExitStack() as stack:
        if dry_run and not folder.exists():
            # Not even an empty record is made by a dry run; nobody needs to keep its key.
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            logging.disable(logging.WARNING)
            stack.callback(logging.disable, logging.NOTSET)
        clinic = stack.enter_context(Clinic.open(folder, caller=OPERATOR))
        step = stack.enter_context(steps(quiet=quiet))
        report = import_source(
            clinic,
            source,
            client=client,
            clients_table=clients,
            treatments_table=treatments,
            dry_run=dry_run,
            step=step,
        )
    write_json(report.to_dict(), json_file)
    say("\n".join(_lines(report)), quiet=quiet, json_target=json_file)
    if report.read_nothing:
        raise BadInput(
            f"{source.name}: expected photos or rows that can be taken, got none",
            advice="see the reasons above, or write them to a file with --json",
        )


def _lines(report: ImportReport) -> list[str]:
    """The report for people."""
    would = "would be added" if report.dry_run else "added"
    lines = [
        f"{would}: {report.photos_added} photos in {len(report.sessions)} sessions, "
        f"{report.clients_added} clients, {report.treatments_added} treatments"
    ]
    if report.clients_completed:
        lines.append(f"completed: {report.clients_completed} clients")
    if report.already_there or report.rows_already_there:
        lines.append(
            f"already there: {report.already_there} photos, {report.rows_already_there} rows"
        )
    if report.added_nothing and not report.read_nothing:
        lines.append("nothing was added: the record holds all of it")
    days = Counter(by.value for session in report.sessions for by in session.dated_by)
    if days:
        told = ", ".join(f"{name} ({n} sessions)" for name, n in sorted(days.items()))
        lines.append(f"days told by: {told}")
    if report.left:
        kinds = Counter(one.why for one in report.left)
        counted = ", ".join(f"{n} {why.value}" for why, n in kinds.most_common())
        lines.append(f"not taken: {len(report.left)} ({counted})")
        for why, n in kinds.most_common():
            alike = [one for one in report.left if one.why is why][:_SHOWN]
            lines += [f"  {one.name}: {why.value}; {one.detail}" for one in alike]
            if n > _SHOWN:
                lines.append(f"  and {n - _SHOWN} more: {why.value}; --json FILE holds them all")
    return lines + [f"note: {note}" for note in report.notes]
