"""Taking a client, a session or a photo away, with every row and file that hangs on it.

The files go after the rows are gone for good; a process that is killed in between leaves a marker,
so that the next one that opens the record removes them. A photo that another row names stays.
"""

from __future__ import annotations

from sqlalchemy import delete, select

from progress.store import schema
from progress.store.work import Work


def erase_client(work: Work, client_id: str) -> tuple[str, ...]:
    """Take a client away with sessions, treatments, measurements, regions, consents, account, jobs.

    The audit stays: it holds the id, no name.

    Parameters
    ----------
    work : Work
    client_id : str

    Returns
    -------
    tuple of str
        Digests of the client's photos.

    Raises
    ------
    StoreError
        If there is no such client.
    """
    work.client(client_id)
    photos, sessions = schema.photos, schema.sessions
    digests = tuple(
        work._connection.scalars(
            select(photos.c.sha256)
            .join(sessions, sessions.c.id == photos.c.session_id)
            .where(sessions.c.client_id == client_id)
            .distinct()
            .order_by(photos.c.sha256)
        )
    )
    work.let_go(digests)
    work._connection.execute(delete(schema.clients).where(schema.clients.c.id == client_id))
    settings = schema.settings
    work._connection.execute(delete(settings).where(settings.c.key == f"regions/{client_id}"))
    return digests


def erase_session(work: Work, session_id: str) -> tuple[str, ...]:
    """Take a session away with its photos and measurements; return the digests of its photos.

    Raises
    ------
    StoreError
        If there is no such session.
    """
    session = work.session(session_id)
    digests = tuple(photo.sha256 for photo in session.photos)
    work.let_go(digests)
    work._connection.execute(delete(schema.sessions).where(schema.sessions.c.id == session_id))
    _forget_comparisons(work, session.client_id)
    return digests


def erase_photo(work: Work, session_id: str, sha256: str) -> None:
    """Take a photo out of a session, with what was measured on it.

    Raises
    ------
    StoreError
        If there is no such session.
    """
    session = work.session(session_id)
    photos, measured, shots = schema.photos, schema.measurements, schema.measurement_photos
    work.let_go([sha256])
    work._connection.execute(
        delete(photos).where(photos.c.session_id == session_id, photos.c.sha256 == sha256)
    )
    of_it = select(shots.c.measurement_id).where(shots.c.sha256 == sha256)
    work._connection.execute(
        delete(measured).where(measured.c.session_id == session_id, measured.c.id.in_(of_it))
    )
    _forget_comparisons(work, session.client_id)


def _forget_comparisons(work: Work, client_id: str) -> None:
    """They were made of what is gone."""
    table = schema.comparisons
    work._connection.execute(delete(table).where(table.c.client_id == client_id))
