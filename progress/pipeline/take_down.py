"""What must come down when a client takes a consent back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from progress.model.consent import Consent
from progress.model.exports import ExportRecord, Receipt
from progress.store import Reading, Work
from progress.store.consents import consents, withdraw_consent
from progress.store.exports import clients_with_exports, exports


def withdrawn(
    work: Work,
    client_id: str,
    consent_ids: Sequence[str],
    *,
    by: str,
    at: datetime,
    photos: frozenset[str] | None = None,
) -> Receipt:
    """Take consents back and say what has to come down, in one unit of work.

    Parameters
    ----------
    work : Work
    client_id : str
    consent_ids : sequence of str
    by : str
        Login.
    at : datetime
        UTC without zone.
    photos : frozenset of str, optional
        Digests: only these pictures are taken back.

    Returns
    -------
    Receipt
        Every export that shows one of the pictures is in it: under `take_down` unless it is the
        clinic's own record or other consents that still hold allow all of it.

    Raises
    ------
    StoreError
        If the client gave no such consent; nothing is taken back then.
    """
    ended = [
        withdraw_consent(work, client_id, one, by=by, at=at, photos=photos) for one in consent_ids
    ]
    gone = {sha256 for one in ended for sha256 in one.photos if photos is None or sha256 in photos}
    held = {one.id: one for one in consents(work, client_id=client_id)}
    shown = [one for one in exports(work, client_id) if gone & set(one.photos)]
    down = tuple(one for one in shown if _must_come_down(one, held, at))
    return Receipt(
        client_id=client_id,
        withdrawn_at=_since(ended, at),
        by=by,
        consents=tuple(one.id for one in ended if photos is None or gone & set(one.photos)),
        photos=tuple(sorted(gone)),
        take_down=down,
        stays=tuple(one for one in shown if one not in down),
    )


def due(record: Reading, at: datetime) -> tuple[ExportRecord, ...]:
    """What is still out though no consent holds for it any more, withdrawn or run out.

    Parameters
    ----------
    record : Reading
    at : datetime
        UTC without zone.
    """
    found = []
    for client_id in clients_with_exports(record):
        held = {one.id: one for one in consents(record, client_id=client_id)}
        found += [
            one
            for one in exports(record, client_id)
            if one.taken_down_at is None and _must_come_down(one, held, at)
        ]
    return tuple(sorted(found, key=lambda one: one.made_at))


def _since(ended: Sequence[Consent], at: datetime) -> datetime:
    """When it was taken back: now, or before if nothing was left to take back."""
    before = [one.withdrawn_at for one in ended if one.withdrawn_at is not None]
    return max(before) if before and len(before) == len(ended) else at


def _must_come_down(export: ExportRecord, held: dict[str, Consent], at: datetime) -> bool:
    """Whether a picture in it has no consent left among those that it rested on."""
    if not export.consents:  # the clinic's own record: `Clinic.release` always rests on one
        return False
    under = [held[one] for one in export.consents if one in held]
    standing = [one for one in under if one.withdrawn_at is None and one.holds_on(at.date())]
    return not all(any(one.covers(sha256) for one in standing) for sha256 in export.photos)
