"""Use cases about answers: a client's course, and two visits compared."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from progress.metrics import affected_by, all_metrics
from progress.model import BadInput, Photo, Timeline, TimelineEvent, Treatment
from progress.pipeline.access import Action
from progress.pipeline.answers import ComparedPair, compare_sessions
from progress.pipeline.clinic_people import ClinicPeople
from progress.pipeline.clinic_visits import ClinicVisits
from progress.pipeline.course import COURSE_VERSION
from progress.pipeline.followed_course import FollowedCourse, follow_course
from progress.pipeline.options import Options, Step, silent
from progress.pipeline.sources import CourseFiles, SessionFiles
from progress.pipeline.timeline_file import timeline_from_dict
from progress.pipeline.use_case import use_case
from progress.store import Store


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
        chosen = options or Options(user_regions=self.regions(client_id))
        return replace(chosen, shelf=_ClientShelf(self._store, client_id))

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
        key = self._key(client_id, chosen)
        with self._store.reading() as record:
            stored = record.comparison(key)
        if stored is not None:
            return timeline_from_dict(json.loads(stored), affected=affected_by)
        return self.follow(client_id, step, options=chosen).timeline

    @use_case(Action.SEE_COURSE)
    def follow(
        self, client_id: str, step: Step = silent, *, options: Options | None = None
    ) -> FollowedCourse:
        """The client's course computed anew, with what its pictures need, and stored."""
        chosen = self._chosen(client_id, options)
        key = self._key(client_id, chosen)
        sessions = self.sessions(client_id)
        if not sessions:
            raise BadInput("course: expected a session, got none", advice="add a session first")
        with self._files([p for s in sessions for p in s.photos]) as files:
            course = CourseFiles(
                sessions=tuple(
                    SessionFiles(tuple(files[p.sha256] for p in s.photos), s.taken_on)
                    for s in sessions
                    if s.photos
                ),
                events=tuple(event_of(t) for t in self.treatments(client_id)),
            )
            followed = follow_course(course, chosen, step)
        with self._store.work() as work:
            work.save_comparison(key, json.dumps(followed.timeline.to_dict()), client_id=client_id)
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
        """Two visits of one client compared.

        Raises
        ------
        BadInput
            If a session is not this client's.
        """
        known = {session.id: session for session in self.sessions(client_id)}
        for session_id in (baseline_session_id, followup_session_id):
            if session_id not in known:
                raise BadInput(
                    "pair: expected two sessions of this client, got another", advice="choose again"
                )
        first, then = known[baseline_session_id], known[followup_session_id]
        with self._files([*first.photos, *then.photos]) as files:
            visits = [
                SessionFiles(tuple(files[p.sha256] for p in s.photos), s.taken_on)
                for s in (first, then)
            ]
            chosen = self._chosen(client_id, options)
            return compare_sessions(visits[0], visits[1], chosen, step)

    def _key(self, client_id: str, options: Options) -> str:
        """Names everything that a course depends on."""
        parts = [client_id, repr(options.area), repr(options.px_per_mm), str(options.reshoots)]
        parts += [f"{m.id}/{m.version}" for m in all_metrics()] + [f"course/{COURSE_VERSION}"]
        for region in options.user_regions:
            parts += [region.name, region.polygon_xy.tobytes().hex()]
        for session in self.sessions(client_id):
            parts += [session.taken_on.isoformat(), *(p.sha256 for p in session.photos)]
        parts += [f"{t.date} {t.kind} {t.needle_depth_mm}" for t in self.treatments(client_id)]
        return "timeline-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @contextmanager
    def _files(self, photos: Sequence[Photo]) -> Iterator[dict[str, Path]]:
        """The original bytes as files of a private folder that is gone afterwards."""
        folder = Path(tempfile.mkdtemp(prefix="progress-"))
        try:
            files = {}
            with self._store.reading() as record:
                for photo in photos:
                    path = folder / f"{photo.sha256[:16]}{Path(photo.file).suffix.lower()}"
                    path.write_bytes(record.photo_bytes(photo.sha256))
                    files[photo.sha256] = path
            yield files
        finally:
            shutil.rmtree(folder, ignore_errors=True)
