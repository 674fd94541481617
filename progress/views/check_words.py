"""A check or gate in plain words: what was asked, what was found, what it does to the figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from progress.model import Bias, Flatters, PairCheck
from progress.views.labels import (
    flatters_phrase,
    metric_label,
    quantity,
    question_label,
    region_label,
)

MOST_BIASES = 2
_ASKED = {
    "view": "the same side of the face",
    "pose": "the head turned the same way",
    "distance": "the camera equally far away",
    "light_direction": "the light from the same side",
    "light_hardness": "shadows equally deep",
    "exposure": "equally bright",
    "colour_cast": "the same white balance and lamp",
    "focus": "equally sharp",
    "expression": "the same face at rest",
    "make_up": "the same make-up, best none",
    "retouching": "neither picture smoothed",
    "healing_window": "healed since the last treatment",
    "same_skin": "the same skin found in both",
}
_MOST_NAMES = 6
"""Metrics named in one line; the JSON names all of them."""
_SMALLEST_BIAS = 0.5
"""In smallest detectable changes: held against rendered second photos the simulation is off by
about as much, so a smaller figure would be a pretty one."""


def check_label(name: str) -> str:
    """Return what a check is called, e.g. ``"Direction of the light"``."""
    return "The same skin" if name == "same_skin" else question_label(name)


def asked(name: str) -> str:
    """Return what a check asks for, in a few words; empty for one that has no words yet."""
    return _ASKED.get(name, "")


def found(value: float | None, unit: str) -> str:
    """Return a difference or limit as people say it: ``"0.4 stops"``, ``"28 % between channels"``.

    Examples
    --------
    >>> found(0.25, "ln gain")
    '28 % between channels'
    """
    if value is None:
        return "not known"
    say = _SAY.get(unit)
    if say is not None:
        return say(value)
    if unit == "mm" or unit.startswith("mm "):
        return f"{value:.2f} {unit}"
    if unit.startswith("share of"):
        percent = 100 * value
        return f"{percent:.{0 if percent >= 10 else 1}f} %{unit.removeprefix('share')}"
    return quantity(value, unit)


_SAY: dict[str, Callable[[float], str]] = {
    "views apart": lambda value: "another view" if value else "the same view",
    "ln gain": lambda value: f"{100 * math.expm1(value):.0f} % between channels",
    "deg": lambda value: f"{value:.1f}°",
    "EV": lambda value: f"{value:.1f} stops",
    "blendshape": lambda value: f"{value:.2f} of 1",
    "blendshape above rest": lambda value: f"{value:.2f} of 1 above rest",
    "contrast": lambda value: f"{value:.2f} in contrast",
    "% per 20 mm": lambda value: f"{value:.1f} % for each 20 mm nearer",
    "JPEG quality": lambda value: f"JPEG quality {value:.0f}",
}


def strongest(biases: Iterable[Bias], *, most: int = MOST_BIASES) -> list[Bias]:
    """Return the one or two metrics that a mismatch moves most, one line for each metric."""
    by_metric: dict[str, Bias] = {}
    for bias in biases:
        known = by_metric.get(bias.metric)
        if known is None or abs(bias.in_sdc) > abs(known.in_sdc):
            by_metric[bias.metric] = bias
    ranked = sorted(by_metric.values(), key=lambda bias: -abs(bias.in_sdc))
    return [bias for bias in ranked if abs(bias.in_sdc) >= _SMALLEST_BIAS][:most]


def bias_words(bias: Bias) -> str:
    """Return what a mismatch alone does to one metric, in smallest detectable changes.

    Examples
    --------
    >>> bias_words(Bias("redness", "left_cheek", -0.02, -0.6, Flatters.FOLLOWUP))
    'Redness, left cheek: reads 0.60 detectable changes lower, which flatters the follow-up'
    """
    way = "higher" if bias.in_sdc > 0 else "lower"
    praise = {
        Flatters.BASELINE: ", which flatters the baseline",
        Flatters.FOLLOWUP: ", which flatters the follow-up",
        Flatters.NEITHER: "",
    }[bias.flatters]
    where = f"{metric_label(bias.metric)}, {region_label(bias.region)}"
    return f"{where}: reads {abs(bias.in_sdc):.2f} detectable changes {way}{praise}"


def flattery(check: PairCheck, *, most: int = MOST_BIASES) -> list[str]:
    """Return whom a mismatch flatters and by how much; without a simulation, whom alone."""
    told = [bias_words(bias) for bias in strongest(check.biases, most=most)]
    if told or check.flatters is Flatters.NEITHER:
        return told
    words = flatters_phrase(check.flatters)
    return [f"{words[:1].upper()}{words[1:]}; by how much was not simulated"]


def metric_names(metrics: Iterable[str], *, of: int | None = None) -> str:
    """Return metrics as a list in a sentence; ``"every metric"`` where it is all of them.

    Of a long list, the first few and how many more.
    """
    names = [metric_label(metric) for metric in metrics]
    if of is not None and len(names) == of:
        return "every metric"
    if len(names) > _MOST_NAMES:
        left = len(names) - _MOST_NAMES + 1
        names = [*names[: _MOST_NAMES - 1], f"{left} more"]
    lower = [names[0], *(name[:1].lower() + name[1:] for name in names[1:])] if names else []
    return ", ".join(lower)


def shortened(text: str, most: int) -> str:
    """Return text of at most so many letters, cut in the middle, where names are long."""
    if len(text) <= most:
        return text
    tail = most // 3
    return f"{text[: most - tail - 1].rstrip()}…{text[-tail:].lstrip()}"
