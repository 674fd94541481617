"""What every command shares: the app, its options, progress bar, JSON and words."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from progress.model.errors import BadInput

if TYPE_CHECKING:
    from progress.pipeline import Options
    from progress.pipeline.clinic import Clinic

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


def options_of(
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
def steps(*, quiet: bool) -> Iterator[Callable[[str, float], None]]:
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


def write_json(answer: dict[str, Any], target: str | None) -> None:
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


def say(text: str, *, quiet: bool, json_target: str | None) -> None:
    """Print for people unless standard output belongs to the JSON."""
    if not quiet and json_target != "-":
        typer.echo(text)


def existing_record(home: Path | None) -> Path:
    """The home folder, which must hold a record: none is made by asking for what is in it."""
    from progress.pipeline.clinic import default_home

    folder = home or default_home()
    if not any((folder / part).exists() for part in ("photos", "key", "progress.db")):
        raise BadInput(
            f"--home {folder}: expected the folder of a record, got none",
            advice="name the folder that progress serve uses",
        )
    return folder


def record_of(home: Path | None) -> Clinic:
    """The record in the name of whoever runs commands on its machine; closed as a context."""
    from progress.model import OPERATOR
    from progress.pipeline.clinic import Clinic

    return Clinic.open(existing_record(home), caller=OPERATOR)


def check_file_name(out: Path, endings: Sequence[str]) -> None:
    """Before minutes of work, see that the file can be written where it was asked for."""
    if out.suffix.lower() not in endings or not out.parent.is_dir() or out.is_dir():
        raise BadInput(
            f"--out: expected a file name ending in {' or '.join(endings)} in an existing folder, "
            f"got {out}",
            advice="make the folder first and name the file",
        )
