"""Faces without a face finder: the canonical mesh placed in a picture."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pytest
from sqlalchemy import URL

from progress.bundle import canonical_mesh
from progress.lab.postgres import find_postgres, fresh_database, temporary_postgres
from progress.landmarks.head_fit import HeadFit, depths_px, rotation_from_pose, visibilities
from progress.model import Landmarks, Pose, Scale, ScaleSource

PlaceHead = Callable[..., Landmarks]


def _place(
    *,
    px_per_mm: float = 3.0,
    centre_xy: tuple[float, float] = (300.0, 330.0),
    yaw_deg: float = 0.0,
    pitch_deg: float = 0.0,
    roll_deg: float = 0.0,
    distance_mm: float = 700.0,
    expression: Mapping[str, float] | None = None,
) -> Landmarks:
    pose = Pose(yaw_deg, pitch_deg, roll_deg)
    fit = HeadFit(
        rotation=rotation_from_pose(pose),
        px_per_unit=px_per_mm,
        centre_xy=np.array(centre_xy),
        distance_mm=distance_mm,
        residual_px=0.0,
    )
    camera = canonical_mesh().vertices_mm @ fit.rotation.T
    near = px_per_mm / (1.0 - camera[:, 2] / distance_mm)
    mesh = np.stack(
        [centre_xy[0] + near * camera[:, 0], centre_xy[1] - near * camera[:, 1]], axis=1
    )
    irises = []
    for corners in ((33, 133), (362, 263)):  # the client's right eye is on the picture's left
        middle = mesh[list(corners)].mean(axis=0)
        reach = 11.7 / 2 * px_per_mm
        irises += [
            middle + reach * np.array(way) for way in ((0, 0), (1, 0), (0, -1), (-1, 0), (0, 1))
        ]
    return Landmarks(
        points_xy=np.concatenate([mesh, irises]),
        depth_px=depths_px(fit),
        visibility=visibilities(fit),
        pose=pose,
        expression=expression or {},
        scale=Scale(px_per_mm, 0.02, ScaleSource.IRIS),
        scheme="mediapipe-478",
        finder="placed by a test",
    )


@pytest.fixture
def place_head() -> PlaceHead:
    """Landmarks of the canonical head as a camera at a distance sees it."""
    return _place


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A server of this session's own; where there must be one, a missing one is an error."""
    if find_postgres() is None:
        why = "PostgreSQL is not installed; install Debian's package postgresql"
        if os.environ.get("PROGRESS_REQUIRE_POSTGRES"):
            pytest.fail(why)
        pytest.skip(why)
    with temporary_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where a record's rows go: None is the embedded SQLite file of its home."""
    if request.param == "sqlite":
        yield None
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url
