"""Commands about accounts: who may open the app on a record, and as what."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from progress.cli.shared import Home, app
from progress.model.errors import BadInput

if TYPE_CHECKING:
    from progress.pipeline.clinic import Clinic

account_app = typer.Typer(
    help="Who may open the app on a record. Example: progress account add anna --role practitioner",
    rich_markup_mode=None,
)
app.add_typer(account_app, name="account")


class RoleOption(StrEnum):
    """What an account is for."""

    ADMIN = "admin"
    PRACTITIONER = "practitioner"
    CLIENT = "client"
    MARKETING = "marketing"


Login = Annotated[str, typer.Argument(help="A short name or an e-mail address.")]


@account_app.command()
def add(
    login: Login,
    role: Annotated[RoleOption, typer.Option("--role", help="What it is for.")],
    home: Home = None,
    client: Annotated[
        str | None, typer.Option("--client", help="Pseudonym or id; of the role client only.")
    ] = None,
    elsewhere: Annotated[
        bool, typer.Option("--elsewhere", help="No password: signs in by another service (OIDC).")
    ] = False,
) -> None:
    """Make an account; the password is asked for, or is the first line of standard input.

    The first one of a record must be an administrator's, who keeps the password; everybody else
    has to choose another one at the first sign-in.

    Example: progress account add anna --role practitioner --home ~/clinic
    """
    from progress.model.people import Role

    with _record(home) as clinic:
        client_id = None if client is None else _client(clinic, client)
        if elsewhere:
            clinic.add_user(login, Role(role.value), "", client_id)
        elif clinic.is_empty_of_users():
            if role is not RoleOption.ADMIN:
                raise BadInput(
                    f"--role: expected admin for the first account, got {role.value}",
                    advice="make an administrator first",
                )
            clinic.make_first_admin(login, _password())
        else:
            clinic.add_user(login, Role(role.value), _password(), client_id)
    typer.echo(f"{login}: {role.value}")


@account_app.command("list")
def list_accounts(home: Home = None) -> None:
    """Print every account: login, role, state and whose record it may see.

    Example: progress account list --home ~/clinic
    """
    with _record(home) as clinic:
        names = {client.id: client.pseudonym for client in clinic.clients()}
        for user in clinic.users():
            state = "must change password" if user.must_change_password else "active"
            parts = [user.login, user.role.value, state if user.active else "closed"]
            if user.client_id is not None:
                parts.append(names[user.client_id])
            typer.echo("\t".join(parts))


@account_app.command()
def reset(login: Login, home: Home = None) -> None:
    """Set a password, asked for or read from standard input; its owner must choose another one.

    Example: progress account reset anna --home ~/clinic
    """
    with _record(home) as clinic:
        clinic.reset_password(login, _password())
    typer.echo(f"{login}: new password, to be changed at the next sign-in")


@account_app.command()
def deactivate(
    login: Login,
    home: Home = None,
    undo: Annotated[bool, typer.Option("--undo", help="Open it again.")] = False,
) -> None:
    """Close an account; whoever uses it is out at once, and what was done with it stays noted.

    Example: progress account deactivate anna --home ~/clinic
    """
    with _record(home) as clinic:
        user = clinic.activate(login) if undo else clinic.deactivate(login)
    typer.echo(f"{user.login}: {'active' if user.active else 'closed'}")


@contextlib.contextmanager
def _record(home: Path | None) -> Iterator[Clinic]:
    """The record in the name of whoever runs commands on its machine."""
    from progress.model.people import OPERATOR
    from progress.pipeline.clinic import Clinic

    with Clinic.open(home, caller=OPERATOR) as clinic:
        yield clinic


def _client(clinic: Clinic, named: str) -> str:
    for client in clinic.clients():
        if named in (client.id, client.pseudonym):
            return client.id
    raise BadInput(f"--client: expected a client of the record, got {named}", advice="check it")


def _password() -> str:
    """Never an argument: other users of the machine can read those of a running command."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    line = sys.stdin.readline()
    if not line:
        raise BadInput(
            "password: expected it on standard input, got nothing",
            advice="type it in a terminal, or pipe one line",
        )
    return line.rstrip("\r\n")
