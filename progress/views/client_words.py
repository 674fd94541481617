"""A course in the words that a client reads: what stands out, what does not, what is not fair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from progress.model import Change, Comparison, Timeline, Verdict
from progress.views.concerns import Concern, concern_of
from progress.views.words import Audience, chance_sentences, change_sentence

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
    by_chance : str
        The sentence of `stands_out` on how many answers read so by chance; empty for none.
    """

    stands_out: tuple[str, ...]
    no_difference: tuple[str, ...]
    not_fair: tuple[str, ...]
    by_chance: str = ""


def client_summary(timeline: Timeline) -> ClientSummary:
    """Return what a course came to, on the whole and where somebody drew an outline.

    Single regions of the face are left to the practitioner: there are many of them, and some stand
    out by chance alone.
    """
    headline = [series for series in timeline.series if _is_headline(series.region, series.metric)]
    return _summary([(one.metric, one.verdict, one.judged) for one in headline or timeline.series])


def pair_summary(comparison: Comparison) -> ClientSummary:
    """Return what two visits came to, by the rules of `client_summary`."""
    headline = [
        change for change in comparison.changes if _is_headline(change.region, change.metric)
    ]
    return _summary([(one.metric, one.verdict, one) for one in headline or comparison.changes])


def _summary(asked: Sequence[tuple[str, Verdict, Change | None]]) -> ClientSummary:
    """Metric, verdict and change of what was asked, in words."""
    changes = [change for _, _, change in asked if change is not None]
    beyond = [change for _, verdict, change in asked if verdict in _BEYOND and change is not None]
    said = [change_sentence(change, audience=Audience.CLIENT) for change in _in_turn(beyond)]
    # Of all that was asked, not only of what stands out: else chance would look larger or smaller.
    by_chance = chance_sentences(changes)
    said += by_chance
    told = {concern_of(change.metric) for change in beyond}
    within = _concerns(metric for metric, verdict, _ in asked if verdict is Verdict.WITHIN_NOISE)
    absent = _concerns(metric for metric, verdict, _ in asked if verdict is Verdict.NOT_COMPARABLE)
    no_difference = [one for one in within if one not in told]
    not_fair = [one for one in absent if one not in told and one not in within]
    return ClientSummary(
        tuple(dict.fromkeys(said)),
        tuple(one.value.lower() for one in no_difference),
        tuple(one.value.lower() for one in not_fair),
        "".join(by_chance),
    )


def _in_turn(beyond: Sequence[Change]) -> list[Change]:
    """For the better, for the worse, described, and again: where room is short none is left out."""
    groups = [[one for one in beyond if one.verdict is verdict] for verdict in _BEYOND]
    return [one for turn in zip_longest(*groups) for one in turn if one is not None]


def _is_headline(region: str, metric: str) -> bool:
    """Whether it speaks of the whole face or area, or of what was outlined."""
    return region in _WHOLE or concern_of(metric) is Concern.MARKS


def _concerns(metrics: Iterable[str]) -> list[Concern]:
    """Their concerns, each once, in the order of people's words."""
    found = {concern_of(metric) for metric in metrics}
    return [concern for concern in Concern if concern in found]
