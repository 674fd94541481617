"""Checks and gates of a pair as the tables of a report: what differs, and what that does."""

from __future__ import annotations

from collections.abc import Sequence

from progress.exports.report_document import Table, cells
from progress.exports.report_tables import capital
from progress.model import (
    Comparison,
    Gate,
)
from progress.views import check_words, labels

_DASH = "—"


def checks_table(comparison: Comparison) -> Table:
    """Return every check of a pair with what was found, failed ones first."""
    rows = []
    for check in sorted(comparison.comparability.checks, key=lambda check: check.passed):
        lost = check.check == "same_skin"
        rows.append(
            cells(
                check_words.check_label(check.check),
                capital(check_words.asked(check.check)) or _DASH,
                "not found again" if lost else check_words.found(check.difference, check.unit),
                _DASH if check.limit is None else check_words.found(check.limit, check.unit),
                "passed" if check.passed else "failed",
            )
        )
    return Table(
        "What differs between the two photographs",
        ("Check", "Asked for", "Found", "Limit", "Answer"),
        tuple(rows),
        (2.0, 2.6, 2.2, 2.2, 0.8),
        verdict=4,
    )


def mismatch_table(comparison: Comparison) -> Table | None:
    """Return what mismatches do: metrics taken away, whom it flatters, what to do; or None."""
    rows = []
    for check in sorted(comparison.comparability.checks, key=lambda check: check.passed):
        flattered = tuple(f"{text}." for text in check_words.flattery(check))
        if check.passed and not flattered:
            continue
        taken = "" if check.passed else _taken(comparison.affected(check.touches), comparison)
        advice = "" if check.passed else check.advice
        rows.append(
            (
                (check_words.check_label(check.check),),
                (capital(taken) or "Nothing",),
                flattered or ("Nobody that could be told",),
                (f"{labels.reason_words(advice)}." if advice else _DASH,),
            )
        )
    if not rows:
        return None
    return Table(
        "What these differences do to the figures",
        ("Check", "Takes away", "Whom it flatters", "What to do"),
        tuple(rows),
        (1.4, 2.0, 2.8, 2.6),
    )


def gates_table(comparison: Comparison) -> Table | None:
    """Return the gates that a photograph failed by itself; None where all were passed."""
    rows = []
    for name, photos in (("Baseline", comparison.baseline), ("Follow-up", comparison.followup)):
        for number, photo in enumerate(photos, start=1):
            shot = name if len(photos) == 1 else f"{name}, shot {number}"
            rows += [_gate_row(shot, gate, comparison) for gate in photo.quality.failed]
    if not rows:
        return None
    return Table(
        "Gates that a photograph failed by itself",
        ("Photograph", "Gate", "Found", "Limit", "Takes away; what to do"),
        tuple(rows),
        (1.2, 1.2, 1.4, 1.4, 4.0),
    )


def _taken(metrics: Sequence[str], comparison: Comparison) -> str:
    every = len({change.metric for change in comparison.changes})
    return check_words.metric_names(metrics, of=every)


def _gate_row(shot: str, gate: Gate, comparison: Comparison) -> tuple[tuple[str, ...], ...]:
    taken = _taken(comparison.affected(gate.touches), comparison)
    told = [f"Takes away: {taken}."] if taken else []
    told += [f"{labels.reason_words(gate.advice)}."] if gate.advice else []
    return (
        (shot,),
        (labels.question_label(gate.gate),),
        (check_words.found(gate.value, gate.unit),),
        (_DASH if gate.limit is None else check_words.found(gate.limit, gate.unit),),
        tuple(told) or (_DASH,),
    )
