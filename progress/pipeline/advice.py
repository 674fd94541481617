"""What to do about a failed gate or check: one sentence for the person who holds the camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from progress.model import Gate, PairCheck, View
from progress.pipeline.moves import Moves

SUBJECTS = {
    "sharpness": "focus",
    "light_hardness": "light_direction",
}
"""Gates and checks that one move mends share a subject, so that it is asked for once."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do.

    Parameters
    ----------
    subject : str
        The gate or check that it mends; the other ones of the same subject go with it.
    sentence : str
        Ends with a full stop; left and right are the client's own.
    costs : tuple of str
        Ids of the metrics that would get no figure.
    excess : float
        How far beyond the limit, as a ratio of at least 1.
    mendable : bool
        False where only another baseline would help.
    """

    subject: str
    sentence: str
    costs: tuple[str, ...]
    excess: float = 1.0
    mendable: bool = True


def subject_of(name: str) -> str:
    """Return what a gate or check is about, so that two of one subject become one advice."""
    return SUBJECTS.get(name, name)


def gate_sentence(gate: Gate) -> str:
    """Return the advice of a failed gate as a sentence."""
    if gate.gate == "faces":
        # The refusal names the file first, which whoever holds the camera does not need.
        return _sentence(f"no single face was found: {gate.advice.rsplit('; ', 1)[-1]}")
    return _sentence(gate.advice)


def check_sentence(check: PairCheck, moves: Moves, *, view: View) -> str:
    """Return what mends a failed check of a new photo against the baseline.

    Parameters
    ----------
    check : PairCheck
        Failed.
    moves : Moves
        The way from the new photo to the baseline.
    view : View
        Of the baseline.
    """
    say = _WORDS.get(check.check)
    own = say(check, moves, view) if say else ""
    return _sentence(own or check.advice)


def is_mendable(check: PairCheck, moves: Moves) -> bool:
    """Return whether a new photo can mend a failed check.

    A baseline that is softer than the new photo stays so.
    """
    return not (check.check == "focus" and _baseline_is_softer(moves))


def _baseline_is_softer(moves: Moves) -> bool:
    return moves.softer_mm is not None and moves.softer_mm < 0


def _sentence(advice: str) -> str:
    text = advice.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def _view(_check: PairCheck, moves: Moves, view: View) -> str:
    head = moves.pose_words()
    return f"take the {view.value.replace('_', ' ')} view again" + (f": {head}" if head else "")


def _pose(_check: PairCheck, moves: Moves, _view: View) -> str:
    return moves.pose_words()


def _light(check: PairCheck, moves: Moves, _view: View) -> str:
    where = moves.lamp_words()
    if not where or check.difference is None:
        return ""
    return (
        f"move the lamp {where}, until the shadows fall as on the baseline "
        f"(the light reads {check.difference:.0f}° away)"
    )


def _hardness(_check: PairCheck, moves: Moves, _view: View) -> str:
    if moves.harder is None:
        return ""
    if moves.harder < 0:
        return "the light is flatter than on the baseline: use the same lamp with less fill light"
    return (
        "the light is harder than on the baseline: use the same lamp with its diffuser or reflector"
    )


def _exposure(_check: PairCheck, moves: Moves, _view: View) -> str:
    way = "brighter" if moves.brighter_ev > 0 else "darker"
    return f"make the picture {abs(moves.brighter_ev):.1f} stops {way}"


def _cast(_check: PairCheck, moves: Moves, _view: View) -> str:
    return (
        f"the skin is {moves.cast} than on the baseline: set the white balance to the baseline's "
        "value and use its lamp alone"
    )


def _focus(_check: PairCheck, moves: Moves, _view: View) -> str:
    if moves.softer_mm is None:
        return ""
    if _baseline_is_softer(moves):
        return (
            "the baseline is softer than this photo, which a new photo cannot mend: fine detail is "
            "not compared"
        )
    return "focus on the nearer eye and hold still: this photo is softer than the baseline"


def _expression(check: PairCheck, moves: Moves, _view: View) -> str:
    if not moves.livelier:
        return "show the face as on the baseline, which was not at rest"
    return check.advice.rsplit(": ", 1)[-1]


_WORDS: dict[str, Callable[[PairCheck, Moves, View], str]] = {
    "view": _view,
    "pose": _pose,
    "light_direction": _light,
    "light_hardness": _hardness,
    "exposure": _exposure,
    "colour_cast": _cast,
    "focus": _focus,
    "expression": _expression,
}
