"""Gates about the face: its pose and rest, what covers it, and whether it is shown as it is."""

from __future__ import annotations

from progress.model import Gate, Landmarks, Need, NotMeasured, View
from progress.quality.expression import AT_REST, RELAX, expression_strengths
from progress.quality.facts import ShotFacts
from progress.quality.gate import gate
from progress.quality.occlusion import CLOTH, GLASSES, HAIR, HAND

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
MAX_BLENDSHAPE = 0.4
"""Above what the landmarker reads in faces at rest; a moderate smile reads 0.5 and more."""
MIN_VISIBLE = 0.8
"""Measurement page, section 9. 50 real and 24 rendered bare faces read 0.87 and more."""
MIN_STEEPNESS = 1.45
"""Forehead and cheeks of 47 real faces read 1.7 and more, softened and compressed again 1.4 and
more, rendered skin with a third of its pores and lines 1.6 and more; a clear filter leaves 0 to 1.3
and portrait mode, which blurs the outer cheeks, 0.6 to 1.3."""
BARE_TEXTURE, BARE_HAEMOGLOBIN = 0.008, 0.027
"""Spread of structure of 0.2-0.5 mm and of haemoglobin: of 47 real and 24 rendered bare faces the
evenest reads 1.3 times one of them, a clear foundation 0.7 in the middle. Both must be undercut.
"""


def pose(facts: ShotFacts, landmarks: Landmarks) -> Gate:
    """The worst of three angles against the view's own, with the advice that mends it."""
    pose = landmarks.pose
    yaw = pose.yaw_deg - _YAW_OF_VIEW[facts.view]
    turns = (
        (abs(yaw), MAX_YAW_DEG, _turn(yaw)),
        (abs(pose.pitch_deg), MAX_PITCH_DEG, _nod(pose.pitch_deg)),
        (abs(pose.roll_deg), MAX_ROLL_DEG, "hold the head upright"),
    )
    angle, limit, advice = max(turns, key=lambda turn: turn[0] / turn[1])
    return gate(
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


def expression(landmarks: Landmarks) -> Gate:
    """The strongest expression above what a face at rest reads."""
    strengths = {
        name: max(0.0, value - AT_REST.get(name, 0.0))
        for name, value in expression_strengths(landmarks).items()
    }
    name = max(strengths, key=lambda key: strengths[key])
    return gate(
        "expression",
        strengths[name],
        "blendshape above rest",
        MAX_BLENDSHAPE,
        passed=strengths[name] <= MAX_BLENDSHAPE,
        advice=RELAX[name],
        touches={Need.EXPRESSION},
    )


def occlusion(facts: ShotFacts) -> Gate:
    """The patch of which least skin is seen."""
    found = facts.occlusion
    if isinstance(found, NotMeasured):
        return gate("occlusion", None, "share visible", MIN_VISIBLE, passed=True, advice="",
                    touches=())  # fmt: skip
    patch, share = found.worst
    cover = found.cover.get(patch, HAIR)
    return gate(
        "occlusion",
        share,
        "share visible",
        MIN_VISIBLE,
        passed=share >= MIN_VISIBLE,
        advice=_uncover(patch, cover),
        touches=_HARMED[cover],
    )


_HARMED = {
    # Masks leave dark hair and rims out, but less skin is counted, and not the same skin.
    HAIR: (Need.SURFACE,),
    GLASSES: (Need.SURFACE,),
    HAND: (Need.SURFACE, Need.COLOUR, Need.ABSOLUTE_COLOUR, Need.DETAIL),
    CLOTH: (Need.SURFACE, Need.COLOUR, Need.ABSOLUTE_COLOUR, Need.DETAIL),
}


def _uncover(patch: str, cover: str) -> str:
    """What to put aside, and where."""
    side, _, rest = patch.partition("_")
    named = side in ("right", "left")
    place = f"client's {side} {rest}" if named else patch
    place = place.replace("_", " ").replace("under eye", "lower eyelid")
    if cover == CLOTH:
        return f"take the mask or cloth off: it covers the {place}"
    if cover == HAND:
        return f"take the hand away: it covers the {place}"
    if cover == GLASSES:
        return f"take the glasses off: they cover the {place}"
    return f"tie the hair back: it covers the {place}"


def retouching(facts: ShotFacts) -> Gate:
    """Whether the skin lacks its fine structure while the eyes have theirs."""
    look = facts.look
    value = None if isinstance(look, NotMeasured) else look.steepness
    return gate(
        "retouching",
        value,
        "fine over coarse, skin against eyes",
        MIN_STEEPNESS,
        passed=value is None or value >= MIN_STEEPNESS,
        advice="switch beauty filter and portrait mode off and use the unedited original",
        touches={Need.DETAIL},
    )


def make_up(facts: ShotFacts) -> Gate:
    """Whether the skin is evener in texture and in blood than bare skin was ever read.

    The larger of both, as a share of its limit: one of them alone may be this person's own.
    """
    look = facts.look
    value = None
    if not isinstance(look, NotMeasured):
        value = max(look.texture / BARE_TEXTURE, look.haemoglobin / BARE_HAEMOGLOBIN)
    return gate(
        "make_up",
        value,
        "of the evenest bare skin",
        1.0,
        passed=value is None or value >= 1.0,
        advice="take make-up off, wait fifteen minutes and take the photo again",
        touches={Need.DETAIL, Need.COLOUR, Need.ABSOLUTE_COLOUR},
    )
