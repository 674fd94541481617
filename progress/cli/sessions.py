"""Commands about photos: measure, compare, guide, series."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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

    options = options_of(area, px_per_mm, region)
    with steps(quiet=quiet) as step:
        measured = measure_session(session_files(photo), options, step)
    write_json(measured.result.to_dict(), json_file)
    say(measurement_table(measured.result), quiet=quiet, json_target=json_file)
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
    lights: Annotated[
        bool,
        typer.Option(
            "--lights", help="Folders under several lamps; said by lights.csv where it is there."
        ),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Two sessions: is the pair fair, where is the same skin, what changed beyond the noise.

    Example: progress compare 2026-01-05.jpg 2026-06-22.jpg --out result
    """
    from progress.pipeline import compare_sessions, session_files
    from progress.pipeline.depth_set import are_depth_sets
    from progress.views.tables import comparison_table

    options = options_of(area, px_per_mm, region)
    if are_depth_sets(baseline, followup, asked=lights):
        from progress.cli.depth import compare_sets

        compare_sets(baseline, followup, options, out, json_file, field, quiet=quiet)
        return
    first, second = session_files(baseline), session_files(followup)
    with steps(quiet=quiet) as step:
        pair = compare_sessions(first, second, options, step)
    write_json(pair.comparison.to_dict(), json_file)
    if field is not None and pair.registration:
        from progress.align import write_field

        write_field(field, pair.registration)
    say(comparison_table(pair.comparison), quiet=quiet, json_target=json_file)
    if out is not None:
        from progress.views.files import write_pair_pictures

        report = write_pair_pictures(pair, out)
        say(f"report: {report}", quiet=quiet, json_target=json_file)
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

    found = guide_photo(photo, baseline, options_of(area, px_per_mm, None))
    write_json(found.to_dict(), json_file)
    say("\n".join(guidance_lines(found)), quiet=quiet, json_target=json_file)
    if out is not None:
        from progress.views.files import write_ghost

        picture = write_ghost(found, out)
        if picture is not None:
            say(f"ghost: {picture}", quiet=quiet, json_target=json_file)
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

    options = options_of(area, px_per_mm, region)
    course = read_course(source)
    with steps(quiet=quiet) as step:
        followed = follow_course(course, options, step)
    answer = followed.timeline.to_dict()
    out.mkdir(parents=True, exist_ok=True)
    write_json(answer, str(out / "timeline.json"))
    write_json(answer, json_file)
    report = write_course_pictures(followed, out)
    say(course_table(followed.timeline), quiet=quiet, json_target=json_file)
    for line in course.left_out:
        say(f"not used: {line}", quiet=quiet, json_target=json_file)
    say(f"report: {report}", quiet=quiet, json_target=json_file)
    if followed.refused:
        raise typer.Exit(REFUSED)
