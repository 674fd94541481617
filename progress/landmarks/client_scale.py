"""One absolute scale for all photos of a client.

The iris gives millimetres with 4 % error between people, and a little differently in every photo.
Within a client the skull keeps its size: the ratio of rigid landmark distances carries the scale
from photo to photo, and the error of the iris becomes one common factor that cancels in ratios.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from progress.landmarks.head_fit import fit_head
from progress.model import Landmarks, Scale, ScaleSource

_TRUST = (ScaleSource.GIVEN, ScaleSource.FIDUCIAL, ScaleSource.IRIS)


def locked_scale(reference: Landmarks, other: Landmarks) -> Scale:
    """The scale of one photo from that of another of the same client.

    Parameters
    ----------
    reference : Landmarks
        Whose scale is believed.
    other : Landmarks
        The same client in another photo, about the same view.

    Returns
    -------
    Scale
        For `other`, with the source and relative error of the reference. It holds as far as the
        rigid fit does: about 0.3 % for heads turned alike.
    """
    ratio = fit_head(other.points_xy).px_per_unit / fit_head(reference.points_xy).px_per_unit
    scale = reference.scale
    return Scale(scale.px_per_mm * ratio, scale.relative_error, scale.source)


def lock_scales(photos: Sequence[Landmarks]) -> tuple[Scale, ...]:
    """Scales of all photos of one client that share one absolute size of the head.

    Parameters
    ----------
    photos : sequence of Landmarks
        All of one client, in any order, at least one.

    Returns
    -------
    tuple of Scale
        In the same order. The size of the head in mm is the median over those photos whose scale
        comes from the most trusted source present: given, then fiducial, then iris.

    Raises
    ------
    ValueError
        If there are none.
    """
    if not photos:
        raise ValueError("photos: expected at least one, got none")
    sizes = np.array([fit_head(photo.points_xy).px_per_unit for photo in photos])
    sources = {photo.scale.source for photo in photos}
    best = next((source for source in _TRUST if source in sources), ScaleSource.NONE)
    trusted = [k for k, photo in enumerate(photos) if photo.scale.source is best]
    per_unit = float(np.median([photos[k].scale.px_per_mm / sizes[k] for k in trusted]))
    error = float(np.median([photos[k].scale.relative_error for k in trusted]))
    return tuple(Scale(float(size) * per_unit, error, best) for size in sizes)
