"""One photo opened once: pixels, face, scale, gates and facts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from progress.colour import find_reference
from progress.imaging import DecodedPhoto, read_photo
from progress.landmarks import find_face, find_fiducial, find_fiducials, locked_scale
from progress.model import (
    Gate,
    JudgedPhoto,
    Landmarks,
    Need,
    NoSingleFace,
    NotMeasured,
    QualityReport,
    ReferenceSkin,
    Scale,
    ScaleSource,
)
from progress.pipeline.options import Options
from progress.quality import (
    DetailZones,
    ShotFacts,
    eye_zones,
    gather_facts,
    judge_facts,
    sticker_zones,
)

Area = Literal["face", "body"]


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A photo with everything that is found out about it alone.

    `problem` is None or the reason why nothing at all can be measured on it.
    """

    photo: DecodedPhoto = field(repr=False)
    area: Area
    landmarks: Landmarks | None = field(repr=False)
    scale: Scale | None
    quality: QualityReport = field(repr=False)
    facts: ShotFacts | None = field(repr=False)
    zones: DetailZones | NotMeasured = field(repr=False)
    reference: ReferenceSkin | NotMeasured
    problem: str | None = None

    @property
    def judged(self) -> JudgedPhoto:
        """The photo block of the answers."""
        return JudgedPhoto(self.photo.provenance, self.scale, self.quality)


def open_shot(path: Path, options: Options, *, like: Shot | None = None) -> Shot:
    """Read one photo file, then `inspect` it; decoded once."""
    return inspect(read_photo(path), options, like=like)


def inspect(photo: DecodedPhoto, options: Options, *, like: Shot | None = None) -> Shot:
    """Find and judge what one photo shows.

    Parameters
    ----------
    photo : DecodedPhoto
        Decoded.
    options : Options
        Area and scale, if the user gave them.
    like : Shot, optional
        The first baseline shot: the same area is looked for, and the scale is locked to its
        landmarks, because the ratio of two faces of one client is known better than either iris.

    Returns
    -------
    Shot
        With `problem` set where nothing can be measured; a face that is missing is no exception.
    """
    area = like.area if like else options.area
    if area == "body":
        return _body(photo, options)
    try:
        landmarks = find_face(photo, px_per_mm=options.px_per_mm)
    except NoSingleFace as refusal:
        if area is None and (options.px_per_mm is not None or find_fiducial(photo) is not None):
            return _body(photo, options)
        return _faceless(photo, refusal)
    if like is not None and like.landmarks is not None and options.px_per_mm is None:
        landmarks = replace(landmarks, scale=locked_scale(like.landmarks, landmarks))
    zones = eye_zones(photo, landmarks)
    facts = gather_facts(photo, landmarks, zones=zones)
    quality = judge_facts(facts, photo.provenance)
    return Shot(
        photo=photo,
        area="face",
        landmarks=landmarks,
        scale=landmarks.scale,
        quality=quality,
        facts=facts,
        zones=zones,
        reference=find_reference(photo, landmarks),
        problem=quality.blocked().get(Need.ANY),
    )


def _faceless(photo: DecodedPhoto, refusal: NoSingleFace) -> Shot:
    """A photo without exactly one face: judged so, never measured."""
    gate = Gate(
        gate="faces",
        value=None,
        unit="faces",
        limit=1.0,
        passed=False,
        advice=str(refusal),
        touches=frozenset({Need.ANY}),
    )
    return Shot(
        photo=photo,
        area="face",
        landmarks=None,
        scale=None,
        quality=QualityReport((gate,)),
        facts=None,
        zones=NotMeasured(refusal.message),
        reference=NotMeasured(refusal.message),
        problem=str(refusal),
    )


def _body(photo: DecodedPhoto, options: Options) -> Shot:
    """A photo of a body area; its scale is given or read from a sticker."""
    scale = (
        Scale(options.px_per_mm, 0.01, ScaleSource.GIVEN)
        if options.px_per_mm is not None
        else find_fiducial(photo)
    )
    zones = sticker_zones(photo, find_fiducials(photo))
    facts = gather_facts(photo, None, scale, zones=zones)
    quality = judge_facts(facts, photo.provenance)
    return Shot(
        photo=photo,
        area="body",
        landmarks=None,
        scale=scale,
        quality=quality,
        facts=facts,
        zones=zones,
        reference=NotMeasured("no reference skin was outlined on the body photo"),
        problem=quality.blocked().get(Need.ANY),
    )
