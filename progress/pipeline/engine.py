"""The engine: any number of sessions followed against the first.

``measure`` is a course of one session, ``compare`` a course of two; so the three commands can
never disagree about a photo.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import date

import numpy as np

from progress.colour import axes_for_ita
from progress.imaging import ita_deg, lab_from_linear, read_photo
from progress.metrics import Metric, all_metrics
from progress.model import (
    ChromophoreAxes,
    NotMeasured,
    Region,
)
from progress.pipeline.cameras import Cameras, cameras_of
from progress.pipeline.control import Control
from progress.pipeline.followed import Followed
from progress.pipeline.matched import with_same_pores
from progress.pipeline.measured_shot import MeasuredShot, measure_shot
from progress.pipeline.options import Options, Step
from progress.pipeline.rehearsal import Rehearsal
from progress.pipeline.rehearsal_shelf import rehearse_once
from progress.pipeline.scar_regions import with_relief_of_its_scars, with_scars
from progress.pipeline.shots import (
    GREY_CARD_REGION,
    Shot,
    Sighting,
    inspect,
    sight,
    with_one_scale,
)
from progress.pipeline.sittings import (
    REFERENCE_REGION,
    Frame,
    common_psf_mm2,
    facts_in_light,
    reference_of,
    seat,
)
from progress.pipeline.sources import SessionFiles
from progress.regions import body_regions, face_regions

Key = tuple[str, str]
"""Metric id and region name."""


def day_of(files: SessionFiles, shots: Sequence[Shot]) -> date | None:
    """The visit's day: as named, else when its first photo was taken."""
    taken_at = shots[0].photo.provenance.taken_at
    return files.taken_on or (taken_at.date() if taken_at else None)


def follow(sessions: Sequence[SessionFiles], options: Options, step: Step) -> Followed:
    """Measure every session against the first.

    Parameters
    ----------
    sessions : sequence of SessionFiles
        At least one; the first is the baseline.
    options : Options
    step : Step
        Told what is going on.

    Raises
    ------
    UnreadablePhoto
        If a file is not a photo.
    """
    metrics = all_metrics()
    opened = _opened(sessions, options, step)
    first = opened[0][0]
    frame = settle(first, options)
    sittings = []
    for index, (session, shots) in enumerate(zip(sessions, opened, strict=True)):
        step("finding the same skin", 0.25 + 0.2 * index / len(sessions))
        sittings.append(seat(day_of(session, shots), shots, first, is_baseline=index == 0))
    common = common_psf_mm2(sittings)
    measured: list[tuple[MeasuredShot, ...]] = []
    for index, sitting in enumerate(sittings):
        step("measuring", 0.45 + 0.2 * index / len(sittings))
        row: list[MeasuredShot] = []
        for shot in range(len(sitting.shots)):
            one = measure_shot(frame, sitting, shot, metrics, common_mm2=common)
            if not measured and not row:
                frame, one = with_scars(frame, one, metrics)
            one = with_relief_of_its_scars(frame, one)
            first_shot = next((shots[0] for shots in (*measured, row) if shots), one)
            row.append(with_same_pores(first_shot, one, sitting.registrations[shot]))
        measured.append(tuple(row))
    repeats = any(len(sitting.shots) > 1 for sitting in sittings)
    rehearsal = _rehearse(
        frame,
        measured[0][0],
        metrics,
        options,
        step,
        cameras=cameras_of(sittings),
        with_repeats=repeats,
    )
    step("done", 1.0)
    control = Control.among(frame.regions, rehearsal)
    return Followed(frame, tuple(sittings), tuple(measured), metrics, rehearsal, control)


def _opened(sessions: Sequence[SessionFiles], options: Options, step: Step) -> list[list[Shot]]:
    """Every photo decoded, found and judged, all of the area that the first one shows."""
    sightings: list[Sighting] = []
    paths = [path for session in sessions for path in session.photos]
    for done, path in enumerate(paths):
        step(f"looking at {path.name}", 0.25 * done / len(paths))
        area = sightings[0].area if sightings else None
        sightings.append(sight(read_photo(path), options, area=area))
    shots = iter([inspect(s, options) for s in with_one_scale(sightings, options)])
    return [list(itertools.islice(shots, len(session.photos))) for session in sessions]


def settle(first: Shot, options: Options) -> Frame:
    """Regions, reference skin and colour axes of the first baseline shot."""
    drawn = tuple(r for r in options.user_regions if not _is_aid(r))
    outlined = next((r for r in options.user_regions if r.name == REFERENCE_REGION), None)
    own: tuple[Region, ...]
    if first.landmarks is not None:
        own = face_regions(first.landmarks)
    else:
        own = body_regions(first.photo.size_px)
    names = {region.name for region in drawn}
    regions = (*(region for region in own if region.name not in names), *drawn)
    frame = Frame(first, regions, outlined, NotMeasured("not yet"), None)
    reference = reference_of(frame, first, None, first.photo)
    return Frame(first, regions, outlined, reference, _axes(first))


def _is_aid(region: Region) -> bool:
    """Whether a user's polygon shows what colour is told by, and not skin to be measured."""
    return region.name == REFERENCE_REGION or region.name.startswith(GREY_CARD_REGION)


def _axes(first: Shot) -> ChromophoreAxes | None:
    """The client's axes by the ITA of the baseline's skin as the photo shows it."""
    facts = facts_in_light(first)
    if facts is None:
        return None
    lab = lab_from_linear(np.exp(-facts.density)[None, None, :])
    ita = float(np.ravel(ita_deg(lab))[0])
    return axes_for_ita(ita) if math.isfinite(ita) else None


def _rehearse(
    frame: Frame,
    baseline: MeasuredShot,
    metrics: Sequence[Metric],
    options: Options,
    step: Step,
    *,
    cameras: Cameras,
    with_repeats: bool,
) -> Rehearsal:
    """Re-shoots of the first baseline shot, unless there is nothing to shoot."""
    if baseline.picture is None or options.reshoots == 0:
        return Rehearsal()
    return rehearse_once(
        baseline,
        metrics,
        axes=frame.axes,
        photo_sha256=frame.sha256,
        cameras=cameras,
        options=options,
        with_repeats=with_repeats,
        watch=lambda share: step("shooting the baseline again in simulation", 0.65 + 0.34 * share),
    )
