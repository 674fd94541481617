"""Guidance as lines of text: ready or not, what to do, what it would cost."""

from __future__ import annotations

from progress.metrics import affected_by
from progress.model import Need
from progress.pipeline.guidance import Guidance
from progress.views.check_words import metric_names
from progress.views.labels import counted
from progress.views.words import SIMULATED_NOTICE


def ready_line(guidance: Guidance) -> str:
    """Return whether the photo can be kept, in one sentence.

    It is called ready when another photo would mend nothing, also where the baseline itself takes
    something away.
    """
    what = "and like the baseline" if guidance.checks else "by itself"
    if guidance.seen.problem is not None:
        return "This photo cannot be judged: take it again."
    if guidance.refused:
        return "This photo cannot be compared with the baseline: take it again."
    if guidance.ready:
        return f"Ready: the photo is good {what}."
    return "Not ready: take it again before the client leaves."


def cost_line(guidance: Guidance) -> str:
    """Return which metrics this photo would lose; empty for none."""
    if not guidance.metrics_lost:
        return ""
    if len(guidance.metrics_lost) == len(affected_by({Need.ANY})):
        return "As it is, no metric gets a figure."
    names = metric_names(guidance.metrics_lost)
    return f"As it is, no figure for {names[:1].lower()}{names[1:]}."


def guidance_lines(guidance: Guidance) -> list[str]:
    """Return everything there is to say, most important first, numbered where it is to be done."""
    lines = [SIMULATED_NOTICE] if guidance.simulated else []
    lines.append(ready_line(guidance))
    lines += [f"{n}. {advice.sentence}" for n, advice in enumerate(guidance.advice, start=1)]
    if guidance.left_out:
        lines.append(f"{counted(guidance.left_out, 'more point')} after these.")
    cost = cost_line(guidance)
    return [*lines, cost] if cost else lines
