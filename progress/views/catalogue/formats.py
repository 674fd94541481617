"""Days and numbers as a reader's locale writes them; the words around them are English.

Only English ways of writing are told apart: an English sentence with another language's day or
decimal sign reads as a mistake. Everything else falls back to British.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTH_FIRST = ("en-us", "en-ph")


@dataclass(frozen=True, slots=True)
class Formats:
    """How one locale writes.

    Parameters
    ----------
    month_first : bool
        ``January 5, 2026`` and not ``5 January 2026``.
    """

    month_first: bool = False

    def day(self, day: date) -> str:
        """Return a day with its month in letters, so that nobody swaps the two."""
        month = _MONTHS[day.month - 1]
        if self.month_first:
            return f"{month} {day.day}, {day.year}"
        return f"{day.day} {month} {day.year}"

    def number(self, value: float, *, digits: int = 0) -> str:
        """Return a number with its thousands apart."""
        return f"{value:,.{digits}f}".replace("-", "−")


def formats_of(locale: str | None) -> Formats:
    """Return how a browser's locale writes, e.g. ``"en-US"``; British for what is not known."""
    return Formats(month_first=(locale or "").replace("_", "-").lower() in _MONTH_FIRST)
