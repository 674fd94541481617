"""The engine: any number of sessions followed against the first.

``measure`` is a course of one session, ``compare`` a course of two; so the three commands can
never disagree about a photo.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from progress.colour import axes_for_ita
from progress.imaging import ita_deg, lab_from_linear, read_photo
from progress.metrics import Metric, affected_by, all_metrics
from progress.model import (
    Change,
    ChromophoreAxes,
    Comparability,
    Estimate,
    Measurement,
    Need,
    NotMeasured,
    Outcome,
    Region,
    RegionKind,
)
from progress.pipeline.cameras import Cameras, cameras_of, largest_differences
from progress.pipeline.control import Control
from progress.pipeline.matched import Looked, with_same_pores
from progress.pipeline.mismatch import Stage, with_biases
from progress.pipeline.options import Options, Step
from progress.pipeline.rehearsal import Rehearsal
from progress.pipeline.rehearsal_shelf import rehearse_once
from progress.pipeline.relief_lamp import (
    FOLLOW_THE_LAMP,
    gap_from_lamp,
    prior_with_gap,
    with_gap,
)
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
    MeasuredShot,
    Sitting,
    common_psf_mm2,
    facts_in_light,
    measure_shot,
    reference_of,
    registration_check,
    seat,
)
from progress.pipeline.sources import SessionFiles
from progress.quality import healing_check
from progress.regions import body_regions, face_regions
from progress.stats import NoisePrior, SimulatedNoise, estimate_noise, judge_change, pool_shots

Key = tuple[str, str]
"""Metric id and region name."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Every session of a course, measured against the first.

    Parameters
    ----------
    frame : Frame
        What was settled on the baseline.
    sittings : tuple of Sitting
        In order; the first is the baseline.
    measured : tuple of tuple of MeasuredShot
        Per sitting and shot.
    metrics : tuple of Metric
    rehearsal : Rehearsal
        Simulated re-shoots of the first baseline shot.
    control : Control or None
        Untreated skin that the user outlined.
    """

    frame: Frame
    sittings: tuple[Sitting, ...]
    measured: tuple[tuple[MeasuredShot, ...], ...] = field(repr=False)
    metrics: tuple[Metric, ...] = field(repr=False)
    rehearsal: Rehearsal = field(repr=False)
    control: Control | None = None

    @property
    def simulated(self) -> bool:
        """Whether the photos show a rendered mannequin."""
        return self.frame.shot.photo.provenance.simulated

    def questions(self) -> Iterator[tuple[Metric, Region]]:
        """What is asked of every visit: by region, each metric that is asked of its kind."""
        for region in self.frame.regions:
            for metric in self.metrics:
                if region.kind in metric.asked_of:
                    yield metric, region

    @property
    def metrics_asked(self) -> tuple[Metric, ...]:
        """Those that are asked of some region here."""
        asked = {metric.id for metric, _ in self.questions()}
        return tuple(metric for metric in self.metrics if metric.id in asked)

    def affected(self, needs: Collection[Need]) -> list[str]:
        """Ids of the metrics asked here that ask for any of `needs`."""
        asked = {metric.id for metric in self.metrics_asked}
        return [metric for metric in affected_by(needs) if metric in asked]

    def outcomes(self, sitting: int, key: Key) -> list[Outcome]:
        """One outcome per shot of a visit."""
        return [shot.outcomes[key] for shot in self.measured[sitting]]

    def noise(self, key: Key) -> SimulatedNoise:
        """How far the value moves in simulated re-shoots of the baseline, and with the lamp."""
        return with_gap(self.rehearsal.noise(key), self._lamp_gap(key))

    def _lamp_gap(self, key: Key) -> float:
        """What lamps that differ as read put between two visits, beyond all re-shoots."""
        if key[0] not in FOLLOW_THE_LAMP:
            return 0.0
        turn = max(largest_differences(self.sittings, "light_direction"), default=0.0)
        widest = (key[0], _widest(self.frame.regions).name)
        whole = None if key == widest else self.outcomes(0, widest)
        return gap_from_lamp(key, self.outcomes(0, key), turn, whole=whole)

    def prior(self, key: Key) -> NoisePrior | None:
        """What the other single regions say about this one's scatter; None for the whole.

        Scars are told what scatter the other scars have.
        """
        whole = _widest(self.frame.regions).name
        scars = {r.name for r in self.frame.regions if r.kind is RegionKind.SCAR}
        others = [
            region.name
            for region in self.frame.regions
            if region.name != whole and (region.name in scars) == (key[1] in scars)
        ]
        return prior_with_gap(self.rehearsal.prior(key, others), self._lamp_gap(key))

    def value(self, sitting: int, key: Key) -> Outcome:
        """A visit's pooled value with the error that another visit of the same skin would show."""
        outcomes = self.outcomes(sitting, key)
        pooled = pool_shots(outcomes)
        if not isinstance(pooled, Estimate):
            return pooled
        values = [o.value for o in outcomes if isinstance(o, Estimate)]
        error = estimate_noise([values], simulated=self.noise(key), prior=self.prior(key))
        if isinstance(error, NotMeasured):
            return NotMeasured(error.reason)
        return Estimate(pooled.value, error.standard_error, pooled.n_px)

    def change(self, sitting: int, metric: Metric, region: str, *, blocked: str | None) -> Change:
        """What became of one metric in one region between the baseline and a visit."""
        key = (metric.id, region)
        plain = judge_change(
            metric_id=metric.id,
            version=metric.version,
            region=region,
            unit=metric.unit,
            better=metric.better,
            baseline=self.outcomes(0, key),
            followup=self.outcomes(sitting, key),
            noise=self.noise(key),
            prior=self.prior(key),
            days=self.days(sitting),
            blocked=blocked if blocked is not None else self.sittings[sitting].problem,
        )
        if self.control is None:
            return plain
        return self.control.judge(plain, self.measured[0], self.measured[sitting])

    def days(self, sitting: int) -> float | None:
        """From the baseline to a visit, where both days are known."""
        first, then = self.sittings[0].taken_on, self.sittings[sitting].taken_on
        return float((then - first).days) if first and then else None

    def comparability(
        self, sitting: int, *, days_since_treatment: float | None = None
    ) -> Comparability:
        """The pair's checks; a refused alignment and the healing window are among them."""
        seated = self.sittings[sitting]
        checks = list(self._with_biases(seated).checks)
        refused = registration_check(seated.registrations[0])
        if refused is not None:
            checks.append(refused)
        if days_since_treatment is not None:
            checks.append(healing_check(days_since_treatment))
        return Comparability(tuple(checks))

    def _with_biases(self, seated: Sitting) -> Comparability:
        """A visit's checks, each failed one with whom it flatters."""
        baseline = self.measured[0][0]
        if baseline.picture is None or not self.rehearsal:
            return seated.comparability
        reference = baseline.reference
        stage = Stage(
            picture=baseline.picture,
            outcomes=baseline.outcomes,
            metrics=self.metrics,
            axes=self.frame.axes,
            reference=None if isinstance(reference, NotMeasured) else reference,
            blocked=baseline.blocked,
            rehearsal=self.rehearsal,
            region=_widest(self.frame.regions).name,
            looked=Looked.at(baseline),
        )
        return with_biases(
            seated.comparability,
            stage,
            self.frame.shot,
            seated.shots[0],
            seated.psf[0],
            nearness_per_m=seated.nearness_per_m,
        )

    def measurements(self, sitting: int) -> tuple[Measurement, ...]:
        """All values of one visit, by region and metric."""
        photos = tuple(shot.photo.provenance.sha256 for shot in self.sittings[sitting].shots)
        return tuple(
            Measurement(
                metric=metric.id,
                metric_version=metric.version,
                region=region.name,
                unit=metric.unit,
                outcome=self.value(sitting, (metric.id, region.name)),
                photos=photos,
                inputs_hash=self._inputs_hash(photos, metric, region),
            )
            for metric, region in self.questions()
        )

    def _inputs_hash(self, photos: Sequence[str], metric: Metric, region: Region) -> str:
        """Names pixels, frame, region and metric version together."""
        outline = np.ascontiguousarray(region.polygon_xy, np.float64).tobytes()
        parts = [self.frame.shot.photo.provenance.sha256, *photos, metric.id, str(metric.version)]
        return hashlib.sha256(" ".join(parts).encode() + outline).hexdigest()


def _widest(regions: Sequence[Region]) -> Region:
    """The region that holds the others: the whole face, or the whole area."""
    return max(regions, key=lambda region: float(np.ptp(region.polygon_xy, axis=0).prod()))


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
        photo_sha256=frame.shot.photo.provenance.sha256,
        cameras=cameras,
        options=options,
        with_repeats=with_repeats,
        watch=lambda share: step("shooting the baseline again in simulation", 0.65 + 0.34 * share),
    )
