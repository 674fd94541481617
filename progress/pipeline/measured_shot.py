"""One shot of a visit measured on its own pixels, in the baseline's regions and light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from progress.colour import (
    Surround,
    gains_to_match,
    in_light,
    neck_polygon,
)
from progress.metrics import Analysis, Metric
from progress.model import (
    Need,
    NotAligned,
    NotMeasured,
    ReferenceSkin,
)
from progress.pipeline.picture import (
    Outcomes,
    Picture,
    measure_picture,
    take_picture,
)
from progress.pipeline.sittings import Frame, Sitting, polygons_in, reference_of, softness_mm2
from progress.quality import RelativePsf


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredShot:
    """One shot with its outcomes, its picture and analysis for heat maps."""

    outcomes: Outcomes
    picture: Picture | None = field(repr=False)
    analysis: Analysis | None = field(repr=False)
    reference: ReferenceSkin | NotMeasured
    blocked: Mapping[Need, str]


def measure_shot(
    frame: Frame,
    sitting: Sitting,
    index: int,
    metrics: Sequence[Metric],
    *,
    common_mm2: float,
) -> MeasuredShot:
    """Measure one shot of a visit on its own pixels, in the baseline's regions and light.

    Parameters
    ----------
    frame : Frame
    sitting : Sitting
    index : int
        Which shot.
    metrics : sequence of Metric
    common_mm2 : float
        From `common_psf_mm2`.
    """
    shot, registration = sitting.shots[index], sitting.registrations[index]
    problem = sitting.problem or shot.problem
    if problem is None and isinstance(registration, NotAligned):
        problem = f"the same skin was not found again: {registration.reason}"
    if problem is not None or shot.scale is None or isinstance(registration, NotAligned):
        return _nothing(frame, metrics, problem or "the photo has no scale")
    if shot.photo.provenance.sha256 == frame.sha256:
        # The same bytes are the same skin: nothing is carried, so nothing is rounded.
        registration = None
    surround = sitting.surround[index] if sitting.surround else None
    photo = shot.photo
    if isinstance(surround, Surround):
        photo = replace(photo, rendition=surround.rendition)
    reference = reference_of(frame, shot, registration, photo)
    if shot.light is not None and isinstance(reference, ReferenceSkin):
        reference = in_light(reference, shot.light)
    extra = [neck_polygon(shot.landmarks)] if shot.landmarks is not None else []
    picture = take_picture(
        photo,
        polygons_in(frame, registration),
        px_per_mm=shot.scale.px_per_mm,
        landmarks=shot.landmarks,
        extra=extra,
        light=shot.light,
        kinds={region.name: region.kind for region in frame.regions},
    )
    if isinstance(picture, NotMeasured):
        return _nothing(frame, metrics, picture.reason)
    blocked = {**sitting.comparability.blocked(), **shot.quality.blocked()}
    psf = sitting.psf[index]
    extra_mm2 = 0.0
    if isinstance(psf, RelativePsf):
        extra_mm2 = max(0.0, common_mm2 - softness_mm2(shot, psf))
    elif shot is not frame.shot:
        blocked.setdefault(Need.DETAIL, f"focus: {psf.reason}")
    gains = None
    if shot.light is not None:
        # A chart or a card in every photo tells more of the light than skin does.
        pass
    elif isinstance(reference, ReferenceSkin) and isinstance(frame.reference, ReferenceSkin):
        gains = gains_to_match(frame.reference, reference)
    elif shot is not frame.shot and shot.photo.provenance.sha256 != frame.sha256:
        blocked.setdefault(
            Need.ABSOLUTE_COLOUR,
            "without reference skin in both photos their light cannot be told from their skin",
        )
    outcomes, analysis = measure_picture(
        picture,
        metrics,
        axes=frame.axes,
        reference=reference if isinstance(reference, ReferenceSkin) else None,
        blocked=blocked,
        gains=gains,
        extra_blur_mm=extra_mm2**0.5,
    )
    return MeasuredShot(outcomes, picture, analysis, reference, blocked)


def _nothing(frame: Frame, metrics: Sequence[Metric], reason: str) -> MeasuredShot:
    """A shot on which nothing can be measured, with the reason for every metric and region."""
    outcomes: Outcomes = {
        (metric.id, region.name): NotMeasured(reason)
        for region in frame.regions
        for metric in metrics
        if region.kind in metric.asked_of
    }
    return MeasuredShot(outcomes, None, None, NotMeasured(reason), {Need.ANY: reason})
