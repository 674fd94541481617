"""Use cases on a clinic's record: the app's only door to what is stored."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import TracebackType

import numpy as np

from progress.imaging import read_photo
from progress.metrics import affected_by, all_metrics
from progress.model import (
    BadInput,
    Client,
    Photo,
    Region,
    RegionKind,
    Session,
    Timeline,
    TimelineEvent,
    Treatment,
    View,
)
from progress.pipeline.answers import ComparedPair, compare_sessions
from progress.pipeline.course import COURSE_VERSION
from progress.pipeline.followed_course import FollowedCourse, follow_course
from progress.pipeline.guidance import Guidance, guide
from progress.pipeline.known_photo import KnownPhoto, know
from progress.pipeline.options import Options, Step, silent
from progress.pipeline.sources import CourseFiles, SessionFiles
from progress.pipeline.timeline_file import timeline_from_dict
from progress.store import NewPhoto, Store

HOME_VARIABLE, DATABASE_VARIABLE = "PROGRESS_HOME", "PROGRESS_DATABASE_URL"


def default_home() -> Path:
    """The clinic's folder: ``$PROGRESS_HOME``, else ``~/.progress``."""
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else Path.home() / ".progress"


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


class Clinic:
    """A clinic's clients, sessions and treatments, with the answers computed from them.

    Open it with `Clinic.open`, close it or use it in a ``with``. One record may be shared by
    several threads and processes.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    def open(cls, home: Path | None = None, url: str | None = None) -> Clinic:
        """The record in `home` (default: `default_home`), or at a database URL beside it.

        Raises
        ------
        StoreError
            If it cannot be opened; nothing is overwritten.
        """
        address = url or os.environ.get(DATABASE_VARIABLE) or None
        return cls(Store.open(home or default_home(), address))

    def close(self) -> None:
        """Give everything back."""
        self._store.close()

    def __enter__(self) -> Clinic:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def clients(self) -> tuple[Client, ...]:
        """Every client, by pseudonym."""
        with self._store.reading() as record:
            return record.clients()

    def add_client(self, pseudonym: str, *, note: str = "", simulated: bool = False) -> Client:
        """A new client under a pseudonym that the record does not hold yet.

        Raises
        ------
        BadInput
            If the name is empty.
        StoreError
            If it is taken.
        """
        if not pseudonym.strip():
            raise BadInput("client: expected a pseudonym, got none", advice="type one")
        with self._store.work() as work:
            return work.add_client(pseudonym.strip(), simulated=simulated, note=note)

    def sessions(self, client_id: str) -> tuple[Session, ...]:
        """A client's visits in order of time."""
        with self._store.reading() as record:
            return record.sessions(client_id)

    def treatments(self, client_id: str) -> tuple[Treatment, ...]:
        """A client's treatments in order of time."""
        with self._store.reading() as record:
            return record.treatments(client_id)

    def add_treatment(
        self,
        client_id: str,
        *,
        day: date,
        kind: str,
        needle_depth_mm: float | None = None,
        area: str = "",
        device: str = "",
        note: str = "",
    ) -> Treatment:
        """What was done to the skin on a day."""
        if not kind.strip():
            raise BadInput("treatment: expected what was done, got nothing", advice="name it")
        with self._store.work() as work:
            return work.add_treatment(
                client_id,
                day,
                kind.strip(),
                needle_depth_mm=needle_depth_mm,
                area=area,
                device=device,
                note=note,
            )

    def first_photo(self, client_id: str, view: View) -> Photo | None:
        """A client's earliest photo of a view, which later ones are held against; None without."""
        photos = (photo for session in self.sessions(client_id) for photo in session.photos)
        return next((photo for photo in photos if photo.view is view), None)

    def known_photo(self, photo: Photo, *, options: Options | None = None) -> KnownPhoto:
        """What guidance needs of a stored photo."""
        with self._store.reading() as record:
            data = record.photo_bytes(photo.sha256)
        return know(Path(photo.file), options, data=data)

    def guide_upload(
        self,
        name: str,
        data: bytes,
        *,
        baseline: KnownPhoto | None = None,
        options: Options | None = None,
    ) -> Guidance:
        """Gates and advice of one photo before it is stored; nothing is kept.

        Parameters
        ----------
        name : str
        data : bytes
            The file's content.
        baseline : KnownPhoto, optional
            From `known_photo`: the client's first photo of this view.
        options : Options, optional

        Raises
        ------
        UnreadablePhoto
            If the bytes are not a photo.
        """
        return guide(Path(name), baseline, options, data=data)

    def add_session(
        self,
        client_id: str,
        *,
        taken_on: date,
        photos: Sequence[tuple[str, bytes]],
        note: str = "",
        view: View = View.FRONTAL,
    ) -> Session:
        """Store the photos of a visit; all of them or none.

        Every photo is decoded once before the first byte is written, so a damaged file stops the
        whole visit with one clear line.

        Raises
        ------
        UnreadablePhoto
            If one of them is not a photo.
        BadInput
            If there are none.
        """
        if not photos:
            raise BadInput("session: expected at least one photo, got none", advice="add one")
        new = []
        for name, data in photos:
            seen = read_photo(Path(name), data=data).provenance
            new.append(
                NewPhoto(
                    data=data,
                    file=Path(name).name,
                    view=view,
                    size_px=seen.size_px,
                    camera=seen.camera,
                    taken_at=seen.taken_at,
                )
            )
        with self._store.work() as work:
            return work.add_session(client_id, taken_on, photos=new, note=note)

    def keep_regions(self, client_id: str, regions: Sequence[Region]) -> None:
        """Remember polygons in pixels of the client's first baseline photo."""
        drawn = {region.name: region.polygon_xy.tolist() for region in regions}
        with self._store.work() as work:
            work.save_setting(f"regions/{client_id}", json.dumps(drawn))

    def regions(self, client_id: str) -> tuple[Region, ...]:
        """What `keep_regions` kept."""
        with self._store.reading() as record:
            stored = record.setting(f"regions/{client_id}")
        drawn = json.loads(stored) if stored else {}
        return tuple(
            Region(name, np.array(corners), kind=RegionKind.DRAWN)
            for name, corners in drawn.items()
        )

    def _chosen(self, client_id: str, options: Options | None) -> Options:
        """The given options, or the default ones with the client's own regions, with a shelf."""
        chosen = options or Options(user_regions=self.regions(client_id))
        return replace(chosen, shelf=_ClientShelf(self._store, client_id))

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
