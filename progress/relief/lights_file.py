"""``lights.csv``: which picture of a folder shows which lamp, and which none."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from progress.model import BadTable

LIGHTS_NAME = "lights.csv"
COLUMNS = ("file", "x", "y", "z")
_ADVICE = "write file,x,y,z with x to the right, y up, z to the camera; empty for the lamp off"


@dataclass(frozen=True, slots=True, eq=False)
class LightsTable:
    """What ``lights.csv`` says.

    Parameters
    ----------
    lit : tuple of Path
        Pictures with a lamp on, in the order of the table.
    lamps : ndarray of float64, shape (N, 3)
        Unit directions from the skin to the lamp of each.
    lamp_off : tuple of Path
        Pictures with every lamp off.
    """

    lit: tuple[Path, ...]
    lamps: NDArray[np.float64]
    lamp_off: tuple[Path, ...]


def read_lights(table: Path) -> LightsTable:
    """The lamps of a folder from its table.

    Parameters
    ----------
    table : Path
        Pictures are named relative to it.

    Returns
    -------
    LightsTable

    Raises
    ------
    BadTable
        If the table is no UTF-8 CSV with the four columns, names a picture that is missing or
        twice, or gives a direction that is no number, of no length, or from behind the skin.
    """
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadTable(
            f"{table.name}: expected a CSV table in UTF-8, got something else", advice=_ADVICE
        ) from None
    reader = csv.reader(text.splitlines(), skipinitialspace=True)
    rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    rows = [(number, row) for number, row in rows if any(row)]
    header = [name.lower() for name in rows[0][1]] if rows else []
    if header[: len(COLUMNS)] != list(COLUMNS):
        raise BadTable(
            f"{table.name}: expected the header {','.join(COLUMNS)}, got "
            f"{','.join(header)[:60] or 'nothing'}",
            advice=_ADVICE,
        )
    lit: list[Path] = []
    lamps: list[list[float]] = []
    off: list[Path] = []
    for number, row in rows[1:]:
        where = f"{table.name} line {number}"
        picture = _picture(table, row, where=where)
        if picture in lit or picture in off:
            raise BadTable(
                f"{where}: expected each picture once, got {picture.name} again",
                advice="one row per picture",
            )
        cells = [*row[1:], "", "", ""][:3]
        if not any(cells):
            off.append(picture)
        else:
            lit.append(picture)
            lamps.append(_direction(cells, where=where))
    return LightsTable(tuple(lit), np.array(lamps).reshape(-1, 3), tuple(off))


def _picture(table: Path, row: list[str], *, where: str) -> Path:
    """The picture that a row names, if it is there."""
    picture = table.parent / row[0]
    if not row[0] or not picture.is_file():
        raise BadTable(
            f"{where}: expected the name of a picture beside it, got {row[0][:40]!r}",
            advice="correct the name",
        )
    return picture


def _direction(cells: list[str], *, where: str) -> list[float]:
    """A unit vector, if the three cells make one that shines on the skin."""
    try:
        x, y, z = (float(cell) for cell in cells)
    except ValueError:
        raise BadTable(
            f"{where}: expected three numbers, got {','.join(cells)[:40]!r}", advice=_ADVICE
        ) from None
    length = math.sqrt(x * x + y * y + z * z)
    if not (math.isfinite(length) and length > 0 and z > 0):
        raise BadTable(
            f"{where}: expected a direction with z above 0, got {','.join(cells)[:40]}",
            advice="z points from the skin to the camera, and a lamp stands in front of the skin",
        )
    return [x / length, y / length, z / length]
