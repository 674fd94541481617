"""What each metric makes of one changed thing, on rendered heads: its own, another's, the photo's.

Every answer is told in units of the smallest detectable change that the product itself gives, so
that metrics of any unit stand in one table. The same photos say how much of a change survives
registration and colour correction, whether a photo differs from itself, and whether a change read
backwards is the same change.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import optical_density
from progress.lab.changed_heads import PHOTO_ROWS, SKIN_ROWS, ChangedHead, Row, changed_head
from progress.lab.swap import largest_self_change, swap_misses
from progress.lab.trial_rows import WHOLE
from progress.model import BadInput, Estimate
from progress.pipeline import Options, Step, session_files, silent
from progress.pipeline.engine import follow
from progress.pipeline.followed import Followed

SURVIVING = ("redness", "pigment", "evenness", "pore_area", "lines", "scar_relief")
"""Metrics whose own dose is followed through a second shot."""


@dataclass(frozen=True, slots=True)
class Response:
    """One metric's answer on the whole face to one row.

    Parameters
    ----------
    head : str
    row, metric : str
    delta : float or None
        Change in the metric's own unit; None where the pair or the photo gives no figure.
    in_sdc : float or None
        Change over the smallest detectable change.
    reason : str
        Why there is none.
    """

    head: str
    row: str
    metric: str
    delta: float | None
    in_sdc: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Survival:
    """How much of one metric's own dose is left after a second shot is brought to the first.

    Parameters
    ----------
    head, metric : str
    raw : float
        Effect without any registration or colour correction between the photos.
    left : float
        Effect through both, over `raw`.
    """

    head: str
    metric: str
    raw: float
    left: float


@dataclass(frozen=True, slots=True)
class HeadAnswers:
    """Everything that one rendered head tells.

    Parameters
    ----------
    responses : tuple of Response
    survivals : tuple of Survival
    self_change : float
        Largest change of a photo against itself, any unit.
    swap_misses : tuple of float
        See `progress.lab.swap.swap_misses`.
    """

    responses: tuple[Response, ...]
    survivals: tuple[Survival, ...]
    self_change: float
    swap_misses: tuple[float, ...]


def head_answers(tone: int, *, seed: int, quick: bool = False, step: Step = silent) -> HeadAnswers:
    """Ask every row of one rendered head (two minutes on one core).

    Parameters
    ----------
    tone : int
        Index into `SKIN_TONES`.
    seed : int
        Another seed is another person.
    quick : bool
        Fewer changes of the photo, nothing read backwards, and no survival.
    step : Step
    """
    head = changed_head(tone, seed=seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = _stored(folder / "first.jpg", head.photo())
        asked = [row for row in (*SKIN_ROWS, *PHOTO_ROWS) if row.in_quick or not quick]
        courses: dict[str, list[Row]] = {}
        for row in asked:
            courses.setdefault(row.course, []).append(row)
        responses: list[Response] = []
        stored: dict[str, Path] = {}
        for number, together in enumerate(courses.values()):
            step("one thing changed on a rendered head", number / (len(courses) + 1))
            paths = [
                _stored(folder / f"{number} {index}.jpg", head.photo(row))
                for index, row in enumerate(together)
            ]
            stored.update({row.name: path for row, path in zip(together, paths, strict=True)})
            responses += _responses(head, first, together, paths)
        step("what survives a second shot", len(courses) / (len(courses) + 1))
        return HeadAnswers(
            tuple(responses),
            () if quick else tuple(_survivals(head, folder, first, stored)),
            largest_self_change(first),
            () if quick else tuple(swap_misses(first, stored[SKIN_ROWS[0].name])),
        )


def _stored(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _followed(paths: Sequence[Path], *, reshoots: int = Options().reshoots) -> Followed:
    followed = follow([session_files(path) for path in paths], Options(reshoots=reshoots), silent)
    if not followed.frame.regions:
        raise BadInput("rendered head: expected a face, got none", advice="tell the makers")
    return followed


def _responses(
    head: ChangedHead, first: Path, rows: Sequence[Row], paths: Sequence[Path]
) -> Iterator[Response]:
    followed = _followed([first, *paths])
    for index, row in enumerate(rows, start=1):
        for metric, region in followed.questions():
            if region.name != WHOLE:
                continue
            change = followed.change(index, metric, WHOLE, blocked=None)
            least = change.smallest_detectable_change
            in_sdc = None if change.delta is None or not least else change.delta / least
            told = None if in_sdc is None else change.delta
            yield Response(
                head.subject.name, row.name, metric.id, told, in_sdc, change.reason or ""
            )


def _survivals(
    head: ChangedHead, folder: Path, first: Path, stored: Mapping[str, Path]
) -> Iterator[Survival]:
    """Effect between two moved shots, both told against the first, over the effect at the source.

    The undosed skin in the very same second shot is taken off, so that what the shot itself adds is
    not counted as effect. Still twins of the doses are in the same course, and so as soft as the
    rest: sharpness is matched on purpose, and is no loss on the way.
    """
    rows = {metric: next(row for row in SKIN_ROWS if metric in row.own) for metric in SURVIVING}
    asked = list({row.name: row for row in rows.values()}.values())
    paths = [
        _stored(folder / f"moved {number}.jpg", head.moved_photo(row))
        for number, row in enumerate([None, *asked])
    ]
    followed = _followed([first, *paths, *(stored[row.name] for row in asked)], reshoots=0)
    for metric, row in rows.items():
        twin = 2 + len(asked) + asked.index(row)
        raw = _raw_effect(metric, row, head, followed=followed, twin=twin)
        undosed, dosed = (
            _value(followed, sitting, metric) for sitting in (1, 2 + asked.index(row))
        )
        if raw and undosed is not None and dosed is not None:
            yield Survival(head.subject.name, metric, raw, (dosed - undosed) / raw)


def _raw_effect(
    metric: str, row: Row, head: ChangedHead, *, followed: Followed, twin: int
) -> float | None:
    """What the dose does before any correction, or None where it could not be read.

    Of colour: the median over the true face of the scene's own optical density on the client's
    axes. Of the rest: two photos of one pose, light and camera, where there is nothing to correct.
    """
    axes = followed.frame.axes
    if metric in ("redness", "pigment") and axes is not None:
        weights = axes.haemoglobin if metric == "redness" else axes.melanin
        before, after = (
            np.asarray(optical_density(scene), np.float64)[_face(head)]
            for scene in (head.scene(), head.scene(row))
        )
        return float(np.median((after - before) @ weights))
    plain, dosed = (_value(followed, sitting, metric) for sitting in (0, twin))
    return None if plain is None or dosed is None else dosed - plain


def _face(head: ChangedHead) -> NDArray[np.bool_]:
    mask = np.zeros(head.subject.linear.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(head.subject.outline).astype(np.int32)], (1,))
    return np.asarray(mask > 0)


def _value(followed: Followed, sitting: int, metric: str) -> float | None:
    """A visit's figure of the whole face, without its error."""
    outcome = followed.outcomes(sitting, (metric, WHOLE))[0]
    return outcome.value if isinstance(outcome, Estimate) else None
