"""Pairs and courses with made-up figures and plain pictures, to be written into reports."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from progress.imaging.photo import DecodedPhoto
from progress.model import Change, Family, NotAligned
from progress.pipeline import ComparedPair, FollowedCourse

# Beside this folder, and no package: pytest adds it only when its own tests are collected.
sys.path.append(str(Path(__file__).parents[1] / "views"))

from made_up_results import CHANGES, FIRST_DAY, comparison, refused, timeline

FILE = "anna_smith_face.jpg"
DAY = date(2026, 7, 1)
SIZE = (330, 410)


def _in_family(change: Change) -> Change:
    """Counted with others, and standing."""
    whole = replace(change, region="whole_face")
    if change.delta is None:
        return whole
    return replace(whole, family=Family.HEADLINE, family_p_value=0.001, family_size=5)


WHOLE = tuple(_in_family(change) for change in CHANGES)


def photo(level: int = 150) -> DecodedPhoto:
    """A slope, so that crops of different places differ."""
    x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    grey = level - 40 + 40 * x / SIZE[0] + 40 * y / SIZE[1]
    codes = np.dstack([grey + 20, grey, grey - 20]).astype(np.uint8)
    return DecodedPhoto.from_codes(codes, file=FILE)


def pair(
    changes: tuple[Change, ...] = (*WHOLE, *CHANGES),
    *,
    aligned: bool = True,
    simulated: bool = True,
) -> ComparedPair:
    from made_up_results import shifted

    found = shifted(SIZE, lambda xy: xy) if aligned else NotAligned("another face")
    return ComparedPair(
        comparison=comparison(changes=changes, registration=found, simulated=simulated, file=FILE),
        baseline_photo=photo(),
        followup_photo=photo(160),
        registration=found,
        heat_maps={},
        px_per_mm=3.0,
        baseline_day=FIRST_DAY,
        followup_day=FIRST_DAY + timedelta(days=168),
    )


def refused_pair() -> ComparedPair:
    """Of which nothing is told, and why."""
    return pair((refused("redness", f"{FILE}: no face was found"), refused()), aligned=False)


def course(*, last_pair: ComparedPair | None = None) -> FollowedCourse:
    return FollowedCourse(timeline(), last_pair)
