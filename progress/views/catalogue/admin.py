"""What an administrator reads: accounts, who did what, and whether the record is whole."""

from __future__ import annotations

TITLE = "Administration"
ACCOUNTS, AUDIT, RECORD = "Accounts", "Who did what", "The record"

ROLES = {
    "admin": "Administrator",
    "practitioner": "Practitioner",
    "client": "Client",
    "marketing": "Marketing",
}
ROLE_HELP = (
    "Administrators also manage accounts and read who did what. Practitioners work with every "
    "client. A client sees one record, their own. Marketing sees cleared pictures only."
)
LOGIN, ROLE, WHOSE, STATE = "Login", "Role", "Whose record", "State"
ACTIVE, INACTIVE, MUST_CHANGE = "active", "closed", "active, has to choose a password"

ADD_TITLE = "A new account"
FIRST_PASSWORD = "First password"  # noqa: S105 - a label
FIRST_HELP = (
    "Tell it to its owner, who has to choose another one at the first sign-in. At least {} "
    "characters and not the login."
)
ADD = "Make the account"
ADDED = "{} can sign in now and has to choose a password of their own."
NO_CLIENT_YET = "There is no client yet whose account this could be."

CHANGE_TITLE = "Change an account"
ACCOUNT = "Account"
NEW_PASSWORD = "New first password"  # noqa: S105
RESET = "Set password"
RESET_DONE = "{} has a new password and has to choose another one at the next sign-in."
CLOSE, OPEN_AGAIN = "Close account", "Open account again"
CLOSED, OPENED = "{} cannot sign in any more.", "{} can sign in again."
NEW_ROLE, SET_ROLE = "Other role", "Set role"
ROLE_SET = "{} is {} now and has to sign in again."

ANYBODY, ANYTHING, ANY_CLIENT = "Anybody", "Anything", "Any client"
BY, WHAT, ABOUT = "By", "What", "Client"
TIME, NUMBER, DETAIL = "Time (UTC)", "Line", "Detail"
LINES_SHOWN = "The newest {} of these lines. The same look within a quarter of an hour is one line."
NO_LINES = "No such line."
VERIFY = "Check that no line was changed"
WHOLE = "All {} lines are there as they were written."
HEAD = (
    "Hash of the last line: `{}`. Copied elsewhere, it shows later that the whole log was not "
    "written anew."
)
NOT_WHOLE = "The log is not as it was written"
ERASED = "erased, or never there"

CHECK_RECORD = "Check rows, photos and log"
CHECK_NOTE = "Reads every photo; on a large record this takes minutes."
RECORD_WHOLE = "All is there as it was stored: {} photos, {} lines of the log."
RECORD_NOT_WHOLE = "Something is not as it was stored"
MISSING, DAMAGED, DATABASE, LOG = "photos missing", "photos damaged", "database", "log"
ORPHANS, PLAIN = "files that no row names", "files that are not sealed"
COUNTS = "{} clients, {} accounts."
BACKUP_NOTE = (
    "Backup and restore are commands: `progress record backup` and `progress record restore`."
)
