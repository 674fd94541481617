"""May this photo count, and for what: one gate, one question, one piece of advice."""

from __future__ import annotations

from collections.abc import Iterable

from progress.imaging import DecodedPhoto
from progress.model import (
    Gate,
    Landmarks,
    Need,
    NotMeasured,
    Provenance,
    QualityReport,
    Scale,
    View,
)
from progress.quality.expression import AT_REST, RELAX, expression_strengths
from progress.quality.facts import ShotFacts, gather_facts

MIN_PX_PER_MM = 2.0
"""Below this not even colour can be pooled over a region without its surroundings."""
MAX_EDGE_PX, LEAST_MAX_EDGE_MM, MOST_MAX_EDGE_MM = 3.5, 0.35, 1.2
"""10-90 % width of edges around the eye. Sharp photos of 3 to 6 px/mm read 1.8 to 3.1 pixels; a
photo must be about as sharp as its pixels allow, because each metric asks for the pixels that it
needs. Lashes and lids are themselves about 0.3 mm wide, and beyond 1.2 mm even wrinkles are gone.
"""
MAX_CLIPPED = 0.02
MAX_DARK = 0.02
MIN_DENSITY_LEVEL, MAX_DENSITY_LEVEL = 0.05, 3.9
"""Median green density of the skin: beyond, highlights clip or 8-bit steps exceed 2 %. Wide, so
that no skin tone is refused for itself: ITA -40 lies near 2.6 in a well exposed photo."""
MAX_GLARE = 0.25
"""Highlights are taken out of every mask, so shine alone does not block; beyond a quarter too
little skin is left, and shine shows on dark skin first: a low limit would refuse dark skin."""
MAX_YAW_DEG, MAX_PITCH_DEG, MAX_ROLL_DEG = 15.0, 15.0, 20.0
"""Wider than ISO 19794-5 (5, 5 and 8 degrees): against a baseline the *difference* matters, and the
pair is checked for that. Landmark pitch is off by several degrees from face to face."""
_YAW_OF_VIEW = {
    View.FRONTAL: 0.0,
    View.RIGHT_OBLIQUE: 45.0,
    View.LEFT_OBLIQUE: -45.0,
    View.RIGHT_PROFILE: 90.0,
    View.LEFT_PROFILE: -90.0,
    View.BODY: 0.0,
}
MIN_JPEG_QUALITY = 70
MAX_BLENDSHAPE = 0.4
"""Above what the landmarker reads in faces at rest; a moderate smile reads 0.5 and more."""


def _gate(
    name: str,
    value: float | None,
    unit: str,
    limit: float | None,
    *,
    passed: bool,
    advice: str,
    touches: Iterable[Need],
) -> Gate:
    """A gate; advice and what it touches are kept only when it failed."""
    if passed:
        return Gate(name, value, unit, limit, passed=True)
    return Gate(name, value, unit, limit, passed=False, advice=advice, touches=frozenset(touches))


def judge_photo(
    photo: DecodedPhoto, landmarks: Landmarks | None, scale: Scale | None = None
) -> QualityReport:
    """All gates of one photo, its facts gathered on the way; see `judge_facts`."""
    return judge_facts(gather_facts(photo, landmarks, scale), photo.provenance)


def judge_facts(facts: ShotFacts, provenance: Provenance) -> QualityReport:
    """All gates of one photo.

    Parameters
    ----------
    facts : ShotFacts
        From `gather_facts`.
    provenance : Provenance
        For the traces of compression.

    Returns
    -------
    QualityReport
        A failed gate takes away only the needs that it harms.
    """
    gates = [_resolution(facts), _exposure(facts), _glare(facts), _compression(provenance)]
    if facts.landmarks is not None:
        gates = [
            Gate("faces", 1.0, "faces", 1.0, passed=True),
            *gates,
            _sharpness(facts),
            _pose(facts, facts.landmarks),
            _expression(facts.landmarks),
        ]
    elif not isinstance(facts.edge_width_mm, NotMeasured):
        gates.append(_sharpness(facts))
    return QualityReport(tuple(gates))


def _resolution(facts: ShotFacts) -> Gate:
    px_per_mm = facts.scale.px_per_mm if facts.scale else None
    return _gate(
        "resolution",
        px_per_mm,
        "px/mm",
        MIN_PX_PER_MM,
        passed=px_per_mm is not None and px_per_mm >= MIN_PX_PER_MM,
        advice="come closer so that the skin fills the frame"
        if px_per_mm is not None
        else "put a 20 mm sticker on the skin or give --px-per-mm",
        touches={Need.ANY},
    )


def _exposure(facts: ShotFacts) -> Gate:
    """Clipped or crushed skin; the median of green density decides which way."""
    level = float(facts.density[1])
    lost = max(facts.clipped, facts.dark)
    too_dark = facts.dark > MAX_DARK or level > MAX_DENSITY_LEVEL
    return _gate(
        "exposure",
        lost,
        "share of skin",
        MAX_CLIPPED,
        passed=lost <= MAX_CLIPPED and MIN_DENSITY_LEVEL <= level <= MAX_DENSITY_LEVEL,
        advice="give more light or a longer exposure" if too_dark else "expose one stop less",
        touches={Need.COLOUR, Need.ABSOLUTE_COLOUR, Need.DETAIL},
    )


def _glare(facts: ShotFacts) -> Gate:
    return _gate(
        "glare",
        facts.glare,
        "share of skin",
        MAX_GLARE,
        passed=facts.glare <= MAX_GLARE,
        advice="pat the skin dry, and move the lamp to the side or use a diffuser",
        touches={Need.COLOUR, Need.ABSOLUTE_COLOUR, Need.DETAIL},
    )


def _compression(provenance: Provenance) -> Gate:
    quality = provenance.jpeg_quality
    return _gate(
        "compression",
        None if quality is None else float(quality),
        "JPEG quality",
        float(MIN_JPEG_QUALITY),
        passed=quality is None or quality >= MIN_JPEG_QUALITY,
        advice="use the original file, not one sent through a messenger",
        touches={Need.DETAIL},
    )


def _sharpness(facts: ShotFacts) -> Gate:
    width = facts.edge_width_mm
    measured = not isinstance(width, NotMeasured)
    px_per_mm = facts.scale.px_per_mm if facts.scale else MAX_EDGE_PX / MOST_MAX_EDGE_MM
    limit = min(max(MAX_EDGE_PX / px_per_mm, LEAST_MAX_EDGE_MM), MOST_MAX_EDGE_MM)
    return _gate(
        "sharpness",
        width if not isinstance(width, NotMeasured) else None,
        "mm",
        limit,
        passed=not isinstance(width, NotMeasured) and width <= limit,
        advice="focus on the nearer eye, hold still and clean the lens"
        if measured
        else "open the eyes so that lids and lashes can show the focus",
        touches={Need.DETAIL},
    )


def _pose(facts: ShotFacts, landmarks: Landmarks) -> Gate:
    """The worst of three angles against the view's own, with the advice that mends it."""
    pose = landmarks.pose
    yaw = pose.yaw_deg - _YAW_OF_VIEW[facts.view]
    turns = (
        (abs(yaw), MAX_YAW_DEG, _turn(yaw)),
        (abs(pose.pitch_deg), MAX_PITCH_DEG, _nod(pose.pitch_deg)),
        (abs(pose.roll_deg), MAX_ROLL_DEG, "hold the head upright"),
    )
    angle, limit, advice = max(turns, key=lambda turn: turn[0] / turn[1])
    return _gate(
        "pose",
        angle,
        "deg",
        limit,
        passed=angle <= limit,
        advice=advice,
        touches={Need.SURFACE, Need.RELIEF_LIGHT},
    )


def _turn(yaw_deg: float) -> str:
    side = "right" if yaw_deg > 0 else "left"
    return f"turn the face {abs(yaw_deg):.0f} degrees to the client's {side}"


def _nod(pitch_deg: float) -> str:
    way = "lower" if pitch_deg > 0 else "raise"
    return f"{way} the chin by {abs(pitch_deg):.0f} degrees"


def _expression(landmarks: Landmarks) -> Gate:
    strengths = {
        name: max(0.0, value - AT_REST.get(name, 0.0))
        for name, value in expression_strengths(landmarks).items()
    }
    name = max(strengths, key=lambda key: strengths[key])
    return _gate(
        "expression",
        strengths[name],
        "blendshape above rest",
        MAX_BLENDSHAPE,
        passed=strengths[name] <= MAX_BLENDSHAPE,
        advice=RELAX[name],
        touches={Need.EXPRESSION},
    )
