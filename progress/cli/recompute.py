"""The command that computes stale courses again."""

from __future__ import annotations

from typing import Annotated

import typer

from progress.cli.shared import Home, Json, Quiet, app, record_of, say, steps, write_json


@app.command()
def recompute(
    home: Home = None,
    queued: Annotated[
        bool, typer.Option("--queued", help="Only what was asked for before; look for nothing new.")
    ] = False,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Courses computed again where photos or metric versions changed; old values are kept.

    Stop it whenever you like: the next run goes on where this one was.

    Example: progress recompute --home ~/clinic
    """
    from progress.pipeline.recompute import queue_stale, work_off

    with (
        record_of(home) as clinic,
        steps(quiet=quiet) as step,
    ):
        if not queued:
            queue_stale(clinic)
        report = work_off(clinic, step)
        names = {client.id: client.pseudonym for client in clinic.clients()}
    write_json(report.to_dict(), json_file)
    lines = [f"computed: {len(report.computed)} courses"]
    if report.elsewhere:
        lines = [f"another worker is at it; {report.waiting} courses wait for it"]
    elif not (report.computed or report.failed):
        lines = ["nothing to compute: every course is up to date"]
    lines += [f"failed: {names.get(who, who)}: {why}" for who, why in report.failed]
    say("\n".join(lines), quiet=quiet, json_target=json_file)
