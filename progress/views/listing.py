"""A small table with its words, for the report and the app alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows under headings.

    Parameters
    ----------
    title : str
        Heading above it.
    caption : str
        What the rows are, and how far they may be trusted.
    headings : tuple of str
        The first names the rows.
    rows : tuple of tuple of str
        Each as long as the headings; no rows, no table.
    notes : tuple of str
        What could not be told, and why.
    """

    title: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        ragged = [row for row in self.rows if len(row) != len(self.headings)]
        if ragged:
            raise ValueError(f"rows: expected {len(self.headings)} cells, got {ragged[0]}")
