"""A picture a few rows at a time: pixel by pixel steps are done while it lies in the cache."""

from __future__ import annotations

from collections.abc import Iterator

_STRIP_PX = 48_000
"""Half a dozen float32 strips of that many pixels fit into the second-level cache of one core;
whole pictures are written to memory and read back between any two steps."""


def row_strips(height: int, width: int) -> Iterator[slice]:
    """Slices of rows that together cover a picture once, from top to bottom.

    Parameters
    ----------
    height, width : int
        Of the picture in pixels.

    Yields
    ------
    slice
        At least one row each. Only steps that look at no neighbour may be done so.
    """
    rows = max(1, _STRIP_PX // max(1, width))
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))
