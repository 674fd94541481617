"""Depth of scars as a plain text table for the terminal."""

from __future__ import annotations

import io
from typing import Final

from rich.console import Console
from rich.table import Table

from progress.relief import DepthAnswer

_WIDTH: Final = 118
_TYPES: Final = {"ice_pick": "ice-pick", "boxcar": "boxcar", "rolling": "rolling"}


def depth_table(answer: DepthAnswer) -> str:
    """Every scar with its depth and error, then what to know about them; or why there is none."""
    if answer.refused:
        return f"no depth: {answer.reason}"
    table = Table(
        "scar", "x, y (px)", "width (mm)", "area (mm2)", "depth (mm)", "+-", "type (guess)"
    )
    said: dict[str, list[str]] = {}
    for number, scar in enumerate(answer.scars, start=1):
        table.add_row(
            str(number),
            f"{scar.centre_xy[0]:.0f}, {scar.centre_xy[1]:.0f}",
            f"{scar.width_mm:.1f}",
            f"{scar.area_mm2:.1f}",
            "" if scar.depth_mm is None else f"{scar.depth_mm:.2f}",
            "" if scar.standard_error_mm is None else f"{scar.standard_error_mm:.3f}",
            _TYPES[scar.kind],
        )
        if scar.reason:
            said.setdefault(scar.reason, []).append(str(number))
    lines = [f"scar {', '.join(numbers)}: {reason}" for reason, numbers in said.items()]
    lines += answer.notes
    console = Console(file=io.StringIO(), width=_WIDTH, no_color=True, highlight=False)
    if answer.scars:
        console.print(table)
    else:
        console.print("no scar was found", markup=False)
    for line in lines:
        console.print(line, markup=False)
    assert isinstance(console.file, io.StringIO)  # noqa: S101 - made a few lines above
    return console.file.getvalue().rstrip()
