"""Reports of a clinic's record: the right sessions, who may ask, and the note of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from progress.exports.client_sheet import course_sheet, pair_sheet
from progress.exports.clinical_report import course_pdf, pair_pdf
from progress.model import BadInput, Client, Session
from progress.model.exports import ExportRecord, Outgoing
from progress.pipeline.clinic import Clinic
from progress.pipeline.clinic_exports import new_export_id
from progress.pipeline.options import Step, silent
from progress.views.labels import counted
from progress.views.next_step import NextStep, next_step
from progress.views.words import Audience


@dataclass(frozen=True, slots=True, eq=False)
class MadeReport:
    """A report before it is let out.

    Parameters
    ----------
    content : bytes
        The PDF.
    photos : tuple of str
        Digests of the photos that are seen in it.
    refused : bool
        Whether it holds reasons and no figure.
    """

    content: bytes = field(repr=False)
    photos: tuple[str, ...]
    refused: bool


CASE_LETTERS = 8
"""Of the record's own number of a client: enough to find it again, and it means nothing else."""
KIND = "clinical report"
"""As exports of a client are listed."""
_SHOWN = 12


def make_report(
    clinic: Clinic,
    client: Client,
    *,
    days: tuple[date, date] | None = None,
    audience: Audience = Audience.PRACTITIONER,
    named: bool = False,
    step: Step = silent,
) -> MadeReport:
    """Return a report as a PDF.

    Parameters
    ----------
    clinic : Clinic
        Asked for the course or the pair.
    client : Client
    days : tuple of date, optional
        Of baseline and follow-up; without them the whole course is told.
    audience : Audience
        The client gets one page in plain words.
    named : bool
        Whether the clinical report carries the pseudonym.
    step : Step

    Raises
    ------
    BadInput
        If there is no session on such a day; the line names those there are.
    """
    sessions = clinic.sessions(client.id)
    case = client.id[:CASE_LETTERS].upper()
    name = client.pseudonym if named else ""
    due = _due(clinic, client, sessions)
    if days is None:
        followed = clinic.follow(client.id, step)
        pair, refused = followed.pair, followed.refused
        made = (
            course_sheet(followed, step=due)
            if audience is Audience.CLIENT
            else course_pdf(followed, case=case, name=name)
        )
    else:
        first, then = (session_on(sessions, day) for day in _in_order(days))
        pair = clinic.pair(client.id, first.id, then.id, step)
        refused = pair.comparison.refused
        made = (
            pair_sheet(pair, step=due)
            if audience is Audience.CLIENT
            else pair_pdf(pair, case=case, name=name)
        )
    seen = () if pair is None else (pair.baseline_photo, pair.followup_photo)
    return MadeReport(made, tuple(photo.provenance.sha256 for photo in seen), refused)


def write_report(clinic: Clinic, client: Client, out: Path, made: MadeReport) -> ExportRecord:
    """Let a report out into a file, whole or not at all, and return the note of it.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.REPORT`.
    client : Client
    out : Path
    made : MadeReport
    """
    files = [Outgoing(out.name, made.content, out)]
    return clinic.release_record(client.id, files, kind=KIND, photos=made.photos)


def hand_over_report(
    clinic: Clinic,
    client: Client,
    made: MadeReport,
    *,
    audience: Audience = Audience.PRACTITIONER,
) -> ExportRecord:
    """Let a report out as a download whose name means nothing, and return the note of it.

    Parameters
    ----------
    clinic, client, made
        As `write_report`.
    audience : Audience
        For whom it was made; stands in the name.
    """
    kind = "page" if audience is Audience.CLIENT else "report"
    files = [Outgoing(f"{kind}-{new_export_id()[:CASE_LETTERS]}.pdf", made.content)]
    return clinic.release_record(client.id, files, kind=KIND, photos=made.photos)


def session_on(sessions: Sequence[Session], day: date) -> Session:
    """Return the session of a day.

    Raises
    ------
    BadInput
        If there is none; the line names those there are.
    """
    found = [session for session in sessions if session.taken_on == day and session.photos]
    if found:
        return found[0]
    there = [session.taken_on.isoformat() for session in sessions if session.photos]
    named = ", ".join(there[:_SHOWN]) + (" and more" if len(there) > _SHOWN else "")
    raise BadInput(
        f"report: expected the day of a session, got {day.isoformat()}; this client has "
        f"{counted(len(there), 'session')}" + (f": {named}" if there else ""),
        advice="choose one of these days" if there else "add a session first",
    )


def _in_order(days: tuple[date, date]) -> tuple[date, date]:
    first, then = days
    if first >= then:
        raise BadInput(
            f"report: expected a baseline before the follow-up, got {first} and {then}",
            advice="swap the days",
        )
    return days


def _due(clinic: Clinic, client: Client, sessions: Sequence[Session]) -> NextStep:
    """What comes next for the client."""
    visits = [session.taken_on for session in sessions]
    treated = [treatment.date for treatment in clinic.treatments(client.id)]
    today = datetime.now(UTC).date()
    return next_step(max(visits, default=None), max(treated, default=None), today=today)
