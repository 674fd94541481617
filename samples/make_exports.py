"""All that may leave the house, made of a rendered mannequin: nobody real.

    python samples/make_exports.py --out EXPORTS            # about four minutes on two cores
    python samples/make_exports.py --out EXPORTS --readme   # and the README's picture of it

Every file is made by the command that is printed above it, on a record that holds the mannequin
fern alone. The consents of the sample are the mannequin's, and so is the signature.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from progress.model.people import OPERATOR
from progress.pipeline.clinic import Clinic
from progress.pipeline.sample_clinic import enter_sample, sample_folders
from progress.pipeline.sources import read_course

ROOT = Path(__file__).resolve().parent.parent
CLIENT = "fern"
FIRST, LAST = "2026-01-05", "2026-06-22"
BETWEEN = ("2026-03-23", "2026-05-04")
README_PICTURE = ROOT / "docs" / "export.webp"
README_PX = 1200


def commands(home: Path, out: Path) -> list[list[str]]:
    """What is run, in order."""
    record = ["--home", str(home)]
    of_client = [*record, "--client", CLIENT]
    pair = [*of_client, "--baseline", FIRST, "--followup", LAST]
    public = ["--channel", "website", "--jurisdiction", "GB", "--clinic-name", "Sample clinic"]
    signed = ["--document", str(home / "signed.txt")]
    days = [word for day in (*BETWEEN, LAST) for word in ("--followup", day)]
    course = [*of_client, "--baseline", FIRST, *days]
    marketing, report = ["export", "marketing"], ["report"]

    def to(name: str) -> list[str]:
        return ["--out", str(out / name)]

    return [
        ["evidence", "identity", *record, "--organisation", "Sample clinic"],
        [
            "consent", "grant", *of_client, "--purpose", "marketing", "--channel", "website",
            "--with-face", "--with-originals", *signed,
        ],
        [*marketing, *pair, *public, "--with-face", *to("comparison.jpg")],
        [*marketing, *pair, *public, *to("skin-only.jpg")],
        [*marketing, *course, *public, "--with-face", "--layout", "over_time", *to("course.jpg")],
        [*marketing, *pair, *public, "--with-face", "--layout", "slider", *to("slider.html")],
        [*marketing, *course, *public, "--with-face", "--layout", "time_lapse", *to("lapse.webp")],
        [*marketing, *course, *public, "--with-face", "--layout", "time_lapse", *to("lapse.webm")],
        ["evidence", "verify", str(out / "comparison.jpg.evidence.zip")],
        [*report, *pair, *to("pair-report.pdf")],
        [*report, *of_client, *to("course-report.pdf")],
        [*report, *pair, "--for", "client", *to("client-page.pdf")],
        ["data", *of_client, *to("tables")],
        ["consent", "list", *of_client],
        [
            "consent", "withdraw", *of_client, "--purpose", "marketing",
            "--json", str(out / "withdrawal.json"),
        ],
    ]  # fmt: skip


def make_exports(home: Path, out: Path) -> None:
    """Make everything in `out`, from a new record in `home`; stops at the first that fails."""
    (folder,) = [folder for folder in sample_folders() if folder.name == CLIENT]
    with Clinic.open(home, caller=OPERATOR) as clinic:
        enter_sample(clinic, CLIENT, read_course(folder))
    (home / "signed.txt").write_text("Signed by a rendered mannequin, for the sample.\n")
    for words in commands(home, out):
        print(f"\n$ progress {shlex.join(words)}", flush=True)
        begun = time.monotonic()
        subprocess.run([sys.executable, "-m", "progress", *words], check=True)
        print(f"({time.monotonic() - begun:.1f} s)", flush=True)


def keep_for_readme(made: Path) -> None:
    """The comparison as the README shows it, smaller; it says itself that nobody real is on it."""
    picture = Image.open(made).convert("RGB")
    picture.thumbnail((README_PX, README_PX), Image.Resampling.LANCZOS)
    picture.save(README_PICTURE, "WEBP", quality=86, method=6)
    print(f"{README_PICTURE}: {README_PICTURE.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Read the options and make everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--readme", action="store_true", help="keep the README's picture")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        make_exports(Path(home), chosen.out.resolve())
    if chosen.readme:
        keep_for_readme(chosen.out / "comparison.jpg")


if __name__ == "__main__":
    main()
