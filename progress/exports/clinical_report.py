"""The clinical report as a PDF: of one pair, or of a whole course.

It is written for the house: the pair, every figure with its error, every refusal with its reason,
whether the pair is fair, and how it was measured. Nobody is named in it unless somebody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from progress.exports.report_checks import checks_table, gates_table, mismatch_table
from progress.exports.report_course import course_appendix, course_blocks, tells_of_all
from progress.exports.report_document import (
    Banner,
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Pictures,
    Words,
    typeset,
)
from progress.exports.report_method import method_blocks, version_blocks
from progress.exports.report_pictures import (
    changes_picture,
    found_pictures,
    mark_pictures,
    pair_pictures,
    proof_pictures,
)
from progress.exports.report_tables import (
    absent_changes,
    by_metric,
    by_region,
    is_headline,
    legend,
    listing_table,
    mark_changes,
    reasons_table,
    scar_changes,
)
from progress.model import (
    Change,
    Comparison,
    FoundScar,
    Grades,
    JudgedPhoto,
    PairVerdict,
)
from progress.pipeline import ComparedPair, FollowedCourse
from progress.views import course_words, labels, words
from progress.views.certificate import pair_verdict, verdict_sentence
from progress.views.files import captions_of
from progress.views.grade_words import grades_listing
from progress.views.mark_words import marks_listing
from progress.views.refusal_words import Refusal, course_refusal, pair_refusal
from progress.views.scar_words import scars_listing

_LOOKS = {
    PairVerdict.COMPARABLE: ("A fair pair", "good"),
    PairVerdict.LIMITED: ("A limited pair", "limited"),
    PairVerdict.NOT_COMPARABLE: ("Not a fair pair", "bad"),
}
_PAIR_TITLE, _COURSE_TITLE = "Two visits compared", "A course of visits"


def pair_pdf(
    pair: ComparedPair, *, case: str = "", name: str = "", made_on: date | None = None
) -> bytes:
    """Return the clinical report of one pair.

    Parameters
    ----------
    pair : ComparedPair
    case : str
        A number by which the house finds the record again; empty for none.
    name : str
        Pseudonym; only where somebody asked for it.
    made_on : date, optional
        Stands in the report and is the file's only time; today if absent.

    Returns
    -------
    bytes
        A tagged PDF (PDF/UA-1, PDF/A-2a).
    """
    return typeset(pair_document(pair, case=case, name=name, made_on=made_on))


def course_pdf(
    followed: FollowedCourse, *, case: str = "", name: str = "", made_on: date | None = None
) -> bytes:
    """Return the clinical report of a course; parameters as `pair_pdf`."""
    return typeset(course_document(followed, case=case, name=name, made_on=made_on))


def pair_document(
    pair: ComparedPair, *, case: str = "", name: str = "", made_on: date | None = None
) -> Document:
    """Return what the report of a pair says; parameters as `pair_pdf`."""
    comparison, day = pair.comparison, made_on or _today()
    refusal = pair_refusal(comparison)
    facts = [
        ("Baseline", _day(pair.baseline_day)),
        ("Follow-up", _day(pair.followup_day)),
        *_apart(pair),
        ("Photographs", f"{len(comparison.baseline)} and {len(comparison.followup)}"),
        *_who(case, name),
        ("Report of", labels.day_label(day)),
    ]
    blocks: list[Block] = [Facts(tuple(facts)), Heading("In short"), _pair_banner(comparison)]
    blocks.append(Words(words.headline(comparison.changes), "lead"))
    if refusal is None:
        blocks += [Words(line) for line in course_words.family_sentences(comparison.changes)]
        blocks.append(Words(words.registration_sentence(comparison.registration)))
    else:
        blocks += _refused(refusal)
    blocks += [Pictures(pair_pictures(pair)), Words(words.SIDES_NOTICE, "soft")]
    if refusal is None:
        blocks += _changes(comparison.changes)
    blocks += _certificate(pair)
    if refusal is None:
        blocks += _finds(pair)
        blocks += _grades(list(zip(captions_of(pair), comparison.grades, strict=True)))
    asked = {change.metric for change in comparison.changes}
    blocks += [*method_blocks(asked), *version_blocks(comparison.registration)]
    if refusal is None:
        blocks += _appendix(comparison.changes, comparison.scars)
    return _document(_PAIR_TITLE, blocks, pair.simulated, day, _photos(comparison))


def course_document(
    followed: FollowedCourse, *, case: str = "", name: str = "", made_on: date | None = None
) -> Document:
    """Return what the report of a course says; parameters as `pair_pdf`."""
    timeline, pair, day = followed.timeline, followed.pair, made_on or _today()
    days = sorted(timeline.sessions)
    refusal = course_refusal(timeline)
    facts = [
        ("Visits", f"{len(days)}, of {', '.join(labels.day_label(d) for d in days)}"),
        ("Treatments", "; ".join(_event(e.date, e.label) for e in timeline.events) or "none noted"),
        *_who(case, name),
        ("Report of", labels.day_label(day)),
    ]
    blocks: list[Block] = [Facts(tuple(facts)), Heading("In short")]
    blocks.append(Words(words.course_headline(timeline.series), "lead"))
    judged = course_words.judged_changes(timeline.series)
    if refusal is not None:
        blocks += _refused(refusal)
    blocks += [Words(line) for line in course_words.family_sentences(judged)]
    if pair is not None:
        blocks += [Pictures(pair_pictures(pair)), Words(words.SIDES_NOTICE, "soft")]
    headline = [one for one in timeline.series if tells_of_all(one)]
    # Single scars stand in their own table, like single regions of a pair.
    own = {scar.region for scar in pair.comparison.scars} if pair is not None else set()
    single = [s for s in timeline.series if not tells_of_all(s) and s.region not in own]
    if refusal is None:
        blocks += course_blocks(timeline, headline or single)
    if pair is not None:
        blocks += _certificate(pair)
        blocks += _finds(pair)
    visits = [(labels.day_label(d), grades) for d, grades in sorted(timeline.grades.items())]
    blocks += _grades(visits)
    asked = {one.metric for one in timeline.series}
    blocks += method_blocks(asked, course=True)
    blocks += version_blocks(pair.registration if pair is not None else None)
    if refusal is None:
        blocks += course_appendix(headline, single)
    hidden = tuple(photo for photos in timeline.sessions.values() for photo in photos)
    return _document(_COURSE_TITLE, blocks, timeline.simulated, day, hidden)


def _document(
    title: str,
    blocks: list[Block],
    simulated: bool,  # noqa: FBT001 - one of the facts of a document
    day: date,
    photos: Sequence[JudgedPhoto],
) -> Document:
    """The document, with names of files taken out of every sentence."""
    names = tuple(photo.provenance.file for photo in photos)
    return Document(title, blocks, day, "Clinical report", simulated, names)


def _today() -> date:
    return datetime.now(UTC).date()


def _day(day: date | None) -> str:
    return "day not known" if day is None else labels.day_label(day)


def _event(day: date, label: str) -> str:
    return f"{label}, {labels.day_label(day)}"


def _apart(pair: ComparedPair) -> list[tuple[str, str]]:
    """How many days lie between the two visits, where both are known."""
    if pair.baseline_day is None or pair.followup_day is None:
        return []
    return [("Apart", labels.counted((pair.followup_day - pair.baseline_day).days, "day"))]


def _who(case: str, name: str) -> list[tuple[str, str]]:
    told = [("Case", case)] if case else []
    return [*told, ("Client", name)] if name else told


def _photos(comparison: Comparison) -> tuple[JudgedPhoto, ...]:
    return (*comparison.baseline, *comparison.followup)


def _pair_banner(comparison: Comparison) -> Banner:
    title, look = _LOOKS[pair_verdict(comparison)]
    return Banner(title, verdict_sentence(comparison), look)


def _refused(refusal: Refusal) -> list[Block]:
    """Why there is no figure, and what to do."""
    blocks: list[Block] = [Heading("Why there is no figure", level=2), Bullets(refusal.reasons)]
    if refusal.advice:
        blocks += [Heading("What to do", level=2), Bullets(refusal.advice)]
    return blocks


def _changes(changes: Sequence[Change]) -> list[Block]:
    """What was asked for first: the whole, and what was outlined; else all of it."""
    headline = [change for change in changes if is_headline(change)] or list(changes)
    blocks: list[Block] = [Heading("What changed", new_page=True)]
    overview = changes_picture(headline)
    if overview is not None:
        blocks.append(Pictures((overview,), tall_mm=165.0))
        blocks += [Words(legend(headline), "intro"), *by_region(headline)]
    untold = reasons_table("What has no figure, and why", absent_changes(headline))
    return [*blocks, untold] if untold is not None else blocks


def _appendix(changes: Sequence[Change], scars: Sequence[FoundScar]) -> list[Block]:
    """Single regions, by metric; single scars stand in their own table."""
    own = {scar.region for scar in scars}
    single = [c for c in changes if not is_headline(c) and c.region not in own]
    if not single or not any(is_headline(change) for change in changes):
        return []
    blocks: list[Block] = [Heading("Appendix: single regions")]
    tables = by_metric(single)
    if tables:
        blocks += [Words(legend(single), "intro"), *tables]
    untold = reasons_table("Single regions without a figure", absent_changes(single))
    return [*blocks, untold] if untold is not None else blocks


def _finds(pair: ComparedPair) -> list[Block]:
    """Scars one by one, outlined marks and grades; nothing of a pair that is refused."""
    if pair.comparison.refused:
        return []
    blocks: list[Block] = []
    scars = scars_listing(pair.comparison)
    pictures = found_pictures(pair)
    if scars is not None and pictures:
        table = listing_table(scars, scar_changes(pair.comparison))
        blocks += [Heading(scars.title, new_page=True), Words(scars.caption, "intro")]
        blocks += [Pictures((picture,), tall_mm=105.0) for picture in pictures]
        blocks += [table] if table is not None else []
        blocks += [Words(note, "soft") for note in scars.notes]
    if pair.marks:
        marks = marks_listing(pair.comparison, pair.marks)
        table = listing_table(marks, mark_changes(pair.comparison))
        blocks += [Heading(marks.title), Words(marks.caption, "intro")]
        blocks += [table] if table is not None else []
        shown = mark_pictures(pair)
        # Each mark beside its profile.
        blocks += [Pictures(shown[i : i + 2], tall_mm=70.0) for i in range(0, len(shown), 2)]
        blocks += [Words(note, "soft") for note in marks.notes]
    return blocks


def _grades(visits: Sequence[tuple[str, Grades]]) -> list[Block]:
    """What clinical scales might say; nothing where no visit has any."""
    listing = grades_listing(visits)
    table = listing_table(listing, {})
    if table is None:
        return []
    said: list[Block] = [Heading(listing.title, level=2), Words(listing.caption, "intro"), table]
    return [*said, *(Words(note, "soft") for note in listing.notes)]


def _certificate(pair: ComparedPair) -> list[Block]:
    """May the two photographs be compared; whom a mismatch flatters."""
    comparison = pair.comparison
    days = [labels.day_label(d) for d in (pair.baseline_day, pair.followup_day) if d is not None]
    which = f"the photographs of {' and '.join(days)}" if len(days) == 2 else "the two photographs"
    blocks: list[Block] = [
        Heading("Fair-pair certificate", new_page=True),
        Words(f"It judges {which}, and nothing else: not the treatment and not the client."),
        _pair_banner(comparison),
        Words(words.registration_sentence(comparison.registration)),
    ]
    if comparison.comparability.checks:
        blocks.append(checks_table(comparison))
        effects = mismatch_table(comparison)
        blocks += [effects] if effects is not None else []
    gates = gates_table(comparison)
    passed = Words("Every gate was passed by each photograph by itself.")
    blocks.append(passed if gates is None else gates)
    proof = proof_pictures(pair)
    if proof:
        blocks.append(Pictures(proof, tall_mm=80.0))
    digests = [
        (f"{name} {number}", photo.provenance.sha256[:16] + "…")
        for name, photos in (("Baseline", comparison.baseline), ("Follow-up", comparison.followup))
        for number, photo in enumerate(photos, start=1)
    ]
    blocks += [Heading("Fingerprints of the originals (SHA-256)", level=2), Facts(tuple(digests))]
    return blocks
