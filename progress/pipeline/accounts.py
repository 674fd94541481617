"""Use cases of administrators: who has an account, as what, and who did what."""

from __future__ import annotations

from progress.model import BadInput
from progress.model.people import Role, User
from progress.pipeline import passwords
from progress.pipeline.access import Action
from progress.pipeline.signing_in import SigningIn, checked_login, spelled
from progress.pipeline.use_case import use_case
from progress.store import Work, accounts
from progress.store.audit import AuditCheck, AuditLine, audit_lines, check_audit


class ClinicAccounts(SigningIn):
    """Accounts and the audit, beside signing in."""

    @use_case(Action.LIST_ACCOUNTS)
    def users(self) -> tuple[User, ...]:
        """Every account by login."""
        with self._store.reading() as record:
            return accounts.users(record)

    @use_case(Action.MANAGE_ACCOUNTS)
    def add_user(self, login: str, role: Role, password: str, client_id: str | None = None) -> User:
        """A new account, whose password must be changed at the first sign-in.

        Parameters
        ----------
        login : str
        role : Role
        password : str
            The first one, told to its owner. Empty for an account that signs in through another
            service only.
        client_id : str, optional
            Of the role client, and only of that: whose record it may see.

        Raises
        ------
        BadInput
            If login or password will not do, or a client is missing or too many.
        StoreError
            If the login is taken or there is no such client.
        """
        login = checked_login(login)
        if (role is Role.CLIENT) != (client_id is not None):
            raise BadInput(
                f"account: expected a client for the role client and none else, got {role.value}",
                advice="choose whose record it is, or another role",
            )
        hashed = ""
        if password:
            passwords.check_password(login, password)
            hashed = passwords.hashed(password)
        with self._store.work() as work:
            if client_id is not None:
                work.client(client_id)
            if accounts.user(work, login) is not None:
                raise BadInput(f"account: the login {login} is taken", advice="choose another one")
            return self._add(work, login, role, hashed, client_id, must_change=bool(password))

    @use_case(Action.MANAGE_ACCOUNTS)
    def reset_password(self, login: str, password: str) -> User:
        """An account with a password set for its owner, who must change it at the next sign-in.

        Failed sign-ins are forgotten with it.

        Raises
        ------
        BadInput
            If the password will not do.
        StoreError
            If there is no such account.
        """
        login = spelled(login)
        passwords.check_password(login, password)
        hashed = passwords.hashed(password)
        with self.changing(Action.MANAGE_ACCOUNTS, detail=f"reset password of {login}") as work:
            accounts.forget_failures(work, login)
            return accounts.change_user(
                work, login, password_hash=hashed, must_change_password=True
            )

    @use_case(Action.MANAGE_ACCOUNTS)
    def change_role(self, login: str, role: Role, client_id: str | None = None) -> User:
        """An account with another role; whoever is signed in with it must sign in again.

        Raises
        ------
        BadInput
            If it is the last active administrator's, or a client is missing or too many.
        StoreError
            If there is no such account or client.
        """
        login = spelled(login)
        if (role is Role.CLIENT) != (client_id is not None):
            raise BadInput(
                f"account: expected a client for the role client and none else, got {role.value}",
                advice="choose whose record it is, or another role",
            )
        detail = f"{login} becomes {role.value}"
        with self.changing(Action.MANAGE_ACCOUNTS, client_id, detail=detail) as work:
            if client_id is not None:
                work.client(client_id)
            changed = accounts.change_user(work, login, role=role.value, client_id=client_id)
            _some_admin_left(work)
        return changed

    @use_case(Action.MANAGE_ACCOUNTS)
    def deactivate(self, login: str) -> User:
        """An account that nobody can use any more; whoever is signed in with it is out at once.

        Raises
        ------
        BadInput
            If it is the last active administrator's.
        StoreError
            If there is no such account.
        """
        login = spelled(login)
        with self.changing(Action.MANAGE_ACCOUNTS, detail=f"deactivate {login}") as work:
            changed = accounts.change_user(work, login, active=False)
            _some_admin_left(work)
        return changed

    @use_case(Action.MANAGE_ACCOUNTS)
    def activate(self, login: str) -> User:
        """An account that may be used again; raises `StoreError` if there is none."""
        login = spelled(login)
        with self.changing(Action.MANAGE_ACCOUNTS, detail=f"activate {login}") as work:
            return accounts.change_user(work, login, active=True)

    @use_case(Action.SEE_AUDIT)
    def audit(
        self,
        *,
        client_id: str | None = None,
        login: str | None = None,
        action: str | None = None,
        limit: int = 500,
    ) -> tuple[AuditLine, ...]:
        """What was done, newest first, of one client, person or kind where named."""
        with self._store.reading() as record:
            return audit_lines(record, client_id=client_id, login=login, action=action, limit=limit)

    @use_case(Action.SEE_AUDIT)
    def verify_audit(self) -> AuditCheck:
        """Whether every line of the audit is there as it was written; names each that is not."""
        with self._store.reading() as record:
            return check_audit(record)


def _some_admin_left(work: Work) -> None:
    if accounts.active_admins(work) == 0:
        raise BadInput(
            "account: expected an administrator to remain, got the last one",
            advice="make another administrator first",
        )
