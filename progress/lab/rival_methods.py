"""What others use to lay one face over another, each by its own library at sensible settings.

All get the same crops at the same resolution (`progress.lab.rival_crops`) and start from the
landmarks where their users would have them. Settings were chosen on photos and shots that the
published table does not hold.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator
from skimage.registration import optical_flow_ilk, optical_flow_tvl1

from progress.align import align_faces
from progress.imaging.resample import gaussian_blur
from progress.lab.known_pairs import KnownPair
from progress.lab.rival_crops import (
    MESH_POINTS,
    Crops,
    Place,
    apply_affine,
    cut_crops,
    gray_8bit,
    landmarks_of,
    level_contrast,
    read_off,
)
from progress.model import NotAligned

try:
    _sitk: Any = importlib.import_module("SimpleITK")
except ImportError:
    _sitk = None

_IRISES = (468, 473)
_TPS_SMOOTHING = 0.01
_ORB_FEATURES = 4000
_ORB_RATIO = 0.8
_ORB_TOLERANCE_MM = 1.0
_ORB_LEAST = 12
_ECC_STEPS = 100
_GRID_MM = 15.0
_GRID_DOUBLINGS = (1, 2, 4)
_BSPLINE_SHRINK = (4, 2, 1)
_BSPLINE_STEPS = 40
_BSPLINE_SAMPLES = 0.1
_BSPLINE_ACCURACY = 1e-7
_TVL1_ATTACHMENT = 15.0
_TVL1_SHADING_MM = 5.0
_ILK_RADIUS_MM = 2.0
_LEVEL_MM = 2.0


@dataclass(frozen=True, slots=True)
class Rival:
    """A way to lay one face over another.

    Parameters
    ----------
    name : str
    used_by : str
        Who does this, for what.
    fit : callable
        A `Place` for a pair, or the reason why there is none.
    """

    name: str
    used_by: str
    fit: Callable[[KnownPair], Place | str]


def fit_eyes(pair: KnownPair) -> Place | str:
    """The similarity that lays both iris centres upon each other."""
    marks = landmarks_of(pair)
    if isinstance(marks, str):
        return marks
    here, there = (np.asarray(m.points_xy)[list(_IRISES)] @ [1, 1j] for m in marks)
    turn = (there[1] - there[0]) / (here[1] - here[0])

    def place(xy: NDArray[Any]) -> NDArray[np.float64]:
        moved = there[0] + turn * (np.asarray(xy, dtype=np.float64) @ [1, 1j] - here[0])
        return np.stack([moved.real, moved.imag], axis=1)

    return place


def fit_thin_plate(pair: KnownPair) -> Place | str:
    """A thin-plate spline through the 468 landmarks of the skin, slightly smoothed.

    Coordinates are in units of 100 mm, so that the smoothing means the same at any resolution.
    """
    marks = landmarks_of(pair)
    if isinstance(marks, str):
        return marks
    unit = 100.0 * pair.px_per_mm
    here, there = (np.asarray(m.points_xy)[:MESH_POINTS] for m in marks)
    spline = RBFInterpolator(
        here / unit, there, kernel="thin_plate_spline", smoothing=_TPS_SMOOTHING
    )
    return lambda xy: np.asarray(spline(np.asarray(xy, dtype=np.float64) / unit))


def fit_orb(pair: KnownPair) -> Place | str:
    """ORB features inside the face ovals, ratio test, similarity by RANSAC within 1 mm."""
    crops = cut_crops(pair)
    if isinstance(crops, str):
        return crops
    finder = cv2.ORB.create(nfeatures=_ORB_FEATURES, fastThreshold=5)
    here, of_here = finder.detectAndCompute(gray_8bit(crops.baseline), crops.baseline_oval)
    there, of_there = finder.detectAndCompute(gray_8bit(crops.followup), crops.followup_oval)
    if min(len(here), len(there)) < _ORB_LEAST:
        return f"expected at least {_ORB_LEAST} ORB features, got {min(len(here), len(there))}"
    nearest = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(of_here, of_there, k=2)
    good = [a for a, b in nearest if a.distance < _ORB_RATIO * b.distance]
    if len(good) < _ORB_LEAST:
        return f"expected at least {_ORB_LEAST} ORB matches, got {len(good)}"
    affine, kept = cv2.estimateAffinePartial2D(
        np.array([here[m.queryIdx].pt for m in good]),
        np.array([there[m.trainIdx].pt for m in good]),
        method=cv2.RANSAC,
        ransacReprojThreshold=_ORB_TOLERANCE_MM * crops.baseline.px_per_mm,
        maxIters=5000,
        confidence=0.999,
    )
    inliers = 0 if affine is None else int(np.sum(kept))
    if inliers < _ORB_LEAST:
        return f"expected at least {_ORB_LEAST} ORB matches of one similarity, got {inliers}"
    return crops.place(lambda xy: apply_affine(affine, xy))


def fit_ecc(pair: KnownPair) -> Place | str:
    """Affine of the highest enhanced correlation inside the face oval, over a pyramid.

    8-bit gray, because the pyramid of OpenCV 5.0 answers NaN where pictures hold negative values,
    as log-luminance does.
    """
    crops = cut_crops(pair)
    if isinstance(crops, str):
        return crops
    how = cv2.ECCParameters()
    how.motionType = cv2.MOTION_AFFINE
    how.criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ECC_STEPS, 1e-6)
    try:
        _, affine = cv2.findTransformECCMultiScale(
            gray_8bit(crops.baseline),
            gray_8bit(crops.followup),
            np.ascontiguousarray(crops.affine, dtype=np.float32),
            how,
            crops.baseline_oval,
        )
    except cv2.error as refusal:
        if refusal.code != cv2.Error.StsNoConv:
            raise
        return "ECC did not converge"
    return crops.place(lambda xy: apply_affine(np.asarray(affine), xy))


def fit_bspline(pair: KnownPair) -> Place | str:
    """Cubic B-spline of SimpleITK after the landmark affine, knots 15 mm apart, correlation.

    L-BFGS over three levels of picture and knots, 10 % of the face's pixels, contrast levelled
    within 2 mm: on the pictures as they are the error is three times as large, and many times once
    the lamp has moved. On the trials 100 steps, 20 % of the pixels, the fine knots from the start,
    mutual information or knots 10 mm apart cost up to three times as long and moved the median by
    a fifth either way; a solution accuracy of 1e-5 stopped far too early.
    """
    if _sitk is None:
        return "not installed"
    crops = cut_crops(pair)
    if isinstance(crops, str):
        return crops
    sigma = _LEVEL_MM * crops.baseline.px_per_mm
    fixed, moving = (
        _sitk.GetImageFromArray(level_contrast(frame.log_luminance, sigma_px=sigma))
        for frame in (crops.baseline, crops.followup)
    )
    affine = _sitk.AffineTransform(2)
    affine.SetMatrix(crops.affine[:, :2].ravel().tolist())
    affine.SetTranslation(crops.affine[:, 2].tolist())
    rows, columns = crops.baseline.shape
    coarsest = _GRID_MM * _GRID_DOUBLINGS[-1] * crops.baseline.px_per_mm
    mesh = [max(1, round(n / coarsest)) for n in (columns, rows)]
    spline = _sitk.BSplineTransformInitializer(fixed, mesh)
    how = _sitk.ImageRegistrationMethod()
    how.SetMetricAsCorrelation()
    how.SetMetricFixedMask(_sitk.GetImageFromArray(crops.baseline_oval))
    how.SetMetricSamplingStrategy(how.RANDOM)
    how.SetMetricSamplingPercentage(_BSPLINE_SAMPLES, 1)
    how.SetInterpolator(_sitk.sitkLinear)
    how.SetOptimizerAsLBFGS2(_BSPLINE_ACCURACY, _BSPLINE_STEPS)
    how.SetShrinkFactorsPerLevel(list(_BSPLINE_SHRINK))
    how.SetSmoothingSigmasPerLevel([n / 2 if n > 1 else 0.0 for n in _BSPLINE_SHRINK])
    how.SetMovingInitialTransform(affine)
    how.SetInitialTransformAsBSpline(spline, True, list(_GRID_DOUBLINGS))
    try:
        how.Execute(fixed, moving)
    except RuntimeError as refusal:
        return f"SimpleITK: {str(refusal).strip().splitlines()[-1]}"

    def bent(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        flat = [spline.TransformPoint(point) for point in xy.tolist()]
        return apply_affine(crops.affine, flat)

    return crops.place(bent)


def fit_tvl1(pair: KnownPair) -> Place | str:
    """Total-variation optical flow of scikit-image after the landmark affine, shading removed.

    Shading is a Gaussian of 5 mm. Without its removal the tail is two to three times as long after
    the light has changed; divided by the local spread as well, with shading of 2 or 10 mm, or with
    a third or three times the attachment, it was better in none of the trials or worse in others.
    """

    def flow(crops: Crops) -> Any:
        baseline, sigma = crops.baseline.log_luminance, _TVL1_SHADING_MM * crops.baseline.px_per_mm
        low, high = np.percentile(baseline[crops.baseline_oval > 0], [1, 99])
        gain = np.float32(2 / max(high - low, 1e-6))  # TV-L1 weighs contrast, at best about 0..1
        details = (gain * (p - gaussian_blur(p, sigma)) for p in (baseline, crops.laid()))
        return optical_flow_tvl1(*details, attachment=_TVL1_ATTACHMENT)

    return _fit_flow(pair, flow)


def fit_ilk(pair: KnownPair) -> Place | str:
    """Iterative Lucas-Kanade flow of scikit-image after the landmark affine, contrast levelled.

    Detail within 2 mm over its local spread; windows of the same reach. On the pictures as they are
    the median error is half to one and a half times larger; scikit-image's own prefilter changed
    nothing.
    """

    def flow(crops: Crops) -> Any:
        sigma = _LEVEL_MM * crops.baseline.px_per_mm
        pictures = (crops.baseline.log_luminance, crops.laid())
        return optical_flow_ilk(
            *(level_contrast(picture, sigma_px=sigma) for picture in pictures),
            radius=max(2, round(_ILK_RADIUS_MM * crops.baseline.px_per_mm)),
            gaussian=True,
        )

    return _fit_flow(pair, flow)


def fit_ours(pair: KnownPair) -> Place | str:
    """`progress.align.align_faces`, read between its nodes."""
    marks = landmarks_of(pair)
    if isinstance(marks, str):
        return marks
    found = align_faces(pair.baseline, marks[0], pair.followup, marks[1])
    return found.reason if isinstance(found, NotAligned) else found.map_points


@contextmanager
def bspline_on_one_thread() -> Iterator[None]:
    """SimpleITK, where it is installed, on one thread, as before afterwards."""
    if _sitk is None:
        yield
        return
    threads = _sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    _sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        _sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)


def _fit_flow(pair: KnownPair, flow: Callable[[Crops], Any]) -> Place | str:
    """A flow between the crops on top of the landmark affine."""
    crops = cut_crops(pair)
    if isinstance(crops, str):
        return crops
    moved = np.moveaxis(np.asarray(flow(crops))[::-1], 0, -1)
    return crops.place(lambda xy: apply_affine(crops.affine, xy + read_off(moved, xy)))


RIVALS: tuple[Rival, ...] = (
    Rival("eye similarity", "time-lapse selfie tools", fit_eyes),
    Rival("landmark thin-plate spline", "face morphing, landmark warps", fit_thin_plate),
    Rival("ORB + RANSAC similarity", "panorama and photo aligners", fit_orb),
    Rival("ECC affine", "picture stackers", fit_ecc),
    Rival("SimpleITK B-spline", "medical image registration", fit_bspline),
    Rival("scikit-image TV-L1 flow", "scientific picture registration", fit_tvl1),
    Rival("scikit-image ILK flow", "scientific picture registration", fit_ilk),
    Rival("ours", "this project", fit_ours),
)
"""All methods of the table, simplest first, ours last."""
