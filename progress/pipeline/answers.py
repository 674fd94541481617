"""Two questions as use cases: one session, two sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from progress.imaging import DecodedPhoto
from progress.model import (
    Change,
    Comparability,
    Comparison,
    Estimate,
    Grades,
    HeatMap,
    NotAligned,
    RegionKind,
    Registration,
    SessionMeasured,
)
from progress.pipeline.control import CONTROL_REGION, WHOLE_REGIONS
from progress.pipeline.engine import follow
from progress.pipeline.followed import Followed
from progress.pipeline.found_scars import found_scars, visit_grades
from progress.pipeline.heat_maps import HeatMaps
from progress.pipeline.options import Options, Step, silent
from progress.pipeline.seen_marks import SeenMark, seen_marks
from progress.pipeline.shots import Shot
from progress.pipeline.sources import SessionFiles
from progress.stats import with_families


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredSession:
    """One session: the answer, and what pictures need."""

    result: SessionMeasured
    photo: DecodedPhoto = field(repr=False)
    heat_maps: Mapping[str, tuple[HeatMap, ...]] = field(repr=False)
    px_per_mm: float | None
    simulated: bool

    @property
    def refused(self) -> bool:
        """True when nothing could be measured at all."""
        return not any(isinstance(m.outcome, Estimate) for m in self.result.measurements)


@dataclass(frozen=True, slots=True, eq=False)
class ComparedPair:
    """Two sessions: the answer, and what pictures need.

    `shots` are the first of each session, for the certificate; None where nobody kept them. `marks`
    are outlined bands as they were read on these two photos.
    """

    comparison: Comparison
    baseline_photo: DecodedPhoto = field(repr=False)
    followup_photo: DecodedPhoto = field(repr=False)
    registration: Registration | NotAligned
    heat_maps: Mapping[str, tuple[HeatMap, HeatMap]] = field(repr=False)
    px_per_mm: float | None
    baseline_day: date | None
    followup_day: date | None
    shots: tuple[Shot, Shot] | None = field(default=None, repr=False)
    marks: tuple[SeenMark, ...] = field(default=(), repr=False)

    @property
    def simulated(self) -> bool:
        """Whether the photos show a rendered mannequin."""
        return self.comparison.simulated


def measure_session(
    session: SessionFiles, options: Options | None = None, step: Step = silent
) -> MeasuredSession:
    """One session: gates of its photos, every metric for every region.

    Parameters
    ----------
    session : SessionFiles
        From `session_files`.
    options : Options, optional
    step : Step

    Raises
    ------
    UnreadablePhoto
        If a file is not a photo.
    """
    followed = follow([session], options or Options(), step)
    shots = followed.sittings[0].shots
    return MeasuredSession(
        result=SessionMeasured(
            photos=tuple(shot.judged for shot in shots),
            measurements=followed.measurements(0),
            affected=followed.affected,
            grades=grades_of(followed, 0),
            scars=found_scars(followed.frame, followed.measured[0][0]),
        ),
        photo=shots[0].photo,
        heat_maps=HeatMaps(followed.metrics_asked, ((followed.measured[0][0], None),)),
        px_per_mm=shots[0].scale.px_per_mm if shots[0].scale else None,
        simulated=followed.simulated,
    )


def compare_sessions(
    baseline: SessionFiles,
    followup: SessionFiles,
    options: Options | None = None,
    step: Step = silent,
) -> ComparedPair:
    """Two sessions: is the pair fair, where is the same skin, what changed beyond the noise.

    Parameters
    ----------
    baseline, followup : SessionFiles
        From `session_files`.
    options : Options, optional
    step : Step

    Raises
    ------
    UnreadablePhoto
        If a file is not a photo.
    """
    followed = follow([baseline, followup], options or Options(), step)
    changes = counted_together(
        followed,
        [
            followed.change(1, metric, region.name, blocked=None)
            for metric, region in followed.questions()
        ],
    )
    return pair_of(followed, 1, changes, followed.comparability(1))


def grades_of(followed: Followed, sitting: int) -> Grades:
    """What clinical scales might say of one visit's scars."""
    return visit_grades(followed.sittings[sitting], followed.measured[sitting])


def pair_of(
    followed: Followed, sitting: int, changes: tuple[Change, ...], checks: Comparability
) -> ComparedPair:
    """The baseline beside one visit, with what pictures need.

    Parameters
    ----------
    followed : Followed
    sitting : int
        Which visit.
    changes : tuple of Change
        Of that visit, counted together.
    checks : Comparability
    """
    first, then = followed.sittings[0], followed.sittings[sitting]
    registration = then.registrations[0]
    assert registration is not None  # noqa: S101 - None is the baseline shot itself
    maps: Mapping[str, tuple[HeatMap, HeatMap]] = {}
    if isinstance(registration, Registration):
        shown = ((followed.measured[0][0], None), (followed.measured[sitting][0], registration))
        maps = cast(
            "Mapping[str, tuple[HeatMap, HeatMap]]", HeatMaps(followed.metrics_asked, shown)
        )
    return ComparedPair(
        comparison=Comparison(
            baseline=tuple(shot.judged for shot in first.shots),
            followup=tuple(shot.judged for shot in then.shots),
            comparability=checks,
            registration=registration,
            changes=changes,
            affected=followed.affected,
            simulated=followed.simulated,
            scars=found_scars(followed.frame, followed.measured[0][0]),
            grades=(grades_of(followed, 0), grades_of(followed, sitting)),
        ),
        baseline_photo=first.shots[0].photo,
        followup_photo=then.shots[0].photo,
        registration=registration,
        heat_maps=maps,
        px_per_mm=first.shots[0].scale.px_per_mm if first.shots[0].scale else None,
        baseline_day=first.taken_on,
        followup_day=then.taken_on,
        shots=(first.shots[0], then.shots[0]),
        marks=seen_marks(followed.frame, followed.measured[0][0], followed.measured[sitting][0]),
    )


def counted_together(followed: Followed, changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes of one visit, each with what its number of companions makes of it."""
    asked = {
        region.name
        for region in followed.frame.regions
        if region.name in WHOLE_REGIONS or region.kind is RegionKind.DRAWN
    }
    return with_families(
        changes, headline=asked - {CONTROL_REGION}, apart=frozenset({CONTROL_REGION})
    )
