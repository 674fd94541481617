"""The command that proves the numbers: validate."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from progress.cli.shared import (
    Json,
    Quiet,
    app,
    say,
    steps,
    write_json,
)
from progress.model.errors import BadInput


class LabTopic(StrEnum):
    """A part of the lab that has a command of its own."""

    REGISTRATION = "registration"
    COMPARABILITY = "comparability"
    STATISTICS = "statistics"
    METRICS = "metrics"
    DEPTH = "depth"


@app.command()
def validate(
    topic: Annotated[
        LabTopic | None, typer.Argument(help="One part of the lab; default: the whole path.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer pairs, a few minutes.")] = False,
    photos: Annotated[
        Path | None, typer.Option("--photos", help="Folder of real photographs to re-shoot.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for plots; of metrics only.")
    ] = None,
    json_file: Json = None,
    quiet: Quiet = False,
) -> None:
    """Run the validation lab and print each figure beside its target.

    Example: progress validate registration --quick
    """
    if out is not None and topic is not LabTopic.METRICS:
        raise BadInput(
            "--out: expected the topic metrics, the only one that draws plots, got "
            f"{topic.value if topic else 'none'}",
            advice="write: progress validate metrics --out DIR",
        )
    with steps(quiet=quiet) as step:
        answer, table = _lab(topic, quick=quick, photos=photos, step=step, out=out)
    write_json(answer, json_file)
    say(table, quiet=quiet, json_target=json_file)


def _lab(
    topic: LabTopic | None,
    *,
    quick: bool,
    photos: Path | None,
    step: Callable[[str, float], None],
    out: Path | None,
) -> tuple[dict[str, Any], str]:
    """The answer of a part of the lab as JSON and as a table; plots go to a folder."""
    if topic is LabTopic.REGISTRATION:
        from progress.lab.registration_report import registration_table, run_registration

        found = run_registration(quick=quick, photos=photos, step=step)
        return found.to_dict(), registration_table(found)
    if topic is LabTopic.COMPARABILITY:
        from progress.lab.comparability import run_comparability
        from progress.lab.comparability_report import comparability_json, comparability_table

        rows = run_comparability(quick=quick, photos=photos, step=step)
        return comparability_json(rows), comparability_table(rows)
    if topic is LabTopic.STATISTICS:
        from progress.lab.course_truth import statistics_figures
        from progress.lab.figures import figures_table

        figures = statistics_figures(quick=quick, step=step)
        return {
            "format": "progress.statistics-validation/1",
            "figures": [figure.to_dict() for figure in figures],
        }, figures_table(figures)
    if topic is LabTopic.DEPTH:
        from progress.lab.depth_truth import depth_figures
        from progress.lab.figures import figures_table

        figures = tuple(depth_figures(quick=quick, step=step))
        return {
            "format": "progress.depth-validation/1",
            "figures": [figure.to_dict() for figure in figures],
        }, figures_table(figures)
    if topic is LabTopic.METRICS:
        from progress.lab.metrics_report import metrics_table, report_charts, run_metrics
        from progress.views.chart_files import save_chart

        measured = run_metrics(quick=quick, photos=photos, step=step)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for name, chart in report_charts(measured).items():
                save_chart(out / f"{name}.svg", chart)
        return measured.to_dict(), metrics_table(measured)
    from progress.lab.validation import run_validation, validation_table

    report = run_validation(quick=quick, photos=photos, step=step)
    return report.to_dict(), validation_table(report)
