"""What things are called and how numbers are written: labels, units, digits, dates."""

from __future__ import annotations

import math
import re
from datetime import date

from progress.model import Change, Direction, Flatters, Verdict

VERDICT_LABELS: dict[Verdict, str] = {
    Verdict.IMPROVED: "improved",
    Verdict.WORSE: "worse",
    Verdict.WITHIN_NOISE: "within noise",
    Verdict.DESCRIBED: "described",
    Verdict.NOT_COMPARABLE: "not comparable",
}

_MIDDLE_REGIONS = {"forehead", "glabella", "nose", "chin", "upper_lip"}
_REGION_WORDS = {
    "glabella": "the skin between the brows",
    "left_periorbital": "the skin around the left eye",
    "right_periorbital": "the skin around the right eye",
    "whole_face": "the whole face",
    "area": "the whole area",
}
_FOUND_SCAR = re.compile(r"scar_\d+")
_METRIC_LABELS = {
    "tone": "Skin tone",
    "pore_area": "Pore area",
    "lines": "Line severity",
    "evenness": "Unevenness of colour",
    "scar_relief": "Scar relief contrast",
    "radiance": "Radiance (proxy)",
}
_UNIT_WORDS = {
    "deg": "°",
    "percent": "%",
    "per_cm2": "per cm²",
    "1/cm2": "per cm²",
    "per cm2": "per cm²",
    "/cm2": "per cm²",
    "count": "",
    "faces": "",
    "mm OD/cm2": "mm·OD/cm²",
    "OD mm2/cm2": "OD·mm²/cm²",
    "% mm/cm2": "%·mm/cm²",
    "mm2": "mm²",
}
_QUESTION_LABELS = {
    "faces": "Exactly one face",
    "resolution": "Resolution",
    "sharpness": "Sharpness",
    "exposure": "Exposure",
    "glare": "Glare",
    "pose": "Head position",
    "expression": "Expression",
    "occlusion": "Covered skin",
    "retouching": "Retouching",
    "compression": "Compression",
    "make_up": "Make-up",
    "view": "Same view",
    "distance": "Camera distance",
    "light_direction": "Direction of the light",
    "light_hardness": "Hardness of the light",
    "colour_cast": "Colour cast",
    "focus": "Focus",
    "healing_window": "Healing window",
}


def metric_label(metric: str) -> str:
    """Return what a metric id is called, e.g. ``"Pore density"`` for ``pore_density``."""
    return _METRIC_LABELS.get(metric, metric.replace("_", " ").capitalize())


def region_label(region: str) -> str:
    """Return the short name of a region for tables and charts, e.g. ``"left cheek"``."""
    return region.replace("_", " ")


def region_phrase(region: str) -> str:
    """Return a region as it stands in a sentence, e.g. ``"the left cheek"``."""
    if region in _REGION_WORDS:
        return _REGION_WORDS[region]
    if _FOUND_SCAR.fullmatch(region):
        return region_label(region)
    known = region in _MIDDLE_REGIONS or region.startswith(("left_", "right_"))
    return f"the {region_label(region)}" if known else f"the marked area “{region_label(region)}”"


def question_label(name: str) -> str:
    """Return what a gate of a photo or a check of a pair is called."""
    return _QUESTION_LABELS.get(name, name.replace("_", " ").capitalize())


def unit_label(unit: str) -> str:
    """Return a unit as people write it; an empty string for plain numbers."""
    return _UNIT_WORDS.get(unit, unit)


def counted(number_of: int, what: str) -> str:
    """Return a count with its noun: ``"1 session"``, ``"6 sessions"``."""
    return f"{number_of} {what}{'' if number_of == 1 else 's'}"


def day_label(day: date) -> str:
    """Return a date in words that no reader can swap day and month in: ``"5 January 2026"``."""
    return f"{day.day} {day:%B %Y}"


def number(value: float, *, error: float | None = None) -> str:
    """Return a number with as many digits as its error allows.

    Parameters
    ----------
    value : float
        The number.
    error : float, optional
        Its standard error or noise; two significant digits of it are kept. Without it, three
        significant digits of the value are.
    """
    if not error or not math.isfinite(error):
        digits = 0 if abs(value) >= 1000 else 3
        text = f"{value:.0f}" if not digits else f"{value:.{digits}g}"
    else:
        decimals = max(0, 1 - math.floor(math.log10(abs(error))))
        text = f"{value:.{min(decimals, 6)}f}"
    if not text.strip("-0."):
        text = text.lstrip("-")  # a zero has no sign
    return text.replace("-", "−")


def quantity(value: float, unit: str, *, error: float | None = None) -> str:
    """Return a number with its unit: ``"0.090 OD"``, ``"12.3°"``, ``"4.1 %"``."""
    label = unit_label(unit)
    if not label:
        return number(value, error=error)
    return f"{number(value, error=error)}{'' if label == '°' else ' '}{label}"


def change_unit(unit: str) -> str:
    """Return the unit of a difference: two percentages differ by percentage points."""
    return "percentage points" if unit_label(unit) == "%" else unit


def signed_change(change: Change) -> str:
    """Return a change with its sign and one standard error, or a dash when there is none."""
    if change.delta is None or change.standard_error is None:
        return "—"
    error = change.standard_error or change.smallest_detectable_change
    sign = "+" if change.delta > 0 else ""
    label = unit_label(change_unit(change.unit))
    figures = (
        f"{sign}{number(change.delta, error=error)} ± {number(change.standard_error, error=error)}"
    )
    return f"{figures} {label}".rstrip()


def reason_words(reason: str | None) -> str:
    """Return a reason with the ids of gates and checks put in words, without its full stop.

    Examples
    --------
    >>> reason_words("light_direction: turn the lamp back.")
    'Direction of the light: turn the lamp back'
    """
    text = (reason or "no reason was given").strip().rstrip(".")
    name, colon, rest = text.partition(": ")
    if colon and name in _QUESTION_LABELS:
        return f"{_QUESTION_LABELS[name]}: {rest}"
    return text[:1].upper() + text[1:]


def flatters_phrase(flatters: Flatters) -> str:
    """Return whom a mismatch makes look better."""
    return {
        Flatters.BASELINE: "would flatter the baseline",
        Flatters.FOLLOWUP: "would flatter the follow-up",
        Flatters.NEITHER: "neither",
    }[flatters]


def better_phrase(direction: Direction) -> str:
    """Return which way a metric counts as better."""
    return {
        Direction.LOWER: "lower is better",
        Direction.HIGHER: "higher is better",
        Direction.NONE: "described, neither is better",
    }[direction]
