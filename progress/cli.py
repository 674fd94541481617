"""The command line: reads options, calls the pipeline, writes JSON and pictures.

Heavy imports happen inside the command that needs them, so that ``progress --help`` is quick.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from progress.model.errors import BadInput, ProgressError

if TYPE_CHECKING:
    from progress.pipeline import Options

app = typer.Typer(
    name="progress",
    help="Honest before/after photography of skin: every change with its error, and a bad pair "
    "gets no figure. Example: progress compare before.jpg after.jpg --out result",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

REFUSED = 3


class AreaOption(StrEnum):
    """What the photos show."""

    FACE = "face"
    BODY = "body"


Out = Annotated[Path | None, typer.Option("--out", help="Folder for pictures and the report.")]
Json = Annotated[
    str | None, typer.Option("--json", help="Write the JSON answer here; - is standard output.")
]
AreaChoice = Annotated[
    AreaOption | None, typer.Option("--area", help="Face or body; default: face if one is found.")
]
PxPerMm = Annotated[
    float | None, typer.Option("--px-per-mm", help="Pixels per millimetre of skin, overrides.")
]
Regions = Annotated[
    list[str] | None,
    typer.Option("--region", help="NAME=x1,y1,x2,y2,x3,y3,... in pixels of the first photo."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar and no table.")]
Home = Annotated[Path | None, typer.Option("--home", help="Folder that holds the clinic's record.")]


def main() -> None:
    """Run the command line; every mistake of the caller ends in one line and an exit code."""
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        _fail("stopped; nothing was lost", 130)
    except KeyboardInterrupt:
        _fail("stopped; nothing was lost", 130)
    except typer.TyperException as mistake:
        describe = getattr(mistake, "format_message", mistake.__str__)
        _fail(f"{describe().rstrip('.')}; see progress --help", 2)
    except ProgressError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _fail(f"{error.filename or 'file'}: {error.strerror or error}; check place and rights", 2)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(line: str, code: int) -> None:
    """One line on standard error, then out."""
    sys.stderr.write("progress: " + " ".join(line.split()) + "\n")
    sys.exit(code)


def _options(
    area: AreaOption | None, px_per_mm: float | None, regions: list[str] | None
) -> Options:
    """Checked pipeline options from the raw ones."""
    from progress.pipeline import Options, parse_region

    return Options(
        area=area.value if area else None,
        px_per_mm=px_per_mm,
        user_regions=tuple(parse_region(text) for text in regions or ()),
    )


@contextlib.contextmanager
def _steps(*, quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """A progress bar on standard error; silent when quiet or where nobody watches a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _label, _fraction: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda label, fraction: bar.update(task, description=label, completed=fraction)


def _write_json(answer: dict[str, Any], target: str | None) -> None:
    """Write the answer where it was asked for, whole or not at all."""
    if target is None:
        return
    text = json.dumps(answer, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
        return
    path = Path(target)
    if not path.parent.is_dir():
        raise BadInput(
            f"--json: expected an existing folder {path.parent}, got none", advice="make it first"
        )
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _say(text: str, *, quiet: bool, json_target: str | None) -> None:
    """Print for people unless standard output belongs to the JSON."""
    if not quiet and json_target != "-":
        typer.echo(text)


@app.callback(invoke_without_command=True)
def _no_command(context: typer.Context) -> None:
    """Show the help when no command is named."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def measure(
    photo: Annotated[Path, typer.Argument(help="A photo, or a folder of repeated shots.")],
    out: Out = None,
    json_file: Json = None,
    area: AreaChoice = None,
    px_per_mm: PxPerMm = None,
    region: Regions = None,
    quiet: Quiet = False,
) -> None:
    """One photo: quality and every metric for every region.

    Example: progress measure face.jpg --json -
    """
    from progress.pipeline import measure_session, session_files
    from progress.views.tables import measurement_table

    options = _options(area, px_per_mm, region)
    with _steps(quiet=quiet) as step:
        measured = measure_session(session_files(photo), options, step)
    _write_json(measured.result.to_dict(), json_file)
    _say(measurement_table(measured.result), quiet=quiet, json_target=json_file)
    if out is not None:
        from progress.views.files import write_measurement_pictures

        write_measurement_pictures(measured, out)
    if measured.refused:
        raise typer.Exit(REFUSED)


@app.command()
def compare(
    baseline: Annotated[Path, typer.Argument(help="Photo or folder of the first session.")],
    followup: Annotated[Path, typer.Argument(help="Photo or folder of the later session.")],
    out: Out = None,
    json_file: Json = None,
    field: Annotated[
        Path | None, typer.Option("--field", help="Write the registration field (.npz).")
    ] = None,
    area: AreaChoice = None,
    px_per_mm: PxPerMm = None,
    region: Regions = None,
    quiet: Quiet = False,
) -> None:
    """Two sessions: is the pair fair, where is the same skin, what changed beyond the noise.

    Example: progress compare 2026-01-05.jpg 2026-06-22.jpg --out result
    """
    from progress.pipeline import compare_sessions, session_files
    from progress.views.tables import comparison_table

    options = _options(area, px_per_mm, region)
    first, second = session_files(baseline), session_files(followup)
    with _steps(quiet=quiet) as step:
        pair = compare_sessions(first, second, options, step)
    _write_json(pair.comparison.to_dict(), json_file)
    if field is not None and pair.registration:
        from progress.align import write_field

        write_field(field, pair.registration)
    _say(comparison_table(pair.comparison), quiet=quiet, json_target=json_file)
    if out is not None:
        from progress.views.files import write_pair_pictures

        report = write_pair_pictures(pair, out)
        _say(f"report: {report}", quiet=quiet, json_target=json_file)
    if pair.comparison.refused:
        raise typer.Exit(REFUSED)


@app.command()
def guide(
    photo: Annotated[Path, typer.Argument(help="The photo that was just taken.")],
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="The client's first photo of this view.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for ghost.jpg, the baseline laid on.")
    ] = None,
    json_file: Json = None,
    area: AreaChoice = None,
    px_per_mm: PxPerMm = None,
    quiet: Quiet = False,
) -> None:
    """A photo just taken: is it good enough, is it like the baseline, and what to do if not.

    Example: progress guide today.jpg --baseline first.jpg --out result
    """
    from progress.pipeline.guidance import guide as guide_photo
    from progress.views.guidance_words import guidance_lines

    found = guide_photo(photo, baseline, _options(area, px_per_mm, None))
    _write_json(found.to_dict(), json_file)
    _say("\n".join(guidance_lines(found)), quiet=quiet, json_target=json_file)
    if out is not None:
        from progress.views.files import write_ghost

        picture = write_ghost(found, out)
        if picture is not None:
            _say(f"ghost: {picture}", quiet=quiet, json_target=json_file)
    if found.refused:
        raise typer.Exit(REFUSED)


@app.command()
def series(
    source: Annotated[Path, typer.Argument(help="Folder of dated folders, or a CSV.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for timeline.json and the report.")],
    json_file: Json = None,
    area: AreaChoice = None,
    px_per_mm: PxPerMm = None,
    region: Regions = None,
    quiet: Quiet = False,
) -> None:
    """A whole course: every session against the first, with treatments and healing windows.

    Example: progress series samples/clients/fern --out result
    """
    from progress.pipeline import follow_course, read_course
    from progress.views.files import write_course_pictures
    from progress.views.tables import course_table

    options = _options(area, px_per_mm, region)
    course = read_course(source)
    with _steps(quiet=quiet) as step:
        followed = follow_course(course, options, step)
    answer = followed.timeline.to_dict()
    out.mkdir(parents=True, exist_ok=True)
    _write_json(answer, str(out / "timeline.json"))
    _write_json(answer, json_file)
    report = write_course_pictures(followed, out)
    _say(course_table(followed.timeline), quiet=quiet, json_target=json_file)
    for line in course.left_out:
        _say(f"not used: {line}", quiet=quiet, json_target=json_file)
    _say(f"report: {report}", quiet=quiet, json_target=json_file)
    if followed.refused:
        raise typer.Exit(REFUSED)


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
    with _steps(quiet=quiet) as step:
        courses = make_sample_clinic(folder, step)
    reports = []
    for name, followed in courses.items():
        reports.append(write_course_pictures(followed, folder / "reports" / name))
        if not quiet:
            typer.echo(f"\n{name} (simulated mannequin, no real person)")
            typer.echo(course_table(followed.timeline))
    for report in reports:
        typer.echo(f"report: {report}")
    typer.echo(f"sample clinic: {folder}")
    if not no_serve:
        _serve(folder, port)


@app.command()
def serve(
    home: Home = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8501,
) -> None:
    """Start the app on the record in a home folder.

    Example: progress serve --home ~/clinic
    """
    from progress.pipeline.clinic import default_home

    _serve(home or default_home(), port)


def _serve(home: Path, port: int) -> None:
    """Replace this process by the app, bound to this machine only."""
    from progress.store import Store

    Store.open(home).close()
    sys.stdout.flush()
    command = [sys.executable, "-m", "progress.ui", "--port", str(port)]
    os.execve(command[0], command, {**os.environ, "PROGRESS_HOME": str(home)})  # noqa: S606


class LabTopic(StrEnum):
    """A part of the lab that has a command of its own."""

    REGISTRATION = "registration"
    COMPARABILITY = "comparability"


@app.command()
def validate(
    topic: Annotated[
        LabTopic | None, typer.Argument(help="One part of the lab; default: the whole path.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer pairs, a few minutes.")] = False,
    photos: Annotated[
        Path | None, typer.Option("--photos", help="Folder of real photographs to re-shoot.")
    ] = None,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Run the validation lab and print each figure beside its target.

    Example: progress validate registration --quick
    """
    with _steps(quiet=quiet) as step:
        answer, table = _lab(topic, quick=quick, photos=photos, step=step)
    _write_json(answer, json_file)
    _say(table, quiet=quiet, json_target=json_file)


def _lab(
    topic: LabTopic | None, *, quick: bool, photos: Path | None, step: Callable[[str, float], None]
) -> tuple[dict[str, Any], str]:
    """The answer of a part of the lab as JSON and as a table."""
    if topic is LabTopic.REGISTRATION:
        from progress.lab.registration_report import registration_table, run_registration

        found = run_registration(quick=quick, photos=photos, step=step)
        return found.to_dict(), registration_table(found)
    if topic is LabTopic.COMPARABILITY:
        from progress.lab.comparability import run_comparability
        from progress.lab.comparability_report import comparability_json, comparability_table

        rows = run_comparability(quick=quick, photos=photos, step=step)
        return comparability_json(rows), comparability_table(rows)
    from progress.lab.validation import run_validation, validation_table

    report = run_validation(quick=quick, photos=photos, step=step)
    return report.to_dict(), validation_table(report)


if __name__ == "__main__":
    main()
