"""The visits of a course as pictures of one frame: the same skin in each place, dates burnt in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from progress.exports.timelapse import HOLD_S, timelapse_bytes
from progress.model import BadInput, Client, Registration, Timeline
from progress.pipeline.clinic import Clinic
from progress.pipeline.followed_course import VisitLooked
from progress.pipeline.options import Step, silent
from progress.views.frames import Codes, Frame, aligned_pair
from progress.views.labels import counted, day_label
from progress.views.pictures import captioned

FILM_PX = 960
"""Longest side of a picture: whole on a tablet, and a course of six visits stays about 1 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class FilmedCourse:
    """Pictures of a course.

    Parameters
    ----------
    frames : tuple of ndarray of uint8, shape (H, W, 3)
        One for each visit that the baseline's skin was found in, in order of time.
    days : tuple of date
        Of the frames.
    left_out : tuple of tuple of date and str
        Visits without a picture, and why.
    photos : tuple of str
        Digests of the photos that are seen.
    """

    frames: tuple[Codes, ...] = field(repr=False)
    days: tuple[date, ...]
    left_out: tuple[tuple[date, str], ...]
    photos: tuple[str, ...]


@dataclass(slots=True)
class CourseFilm:
    """Looks at every visit while a course is followed and keeps a small aligned picture of each."""

    max_px: int = FILM_PX
    _baseline: VisitLooked | None = field(default=None, repr=False)
    _box_px: tuple[int, int, int, int] | None = None
    _kept: list[tuple[date, Frame, str]] = field(default_factory=list, repr=False)
    _left_out: list[tuple[date, str]] = field(default_factory=list)
    _simulated: bool = False

    def look(self, visit: VisitLooked) -> None:
        """Take in one visit; the first is the baseline."""
        if self._baseline is None:
            self._baseline, self._simulated = visit, visit.simulated
            return
        found = visit.registration
        if not isinstance(found, Registration):
            reason = "" if found is None else found.reason
            self._left_out.append((visit.day, reason))
            return
        both = aligned_pair(
            self._baseline.photo,
            visit.photo,
            found,
            px_per_mm=self._baseline.px_per_mm,
            max_px=self.max_px,
            box_px=self._box_px,
        )
        if self._box_px is None:
            # One crop for all: that of the first visit that was found again.
            self._box_px = both.baseline.box_px
            digest = self._baseline.photo.provenance.sha256
            self._kept.append((self._baseline.day, both.baseline, digest))
        self._kept.append((visit.day, both.followup, visit.photo.provenance.sha256))

    def filmed(self, timeline: Timeline) -> FilmedCourse:
        """Return the pictures with their dates.

        Parameters
        ----------
        timeline : Timeline
            Of the same course; says which visits lie in a healing window.

        Raises
        ------
        BadInput
            If the baseline's skin was found in no other visit.
        """
        if len(self._kept) < 2:
            raise BadInput(
                "time-lapse: expected at least two visits that show the same skin, got "
                f"{counted(len(self._kept), 'visit')}",
                advice="take the photos again over the ghost of the first",
            )
        healing = {p.date for series in timeline.series for p in series.points if p.healing}
        first = self._kept[0][0]
        frames = [
            captioned(frame, _caption(day, first, day in healing), simulated=self._simulated)
            for day, frame, _ in self._kept
        ]
        days = tuple(day for day, _, _ in self._kept)
        digests = tuple(digest for _, _, digest in self._kept)
        return FilmedCourse(tuple(frames), days, tuple(self._left_out), digests)


def _caption(day: date, first: date, healing: bool) -> str:  # noqa: FBT001 - a fact of the day
    if day == first:
        return f"{day_label(day)}, baseline"
    told = f"{day_label(day)}, day {(day - first).days}"
    return f"{told}, healing: not judged" if healing else told


def make_timelapse(
    clinic: Clinic,
    client: Client,
    suffix: str,
    *,
    hold_s: float = HOLD_S,
    lossless: bool = False,
    step: Step = silent,
) -> tuple[bytes, FilmedCourse]:
    """Return a client's course as a film, and what is seen in it.

    Parameters
    ----------
    clinic : Clinic
        Asked for the course.
    client : Client
    suffix, hold_s, lossless
        As `timelapse_bytes`.
    step : Step

    Raises
    ------
    BadInput
        If fewer than two visits show the same skin.
    """
    film = CourseFilm()
    followed = clinic.follow(client.id, step, look=film.look)
    filmed = film.filmed(followed.timeline)
    return timelapse_bytes(filmed.frames, suffix, hold_s=hold_s, lossless=lossless), filmed
