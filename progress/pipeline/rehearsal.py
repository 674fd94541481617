"""The baseline shot again in simulation: how far each value moves when the skin does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.colour import (
    ByGains,
    Correction,
    InTurn,
    find_reference,
    gains_to_match,
    in_light,
    reference_again,
)
from progress.imaging import DecodedPhoto, read_photo
from progress.metrics import Metric, get_metric
from progress.model import ChromophoreAxes, Landmarks, Need, NotMeasured, Pose, ReferenceSkin, Scale
from progress.phantom.camera import jpeg_bytes
from progress.phantom.reshoot import Reshoot, Reshot, reshoot, reshoot_area
from progress.phantom.reshoot_kinds import mild
from progress.pipeline.cameras import CAREFUL_LIGHT_TURN_DEG, CAREFUL_TURN_DEG, Cameras
from progress.pipeline.matched import (
    Carried,
    Looked,
    everywhere,
    paired_outcomes,
    with_error,
    with_unplayed,
)
from progress.pipeline.picture import Outcomes, Picture, measure_picture
from progress.stats import NoisePrior, SimulatedNoise, Span, prior_from_regions

SCALE_ERROR = 0.003
"""One standard error of the scale from photo to photo once it is locked to the skull."""
LIGHT_LEVEL_ERROR, LIGHT_COLOUR_ERROR = 0.025, 0.006
"""One standard error in ln light of a photo corrected by its chart or card: of all channels, as a
careful hand tilts it anew by up to 5 degrees (0.023 to 0.026; by up to 8 degrees 0.037 to 0.043),
and of each (0.003 to 0.006 over 25 charts)."""

_MOST_AT_ONCE = 4
"""Re-shoots that are made side by side, of as many as OpenCV has threads: each holds a few hundred
MB of a large face for a second."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the rehearsal found: by (metric, region) the outcome of every re-shoot, and of none."""

    joint: tuple[Outcomes, ...] = ()
    session: tuple[Outcomes, ...] = ()
    shot: tuple[Outcomes, ...] = ()
    original: Outcomes = field(default_factory=dict)

    def noise(self, key: tuple[str, str]) -> SimulatedNoise:
        """Scatter of one metric in one region over the re-shoots."""
        missing = NotMeasured("not seen in the re-shoot")
        metric = get_metric(key[0])
        return SimulatedNoise.from_reshoots(
            joint=[outcomes.get(key, missing) for outcomes in self.joint],
            session=[outcomes.get(key, missing) for outcomes in self.session],
            shot=[outcomes.get(key, missing) for outcomes in self.shot],
            # The first photo is the first visit: what is drawn is the gap to the second.
            span=Span.BETWEEN_VISITS,
            unseen=metric.unseen,
            original=self.original.get(key) if metric.grows_when_stored else None,
        )

    def prior(self, key: tuple[str, str], regions: Sequence[str]) -> NoisePrior | None:
        """What the scatter of other regions says about that of this one.

        Parameters
        ----------
        key : tuple of str
            Metric id and region name.
        regions : sequence of str
            Names of the regions to ask, all of about one size.
        """
        metric, own = key
        if own not in regions:
            return None
        others = [self.noise((metric, name)) for name in regions if name != own]
        return prior_from_regions(metric, others)


def session_part(spec: Reshoot) -> Reshoot:
    """What all shots of a visit share: lamp, exposure, white balance, distance."""
    still = replace(spec.motion, yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0, zoom=1.0,
                    tissue_shift=0.0)  # fmt: skip
    return replace(spec, motion=still, shot_noise=0.0, read_noise=0.0, jpeg_quality=None)


def shot_part(spec: Reshoot) -> Reshoot:
    """What differs from shot to shot of a visit: pose, noise, compression."""
    moved = replace(spec.motion, light_turn_deg=0.0, distance_ratio=1.0)
    return replace(spec, motion=moved, exposure_ev=0.0, channel_gains=(1.0, 1.0, 1.0), tone=0.0)


def rehearse(
    picture: Picture,
    metrics: Sequence[Metric],
    *,
    axes: ChromophoreAxes | None,
    reference: ReferenceSkin | None,
    blocked: Mapping[Need, str],
    cameras: Cameras,
    n: int,
    seed: int,
    with_repeats: bool,
    watch: Callable[[float], None],
    baseline: Looked | None = None,
) -> Rehearsal:
    """Shoot the baseline picture again `n` times and measure each re-shoot like a real photo.

    Parameters
    ----------
    picture : Picture
        Of the first baseline shot.
    metrics, axes, reference, blocked
        As the baseline itself was measured.
    cameras : Cameras
        How the photos were taken and stored.
    n : int
        Re-shoots; with repeats, twice as many, half for the visit and half for the shot.
    seed : int
        Equal seeds give equal answers, however many threads OpenCV may use; as many re-shoots are
        made side by side, at most four.
    with_repeats : bool
        Whether the sessions hold repeated shots, so that both parts are needed apart.
    watch : callable
        Told the share done.
    baseline : Looked, optional
        The first baseline shot as it was measured: pore densities are then told by the pores of
        both, as those of a real second shot are; else each re-shoot is counted alone.
    """
    rng = np.random.default_rng(seed)
    specs = [_like(cameras, mild(rng), rng) for _ in range(n)]
    plans = (
        {"session": [session_part(s) for s in specs], "shot": [shot_part(s) for s in specs]}
        if with_repeats
        else {"joint": specs}
    )
    named = [(name, spec) for name, parts in plans.items() for spec in parts]

    def once(spec: Reshoot, own: np.random.Generator) -> Outcomes:
        return _once(
            picture, spec, metrics, axes=axes, reference=reference, blocked=blocked,
            cameras=cameras, baseline=baseline, rng=own,
        )  # fmt: skip

    # Each re-shoot has its own stream, so that nothing depends on which of them comes first.
    jobs = [spec for _, spec in named], rng.spawn(len(named))
    found: dict[str, tuple[Outcomes, ...]] = dict.fromkeys(plans, ())
    with ThreadPoolExecutor(max(1, min(cv2.getNumThreads(), _MOST_AT_ONCE))) as pool:
        for done, outcomes in enumerate(pool.map(once, *jobs), 1):
            name = named[done - 1][0]
            found[name] = (*found[name], outcomes)
            watch(done / len(named))
    return Rehearsal(**found, original=baseline.outcomes if baseline else {})


def _like(cameras: Cameras, spec: Reshoot, rng: np.random.Generator) -> Reshoot:
    """The draw, stored as the photos of this course are."""
    known = cameras.jpeg_qualities
    motion, turn = spec.motion, cameras.turn_deg / CAREFUL_TURN_DEG
    return replace(
        spec,
        motion=replace(
            motion,
            yaw_deg=turn * motion.yaw_deg,
            pitch_deg=turn * motion.pitch_deg,
            roll_deg=turn * motion.roll_deg,
            light_turn_deg=motion.light_turn_deg * cameras.light_turn_deg / CAREFUL_LIGHT_TURN_DEG,
        ),
        tone=float(rng.uniform(-cameras.curve, cameras.curve)),
        sharpening=float(rng.uniform(0.0, cameras.sharpening)),
        cast=float(rng.uniform(0.0, cameras.cast)),
        jpeg_quality=int(rng.choice(known)) if known else None,
    )


def _once(
    picture: Picture,
    spec: Reshoot,
    metrics: Sequence[Metric],
    *,
    axes: ChromophoreAxes | None,
    reference: ReferenceSkin | None,
    blocked: Mapping[Need, str],
    cameras: Cameras,
    baseline: Looked | None,
    rng: np.random.Generator,
) -> Outcomes:
    """One re-shoot of a careful photographer, measured."""
    # The real pair is brought to one point spread first, so only the error of that is left here.
    blur_mm = abs(float(rng.normal(0.0, cameras.psf_error_mm2))) ** 0.5
    spec = replace(spec, blur_sigma_px=blur_mm * picture.px_per_mm)
    outcomes = shoot_and_measure(
        picture, spec, metrics, axes=axes, reference=reference, blocked=blocked,
        scale_error=SCALE_ERROR, rng=rng, baseline=baseline,
        place_error_mm=cameras.place_error_mm,
    )  # fmt: skip
    return with_unplayed(baseline, outcomes, rng.spawn(1)[0]) if baseline else outcomes


def shoot_and_measure(
    picture: Picture,
    spec: Reshoot,
    metrics: Sequence[Metric],
    *,
    axes: ChromophoreAxes | None,
    reference: ReferenceSkin | None,
    blocked: Mapping[Need, str],
    scale_error: float,
    rng: np.random.Generator,
    baseline: Looked | None = None,
    place_error_mm: float = 0.0,
) -> Outcomes:
    """Shoot a picture again in simulation and measure it like a real photo of the same skin.

    Parameters
    ----------
    picture, metrics, axes, reference, blocked
        As the picture itself was measured.
    spec : Reshoot
        What differs.
    scale_error : float
        One standard error of the scale of the second photo, relative.
    rng : numpy.random.Generator
    baseline : Looked, optional
        That picture as it was measured, for the figures that are told by the pores of both.
    place_error_mm : float
        Root mean square error with which its skin is then found in the second photo.

    Returns
    -------
    dict
        As from `measure_picture`.
    """
    shot = _shoot(picture, replace(spec, jpeg_quality=None), rng)
    px_per_mm = picture.px_per_mm * spec.motion.zoom * float(1 + rng.normal(0.0, scale_error))
    photo = _stored(shot.codes, spec.jpeg_quality)
    again = _moved(picture, shot, photo, px_per_mm)
    if picture.light is not None:
        again = replace(again, light=_light_again(picture.light, spec, rng))
    seen: ReferenceSkin | None = None
    gains: NDArray[np.float64] | None = None
    if again.landmarks is not None and reference is not None:
        found = find_reference(photo, again.landmarks)
        if isinstance(found, ReferenceSkin) and again.light is not None:
            seen = in_light(found, again.light)
        elif isinstance(found, ReferenceSkin):
            seen = reference_again(reference, found)
            gains = gains_to_match(reference, seen)
    elif again.light is not None:
        seen = reference
    elif reference is not None:
        # The outlined reference of a body photo moves with the picture's gains.
        shift = np.log(np.array(spec.channel_gains)) + np.log(2.0) * spec.exposure_ev
        seen = replace(reference, optical_density=reference.optical_density - shift)
        gains = gains_to_match(reference, seen)
    outcomes, analysis = measure_picture(
        again, metrics, axes=axes, reference=seen, blocked=blocked, gains=gains
    )
    if baseline is None:
        return outcomes
    # Its own stream: what is drawn for pores must not change what other metrics are told.
    found_again = with_error(
        Carried(shot.followup_from_baseline, everywhere),
        place_error_mm * px_per_mm,
        picture.px_per_mm,
        rng.spawn(1)[0],
    )
    return paired_outcomes(baseline, Looked(again, analysis, outcomes), found_again)


def _light_again(light: Correction, spec: Reshoot, rng: np.random.Generator) -> Correction:
    """What the chart or card, shot again too, makes of another white balance and exposure."""
    gains = np.array(spec.channel_gains) * 2.0**spec.exposure_ev
    wrong = rng.normal(0.0, LIGHT_LEVEL_ERROR) + rng.normal(0.0, LIGHT_COLOUR_ERROR, 3)
    return InTurn(ByGains(np.exp(wrong) / gains), light)


def _stored(codes: NDArray[np.uint8], quality: int | None) -> DecodedPhoto:
    """The shot as it comes back from its file, read as finely as a real one is."""
    if quality is None:
        return DecodedPhoto.from_codes(codes)
    return read_photo(Path("again.jpg"), data=jpeg_bytes(codes, quality))


def _in_crop(picture: Picture, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Photo pixels to pixels of the crop."""
    return (np.asarray(xy) - picture.box_px[:2] + 0.5) * picture.scale - 0.5


def _shoot(picture: Picture, spec: Reshoot, rng: np.random.Generator) -> Reshot:
    marks = picture.landmarks
    if marks is None:
        return reshoot_area(picture.linear, spec, rng)
    points = _in_crop(picture, marks.points_xy)
    return reshoot(picture.linear, points, marks.depth_px * picture.scale, spec, rng)


def _moved(picture: Picture, shot: Reshot, photo: DecodedPhoto, px_per_mm: float) -> Picture:
    """The re-shoot as a picture of its own: everything in its own pixels, scale 1."""
    polygons = {
        name: polygon
        if isinstance(polygon, NotMeasured)
        else shot.followup_from_baseline(_in_crop(picture, polygon))
        for name, polygon in picture.polygons.items()
    }
    marks = picture.landmarks
    if marks is not None:
        points = shot.followup_from_baseline(_in_crop(picture, marks.points_xy))
        scale = Scale(px_per_mm, marks.scale.relative_error, marks.scale.source)
        marks = Landmarks(
            points_xy=points,
            depth_px=marks.depth_px * picture.scale,
            visibility=marks.visibility,
            pose=Pose(
                marks.pose.yaw_deg + shot.spec.motion.yaw_deg,
                marks.pose.pitch_deg + shot.spec.motion.pitch_deg,
                marks.pose.roll_deg + shot.spec.motion.roll_deg,
            ),
            expression=marks.expression,
            scale=scale,
            scheme=marks.scheme,
            finder=marks.finder,
        )
    height, width = shot.codes.shape[:2]
    return Picture(
        linear=photo.linear().pixels,
        box_px=(0, 0, width, height),
        scale=1.0,
        px_per_mm=px_per_mm,
        native_px_per_mm=picture.native_px_per_mm,
        landmarks=marks,
        polygons=polygons,
        kinds=picture.kinds,
    )
