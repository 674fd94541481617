"""A comparison for others: consent, fairness and law asked in this order, then made, then let out.

Nothing is written before everything was asked, and the consent is asked again with the note of the
export (`Clinic.release`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from progress.exports.claims import Claims, claims
from progress.exports.compose import Composed, Wish, compose
from progress.exports.deidentify import Hiding
from progress.exports.evidence import write_pack
from progress.exports.evidence_contents import (
    EvidenceContents,
    ShownPhoto,
    consent_reference,
)
from progress.exports.jurisdiction import Ruling
from progress.exports.layouts import Wording
from progress.exports.marketing_files import signed_files
from progress.exports.marketing_rules import (
    check_fair,
    check_healed,
    check_mannequin,
    rules_that_apply,
)
from progress.exports.marketing_wish import SHOWN_REGIONS, Eyes, MarketingWish
from progress.model import NotAllowed, PairVerdict, Treatment
from progress.model.consent import Grant, Purpose, Use
from progress.model.exports import ExportRecord, Outgoing
from progress.pipeline.answers import ComparedPair
from progress.pipeline.clinic import Clinic
from progress.pipeline.clinic_cleared import GrantedFacts, ShownPhotos
from progress.pipeline.clinic_exports import new_export_id
from progress.pipeline.options import Step, silent
from progress.pipeline.signing_identity import clinic_identity
from progress.views.certificate import certificate_dict, pair_verdict, verdict_sentence
from progress.views.words import SIMULATED_NOTICE

KIND = "marketing comparison"
PACK_SUFFIX = ".evidence.zip"
VARIES = "Individual results vary."
MEANING = "± is the measurement noise of these photographs (95 %)."


@dataclass(frozen=True, slots=True, eq=False)
class MarketingPiece:
    """A comparison that is allowed and made, and not yet let out.

    Parameters
    ----------
    wish : MarketingWish
    grant : Grant
    ruling : Ruling
        With warnings to be read before it is let out.
    claims : Claims
    captions : tuple of str
        What is printed below the pictures.
    composed : Composed
    data : bytes
        The file.
    pack : bytes
        Its evidence pack.
    export_id : str
        Which both of them name.
    signed_as : str
        Organisation in whose name both are signed.
    treatments : tuple of Treatment
        Of the client when it was made.
    """

    wish: MarketingWish
    grant: Grant
    ruling: Ruling
    claims: Claims
    captions: tuple[str, ...]
    composed: Composed = field(repr=False)
    data: bytes = field(repr=False)
    pack: bytes = field(repr=False)
    export_id: str
    signed_as: str
    treatments: tuple[Treatment, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """A file name that means nothing."""
        return f"comparison-{self.export_id[:8]}{self.wish.suffix}"

    @property
    def pack_name(self) -> str:
        """The same for the pack."""
        return self.name + PACK_SUFFIX

    def pack_beside(self, out: Path) -> Path:
        """Where the pack lies of a comparison that is written there."""
        return out.with_name(out.name + PACK_SUFFIX)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, ``progress.export/1``."""
        return {
            "format": "progress.export/1",
            "export": self.export_id,
            "kind": KIND,
            "signed_as": self.signed_as,
            "captions": list(self.captions),
            "limited": list(self.composed.limited),
            "residual_mm": [
                {"median": median, "p95": p95} for median, p95 in self.composed.residual_mm
            ],
            "px_per_mm": self.composed.px_per_mm,
            "jurisdiction": self.ruling.to_dict(),
            "sha256": hashlib.sha256(self.data).hexdigest(),
            "evidence_sha256": hashlib.sha256(self.pack).hexdigest(),
        }


def make_comparison(clinic: Clinic, wish: MarketingWish, step: Step = silent) -> MarketingPiece:
    """Return a comparison for others with its evidence pack; nothing leaves yet.

    Parameters
    ----------
    clinic : Clinic
    wish : MarketingWish
    step : Step

    Raises
    ------
    NotAllowed
        If consent, role, or a rule of the country or of the house is missing.
    Refused
        If a pair cannot be compared fairly.
    BadInput
        If days or regions are not there.
    """
    shown = clinic.shown_photos(wish.client_id, wish.days)
    grant = clinic.ask_grant(wish.client_id, _use(wish, shown))
    facts = clinic.granted_facts(wish.client_id, grant, shown)
    # Before minutes of work: what no pair could mend.
    rules_that_apply(clinic, wish, facts.treatments, shows_improvement=False, limited=False).check()
    check_healed(wish, facts.treatments)
    pairs = clinic.granted_pairs(wish.client_id, grant, shown, step)
    check_mannequin(pairs, simulated=facts.simulated)
    for pair in pairs:
        check_fair(pair)
    hiding = _hiding(wish, grant, pairs[0])
    regions = wish.regions or (SHOWN_REGIONS if hiding is Hiding.REGION else ())
    said = [
        claims(
            pair.comparison,
            days=days,
            treatments=facts.treatments,
            regions=regions,
            visits=facts.visits,
            shown=wish.days,
        )
        for pair, days in zip(pairs, _spans(wish), strict=True)
    ]
    limited = [pair for pair in pairs if pair_verdict(pair.comparison) is PairVerdict.LIMITED]
    ruled = rules_that_apply(
        clinic,
        wish,
        facts.treatments,
        shows_improvement=any(one.shows_improvement for one in said),
        limited=bool(limited),
    )
    ruled.check()
    captions = _captions(said[-1], limited, ruled, simulated=_simulated(facts, pairs))
    step("putting it together", 0.9)
    composed = _composed(wish, pairs, facts, hiding=hiding, regions=regions, captions=captions)
    export_id = new_export_id()
    identity = clinic_identity(clinic)
    data, pictures = signed_files(composed, facts.originals, identity, export_id, wish)
    contents = EvidenceContents(
        export_id=export_id,
        made_at=datetime.now(UTC),
        files=pictures,
        photos=_shown(wish, shown, grant, facts),
        comparisons=tuple(pair.comparison.to_dict() for pair in pairs),
        certificates=tuple(
            certificate_dict(pair.comparison, ("Baseline", "Follow-up")) for pair in pairs
        ),
        assets=composed.assets,
        consent=consent_reference(grant),
        rules=(ruled.to_dict(),),
        treatment=said[-1].to_dict() | {"cannot_show": list(composed.limited)},
        simulated=_simulated(facts, pairs),
        never=facts.never,
    )
    return MarketingPiece(
        wish=wish,
        grant=grant,
        ruling=ruled,
        claims=said[-1],
        captions=captions,
        composed=composed,
        data=data,
        pack=write_pack(contents, identity),
        export_id=export_id,
        signed_as=identity.organisation,
        treatments=facts.treatments,
    )


def release_comparison(
    clinic: Clinic, piece: MarketingPiece, out: Path | None = None
) -> ExportRecord:
    """Let a comparison out with its evidence pack beside it, if it is still allowed.

    Parameters
    ----------
    clinic : Clinic
    piece : MarketingPiece
    out : Path, optional
        The file; the pack lies beside it. Without it, whoever asks gets both by download.

    Raises
    ------
    NotAllowed
        If the consent has been withdrawn or has run out, or the treatments that it tells of and
        its rules were asked about have changed meanwhile; no file is written.
    """
    _check_told(clinic, piece)
    pack_path = piece.pack_beside(out) if out else None
    override = piece.ruling.override
    detail = {
        "jurisdiction": piece.ruling.to_dict(),
        "override_signed_by": override.signed_by if override else None,
        "layout": piece.wish.layout.value,
        "captions": list(piece.captions),
    }
    return clinic.release(
        piece.wish.client_id,
        [
            Outgoing(piece.name, piece.data, out),
            Outgoing(piece.pack_name, piece.pack, pack_path),
        ],
        grant=piece.grant,
        kind=KIND,
        detail=detail,
        export_id=piece.export_id,
    )


def _check_told(clinic: Clinic, piece: MarketingPiece) -> None:
    """Healing, rules and words rest on the treatments: a screen may have waited while one came."""
    wish = piece.wish
    shown = clinic.shown_photos(wish.client_id, wish.days)
    if clinic.granted_facts(wish.client_id, piece.grant, shown).treatments != piece.treatments:
        raise NotAllowed(
            "comparison: expected the treatments that it was made with, got others since",
            advice="make it again",
        )


def _use(wish: MarketingWish, shown: ShownPhotos) -> Use:
    return Use(
        Purpose.MARKETING,
        wish.channel,
        tuple(dict.fromkeys(shown.photos)),
        region=wish.region,
        with_face=wish.with_face,
        jurisdiction=wish.jurisdiction.strip().upper(),
    )


def _hiding(wish: MarketingWish, grant: Grant, pair: ComparedPair) -> Hiding:
    """What is done about the face, and about skin that the client did not allow to be seen."""
    if any(consent.region for consent in grant.consents):
        # A crop would show what lies around the region as well.
        return Hiding.REGION
    if not _shows_face(pair):
        return Hiding.NOTHING
    if wish.eyes is not Eyes.SHOWN:
        return Hiding.EYES_COVERED if wish.eyes is Eyes.COVERED else Hiding.EYES_BLURRED
    return Hiding.NOTHING if wish.with_face else Hiding.REGION


def _shows_face(pair: ComparedPair) -> bool:
    return pair.shots is None or any(shot.area == "face" for shot in pair.shots)


def _spans(wish: MarketingWish) -> list[tuple[date, date]]:
    """Baseline and each later day."""
    return [(wish.days[0], day) for day in wish.days[1:]]


def _simulated(facts: GrantedFacts, pairs: Sequence[ComparedPair]) -> bool:
    return facts.simulated or any(pair.simulated for pair in pairs)


def _captions(
    said: Claims, limited: Sequence[ComparedPair], ruled: Ruling, *, simulated: bool
) -> tuple[str, ...]:
    """Facts, changes with their noise, what is limited, what the law wants said."""
    lines = [*said.lines, MEANING]
    lines += [f"Limited pair. {verdict_sentence(pair.comparison)}" for pair in limited]
    law = [line for line in ruled.captions if VARIES.lower() not in line.lower()]
    varying = [line for line in ruled.captions if VARIES.lower() in line.lower()]
    lines += [*law, *(varying or [VARIES])]
    if simulated:
        lines.append(SIMULATED_NOTICE)
    return tuple(dict.fromkeys(lines))


def _composed(
    wish: MarketingWish,
    pairs: Sequence[ComparedPair],
    facts: GrantedFacts,
    *,
    hiding: Hiding,
    regions: tuple[str, ...],
    captions: tuple[str, ...],
) -> Composed:
    asked = Wish(
        layout=wish.layout,
        wording=Wording(wish.under, captions, wish.clinic, wish.logo, wish.font),
        regions=regions,
        user_regions=facts.regions,
        hiding=hiding,
        face_may_show=wish.with_face,
        covered=wish.covered,
        height_px=wish.height_px,
    )
    return compose(pairs, asked)


def _shown(
    wish: MarketingWish, shown: ShownPhotos, grant: Grant, facts: GrantedFacts
) -> tuple[ShownPhoto, ...]:
    """The originals in the pack's order, with their bytes only where the consent hands them on."""
    return tuple(
        ShownPhoto(
            sha256,
            day,
            shown_as=label,
            original=facts.originals[sha256] if grant.with_originals else None,
        )
        for sha256, day, label in zip(shown.photos, shown.days, wish.under, strict=True)
    )
