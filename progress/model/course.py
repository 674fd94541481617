"""What a course of visits came to: the fitted curve, the share of the baseline, the first sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from progress.model.outcome import NotMeasured, Verdict


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The fitted level on a day with its 95 % interval, in the metric's unit."""

    date: date
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CourseFit:
    """The remodelling curve through the healed visits.

    Parameters
    ----------
    first, last : date
        First and last healed visit that the curve stands on.
    change, low, high : float
        How far the curve went between them, with the 95 % interval.
    n_sessions : int
        Healed visits that it stands on.
    set_aside : tuple of date
        Visits so far off that they were left out of the curve; shown all the same.
    curve : tuple of CurvePoint
        From first to last.
    """

    first: date
    last: date
    change: float
    low: float
    high: float
    n_sessions: int
    set_aside: tuple[date, ...]
    curve: tuple[CurvePoint, ...]

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``course``."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "change": self.change,
            "low": self.low,
            "high": self.high,
            "n_sessions": self.n_sessions,
            "set_aside": [day.isoformat() for day in self.set_aside],
            "curve": [
                {"date": p.date.isoformat(), "value": p.value, "low": p.low, "high": p.high}
                for p in self.curve
            ],
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> CourseFit:
        """What `to_dict` wrote."""
        return cls(
            first=date.fromisoformat(stored["first"]),
            last=date.fromisoformat(stored["last"]),
            change=stored["change"],
            low=stored["low"],
            high=stored["high"],
            n_sessions=stored["n_sessions"],
            set_aside=tuple(map(date.fromisoformat, stored["set_aside"])),
            curve=tuple(
                CurvePoint(date.fromisoformat(p["date"]), p["value"], p["low"], p["high"])
                for p in stored["curve"]
            ),
        )


@dataclass(frozen=True, slots=True)
class BaselineShare:
    """What is left of the baseline, in percent of it, with the 95 % interval."""

    percent: float
    low: float
    high: float

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``percent_of_baseline``."""
        return {"percent": self.percent, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """The earliest visit whose change was beyond the noise, and stayed so at every later one.

    Parameters
    ----------
    day : date
        Of that visit.
    not_yet_on : date
        The last comparable visit before it, the baseline included: the change came between.
    verdict : Verdict
        Which way.
    confirmed : bool
        Whether a later healed visit agrees.
    """

    day: date
    not_yet_on: date
    verdict: Verdict
    confirmed: bool

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``first_seen``."""
        return {
            "date": self.day.isoformat(),
            "not_yet_on": self.not_yet_on.isoformat(),
            "verdict": self.verdict.value,
            "confirmed": self.confirmed,
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> FirstSeen:
        """What `to_dict` wrote."""
        return cls(
            day=date.fromisoformat(stored["date"]),
            not_yet_on=date.fromisoformat(stored["not_yet_on"]),
            verdict=Verdict(stored["verdict"]),
            confirmed=stored["confirmed"],
        )


@dataclass(frozen=True, slots=True)
class VisitEffect:
    """By how much one metric read off its courses on one visit in all regions alike.

    Parameters
    ----------
    metric, unit : str
    date : date
    offset : float
        Mean over the regions of what the curves leave.
    standard_error : float
        Of that mean, from the scatter between regions.
    n_regions : int
    set_aside : bool
        So far off that the curves of this metric were drawn without the visit.
    """

    metric: str
    unit: str
    date: date
    offset: float
    standard_error: float
    n_regions: int
    set_aside: bool

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``visit_effects``."""
        return {
            "metric": self.metric,
            "unit": self.unit,
            "date": self.date.isoformat(),
            "offset": self.offset,
            "standard_error": self.standard_error,
            "n_regions": self.n_regions,
            "set_aside": self.set_aside,
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> VisitEffect:
        """What `to_dict` wrote."""
        return cls(**{**stored, "date": date.fromisoformat(stored["date"])})


@dataclass(frozen=True, slots=True)
class CourseAnswers:
    """What is said of a series beyond its points, each with a reason where it is not."""

    fit: CourseFit | NotMeasured
    share: BaselineShare | NotMeasured
    first_seen: FirstSeen | NotMeasured

    def to_dict(self) -> dict[str, Any]:
        """Additions to a series in ``progress.timeline/1``."""
        parts = {
            "course": self.fit,
            "percent_of_baseline": self.share,
            "first_seen": self.first_seen,
        }
        said: dict[str, Any] = {}
        for name, part in parts.items():
            said[name] = None if isinstance(part, NotMeasured) else part.to_dict()
            said[f"{name}_reason"] = part.reason if isinstance(part, NotMeasured) else None
        return said

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> CourseAnswers:
        """What `to_dict` wrote; of a series stored before there were such answers, a reason."""
        course, share, seen = (
            stored.get(name) for name in ("course", "percent_of_baseline", "first_seen")
        )

        def why(name: str) -> NotMeasured:
            return NotMeasured(stored.get(f"{name}_reason") or "stored by an earlier version")

        return cls(
            fit=CourseFit.from_dict(course) if course else why("course"),
            share=BaselineShare(**share) if share else why("percent_of_baseline"),
            first_seen=FirstSeen.from_dict(seen) if seen else why("first_seen"),
        )


NO_COURSE = CourseAnswers(*3 * (NotMeasured("no course was followed"),))
"""Of a series that was never asked."""
