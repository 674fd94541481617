"""Two sessions compared, with pictures encoded for the screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from progress.model import (
    Client,
    Comparison,
    Registration,
    Session,
)
from progress.pipeline.access import Action
from progress.ui.desk import inputs, options_for
from progress.ui.open_record import Step, asked, kept
from progress.views.files import certificate_of
from progress.views.gallery import pair_gallery
from progress.views.labels import day_label
from progress.views.listing import Listing
from progress.views.mark_pictures import mark_figures
from progress.views.mark_words import marks_listing
from progress.views.picture_files import picture_bytes

_SCREEN_PX = 1200


@dataclass(frozen=True, slots=True)
class PairPictures:
    """Encoded pictures of a pair; maps by metric id: both dates, and the difference or None.

    `scars` are outlined on both dates, and each near by; None where none was found. `marks` are
    pictures of outlined marks with what they show in words.
    """

    overlay: tuple[bytes, bytes] = field(repr=False)
    side_by_side: bytes = field(repr=False)
    checkerboard: bytes = field(repr=False)
    alignment: bytes = field(repr=False)
    maps: dict[str, tuple[bytes, bytes | None]] = field(repr=False)
    scars: tuple[bytes, bytes] | None = field(repr=False, default=None)
    marks: tuple[tuple[bytes, str], ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class PairView:
    """A comparison with its certificate and pictures; None when the photos were not aligned.

    `marks` is the table of outlined marks; None where there are none.
    """

    comparison: Comparison
    captions: tuple[str, str]
    pictures: PairPictures | None
    certificate: str = field(repr=False)
    marks: Listing | None = None


def compare(client: Client, baseline: Session, followup: Session) -> PairView:
    """Return two sessions compared, with pictures for the screen."""

    def work(step: Step) -> PairView:
        options = options_for(client, (baseline, followup))
        pair = asked().pair(client.id, baseline.id, followup.id, step, options=options)
        days = (followup.taken_on - baseline.taken_on).days
        captions = (
            f"Baseline, {day_label(baseline.taken_on)}",
            f"Follow-up, {day_label(followup.taken_on)} ({days} days)",
        )
        pictures = None
        if isinstance(pair.registration, Registration):
            step("Drawing", 0.95)
            pictures = _encoded(pair, captions, simulated=client.simulated)
        page = certificate_of(pair, captions)
        marks = marks_listing(pair.comparison, pair.marks) if pair.marks else None
        return PairView(pair.comparison, captions, pictures, page, marks)

    asked().asking(Action.SEE_PAIR, client.id)
    key = ("pair", client.id, inputs(client, (baseline, followup)))
    return kept(key, work, says="Comparing")


def _encoded(pair: Any, captions: tuple[str, str], *, simulated: bool) -> PairPictures:
    """The pair's pictures as JPEG, small enough to be kept."""
    gallery = pair_gallery(
        pair.baseline_photo,
        pair.followup_photo,
        pair.registration,
        pair.heat_maps,
        captions=captions,
        px_per_mm=pair.px_per_mm,
        simulated=simulated,
        max_px=_SCREEN_PX,
        scars=pair.comparison.scars,
    )
    scars = gallery.scars
    outlined = None
    if scars is not None:
        outlined = picture_bytes(scars.outlined), picture_bytes(scars.tiles)
    marks = mark_figures(
        (pair.baseline_photo, pair.followup_photo),
        pair.marks,
        captions=captions,
        px_per_mm=pair.px_per_mm,
        simulated=simulated,
    )
    return PairPictures(
        overlay=(picture_bytes(gallery.overlay[0]), picture_bytes(gallery.overlay[1])),
        side_by_side=picture_bytes(gallery.side_by_side),
        checkerboard=picture_bytes(gallery.checkerboard),
        alignment=picture_bytes(gallery.alignment),
        maps={
            metric: (
                picture_bytes(drawn.both),
                None if drawn.difference is None else picture_bytes(drawn.difference),
            )
            for metric, drawn in gallery.maps.items()
        },
        scars=outlined,
        marks=tuple((picture_bytes(one.picture), one.caption) for one in marks),
    )
