"""Use cases about what a client allows, and the pictures that are cleared by it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from progress.model import BadInput, Client, NotAllowed, StoreError
from progress.model.consent import Channel, Consent, Purpose
from progress.model.exports import Receipt
from progress.pipeline.access import Action
from progress.pipeline.grants import check_care, may_be_minor
from progress.pipeline.screen_picture import screen_picture
from progress.pipeline.take_down import withdrawn
from progress.pipeline.use_case import Asking, now, use_case
from progress.store.consents import SignedDocument, add_consent, consent_document, consents
from progress.store.reading import unknown

CLEARED_PX = 1600
"""The longer side of a cleared picture on a screen; the original stays in the record."""


@dataclass(frozen=True, slots=True)
class ClearedPicture:
    """A picture that a client allows to be published, without whose it is."""

    consent_id: str
    sha256: str
    channel: Channel
    region: str
    jurisdiction: str
    expires_on: date | None


class ClinicConsents(Asking):
    """Consents, given and taken back, and cleared pictures."""

    @use_case(Action.SEE_CONSENTS)
    def consents(self, client_id: str) -> tuple[Consent, ...]:
        """What a client allows or allowed, by the day it was given."""
        with self._store.reading() as record:
            return consents(record, client_id=client_id)

    @use_case(Action.GIVE_CONSENT)
    def give_consent(
        self,
        client_id: str,
        *,
        purpose: Purpose,
        channel: Channel,
        document: bytes,
        text_version: str,
        media_type: str = "text/plain",
        photo_ids: Sequence[str] = (),
        with_face: bool = False,
        with_originals: bool = False,
        granted_on: date | None = None,
        expires_on: date | None = None,
        region: str = "",
        jurisdiction: str = "",
    ) -> Consent:
        """A client's yes, kept with the digest of what was agreed to.

        Parameters
        ----------
        client_id : str
        purpose : Purpose
        channel : Channel
        document : bytes
            The signed document, a drawn signature, or the text as it was shown; kept sealed.
        text_version : str
        media_type : str
            Of the document.
        photo_ids : sequence of str
            Which of the client's photos; a photo that is not named is not covered.
        with_face : bool
        with_originals : bool
            Whether the original files may be handed on as proof.
        granted_on : date, optional
            Default: today.
        expires_on : date, optional
        region, jurisdiction : str

        Raises
        ------
        BadInput
            If there is no document, or it runs out before it begins.
        NotAllowed
            If it is for marketing and the client may be a minor, or for care outside the clinic.
        StoreError
            If a photo is not this client's.
        """
        begins = granted_on or now().date()
        if not document:
            raise BadInput("consent: expected what was agreed to, got nothing", advice="add it")
        if expires_on is not None and expires_on < begins:
            raise BadInput(
                "consent: expected its last day after its first, got one before it",
                advice="choose a later day",
            )
        check_care(purpose, channel)
        detail = f"{purpose.value} {channel.value}"
        with self.changing(Action.GIVE_CONSENT, client_id, detail=detail) as work:
            if purpose is Purpose.MARKETING:
                _refuse_minor(work.client(client_id))
            known = {p.id: p.sha256 for s in work.sessions(client_id) for p in s.photos}
            if not set(photo_ids) <= set(known):
                raise StoreError(
                    "consent: expected photos of this client, got another",
                    advice="choose from the client's own",
                )
            given = Consent(
                id=uuid.uuid4().hex,
                client_id=client_id,
                purpose=purpose,
                channel=channel,
                photos=tuple(sorted({known[photo_id] for photo_id in photo_ids})),
                with_face=with_face,
                granted_on=begins,
                expires_on=expires_on,
                withdrawn_at=None,
                region=region,
                jurisdiction=jurisdiction,
                document_sha256=hashlib.sha256(document).hexdigest(),
                text_version=text_version,
                recorded_by=self._caller.login,
                recorded_at=now(),
                with_originals=with_originals,
            )
            add_consent(work, given, SignedDocument(document, media_type))
        return given

    @use_case(Action.WITHDRAW_CONSENT)
    def withdraw_consent(
        self, client_id: str, *consent_ids: str, photos: Collection[str] | None = None
    ) -> Receipt:
        """Consents taken back, at once and for good, and what has to come down for it.

        Parameters
        ----------
        client_id : str
        *consent_ids : str
            All of them or none.
        photos : collection of str, optional
            Digests: only these pictures are taken back.

        Raises
        ------
        BadInput
            If `photos` names none.
        StoreError
            If one is not the client's.
        """
        if photos is not None and not photos:
            raise BadInput(
                "withdraw: expected pictures to take back, got none",
                advice="name some, or take all of it back",
            )
        with self.changing(Action.WITHDRAW_CONSENT, client_id) as work:
            return withdrawn(
                work,
                client_id,
                consent_ids,
                by=self._caller.login,
                at=now(),
                photos=None if photos is None else frozenset(photos),
            )

    @use_case(Action.SEE_CONSENTS)
    def consent_document(self, client_id: str, consent_id: str) -> SignedDocument | None:
        """What was signed, or None where only its digest is known; `StoreError` if not theirs."""
        with self._store.reading() as record:
            if consent_id not in {one.id for one in consents(record, client_id=client_id)}:
                raise unknown("consent", consent_id)
            return consent_document(record, consent_id)

    @use_case(Action.SEE_CLEARED)
    def cleared_pictures(self) -> tuple[ClearedPicture, ...]:
        """Pictures that a valid marketing consent of today names, with the face in it.

        Nobody's who may be a minor by a year of birth that was told since.
        """
        moment = now()
        today = moment.date()
        with self._store.reading() as record:
            minors = {one.id for one in record.clients() if may_be_minor(one, moment)}
            return tuple(
                ClearedPicture(
                    consent.id,
                    sha256,
                    consent.channel,
                    consent.region,
                    consent.jurisdiction,
                    consent.expires_on,
                )
                for consent in consents(record, purpose=Purpose.MARKETING)
                # Nothing here can cut a face or a region out yet, so only whole pictures go.
                if consent.holds_on(today) and consent.with_face and not consent.region
                if consent.client_id not in minors
                for sha256 in consent.photos
                if consent.covers(sha256)
            )

    @use_case(Action.SEE_CLEARED)
    def cleared_picture(self, consent_id: str, sha256: str) -> bytes:
        """A cleared picture as JPEG, without anything the camera wrote into the file.

        Raises
        ------
        StoreError
            If it is not cleared, whether or not there is such a picture.
        """
        cleared = {(one.consent_id, one.sha256) for one in self.cleared_pictures()}
        if (consent_id, sha256) not in cleared:
            raise StoreError(
                "expected a cleared picture, got another", advice="choose from the list"
            )
        with self._store.reading() as record:
            data = record.photo_bytes(sha256)
        return screen_picture(data, max_px=CLEARED_PX)


def _refuse_minor(client: Client) -> None:
    if may_be_minor(client, now()):
        raise NotAllowed(
            f"consent: expected an adult for marketing, got a client born in {client.birth_year}",
            advice="pictures of minors are never used for marketing",
        )
