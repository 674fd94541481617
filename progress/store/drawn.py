"""Marks and regions that a user drew, as rows: one polygon per client, view and name."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select

from progress.model import DrawnRegion, StoreError, View
from progress.store import schema
from progress.store.changes import change_read, delete_read
from progress.store.reading import Reading
from progress.store.work import Work

_BEFORE = "regions/"
"""Versions before 0002 kept a client's polygons in a setting of this name and the client's id."""


def drawn_regions(
    record: Reading, client_id: str, *, view: View | None = None
) -> tuple[DrawnRegion, ...]:
    """What was drawn for a client, by name; all views or one.

    Polygons that an earlier version of this program kept come along, with version 0 and no id.
    """
    table = schema.drawn_regions
    rows = record._connection.execute(
        select(table).where(table.c.client_id == client_id).order_by(table.c.name, table.c.view)
    )
    found = [_region(row) for row in rows]
    there = {(region.view, region.name) for region in found}
    found += [old for old in _from_setting(record, client_id) if (old.view, old.name) not in there]
    kept = (region for region in found if view is None or region.view is view)
    return tuple(sorted(kept, key=lambda region: (region.name, region.view.value)))


def save_region(
    work: Work,
    client_id: str,
    *,
    view: View,
    name: str,
    polygon_xy: Sequence[Sequence[float]],
    version: int | None = None,
) -> DrawnRegion:
    """Keep a polygon and return it as kept.

    Parameters
    ----------
    work : Work
    client_id : str
    view : View
        Whose first photo it was drawn on.
    name : str
        New to this client and view, or with a `version` that of the region to draw anew.
    polygon_xy : sequence of (x, y)
        At least three corners in upright pixels of that photo.
    version : int or None
        Of the region as it was read; None adds a new one.

    Raises
    ------
    StoreError
        If somebody else changed or drew it meanwhile.
    """
    work.client(client_id)
    _bring_over(work, client_id)
    corners = tuple((float(x), float(y)) for x, y in polygon_xy)
    new = DrawnRegion(uuid.uuid4().hex, client_id, view, name.strip(), corners)
    known = _known(work, client_id, view, new.name)
    if version is None:
        if known is not None:
            raise StoreError(
                f"region: expected a name that is not drawn yet, got {new.name!r}",
                advice="choose another name, or reload and draw that region anew",
            )
        _insert(work, new)
        return new
    if known is None:
        raise StoreError(
            f"region: expected {new.name!r} as you read it, but somebody took it away meanwhile",
            advice="reload and draw it again if it should be there",
        )
    # What the setting kept was read as version 0 and became version 1 by being brought over.
    read = max(version, 1)
    change_read(
        work,
        schema.drawn_regions,
        "region",
        known.id,
        version=read,
        values={"polygon": json.dumps(corners)},
    )
    return DrawnRegion(known.id, client_id, view, new.name, corners, read + 1)


def delete_region(work: Work, region: DrawnRegion) -> None:
    """Take a drawn region away, as it was read.

    Raises
    ------
    StoreError
        If somebody else changed it meanwhile or it is gone.
    """
    _bring_over(work, region.client_id)
    known = _known(work, region.client_id, region.view, region.name)
    delete_read(
        work,
        schema.drawn_regions,
        "region",
        region.id or (known.id if known else ""),
        version=max(region.version, 1),
    )


def _bring_over(work: Work, client_id: str) -> None:
    """Turn what the setting held into rows; before any change, so that there is one truth."""
    for region in drawn_regions(work, client_id):
        if not region.version:
            corners = region.polygon_xy
            _insert(
                work, DrawnRegion(uuid.uuid4().hex, client_id, region.view, region.name, corners)
            )
    table = schema.settings
    work._connection.execute(delete(table).where(table.c.key == _BEFORE + client_id))


def _from_setting(record: Reading, client_id: str) -> list[DrawnRegion]:
    stored = record.setting(_BEFORE + client_id)
    if not stored:
        return []
    # They were drawn on the very first photo, whatever its view.
    shots = (photo for session in record.sessions(client_id) for photo in session.photos)
    first = next(shots, None)
    view = View.FRONTAL if first is None else first.view
    return [
        DrawnRegion("", client_id, view, name, tuple((float(x), float(y)) for x, y in corners), 0)
        for name, corners in json.loads(stored).items()
    ]


def _known(record: Reading, client_id: str, view: View, name: str) -> DrawnRegion | None:
    table = schema.drawn_regions
    row = record._connection.execute(
        select(table).where(
            table.c.client_id == client_id, table.c.view == view.value, table.c.name == name
        )
    ).one_or_none()
    return None if row is None else _region(row)


def _insert(work: Work, region: DrawnRegion) -> None:
    work._connection.execute(
        insert(schema.drawn_regions).values(
            id=region.id,
            client_id=region.client_id,
            view=region.view.value,
            name=region.name,
            polygon=json.dumps(region.polygon_xy),
            version=1,
        )
    )


def _region(row: Row[Any]) -> DrawnRegion:
    return DrawnRegion(
        id=row.id,
        client_id=row.client_id,
        view=View(row.view),
        name=row.name,
        polygon_xy=tuple((float(x), float(y)) for x, y in json.loads(row.polygon)),
        version=row.version,
    )
