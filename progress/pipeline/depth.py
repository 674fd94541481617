"""Use cases of multi-light sets: one set, and two sets of the same skin.

Only here are millimetres of depth told; a single photo never tells them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model import BadInput, Refused, Region
from progress.pipeline.depth_set import DepthSet, open_depth_set
from progress.pipeline.options import Options, Step, silent
from progress.relief import (
    DepthAnswer,
    DepthScar,
    EvenSkin,
    Hollow,
    HollowKind,
    ReliefMap,
    absolute_error,
    even_skin,
    find_hollows,
    fits_no_surface,
    light_stack,
    read_hollow,
    relief_above_surroundings,
    shine_gain,
    solve_slopes,
    sway_heights,
    working_scale,
)
from progress.relief.result import DEEP_LOWER_BOUND

_SHINY: Final = 0.25
"""Slopes steeper by this share through shine are no longer told: the depth would be as wrong."""
_SURELY: Final = 2.0
_NO_LAMP_OFF: Final = (
    "a lower bound: without a lamp-off picture any other light in the room makes scars look "
    "shallower"
)
_UNPOLARISED: Final = (
    "without crossed polarisers shine adds up to a fifth to broad scars; on light skin that is not "
    "seen in the pictures"
)
_MOVED_PX: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class SolvedSet:
    """A set that was solved, with what comparing and showing need.

    Parameters
    ----------
    opened : DepthSet
    relief : ReliefMap
        On the working grid.
    hollows : tuple of Hollow
        Deepest first, in working pixels.
    even : EvenSkin
    working : float
        Working pixels per picture pixel.
    blocked : str or None
        Why no depth of this set may be told.
    caution : str or None
        What to know about every depth.
    shine, motion_px : float
    """

    opened: DepthSet = field(repr=False)
    relief: ReliefMap = field(repr=False)
    hollows: tuple[Hollow, ...] = field(repr=False)
    even: EvenSkin = field(repr=False)
    working: float
    blocked: str | None
    caution: str | None
    shine: float
    motion_px: float

    def picture_xy(self, working_xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Picture pixels of working pixels."""
        return np.asarray((np.asarray(working_xy) + 0.5) / self.working - 0.5)

    def working_xy(self, picture_xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Working pixels of picture pixels."""
        return np.asarray((np.asarray(picture_xy) + 0.5) * self.working - 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredDepth:
    """The answer of one set, and the solved set for pictures; None where it was refused."""

    answer: DepthAnswer
    solved: SolvedSet | None = field(default=None, repr=False)


def measure_depth(
    source: Path, options: Options | None = None, step: Step = silent
) -> MeasuredDepth:
    """Depth of every scar in a multi-light set.

    Parameters
    ----------
    source : Path
        A folder: see docs/depth.md.
    options : Options, optional
        `user_regions` keep only the scars in them.
    step : Step

    Returns
    -------
    MeasuredDepth
        What cannot be judged at all is an answer with a reason.

    Raises
    ------
    BadInput
        If the folder, its table or a picture cannot be read.
    """
    chosen = options or Options()
    try:
        solved = solve_set(source, chosen, step)
    except Refused as refusal:
        return MeasuredDepth(
            DepthAnswer((), None, (), 0, "none", reason=f"{refusal.message}; {refusal.advice}")
        )
    return MeasuredDepth(depth_answer(solved, chosen.user_regions), solved)


def solve_set(source: Path, options: Options, step: Step = silent) -> SolvedSet:
    """Read and solve one set.

    Raises
    ------
    BadInput
        If the folder, its table or a picture cannot be read.
    Refused
        If light or scale cannot be had.
    """
    if not source.is_dir():
        raise BadInput(
            f"{source}: expected a folder of pictures under several lamps, got none there",
            advice="name the folder that holds lights.csv",
        )
    step("reading the pictures", 0.0)
    return solve_opened(open_depth_set(source, options), step)


def solve_opened(opened: DepthSet, step: Step = silent) -> SolvedSet:
    """Solve a set whose light, scale and skin are settled.

    Raises
    ------
    Refused
        If too little of it can be read.
    """
    px_per_mm = opened.scale.px_per_mm
    working = working_scale(px_per_mm)
    step("laying them on each other", 0.3)
    lit = light_stack(
        opened.lit, opened.lamp_off, opened.lamps, px_per_mm=px_per_mm, skin=opened.skin
    )
    shine, shine_error = shine_gain(lit)
    step("solving slopes and heights", 0.5)
    slopes = solve_slopes(lit.stack)
    if not slopes.mask.any():
        raise Refused(
            "expected skin that four lamps light, got none", advice="expose it brighter, unclipped"
        )
    mistaken = fits_no_surface(slopes.right, slopes.down, lit.stack.px_per_mm)
    if mistaken is not None:
        raise Refused(
            f"lamps: expected directions that make one surface of the pictures, got some as if "
            f"{mistaken}",
            advice="write x to the right of the picture, y up and z to the camera",
        )
    relief = ReliefMap(
        height_mm=relief_above_surroundings(slopes, lit.stack.px_per_mm),
        sways_mm=sway_heights(slopes, lit.stack.px_per_mm),
        px_per_mm=lit.stack.px_per_mm,
        lamps=opened.lamps,
        direction_error_deg=opened.direction_error_deg,
        deep=all(photo.provenance.bit_depth > 8 for photo in opened.photos),
    )
    step("finding scars", 0.8)
    hollows = find_hollows(relief.height_mm, relief.px_per_mm)
    return SolvedSet(
        opened=opened,
        relief=relief,
        hollows=hollows,
        even=even_skin(relief, hollows),
        working=working,
        blocked=_blocked(shine, shine_error),
        caution=None if opened.lamp_off else _NO_LAMP_OFF,
        shine=shine,
        motion_px=lit.motion_px / working,
    )


def _blocked(shine: float, error: float) -> str | None:
    """Why shine forbids every figure, or None."""
    if shine < max(_SHINY, _SURELY * error):
        return None
    return (
        f"shine makes slopes look about {shine:.0%} steeper, more than {_SHINY:.0%} is not told: "
        "cross polarisers before lamp and camera, or blot the skin"
    )


def depth_answer(solved: SolvedSet, regions: Sequence[Region] = ()) -> DepthAnswer:
    """The set in words and numbers; with regions, only the scars in them."""
    scars = [
        scar
        for scar in (scar_of(solved, hollow) for hollow in solved.hollows)
        if not regions or any(_inside(region, scar.centre_xy) for region in regions)
    ]
    scars.sort(key=lambda scar: -math.inf if scar.depth_mm is None else scar.depth_mm, reverse=True)
    opened = solved.opened
    return DepthAnswer(
        scars=tuple(scars),
        scale=opened.scale,
        photos=tuple(photo.provenance for photo in opened.photos),
        lamps=len(opened.lit),
        light_source=opened.light_source,
        motion_px=round(solved.motion_px, 3),
        shine=round(max(solved.shine, 0.0), 3),
        notes=_notes(solved),
        reason=solved.blocked,
    )


def _notes(solved: SolvedSet) -> tuple[str, ...]:
    """What to know about all figures."""
    notes = [
        f"hollows narrower than 0.7 mm count as pores; those below {_least(solved)} are not told"
    ]
    notes.append(_UNPOLARISED)
    if solved.caution:
        notes.append(solved.caution)
    if solved.motion_px > _MOVED_PX:
        notes.append(
            f"the skin moved by up to {solved.motion_px:.1f} px between pictures; narrow scars "
            "come out shallower: rest the head"
        )
    return tuple(notes)


def _least(solved: SolvedSet) -> str:
    usual = max(0.06, 3.0 * solved.even.at(10.0)[1])
    return f"{usual:.2f} mm of depth"


def scar_of(solved: SolvedSet, hollow: Hollow) -> DepthScar:
    """One hollow as an entry of the answer."""
    reading = read_hollow(solved.relief, hollow, solved.hollows, solved.even)
    scale = solved.relief.px_per_mm
    reason: str | None = solved.blocked
    depth = error = None
    if solved.blocked is None and reading is None:
        reason = "too little of its rim is seen: it lies at the edge of the picture or among others"
    elif solved.blocked is None and reading is not None:
        depth = reading.depth_mm
        error = absolute_error(
            solved.relief, reading, scale_error=solved.opened.scale.relative_error
        )
        reason = DEEP_LOWER_BOUND if hollow.kind is HollowKind.ICE_PICK else solved.caution
    x, y = solved.picture_xy(np.array(hollow.centre_xy))
    return DepthScar(
        centre_xy=(float(x), float(y)),
        width_mm=2.0 * hollow.radius_px / scale,
        area_mm2=float(hollow.footprint.sum()) / scale**2,
        depth_mm=depth,
        standard_error_mm=error,
        kind=hollow.kind.value,
        reason=reason,
        outline_xy=solved.picture_xy(_outline(hollow)),
    )


def _outline(hollow: Hollow) -> NDArray[np.float64]:
    """Corners of the footprint in working pixels."""
    contours, _ = cv2.findContours(
        hollow.footprint.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    longest = max(contours, key=len).reshape(-1, 2).astype(np.float64)
    return np.asarray(longest + np.array(hollow.corner[::-1]))


def _inside(region: Region, xy: tuple[float, float]) -> bool:
    """Whether a point lies in a region."""
    polygon = np.asarray(region.polygon_xy, dtype=np.float32).reshape(-1, 1, 2)
    return cv2.pointPolygonTest(polygon, (float(xy[0]), float(xy[1])), measureDist=False) >= 0


def hollows_in(solved: SolvedSet, region: Region) -> list[Hollow]:
    """The hollows whose middle lies in a region of the pictures."""
    return [
        hollow
        for hollow in solved.hollows
        if _inside(region, tuple(solved.picture_xy(np.array(hollow.centre_xy))))
    ]


def rescaled(relief: ReliefMap, px_per_mm: float) -> ReliefMap:
    """The same relief with another scale: heights go with lengths.

    Parameters
    ----------
    relief : ReliefMap
    px_per_mm : float
        Working pixels per millimetre.
    """
    gain = np.float32(relief.px_per_mm / px_per_mm)
    return replace(
        relief,
        height_mm=relief.height_mm * gain,
        sways_mm=relief.sways_mm * gain,
        px_per_mm=px_per_mm,
    )


__all__ = [
    "MeasuredDepth",
    "SolvedSet",
    "depth_answer",
    "hollows_in",
    "measure_depth",
    "rescaled",
    "scar_of",
    "solve_opened",
    "solve_set",
]
