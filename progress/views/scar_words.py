"""The scars of a pair as a table: how large, of what type by looks, and what became of each."""

from __future__ import annotations

from progress.model import Change, Comparison, FoundScar
from progress.views.labels import (
    VERDICT_LABELS,
    change_unit,
    quantity,
    reason_words,
    region_label,
    signed_change,
)
from progress.views.listing import Listing

SCARS_TITLE = "Scars one by one"
SCARS_CAPTION = (
    "Found on the baseline and matched in the follow-up; numbers as in the pictures. The type is a "
    "guess by looks with its probability, the area lies in the plane of the picture, and relief is "
    "a contrast of light and shade, not a depth."
)
TYPE_LABELS = {"ice_pick": "ice-pick", "boxcar": "boxcar", "rolling": "rolling"}
_RELIEF = "scar_relief"


def scars_listing(comparison: Comparison) -> Listing | None:
    """Return the found scars with what became of the relief of each; None where there are none.

    Parameters
    ----------
    comparison : Comparison
    """
    if not comparison.scars:
        return None
    told = {c.region: c for c in comparison.changes if c.metric == _RELIEF}
    rows = tuple(_row(scar, told.get(scar.region)) for scar in comparison.scars)
    reasons: dict[str, list[str]] = {}
    for scar in comparison.scars:
        change = told.get(scar.region)
        if change is not None and change.reason:
            reasons.setdefault(change.reason, []).append(_numbered(scar.region))
    notes = tuple(
        f"Scar {', '.join(names)}: {reason_words(reason)}." for reason, names in reasons.items()
    )
    headings = (
        "Scar",
        "Type (guess)",
        "Area",
        "Relief before",
        "Relief after",
        "Change ± error",
        "Detectable from",
        "Verdict",
    )
    return Listing(SCARS_TITLE, SCARS_CAPTION, headings, rows, notes)


def _numbered(region: str) -> str:
    """The number of a scar's region; a name without a number stays."""
    number = region.rpartition("_")[2]
    return number if number.isdigit() else region_label(region)


def _row(scar: FoundScar, change: Change | None) -> tuple[str, ...]:
    """One scar in cells."""
    kind, probability = scar.likeliest
    start = (
        _numbered(scar.region),
        f"{TYPE_LABELS.get(kind, kind)}, {100 * probability:.0f} %",
        f"{scar.area_mm2:.1f} mm²",
    )
    if change is None:
        return (*start, "—", "—", "—", "—", "not asked")
    values = (change.baseline, change.followup)
    before, after = (
        "—" if one is None else quantity(one, change.unit, error=change.standard_error)
        for one in values
    )
    noise = change.smallest_detectable_change
    least = "—"
    if noise is not None:
        least = quantity(noise, change_unit(change.unit), error=change.standard_error)
    return (*start, before, after, signed_change(change), least, VERDICT_LABELS[change.verdict])
