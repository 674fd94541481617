"""What to do about a photo that was just taken, told before anything is stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from progress.model import (
    Client,
    JudgedPhoto,
    View,
)
from progress.pipeline.access import Action
from progress.pipeline.options import Options
from progress.ui.open_record import Step, asked, kept
from progress.views.ghost import ghost
from progress.views.guidance_words import guidance_lines
from progress.views.picture_files import picture_bytes
from progress.views.pictures import fitted

_THUMBNAIL_PX = 360


@dataclass(frozen=True, slots=True)
class GuidedUpload:
    """An uploaded photo with its gates, what to do in lines, a small picture and the ghost.

    `ghost` is None without a first photo of the same view that shows the face.
    """

    judged: JudgedPhoto
    ready: bool
    lines: tuple[str, ...]
    picture: bytes = field(repr=False)
    ghost: bytes | None = field(repr=False)


def guide(client: Client | None, name: str, data: bytes, view: View) -> GuidedUpload:
    """Return what to do about an uploaded photo, held against the client's first one of its view.

    Nothing is stored.

    Parameters
    ----------
    client : Client or None
        None for a new one, who has no first photo.
    name : str
    data : bytes
        The file's content.
    view : View

    Raises
    ------
    UnreadablePhoto
        If the bytes are not a photo.
    """
    clinic = asked()
    clinic.asking(Action.CHECK_UPLOAD)
    options = Options(area="body") if view is View.BODY else Options()
    first = clinic.first_photo(client.id, view) if client else None
    baseline = None
    if first is not None:
        baseline = kept(
            ("known", first.sha256, view),
            lambda _step: clinic.known_photo(first, options=options),
            says="Looking at the first photo",
        )

    def work(step: Step) -> GuidedUpload:
        guidance = clinic.guide_upload(name, data, baseline=baseline, options=options)
        step("Drawing", 0.9)
        drawn = ghost(guidance)
        return GuidedUpload(
            judged=guidance.seen.judged,
            ready=guidance.ready,
            lines=tuple(guidance_lines(guidance)),
            picture=picture_bytes(fitted(guidance.seen.picture, _THUMBNAIL_PX)),
            ghost=None if drawn is None else picture_bytes(drawn),
        )

    held_against = None if first is None else first.sha256
    key = ("upload", name, hashlib.sha256(data).hexdigest(), view, held_against)
    return kept(key, work, says=f"Checking {name}")
