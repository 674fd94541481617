"""Use cases about answers: a client's course, and two visits compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from progress.metrics import affected_by
from progress.model import BadInput, Measurement, Photo, Session, Timeline, TimelineEvent, Treatment
from progress.pipeline.access import Action
from progress.pipeline.answers import ComparedPair, compare_sessions
from progress.pipeline.clinic_people import ClinicPeople
from progress.pipeline.clinic_visits import ClinicVisits
from progress.pipeline.course_record import (
    course_key,
    course_view,
    inputs_hash,
    is_baseline,
    own_options,
    shared_view,
    shots,
)
from progress.pipeline.followed_course import FollowedCourse, Look, follow_course
from progress.pipeline.options import Options, Step, silent
from progress.pipeline.sources import CourseFiles, SessionFiles
from progress.pipeline.timeline_file import timeline_from_dict
from progress.pipeline.use_case import use_case
from progress.store import Store
from progress.store.course_values import keep_course_values


def event_of(treatment: Treatment) -> TimelineEvent:
    """A treatment as it stands on a time axis."""
    depth = "" if treatment.needle_depth_mm is None else f" {treatment.needle_depth_mm:g} mm"
    return TimelineEvent(treatment.date, f"{treatment.kind}{depth}")


@dataclass(frozen=True, slots=True)
class _ClientShelf:
    """Simulated re-shoots of one client's photos, kept beside the comparisons."""

    store: Store
    client_id: str

    def kept(self, key: str) -> str | None:
        """What lies there, or None."""
        with self.store.reading() as record:
            return record.comparison(key)

    def keep(self, key: str, text: str) -> None:
        """Put it there; it goes with the client."""
        with self.store.work() as work:
            work.save_comparison(key, text, client_id=self.client_id)


class ClinicAnswers(ClinicPeople, ClinicVisits):
    """Answers computed from what the record holds, and kept beside it."""

    def _chosen(self, client_id: str, options: Options | None) -> Options:
        """The given options, or the default ones with the client's own regions, with a shelf."""
        if options is None:
            with self._store.reading() as record:
                options = own_options(record, client_id)
        return replace(options, shelf=_ClientShelf(self._store, client_id))

    @use_case(Action.SEE_COURSE)
    def timeline(
        self, client_id: str, step: Step = silent, *, options: Options | None = None
    ) -> Timeline:
        """The client's course; computed once for the same photos, treatments and metric versions.

        Raises
        ------
        BadInput
            If the client has no session yet.
        """
        chosen = self._chosen(client_id, options)
        with self._store.reading() as record:
            stored = record.comparison(course_key(record, client_id, chosen))
        if stored is not None:
            return timeline_from_dict(json.loads(stored), affected=affected_by)
        return self.follow(client_id, step, options=chosen).timeline

    @use_case(Action.SEE_COURSE)
    def follow(
        self,
        client_id: str,
        step: Step = silent,
        *,
        options: Options | None = None,
        look: Look | None = None,
    ) -> FollowedCourse:
        """The client's course computed anew, with what its pictures need, and stored.

        One view is followed, that of most days. With the client's own options, the values of every
        visit are stored as measurements too, beside those of other metric versions.
        """
        chosen = self._chosen(client_id, options)
        with self._store.reading() as record:
            key = course_key(record, client_id, chosen)
            is_own = key == course_key(record, client_id, own_options(record, client_id))
            sessions, treatments = record.sessions(client_id), record.treatments(client_id)
        view = course_view(sessions)
        visits = {session: shots(session, view) for session in sessions}
        visits = {session: photos for session, photos in visits.items() if photos}
        if not visits:
            raise BadInput("course: expected a session, got none", advice="add a session first")
        with self._store.plain_copies([p for photos in visits.values() for p in photos]) as files:
            course = CourseFiles(
                sessions=tuple(
                    SessionFiles(tuple(files[p.sha256] for p in photos), session.taken_on)
                    for session, photos in visits.items()
                ),
                events=tuple(event_of(t) for t in treatments),
                view=view,
            )
            followed = follow_course(course, chosen, step, look)
        with self._store.work() as work:
            work.save_comparison(key, json.dumps(followed.timeline.to_dict()), client_id=client_id)
            if is_own:
                measured = _measured(followed.timeline, visits, inputs_hash(key))
                keep_course_values(work, client_id, measured)
        return followed

    @use_case(Action.SEE_PAIR)
    def pair(
        self,
        client_id: str,
        baseline_session_id: str,
        followup_session_id: str,
        step: Step = silent,
        *,
        options: Options | None = None,
    ) -> ComparedPair:
        """Two visits of one client compared, in one view that both have.

        Raises
        ------
        BadInput
            If a session is not this client's, or no view is in both.
        """
        return self._compared(client_id, baseline_session_id, followup_session_id, step, options)

    def _compared(
        self,
        client_id: str,
        baseline_session_id: str,
        followup_session_id: str,
        step: Step,
        options: Options | None = None,
    ) -> ComparedPair:
        """As `pair`, for those who have asked already."""
        with self._store.reading() as record:
            known = {session.id: session for session in record.sessions(client_id)}
        for session_id in (baseline_session_id, followup_session_id):
            if session_id not in known:
                raise BadInput(
                    "pair: expected two sessions of this client, got another", advice="choose again"
                )
        first, then = known[baseline_session_id], known[followup_session_id]
        view = shared_view(first, then)
        if view is None:
            raise BadInput(
                "pair: expected a view that both sessions have, got none",
                advice="choose sessions with photos from the same side",
            )
        with self._store.plain_copies([*shots(first, view), *shots(then, view)]) as files:
            visits = [
                SessionFiles(tuple(files[p.sha256] for p in shots(s, view)), s.taken_on)
                for s in (first, then)
            ]
            chosen = self._chosen(client_id, options)
            if options is None and not is_baseline((first, then), tuple(known.values())):
                chosen = replace(chosen, user_regions=())
            return compare_sessions(visits[0], visits[1], chosen, step)


def _measured(
    timeline: Timeline, visits: Mapping[Session, Sequence[Photo]], inputs: str
) -> dict[str, list[Measurement]]:
    """Every value of a course, by session id."""
    by_day = {session.taken_on: (session.id, photos) for session, photos in visits.items()}
    found: dict[str, list[Measurement]] = {session.id: [] for session in visits}
    for series in timeline.series:
        for point in series.points:
            session_id, photos = by_day[point.date]
            found[session_id].append(
                Measurement(
                    metric=series.metric,
                    metric_version=series.metric_version,
                    region=series.region,
                    unit=series.unit,
                    outcome=point.outcome,
                    photos=tuple(photo.sha256 for photo in photos),
                    inputs_hash=inputs,
                )
            )
    return found
