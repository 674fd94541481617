"""The command that lets a comparison out for others: export marketing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from progress.cli.client_record import ClientName
from progress.cli.consent_options import channel_named, client_id_of, country_of
from progress.cli.shared import (
    Home,
    Json,
    Quiet,
    app,
    check_file_name,
    record_of,
    say,
    steps,
    write_json,
)

if TYPE_CHECKING:
    from progress.exports.marketing import MarketingPiece

export_app = typer.Typer(
    help="Let something out of the house. Example: progress export marketing --client anna "
    "--baseline 2026-01-05 --followup 2026-06-22 --channel website --jurisdiction GB --out a.jpg",
    rich_markup_mode=None,
)
app.add_typer(export_app, name="export")

_DAY = ["%Y-%m-%d"]


class LayoutOption(StrEnum):
    """How the days stand together."""

    SIDE_BY_SIDE = "side_by_side"
    OVER_TIME = "over_time"
    SLIDER = "slider"
    TIME_LAPSE = "time_lapse"


class EyesOption(StrEnum):
    """What is done about the eyes where a face is shown."""

    SHOWN = "shown"
    COVERED = "covered"
    BLURRED = "blurred"


class LabelOption(StrEnum):
    """What stands under the pictures."""

    DATES = "dates"
    WEEKS = "weeks"


@export_app.command()
def marketing(
    client: ClientName,
    baseline: Annotated[datetime, typer.Option("--baseline", formats=_DAY, help="The first day.")],
    followup: Annotated[
        list[datetime],
        typer.Option("--followup", formats=_DAY, help="A later day; several for over_time."),
    ],
    channel: Annotated[
        str, typer.Option("--channel", help="clinic, website, social_media or print.")
    ],
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", help="Where it will be seen, e.g. GB.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The file; its evidence pack lies beside it.")],
    layout: Annotated[
        LayoutOption, typer.Option("--layout", help="How the days stand together.")
    ] = LayoutOption.SIDE_BY_SIDE,
    region: Annotated[
        list[str] | None,
        typer.Option("--region", help="Skin to crop to; default: all, or the cheeks."),
    ] = None,
    with_face: Annotated[
        bool, typer.Option("--with-face", help="Show the face; the consent must allow it.")
    ] = False,
    eyes: Annotated[
        EyesOption, typer.Option("--eyes", help="What is done about the eyes of a face.")
    ] = EyesOption.SHOWN,
    cover: Annotated[
        list[str] | None,
        typer.Option(
            "--cover", help="NAME=x1,y1,x2,y2,x3,y3,... in pixels of the baseline: tattoo, wall."
        ),
    ] = None,
    labels: Annotated[
        LabelOption, typer.Option("--labels", help="What stands under the pictures.")
    ] = LabelOption.DATES,
    clinic_name: Annotated[str, typer.Option("--clinic-name", help="Above the pictures.")] = "",
    logo: Annotated[Path | None, typer.Option("--logo", help="PNG, JPEG or WebP.")] = None,
    font: Annotated[Path | None, typer.Option("--font", help="TrueType or OpenType.")] = None,
    height_px: Annotated[int | None, typer.Option("--height", help="Of each picture.")] = None,
    override: Annotated[
        str,
        typer.Option("--override", help="Why it may go to a country without known rules."),
    ] = "",
    json_file: Json = None,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """A before-and-after comparison with its evidence pack, or a refusal and no file.

    Asks consent, the fairness of the pair, and the rules of the country, in this order. Without
    --with-face only skin is shown. What stands below the pictures is written from the measurements.

    Example: progress export marketing --client anna --baseline 2026-01-05 --followup 2026-06-22
    --channel website --jurisdiction GB --out pair.jpg
    """
    import numpy as np

    from progress.exports.layouts import Layout
    from progress.exports.marketing import make_comparison, release_comparison
    from progress.exports.marketing_wish import Eyes, Labels, MarketingWish, motion_of
    from progress.pipeline import parse_region

    with record_of(home) as clinic, steps(quiet=quiet) as step:
        wish = MarketingWish(
            client_id=client_id_of(clinic, client),
            days=(baseline.date(), *(day.date() for day in followup)),
            channel=channel_named(channel),
            jurisdiction=country_of(jurisdiction),
            layout=Layout(layout.value),
            regions=tuple(region or ()),
            with_face=with_face,
            covered=tuple(np.asarray(parse_region(one).polygon_xy) for one in cover or ()),
            eyes=Eyes(eyes.value),
            labels=Labels(labels.value),
            clinic=clinic_name,
            logo=logo.read_bytes() if logo else None,
            font=font.read_bytes() if font else None,
            height_px=height_px,
            motion=motion_of(out.suffix),
            override_reason=override,
        )
        check_file_name(out, (".jpg", ".jpeg") if wish.suffix == ".jpg" else (wish.suffix,))
        piece = make_comparison(clinic, wish, step)
        release_comparison(clinic, piece, out)
    write_json(piece.to_dict(), json_file)
    for line in _lines(piece, out):
        say(line, quiet=quiet, json_target=json_file)


def _lines(piece: MarketingPiece, out: Path) -> list[str]:
    """What was made, what it says, and what whoever publishes it must know."""
    from progress.pipeline.signing_identity import UNNAMED

    told = [f"comparison: {out}", f"evidence: {piece.pack_beside(out)}", "it says:"]
    told += [f"  {line}" for line in piece.captions]
    if piece.composed.limited:
        told += ["it cannot show:", *(f"  {line}" for line in piece.composed.limited)]
    if piece.ruling.warnings:
        told.append(f"rules of {piece.ruling.country} to know before it is published:")
        told += [f"  {rule.id}: {rule.why} ({rule.source})" for rule in piece.ruling.warnings]
    told.append(f"signed as {piece.signed_as}")
    if piece.signed_as == UNNAMED:
        told.append("  say who you are: progress evidence identity --organisation NAME")
    told.append("check with your own adviser; to verify: progress evidence verify PACK")
    return told
