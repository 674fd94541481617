"""Use cases about visits: photos before and after they are kept, and regions drawn on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from progress.imaging import read_photo
from progress.model import (
    BadInput,
    DrawnRegion,
    Photo,
    Region,
    Session,
    StoreError,
    View,
)
from progress.pipeline.access import Action
from progress.pipeline.course_record import course_view, own_regions
from progress.pipeline.guidance import Guidance, guide
from progress.pipeline.known_photo import KnownPhoto, know
from progress.pipeline.options import Options
from progress.pipeline.screen_picture import SCREEN_PICTURE_VERSION, screen_picture
from progress.pipeline.use_case import Asking, use_case
from progress.store import NewPhoto, Reading
from progress.store.drawn import delete_region, drawn_regions, save_region


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
            return record.photo_bytes(_photo_of(record, client_id, photo_id).sha256)

    @use_case(Action.SEE_PHOTO)
    def photo_picture(self, client_id: str, photo_id: str, *, max_px: int) -> bytes:
        """A JPEG of a client's photo for a screen, at most `max_px` long, without camera data.

        Raises
        ------
        StoreError
            If the client has no such photo.
        """
        with self._store.reading() as record:
            sha256 = _photo_of(record, client_id, photo_id).sha256
        recipe = f"screen picture {SCREEN_PICTURE_VERSION}, {max_px} px"
        return self._store.derived(sha256, recipe, lambda data: screen_picture(data, max_px=max_px))

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

    @use_case(Action.CHANGE_SESSION)
    def change_session(self, client_id: str, session: Session) -> Session:
        """A visit with the day and note as given, if nobody changed it since it was read.

        Raises
        ------
        StoreError
            If somebody else changed it meanwhile, there is another visit of that day, or it is not
            this client's.
        """
        with self.changing(Action.CHANGE_SESSION, client_id) as work:
            if session.id not in {known.id for known in work.sessions(client_id)}:
                raise StoreError(
                    "expected a session of this client, got another",
                    advice="choose one from the client's page",
                )
            return work.change_session(session)

    @use_case(Action.SEE_RECORD)
    def drawn_regions(self, client_id: str, *, view: View | None = None) -> tuple[DrawnRegion, ...]:
        """What was drawn for a client, by name; all views or one."""
        with self._store.reading() as record:
            return drawn_regions(record, client_id, view=view)

    @use_case(Action.DRAW_REGION)
    def draw_region(
        self,
        client_id: str,
        *,
        view: View,
        name: str,
        polygon_xy: Sequence[Sequence[float]],
        version: int | None = None,
    ) -> DrawnRegion:
        """A polygon in upright pixels of the client's first photo of a view, kept.

        Parameters
        ----------
        client_id : str
        view : View
        name : str
        polygon_xy : sequence of (x, y)
        version : int, optional
            Of the region that is drawn anew, as it was read; None for a new one.

        Raises
        ------
        BadInput
            If it has no name or fewer than three corners.
        StoreError
            If somebody else changed or drew it meanwhile.
        """
        if not name.strip() or len(polygon_xy) < 3:
            raise BadInput(
                f"region: expected a name and at least 3 corners, got {len(polygon_xy)} corners",
                advice="name it and draw around it",
            )
        with self.changing(Action.DRAW_REGION, client_id) as work:
            return save_region(
                work, client_id, view=view, name=name, polygon_xy=polygon_xy, version=version
            )

    @use_case(Action.DRAW_REGION)
    def delete_region(self, client_id: str, region: DrawnRegion) -> None:
        """Take a drawn region away, as it was read.

        Raises
        ------
        StoreError
            If somebody else changed it meanwhile, or it is not this client's.
        """
        with self.changing(Action.DRAW_REGION, client_id, detail="deleted") as work:
            known = drawn_regions(work, client_id)
            if (region.id, region.view, region.name) not in {(r.id, r.view, r.name) for r in known}:
                raise StoreError(
                    "expected a region of this client, got another",
                    advice="choose one from the client's page",
                )
            delete_region(work, replace(region, client_id=client_id))

    @use_case(Action.DRAW_REGION)
    def keep_regions(self, client_id: str, regions: Sequence[Region]) -> None:
        """Make these the only polygons in pixels of the first photo of the course's view."""
        with self.changing(Action.DRAW_REGION, client_id) as work:
            view = course_view(work.sessions(client_id))
            known = {region.name: region for region in drawn_regions(work, client_id, view=view)}
            for name in sorted(set(known) - {region.name for region in regions}):
                delete_region(work, known[name])
            for region in regions:
                corners = tuple((float(x), float(y)) for x, y in region.polygon_xy)
                before = known.get(region.name)
                if before is None or before.polygon_xy != corners:
                    save_region(
                        work,
                        client_id,
                        view=view,
                        name=region.name,
                        polygon_xy=corners,
                        version=None if before is None else before.version,
                    )

    @use_case(Action.SEE_RECORD)
    def regions(self, client_id: str) -> tuple[Region, ...]:
        """What is drawn on the client's first photo of the course's view, for measuring."""
        with self._store.reading() as record:
            return own_regions(record, client_id)


def _photo_of(record: Reading, client_id: str, photo_id: str) -> Photo:
    shots = (photo for session in record.sessions(client_id) for photo in session.photos)
    found = next((photo for photo in shots if photo.id == photo_id), None)
    if found is None:
        raise _unknown_photo()
    return found


def _unknown_photo() -> StoreError:
    return StoreError(
        "expected a photo of this client, got another", advice="choose one from the client's page"
    )
