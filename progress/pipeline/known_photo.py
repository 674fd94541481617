"""One photo without its pixels: all that another photo of the client is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, read_photo
from progress.model import JudgedPhoto, Landmarks, NotMeasured, ReferenceSkin
from progress.model.checks import frozen_array
from progress.pipeline.options import Options
from progress.pipeline.shots import Area, Shot, inspect, sight
from progress.quality import DetailZones, ShotFacts

PICTURE_PX = 1024
"""Longest side of the small picture, as a tablet shows it."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownPhoto:
    """Landmarks, facts and eye zones of one photo with a small picture, about 5 MB.

    Parameters
    ----------
    judged : JudgedPhoto
        File, digest, scale and gates.
    area : {"face", "body"}
    landmarks : Landmarks or None
        In pixels of the photo, not of the picture; None on the body and without one face.
    facts : ShotFacts or None
        None without one face where a face was looked for.
    zones : DetailZones or NotMeasured
        By which the focus of two photos is compared.
    reference : ReferenceSkin or NotMeasured
        The neck, against which redness is told.
    picture : ndarray of uint8, shape (H, W, 3)
        sRGB codes, for looking only.
    problem : str or None
        Why nothing can be measured on it.
    """

    judged: JudgedPhoto
    area: Area
    landmarks: Landmarks | None = field(repr=False)
    facts: ShotFacts | None = field(repr=False)
    zones: DetailZones | NotMeasured = field(repr=False)
    reference: ReferenceSkin | NotMeasured = field(repr=False)
    picture: NDArray[np.uint8] = field(repr=False)
    problem: str | None = None

    def __post_init__(self) -> None:
        picture = frozen_array(
            self.picture, dtype="uint8", shape=(None, None, 3), name="KnownPhoto.picture"
        )
        object.__setattr__(self, "picture", picture)

    @property
    def simulated(self) -> bool:
        """Whether it shows a rendered mannequin."""
        return self.judged.provenance.simulated

    @property
    def picture_points_xy(self) -> NDArray[np.float64]:
        """The landmarks in pixels of the picture, shape (N, 2); empty without a face."""
        if self.landmarks is None:
            return np.empty((0, 2))
        scale = self.picture.shape[1] / self.judged.provenance.size_px[0]
        return np.asarray((self.landmarks.points_xy + 0.5) * scale - 0.5)


def know(source: Path, options: Options | None = None, *, data: bytes | None = None) -> KnownPhoto:
    """Everything about one photo that a later photo is held against, found out once.

    Parameters
    ----------
    source : Path
        A photo; with `data`, only its name.
    options : Options, optional
    data : bytes, optional
        The file's content if it is at hand.

    Raises
    ------
    UnreadablePhoto
        If it is not a photo. A face that is missing is no exception, see `KnownPhoto.problem`.
    """
    asked = options or Options()
    return known_from(inspect(sight(read_photo(source, data=data), asked), asked))


def known_from(shot: Shot) -> KnownPhoto:
    """What a shot that was opened already keeps when its pixels are dropped."""
    return KnownPhoto(
        judged=shot.judged,
        area=shot.area,
        landmarks=shot.landmarks,
        facts=shot.facts,
        zones=shot.zones,
        reference=shot.reference,
        picture=_small(shot.photo),
        problem=shot.problem,
    )


def _small(photo: DecodedPhoto) -> NDArray[np.uint8]:
    """The photo with its longest side at most `PICTURE_PX`."""
    codes = photo.codes_8bit()
    scale = PICTURE_PX / max(codes.shape[:2])
    if scale >= 1.0:
        return codes
    size = (max(1, round(codes.shape[1] * scale)), max(1, round(codes.shape[0] * scale)))
    return np.asarray(cv2.resize(codes, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
