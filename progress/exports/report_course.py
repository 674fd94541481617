"""A course as blocks of a report: where it stands, over the weeks, all healed visits together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from progress.exports.report_document import (
    Block,
    Heading,
    Pictures,
    Words,
)
from progress.exports.report_pictures import (
    course_pictures,
)
from progress.exports.report_tables import (
    absent_series,
    by_metric,
    by_region,
    is_headline,
    legend,
    reasons_table,
    weeks_table,
)
from progress.model import (
    Timeline,
    TimelineSeries,
    Verdict,
)
from progress.pipeline.control import WHOLE_REGIONS
from progress.views import course_words, labels
from progress.views.concerns import Concern, concern_of

_BEYOND = (Verdict.IMPROVED, Verdict.WORSE, Verdict.DESCRIBED)
MOST_CHARTS = 12
"""Three pages; what is within noise stands in the tables."""


def course_blocks(timeline: Timeline, series: Sequence[TimelineSeries]) -> list[Block]:
    """Return verdicts first, then charts of what stands out, with the visits that read otherwise.

    Parameters
    ----------
    timeline : Timeline
    series : sequence of TimelineSeries
        Of it, those that are told here.
    """
    blocks: list[Block] = [Heading("Where the course stands", new_page=True), *_stands(series)]
    shown = _charted(series)
    charts = course_pictures(timeline, shown)
    if charts:
        blocks.append(Heading("Over the weeks"))
        blocks += [Words(line) for line in course_words.visit_sentences(timeline)]
        blocks += [Pictures((chart,), tall_mm=76.0) for chart in charts]
    left = len(series) - len(shown)
    if left:
        verb = "stands" if left == 1 else "stand"
        blocks.append(Words(f"{left} more series {verb} in the tables only.", "soft"))
    return blocks


def course_appendix(
    headline: Sequence[TimelineSeries], single: Sequence[TimelineSeries]
) -> list[Block]:
    """Return all healed visits together, and single regions by metric.

    Parameters
    ----------
    headline, single : sequence of TimelineSeries
        By `tells_of_all`; either may be empty.
    """
    blocks: list[Block] = []
    weeks = weeks_table(
        "Trend, share of the baseline, first visit beyond noise", headline or single
    )
    if weeks is not None:
        blocks += [Heading("Appendix: all healed visits together"), weeks]
    if headline and single:
        blocks.append(Heading("Appendix: single regions"))
        blocks += _stands(single, metric_by_metric=True)
    return blocks


def tells_of_all(series: TimelineSeries) -> bool:
    """Whether a series speaks of the whole face or area, or of what somebody outlined."""
    judged = series.judged
    if judged is not None:
        return is_headline(judged)
    return series.region in WHOLE_REGIONS or concern_of(series.metric) is Concern.MARKS


def _charted(series: Sequence[TimelineSeries]) -> list[TimelineSeries]:
    """What stands out, of the whole first, then the rest of the whole; as many as are looked at."""
    whole = [one for one in series if one.region in WHOLE_REGIONS]
    beyond = [one for one in series if one.verdict in _BEYOND]
    order = [*(one for one in beyond if one in whole), *beyond, *whole]
    return list({(one.metric, one.region): one for one in order}.values())[:MOST_CHARTS]


def _stands(series: Sequence[TimelineSeries], *, metric_by_metric: bool = False) -> list[Block]:
    """Where series stand against the baseline, and which of them have no verdict."""
    judged = [replace(one.judged, verdict=one.verdict) for one in series if one.judged is not None]
    blocks: list[Block] = []
    if any(change.delta is not None for change in judged):
        days = sorted({one.judged_on for one in series if one.judged_on is not None})
        on = " and ".join(labels.day_label(day) for day in days)
        blocks.append(Words(f"Against the baseline, judged on {on}. {legend(judged)}", "intro"))
        blocks += by_metric(judged) if metric_by_metric else by_region(judged)
    untold = reasons_table("What has no verdict, and why", absent_series(series))
    return [*blocks, untold] if untold is not None else blocks
