"""The commands that write a client's report and time-lapse."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from progress.cli.client_record import ClientName
from progress.cli.shared import REFUSED, Home, Quiet, app, check_file_name, record_of, say, steps


class ReaderOption(StrEnum):
    """For whom a report is written."""

    PRACTITIONER = "practitioner"
    CLIENT = "client"


_DAY = ["%Y-%m-%d"]
Baseline = Annotated[
    datetime | None, typer.Option("--baseline", formats=_DAY, help="Day of the first visit.")
]
Followup = Annotated[
    datetime | None, typer.Option("--followup", formats=_DAY, help="Day of the later visit.")
]


@app.command()
def report(
    client: ClientName,
    out: Annotated[Path, typer.Option("--out", help="The PDF to write.")],
    baseline: Baseline = None,
    followup: Followup = None,
    reader: Annotated[
        ReaderOption, typer.Option("--for", help="Client: one page in plain words.")
    ] = ReaderOption.PRACTITIONER,
    named: Annotated[
        bool, typer.Option("--named", help="Put the pseudonym into the clinical report.")
    ] = False,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """The clinical report as a PDF: of two visits, or of the whole course without days.

    Ends with exit code 3 if nothing could be judged; the report is there and says why.

    Example: progress report --client anna --baseline 2026-01-05 --followup 2026-06-22 --out a.pdf
    """
    from progress.exports.clinic_reports import make_report, write_report
    from progress.model import BadInput
    from progress.pipeline.erasure import client_named
    from progress.views.words import Audience

    days = None
    if baseline is not None and followup is not None:
        days = (baseline.date(), followup.date())
    elif baseline is not None or followup is not None:
        raise BadInput(
            "report: expected both --baseline and --followup, or neither, got one",
            advice="name both days for a pair, none for the course",
        )
    check_file_name(out, (".pdf",))
    with (
        record_of(home) as clinic,
        steps(quiet=quiet) as step,
    ):
        whose = client_named(clinic, client)
        made = make_report(
            clinic, whose, days=days, audience=Audience(reader.value), named=named, step=step
        )
        write_report(clinic, whose, out, made)
    say(f"report: {out}", quiet=quiet, json_target=None)
    if made.refused:
        say("nothing could be judged; the report says why", quiet=quiet, json_target=None)
        raise typer.Exit(REFUSED)


@app.command()
def timelapse(
    client: ClientName,
    out: Annotated[Path, typer.Option("--out", help="The .webp, .webm or .mp4 to write.")],
    hold: Annotated[float, typer.Option("--hold", help="Seconds that each picture stands.")] = 1.5,
    lossless: Annotated[
        bool, typer.Option("--lossless", help="For .webp: keep every pixel as it is.")
    ] = False,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """A client's course as a film for the clinic: aligned, at one scale, dates burnt in.

    Example: progress timelapse --client anna --out anna.webp
    """
    from progress.exports.course_frames import make_timelapse
    from progress.exports.timelapse import ENDINGS
    from progress.model.exports import Outgoing
    from progress.pipeline.erasure import client_named

    check_file_name(out, ENDINGS)
    with (
        record_of(home) as clinic,
        steps(quiet=quiet) as step,
    ):
        whose = client_named(clinic, client)
        made, seen = make_timelapse(
            clinic, whose, out.suffix, hold_s=hold, lossless=lossless, step=step
        )
        files = [Outgoing(out.name, made, out)]
        clinic.release_record(whose.id, files, kind="time-lapse", photos=seen.photos)
    say(f"time-lapse of {len(seen.frames)} visits: {out}", quiet=quiet, json_target=None)
    for day, reason in seen.left_out:
        say(f"  without {day.isoformat()}: {reason}", quiet=quiet, json_target=None)
