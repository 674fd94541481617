"""Long work that must survive a restart, as rows: at most one of a kind per client."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from progress.model import Job, JobState, StoreError
from progress.store import schema
from progress.store.reading import Reading, unknown
from progress.store.work import Work


def put_job(work: Work, client_id: str, *, kind: str, detail: str = "") -> Job:
    """Ask for work on a client; return the job as it waits.

    One of the same kind that waits or runs is joined as it is; one that is done or failed waits
    anew, with this `detail`.

    Raises
    ------
    StoreError
        For an unknown client.
    """
    work.client(client_id)
    now = datetime.now(UTC).replace(tzinfo=None)
    known = next((job for job in jobs(work, client_id=client_id) if job.kind == kind), None)
    if known is None:
        new = Job(uuid.uuid4().hex, client_id, kind, JobState.WAITING, now, detail)
        work._connection.execute(
            insert(schema.jobs).values(
                id=new.id,
                client_id=client_id,
                kind=kind,
                state=new.state.value,
                made_at=now,
                detail=detail,
            )
        )
        return new
    if known.state in (JobState.WAITING, JobState.RUNNING):
        return known
    table = schema.jobs
    work._connection.execute(
        update(table)
        .where(table.c.id == known.id)
        .values(state=JobState.WAITING.value, made_at=now, detail=detail)
    )
    return Job(known.id, client_id, kind, JobState.WAITING, now, detail)


def jobs(
    record: Reading, *, client_id: str | None = None, state: JobState | None = None
) -> tuple[Job, ...]:
    """Jobs in the order they were asked for; of one client or in one state where named."""
    table = schema.jobs
    query = select(table).order_by(table.c.made_at, table.c.id)
    if client_id is not None:
        query = query.where(table.c.client_id == client_id)
    if state is not None:
        query = query.where(table.c.state == state.value)
    return tuple(_job(row) for row in record._connection.execute(query))


def change_job(
    work: Work, job_id: str, *, was: JobState, now: JobState, detail: str | None = None
) -> Job:
    """Move a job on and return it.

    Two workers that take the same job name the same `was`: one of them gets it.

    Parameters
    ----------
    work : Work
    job_id : str
    was, now : JobState
    detail : str or None
        None leaves what is there.

    Raises
    ------
    StoreError
        If it is in another state by now, or gone.
    """
    table = schema.jobs
    values = {"state": now.value} | ({} if detail is None else {"detail": detail})
    done = work._connection.execute(
        update(table).where(table.c.id == job_id, table.c.state == was.value).values(**values)
    )
    row = work._connection.execute(select(table).where(table.c.id == job_id)).one_or_none()
    if row is None:
        raise unknown("job", job_id)
    if done.rowcount != 1:
        raise StoreError(
            f"job: expected it {was.value}, but it is {row.state}",
            advice="another worker has it; take the next one",
        )
    return _job(row)


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        client_id=row.client_id,
        kind=row.kind,
        state=JobState(row.state),
        made_at=row.made_at,
        detail=row.detail,
    )
