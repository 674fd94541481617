"""A stored course read back: the inverse of ``Timeline.to_dict``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from progress.metrics import get_metric
from progress.model import (
    AffectedMetrics,
    Change,
    ControlUse,
    CourseAnswers,
    Direction,
    Estimate,
    Family,
    Gate,
    JudgedPhoto,
    Need,
    NotMeasured,
    Outcome,
    Provenance,
    QualityReport,
    Scale,
    ScaleSource,
    Timeline,
    TimelineEvent,
    TimelinePoint,
    TimelineSeries,
    Trend,
    Verdict,
    VisitEffect,
    grades_from_dict,
)


def timeline_from_dict(stored: dict[str, Any], *, affected: AffectedMetrics) -> Timeline:
    """The course that ``to_dict`` wrote.

    Parameters
    ----------
    stored : dict
        ``progress.timeline/1``.
    affected : callable
        From needs to metric ids.

    Notes
    -----
    What the JSON does not hold stays out: needs of failed gates come back as `Need.ANY` only
    where every metric was affected, so a photo is judged again where that matters.
    """
    return Timeline(
        sessions={
            date.fromisoformat(session["date"]): tuple(_photo(p) for p in session["photos"])
            for session in stored["sessions"]
        },
        events=tuple(
            TimelineEvent(date.fromisoformat(e["date"]), e["event"]) for e in stored["events"]
        ),
        series=tuple(_series(series) for series in stored["series"]),
        affected=affected,
        simulated=stored["simulated"],
        visit_effects=tuple(map(VisitEffect.from_dict, stored.get("visit_effects", ()))),
        grades={
            date.fromisoformat(session["date"]): grades_from_dict(session.get("estimated_grades"))
            for session in stored["sessions"]
        },
    )


def _photo(stored: dict[str, Any]) -> JudgedPhoto:
    scale = None
    if stored["px_per_mm"] is not None:
        scale = Scale(
            stored["px_per_mm"],
            stored["scale_relative_error"],
            ScaleSource(stored["scale_source"]),
        )
    taken_at = stored["taken_at"]
    width, height = stored["size_px"]
    provenance = Provenance(
        file=stored["file"],
        sha256=stored["sha256"],
        format="",
        size_px=(width, height),
        taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
    )
    return JudgedPhoto(provenance, scale, QualityReport(tuple(map(_gate, stored["quality"]))))


def _gate(stored: dict[str, Any]) -> Gate:
    """A gate with the needs of the metrics that it affected."""
    needs: frozenset[Need] = frozenset()
    if not stored["passed"]:
        metrics = [get_metric(name) for name in stored["affects"]]
        shared = frozenset.intersection(*(m.needs for m in metrics)) if metrics else frozenset()
        needs = shared or frozenset({Need.ANY})
    return Gate(
        stored["gate"],
        stored["value"],
        stored["unit"],
        stored["limit"],
        passed=stored["passed"],
        advice=stored["advice"],
        touches=needs,
    )


def _series(stored: dict[str, Any]) -> TimelineSeries:
    trend, judged_on = stored["trend"], stored.get("judged_on")
    return TimelineSeries(
        metric=stored["metric"],
        metric_version=stored["metric_version"],
        region=stored["region"],
        unit=stored["unit"],
        label=get_metric(stored["metric"]).label,
        points=tuple(_point(point) for point in stored["points"]),
        trend=Trend(**trend) if trend else NotMeasured(stored["trend_reason"]),
        verdict=Verdict(stored["verdict"]),
        reason=stored["reason"],
        judged_on=date.fromisoformat(judged_on) if judged_on else None,
        course=CourseAnswers.from_dict(stored),
    )


def _point(stored: dict[str, Any]) -> TimelinePoint:
    outcome: Outcome
    if stored["value"] is None:
        outcome = NotMeasured(stored["reason"])
    else:
        outcome = Estimate(stored["value"], stored["standard_error"], stored.get("n_px") or 0)
    change = stored["change"]
    return TimelinePoint(
        date=date.fromisoformat(stored["date"]),
        outcome=outcome,
        change=_change(change) if change else None,
        healing=stored["healing"],
    )


def _change(stored: dict[str, Any]) -> Change:
    family, control = stored.get("family"), stored.get("control")
    return Change(
        metric=stored["metric"],
        metric_version=stored["metric_version"],
        region=stored["region"],
        unit=stored["unit"],
        better=Direction(stored["better"]),
        baseline=stored["baseline"],
        followup=stored["followup"],
        delta=stored["change"],
        standard_error=stored["standard_error"],
        smallest_detectable_change=stored["smallest_detectable_change"],
        verdict=Verdict(stored["verdict"]),
        reason=stored["reason"],
        noise_source=stored["noise_source"],
        days=stored["days"],
        p_value=stored.get("p_value"),
        family=Family(family) if family else None,
        family_p_value=stored.get("family_p_value"),
        family_size=stored.get("family_size", 0),
        control=ControlUse(**control) if control else None,
        control_reason=stored.get("control_reason"),
    )
