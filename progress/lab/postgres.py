"""A PostgreSQL server of one's own for tests and figures: on loopback, in a temporary folder."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

from progress.model import StoreError

_DEBIAN = Path("/usr/lib/postgresql")
# The server refuses to run as root; Debian's package makes the first of these accounts.
_OTHERS = ("postgres", "nobody")


def find_postgres() -> Path | None:
    """Folder of ``initdb`` and ``pg_ctl``: the newest of Debian's, else on the path; or None."""
    versions = _DEBIAN.glob("*/bin/initdb") if _DEBIAN.is_dir() else ()
    newest = sorted(versions, key=lambda initdb: float(initdb.parent.parent.name))
    if newest:
        return newest[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def temporary_postgres() -> Iterator[URL]:
    """A running server's address with its password; it is gone with all it held afterwards.

    It does not bring its writes to the disk before it says so, which a clinic's server must.

    Yields
    ------
    URL
        Of the database ``postgres`` on it; `fresh_database` makes one to use.

    Raises
    ------
    StoreError
        If PostgreSQL is not installed or does not start.
    """
    programs = find_postgres()
    if programs is None:
        raise StoreError(
            "expected PostgreSQL's initdb and pg_ctl, got none",
            advice="install Debian's package postgresql",
        )
    # Not under a folder of the caller's own: another account must reach it.
    folder = Path(tempfile.mkdtemp(prefix="progress-postgres-"))
    password, port, account = secrets.token_urlsafe(24), _free_port(), _account()
    data, log, given = folder / "data", folder / "log", folder / "password"
    given.touch(mode=0o600)
    given.write_text(password)
    if account is not None:
        for path in (folder, given):
            shutil.chown(path, account)

    def run(*command: str, check: bool = True) -> None:
        done = subprocess.run(
            command,
            user=account,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if check and done.returncode != 0:
            told = log.read_text().splitlines() if log.is_file() else done.stderr.splitlines()
            raise StoreError(
                f"PostgreSQL: expected a server of its own, got: {' '.join(told[-3:])}",
                advice="check that the package postgresql is whole",
            )

    control = (str(programs / "pg_ctl"), "-D", str(data))
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off "
        "-c full_page_writes=off -c max_connections=50"
    )
    try:
        run(
            str(programs / "initdb"),
            *("-D", str(data), "-U", "progress", "-E", "UTF8", "--locale=C", "--no-sync"),
            *("--auth=scram-sha-256", f"--pwfile={given}"),
        )
        run(*control, "-w", "-t", "60", "-l", str(log), "-o", options, "start")
        try:
            yield URL.create(
                "postgresql+psycopg",
                username="progress",
                password=password,
                host="127.0.0.1",
                port=port,
                database="postgres",
            )
        finally:
            run(*control, "-m", "immediate", "stop", check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server: URL) -> Iterator[str]:
    """The URL of an empty database on a server; it is dropped afterwards."""
    name = f"progress_{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


def _account() -> str | None:
    """Whose rights the server runs with; None keeps the caller's."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in _OTHERS if name in known), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
