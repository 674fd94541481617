"""Why a pair, a photo or a course gets no figure at all, and what to do about it.

A refusal is an answer: it is said in a few lines, each reason once, and no table stands empty
beside it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from progress.model import (
    Comparison,
    Estimate,
    JudgedPhoto,
    Need,
    NotAligned,
    NotMeasured,
    PairCheck,
    SessionMeasured,
    Timeline,
)
from progress.views.check_words import found, metric_names
from progress.views.labels import question_label, reason_words

NO_PAIR = "This pair cannot be judged, so no figure is given."
NO_PHOTO = "Nothing could be measured on this photo, so no figure is given."
NO_COURSE = "This course cannot be judged yet, so no figure is given."

_SAME_SKIN = "same_skin"
_SAME_SKIN_ADVICE = (
    "Look whether both photos show the same client and the same view, without make-up or "
    "retouching; then take the later one again over the ghost of the first (progress guide, or "
    "the page “Add”)"
)
_LEADS = ("the same skin was not found again: ",)
"""By which an answer introduces a reason that the pair has given already."""
_WIDTH = 96


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no figure.

    Parameters
    ----------
    lead : str
        One sentence.
    reasons, advice : tuple of str
        Without full stops doubled and without repeats; `advice` may be empty, `reasons` is not.
    """

    lead: str
    reasons: tuple[str, ...]
    advice: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """For a terminal: the lead, then reasons and advice under headings, indented."""
        said = [self.lead]
        for heading, points in (("Why", self.reasons), ("What to do", self.advice)):
            if points:
                said += ["", heading, *(line for point in points for line in _pointed(point))]
        return said


def _pointed(text: str) -> list[str]:
    """One point as wrapped lines with a hanging indent."""
    return textwrap.wrap(text, _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def pair_refusal(comparison: Comparison) -> Refusal | None:
    """Return why a pair has no figure; None where it has one.

    Parameters
    ----------
    comparison : Comparison
    """
    if not comparison.refused or not comparison.changes:
        return None
    failed = [check for check in comparison.comparability.checks if not check.passed]
    # What stops everything is the reason; smaller mismatches beside it would only bury it.
    stopping = [check for check in failed if Need.ANY in check.touches] or failed
    reasons = [_check_reason(check) for check in stopping]
    if isinstance(comparison.registration, NotAligned):
        reasons.append(comparison.registration.reason)
    gates = _gates((*comparison.baseline, *comparison.followup))
    advice = [gate_advice for _, gate_advice in gates]
    # A photo without a face is not cured by holding it against the other one.
    advice += [_SAME_SKIN_ADVICE for c in stopping if c.check == _SAME_SKIN and not gates]
    advice += [check.advice for check in stopping if check.check != _SAME_SKIN]
    absent = [(change.metric, change.reason or "") for change in comparison.changes]
    return _refusal(NO_PAIR, reasons, gates, advice, absent)


def photo_refusal(measured: SessionMeasured) -> Refusal | None:
    """Return why a session has no figure; None where it has one."""
    outcomes = [(one.metric, one.outcome) for one in measured.measurements]
    if any(isinstance(outcome, Estimate) for _, outcome in outcomes):
        return None
    gates = _gates(measured.photos)
    absent = [(metric, o.reason) for metric, o in outcomes if isinstance(o, NotMeasured)]
    return _refusal(NO_PHOTO, [], gates, [text for _, text in gates], absent)


def course_refusal(timeline: Timeline) -> Refusal | None:
    """Return why a course has no change to tell; None where it has one."""
    points = [point for series in timeline.series for point in series.points]
    if any(point.change is not None and point.change.delta is not None for point in points):
        return None
    absent = [(series.metric, series.reason or "") for series in timeline.series]
    for series in timeline.series:
        untold = {p.outcome.reason for p in series.points if isinstance(p.outcome, NotMeasured)}
        absent += [(series.metric, reason) for reason in sorted(untold)]
    gates = _gates([photo for photos in timeline.sessions.values() for photo in photos])
    return _refusal(NO_COURSE, [], gates, [text for _, text in gates], absent)


def _refusal(
    lead: str,
    reasons: Sequence[str],
    gates: Sequence[tuple[str, str]],
    advice: Sequence[str],
    absent: Sequence[tuple[str, str]],
) -> Refusal:
    """All that is known against a figure, each thing once."""
    told = [*reasons, *_by_reason(absent, known=[*reasons, *advice])]
    # A photo's own words say more than the name of its gate.
    told += [name for name, text in gates if not any(text in reason for reason in told)]
    for text in advice:
        told = [reason.replace(f"; {text}", "") for reason in told]
    said = _once(_clean(reason) for reason in told) or ["No reason was given."]
    return Refusal(lead, tuple(said), tuple(_once(_clean(text) for text in advice if text)))


def _clean(text: str) -> str:
    """With one full stop at its end, and a capital unless it begins with the name of a file."""
    if "." in text.partition(":")[0]:
        return f"{text.rstrip('.')}."
    return f"{reason_words(text)}."


def _once(texts: Iterable[str]) -> list[str]:
    """Texts in order, without those that another one holds."""
    kept: list[str] = []
    for text in texts:
        core = text.rstrip(".").casefold()
        if any(core in one.casefold() for one in kept):
            continue
        kept = [one for one in kept if one.rstrip(".").casefold() not in core]
        kept.append(text)
    return kept


def _check_reason(check: PairCheck) -> str:
    """What a failed check found, beside its limit; its words where it has no figure."""
    if check.difference is None or check.limit is None:
        return check.advice
    figures = f"{found(check.difference, check.unit)}, at most {found(check.limit, check.unit)}"
    return f"{question_label(check.check)} differs: {figures}"


def _gates(photos: Sequence[JudgedPhoto]) -> list[tuple[str, str]]:
    """Failed gates that take away every metric, as reason and advice, by photo."""
    return [
        (f"{photo.provenance.file}: {question_label(gate.gate).lower()}, not passed", gate.advice)
        for photo in photos
        for gate in photo.quality.failed
        if Need.ANY in gate.touches
    ]


def _by_reason(absent: Iterable[tuple[str, str]], *, known: Sequence[str]) -> list[str]:
    """Reasons that are not known yet, each with the metrics that it takes away.

    Parameters
    ----------
    absent : iterable of tuple
        Metric id and reason.
    known : sequence of str
        What is said already.
    """
    grouped: dict[str, list[str]] = {}
    total = set()
    for metric, reason in absent:
        total.add(metric)
        plain = next((reason.removeprefix(p) for p in _LEADS if reason.startswith(p)), reason)
        tail = plain.partition(": ")[2] or plain
        if not plain or any(plain in text or tail in text for text in known):
            continue
        names = grouped.setdefault(plain, [])
        if metric not in names:
            names.append(metric)
    return [
        reason if len(names) == len(total) else f"{reason} (no {metric_names(names)})"
        for reason, names in grouped.items()
    ]
