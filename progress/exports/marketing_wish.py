"""What somebody asks for who wants to show a comparison to others."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from progress.exports.layouts import Layout
from progress.model import BadInput
from progress.model.consent import Channel
from progress.views.labels import day_label

MOST_CLINIC = 60
"""Letters of a clinic's name: enough for a name, too few for a claim."""
SHOWN_REGIONS = ("left_cheek", "right_cheek")
"""Skin that is shown of a face that may not be known, where nothing else is asked for. It is the
same for everybody, so that nobody chooses the cheek that did better."""


class Eyes(enum.Enum):
    """What is done about the eyes where a face is shown."""

    SHOWN = "shown"
    COVERED = "covered"
    BLURRED = "blurred"


class Labels(enum.Enum):
    """What stands under the pictures."""

    DATES = "dates"
    WEEKS = "weeks"


class Motion(enum.Enum):
    """How a time-lapse is stored."""

    WEBP = "webp"
    WEBM = "webm"
    MP4 = "mp4"


@dataclass(frozen=True, slots=True, eq=False)
class MarketingWish:
    """A comparison for others; there is no free text in it, since words could claim anything.

    Parameters
    ----------
    client_id : str
    days : tuple of date
        Baseline first.
    channel : Channel
    jurisdiction : str
        Where it will be seen, e.g. ``GB``.
    layout : Layout
    regions : tuple of str
        Skin to crop to; empty for all of it, or for the cheeks of a face that may not be known.
    with_face : bool
        Show the face. Without it only skin is shown, and a face finder must find nothing.
    eyes : Eyes
        A bar or a blur over them hides nobody: without `with_face` it is refused wherever a face
        finder still finds the face.
    covered : tuple of ndarray, shape (K, 2)
        Outlines to cover in pixels of the baseline photo: tattoos, background.
    labels : Labels
    clinic : str
        Name above the pictures.
    logo, font : bytes or None
        Files of the clinic.
    height_px : int or None
        Of each picture; None for as large as the photos give, up to a screen.
    motion : Motion
        Of a time-lapse.
    override_reason : str
        An administrator's, for a country whose rules are not known.
    """

    client_id: str
    days: tuple[date, ...]
    channel: Channel
    jurisdiction: str
    layout: Layout = Layout.SIDE_BY_SIDE
    regions: tuple[str, ...] = ()
    with_face: bool = False
    eyes: Eyes = Eyes.SHOWN
    covered: tuple[NDArray[np.float64], ...] = field(default=(), repr=False)
    labels: Labels = Labels.DATES
    clinic: str = ""
    logo: bytes | None = field(default=None, repr=False)
    font: bytes | None = field(default=None, repr=False)
    height_px: int | None = None
    motion: Motion = Motion.WEBP
    override_reason: str = ""

    def __post_init__(self) -> None:
        if len(self.clinic) > MOST_CLINIC or "\n" in self.clinic:
            raise BadInput(
                f"clinic: expected a name of at most {MOST_CLINIC} letters, got {len(self.clinic)}",
                advice="give the name alone; what is claimed is written from the measurements",
            )
        if self.layout in (Layout.SIDE_BY_SIDE, Layout.SLIDER) and len(self.days) > 2:
            raise BadInput(
                f"{self.layout.value}: expected two days, got {len(self.days)}",
                advice="choose over_time or time_lapse for more",
            )

    @property
    def under(self) -> tuple[str, ...]:
        """What stands under each picture: the day, or how long after the first."""
        if self.labels is Labels.DATES:
            return tuple(day_label(day) for day in self.days)
        weeks = [round((day - self.days[0]).days / 7) for day in self.days[1:]]
        return ("Before", *(f"{count} weeks later" for count in weeks))

    @property
    def suffix(self) -> str:
        """Of the file that is made, with its dot."""
        if self.layout is Layout.SLIDER:
            return ".html"
        return f".{self.motion.value}" if self.layout is Layout.TIME_LAPSE else ".jpg"

    @property
    def region(self) -> str:
        """The one region that a consent must allow; empty where more than one is shown."""
        return self.regions[0] if len(self.regions) == 1 else ""


def motion_of(suffix: str) -> Motion:
    """Return how a time-lapse of a file name's ending is stored; WebP for any other ending."""
    known = {f".{motion.value}": motion for motion in Motion}
    return known.get(suffix.lower(), Motion.WEBP)
