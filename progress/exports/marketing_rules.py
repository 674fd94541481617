"""What an export for others must pass beside the consent: rules of the country and of the house."""

from __future__ import annotations

from collections.abc import Sequence

from progress.exports.claims import still_healing
from progress.exports.jurisdiction import ExportFacts, Override, Ruling, ruling
from progress.exports.marketing_wish import MarketingWish
from progress.model import BadInput, NotAllowed, PairVerdict, Refused, Treatment
from progress.pipeline.access import Action
from progress.pipeline.answers import ComparedPair
from progress.pipeline.clinic import Clinic
from progress.views.certificate import pair_verdict, verdict_sentence

NO_NEEDLES = frozenset({"light", "light therapy", "led", "peel", "chemical peel", "serum"})
"""Kinds of treatment that no instrument of enters the skin; every other is taken to do so."""


def rules_that_apply(
    clinic: Clinic,
    wish: MarketingWish,
    treatments: Sequence[Treatment],
    *,
    shows_improvement: bool,
    limited: bool,
) -> Ruling:
    """The rules of the country, with an administrator's signature where it was given.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.OVERRIDE_RULE` where a signature is needed.
    wish : MarketingWish
    treatments : sequence of Treatment
        Of the client; none counts as if an instrument had entered the skin.
    shows_improvement, limited : bool
        What the pairs came to; false before they are compared.

    Raises
    ------
    NotAllowed
        If somebody else than an administrator signs.
    BadInput
        If the reason says next to nothing.
    """
    facts = ExportFacts(
        channel=wish.channel,
        instrument_enters_skin=not treatments
        or any(one.kind.strip().lower() not in NO_NEEDLES for one in treatments),
        shows_improvement=shows_improvement,
        pair_limited=limited,
        with_face=wish.with_face,
    )
    plain = ruling(wish.jurisdiction, facts)
    if not wish.override_reason or plain.pack is not None:
        return plain
    clinic.asking(Action.OVERRIDE_RULE, wish.client_id)
    try:
        signed = Override(wish.override_reason, clinic.caller.login)
    except ValueError as error:
        raise BadInput(str(error), advice="say why it may go out") from None
    return ruling(wish.jurisdiction, facts, signed)


def check_fair(pair: ComparedPair) -> None:
    """Return if a pair may be shown to others.

    Raises
    ------
    Refused
        If it cannot be compared fairly; what failed is named.
    """
    comparison = pair.comparison
    if pair_verdict(comparison) is PairVerdict.NOT_COMPARABLE or comparison.refused:
        raise Refused(
            f"comparison: expected a pair that can be compared. {verdict_sentence(comparison)}",
            advice="choose other sessions, or look at the certificate for what failed",
        )


def check_healed(wish: MarketingWish, treatments: Sequence[Treatment]) -> None:
    """Return if the skin had healed on every day that is shown.

    Healing is neither a bad before nor a good after.

    Raises
    ------
    NotAllowed
        Else, naming the day.
    """
    why = still_healing(wish.days, treatments)
    if why:
        raise NotAllowed(
            f"rule house-healing blocks this export: {why}",
            advice="choose a session outside the healing window",
        )


def check_mannequin(pairs: Sequence[ComparedPair], *, simulated: bool) -> None:
    """Return if photos of a record that is called a mannequin's all say that they show one.

    A mannequin has no age, so nobody asked whether the client is an adult.

    Parameters
    ----------
    pairs : sequence of ComparedPair
    simulated : bool
        Whether the record calls the client a mannequin.

    Raises
    ------
    NotAllowed
        If a photo does not.
    """
    photos = [photo for pair in pairs for photo in (pair.baseline_photo, pair.followup_photo)]
    if simulated and not all(photo.provenance.simulated for photo in photos):
        raise NotAllowed(
            "marketing: expected photos of a mannequin, as the record calls the client, got others",
            advice="keep people's photos under a client of their own, with the year of birth",
        )
