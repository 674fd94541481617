"""What the pages ask for, answered by the pipeline; finished answers are kept for a while.

Answers are kept by what went in (photo digests, treatments, version), never by pixels. The shelf is
shared by everybody who uses this app, so a right is checked before anything on it is looked at. One
piece of work is done at a time: the face finder is not made for two threads, and two comparisons at
once would only make both late.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, TypeVar, cast

import streamlit as st

from progress.metrics import Metric, all_metrics
from progress.model import (
    Client,
    Comparison,
    JudgedPhoto,
    NotAllowed,
    Photo,
    Region,
    Registration,
    Session,
    StoreError,
    Timeline,
    Treatment,
    View,
)
from progress.model.consent import Consent
from progress.model.exports import ExportRecord, Receipt
from progress.pipeline.access import Action, may
from progress.pipeline.clinic import Clinic
from progress.pipeline.course_record import course_view, is_baseline
from progress.pipeline.options import Options
from progress.store.client_list import ClientLine
from progress.store.consents import SignedDocument
from progress.ui import doors
from progress.views.consent_words import Agreement
from progress.views.files import certificate_of
from progress.views.gallery import pair_gallery
from progress.views.ghost import ghost
from progress.views.guidance_words import guidance_lines
from progress.views.labels import day_label
from progress.views.listing import Listing
from progress.views.mark_pictures import mark_figures
from progress.views.mark_words import marks_listing
from progress.views.picture_files import picture_bytes
from progress.views.pictures import fitted

HOME_VARIABLE = "PROGRESS_HOME"
DATABASE_VARIABLE = "PROGRESS_DATABASE_URL"

_KEPT = 24
_THUMBNAIL_PX = 360
_SCREEN_PX = 1200

Answer = TypeVar("Answer")
Step = Callable[[str, float], None]


@dataclass(slots=True)
class _Shelf:
    """The last answers, oldest dropped first."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    answers: OrderedDict[tuple[Any, ...], Any] = field(default_factory=OrderedDict)


@dataclass(frozen=True, slots=True)
class PairPictures:
    """Encoded pictures of a pair; maps by metric id: both dates, and the difference or None.

    `scars` are outlined on both dates, and each near by; None where none was found. `marks` are
    pictures of outlined marks with what they show in words.
    """

    overlay: tuple[bytes, bytes] = field(repr=False)
    side_by_side: bytes = field(repr=False)
    checkerboard: bytes = field(repr=False)
    alignment: bytes = field(repr=False)
    maps: dict[str, tuple[bytes, bytes | None]] = field(repr=False)
    scars: tuple[bytes, bytes] | None = field(repr=False, default=None)
    marks: tuple[tuple[bytes, str], ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class PairView:
    """A comparison with its certificate and pictures; None when the photos were not aligned.

    `marks` is the table of outlined marks; None where there are none.
    """

    comparison: Comparison
    captions: tuple[str, str]
    pictures: PairPictures | None
    certificate: str = field(repr=False)
    marks: Listing | None = None


@dataclass(frozen=True, slots=True)
class GuidedUpload:
    """An uploaded photo with its gates, what to do in lines, a small picture and the ghost.

    `ghost` is None without a first photo of the same view that shows the face.
    """

    judged: JudgedPhoto
    ready: bool
    lines: tuple[str, ...]
    picture: bytes = field(repr=False)
    ghost: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """An encoded picture, its pixels per pixel of the file, and its width and height."""

    data: bytes = field(repr=False)
    scale: float
    size_px: tuple[int, int]


def open_clinic() -> Clinic:
    """Open the record that the environment names, or the default home."""
    home = os.environ.get(HOME_VARIABLE)
    url = os.environ.get(DATABASE_VARIABLE)
    return Clinic.open(Path(home) if home else None, url or None)


@st.cache_resource(show_spinner=False)
def _clinic(home: str | None, url: str | None) -> Clinic:
    """One open record per home and database."""
    return open_clinic()


@st.cache_resource(show_spinner=False)
def _shelf(home: str | None, url: str | None) -> _Shelf:
    """One shelf per home and database."""
    return _Shelf()


def where() -> tuple[str | None, str | None]:
    """Return the home and database that the environment names."""
    return os.environ.get(HOME_VARIABLE), os.environ.get(DATABASE_VARIABLE)


def record() -> Clinic:
    """Return the open record, asked in nobody's name."""
    return _clinic(*where())


def asked() -> Clinic:
    """Return the record, asked in the name of whoever sits at this screen."""
    opened = record()
    return opened.for_caller(doors.caller(opened))


def worked(work: Callable[[Step], Answer], *, says: str) -> Answer:
    """Return what work done now under a progress bar answers; nothing is kept here."""
    bar = st.progress(0.0, text=says)
    try:
        with _shelf(*where()).lock:
            return work(lambda label, done: _tell(bar, label, done))
    finally:
        bar.empty()


def _kept(key: tuple[Any, ...], work: Callable[[Step], Answer], *, says: str) -> Answer:
    """The answer under `key`, or the work done now under a progress bar."""
    shelf = _shelf(*where())
    key = (*key, version())

    def once(step: Step) -> Answer:
        if key not in shelf.answers:  # else somebody had asked for the same and was first
            shelf.answers[key] = work(step)
            while len(shelf.answers) > _KEPT:
                shelf.answers.popitem(last=False)
        return cast("Answer", shelf.answers[key])

    if key in shelf.answers:
        return cast("Answer", shelf.answers[key])
    return worked(once, says=says)


def _tell(bar: Any, label: str, done: float) -> None:
    bar.progress(min(1.0, max(0.0, done)), text=label)


def version() -> str:
    """Return the version of this installation."""
    return installed_version("skin-progress")


def metrics() -> Sequence[Metric]:
    """Return every metric of the registry."""
    return tuple(all_metrics())


def clients() -> tuple[Client, ...]:
    """Return all clients of the record."""
    return asked().clients()


def holds_simulated() -> bool:
    """Return whether anybody whom this caller may see is a rendered mannequin."""
    caller = asked().caller
    if may(caller, Action.LIST_CLIENTS):
        return any(client.simulated for client in clients())
    return caller.client_id is not None and own_client().simulated


def sessions(client: Client) -> tuple[Session, ...]:
    """Return a client's sessions in order of time."""
    return asked().sessions(client.id)


def treatments(client: Client) -> tuple[Treatment, ...]:
    """Return a client's treatments in order of time."""
    return asked().treatments(client.id)


def treatment_label(treatment: Treatment) -> str:
    """Return a treatment in a few words."""
    depth = treatment.needle_depth_mm
    parts = [treatment.kind if depth is None else f"{treatment.kind} {depth:g} mm", treatment.area]
    return ", ".join(part for part in parts if part)


def course_work(client: Client) -> tuple[tuple[Any, ...], Callable[[Step], Timeline]]:
    """Return what names a client's course, and the work that answers it in the caller's name."""
    shown = sessions(client)
    clinic, options = asked(), _options(client, shown)
    clinic.asking(Action.SEE_COURSE, client.id)
    key = ("timeline", client.id, inputs(client, shown), version())
    return key, lambda step: clinic.timeline(client.id, step, options=options)


def own_client() -> Client:
    """Return the client whose account this is; refused for everybody else."""
    clinic = asked()
    if clinic.caller.client_id is None:
        raise NotAllowed("own pictures: expected a client's account, got another", advice="sign in")
    return clinic.client(clinic.caller.client_id)


def client_lines(words: str = "") -> tuple[ClientLine, ...]:
    """Return the clients that fit all words, the last seen first, then the new ones by name."""
    lines = asked().client_lines(words=words)
    return tuple(sorted(lines, key=lambda line: line.last_session or date.min, reverse=True))


def consents(client: Client) -> tuple[Consent, ...]:
    """Return what a client allows or allowed."""
    return asked().consents(client.id)


def give_consent(
    client: Client, agreement: Agreement, *, document: bytes, media_type: str, text_version: str
) -> Consent:
    """Store a client's yes with what was signed."""
    return asked().give_consent(
        client.id,
        purpose=agreement.purpose,
        channel=agreement.channel,
        document=document,
        media_type=media_type,
        text_version=text_version,
        photo_ids=[photo.id for session in agreement.sessions for photo in session.photos],
        with_face=agreement.with_face,
        with_originals=agreement.with_originals,
        expires_on=agreement.ends,
        region=agreement.region,
        jurisdiction=agreement.jurisdiction,
    )


def withdraw_consent(
    client: Client, consent: Consent, *, photos: Collection[str] | None = None
) -> Receipt:
    """Take a client's yes back at once, or single pictures of it; what has to come down."""
    return asked().withdraw_consent(client.id, consent.id, photos=photos)


def consent_document(client: Client, consent: Consent) -> SignedDocument | None:
    """Return what was signed, or None where only its digest is kept."""
    return asked().consent_document(client.id, consent.id)


def exports(client: Client) -> tuple[ExportRecord, ...]:
    """Return what left of a client, in order of time."""
    return asked().exports(client.id)


def note_taken_down(client: Client, export: ExportRecord) -> None:
    """Note that what an export published is down again."""
    asked().note_taken_down(client.id, export.id)


def regions(client: Client) -> tuple[Region, ...]:
    """Return what was drawn on a client's first photo."""
    return asked().regions(client.id)


def keep_regions(client: Client, drawn: Sequence[Region]) -> None:
    """Store what is drawn on a client's first photo, instead of what was."""
    asked().keep_regions(client.id, drawn)


def small_picture(client: Client, photo: Photo, *, max_px: int = _THUMBNAIL_PX) -> SmallPicture:
    """Return a client's photo small and upright, with what its pixels are to those of the file.

    Kept by digest; whose it is is asked every time, before looking.
    """
    clinic = asked()
    clinic.asking(Action.SEE_PHOTO, client.id)
    if all(photo not in session.photos for session in clinic.sessions(client.id)):
        raise StoreError("photo: expected one of this client", advice="open the client again")

    def work(_step: Step) -> SmallPicture:
        scale = min(1.0, max_px / max(photo.size_px))
        size = round(photo.size_px[0] * scale), round(photo.size_px[1] * scale)
        return SmallPicture(clinic.photo_picture(client.id, photo.id, max_px=max_px), scale, size)

    return _kept(("small", client.id, photo.id, max_px), work, says=f"Opening {photo.file}")


def compare(client: Client, baseline: Session, followup: Session) -> PairView:
    """Return two sessions compared, with pictures for the screen."""

    def work(step: Step) -> PairView:
        options = _options(client, (baseline, followup))
        pair = asked().pair(client.id, baseline.id, followup.id, step, options=options)
        days = (followup.taken_on - baseline.taken_on).days
        captions = (
            f"Baseline, {day_label(baseline.taken_on)}",
            f"Follow-up, {day_label(followup.taken_on)} ({days} days)",
        )
        pictures = None
        if isinstance(pair.registration, Registration):
            step("Drawing", 0.95)
            pictures = _encoded(pair, captions, simulated=client.simulated)
        page = certificate_of(pair, captions)
        marks = marks_listing(pair.comparison, pair.marks) if pair.marks else None
        return PairView(pair.comparison, captions, pictures, page, marks)

    asked().asking(Action.SEE_PAIR, client.id)
    key = ("pair", client.id, inputs(client, (baseline, followup)))
    return _kept(key, work, says="Comparing")


def _encoded(pair: Any, captions: tuple[str, str], *, simulated: bool) -> PairPictures:
    """The pair's pictures as JPEG, small enough to be kept."""
    gallery = pair_gallery(
        pair.baseline_photo,
        pair.followup_photo,
        pair.registration,
        pair.heat_maps,
        captions=captions,
        px_per_mm=pair.px_per_mm,
        simulated=simulated,
        max_px=_SCREEN_PX,
        scars=pair.comparison.scars,
    )
    scars = gallery.scars
    outlined = None
    if scars is not None:
        outlined = picture_bytes(scars.outlined), picture_bytes(scars.tiles)
    marks = mark_figures(
        (pair.baseline_photo, pair.followup_photo),
        pair.marks,
        captions=captions,
        px_per_mm=pair.px_per_mm,
        simulated=simulated,
    )
    return PairPictures(
        overlay=(picture_bytes(gallery.overlay[0]), picture_bytes(gallery.overlay[1])),
        side_by_side=picture_bytes(gallery.side_by_side),
        checkerboard=picture_bytes(gallery.checkerboard),
        alignment=picture_bytes(gallery.alignment),
        maps={
            metric: (
                picture_bytes(drawn.both),
                None if drawn.difference is None else picture_bytes(drawn.difference),
            )
            for metric, drawn in gallery.maps.items()
        },
        scars=outlined,
        marks=tuple((picture_bytes(one.picture), one.caption) for one in marks),
    )


def _options(client: Client, of_sessions: Sequence[Session]) -> Options:
    """A body area where the photos that are followed show one; else the face is looked for.

    What the client's record outlines is in pixels of the first photo of the course's view, so it is
    asked of a pair only where that photo is its baseline.
    """
    view = course_view(of_sessions)
    drawn = asked().regions(client.id) if is_baseline(of_sessions, sessions(client)) else ()
    if view is View.BODY:
        return Options(area="body", user_regions=drawn)
    return Options(user_regions=drawn)


def inputs(client: Client, of_sessions: Sequence[Session]) -> tuple[Any, ...]:
    """Return what an answer depends on: photos by digest, their days, treatments and outlines."""
    shots = tuple(
        (session.taken_on, tuple((photo.sha256, photo.view) for photo in session.photos))
        for session in of_sessions
    )
    done = tuple((t.date, t.kind, t.needle_depth_mm) for t in treatments(client))
    drawn = tuple((region.name, region.polygon_xy.tobytes()) for region in regions(client))
    return shots, done, drawn


def guide(client: Client | None, name: str, data: bytes, view: View) -> GuidedUpload:
    """Return what to do about an uploaded photo, held against the client's first one of its view.

    Nothing is stored.

    Parameters
    ----------
    client : Client or None
        None for a new one, who has no first photo.
    name : str
    data : bytes
        The file's content.
    view : View

    Raises
    ------
    UnreadablePhoto
        If the bytes are not a photo.
    """
    clinic = asked()
    clinic.asking(Action.CHECK_UPLOAD)
    options = Options(area="body") if view is View.BODY else Options()
    first = clinic.first_photo(client.id, view) if client else None
    baseline = None
    if first is not None:
        baseline = _kept(
            ("known", first.sha256, view),
            lambda _step: clinic.known_photo(first, options=options),
            says="Looking at the first photo",
        )

    def work(step: Step) -> GuidedUpload:
        guidance = clinic.guide_upload(name, data, baseline=baseline, options=options)
        step("Drawing", 0.9)
        drawn = ghost(guidance)
        return GuidedUpload(
            judged=guidance.seen.judged,
            ready=guidance.ready,
            lines=tuple(guidance_lines(guidance)),
            picture=picture_bytes(fitted(guidance.seen.picture, _THUMBNAIL_PX)),
            ghost=None if drawn is None else picture_bytes(drawn),
        )

    held_against = None if first is None else first.sha256
    key = ("upload", name, hashlib.sha256(data).hexdigest(), view, held_against)
    return _kept(key, work, says=f"Checking {name}")


def add_client(pseudonym: str) -> Client:
    """Make a new client under a pseudonym."""
    return asked().add_client(pseudonym)


def add_session(
    client: Client,
    taken_on: date,
    photos: Sequence[tuple[str, bytes]],
    view: View,
    *,
    note: str = "",
) -> Session:
    """Store one session with its photos, all or nothing."""
    return asked().add_session(client.id, taken_on=taken_on, photos=photos, view=view, note=note)


def add_treatment(
    client: Client, day: date, kind: str, *, needle_depth_mm: float | None, area: str
) -> Treatment:
    """Store what was done to the skin on a day."""
    return asked().add_treatment(
        client.id, day=day, kind=kind, needle_depth_mm=needle_depth_mm, area=area
    )
