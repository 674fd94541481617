"""May this photo count, and for what: one gate, one question, one piece of advice."""

from __future__ import annotations

from progress.imaging import DecodedPhoto
from progress.model import Gate, Landmarks, NotMeasured, Provenance, QualityReport, Scale
from progress.quality import face_gates, picture_gates
from progress.quality.facts import ShotFacts, gather_facts


def judge_photo(
    photo: DecodedPhoto, landmarks: Landmarks | None, scale: Scale | None = None
) -> QualityReport:
    """All gates of one photo, its facts gathered on the way; see `judge_facts`."""
    return judge_facts(gather_facts(photo, landmarks, scale), photo.provenance)


def judge_facts(facts: ShotFacts, provenance: Provenance) -> QualityReport:
    """All gates of one photo.

    Parameters
    ----------
    facts : ShotFacts
        From `gather_facts`.
    provenance : Provenance
        For the traces of compression.

    Returns
    -------
    QualityReport
        A failed gate takes away only the needs that it harms.
    """
    gates = [
        picture_gates.resolution(facts),
        picture_gates.exposure(facts),
        picture_gates.glare(facts),
        picture_gates.compression(facts, provenance),
    ]
    if facts.landmarks is not None:
        gates = [
            Gate("faces", 1.0, "faces", 1.0, passed=True),
            *gates,
            picture_gates.sharpness(facts),
            face_gates.pose(facts, facts.landmarks),
            face_gates.expression(facts.landmarks),
            face_gates.occlusion(facts),
            face_gates.retouching(facts),
            face_gates.make_up(facts),
        ]
    elif not isinstance(facts.edge_width_mm, NotMeasured):
        gates.append(picture_gates.sharpness(facts))
    return QualityReport(tuple(gates))
