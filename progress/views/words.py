"""What a change, a check or a refusal is called in plain sentences.

The words follow three rules. A figure never stands without its noise. A change of tone is described
and never praised or blamed: darker or lighter is not better or worse. Nothing here names a disease,
promises an outcome or speaks of age or beauty.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Sequence

from progress.model import (
    Change,
    Comparability,
    NotAligned,
    PairVerdict,
    Registration,
    TimelineSeries,
    Verdict,
)
from progress.views.labels import (
    VERDICT_LABELS,
    change_unit,
    metric_label,
    quantity,
    reason_words,
    region_label,
    region_phrase,
)

NOT_MEDICAL_ADVICE = (
    "This is a measurement of photographs. It is not medical advice and not a diagnosis, and it "
    "does not foretell what a treatment will do. Speak with a clinician about any change that "
    "worries you."
)
METHOD = (
    "A change is called improved or worse only when it is larger than the smallest detectable "
    "change (95 %) of that very pair, estimated from repeated shots where there are some, else "
    "from simulated re-shoots of the baseline."
)
SIMULATED_NOTICE = "Simulated: a rendered mannequin, not a person."
SIDES_NOTICE = "Left and right are the client's own."


class Audience(enum.Enum):
    """For whom a sentence is written."""

    PRACTITIONER = "practitioner"
    CLIENT = "client"


_FAMILIAR_LOWER = {
    "redness": "less red",
    "texture": "smoother",
    "evenness": "more even",
    "pigment": "less pigmented",
}
_FAMILIAR_HIGHER = {
    "redness": "redder",
    "texture": "rougher",
    "evenness": "less even",
    "pigment": "more pigmented",
}


def change_sentence(change: Change, *, audience: Audience = Audience.PRACTITIONER) -> str:
    """Return one sentence that says what became of a metric in a region, and how surely.

    Parameters
    ----------
    change : Change
        Any verdict.
    audience : Audience
        The practitioner reads figures and noise; the client reads the same judgement without them.

    Returns
    -------
    str
        Ends with a full stop.
    """
    if change.delta is None or change.smallest_detectable_change is None:
        return _no_figure(change, audience)
    if audience is Audience.CLIENT:
        return _client_sentence(change, change.delta)
    subject = f"{metric_label(change.metric)} on {region_phrase(change.region)}"
    noise = change.smallest_detectable_change
    unit = change_unit(change.unit)
    by = quantity(abs(change.delta), unit, error=noise)
    up_to = quantity(noise, unit, error=noise)
    if change.control is not None:
        up_to += ", against the control"
    if abs(change.delta) < noise:
        return (
            f"{subject}: no change beyond measurement noise "
            f"(difference {by}, measurement noise up to {up_to})."
        )
    way = "lower" if change.delta < 0 else "higher"
    ends = {
        Verdict.IMPROVED: "a change for the better beyond noise",
        Verdict.WORSE: "a change for the worse beyond noise",
        Verdict.DESCRIBED: "a change beyond noise, described and not judged",
        Verdict.WITHIN_NOISE: "held to be noise",
    }
    judged = ends[change.verdict] + ("" if _stands(change) else ", counted alone")
    return f"{subject} is {way} by {by} (measurement noise up to {up_to}): {judged}."


def _is_beyond(change: Change) -> bool:
    return change.verdict in (Verdict.IMPROVED, Verdict.WORSE, Verdict.DESCRIBED)


def _stands(change: Change) -> bool:
    """Whether the number of answers takes nothing from it, as far as it was counted."""
    return change.family is None or change.stands_in_family


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Return what stands beyond noise first, both ways alike, and what has no figure last."""
    rank = {Verdict.IMPROVED: 0, Verdict.WORSE: 0, Verdict.DESCRIBED: 1, Verdict.WITHIN_NOISE: 2}
    return sorted(changes, key=lambda change: rank.get(change.verdict, 3))


def change_sentences(
    changes: Sequence[Change], *, audience: Audience = Audience.PRACTITIONER
) -> list[str]:
    """Return one sentence per change that stands out, and one each for all alike.

    What lies within noise, and what could not be compared for one and the same reason, is said once
    per metric with its regions, so that a page of a hundred answers stays readable and no answer is
    left out.
    """
    said: list[str] = []
    alike: dict[tuple[Verdict, str, str], list[Change]] = {}
    for change in in_order(changes):
        if change.verdict in (Verdict.WITHIN_NOISE, Verdict.NOT_COMPARABLE):
            alike.setdefault((change.verdict, change.metric, change.reason or ""), []).append(
                change
            )
        else:
            said.append(change_sentence(change, audience=audience))
    for (verdict, metric, reason), group in alike.items():
        if len(group) == 1:
            said.append(change_sentence(group[0], audience=audience))
            continue
        where = ", ".join(region_label(change.region) for change in group)
        named = metric_label(metric)
        if verdict is Verdict.NOT_COMPARABLE:
            why = "" if audience is Audience.CLIENT else f" {reason_words(reason)}."
            said.append(f"{named} could not be compared fairly ({where}).{why}")
        else:
            said.append(f"{named}: no change beyond measurement noise ({where}).")
    if audience is Audience.CLIENT:
        said += chance_sentences(changes)
    return said


def chance_sentences(changes: Sequence[Change]) -> list[str]:
    """Return how many of these answers read so by chance, where one stands out only by itself.

    Parameters
    ----------
    changes : sequence of Change
        All that were asked, also those within noise.
    """
    if all(_stands(change) or not _is_beyond(change) for change in changes):
        return []
    asked = sum(change.family is not None for change in changes)
    return [f"Among {asked} answers, about {max(1, round(0.05 * asked))} read so by chance alone."]


def _no_figure(change: Change, audience: Audience) -> str:
    """The sentence of a change that could not be had."""
    subject = f"{metric_label(change.metric)} on {region_phrase(change.region)}"
    if audience is Audience.CLIENT:
        return f"{subject} could not be compared fairly between these two visits."
    return f"{subject}: not comparable. {reason_words(change.reason)}."


def _client_sentence(change: Change, delta: float) -> str:
    """The judgement without figures."""
    subject = f"{metric_label(change.metric)} on {region_phrase(change.region)}"
    place = region_phrase(change.region)
    noise = change.smallest_detectable_change or 0.0
    described = change.verdict is Verdict.DESCRIBED
    if change.verdict is Verdict.WITHIN_NOISE or abs(delta) < noise:
        named = metric_label(change.metric).lower()
        return (
            f"No change in {named} on {place} that we can tell from ordinary photo-to-photo "
            "variation."
        )
    if described:
        if change.metric == "tone":
            way = "a little lighter" if delta > 0 else "a little darker"
            return f"Skin tone on {place} reads {way}; we describe this and do not judge it."
        way = "lower" if delta < 0 else "higher"
        return f"{subject} reads {way}; we describe this and do not judge it."
    familiar = _FAMILIAR_LOWER if delta < 0 else _FAMILIAR_HIGHER
    # "Clearly" is for what stands when the number of answers is reckoned in.
    more = "more than ordinary photo-to-photo variation"
    clear = f"clearly {more}" if _stands(change) else more
    if change.metric in familiar:
        return f"{place[0].upper()}{place[1:]} is {familiar[change.metric]}: {clear}."
    return f"{subject} is {'lower' if delta < 0 else 'higher'}: {clear}."


def verdict_counts(verdicts: Iterable[Verdict]) -> str:
    """Return all five verdicts counted in words, in a fixed order, none left out.

    Examples
    --------
    >>> verdict_counts([Verdict.IMPROVED, Verdict.WITHIN_NOISE, Verdict.WITHIN_NOISE])
    '1 improved, 0 worse, 2 within noise, 0 described, 0 not comparable'
    """
    counts = Counter(verdicts)
    return ", ".join(f"{counts[verdict]} {label}" for verdict, label in VERDICT_LABELS.items())


def headline(changes: Iterable[Change]) -> str:
    """Return the honest one-line summary of a comparison."""
    verdicts = [change.verdict for change in changes]
    if not verdicts:
        return "Nothing was measured."
    judged = [verdict for verdict in verdicts if verdict is not Verdict.NOT_COMPARABLE]
    if not judged:
        return "This pair cannot be judged: no figure is given."
    better = judged.count(Verdict.IMPROVED)
    worse = judged.count(Verdict.WORSE)
    if not better and not worse:
        return f"No change for better or worse beyond measurement noise in {len(judged)} answers."
    return (
        f"Beyond measurement noise: {better} improved and {worse} worse, "
        f"of {len(judged)} answers that could be given."
    )


def course_headline(series: Iterable[TimelineSeries]) -> str:
    """Return the honest one-line summary of a course."""
    verdicts = [one.verdict for one in series]
    judged = [verdict for verdict in verdicts if verdict is not Verdict.NOT_COMPARABLE]
    if not judged:
        return "This course cannot be judged yet: no figure is given."
    better, worse = judged.count(Verdict.IMPROVED), judged.count(Verdict.WORSE)
    if not better and not worse:
        return f"No change for better or worse beyond measurement noise in {len(judged)} series."
    return (
        f"Beyond measurement noise: {better} improved and {worse} worse, of {len(judged)} series."
    )


def series_title(series: TimelineSeries) -> str:
    """Return the verdict of a course in words, as the title of its chart."""
    ends = {
        Verdict.IMPROVED: "improved beyond noise",
        Verdict.WORSE: "worse beyond noise",
        Verdict.WITHIN_NOISE: "no change beyond measurement noise",
        Verdict.DESCRIBED: "described, not judged",
        Verdict.NOT_COMPARABLE: "cannot be judged",
    }
    return f"{series.label}, {region_label(series.region)}: {ends[series.verdict]}"


def pair_sentence(comparability: Comparability) -> str:
    """Return whether a pair is fair, and how many checks it failed; two sets of lamps have none."""
    if not comparability.checks:
        return "Each set has its own lamps, so the light of the two need not be alike."
    failed = [check for check in comparability.checks if not check.passed]
    unsure = sum(check.passed and check.difference is None for check in comparability.checks)
    count = f"{len(failed)} of {len(comparability.checks)} checks failed"
    tail = f" ({unsure} could not be put in a number)" if unsure else ""
    if comparability.verdict is PairVerdict.COMPARABLE:
        return f"A fair pair: none of {len(comparability.checks)} checks failed{tail}."
    if comparability.verdict is PairVerdict.LIMITED:
        return f"A limited pair: {count}{tail}; the metrics they touch get no figure."
    return f"Not a fair pair: {count}{tail}; no figure is given."


def registration_sentence(registration: Registration | NotAligned) -> str:
    """Return how well the same skin was found again, in millimetres, or why it was not."""
    if isinstance(registration, NotAligned):
        return f"The same skin could not be found again. {reason_words(registration.reason)}."
    error = registration.estimated_error_mm
    return (
        f"The same skin was found again to within {error.median:.2f} mm (median; 95 % of it within "
        f"{error.p95:.2f} mm, estimated), over {100 * registration.overlap:.0f} % of the "
        "baseline's skin."
    )
