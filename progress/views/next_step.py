"""What comes next for a client, by the days of the last photos and the last treatment."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from progress.stats.healing import REDNESS_DAYS, RESULT_AFTER_DAYS


class Due(enum.Enum):
    """What comes next."""

    FIRST_PHOTOS = "first photos"
    """There is nothing to compare with yet."""
    HEALING = "healing"
    """Photos now are kept and not judged."""
    WAITING = "waiting"
    """Healed, but new collagen takes longer to show."""
    FOLLOW_UP = "follow-up"
    """Photos from now on tell what the last treatment did."""
    NOTHING = "nothing"
    """The last treatment has its photos, or there was none."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next and the day that it turns on; None where there is no such day."""

    due: Due
    day: date | None = None


def next_step(last_session: date | None, last_treatment: date | None, *, today: date) -> NextStep:
    """Return what comes next.

    Parameters
    ----------
    last_session, last_treatment : date or None
        None where there was none.
    today : date

    Returns
    -------
    NextStep
        Its day is the last one of healing, or the first one on which photos tell a result.
    """
    if last_session is None:
        return NextStep(Due.FIRST_PHOTOS)
    if last_treatment is None or last_treatment > today:
        return NextStep(Due.NOTHING)
    tells_from = last_treatment + timedelta(days=RESULT_AFTER_DAYS)
    if last_session >= tells_from:
        return NextStep(Due.NOTHING)
    healed_on = last_treatment + timedelta(days=REDNESS_DAYS)
    if today <= healed_on:
        return NextStep(Due.HEALING, healed_on)
    if today < tells_from:
        return NextStep(Due.WAITING, tells_from)
    return NextStep(Due.FOLLOW_UP, tells_from)
