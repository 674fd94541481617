"""Who may ask for what: one table, asked before every use case.

Pages may hide what somebody cannot use; only this protects it. What is not in the table is refused.
"""

from __future__ import annotations

import enum
from types import MappingProxyType

from progress.model import NotAllowed
from progress.model.people import Caller, Role


class Kind(enum.Enum):
    """What an action does to the record, and so how it is noted."""

    SEE = "see"
    """Noted once in a while for the same person and record."""
    CHANGE = "change"
    """Noted every time, in the unit of work that makes it."""
    EXPORT = "export"
    """Noted every time, before it is handed out."""
    OWN_ACCOUNT = "own account"
    """Not noted: who looks at the own account sees nothing of the record."""


class Action(enum.Enum):
    """What can be asked of the record, in the words of the audit."""

    SIGN_IN = "sign in"
    """Open to everybody, so it stands in no row of the table."""
    LIST_CLIENTS = "list clients"
    ADD_CLIENT = "add client"
    CHANGE_CLIENT = "change client"
    SEE_RECORD = "see record"
    SEE_PHOTO = "see photo"
    ADD_TREATMENT = "add treatment"
    CHANGE_TREATMENT = "change treatment"
    ADD_SESSION = "add session"
    CHANGE_SESSION = "change session"
    CHECK_UPLOAD = "check upload"
    DRAW_REGION = "draw region"
    SEE_COURSE = "see course"
    SEE_PAIR = "see pair"
    SEE_CONSENTS = "see consents"
    GIVE_CONSENT = "give consent"
    WITHDRAW_CONSENT = "withdraw consent"
    SEE_CLEARED = "see cleared pictures"
    ASK_GRANT = "ask what is allowed"
    PUBLISH = "publish"
    NOTE_DOWN = "note as taken down"
    SEE_DUE = "see what must come down"
    REPORT = "report"
    OVERRIDE_RULE = "sign for a country without rules"
    IMPORT = "import"
    RECOMPUTE = "recompute"
    EXPORT_RECORD = "export record"
    SIGN_EXPORT = "sign export"
    """Sign what leaves the house in the clinic's name."""
    MANAGE_IDENTITY = "manage signing identity"
    ERASE_CLIENT = "erase client"
    MANAGE_ACCOUNTS = "manage accounts"
    LIST_ACCOUNTS = "list accounts"
    SEE_OWN_ACCOUNT = "see own account"
    CHANGE_OWN_PASSWORD = "change own password"  # noqa: S105 - a name, not a secret
    SEE_AUDIT = "see audit"
    KEEP_RECORD = "keep record"
    """Verify, back up and restore."""

    @property
    def kind(self) -> Kind:
        """How it is noted."""
        return _KINDS.get(self, Kind.CHANGE)


_KINDS = {
    Action.LIST_CLIENTS: Kind.SEE,
    Action.SEE_RECORD: Kind.SEE,
    Action.SEE_PHOTO: Kind.SEE,
    Action.CHECK_UPLOAD: Kind.SEE,
    Action.SEE_COURSE: Kind.SEE,
    Action.SEE_PAIR: Kind.SEE,
    Action.SEE_CONSENTS: Kind.SEE,
    Action.SEE_CLEARED: Kind.SEE,
    Action.ASK_GRANT: Kind.SEE,
    Action.SEE_DUE: Kind.SEE,
    Action.SEE_AUDIT: Kind.SEE,
    Action.LIST_ACCOUNTS: Kind.SEE,
    Action.EXPORT_RECORD: Kind.EXPORT,
    Action.SEE_OWN_ACCOUNT: Kind.OWN_ACCOUNT,
}


class Reach(enum.Enum):
    """Of how many clients somebody may ask for an action."""

    ALL = "every client's record"
    OWN = "the own record"


_ADMIN_ONLY = frozenset(
    {
        Action.MANAGE_ACCOUNTS,
        Action.LIST_ACCOUNTS,
        Action.MANAGE_IDENTITY,
        Action.SEE_AUDIT,
        Action.KEEP_RECORD,
        Action.OVERRIDE_RULE,
    }
)
# An own account belongs to no client's record, so the reach of these is not bound to one.
_OF_EVERYBODY = (Action.SEE_OWN_ACCOUNT, Action.CHANGE_OWN_PASSWORD)
_OWN_RECORD = (
    Action.SEE_RECORD,
    Action.SEE_PHOTO,
    Action.SEE_COURSE,
    Action.SEE_PAIR,
    Action.SEE_CONSENTS,
    Action.GIVE_CONSENT,
    Action.WITHDRAW_CONSENT,
    Action.REPORT,
)

RULES: MappingProxyType[Role, MappingProxyType[Action, Reach]] = MappingProxyType(
    {
        Role.ADMIN: MappingProxyType(dict.fromkeys(Action, Reach.ALL)),
        Role.PRACTITIONER: MappingProxyType(
            {action: Reach.ALL for action in Action if action not in _ADMIN_ONLY}
        ),
        Role.CLIENT: MappingProxyType(
            {
                **dict.fromkeys(_OWN_RECORD, Reach.OWN),
                **dict.fromkeys(_OF_EVERYBODY, Reach.ALL),
            }
        ),
        Role.MARKETING: MappingProxyType(
            dict.fromkeys(
                (
                    Action.SEE_CLEARED,
                    Action.ASK_GRANT,
                    Action.PUBLISH,
                    Action.NOTE_DOWN,
                    Action.SEE_DUE,
                    Action.SIGN_EXPORT,
                    *_OF_EVERYBODY,
                ),
                Reach.ALL,
            )
        ),
    }
)
"""By role, what may be asked and how far it reaches. Nobody may ask for anything but to sign in."""


def may(caller: Caller, action: Action, client_id: str | None = None) -> bool:
    """Whether `caller` may ask for `action`, of this client's record where it is about one.

    Parameters
    ----------
    caller : Caller
    action : Action
    client_id : str, optional
        None where the action is about no single client; whoever reaches the own record only is
        refused then.
    """
    if action is Action.SIGN_IN:
        return True
    if caller.role is None:
        return False
    reach = RULES[caller.role].get(action)
    if reach is Reach.OWN:
        return client_id is not None and client_id == caller.client_id
    return reach is Reach.ALL


def check(caller: Caller, action: Action, client_id: str | None = None) -> None:
    """Return if `caller` may ask for `action`.

    Parameters
    ----------
    caller : Caller
    action : Action
    client_id : str, optional
        As in `may`.

    Raises
    ------
    NotAllowed
        Else; it does not tell whether such a record exists.
    """
    if may(caller, action, client_id):
        return
    if caller.role is None:
        raise NotAllowed(
            f"{action.value}: expected somebody who has signed in, got nobody",
            advice="sign in first",
        )
    # Not whose record it was: a refusal must not tell what there is.
    raise NotAllowed(
        f"{action.value}: the role {caller.role.value} may not do this here",
        advice="ask an administrator of the clinic",
    )
