"""What a client's course is made of in the record: one view, its photos, its options, its key."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from progress.metrics import all_metrics
from progress.model import Photo, Region, RegionKind, Session, View
from progress.pipeline.course import COURSE_VERSION
from progress.pipeline.options import Options
from progress.store import Reading
from progress.store.drawn import drawn_regions

KEY_LETTERS = 64
"""What the column of comparisons holds."""
_PREFIX = "timeline-"


def course_view(sessions: Sequence[Session]) -> View:
    """The view that is seen on most days, the frontal one when several are; one course, one view.

    Photos of other views are kept and shown, and never pass for repeated shots of this one.
    """
    days: Counter[View] = Counter()
    for session in sessions:
        days.update({photo.view for photo in session.photos})
    # In the order of `View`, where the frontal one stands first.
    return max(View, key=lambda view: (days[view], -list(View).index(view)))


def shots(session: Session, view: View) -> tuple[Photo, ...]:
    """The session's photos of a view, in the order they were added."""
    return tuple(photo for photo in session.photos if photo.view is view)


def shared_view(first: Session, then: Session) -> View | None:
    """The view that two sessions share, the frontal one if it is one; None without."""
    common = {p.view for p in first.photos} & {p.view for p in then.photos}
    return next((view for view in View if view in common), None)


def is_baseline(compared: Sequence[Session], course: Sequence[Session]) -> bool:
    """Whether what is drawn for a course lies on the first photo of some of its sessions.

    It lies on the course's first photo of its view; sessions that begin later, or that are compared
    in another view, know nothing of it.
    """
    view = course_view(course)
    first = next((session for session in course if shots(session, view)), None)
    if first is None or not compared:
        return False
    return compared[0].id == first.id and course_view(compared) is view


def own_regions(record: Reading, client_id: str) -> tuple[Region, ...]:
    """What is drawn on the client's first photo of the course's view, for measuring."""
    view = course_view(record.sessions(client_id))
    return tuple(
        Region(region.name, np.array(region.polygon_xy), kind=RegionKind.DRAWN)
        for region in drawn_regions(record, client_id, view=view)
    )


def own_options(record: Reading, client_id: str) -> Options:
    """The options with which a client's course is computed when nobody chooses others."""
    view = course_view(record.sessions(client_id))
    regions = own_regions(record, client_id)
    if view is View.BODY:
        return Options(area="body", user_regions=regions)
    return Options(user_regions=regions)


def course_key(record: Reading, client_id: str, options: Options) -> str:
    """A name of at most `KEY_LETTERS` for everything that a course depends on.

    Photos, days, treatments, regions and options of the client, and the versions of every metric
    and of the course itself: a course whose key is not in the record is stale.
    """
    sessions = record.sessions(client_id)
    view = course_view(sessions)
    parts = [client_id, repr(options.area), repr(options.px_per_mm), str(options.reshoots)]
    parts += [str(options.seed), view.value]
    parts += [f"{m.id}/{m.version}" for m in all_metrics()] + [f"course/{COURSE_VERSION}"]
    for region in options.user_regions:
        parts += [region.name, region.polygon_xy.tobytes().hex()]
    for session in sessions:
        digests = [photo.sha256 for photo in shots(session, view)]
        parts += [session.taken_on.isoformat(), *digests] if digests else []
    parts += [f"{t.date} {t.kind} {t.needle_depth_mm}" for t in record.treatments(client_id)]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return (_PREFIX + digest)[:KEY_LETTERS]


def inputs_hash(key: str) -> str:
    """The part of a course's key that names its inputs, as measurements are stored under it."""
    return key.removeprefix(_PREFIX)
