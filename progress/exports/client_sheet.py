"""One page for the client: the pair, a few plain sentences, what cannot be told, what is next.

No score, no percentile, no figure: the practitioner's report holds them with their errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from progress.exports.report_document import (
    Block,
    Bullets,
    Document,
    Heading,
    Pictures,
    Words,
    typeset,
)
from progress.exports.report_pictures import pair_pictures
from progress.model import JudgedPhoto
from progress.pipeline import ComparedPair, FollowedCourse
from progress.views.catalogue import client as says
from progress.views.check_words import shortened
from progress.views.client_words import ClientSummary, client_summary, pair_summary
from progress.views.labels import day_label
from progress.views.next_step import Due, NextStep

MOST_SENTENCES = 5
_MOST_LETTERS = 200
"""Of one sentence: a name somebody gave to an outline may be long."""
_PICTURE_PX = 760
_TITLE = "Your skin in two photographs"
_CANNOT = (
    "Photographs cannot tell why skin changed: sun, season, creams and illness can look like a "
    "treatment.",
    "They cannot tell depth in millimetres, or what you feel.",
)
_MORE = "Your practitioner can show you what else was measured, with how sure each answer is."
_NEXT = {
    Due.FIRST_PHOTOS: says.NEXT_FIRST_PHOTOS,
    Due.HEALING: says.NEXT_HEALING,
    Due.WAITING: says.NEXT_WAITING,
    Due.FOLLOW_UP: says.NEXT_FOLLOW_UP,
    Due.NOTHING: says.NEXT_NOTHING,
}


def pair_sheet(
    pair: ComparedPair, *, step: NextStep | None = None, made_on: date | None = None
) -> bytes:
    """Return one page on two visits.

    Parameters
    ----------
    pair : ComparedPair
    step : NextStep, optional
        From `next_step`; without it the page leaves that to the practitioner.
    made_on : date, optional
        The file's only time; today if absent.

    Returns
    -------
    bytes
        A tagged PDF of exactly one A4 page.
    """
    comparison = pair.comparison
    photos = (*comparison.baseline, *comparison.followup)
    return typeset(_sheet(pair_summary(comparison), pair, photos, step, made_on), "sheet.typ")


def course_sheet(
    followed: FollowedCourse, *, step: NextStep | None = None, made_on: date | None = None
) -> bytes:
    """Return one page on a course, with the first and last visit; parameters as `pair_sheet`."""
    timeline = followed.timeline
    photos = [photo for shots in timeline.sessions.values() for photo in shots]
    document = _sheet(client_summary(timeline), followed.pair, photos, step, made_on)
    return typeset(document, "sheet.typ")


def _sheet(
    told: ClientSummary,
    pair: ComparedPair | None,
    photos: Sequence[JudgedPhoto],
    step: NextStep | None,
    made_on: date | None,
) -> Document:
    blocks: list[Block] = []
    if pair is not None:
        blocks.append(Pictures(pair_pictures(pair, max_px=_PICTURE_PX), tall_mm=88.0))
    blocks += [Heading(says.CHANGED), *_changed(told)]
    blocks += [Heading("What photographs cannot tell"), Bullets(_cannot(told))]
    blocks += [Heading(says.NEXT), Words(_next_words(step)), Words(says.CONTACT)]
    simulated = pair.simulated if pair is not None else False
    day = made_on or datetime.now(UTC).date()
    names = tuple(photo.provenance.file for photo in photos)
    return Document(_TITLE, blocks, day, simulated=simulated, hidden=names)


def _changed(told: ClientSummary) -> list[Block]:
    """At most so many sentences that a page holds them."""
    if told.stands_out:
        said = [line for line in told.stands_out if line != told.by_chance]
        lines = [shortened(line, _MOST_LETTERS) for line in said]
        # How much of it chance brings is never what is left out.
        chance = [told.by_chance] if told.by_chance else []
        room = MOST_SENTENCES - len(chance)
        if len(lines) > room:
            lines = [*lines[: room - 1], _MORE]
        lines += chance
        return [Bullets(tuple(lines)), Words(says.HOW_SURE, "soft")]
    text = says.NOTHING_YET if told.no_difference else says.CANNOT_TELL
    return [Words(text), Words(says.HOW_SURE, "soft")]


def _cannot(told: ClientSummary) -> tuple[str, ...]:
    lines = []
    if told.no_difference:
        lines.append(f"{says.NO_DIFFERENCE}: {', '.join(told.no_difference)}.")
    if told.not_fair:
        lines.append(f"{says.NOT_FAIR}: {', '.join(told.not_fair)}.")
    return (*lines, *_CANNOT)


def _next_words(step: NextStep | None) -> str:
    if step is None:
        return "Your practitioner tells you when the next visit makes sense."
    return _NEXT[step.due].format(day_label(step.day) if step.day else "")
