"""How often a hidden face is still found: ``python -m progress.exports.hidden_faces [FOLDER]``.

Prints for each way to hide on how many photos the face finder sees no face at the first try, after
more was hidden, or to the last. Without a folder on rendered mannequins.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from progress.exports.deidentify import Hiding
from progress.exports.placing import Similarity
from progress.exports.recipe_parts import Crop, Decode, Panel, Placing, Resize
from progress.exports.seats import Hidden, Seat, hide_until_unseen
from progress.imaging import DecodedPhoto, read_photo
from progress.landmarks import find_face
from progress.model import Landmarks, NoSingleFace, UnreadablePhoto
from progress.phantom.head import Head, Shot, render
from progress.phantom.skin import SKIN_TONES
from progress.pipeline.sources import PHOTO_SUFFIXES
from progress.regions import face_regions

Points = NDArray[np.float64]

_SIDE_PX = 700
"""Longest side of a panel, as in a comparison for a web page."""
_FACE_MARGIN_MM = 25.0
_REGION_MARGIN_MM = 1.5
_REGIONS: tuple[tuple[str, ...], ...] = (
    ("forehead",), ("glabella",), ("nose",), ("upper_lip",), ("chin",), ("right_cheek",),
    ("right_jaw",), ("right_periorbital",), ("left_cheek", "right_cheek"),
    ("left_periorbital", "right_periorbital"), ("forehead", "left_cheek", "right_cheek", "nose"),
)  # fmt: skip
WAYS: Mapping[str, tuple[Hiding, tuple[str, ...], float]] = {
    "bar over the eyes": (Hiding.EYES_COVERED, ("whole_face",), _FACE_MARGIN_MM),
    "blur over the eyes": (Hiding.EYES_BLURRED, ("whole_face",), _FACE_MARGIN_MM),
    "whole_face alone": (Hiding.REGION, ("whole_face",), _REGION_MARGIN_MM),
    **{
        f"{' + '.join(names)} alone": (Hiding.REGION, names, _REGION_MARGIN_MM)
        for names in _REGIONS
    },
}
"""What is tried, by what it is called."""


def tries_needed(
    photo: DecodedPhoto, face: Landmarks, hiding: Hiding, names: Sequence[str], margin_mm: float
) -> int | None:
    """After how many tries no face was found in a photo's panel; None if it always was.

    Parameters
    ----------
    photo : DecodedPhoto
    face : Landmarks
        Of that photo.
    hiding : Hiding
    names : sequence of str
        Regions that the panel is cropped to.
    margin_mm : float
        Around them.
    """
    known = {region.name: np.asarray(region.polygon_xy) for region in face_regions(face)}
    outlines = tuple(known[name] for name in names)
    points, scale = np.concatenate(outlines), face.scale.px_per_mm
    low = points.min(axis=0) - margin_mm * scale
    size = np.ptp(points, axis=0) + 2 * margin_mm * scale
    stride = max(1.0, float(size.max()) / _SIDE_PX)
    wide, high = (max(1, round(float(side) / stride)) for side in size)
    panel = Panel(
        decode=Decode(photo.provenance.sha256),
        placing=Placing(stride, 0.0, float(low[0]), float(low[1])),
        crop=Crop(max(1.0, float(size[0]) / scale), max(1.0, float(size[1]) / scale)),
        resize=Resize((wide, high), scale / stride),
        at_xy=(0, 0),
    )
    seat = Seat(photo, face, Similarity(complex(stride), complex(*low)))
    tried = hide_until_unseen([panel], [seat], Hidden(hiding, outlines, ()))
    return None if tried.seen_in else tried.tries


def mannequins(n: int = 6) -> Iterator[DecodedPhoto]:
    """Rendered heads of every tone, a few hundred pixels high."""
    for seed in range(n):
        shot = Shot(px_per_mm=4.0, size_px=(620, 890), label="", yaw_deg=float(4 * seed - 10))
        head = Head(seed=60 + seed, tone=SKIN_TONES[seed % len(SKIN_TONES)])
        yield DecodedPhoto.from_codes(render(head, shot).codes)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m progress.exports.hidden_faces")
    parser.add_argument("folder", nargs="?", type=Path, help="photos of faces, looked for in depth")
    folder = parser.parse_args(arguments).folder
    photos = mannequins() if folder is None else _photos(folder)
    counts: dict[str, list[int | None]] = {name: [] for name in WAYS}
    without = 0
    for photo in photos:
        try:
            face = find_face(photo)
        except NoSingleFace:
            without += 1
            continue
        for name, (hiding, regions, margin_mm) in WAYS.items():
            counts[name].append(tries_needed(photo, face, hiding, regions, margin_mm))
    sys.stdout.write(table(counts, without=without))


def table(counts: Mapping[str, Sequence[int | None]], *, without: int = 0) -> str:
    """Lines of what was found.

    Parameters
    ----------
    counts : mapping of str to sequence of int or None
        For each way to hide, of each photo what `tries_needed` says.
    without : int
        Photos in which no face was found to begin with.
    """
    n = max((len(tries) for tries in counts.values()), default=0)
    lines = [f"{n} faces, {without} photos without one; a face is seen no more at the first try,"]
    lines.append("after more was hidden, or is seen to the last:")
    for name, tries in counts.items():
        later = sum(t is not None and t > 1 for t in tries)
        lines.append(
            f"{name:48s} {list(tries).count(1):4d} {later:4d} {list(tries).count(None):4d}"
        )
    return "\n".join(lines) + "\n"


def _photos(folder: Path) -> Iterator[DecodedPhoto]:
    """Photos in a folder and the folders in it, in order of name."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in PHOTO_SUFFIXES:
            with contextlib.suppress(UnreadablePhoto):  # masks and drawings lie beside photos
                yield read_photo(path)


if __name__ == "__main__":
    main()
