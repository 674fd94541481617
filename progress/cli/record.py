"""Commands that keep the record safe: record verify, encrypt, backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from progress.cli.shared import Home, Json, Quiet, app, existing_record, say, steps, write_json

if TYPE_CHECKING:
    from progress.store import Integrity

_NOT_WHOLE = 2
_SHOWN = 20  # lines of what is wrong; the JSON holds them all

record_app = typer.Typer(
    help="Keep the record safe. Example: progress record verify --home ~/clinic",
    rich_markup_mode=None,
)
app.add_typer(record_app, name="record")


@record_app.command()
def verify(home: Home = None, json_file: Json = None, quiet: Quiet = False) -> None:
    """Hold every row against its file, every file against its row, and the audit against itself.

    Ends with exit code 2 if anything is missing, damaged, left over or not sealed.

    Example: progress record verify --home ~/clinic
    """
    from progress.model import OPERATOR
    from progress.pipeline.clinic import Clinic
    from progress.pipeline.keeping import verify_record

    folder = existing_record(home)
    with steps(quiet=quiet) as step, Clinic.open(folder, caller=OPERATOR) as clinic:
        found = verify_record(clinic, step)
    write_json(found.to_dict(), json_file)
    wrong = [*_wrong(found.integrity), *(f"audit: {line}" for line in found.audit.complaints)]
    say(
        f"{found.integrity.n_photos} photos and {found.audit.lines} audit lines looked at: "
        + ("all whole" if found.ok else f"{len(wrong)} things wrong"),
        quiet=quiet,
        json_target=json_file,
    )
    for line in wrong[:_SHOWN]:
        say(f"  {line}", quiet=quiet, json_target=json_file)
    if len(wrong) > _SHOWN:
        say(f"  and {len(wrong) - _SHOWN} more", quiet=quiet, json_target=json_file)
    if not found.ok:
        raise typer.Exit(_NOT_WHOLE)


@record_app.command()
def encrypt(home: Home = None, quiet: Quiet = False) -> None:
    """Seal the photos that an earlier version kept plain; goes on where it was stopped.

    Example: progress record encrypt --home ~/clinic
    """
    from progress.pipeline.keeping import seal_record

    folder = existing_record(home)
    with steps(quiet=quiet) as step:
        n_left = seal_record(folder, step)
    say(
        "every photo is sealed" if not n_left else f"{n_left} photos are not sealed",
        quiet=quiet,
        json_target=None,
    )
    if n_left:
        raise typer.Exit(_NOT_WHOLE)


@record_app.command()
def backup(
    out: Annotated[Path, typer.Option("--out", help="The new file.")],
    home: Home = None,
    with_key: Annotated[
        bool,
        typer.Option("--with-key", help="Put the key in: whoever has the file can read it all."),
    ] = False,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Write the whole record into one file, sealed; others may go on working.

    Example: progress record backup --home ~/clinic --out clinic.backup
    """
    from progress.model import OPERATOR
    from progress.pipeline.clinic import Clinic
    from progress.pipeline.keeping import back_up_record

    folder = existing_record(home)
    with steps(quiet=quiet) as step, Clinic.open(folder, caller=OPERATOR) as clinic:
        report = back_up_record(clinic, out, with_key=with_key, step=step)
    write_json(report.to_dict(), json_file)
    say(
        f"{report.n_rows} rows and {report.n_photos} photos are in {out}; "
        + (
            "so is the key: keep the file as you keep the key"
            if report.with_key
            else "the key is not: keep a copy of it elsewhere"
        ),
        quiet=quiet,
        json_target=json_file,
    )
    if report.left_out:
        say(
            f"{len(report.left_out)} photos are missing or damaged and not in it: "
            "run progress record verify",
            quiet=quiet,
            json_target=json_file,
        )
        raise typer.Exit(_NOT_WHOLE)


@record_app.command()
def restore(
    backup_file: Annotated[Path, typer.Argument(help="The file that backup wrote.")],
    home: Home = None,
    key_file: Annotated[
        Path | None, typer.Option("--key", help="File with the record's key.")
    ] = None,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Make a record out of a backup, in an empty home only, and check it.

    Example: progress record restore clinic.backup --home ~/clinic --key key-from-the-safe
    """
    from progress.pipeline.clinic import default_home
    from progress.pipeline.keeping import restore_record

    folder = home or default_home()
    with steps(quiet=quiet) as step:
        found = restore_record(backup_file, folder, key_file=key_file, step=step)
    write_json(found.to_dict(), json_file)
    say(f"{found.n_photos} photos restored into {folder}", quiet=quiet, json_target=json_file)
    for line in _wrong(found)[:_SHOWN]:
        say(f"  {line}", quiet=quiet, json_target=json_file)
    if not found.tidy:
        raise typer.Exit(_NOT_WHOLE)


def _wrong(found: Integrity) -> list[str]:
    """What is wrong, a line each."""
    return [
        *(f"photo {sha256[:12]} is missing" for sha256 in found.missing),
        *(f"photo {sha256[:12]} is damaged" for sha256 in found.damaged),
        *(f"file {name[:12]} belongs to no row" for name in found.orphans),
        *(f"file {name[:12]} is not sealed" for name in found.plain),
        *(f"database: {line}" for line in found.database),
    ]
