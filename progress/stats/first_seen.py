"""The earliest visit on which a change was beyond the noise, and stayed so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from progress.model import Change, FirstSeen, NotMeasured, Verdict

_BEYOND = (Verdict.IMPROVED, Verdict.WORSE, Verdict.DESCRIBED)


def first_seen(baseline: date, changes: Sequence[tuple[date, Change]]) -> FirstSeen | NotMeasured:
    """Return when a change was first beyond the noise, never to return into it.

    Parameters
    ----------
    baseline : date
        Of the baseline session.
    changes : sequence of (date, Change)
        Each *healed* follow-up against the baseline, in any order. Visits that could not be
        compared are passed over: they neither confirm nor contradict.

    Returns
    -------
    FirstSeen or NotMeasured
        Not measured when the last comparable visit is within the noise, or there is none.

    Notes
    -----
    The last visit has to agree, so looking at every visit makes no false alarm more likely than
    that visit alone does: 5 %. The date is that of a visit: the change came after the visit
    before it, and may have been there for weeks.
    """
    told = sorted(
        ((day, c) for day, c in changes if c.verdict is not Verdict.NOT_COMPARABLE),
        key=lambda pair: pair[0],
    )
    if not told:
        return NotMeasured("no healed session could be compared with the baseline")
    last_day, last = told[-1]
    if last.verdict not in _BEYOND:
        return NotMeasured(
            f"no change beyond the noise on the last healed session, {last_day.isoformat()}"
        )
    start = len(told) - 1
    while start > 0 and _agree(told[start - 1][1], last):
        start -= 1
    return FirstSeen(
        day=told[start][0],
        not_yet_on=told[start - 1][0] if start else baseline,
        verdict=last.verdict,
        confirmed=start < len(told) - 1,
    )


def _agree(change: Change, last: Change) -> bool:
    """The same verdict, and the same way where no way is better."""
    return change.verdict is last.verdict and (change.delta or 0.0) * (last.delta or 0.0) > 0.0
