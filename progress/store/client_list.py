"""The list of clients with what a practitioner looks for in it, in one query for any number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from progress.model import Client
from progress.store import schema
from progress.store.reading import Reading

_ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client of the list.

    Parameters
    ----------
    client : Client
    n_sessions : int
    last_session : date or None
        None where there is none yet.
    last_treatment : date or None
    """

    client: Client
    n_sessions: int
    last_session: date | None
    last_treatment: date | None


def client_lines(record: Reading, *, words: str = "") -> tuple[ClientLine, ...]:
    """The clients by pseudonym; only those whose pseudonym or note holds every one of `words`.

    Upper and lower case are the same for unaccented letters.
    """
    clients, sessions, treatments = schema.clients, schema.sessions, schema.treatments
    visits = (
        select(
            sessions.c.client_id,
            func.count().label("n_sessions"),
            func.max(sessions.c.taken_on).label("last_session"),
        )
        .group_by(sessions.c.client_id)
        .subquery()
    )
    treated = (
        select(treatments.c.client_id, func.max(treatments.c.date).label("last_treatment"))
        .group_by(treatments.c.client_id)
        .subquery()
    )
    query = (
        select(clients, visits.c.n_sessions, visits.c.last_session, treated.c.last_treatment)
        .outerjoin(visits, visits.c.client_id == clients.c.id)
        .outerjoin(treated, treated.c.client_id == clients.c.id)
        .order_by(clients.c.pseudonym)
    )
    for word in words.split():
        query = query.where(
            or_(
                clients.c.pseudonym.icontains(word, autoescape=True, escape=_ESCAPE),
                clients.c.note.icontains(word, autoescape=True, escape=_ESCAPE),
            )
        )
    return tuple(
        ClientLine(
            client=Client(**{name: getattr(row, name) for name in Client.__slots__}),
            n_sessions=row.n_sessions or 0,
            last_session=row.last_session,
            last_treatment=row.last_treatment,
        )
        for row in record._connection.execute(query)
    )
