"""Use cases for those who publish: nothing but what clients have cleared, by day and channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from progress.model import BadInput, Client, NotAllowed, Region, Session, Treatment, View
from progress.model.consent import Consent, Grant, Purpose
from progress.pipeline import access
from progress.pipeline.access import Action
from progress.pipeline.answers import ComparedPair
from progress.pipeline.clinic_answers import ClinicAnswers
from progress.pipeline.course_record import is_baseline, own_regions, shared_view, shots
from progress.pipeline.grants import check_grant, may_be_minor
from progress.pipeline.options import Step, silent
from progress.pipeline.use_case import now, use_case
from progress.store import Reading
from progress.store.consents import consents


@dataclass(frozen=True, slots=True)
class ClearedSession:
    """A session of which a client allows pictures to be published, without whose it is.

    Parameters
    ----------
    client_id : str
        Means nothing.
    taken_on : date
    consents : tuple of Consent
        For marketing, that hold today and cover a picture of that day.
    simulated : bool
        Whether it shows a rendered mannequin.
    on_body : bool
        Whether all its pictures show an area of the body: there is no face in them to speak of.
    """

    client_id: str
    taken_on: date
    consents: tuple[Consent, ...]
    simulated: bool
    on_body: bool = False


@dataclass(frozen=True, slots=True)
class ShownPhotos:
    """Which pictures of some days are shown: the first of each in the view that all share.

    Parameters
    ----------
    days : tuple of date
        Baseline first.
    sessions : tuple of str
        Ids, in the same order.
    photos : tuple of str
        Digests, in the same order.
    """

    days: tuple[date, ...]
    sessions: tuple[str, ...]
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GrantedFacts:
    """What a comparison for others is made of, but for what must be computed.

    Parameters
    ----------
    originals : mapping of str to bytes
        Files of the pictures by digest.
    treatments : tuple of Treatment
    visits : tuple of date
        All days with photos, also those that are not shown.
    simulated : bool
        Whether they show a rendered mannequin.
    regions : tuple of Region
        Drawn on the baseline photo; none where they lie on another one.
    never : tuple of str
        Words that may stand in no file: the pseudonym, file names, whoever asks.
    """

    originals: Mapping[str, bytes] = field(repr=False)
    treatments: tuple[Treatment, ...]
    visits: tuple[date, ...]
    simulated: bool
    regions: tuple[Region, ...] = field(repr=False)
    never: tuple[str, ...] = field(repr=False)


class ClinicCleared(ClinicAnswers):
    """What may be published, and what it is made of."""

    @use_case(Action.SEE_CLEARED)
    def cleared_sessions(self) -> tuple[ClearedSession, ...]:
        """Sessions with a picture that a marketing consent of today covers, by client and day.

        Nobody's who may be a minor by a year of birth that was told since.
        """
        moment = now()
        today = moment.date()
        found: dict[str, list[Consent]] = defaultdict(list)
        with self._store.reading() as record:
            for consent in consents(record, purpose=Purpose.MARKETING):
                if consent.holds_on(today):
                    found[consent.client_id].append(consent)
            cleared = []
            for client_id, given in sorted(found.items()):
                client = record.client(client_id)
                if may_be_minor(client, moment):
                    continue
                for session in record.sessions(client_id):
                    covering = tuple(
                        one for one in given if any(one.covers(p.sha256) for p in session.photos)
                    )
                    if covering:
                        on_body = all(photo.view is View.BODY for photo in session.photos)
                        cleared.append(
                            ClearedSession(
                                client_id, session.taken_on, covering, client.simulated, on_body
                            )
                        )
        return tuple(cleared)

    @use_case(Action.ASK_GRANT)
    def shown_photos(self, client_id: str, days: Sequence[date]) -> ShownPhotos:
        """The pictures that a comparison of these days shows, baseline first.

        Raises
        ------
        BadInput
            If there are not two different days in order, one has no session, or no view is in all.
        """
        if len(days) < 2 or list(days) != sorted(set(days)):
            raise BadInput(
                "sessions: expected a baseline and later days, each once, got "
                + ", ".join(str(day) for day in days),
                advice="name the earlier day as baseline",
            )
        with self._store.reading() as record:
            record.client(client_id)
            known = {session.taken_on: session for session in record.sessions(client_id)}
        for day in days:
            if day not in known:
                raise BadInput(
                    f"session: expected a day with photos, got {day}", advice=self._there(known)
                )
        chosen = [known[day] for day in days]
        views = [shared_view(chosen[0], then) for then in chosen[1:]]
        view = views[0]
        if view is None or any(other is not view for other in views):
            raise BadInput(
                "sessions: expected one view that all of them have, got none",
                advice="choose sessions with photos from the same side",
            )
        return ShownPhotos(
            tuple(days),
            tuple(session.id for session in chosen),
            tuple(shots(session, view)[0].sha256 for session in chosen),
        )

    @use_case(Action.SEE_CLEARED)
    def granted_facts(self, client_id: str, grant: Grant, shown: ShownPhotos) -> GrantedFacts:
        """The original files of what a grant allows, and what was done to that skin.

        Parameters
        ----------
        client_id : str
        grant : Grant
            Of these photos; asked anew before anything is read.
        shown : ShownPhotos
            From `shown_photos`.

        Raises
        ------
        NotAllowed
            If the grant does not, or no longer, allow these photos.
        """
        with self._store.reading() as record:
            _check_shown(record, client_id, grant, shown)
            client = record.client(client_id)
            sessions = record.sessions(client_id)
            files = [photo.file for session in sessions for photo in session.photos]
            compared = [one for one in sessions if one.id in shown.sessions]
            drawn = own_regions(record, client_id) if is_baseline(compared, sessions) else ()
            return GrantedFacts(
                originals={sha256: record.photo_bytes(sha256) for sha256 in shown.photos},
                treatments=record.treatments(client_id),
                visits=tuple(one.taken_on for one in sessions if one.photos),
                simulated=client.simulated,
                regions=drawn,
                never=_never(client, files, self._caller.login),
            )

    @use_case(Action.SEE_CLEARED)
    def granted_pairs(
        self, client_id: str, grant: Grant, shown: ShownPhotos, step: Step = silent
    ) -> tuple[ComparedPair, ...]:
        """The baseline beside each later day of what a grant allows.

        Parameters
        ----------
        client_id, grant, shown
            As in `granted_facts`.
        step : Step

        Raises
        ------
        NotAllowed
            As `granted_facts`.
        """
        with self._store.reading() as record:
            _check_shown(record, client_id, grant, shown)
        return tuple(
            self._compared(client_id, shown.sessions[0], followup, step)
            for followup in shown.sessions[1:]
        )

    def _there(self, known: Mapping[date, Session]) -> str:
        """Which days there are, for those who may know."""
        if not access.may(self._caller, Action.LIST_CLIENTS) or not known:
            return "choose from the cleared sessions"
        return "there are " + ", ".join(str(day) for day in known)


def _never(client: Client, files: Sequence[str], login: str) -> tuple[str, ...]:
    """Long enough to be told from a chance run of letters."""
    names = {client.pseudonym, login, *files}
    return tuple(sorted(name for name in names if len(name) >= 4))


def _check_shown(record: Reading, client_id: str, grant: Grant, shown: ShownPhotos) -> None:
    """Return if a grant that holds now allows these photos of this client."""
    checked = check_grant(record, grant, now())
    if grant.client_id != client_id or not set(shown.photos) <= set(checked.use.photos):
        raise NotAllowed(
            "export: expected the pictures of the grant, got others", advice="ask again"
        )
