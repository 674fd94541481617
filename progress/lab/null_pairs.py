"""The same skin twice: a photo against a simulated re-shoot of itself, through the whole path.

Nothing changed, so every `improved` or `worse` is a false alarm; and the true position of every
pixel is known, so the alignment error is exact.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from progress.imaging import read_photo
from progress.landmarks import find_face
from progress.model import Change, Registration, Verdict
from progress.phantom.camera import jpeg_bytes
from progress.phantom.reshoot import Reshoot, reshoot
from progress.pipeline import Options, Step, compare_sessions, session_files

_STORED_QUALITY = 97


@dataclass(frozen=True, slots=True)
class NullPair:
    """One photo against its re-shoot.

    Parameters
    ----------
    photo : str
    tre_mm : tuple of float
        Median and 95th percentile of the true alignment error over valid skin; empty if refused.
    predicted_mm : tuple of float
        What the alignment said of itself.
    verdicts : Counter of Verdict
        Over all metrics and regions.
    alarms : tuple of str
        ``metric/region`` of every false alarm.
    pair : str
        The fair-pair verdict.
    changes : tuple of Change
    """

    photo: str
    tre_mm: tuple[float, ...]
    predicted_mm: tuple[float, ...]
    verdicts: Counter[Verdict]
    alarms: tuple[str, ...]
    pair: str
    changes: tuple[Change, ...]


ALARMS = (Verdict.IMPROVED, Verdict.WORSE)


def null_pairs(
    photos: Sequence[Path], *, seed: int, options: Options | None = None, step: Step
) -> list[NullPair]:
    """Shoot every photo again in simulation and compare the two.

    Parameters
    ----------
    photos : sequence of Path
        Faces.
    seed : int
        Of the re-shoots; unlike that of the noise estimate, or the same draws would judge
        themselves.
    options : Options, optional
    step : Step
    """
    rng = np.random.default_rng(seed)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for index, path in enumerate(photos):
            step(f"re-shooting {path.name}", index / len(photos))
            photo = read_photo(path)
            marks = find_face(photo)
            spec = Reshoot.draw(rng)
            shot = reshoot(photo.codes, marks.points_xy, marks.depth_px, spec, rng)
            again = Path(folder) / f"again_{index}.jpg"
            again.write_bytes(jpeg_bytes(shot.codes, _STORED_QUALITY))
            pair = compare_sessions(session_files(path), session_files(again), options)
            changes = pair.comparison.changes
            tre: tuple[float, ...] = ()
            predicted: tuple[float, ...] = ()
            if isinstance(pair.registration, Registration):
                tre = true_error_mm(
                    pair.registration, shot.followup_from_baseline_xy, marks.scale.px_per_mm
                )
                summary = pair.registration.estimated_error_mm
                predicted = (summary.median, summary.p95)
            found.append(
                NullPair(
                    photo=path.name,
                    tre_mm=tre,
                    predicted_mm=predicted,
                    verdicts=Counter(change.verdict for change in changes),
                    alarms=tuple(f"{c.metric}/{c.region}" for c in changes if c.verdict in ALARMS),
                    pair=pair.comparison.comparability.verdict.value,
                    changes=changes,
                )
            )
    return found


def true_error_mm(
    registration: Registration, true_xy: np.ndarray, px_per_mm: float
) -> tuple[float, float]:
    """Median and 95th percentile of the distance to the truth over valid grid points, mm.

    Parameters
    ----------
    registration : Registration
    true_xy : ndarray, shape (H, W, 2)
        True follow-up position of every baseline pixel.
    px_per_mm : float
        Of the baseline.
    """
    step = registration.step
    rows, columns = registration.valid.shape
    truth = np.asarray(true_xy)[: rows * step : step, : columns * step : step]
    field = registration.followup_from_baseline_xy[: truth.shape[0], : truth.shape[1]]
    valid = registration.valid[: truth.shape[0], : truth.shape[1]]
    distance = np.linalg.norm(field - truth, axis=-1)[valid] / px_per_mm
    return float(np.median(distance)), float(np.percentile(distance, 95))
