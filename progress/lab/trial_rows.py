"""What ``compare`` makes of trials, the whole path included, and what others would score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from progress.imaging import read_photo
from progress.lab.rival_scores import rival_scores
from progress.lab.trials import Subject, Taken, Trial, shoot_trials
from progress.model import Change, Direction, Verdict
from progress.pipeline import Options, compare_sessions, session_files

WHOLE = "whole_face"


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One metric of one region in one trial.

    Parameters
    ----------
    subject : str
    ita_deg : float
        Of the skin as the first photo shows it.
    trial : Trial
    metric, region : str
    better : Direction
    baseline, delta, standard_error, detectable : float or None
        As answered; None where there is no figure.
    verdict : Verdict
    reason : str
    pair : int
        Number of the trial of its subject: answers of one pair of photos may err together.
    """

    subject: str
    ita_deg: float
    trial: Trial
    metric: str
    region: str
    better: Direction
    baseline: float | None
    delta: float | None
    standard_error: float | None
    detectable: float | None
    verdict: Verdict
    reason: str
    pair: int = 0

    @property
    def answered(self) -> bool:
        """Whether there is a figure for the change."""
        return self.delta is not None and self.detectable is not None


def trial_rows(
    subject: Subject, trials: Sequence[Trial], *, seed: int, options: Options | None = None
) -> Iterator[TrialRow]:
    """Shoot and compare every trial of a subject.

    Parameters
    ----------
    subject : Subject
    trials : sequence of Trial
    seed : int
        Of the second shots.
    options : Options, optional

    Yields
    ------
    TrialRow
        Of every metric and region, and of every rival on the whole face; a rival has no error.
    """
    for number, taken in enumerate(shoot_trials(subject, trials, seed=seed)):
        first, second = session_files(taken.first), session_files(taken.second)
        pair = compare_sessions(first, second, options)
        for change in pair.comparison.changes:
            yield _row(subject, taken.trial, change, number)
        yield from _rivals(subject, taken, number)


def _row(subject: Subject, trial: Trial, change: Change, number: int) -> TrialRow:
    return TrialRow(
        subject=subject.name,
        ita_deg=subject.ita_deg,
        trial=trial,
        metric=change.metric,
        region=change.region,
        better=change.better,
        baseline=change.baseline,
        delta=change.delta,
        standard_error=change.standard_error,
        detectable=change.smallest_detectable_change,
        verdict=change.verdict,
        reason=change.reason or "",
        pair=number,
    )


def _rivals(subject: Subject, taken: Taken, number: int) -> Iterator[TrialRow]:
    first, second = read_photo(taken.first), read_photo(taken.second)
    for name, (before, after) in rival_scores(first, second, taken.outlines).items():
        yield TrialRow(
            subject=subject.name,
            ita_deg=subject.ita_deg,
            trial=taken.trial,
            metric=name,
            region=WHOLE,
            better=Direction.NONE,
            baseline=before,
            delta=after - before,
            standard_error=None,
            detectable=None,
            verdict=Verdict.DESCRIBED,
            reason="",
            pair=number,
        )
