"""A course of micro-needling as it is known to have gone: what the skin is on every day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from progress.phantom.head_skin import SkinCondition

_FLARE_DAYS = 2.6
"""Redness after needling falls to 1/e in this time: gone to the eye after one to two weeks."""
_SWELLING_DAYS = 2.2
_ONSET_DAYS = 10.0
_REMODELLING_DAYS = 30.0
"""New collagen starts after about ten days and takes months."""


@dataclass(frozen=True, slots=True)
class Needling:
    """One treatment.

    Parameters
    ----------
    day : int
        Since the first session.
    needle_mm : float
        Depth.
    """

    day: int
    needle_mm: float

    @property
    def label(self) -> str:
        """As it is written into a course's table."""
        return f"micro-needling {self.needle_mm:g} mm"


@dataclass(frozen=True, slots=True)
class Course:
    """Sessions and treatments, and what they do.

    Parameters
    ----------
    first_on : date
        Day 0.
    session_days : tuple of int
        When photographs are taken.
    needlings : tuple of Needling
    pore_area, scar_depth, line_depth, redness : float
        Factors that are reached on the last session's day; on the way, each treatment adds its
        share. Pigment does not change.
    flare : float
        Blood over the neck's that a 1 mm treatment adds on its own day.
    swelling_mm : float
        By which a 1 mm treatment lifts the skin on its own day.
    """

    first_on: date = date(2026, 1, 5)
    session_days: tuple[int, ...] = (0, 10, 35, 77, 119, 168)
    needlings: tuple[Needling, ...] = (Needling(7, 1.0), Needling(42, 1.5), Needling(84, 1.5))
    pore_area: float = 0.75
    scar_depth: float = 0.75
    line_depth: float = 0.85
    redness: float = 0.65
    flare: float = 2.0
    swelling_mm: float = 0.5

    def on(self, day: int) -> date:
        """The date of a day of the course."""
        return self.first_on + timedelta(days=day)

    def progress_by(self, day: float) -> float:
        """Share of the whole improvement that is there, 0..1; 1 on the last session's day."""
        return self._remodelled(day) / self._remodelled(self.session_days[-1])

    def _remodelled(self, day: float) -> float:
        """New collagen of all treatments so far, weighted by needle depth."""
        return sum(
            needling.needle_mm
            * (1.0 - math.exp(-max(0.0, day - needling.day - _ONSET_DAYS) / _REMODELLING_DAYS))
            for needling in self.needlings
        )

    def _fresh(self, day: float, fading_days: float) -> float:
        """What is left of the immediate reaction to all treatments so far."""
        return sum(
            needling.needle_mm * math.exp(-(day - needling.day) / fading_days)
            for needling in self.needlings
            if day >= needling.day
        )

    def condition_on(self, day: float) -> SkinCondition:
        """The skin on a day of the course, any treatment of that day included.

        Parameters
        ----------
        day : float
            Since the first session.
        """
        done = self.progress_by(day)

        def reached(factor: float) -> float:
            return 1.0 + (factor - 1.0) * done

        return SkinCondition(
            redness=reached(self.redness),
            flare=self.flare * self._fresh(day, _FLARE_DAYS),
            swelling_mm=self.swelling_mm * self._fresh(day, _SWELLING_DAYS),
            pore_area=reached(self.pore_area),
            scar_depth=reached(self.scar_depth),
            line_depth=reached(self.line_depth),
        )
