"""What a course came to, and what the number of answers makes of them, in plain sentences."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from progress.model import (
    FAMILY_ERROR_RATE,
    BaselineShare,
    Change,
    CourseFit,
    Family,
    FirstSeen,
    NotMeasured,
    Timeline,
    TimelineSeries,
    Verdict,
    VisitEffect,
)
from progress.views.labels import (
    change_unit,
    counted,
    day_label,
    metric_label,
    number,
    quantity,
    reason_words,
    region_label,
)

NOTABLE_OFFSET = 0.5
"""Share of the smallest detectable change from which on a shared offset is worth a sentence."""

_BEYOND = (Verdict.IMPROVED, Verdict.WORSE, Verdict.DESCRIBED)
_FAMILIES = {
    Family.HEADLINE: "on the whole and where you outlined",
    Family.REGIONS: "on single regions",
}


def family_sentences(changes: Iterable[Change]) -> list[str]:
    """Return what stands when the number of answers is reckoned in, one sentence per family.

    Parameters
    ----------
    changes : iterable of Change
        Of one pair, or the judged ones of a course.

    Returns
    -------
    list of str
        Empty where the changes were not counted together.
    """
    known = [change for change in changes if change.family is not None]
    said = []
    for family, place in _FAMILIES.items():
        asked = [change for change in known if change.family is family]
        beyond = [change for change in asked if change.verdict in _BEYOND]
        if not asked:
            continue
        named = f"Of {counted(len(asked), 'answer')} {place}"
        standing = [change for change in beyond if change.stands_in_family]
        if not beyond:
            said.append(f"{named}, none lies beyond noise.")
        elif not standing:
            said.append(
                f"{named}, {len(beyond)} {_lie(len(beyond))} beyond noise counted alone, where "
                f"chance brings about {_by_chance(len(asked))}; none stands once all of them are "
                "reckoned in."
            )
        else:
            names = ", ".join(_named(change) for change in standing)
            said.append(
                f"{named}, {len(beyond)} {_lie(len(beyond))} beyond noise counted alone, where "
                f"chance brings about {_by_chance(len(asked))}; {len(standing)} "
                f"{'stands' if len(standing) == 1 else 'stand'} once all of them are reckoned in: "
                f"{names}."
            )
    return said


def course_sentences(series: TimelineSeries) -> list[str]:
    """Return what the visits of one series come to together, for the practitioner.

    Parameters
    ----------
    series : TimelineSeries

    Returns
    -------
    list of str
        The curve, the share of the baseline, the first visit beyond noise, and visits left out of
        the curve; what is missing says why, once.
    """
    fit, share, seen = series.course.fit, series.course.share, series.course.first_seen
    said = []
    if isinstance(fit, CourseFit):
        error = (fit.high - fit.low) / 4.0 or None
        unit = change_unit(series.unit)
        low, high = (number(value, error=error) for value in (fit.low, fit.high))
        tells = fit.low > 0 or fit.high < 0
        said.append(
            f"From {day_label(fit.first)} to {day_label(fit.last)} the curve through "
            f"{fit.n_sessions} healed sessions moves by {quantity(fit.change, unit, error=error)} "
            f"(95 %: {low} to {high})" + _beside_verdict(series, tells=tells)
        )
        said += [
            f"The session of {day_label(day)} lies so far off the others that the curve was drawn "
            "without it; look at its photos."
            for day in fit.set_aside
        ]
    else:
        said.append(f"No curve: {_lower(fit.reason)}.")
    if isinstance(share, BaselineShare):
        said.append(f"It stands at {share_words(series)}.")
    if isinstance(seen, FirstSeen):
        ends = (
            "and later sessions agree"
            if seen.confirmed
            else "on the last session alone, so another one should confirm it"
        )
        said.append(
            f"A change beyond noise was first seen on {day_label(seen.day)} (not yet on "
            f"{day_label(seen.not_yet_on)}), {ends}."
        )
    return said


def _beside_verdict(series: TimelineSeries, *, tells: bool) -> str:
    """How what the curve tells goes with what the last session tells."""
    if not tells:
        return ", which holds no change as well."
    if series.verdict is Verdict.WITHIN_NOISE:
        return ": together the sessions tell what the last one alone does not."
    return "."


def share_words(series: TimelineSeries) -> str:
    """Return the percent of the baseline with its interval, or a dash with the reason."""
    share = series.course.share
    if isinstance(share, NotMeasured):
        return f"— ({reason_words(share.reason)})"
    error = (share.high - share.low) / 4.0 or None
    middle, low, high = (number(x, error=error) for x in (share.percent, share.low, share.high))
    return f"{middle} % of the baseline ({low} to {high})"


def first_seen_words(series: TimelineSeries) -> str:
    """Return the day of the first visit beyond noise, or a dash."""
    seen = series.course.first_seen
    if isinstance(seen, NotMeasured):
        return "—"
    return day_label(seen.day) + ("" if seen.confirmed else " (once)")


def visit_sentences(timeline: Timeline) -> list[str]:
    """Return the visits on which a metric read off its curves in all regions alike.

    Parameters
    ----------
    timeline : Timeline

    Returns
    -------
    list of str
        One per metric and visit that was set aside, or whose offset is at least `NOTABLE_OFFSET`
        of what can be detected in the middle of the regions.
    """
    return [
        _visit_sentence(effect) for effect in timeline.visit_effects if _notable(effect, timeline)
    ]


def judged_changes(series: Sequence[TimelineSeries]) -> list[Change]:
    """Return the changes that the verdicts of a course rest on."""
    return [change for change in (one.judged for one in series) if change is not None]


def _notable(effect: VisitEffect, timeline: Timeline) -> bool:
    limits = [
        change.smallest_detectable_change
        for change in judged_changes([s for s in timeline.series if s.metric == effect.metric])
        if change.smallest_detectable_change
    ]
    if effect.set_aside or not limits:
        return effect.set_aside
    return abs(effect.offset) >= NOTABLE_OFFSET * statistics.median(limits)


def _visit_sentence(effect: VisitEffect) -> str:
    way = "lower" if effect.offset < 0 else "higher"
    by = quantity(abs(effect.offset), change_unit(effect.unit), error=effect.standard_error or None)
    tail = " The curves were drawn without it." if effect.set_aside else ""
    return (
        f"On {day_label(effect.date)} {metric_label(effect.metric).lower()} read {way} than its "
        f"curves by {by} in {effect.n_regions} regions alike: rather the photograph, or all of the "
        f"skin that day, than one place.{tail}"
    )


def _named(change: Change) -> str:
    return f"{metric_label(change.metric).lower()} ({region_label(change.region)})"


def _by_chance(n: int) -> str:
    """How many of so many answers lie beyond noise where nothing happened."""
    return f"{FAMILY_ERROR_RATE * n:.1f}"


def _lie(n: int) -> str:
    return "lies" if n == 1 else "lie"


def _lower(reason: str) -> str:
    text = reason_words(reason)
    return text[:1].lower() + text[1:]
