"""Commands about the clinic's record: demo and serve."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from progress.cli.shared import (
    Home,
    Quiet,
    app,
    steps,
)


@app.command()
def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the report.")] = False,
    home: Home = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8501,
    quiet: Quiet = False,
) -> None:
    """Make a sample clinic of mannequins, analyse their courses, and open the app on it.

    Example: progress demo --no-serve
    """
    from progress.pipeline.sample_clinic import SAMPLE_HOME, make_sample_clinic
    from progress.views.files import write_course_pictures
    from progress.views.tables import course_table

    folder = home or SAMPLE_HOME
    reports, tables = [], []
    with steps(quiet=quiet) as step:
        for name, followed in make_sample_clinic(folder, step):
            reports.append(write_course_pictures(followed, folder / "reports" / name))
            tables.append((name, course_table(followed.timeline)))
            # Its pictures are large: gone before the next course is followed.
            del followed
    for name, table in tables if not quiet else ():
        typer.echo(f"\n{name} (simulated mannequin, no real person)")
        typer.echo(table)
    for report in reports:
        typer.echo(f"report: {report}")
    typer.echo(f"sample clinic: {folder}")
    if not no_serve:
        _serve(folder, port)


@app.command()
def serve(
    home: Home = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8501,
    host: Annotated[
        list[str] | None,
        typer.Option("--host", help="A name by which a reverse proxy on this machine shows it."),
    ] = None,
) -> None:
    """Start the app on the record in a home folder, for this machine and a proxy on it only.

    Courses that a new version of this program measures otherwise are computed again meanwhile, by a
    process of low priority.

    Example: progress serve --home ~/clinic
    """
    from progress.model import OPERATOR
    from progress.pipeline.clinic import Clinic, default_home
    from progress.pipeline.recompute import start_worker

    folder = home or default_home()
    with Clinic.open(folder, caller=OPERATOR) as clinic:
        start_worker(clinic, folder, look_for_stale=True)
        if clinic.is_empty_of_users() and clinic.visitor() is None:
            typer.echo("no account yet: whoever opens the app first makes the administrator's")
    _serve(folder, port, host or ())


def _serve(home: Path, port: int, hosts: Sequence[str] = ()) -> None:
    """Replace this process by the app, bound to this machine only."""
    from progress.store import Store

    Store.open(home).close()
    sys.stdout.flush()
    command = [sys.executable, "-m", "progress.ui", "--port", str(port)]
    for host in hosts:
        command += ["--host", host]
    os.execve(command[0], command, {**os.environ, "PROGRESS_HOME": str(home)})  # noqa: S606
