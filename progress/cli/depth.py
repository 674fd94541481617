"""Commands about pictures under several lamps: depth, and what compare does with two sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from progress.cli.shared import (
    REFUSED,
    AreaChoice,
    Json,
    Out,
    PxPerMm,
    Quiet,
    Regions,
    app,
    options_of,
    say,
    steps,
    write_json,
)

if TYPE_CHECKING:
    from progress.pipeline import Options


@app.command()
def depth(
    folder: Annotated[
        Path, typer.Argument(help="Pictures of one still skin, one lamp each, and lights.csv.")
    ],
    out: Out = None,
    json_file: Json = None,
    area: AreaChoice = None,
    px_per_mm: PxPerMm = None,
    region: Regions = None,
    quiet: Quiet = False,
) -> None:
    """Depth of scars in millimetres, from pictures under several lamps.

    Example: progress depth cheek_2026-01-05 --px-per-mm 14 --json - --out result
    """
    from progress.pipeline.depth import measure_depth
    from progress.views.depth_table import depth_table

    with steps(quiet=quiet) as step:
        measured = measure_depth(folder, options_of(area, px_per_mm, region), step)
    write_json(measured.answer.to_dict(), json_file)
    say(depth_table(measured.answer), quiet=quiet, json_target=json_file)
    if out is not None and measured.solved is not None:
        from progress.views.depth_pictures import write_depth_pictures

        write_depth_pictures(measured.solved, out)
        say(f"relief: {out / 'relief_mm.tiff'}", quiet=quiet, json_target=json_file)
    if measured.answer.refused:
        raise typer.Exit(REFUSED)


def compare_sets(
    baseline: Path,
    followup: Path,
    options: Options,
    out: Path | None,
    json_file: str | None,
    field: Path | None,
    *,
    quiet: bool,
) -> None:
    """Two multi-light sets: what became of the depth of every scar."""
    from progress.pipeline.depth_change import compare_depth
    from progress.views.tables import comparison_table

    with steps(quiet=quiet) as step:
        pair = compare_depth(baseline, followup, options, step)
    write_json(pair.comparison.to_dict(), json_file)
    if field is not None and pair.comparison.registration:
        from progress.align import write_field

        write_field(field, pair.comparison.registration)
    say(comparison_table(pair.comparison), quiet=quiet, json_target=json_file)
    if out is not None:
        from progress.views.depth_pictures import write_depth_pictures
        from progress.views.depth_report import write_depth_report

        for name, solved in (("baseline", pair.baseline), ("followup", pair.followup)):
            if solved is not None:
                write_depth_pictures(solved, out / name)
        report = write_depth_report(pair, out)
        say(f"report: {report}", quiet=quiet, json_target=json_file)
    if pair.comparison.refused:
        raise typer.Exit(REFUSED)
