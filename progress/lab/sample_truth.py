"""The sample clients against their own truth: what changed, what was answered, with which error.

The truth of a figure is what the metric shows when *only* the skin changes: the baseline shot is
rendered a second time, same pose, lamp, camera and noise, with the skin of the last session. The
answer comes from the last session's own shot, re-posed, re-lit and re-exposed.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from progress.model import Change, Verdict
from progress.phantom.camera import jpeg_bytes
from progress.phantom.clients import (
    JPEG_QUALITY,
    SampleClient,
    render_day,
    sample_clients,
    session_shot,
)
from progress.phantom.head import Rendered, render
from progress.pipeline import Options, Step, compare_sessions, session_files

REGIONS = ("whole_face", "left_cheek", "right_cheek")


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One metric of one client in one region.

    Parameters
    ----------
    client, skin_tone, metric, region, unit : str
    baseline : float or None
        Value of the first session.
    truth : float or None
        Change when only the skin changes; None when it could not be measured.
    answer, standard_error, detectable : float or None
        What ``compare`` says of the two real shots.
    verdict : str
    reason : str
        Why there is no figure.
    """

    client: str
    skin_tone: str
    metric: str
    region: str
    unit: str
    baseline: float | None
    truth: float | None
    answer: float | None
    standard_error: float | None
    detectable: float | None
    verdict: str
    reason: str

    @property
    def within_error(self) -> bool | None:
        """Whether the answer lies within the smallest detectable change of the truth."""
        if self.truth is None or self.answer is None or self.detectable is None:
            return None
        return abs(self.answer - self.truth) <= self.detectable

    @property
    def wrong_way(self) -> bool:
        """A verdict against the truth: the gravest defect there is."""
        if self.truth is None or self.verdict not in ("improved", "worse") or self.answer is None:
            return False
        return (self.answer > 0) != (self.truth > 0)


def sample_truth(
    *, clients: tuple[SampleClient, ...] | None = None, options: Options | None = None, step: Step
) -> list[TruthRow]:
    """First against last session of every sample client, beside the truth.

    Parameters
    ----------
    clients : tuple of SampleClient, optional
        All of them by default.
    options : Options, optional
    step : Step
    """
    chosen = sample_clients() if clients is None else clients
    rows: list[TruthRow] = []
    for index, client in enumerate(chosen):
        step(f"rendering {client.name}", index / len(chosen))
        last = client.course.session_days[-1]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            first = _kept(folder / "first.jpg", render_day(client, 0))
            then = _kept(folder / "last.jpg", render_day(client, last))
            twin = _kept(
                folder / "twin.jpg",
                render(client.head, session_shot(client, 0), client.course.condition_on(last)),
            )
            step(f"comparing {client.name}", (index + 0.5) / len(chosen))
            answer = compare_sessions(session_files(first), session_files(then), options)
            truth = compare_sessions(session_files(first), session_files(twin), options)
        true_change = {
            (change.metric, change.region): change for change in truth.comparison.changes
        }
        for change in answer.comparison.changes:
            if change.region in REGIONS:
                rows.append(_row(client, change, true_change[change.metric, change.region]))
    return rows


def _kept(path: Path, picture: Rendered) -> Path:
    """The picture as the samples keep it."""
    path.write_bytes(jpeg_bytes(picture.codes, JPEG_QUALITY))
    return path


def _row(client: SampleClient, change: Change, truth: Change) -> TruthRow:
    return TruthRow(
        client=client.name,
        skin_tone=client.head.tone.name,
        metric=change.metric,
        region=change.region,
        unit=change.unit,
        baseline=truth.baseline,
        truth=None if truth.verdict is Verdict.NOT_COMPARABLE else truth.delta,
        answer=change.delta,
        standard_error=change.standard_error,
        detectable=change.smallest_detectable_change,
        verdict=change.verdict.value,
        reason=change.reason or "",
    )
