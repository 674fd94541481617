"""A course in the words that a client reads: what stands out, what does not, what is not fair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from progress.model import Timeline, TimelineSeries, Verdict
from progress.views.concerns import Concern, concern_of
from progress.views.words import Audience, chance_sentences, change_sentence, in_order

_WHOLE = ("whole_face", "area")
_BEYOND = (Verdict.IMPROVED, Verdict.WORSE, Verdict.DESCRIBED)


@dataclass(frozen=True, slots=True)
class ClientSummary:
    """A course for its client.

    Parameters
    ----------
    stands_out : tuple of str
        Sentences on what lies beyond ordinary photo-to-photo variation, both ways alike.
    no_difference, not_fair : tuple of str
        Concerns in words where nothing does, and where no fair comparison could be made.
    """

    stands_out: tuple[str, ...]
    no_difference: tuple[str, ...]
    not_fair: tuple[str, ...]


def client_summary(timeline: Timeline) -> ClientSummary:
    """Return what a course came to, on the whole and where somebody drew an outline.

    Single regions of the face are left to the practitioner: there are many of them, and some stand
    out by chance alone.
    """
    headline = [series for series in timeline.series if _is_headline(series)]
    asked = headline or list(timeline.series)
    beyond = [s.judged for s in asked if s.verdict in _BEYOND and s.judged is not None]
    said = [change_sentence(change, audience=Audience.CLIENT) for change in in_order(beyond)]
    # Of all that was asked, not only of what stands out: else chance would look larger or smaller.
    said += chance_sentences([s.judged for s in asked if s.judged is not None])
    told = {concern_of(change.metric) for change in beyond}
    within = _concerns(s for s in asked if s.verdict is Verdict.WITHIN_NOISE)
    absent = _concerns(s for s in asked if s.verdict is Verdict.NOT_COMPARABLE)
    no_difference = [one for one in within if one not in told]
    not_fair = [one for one in absent if one not in told and one not in within]
    return ClientSummary(
        tuple(dict.fromkeys(said)),
        tuple(one.value.lower() for one in no_difference),
        tuple(one.value.lower() for one in not_fair),
    )


def _is_headline(series: TimelineSeries) -> bool:
    """Whether it speaks of the whole face or area, or of what was outlined."""
    return series.region in _WHOLE or concern_of(series.metric) is Concern.MARKS


def _concerns(series: Iterable[TimelineSeries]) -> list[Concern]:
    """Their concerns, each once, in the order of people's words."""
    found = {concern_of(one.metric) for one in series}
    return [concern for concern in Concern if concern in found]
