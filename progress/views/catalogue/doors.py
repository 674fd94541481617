"""What everybody reads at the door: signing in, the first account, a new password."""

from __future__ import annotations

SIGN_IN = "Sign in"
SIGN_OUT = "Sign out"
LOGIN = "Login"
PASSWORD = "Password"  # noqa: S105 - a label
OUT = "You are signed out."
OUT_IDLE = "You were signed out after {} minutes without a click."
OUT_CHANGED = "Your account was changed, so you were signed out. Sign in again."
SERVICE = "Sign in with your clinic's service"
GO_ON = "Go on as {}"
NOT_ME = "That is not me"
FORGOTTEN = "Forgotten? An administrator of your clinic can set a new password for you."

FIRST_TITLE = "Set up this record"
FIRST_WHY = (
    "Nobody has an account here yet. Make the first one: it is an administrator's, and everybody "
    "else's account is made with it."
)
FIRST_SAMPLE = (
    "This record holds rendered mannequins only, so it can be looked at without an account. As "
    "soon as there is one, everybody has to sign in."
)
FIRST_MAKE = "Make the first account"
FIRST_KEEP = (
    "There is no other way in: write the password down in a safe place, or make a second "
    "administrator."
)
RULES = "At least {} characters and not the login. A few words in a row are easy to keep in mind."
REPEAT = "The same password again"
NOT_THE_SAME = "The two passwords are not the same."

PASSWORD_TITLE = "Your password"  # noqa: S105
MUST_CHANGE = "Somebody else knows the password that was set for you. Choose one of your own."
OLD_PASSWORD = "Password until now"  # noqa: S105
NEW_PASSWORD = "New password"  # noqa: S105
CHANGE_PASSWORD = "Change password"  # noqa: S105
CHANGED = "Your password is changed. Other screens of this account were signed out."

PAGE_NAMES = {
    "sign_in": SIGN_IN,
    "first_run": "Set up",
    "password": "Password",
    "sign_out": SIGN_OUT,
    "today": "Today",
    "course": "Client",
    "pair": "Compare",
    "add": "New session",
    "bring": "Import",
    "mine": "Your progress",
    "publish": "Publish",
    "cleared": "Cleared pictures",
    "admin": "Administration",
    "about": "Limits",
}
