"""What client, camera and lamp must do so that a new photo is like the baseline."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from progress.model import Landmarks, NotMeasured
from progress.quality import RelativePsf, ShotFacts, light_change, perspective_percent
from progress.quality.expression import expression_strengths

_LEAST_DEG = 2.0
"""Smaller turns are not asked for: nobody can pose to that."""
_CHANNELS = (("redder", "more cyan"), ("greener", "more purple"), ("bluer", "more yellow"))


@dataclass(frozen=True, slots=True)
class Moves:
    """The way from a new photo to the baseline.

    Parameters
    ----------
    turn_left_deg : float
        The face, to the client's own left; negative to the right.
    raise_chin_deg : float
        Negative lowers it.
    tilt_clockwise_deg : float
        The head as the picture shows it, the top towards the client's left shoulder.
    step_closer : float
        Sign only: positive, the camera comes closer; negative, it goes back.
    lamp_left_deg, lamp_up_deg : float or None
        The light, towards the client's left and up; None where it could not be read.
    brighter_ev : float
        Stops of exposure; negative darker.
    cast : str
        How the new photo's skin differs in colour, ``"more yellow"``.
    softer_mm : float or None
        Sigma that the new photo lacks in sharpness; negative where the baseline is the softer one.
    harder : float or None
        Contrast of the light above that of the baseline.
    livelier : bool
        Whether the face moves more than on the baseline, where the expression differs.
    """

    turn_left_deg: float = 0.0
    raise_chin_deg: float = 0.0
    tilt_clockwise_deg: float = 0.0
    step_closer: float = 0.0
    lamp_left_deg: float | None = None
    lamp_up_deg: float | None = None
    brighter_ev: float = 0.0
    cast: str = ""
    softer_mm: float | None = None
    harder: float | None = None
    livelier: bool = True

    def pose_words(self) -> str:
        """The head's moves that are large enough to pose, joined; empty for none."""
        said = []
        if abs(self.turn_left_deg) >= _LEAST_DEG:
            side = "left" if self.turn_left_deg > 0 else "right"
            said.append(f"turn the face {abs(self.turn_left_deg):.0f}° to the client's {side}")
        if abs(self.raise_chin_deg) >= _LEAST_DEG:
            way = "raise" if self.raise_chin_deg > 0 else "lower"
            said.append(f"{way} the chin by {abs(self.raise_chin_deg):.0f}°")
        if abs(self.tilt_clockwise_deg) >= _LEAST_DEG:
            side = "left" if self.tilt_clockwise_deg > 0 else "right"
            degrees = f"{abs(self.tilt_clockwise_deg):.0f}°"
            said.append(f"tilt the head {degrees} towards the client's {side} shoulder")
        return _joined(said)

    def lamp_words(self) -> str:
        """Where the lamp goes, by the client's own sides; empty where it could not be read."""
        if self.lamp_left_deg is None or self.lamp_up_deg is None:
            return ""
        said = []
        # A third of the larger part: a lamp is moved one way unless both matter.
        least = max(_LEAST_DEG, max(abs(self.lamp_left_deg), abs(self.lamp_up_deg)) / 3)
        if abs(self.lamp_left_deg) >= least:
            side = "left" if self.lamp_left_deg > 0 else "right"
            said.append(f"to the client's {side}")
        if abs(self.lamp_up_deg) >= least:
            said.append("higher" if self.lamp_up_deg > 0 else "lower")
        return " and ".join(said)


def moves_between(seen: ShotFacts, baseline: ShotFacts, psf: RelativePsf | NotMeasured) -> Moves:
    """What to do so that the next photo is like the baseline.

    Parameters
    ----------
    seen, baseline : ShotFacts
        Of the new photo and of the one that it is held against.
    psf : RelativePsf or NotMeasured
        From the baseline to the new photo.
    """
    softer = psf.sigma_mm if isinstance(psf, RelativePsf) else None
    shift = seen.density - baseline.density
    brighter = float(shift.mean()) / math.log(2)
    cast = _cast(shift)
    if seen.landmarks is None or baseline.landmarks is None:
        return Moves(brighter_ev=brighter, cast=cast, softer_mm=softer)
    now, then = seen.landmarks.pose, baseline.landmarks.pose
    lamp_left, lamp_up = _lamp(seen, baseline)
    return Moves(
        turn_left_deg=then.yaw_deg - now.yaw_deg,
        raise_chin_deg=then.pitch_deg - now.pitch_deg,
        tilt_clockwise_deg=then.roll_deg - now.roll_deg,
        step_closer=_closer(seen, baseline),
        lamp_left_deg=lamp_left,
        lamp_up_deg=lamp_up,
        brighter_ev=brighter,
        cast=cast,
        softer_mm=softer,
        harder=_harder(seen, baseline),
        livelier=_livelier(seen.landmarks, baseline.landmarks),
    )


def _closer(seen: ShotFacts, baseline: ShotFacts) -> float:
    """Positive where the camera stands further away than for the baseline."""
    if seen.distance_mm and baseline.distance_mm and seen.camera == baseline.camera:
        return math.log(seen.distance_mm / baseline.distance_mm)
    if seen.landmarks is None or baseline.landmarks is None:
        return 0.0
    return -perspective_percent(baseline.landmarks, seen.landmarks)


def _lamp(seen: ShotFacts, baseline: ShotFacts) -> tuple[float | None, float | None]:
    """Degrees to the client's left, which is the picture's right, and up."""
    if isinstance(seen.light, NotMeasured) or isinstance(baseline.light, NotMeasured):
        return None, None
    # Each way by itself: an azimuth would turn wildly for a lamp near the top of the head.
    now, then = (
        np.degrees(np.arcsin(np.clip(facts.light.direction[:2], -1.0, 1.0)))  # type: ignore[union-attr]
        for facts in (seen, baseline)
    )
    left, up = (float(degrees) for degrees in then - now)
    return left, up


def _harder(seen: ShotFacts, baseline: ShotFacts) -> float | None:
    """How much more contrast the light has than on the baseline."""
    if isinstance(seen.light, NotMeasured) or isinstance(baseline.light, NotMeasured):
        return None
    change = light_change(baseline.light, seen.light)
    return None if isinstance(change, NotMeasured) else change.contrast


def _livelier(seen: Landmarks, baseline: Landmarks) -> bool:
    """Whether the expression that differs most is the stronger one in the new photo."""
    then, now = expression_strengths(baseline), expression_strengths(seen)
    name = max(then, key=lambda key: abs(now[key] - then[key]))
    return now[name] >= then[name]


def _cast(density_shift: NDArray[np.float64]) -> str:
    """The channel that stands out most, as a colour."""
    gain = -(density_shift - density_shift.mean())
    channel = int(np.argmax(np.abs(gain)))
    return _CHANNELS[channel][0 if gain[channel] > 0 else 1]


def _joined(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
