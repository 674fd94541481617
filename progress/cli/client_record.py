"""Commands about one client's record: what it says, export it, erase it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from progress.cli.shared import Home, Json, Quiet, app, record_of, say, steps, write_json

if TYPE_CHECKING:
    from progress.pipeline.erasure import ErasureReport

client_app = typer.Typer(
    help="One client's whole record. Example: progress client export --client anna --out anna.zip",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(client_app, name="client")

ClientName = Annotated[str, typer.Option("--client", help="Pseudonym or id of the client.")]


@client_app.command("export")
def export(
    client: ClientName,
    out: Annotated[Path, typer.Option("--out", help="The ZIP to write.")],
    home: Home = None,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """All that the record holds of a client as a ZIP: tables, JSON, photos, words to read it by.

    Example: progress client export --home ~/clinic --client anna --out anna.zip
    """
    from progress.pipeline.erasure import client_named
    from progress.pipeline.record_export import export_client

    with (
        record_of(home) as clinic,
        steps(quiet=quiet) as step,
    ):
        done = export_client(clinic, client_named(clinic, client).id, out, step=step)
    write_json(done.to_dict(), json_file)
    told = f"{done.counts['sessions']} sessions, {done.counts['photos']} photos"
    say(f"exported: {done.path} ({told})", quiet=quiet, json_target=json_file)


@client_app.command("change")
def change(
    client: ClientName,
    birth_year: Annotated[
        int | None, typer.Option("--birth-year", help="Marketing is for known adults only.")
    ] = None,
    skin_type: Annotated[
        str | None, typer.Option("--skin-type", help="I to VI, as the client says.")
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", help="A few words; empty takes it away.")
    ] = None,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """What the record says of a client; what is not named stays as it is.

    Example: progress client change --home ~/clinic --client anna --birth-year 1984
    """
    from progress.pipeline.erasure import client_named

    with record_of(home) as clinic:
        known = client_named(clinic, client)
        changed = clinic.change_client(
            known.id,
            version=known.version,
            pseudonym=known.pseudonym,
            note=known.note if note is None else note,
            birth_year=known.birth_year if birth_year is None else birth_year,
            skin_type=known.skin_type if skin_type is None else skin_type,
        )
    told = f"born {changed.birth_year or 'not told'}, skin type {changed.skin_type or 'not told'}"
    say(f"{changed.pseudonym}: {told}", quiet=quiet, json_target=None)


@client_app.command("erase")
def erase(
    client: ClientName,
    confirm: Annotated[
        str, typer.Option("--confirm", help="The client's pseudonym once more, exactly.")
    ] = "",
    home: Home = None,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Take a client out of the record for good; say what is kept and why.

    Example: progress client erase --home ~/clinic --client anna --confirm anna
    """
    from progress.pipeline.erasure import client_named, erase_client

    with record_of(home) as clinic:
        report = erase_client(clinic, client_named(clinic, client).id, confirm=confirm)
    write_json(report.to_dict(), json_file)
    say("\n".join(_lines(report)), quiet=quiet, json_target=json_file)


def _lines(report: ErasureReport) -> list[str]:
    """The report for people."""
    from progress.views.consent_tables import export_lines

    counted = ", ".join(f"{n} {kind}" for kind, n in report.erased.items() if n)
    lines = [f"erased: {counted or 'no rows besides the client'}"]
    lines.append(f"files gone from the disk: {report.files_erased}")
    if report.files_left:
        lines.append(
            f"files still there: {len(report.files_left)}; another client's record holds the same "
            "bytes, or the disk refused and the next start removes them"
        )
    if not report.scrubbed:
        lines.append(
            "deleted rows are not overwritten yet: others use the record, or its server does it "
            "by itself"
        )
    lines += [f"kept: {one.what} ({one.count}); why: {one.why}" for one in report.kept]
    for one in report.take_down:
        lines.append(
            f"take down: what was published for {one['purpose']} on {one['channel']} under the "
            f"consent of {one['granted_on']}"
        )
    if report.exports:
        lines += ["left the house and is not noted as down; this list is not kept:"]
        lines += [f"  {line}" for line in export_lines(report.exports)]
    return lines + [f"not covered: {one}" for one in report.not_covered]
