"""What a comparison cannot show, in plain words to be said with it."""

from __future__ import annotations

from collections.abc import Sequence

from progress.exports.placing import Fit
from progress.model import PairVerdict
from progress.pipeline.answers import ComparedPair
from progress.views.certificate import pair_verdict
from progress.views.check_words import check_label, found

_RESIDUAL_SAID_MM = 1.0
"""From here on two panels seen one over the other are visibly apart: about the width of a lash
line at arm's length."""
_SCALE_SAID = 0.02
_COVERED_SAID = 0.6


def limits_of(
    pairs: Sequence[ComparedPair],
    fits: Sequence[Fit],
    *,
    hidden: str,
    scale_error: float | None,
) -> tuple[str, ...]:
    """One line for each thing that the picture cannot show.

    Parameters
    ----------
    pairs : sequence of ComparedPair
    fits : sequence of Fit
        Of each pair.
    hidden : str
        What is to be said about hiding the face; empty for nothing.
    scale_error : float or None
        Relative standard error of the ruler.
    """
    lines: list[str] = []
    for at, (pair, fit) in enumerate(zip(pairs, fits, strict=True)):
        lines += _of_pair(pair, fit, f"panel {at + 2}")
    if scale_error is not None and scale_error >= _SCALE_SAID:
        lines.append(f"the ruler is right to about {100 * scale_error:.0f} %")
    if hidden:
        lines.append(hidden)
    return tuple(dict.fromkeys(lines))


def _of_pair(pair: ComparedPair, fit: Fit, panel: str) -> list[str]:
    """Limits of one follow-up against the baseline."""
    lines = []
    if pair_verdict(pair.comparison) is PairVerdict.NOT_COMPARABLE:
        lines.append(f"{panel}: the two photos cannot be compared")
    for check in pair.comparison.comparability.checks:
        if not check.passed:
            by = f": {found(check.difference, check.unit)}" if check.difference is not None else ""
            lines.append(f"{panel}: {check_label(check.check).lower()} differs{by}")
    if fit.residual_p95_mm >= _RESIDUAL_SAID_MM:
        lines.append(
            f"{panel}: nothing is bent, so the same skin lies up to {fit.residual_p95_mm:.1f} mm "
            f"apart (half of it within {fit.residual_median_mm:.1f} mm)"
        )
    if fit.covered < _COVERED_SAID:
        lines.append(f"{panel}: the same skin was found in {100 * fit.covered:.0f} % of the window")
    return lines
