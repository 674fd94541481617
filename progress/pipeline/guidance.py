"""Is this photo good enough, and like the client's baseline? If not: what to do, in three lines.

The same gates and checks as a comparison's, but nothing is registered, so the answer is there while
the client still sits in the chair. What needs the registered skin (distance by the skin itself,
whether it is the same person) is left to the comparison.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from progress.imaging import read_photo
from progress.landmarks import locked_scale
from progress.metrics import affected_by
from progress.model import (
    Comparability,
    JudgedPhoto,
    Need,
    NotMeasured,
    PairCheck,
    PairVerdict,
    ReferenceSkin,
)
from progress.pipeline.advice import (
    Advice,
    check_sentence,
    gate_sentence,
    is_mendable,
    subject_of,
)
from progress.pipeline.known_photo import KnownPhoto, know, known_from
from progress.pipeline.moves import Moves, moves_between
from progress.pipeline.options import Options
from progress.pipeline.shots import Sighting, inspect, sight
from progress.quality import RelativePsf, judge_pair, relative_psf

MOST_ADVICE = 3
"""More is not read with the camera in the hand."""
_NO_NECK = "Leave the neck below the chin bare and in the light: redness is told against it."


@dataclass(frozen=True, slots=True, eq=False)
class Guidance:
    """What is wrong with a new photo, most harmful first.

    Parameters
    ----------
    seen : KnownPhoto
        The new photo.
    baseline : KnownPhoto or None
        What it was held against.
    checks : tuple of PairCheck
        Against the baseline; empty without one, or where one of the photos cannot be judged.
    moves : Moves or None
        The way to the baseline; None where there are no checks.
    advice : tuple of Advice
        At most three.
    left_out : int
        How many more there would be.
    metrics_lost : tuple of str
        Ids of the metrics that would get no figure with this photo.
    ready : bool
        Whether nothing is wrong that another photo would mend.
    """

    seen: KnownPhoto
    baseline: KnownPhoto | None
    checks: tuple[PairCheck, ...]
    moves: Moves | None
    advice: tuple[Advice, ...]
    left_out: int
    metrics_lost: tuple[str, ...]
    ready: bool

    @property
    def refused(self) -> bool:
        """Whether the photo, or the pair, cannot be judged at all."""
        unfair = Comparability(self.checks).verdict is PairVerdict.NOT_COMPARABLE
        return self.seen.problem is not None or unfair

    @property
    def simulated(self) -> bool:
        """Whether one of the photos shows a rendered mannequin."""
        return self.seen.simulated or (self.baseline is not None and self.baseline.simulated)

    def to_dict(self) -> dict[str, Any]:
        """``progress.guidance/1``."""
        return {
            "format": "progress.guidance/1",
            "simulated": self.simulated,
            "ready": self.ready,
            "advice": [_advice_dict(advice) for advice in self.advice],
            "advice_left_out": self.left_out,
            "metrics_lost": list(self.metrics_lost),
            "photo": _photo_dict(self.seen.judged),
            "baseline": _photo_dict(self.baseline.judged) if self.baseline else None,
            "checks": [_check_dict(check) for check in self.checks],
        }


def guide(
    photo: Path,
    baseline: KnownPhoto | Path | None = None,
    options: Options | None = None,
    *,
    data: bytes | None = None,
) -> Guidance:
    """What to do before this photo is kept.

    Parameters
    ----------
    photo : Path
        The new photo; with `data`, only its name.
    baseline : KnownPhoto or Path, optional
        The client's first photo of the same view; from `know` when it serves for several photos.
    options : Options, optional
        Area and scale, if the user gave them.
    data : bytes, optional
        The new photo's content if it is at hand.

    Returns
    -------
    Guidance
        Also for a photo without a face, which then says so.

    Raises
    ------
    UnreadablePhoto
        If a file is not a photo.
    """
    asked = options or Options()
    first = know(baseline, asked) if isinstance(baseline, Path) else baseline
    decoded = read_photo(photo, data=data)
    found = sight(decoded, asked, area=first.area if first else None)
    seen = known_from(inspect(_at_scale_of(first, found, asked), asked))
    checks, moves = _held_against(first, seen)
    ranked = _ranked(seen, first, checks, moves)
    lost = {metric for advice in ranked for metric in advice.costs}
    return Guidance(
        seen=seen,
        baseline=first,
        checks=checks,
        moves=moves,
        advice=tuple(ranked[:MOST_ADVICE]),
        left_out=max(0, len(ranked) - MOST_ADVICE),
        metrics_lost=tuple(m for m in affected_by({Need.ANY}) if m in lost),
        ready=not any(advice.mendable for advice in ranked),
    )


def _at_scale_of(baseline: KnownPhoto | None, found: Sighting, options: Options) -> Sighting:
    """The face with the baseline's size of the head, as a comparison would have it."""
    if baseline is None or baseline.landmarks is None or found.landmarks is None:
        return found
    if options.px_per_mm is not None:
        return found
    scale = locked_scale(baseline.landmarks, found.landmarks)
    return replace(found, landmarks=replace(found.landmarks, scale=scale))


def _held_against(
    baseline: KnownPhoto | None, seen: KnownPhoto
) -> tuple[tuple[PairCheck, ...], Moves | None]:
    """The pair's checks, and the way to the baseline."""
    if baseline is None or baseline.facts is None or seen.facts is None:
        return (), None
    same = baseline.judged.provenance.sha256 == seen.judged.provenance.sha256
    psf = RelativePsf(0.0, 0.0) if same else relative_psf(baseline.zones, seen.zones)
    judged = judge_pair(baseline.facts, seen.facts, psf=psf)
    return judged.checks, moves_between(seen.facts, baseline.facts, psf)


def _ranked(
    seen: KnownPhoto,
    baseline: KnownPhoto | None,
    checks: Iterable[PairCheck],
    moves: Moves | None,
) -> list[Advice]:
    """Everything to be said, one for each subject, what costs most metrics first."""
    found = [*_of_gates(seen), *_of_neck(seen, baseline)]
    if moves is not None and baseline is not None and baseline.facts is not None:
        view = baseline.facts.view
        found += [
            Advice(
                subject=subject_of(check.check),
                sentence=check_sentence(check, moves, view=view),
                costs=tuple(affected_by(check.touches)),
                excess=_excess(check.difference, check.limit),
                mendable=is_mendable(check, moves),
            )
            for check in _to_mend(checks)
        ]
    by_subject: dict[str, Advice] = {}
    for advice in found:
        # Later ones win the words: against the baseline is nearer to the point than by itself.
        by_subject[advice.subject] = _joined(by_subject.get(advice.subject), advice)
    return sorted(by_subject.values(), key=lambda a: (-len(a.costs), -a.excess))


def _to_mend(checks: Iterable[PairCheck]) -> list[PairCheck]:
    """Failed checks; distance only of a face at rest.

    Without the registered skin the distance is read off the landmarks, and a smile moves them as a
    nearer camera does: of 17 people asked to smile, one would have been told to step back.
    """
    failed = [check for check in checks if not check.passed]
    if any(check.check == "expression" for check in failed):
        return [check for check in failed if check.check != "distance"]
    return failed


def _of_gates(seen: KnownPhoto) -> list[Advice]:
    return [
        Advice(
            subject=subject_of(gate.gate),
            sentence=gate_sentence(gate),
            costs=tuple(affected_by(gate.touches)),
            excess=_excess(gate.value, gate.limit),
        )
        for gate in seen.judged.quality.failed
    ]


def _of_neck(seen: KnownPhoto, baseline: KnownPhoto | None) -> list[Advice]:
    """Reference skin that this photo lacks and the baseline, if there is one, shows."""
    wanted = baseline is None or isinstance(baseline.reference, ReferenceSkin)
    if seen.landmarks is None or not wanted or not isinstance(seen.reference, NotMeasured):
        return []
    costs = tuple(affected_by({Need.COLOUR, Need.ABSOLUTE_COLOUR}))
    return [Advice(subject="reference_skin", sentence=_NO_NECK, costs=costs)]


def _joined(before: Advice | None, after: Advice) -> Advice:
    """Two of one subject: the words of the one that costs more, the costs of both."""
    if before is None:
        return after
    says = before if len(before.costs) > len(after.costs) else after
    costs = tuple(dict.fromkeys((*before.costs, *after.costs)))
    return replace(
        says,
        costs=costs,
        excess=max(before.excess, after.excess),
        mendable=before.mendable or after.mendable,
    )


def _excess(value: float | None, limit: float | None) -> float:
    """How far beyond its limit, either way round."""
    if not value or not limit:
        return 1.0
    ratio = abs(value / limit)
    return max(ratio, 1.0 / ratio)


def _advice_dict(advice: Advice) -> dict[str, Any]:
    return {
        "subject": advice.subject,
        "sentence": advice.sentence,
        "costs": list(advice.costs),
        "mendable": advice.mendable,
    }


def _photo_dict(judged: JudgedPhoto) -> dict[str, Any]:
    return judged.to_dict(affected_by)


def _check_dict(check: PairCheck) -> dict[str, Any]:
    return {
        "check": check.check,
        "difference": check.difference,
        "unit": check.unit,
        "limit": check.limit,
        "passed": check.passed,
        "affects": affected_by(check.touches),
        "advice": check.advice,
    }
