"""One photo opened once: pixels, face, scale, gates and facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from progress.colour import (
    Aid,
    ChartColour,
    ColourAids,
    Correction,
    GreyCard,
    find_chart,
    find_reference,
    read_grey_card,
    settle_colour,
)
from progress.imaging import DecodedPhoto
from progress.landmarks import find_face, find_fiducial, find_fiducials, lock_scales
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

GREY_CARD_REGION = "grey_card"
"""A user's polygon of this name is a neutral card in the first photo; ``grey_card_2`` is the card
in the second, and so on in the order in which the photos are given: a card does not stay in place.
"""
_UNLOOKED = NotMeasured("not looked for")


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A photo with everything that is found out about it alone.

    `problem` is None or the reason why nothing at all can be measured on it. `light` corrects its
    colours; None where a chart or a card was not seen in every photo of the course.
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
    chart: ChartColour | NotMeasured = _UNLOOKED
    grey_card: GreyCard | NotMeasured = _UNLOOKED
    light: Correction | None = field(default=None, repr=False)

    @property
    def judged(self) -> JudgedPhoto:
        """The photo block of the answers."""
        return JudgedPhoto(self.photo.provenance, self.scale, self.quality)


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A decoded photo and the face or body area found in it, not yet judged.

    `landmarks` is None on the body and where `refusal` says why there is no single face.
    """

    photo: DecodedPhoto = field(repr=False)
    area: Area
    landmarks: Landmarks | None = field(repr=False)
    refusal: NoSingleFace | None = None
    chart: ChartColour | NotMeasured = _UNLOOKED
    grey_card: GreyCard | NotMeasured = _UNLOOKED
    light: Correction | None = field(default=None, repr=False)


def sight(photo: DecodedPhoto, options: Options, *, area: Area | None = None) -> Sighting:
    """Find what one photo shows.

    Parameters
    ----------
    photo : DecodedPhoto
    options : Options
        Area and scale, if the user gave them.
    area : {"face", "body"}, optional
        Of the first baseline photo: the same is looked for.
    """
    wanted = area or options.area
    if wanted == "body":
        return Sighting(photo, "body", None, chart=find_chart(photo))
    try:
        landmarks = find_face(photo, px_per_mm=options.px_per_mm)
        return Sighting(photo, "face", landmarks, chart=find_chart(photo))
    except NoSingleFace as refusal:
        if wanted is None and (options.px_per_mm is not None or find_fiducial(photo) is not None):
            return Sighting(photo, "body", None, chart=find_chart(photo))
        return Sighting(photo, "face", None, refusal)


def with_one_scale(sightings: Sequence[Sighting], options: Options) -> list[Sighting]:
    """The sightings of one client: one absolute size of the head, one way to tell the light.

    Parameters
    ----------
    sightings : sequence of Sighting
        In any order, which changes nothing but which photo an outlined grey card is in.
    options : Options
        A scale that the user gave is left alone.
    """
    return _with_one_light(_with_one_size(sightings, options), options)


def _with_one_light(sightings: Sequence[Sighting], options: Options) -> list[Sighting]:
    """Corrected by chart or grey card where every photo has one, else not at all.

    A photo corrected by its chart and one that is not would differ by the camera's error alone.
    """
    outlines = {region.name: region.polygon_xy for region in options.user_regions}
    seen = list(sightings)
    usable = [at for at, sighting in enumerate(seen) if sighting.refusal is None]
    for at in usable:
        number = at + 1
        name = GREY_CARD_REGION if number == 1 else f"{GREY_CARD_REGION}_{number}"
        card: GreyCard | NotMeasured = NotMeasured(f"no {name} was outlined")
        if name in outlines:
            card = read_grey_card(seen[at].photo, outlines[name])
        seen[at] = replace(seen[at], grey_card=card)
    if not usable:
        return seen
    settled = settle_colour([ColourAids(seen[at].chart, seen[at].grey_card) for at in usable])
    if settled.aid is Aid.NONE:
        return seen
    for at, correction in zip(usable, settled.corrections, strict=True):
        seen[at] = replace(seen[at], light=correction)
    return seen


def _with_one_size(sightings: Sequence[Sighting], options: Options) -> list[Sighting]:
    """The faces sharing one absolute size of the head."""
    faces = [sighting.landmarks for sighting in sightings if sighting.landmarks is not None]
    if len(faces) < 2 or options.px_per_mm is not None:
        return list(sightings)
    scales = iter(lock_scales(faces))
    return [
        sighting
        if sighting.landmarks is None
        else replace(sighting, landmarks=replace(sighting.landmarks, scale=next(scales)))
        for sighting in sightings
    ]


def inspect(sighting: Sighting, options: Options) -> Shot:
    """Judge what one photo shows.

    Returns
    -------
    Shot
        With `problem` set where nothing can be measured; a face that is missing is no exception.
    """
    photo, landmarks = sighting.photo, sighting.landmarks
    if sighting.refusal is not None:
        return _faceless(photo, sighting.refusal)
    if landmarks is None:
        return _body(sighting, options)
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
        chart=sighting.chart,
        grey_card=sighting.grey_card,
        light=sighting.light,
    )


def _faceless(photo: DecodedPhoto, refusal: NoSingleFace) -> Shot:
    """A photo without exactly one face: judged so, never measured."""
    gate = Gate(
        gate="faces",
        value=None,
        unit="faces",
        limit=1.0,
        passed=False,
        advice=refusal.advice,
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


def _body(sighting: Sighting, options: Options) -> Shot:
    """A photo of a body area; its scale is given or read from a sticker."""
    photo = sighting.photo
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
        chart=sighting.chart,
        grey_card=sighting.grey_card,
        light=sighting.light,
    )
