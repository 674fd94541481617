"""What the name of a file or folder says: a day, a view, or neither."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from progress.model import View

FIRST_YEAR = 1990
"""Cameras with an empty clock say 1970 or 1980; no digital photo of skin is older than this."""

# Year first, with one separator or none. A number beside it would make it part of a longer one.
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<by>[-_. ]?)(?P<month>\d\d)(?P=by)(?P<day>\d\d)(?!\d)"
)
# Dots between day and month are written day first wherever they are written at all; with slashes
# or dashes nobody can say which is which, so such a name says no day.
_DAY_FIRST = re.compile(r"(?<!\d)(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>(?:19|20)\d\d)(?!\d)")
_WORDS = re.compile(r"[a-z]+|\d+")

_FRONT = {"front", "frontal", "vorn", "vorne", "face", "centre", "center"}
_LEFT, _RIGHT = {"left", "links"}, {"right", "rechts"}
_PROFILE = {"profile", "profil", "side", "lateral", "seite", "90"}
_OBLIQUE = {"oblique", "45", "threequarter", "quarter", "schraeg", "schrag", "halbprofil"}
_BODY = {
    "body", "abdomen", "belly", "back", "chest", "hip", "hips", "thigh", "thighs", "leg", "legs",
    "arm", "arms", "hand", "hands", "neck", "scalp", "bauch", "ruecken", "bein", "oberschenkel",
}  # fmt: skip
_VISIT = {
    "before", "after", "during", "baseline", "followup", "follow", "up", "session", "visit", "week",
    "month", "day", "photo", "photos", "picture", "pictures", "image", "images", "dcim", "camera",
    "vorher", "nachher", "sitzung", "woche", "monat", "fotos", "bilder",
}  # fmt: skip


def day_of_name(name: str, *, today: date) -> date | None:
    """The day that a name says, or None when it says none or a senseless one.

    Parameters
    ----------
    name : str
        As ``2026-01-05``, ``20260105``, ``IMG_20260105_101112`` or ``5.1.2026``.
    today : date
        Nothing was taken later.
    """
    for pattern in (_YEAR_FIRST, _DAY_FIRST):
        found = pattern.search(name)
        if found is None:
            continue
        try:
            day = date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            continue
        if sensible_day(day, today=today):
            return day
    return None


def sensible_day(day: date, *, today: date) -> bool:
    """Whether a photo can have been taken on this day."""
    return day.year >= FIRST_YEAR and day <= today


def is_day_folder(name: str, *, today: date) -> bool:
    """Whether a folder is named for a day: the date stands first, words may follow it."""
    if day_of_name(name, today=today) is None:
        return False
    found = _YEAR_FIRST.match(name) or _DAY_FIRST.match(name)
    return found is not None


def view_of_name(name: str) -> View | None:
    """The view that a name speaks of, or None.

    Left and right alone are taken for the oblique views, which sets of three photos hold; with
    ``profile`` or ``side`` for the profiles.
    """
    text = unicodedata.normalize("NFKD", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).lower()
    words = set(_WORDS.findall(text))
    left, right = bool(words & _LEFT), bool(words & _RIGHT)
    if left != right:
        if words & _PROFILE and not words & {"45"}:
            return View.LEFT_PROFILE if left else View.RIGHT_PROFILE
        if words & (_BODY - {"neck", "scalp"}):
            return View.BODY
        return View.LEFT_OBLIQUE if left else View.RIGHT_OBLIQUE
    if words & _FRONT:
        return View.FRONTAL
    return View.BODY if words & _BODY else None


def is_view_folder(name: str) -> bool:
    """Whether a folder is named for a view and nothing else."""
    words = set(_WORDS.findall(name.lower()))
    known = _FRONT | _LEFT | _RIGHT | _PROFILE | _OBLIQUE | _BODY | {"view", "views", "three"}
    return bool(words) and words <= known and view_of_name(name) is not None


def is_visit_folder(name: str) -> bool:
    """Whether a folder is named for a visit or for photos as such, and so for no person."""
    words = [word for word in _WORDS.findall(name.lower()) if not word.isdecimal()]
    return bool(words) and set(words) <= _VISIT


def one_form(text: str) -> str:
    """A name in the one spelling that is compared: composed, spaces single, ends trimmed."""
    return " ".join(unicodedata.normalize("NFC", spelled(text)).split())


def spelled(text: str) -> str:
    """A file's name as text that can be stored and printed.

    Names on old disks may be in no encoding that anybody knows; such letters become a question
    mark.
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\x00", "")
