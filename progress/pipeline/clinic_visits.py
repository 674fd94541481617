"""Use cases about visits: photos before and after they are kept, and regions drawn on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from progress.imaging import read_photo
from progress.model import BadInput, Photo, Region, RegionKind, Session, StoreError, View
from progress.pipeline.access import Action
from progress.pipeline.guidance import Guidance, guide
from progress.pipeline.known_photo import KnownPhoto, know
from progress.pipeline.options import Options
from progress.pipeline.use_case import Asking, use_case
from progress.store import NewPhoto


class ClinicVisits(Asking):
    """Sessions, their photos, and what was drawn on the first one."""

    @use_case(Action.SEE_RECORD)
    def sessions(self, client_id: str) -> tuple[Session, ...]:
        """A client's visits in order of time."""
        with self._store.reading() as record:
            return record.sessions(client_id)

    @use_case(Action.SEE_RECORD)
    def first_photo(self, client_id: str, view: View) -> Photo | None:
        """A client's earliest photo of a view, which later ones are held against; None without."""
        photos = (photo for session in self.sessions(client_id) for photo in session.photos)
        return next((photo for photo in photos if photo.view is view), None)

    @use_case(Action.SEE_PHOTO)
    def photo_bytes(self, client_id: str, photo_id: str) -> bytes:
        """The original file of a client's photo.

        Raises
        ------
        StoreError
            If the client has no such photo.
        """
        with self._store.reading() as record:
            for session in record.sessions(client_id):
                for photo in session.photos:
                    if photo.id == photo_id:
                        return record.photo_bytes(photo.sha256)
        raise _unknown_photo()

    @use_case(Action.CHECK_UPLOAD)
    def known_photo(self, photo: Photo, *, options: Options | None = None) -> KnownPhoto:
        """What guidance needs of a stored photo.

        Raises
        ------
        StoreError
            If the record does not hold it as it is given.
        """
        with self._store.reading() as record:
            # A session that is not there is refused by the record itself.
            session = record.session(photo.session_id)
            if photo not in session.photos:
                raise _unknown_photo()
            self.asking(Action.SEE_PHOTO, session.client_id)
            data = record.photo_bytes(photo.sha256)
        return know(Path(photo.file), options, data=data)

    @use_case(Action.CHECK_UPLOAD)
    def guide_upload(
        self,
        name: str,
        data: bytes,
        *,
        baseline: KnownPhoto | None = None,
        options: Options | None = None,
    ) -> Guidance:
        """Gates and advice of one photo before it is stored; nothing is kept.

        Parameters
        ----------
        name : str
        data : bytes
            The file's content.
        baseline : KnownPhoto, optional
            From `known_photo`: the client's first photo of this view.
        options : Options, optional

        Raises
        ------
        UnreadablePhoto
            If the bytes are not a photo.
        """
        return guide(Path(name), baseline, options, data=data)

    @use_case(Action.ADD_SESSION)
    def add_session(
        self,
        client_id: str,
        *,
        taken_on: date,
        photos: Sequence[tuple[str, bytes]],
        note: str = "",
        view: View = View.FRONTAL,
    ) -> Session:
        """Store the photos of a visit; all of them or none.

        Every photo is decoded once before the first byte is written, so a damaged file stops the
        whole visit with one clear line.

        Raises
        ------
        UnreadablePhoto
            If one of them is not a photo.
        BadInput
            If there are none.
        """
        if not photos:
            raise BadInput("session: expected at least one photo, got none", advice="add one")
        new = []
        for name, data in photos:
            seen = read_photo(Path(name), data=data).provenance
            new.append(
                NewPhoto(
                    data=data,
                    file=Path(name).name,
                    view=view,
                    size_px=seen.size_px,
                    camera=seen.camera,
                    taken_at=seen.taken_at,
                )
            )
        with self.changing(Action.ADD_SESSION, client_id, detail=taken_on.isoformat()) as work:
            return work.add_session(client_id, taken_on, photos=new, note=note)

    @use_case(Action.DRAW_REGION)
    def keep_regions(self, client_id: str, regions: Sequence[Region]) -> None:
        """Remember polygons in pixels of the client's first baseline photo."""
        drawn = {region.name: region.polygon_xy.tolist() for region in regions}
        with self.changing(Action.DRAW_REGION, client_id) as work:
            work.save_setting(f"regions/{client_id}", json.dumps(drawn))

    @use_case(Action.SEE_RECORD)
    def regions(self, client_id: str) -> tuple[Region, ...]:
        """What `keep_regions` kept."""
        with self._store.reading() as record:
            stored = record.setting(f"regions/{client_id}")
        drawn = json.loads(stored) if stored else {}
        return tuple(
            Region(name, np.array(corners), kind=RegionKind.DRAWN)
            for name, corners in drawn.items()
        )


def _unknown_photo() -> StoreError:
    return StoreError(
        "expected a photo of this client, got another", advice="choose one from the client's page"
    )
