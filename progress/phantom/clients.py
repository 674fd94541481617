"""The sample clients: three mannequins and one stretch of skin, each through a course of treatment.

Nobody here is real. Names are plants.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from progress.phantom.body import BodySpec, RenderedBody, render_body
from progress.phantom.body_pose import BodyShot
from progress.phantom.camera import Camera
from progress.phantom.course import Course
from progress.phantom.head import LABEL, Head, Rendered, Shot, label_cover, render
from progress.phantom.head_shape import Expression
from progress.phantom.head_skin import SkinTraits
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES

PX_PER_MM = 12.0
DISTANCE_MM = 1000.0
SIZE_PX = (1860, 2640)
JPEG_QUALITY = 93
_LIGHT = Light((-0.36, 0.46, 0.81), ambient=0.46)
_CAMERA = Camera(
    psf_sigma_px=0.55,
    read_noise=0.0015,
    shot_noise=0.006,
    sharpening=0.15,
    jpeg_quality=None,
)


@dataclass(frozen=True, slots=True)
class SampleClient:
    """One mannequin and its course.

    Parameters
    ----------
    name : str
        Pseudonym and folder.
    head : Head
    course : Course
    exposure_ev : float
        How the clinic exposes this skin; dark skin gets more light, as a photographer would do.
    """

    name: str
    head: Head
    course: Course
    exposure_ev: float


@dataclass(frozen=True, slots=True)
class SampleBody:
    """One area of skin with stretch marks and its course.

    Parameters
    ----------
    name : str
        Pseudonym and folder.
    spec : BodySpec
        Before treatment.
    course : Course
        Only its days are used; marks fade as `BodySpec` says.
    """

    name: str
    spec: BodySpec
    course: Course

    def spec_on(self, day: int) -> BodySpec:
        """The skin on a day of the course; marks fade from the first treatment on."""
        weeks = max(0.0, (day - self.course.needlings[0].day) / 7.0)
        return replace(self.spec, weeks=weeks)


def sample_clients() -> tuple[SampleClient, ...]:
    """A light, a tan and a dark mannequin; redness falls by 35, 30 and 30 % of its excess."""
    return (
        SampleClient(
            "fern",
            Head(
                seed=41,
                tone=SKIN_TONES[1],
                traits=SkinTraits(
                    redness=0.75, freckles=45, scars_per_cheek=(9, 7, 4), hair=(0.10, 0.05, 0.026)
                ),
            ),
            Course(redness=0.65),
            exposure_ev=0.4,
        ),
        SampleClient(
            "ivy",
            Head(
                seed=52,
                tone=SKIN_TONES[3],
                traits=SkinTraits(
                    redness=0.65,
                    freckles=22,
                    moles=9,
                    scars_per_cheek=(10, 8, 4),
                    hair=(0.022, 0.014, 0.010),
                    iris=(0.06, 0.032, 0.018),
                ),
            ),
            Course(redness=0.7),
            exposure_ev=0.6,
        ),
        SampleClient(
            "cedar",
            Head(
                seed=63,
                tone=SKIN_TONES[5],
                traits=SkinTraits(
                    redness=0.7,
                    freckles=16,
                    moles=12,
                    pore_mm=0.28,
                    scars_per_cheek=(8, 7, 4),
                    stubble=0.5,
                    hair=(0.009, 0.007, 0.006),
                    iris=(0.04, 0.02, 0.012),
                ),
            ),
            Course(redness=0.7),
            exposure_ev=1.1,
        ),
    )


def sample_body() -> SampleBody:
    """Red stretch marks on intermediate skin."""
    spec = BodySpec(seed=7, tone=SKIN_TONES[2], kind="rubra", px_per_mm=10.5)
    return SampleBody("moss", spec, Course())


def _within(rng: np.random.Generator) -> Callable[[float], float]:
    """Draws evenly between plus and minus a limit."""
    return lambda limit: float(limit * rng.uniform(-1.0, 1.0))


def session_shot(client: SampleClient, day: int, *, shot: int = 0) -> Shot:
    """How one picture of a session is taken: re-posed, re-lit and re-exposed every time.

    Parameters
    ----------
    client : SampleClient
    day : int
        Of the course.
    shot : int
        Repeated shots of one session differ like sessions do, but for the lamp, which stays.

    Returns
    -------
    Shot
        Pose within 3 degrees, lamp within 4, exposure within 0.2 EV, red and blue within 3 %,
        distance within 5 %.
    """
    pose = _within(np.random.default_rng([client.head.seed, day, shot, 21]))
    room = _within(np.random.default_rng([client.head.seed, day, 22]))
    x, y, z = _LIGHT.direction
    turn, lift = math.radians(room(4.0)), math.radians(room(3.0))
    nearness = 1.0 + pose(0.05)
    exposure = room(0.12) + pose(0.08)
    return Shot(
        yaw_deg=pose(3.0),
        pitch_deg=pose(3.0),
        roll_deg=pose(2.5),
        expression=Expression(smile=abs(pose(0.06)), brow_raise=abs(pose(0.05))),
        light=Light((x + turn * z, y + lift * z, z - turn * x - lift * y), ambient=_LIGHT.ambient),
        distance_mm=DISTANCE_MM / nearness,
        px_per_mm=PX_PER_MM * nearness,
        size_px=SIZE_PX,
        aim_mm=(pose(2.5), -20.0 + pose(2.5)),
        camera=Camera(
            psf_sigma_px=_CAMERA.psf_sigma_px + abs(pose(0.12)),
            exposure_ev=client.exposure_ev + exposure,
            channel_gains=(1.0 + room(0.03), 1.0, 1.0 + room(0.03)),
            read_noise=_CAMERA.read_noise,
            shot_noise=_CAMERA.shot_noise,
            sharpening=_CAMERA.sharpening,
            jpeg_quality=None,
        ),
        noise_seed=1000 * day + shot,
    )


def render_day(client: SampleClient, day: int, *, shot: int = 0) -> Rendered:
    """One picture of a client on a day of the course.

    Parameters
    ----------
    client : SampleClient
    day : int
        Since the first session; any day, not only those of the course's sessions.
    shot : int
        0 is the one that the samples keep.
    """
    return render(
        client.head, session_shot(client, day, shot=shot), client.course.condition_on(day)
    )


def render_session(client: SampleClient, week: float, *, shot: int = 0) -> Rendered:
    """One picture of the session next to a week of the course.

    Parameters
    ----------
    client : SampleClient
    week : float
        0..24.
    shot : int
        0 is the one that the samples keep; others are rendered the same way.
    """
    return render_day(client, nearest_session(client.course, week), shot=shot)


def nearest_session(course: Course, week: float) -> int:
    """The day of the session next to a week."""
    return min(course.session_days, key=lambda day: abs(day - 7.0 * week))


def body_shot(body: SampleBody, day: int, *, shot: int = 0) -> BodyShot:
    """How one picture of the body area is taken."""
    return BodyShot.draw(np.random.default_rng([body.spec.seed, day, shot, 31]), spread=0.6)


def render_body_day(body: SampleBody, day: int, *, shot: int = 0) -> RenderedBody:
    """One picture of the body area on a day of the course.

    Parameters
    ----------
    body : SampleBody
    day : int
    shot : int
    """
    rng = np.random.default_rng([body.spec.seed, day, shot, 32])
    picture = render_body(body.spec_on(day), body_shot(body, day, shot=shot), rng)
    cover = label_cover(LABEL, picture.spec.size_px)[..., np.newaxis]
    codes = picture.codes.astype(np.float32) * (1.0 - cover) + np.float32(245) * cover
    return replace(picture, codes=np.rint(codes).astype(np.uint8))
