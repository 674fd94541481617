"""A rehearsal is played once for what it depends on, and kept where there is a shelf."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from progress.metrics import Metric
from progress.model import ChromophoreAxes, Estimate, NotMeasured, Outcome
from progress.pipeline.cameras import Cameras
from progress.pipeline.matched import Looked
from progress.pipeline.measured_shot import MeasuredShot
from progress.pipeline.options import Options
from progress.pipeline.picture import Outcomes
from progress.pipeline.rehearsal import Rehearsal, rehearse

REHEARSAL_VERSION = 2
"""Raised when a re-shoot plays something else, so that nothing stored before is taken for it."""


def rehearse_once(
    baseline: MeasuredShot,
    metrics: Sequence[Metric],
    *,
    axes: ChromophoreAxes | None,
    photo_sha256: str,
    cameras: Cameras,
    options: Options,
    with_repeats: bool,
    watch: Callable[[float], None],
) -> Rehearsal:
    """The rehearsal of a baseline shot, from the shelf of `options` if it was played before.

    Parameters
    ----------
    baseline : MeasuredShot
        With its picture.
    metrics : sequence of Metric
    axes : ChromophoreAxes or None
    photo_sha256 : str
        Of the baseline photo.
    cameras : Cameras
    options : Options
    with_repeats : bool
    watch : callable
        Told the share done.

    Raises
    ------
    ValueError
        If the baseline has no picture.
    """
    if baseline.picture is None:
        raise ValueError("baseline: expected a shot with its picture")
    shelf = options.shelf
    key = _key(baseline, metrics, (photo_sha256, cameras, with_repeats), axes=axes, options=options)
    kept = shelf.kept(key) if shelf is not None else None
    if kept is not None:
        watch(1.0)
        return _from_json(kept)
    reference = baseline.reference
    rehearsal = rehearse(
        baseline.picture,
        metrics,
        axes=axes,
        reference=None if isinstance(reference, NotMeasured) else reference,
        blocked=baseline.blocked,
        cameras=cameras,
        n=options.reshoots,
        seed=options.seed,
        with_repeats=with_repeats,
        watch=watch,
        baseline=Looked.at(baseline),
    )
    if shelf is not None:
        shelf.keep(key, _to_json(rehearsal))
    return rehearsal


def _key(
    baseline: MeasuredShot,
    metrics: Sequence[Metric],
    played: tuple[str, Cameras, bool],
    *,
    axes: ChromophoreAxes | None,
    options: Options,
) -> str:
    """Names everything that the re-shoots and their figures depend on."""
    picture = baseline.picture
    named = sorted(picture.polygons.items()) if picture is not None else []
    parts: list[Any] = [
        REHEARSAL_VERSION,
        played,
        (options.reshoots, options.seed, options.area, options.px_per_mm),
        [(metric.id, metric.version) for metric in metrics],
        sorted((need.value, why) for need, why in baseline.blocked.items()),
        None if axes is None else [axes.haemoglobin.tolist(), axes.melanin.tolist()],
        [
            (
                name,
                outline.reason
                if isinstance(outline, NotMeasured)
                else np.round(outline, 2).tolist(),
            )
            for name, outline in named
        ],
        # The figures that it was measured with: they hold its softening and its light.
        sorted((*key, _figure(outcome)) for key, outcome in baseline.outcomes.items()),
    ]
    return "rehearsal-" + hashlib.sha256(repr(parts).encode()).hexdigest()[:54]


def _figure(outcome: Outcome) -> str:
    return f"{outcome.value:.6g}" if isinstance(outcome, Estimate) else outcome.reason


def _to_json(rehearsal: Rehearsal) -> str:
    def rows(outcomes: Outcomes) -> list[list[Any]]:
        return [
            [*key, o.value, o.standard_error, o.n_px]
            if isinstance(o, Estimate)
            else [*key, o.reason]
            for key, o in outcomes.items()
        ]

    parts = {"joint": rehearsal.joint, "session": rehearsal.session, "shot": rehearsal.shot}
    played = {name: [rows(one) for one in shots] for name, shots in parts.items()}
    return json.dumps(played | {"original": rows(rehearsal.original)})


def _from_json(text: str) -> Rehearsal:
    def outcomes(rows: list[list[Any]]) -> Outcomes:
        return {
            (metric, region): Estimate(*rest) if len(rest) > 1 else NotMeasured(rest[0])
            for metric, region, *rest in rows
        }

    stored = json.loads(text)
    parts = {name: tuple(map(outcomes, stored[name])) for name in ("joint", "session", "shot")}
    return Rehearsal(**parts, original=outcomes(stored["original"]))
