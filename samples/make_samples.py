"""Make, or check, the sample clients: mannequins and skin that never existed.

    python samples/make_samples.py             # all clients, about five minutes on one core
    python samples/make_samples.py fern moss   # some of them
    python samples/make_samples.py --check     # render one picture again and compare

The same version of the code makes the same pictures; `--check` allows for other processors.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from progress.phantom.body import true_field as true_body_field
from progress.phantom.clients import (
    JPEG_QUALITY,
    SampleBody,
    SampleClient,
    body_shot,
    render_body_day,
    render_day,
    sample_body,
    sample_clients,
)
from progress.phantom.course import Course
from progress.phantom.head import true_field
from progress.phantom.truth import FORMAT, body_truth, person_truth, picture_truth

HERE = Path(__file__).resolve().parent / "clients"
STEP = 32
SOFTWARE = "progress phantom, simulated"
_DESCRIPTION, _MAKE, _MODEL, _SOFTWARE, _EXIF, _TAKEN = (
    0x010E,
    0x010F,
    0x0110,
    0x0131,
    0x8769,
    0x9003,
)
# Another processor may round a last digit otherwise, and JPEG turns that into a code or two.
_MEAN_CODES, _LARGEST_SHARE = 0.5, 0.001


def jpeg(codes: Any, *, day: str, quality: int) -> bytes:
    """A JPEG file that says of itself that nobody is in it."""
    exif = Image.Exif()
    exif[_DESCRIPTION] = "SIMULATED: a rendered mannequin, no real person"
    exif[_MAKE] = "progress"
    exif[_MODEL] = "progress phantom"
    exif[_SOFTWARE] = SOFTWARE
    exif.get_ifd(_EXIF)[_TAKEN] = f"{day.replace('-', ':')} 10:00:00"
    file = io.BytesIO()
    Image.fromarray(np.asarray(codes)).save(
        file, "JPEG", quality=quality, subsampling="4:2:0", exif=exif, optimize=True
    )
    return file.getvalue()


def say(text: str) -> None:
    """One line that replaces itself on a terminal."""
    end = "\r" if sys.stdout.isatty() else "\n"
    print(f"{text:<70}", end=end, flush=True)


def write_series(folder: Path, course: Course, photo: str, view: str) -> None:
    """The course as a table: one row per picture and one per treatment."""
    rows = [
        (course.on(day).isoformat(), f"{course.on(day).isoformat()}/{photo}", view, "")
        for day in course.session_days
    ]
    rows += [(course.on(n.day).isoformat(), "", "", n.label) for n in course.needlings]
    with (folder / "series.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("date", "photo", "view", "event"))
        writer.writerows(sorted(rows))


def write_truth(folder: Path, truth: dict[str, Any], fields: dict[str, Any]) -> None:
    """Parameters as JSON, correspondences as compressed arrays."""
    text = json.dumps({"format": FORMAT, "simulated": True, **truth}, separators=(",", ":"))
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
    np.savez_compressed(folder / "truth_fields.npz", step=np.array(STEP), **fields)


def make_client(client: SampleClient, folder: Path) -> None:
    """All sessions of one mannequin."""
    sessions, fields, first = [], {}, None
    for day in client.course.session_days:
        date = client.course.on(day).isoformat()
        say(f"{client.name} {date}")
        picture = render_day(client, day)
        first = first or picture
        place = folder / date
        place.mkdir(parents=True, exist_ok=True)
        (place / "frontal.jpg").write_bytes(jpeg(picture.codes, day=date, quality=JPEG_QUALITY))
        sessions.append(picture_truth(client, day, picture))
        field, visible = true_field(first, picture, step=STEP)
        fields[f"followup_from_baseline_xy_{date}"] = field
        fields[f"visible_{date}"] = visible
    write_series(folder, client.course, "frontal.jpg", "frontal")
    write_truth(folder, {"client": person_truth(client), "sessions": sessions}, fields)


# Skin beside the stretch marks, untreated, in mm from the middle of the area.
FLANK_MM = np.array([(-43.0, -33.0), (-14.0, -33.0), (-14.0, -3.0), (-43.0, -3.0)])


def make_body(body: SampleBody, folder: Path) -> None:
    """All sessions of the area with stretch marks, and the outlines of its marks."""
    fields, outlines = {}, []
    first_day = body.course.session_days[0]
    for day in body.course.session_days:
        date = body.course.on(day).isoformat()
        say(f"{body.name} {date}")
        picture = render_body_day(body, day)
        place = folder / date
        place.mkdir(parents=True, exist_ok=True)
        (place / "body.jpg").write_bytes(jpeg(picture.codes, day=date, quality=JPEG_QUALITY))
        field, visible = true_body_field(
            body.spec, body_shot(body, first_day), body_shot(body, day), step=STEP
        )
        fields[f"followup_from_baseline_xy_{date}"] = field
        fields[f"visible_{date}"] = visible
        if day == first_day:
            for number, mark in enumerate(picture.truth.marks, start=1):
                corners = picture.outline(mark)[:: max(1, len(mark.curve.points_mm) // 20)]
                numbers = ",".join(f"{value:.1f}" for value in corners.ravel())
                outlines.append(f"mark_{number}={numbers}")
            flank = ",".join(f"{value:.1f}" for value in picture.photo_xy(FLANK_MM).ravel())
            outlines.append(f"reference={flank}")
    (folder / "regions.txt").write_text("\n".join(outlines) + "\n", encoding="utf-8")
    write_series(folder, body.course, "body.jpg", "body")
    sessions = [body_truth(body, day) for day in body.course.session_days]
    write_truth(folder, {"sessions": sessions}, fields)


def check() -> bool:
    """Whether the first picture of the first client is the one in the repository."""
    client = sample_clients()[0]
    date = client.course.on(0).isoformat()
    kept = np.asarray(Image.open(HERE / client.name / date / "frontal.jpg"), dtype=np.int16)
    made = jpeg(render_day(client, 0).codes, day=date, quality=JPEG_QUALITY)
    again = np.asarray(Image.open(io.BytesIO(made)), dtype=np.int16)
    if kept.shape != again.shape:
        print(f"{client.name} {date}: expected {kept.shape}, got {again.shape}")
        return False
    difference = np.abs(kept - again)
    mean, large = float(difference.mean()), float((difference > 12).mean())
    print(f"{client.name} {date}: mean difference {mean:.4f} codes, {large:.2%} beyond 12")
    return mean <= _MEAN_CODES and large <= _LARGEST_SHARE


def main() -> int:
    """Command line."""
    clients = {client.name: client for client in sample_clients()}
    body = sample_body()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", help=f"of {', '.join([*clients, body.name])}")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the clients")
    parser.add_argument("--check", action="store_true", help="compare one picture and stop")
    chosen = parser.parse_args()
    if chosen.check:
        return 0 if check() else 1
    unknown = set(chosen.names) - {*clients, body.name}
    if unknown:
        parser.error(
            f"expected names among {', '.join([*clients, body.name])}, got {unknown.pop()}"
        )
    for name in chosen.names or [*clients, body.name]:
        if name == body.name:
            make_body(body, chosen.out / name)
        else:
            make_client(clients[name], chosen.out / name)
    total = sum(file.stat().st_size for file in chosen.out.rglob("*") if file.is_file())
    print(f"\n{chosen.out}: {total / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
