"""What the pages read in the record and write into it, in the name of whoever sits there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from progress.metrics import Metric, all_metrics
from progress.model import (
    Client,
    NotAllowed,
    Photo,
    Region,
    Session,
    StoreError,
    Timeline,
    Treatment,
    View,
)
from progress.model.consent import Consent
from progress.model.exports import ExportRecord, Receipt
from progress.pipeline.access import Action, may
from progress.pipeline.course_record import course_view, is_baseline
from progress.pipeline.options import Options
from progress.store.client_list import ClientLine
from progress.store.consents import SignedDocument
from progress.ui.open_record import Step, asked, kept, version
from progress.views.consent_words import Agreement

_THUMBNAIL_PX = 360


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """An encoded picture, its pixels per pixel of the file, and its width and height."""

    data: bytes = field(repr=False)
    scale: float
    size_px: tuple[int, int]


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
    clinic, options = asked(), options_for(client, shown)
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

    return kept(("small", client.id, photo.id, max_px), work, says=f"Opening {photo.file}")


def options_for(client: Client, of_sessions: Sequence[Session]) -> Options:
    """Return to look for a body area where the photos that are followed show one, else a face.

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
