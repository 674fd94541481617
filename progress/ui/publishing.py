"""What the page Publish asks for: what is cleared, a comparison made, and letting it out.

A comparison that was made stays with the screen until a choice changes, its consent ends, or the
page is loaded anew. It is nobody else's, so it never lies on the shelf that all screens share.
"""

from __future__ import annotations

import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date

import numpy as np
import streamlit as st
from PIL import Image

from progress.exports.clinic_reports import CASE_LETTERS
from progress.exports.marketing import MarketingPiece, make_comparison, release_comparison
from progress.exports.marketing_preview import Preview, preview_of
from progress.exports.marketing_wish import MarketingWish
from progress.model import ProgressError
from progress.model.consent import Channel
from progress.model.exports import ExportRecord
from progress.pipeline.access import Action, may
from progress.pipeline.clinic_cleared import ClearedSession
from progress.pipeline.clinic_consents import ClearedPicture
from progress.ui import desk, open_record
from progress.ui.desk import SmallPicture
from progress.views.catalogue import marketing as words
from progress.views.picture_files import picture_bytes
from progress.views.pictures import fitted

_MADE = "made_comparison"
_LOOKING_PX = 560
"""A third of a tablet's screen, and too little to be published by hand."""

Cleared = dict[str, tuple[ClearedSession, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A comparison on this screen: what was asked for, what came of it, and whether it is out."""

    key: str
    piece: MarketingPiece = field(repr=False)
    preview: Preview = field(repr=False)
    export: ExportRecord | None = None


def cleared() -> Cleared:
    """Return the sessions that clients have cleared, by client and in order of time."""
    found: dict[str, list[ClearedSession]] = defaultdict(list)
    for session in open_record.asked().cleared_sessions():
        found[session.client_id].append(session)
    return {
        client_id: tuple(sorted(theirs, key=lambda one: one.taken_on))
        for client_id, theirs in found.items()
    }


def cleared_pictures() -> tuple[ClearedPicture, ...]:
    """Return the whole pictures that clients have cleared, without whose they are."""
    return open_record.asked().cleared_pictures()


def cleared_picture(cleared: ClearedPicture) -> bytes:
    """Return a small copy as JPEG; asked anew every time, since a yes can be taken back."""
    data = open_record.asked().cleared_picture(cleared.consent_id, cleared.sha256)
    with Image.open(io.BytesIO(data)) as picture:
        return picture_bytes(fitted(np.asarray(picture.convert("RGB")), _LOOKING_PX))


def client_names(client_ids: Iterable[str]) -> dict[str, str]:
    """Return what each cleared client is called here: a code, with the pseudonym for some roles."""
    codes = {client_id: client_id[:CASE_LETTERS].upper() for client_id in client_ids}
    if not may(open_record.asked().caller, Action.LIST_CLIENTS):
        return codes
    names = {client.id: client.pseudonym for client in desk.clients()}
    return {one: f"{names[one]} ({code})" for one, code in codes.items() if one in names}


def may_sign() -> bool:
    """Return whether whoever sits here may sign for a country without rules."""
    return may(open_record.asked().caller, Action.OVERRIDE_RULE)


def channels(sessions: Sequence[ClearedSession]) -> tuple[Channel, ...]:
    """Return the channels for which two sessions at least are cleared."""
    return tuple(one for one in Channel if len(on_channel(sessions, one)) > 1)


def on_channel(sessions: Sequence[ClearedSession], channel: Channel) -> tuple[ClearedSession, ...]:
    """Return the sessions that are cleared for a channel, with the consents for it alone."""
    narrowed = (
        replace(one, consents=tuple(c for c in one.consents if c.channel is channel))
        for one in sessions
    )
    return tuple(one for one in narrowed if one.consents)


def face_allowed(sessions: Sequence[ClearedSession]) -> bool:
    """Return whether a consent of each of these sessions lets the client be recognised."""
    return all(any(c.with_face for c in one.consents) for one in sessions)


def only_regions(sessions: Sequence[ClearedSession]) -> tuple[str, ...]:
    """Return the only parts that all of these sessions are cleared for; none means every part."""
    bound = [
        {c.region for c in one.consents} for one in sessions if all(c.region for c in one.consents)
    ]
    return tuple(sorted(set.intersection(*bound))) if bound else ()


def outlined(client_id: str) -> tuple[str, ...]:
    """Return what is outlined on the client's first photo; nothing for roles that may not see."""
    clinic = open_record.asked()
    if not may(clinic.caller, Action.SEE_RECORD, client_id):
        return ()
    return tuple(region.name for region in clinic.regions(client_id))


def baseline_picture(
    sessions: Sequence[ClearedSession], days: tuple[date, ...], *, max_px: int
) -> SmallPicture | None:
    """Return the first picture to outline something on; None where this role may not see it.

    Parameters
    ----------
    sessions : sequence of ClearedSession
        Of one client.
    days : tuple of date
        That will be shown.
    max_px : int
        Longer side at most.
    """
    clinic, client_id = open_record.asked(), sessions[0].client_id
    if not may(clinic.caller, Action.SEE_PHOTO):
        return None
    first = clinic.shown_photos(client_id, days).photos[0]
    client = clinic.client(client_id)
    photos = [photo for session in desk.sessions(client) for photo in session.photos]
    found = next(photo for photo in photos if photo.sha256 == first)
    return desk.small_picture(client, found, max_px=max_px)


def make(wish: MarketingWish) -> None:
    """Make a comparison and keep it on this screen; what was made before is gone.

    Raises
    ------
    NotAllowed, Refused, BadInput
        As `make_comparison`.
    """
    forget()
    clinic = open_record.asked()

    def work(step: open_record.Step) -> Made:
        piece = make_comparison(clinic, wish, step)
        return Made(_key(wish), piece, preview_of(wish.layout, piece.data, piece.pack))

    st.session_state[_MADE] = open_record.worked(work, says=words.MAKING)


def made(wish: MarketingWish) -> Made | None:
    """Return what was made of exactly this wish; anything else on this screen is gone."""
    held = _held()
    if held is not None and held.key != _key(wish):
        forget()
        return None
    return held


def still_allowed() -> None:
    """Return if what was made on this screen may still be shown, or nothing was.

    Raises
    ------
    NotAllowed
        If its consent has ended meanwhile; it is gone then, and the line is said once.
    StoreError
        The same, if the client was erased.
    """
    try:
        _ask()
    except ProgressError:
        forget()
        raise


def holds() -> bool:
    """Return whether what was made on this screen may still be shown, or nothing was."""
    try:
        _ask()
    except ProgressError:
        return False
    return True


def let_out(held: Made) -> Made:
    """Return it with the note of its leaving.

    Raises
    ------
    NotAllowed
        If it may not leave any more; it is gone then.
    """
    try:
        export = release_comparison(open_record.asked(), held.piece)
    except ProgressError:
        forget()
        raise
    out = replace(held, export=export)
    st.session_state[_MADE] = out
    return out


def handing_over(held: Made, data: bytes) -> Callable[[], bytes]:
    """Return what a download answers at the click: these bytes, if they are still allowed then."""
    clinic, piece = open_record.asked(), held.piece

    def hand_over() -> bytes:
        clinic.ask_grant(piece.wish.client_id, piece.grant.use)
        return data

    return hand_over


def forget() -> None:
    """Let go of what was made on this screen."""
    st.session_state.pop(_MADE, None)


def _ask() -> None:
    held = _held()
    if held is not None:
        open_record.asked().ask_grant(held.piece.wish.client_id, held.piece.grant.use)


def _held() -> Made | None:
    held = st.session_state.get(_MADE)
    return held if isinstance(held, Made) else None


def _key(wish: MarketingWish) -> str:
    """What names a wish and who has it: outlines and files by their bytes."""
    plain = replace(wish, covered=(), logo=None, font=None)
    digest = hashlib.sha256(repr((open_record.asked().caller, astuple(plain))).encode())
    for outline in wish.covered:
        digest.update(b"outline" + outline.tobytes())
    for name, data in (("logo", wish.logo), ("font", wish.font)):
        digest.update(name.encode() + hashlib.sha256(data or b"").digest())
    return digest.hexdigest()
