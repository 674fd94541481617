"""Brings a database to the tables of this version, in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, inspect, text

from progress.model import StoreError
from progress.store.engine import begin_read, begin_write

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

HEAD = "0003"
"""Newest revision; a test holds it to the scripts. Known here so that opening a record which is
up to date needs no Alembic, whose import takes longer than the rest of the store."""

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, *, where: str, to: str = HEAD) -> None:
    """Make or bring up the tables; either all of it happens or nothing.

    Parameters
    ----------
    engine : Engine
        Of the record.
    where : str
        How messages call the record.
    to : str
        Revision to stop at.

    Raises
    ------
    StoreError
        If the database belongs to another program or to a newer version of this one.
    """
    with begin_read(engine) as connection:
        current = _current(connection, where)
    if current == to:
        return
    scripts = _scripts()
    _refuse_newer(current, scripts, where)
    with begin_write(engine) as connection:
        # Another process may have done it while this one waited.
        current = _current(connection, where)
        _refuse_newer(current, scripts, where)
        if current != to:
            _run(connection, scripts, to)


def _current(connection: Connection, where: str) -> str | None:
    """Revision of the database, None when it is empty."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables or not {"clients", "photos"} <= set(tables):
        raise StoreError(
            f"{where}: expected an empty database or a record of progress, got the tables of "
            "another program",
            advice="give a database of its own",
        )
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if version is None else str(version)


def _refuse_newer(current: str | None, scripts: ScriptDirectory, where: str) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            f"{where}: expected a record of version {HEAD} or older, got version {current}",
            advice="it was written by a newer progress: update progress to open it",
        )


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(_SCRIPTS))


def _run(connection: Connection, scripts: ScriptDirectory, to: str) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    def steps(revision: Any, _context: Any) -> Any:
        return scripts._upgrade_revs(to, revision)  # as alembic.command does

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()
