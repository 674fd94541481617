"""What the law of a country says about showing before and after: rules as data, asked per export.

A rule blocks, warns or captions. These are a reminder of what the house knows about the law on a
day, not advice: whoever publishes checks with an adviser.
"""

from __future__ import annotations

import enum
import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from progress.model import NotAllowed
from progress.model.consent import Channel

UNKNOWN_RULE = "unknown-country"


class Effect(enum.Enum):
    """What a rule does to an export; the first that applies in this order decides."""

    BLOCK = "block"
    WARN = "warn"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What the rules ask about an export.

    Parameters
    ----------
    channel : Channel
    instrument_enters_skin : bool
        Of any treatment in the course; true where no treatment was recorded, since then nobody
        knows.
    shows_improvement : bool
        Whether the words say that something improved.
    pair_limited : bool
        Whether a check of the pair failed.
    with_face : bool
        Whether the client could be recognised.
    """

    channel: Channel
    instrument_enters_skin: bool
    shows_improvement: bool
    pair_limited: bool
    with_face: bool


_ASKED = frozenset({"instrument_enters_skin", "shows_improvement", "pair_limited", "with_face"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one country.

    Parameters
    ----------
    id : str
    effect : Effect
    why : str
        In a sentence or two, for whoever exports.
    source : str
        Law, court or authority.
    source_date : date
        Of the source as it was read.
    caption : str
        What is printed below the picture, of a rule that captions.
    when : tuple of str
        Names of `ExportFacts` that must all be true; none means always.
    channels : tuple of Channel
        Where it applies; none means everywhere.
    """

    id: str
    effect: Effect
    why: str
    source: str
    source_date: date
    caption: str = ""
    when: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.when) - _ASKED
        if unknown:
            raise ValueError(f"rule {self.id}: expected facts of {sorted(_ASKED)}, got {unknown}")
        if (self.effect is Effect.CAPTION) != bool(self.caption):
            raise ValueError(f"rule {self.id}: expected a caption of a rule that captions only")

    def applies(self, facts: ExportFacts) -> bool:
        """Whether it applies to an export."""
        if self.channels and facts.channel not in self.channels:
            return False
        return all(getattr(facts, name) for name in self.when)

    def to_dict(self) -> dict[str, Any]:
        """For the evidence pack."""
        return {
            "id": self.id,
            "effect": self.effect.value,
            "why": self.why,
            "caption": self.caption,
            "source": self.source,
            "source_date": self.source_date.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of one country, with the day on which they were written down."""

    country: str
    name: str
    stated_on: date
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Override:
    """An administrator's word that an export to a country without rules may go out.

    Parameters
    ----------
    reason : str
    signed_by : str
        Login of the administrator, for the record; it leaves the house in no file.
    """

    reason: str
    signed_by: str

    def __post_init__(self) -> None:
        if len(self.reason.strip()) < 10:
            raise ValueError("override: expected a reason in a few words, got next to nothing")


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rules that apply to one export, blocks first.

    Parameters
    ----------
    country : str
        As it was asked for.
    pack : Pack or None
        None where the country has none.
    rules : tuple of Rule
    override : Override or None
        Used; None where none was needed.
    """

    country: str
    pack: Pack | None
    rules: tuple[Rule, ...]
    override: Override | None = None

    @property
    def blocks(self) -> tuple[Rule, ...]:
        """Rules that forbid it."""
        return tuple(rule for rule in self.rules if rule.effect is Effect.BLOCK)

    @property
    def warnings(self) -> tuple[Rule, ...]:
        """Rules that whoever exports must know."""
        return tuple(rule for rule in self.rules if rule.effect is Effect.WARN)

    @property
    def captions(self) -> tuple[str, ...]:
        """What must be printed, each once."""
        return tuple(dict.fromkeys(rule.caption for rule in self.rules if rule.caption))

    def check(self) -> None:
        """Return if nothing blocks.

        Raises
        ------
        NotAllowed
            Naming the rule, why, and its source; a block wins over every other rule.
        """
        if not self.blocks:
            return
        rule = self.blocks[0]
        raise NotAllowed(
            f"rule {rule.id} of {self.country} blocks this export: {rule.why} ({rule.source})",
            advice="ask your own adviser"
            if rule.id != UNKNOWN_RULE
            else "an administrator may sign for it, with a reason",
        )

    def to_dict(self) -> dict[str, Any]:
        """For the evidence pack: the rules as they stood, and that somebody signed, not who."""
        return {
            "country": self.country,
            "stated_on": self.pack.stated_on.isoformat() if self.pack else None,
            "rules": [rule.to_dict() for rule in self.rules],
            "override": self.override.reason if self.override else None,
        }


@functools.cache
def packs() -> Mapping[str, Pack]:
    """The rules of every country that the house knows, by its two letters."""
    raw = {
        one.name.removesuffix(".toml"): tomllib.loads(one.read_text(encoding="utf-8"))
        for one in files("progress.exports").joinpath("jurisdictions").iterdir()
        if one.name.endswith(".toml")
    }
    return MappingProxyType({country: _pack(country, raw) for country in sorted(raw)})


def _pack(country: str, raw: Mapping[str, dict[str, Any]]) -> Pack:
    told = raw[country]
    if told["country"] != country:
        raise ValueError(f"{country}.toml: expected its own country, got {told['country']}")
    above = _pack(told["extends"], raw).rules if "extends" in told else ()
    return Pack(
        country, told["name"], told["stated_on"], (*above, *(_rule(one) for one in told["rule"]))
    )


def _rule(told: dict[str, Any]) -> Rule:
    return Rule(
        id=told["id"],
        effect=Effect(told["effect"]),
        why=told["why"],
        source=told["source"],
        source_date=told["source_date"],
        caption=told.get("caption", ""),
        when=tuple(told.get("when", ())),
        channels=tuple(Channel(one) for one in told.get("channels", ())),
    )


def ruling(country: str, facts: ExportFacts, override: Override | None = None) -> Ruling:
    """Return the rules that apply to an export that will be seen in a country.

    Parameters
    ----------
    country : str
        Two letters, such as ``GB``; upper or lower case.
    facts : ExportFacts
    override : Override, optional
        Opens a country without rules, and nothing else: no rule of a known country yields to it.
    """
    wanted = country.strip().upper()
    pack = packs().get(wanted)
    if pack is None:
        if override is not None:
            return Ruling(wanted, None, (), override)
        known = ", ".join(packs())
        nobody = Rule(
            id=UNKNOWN_RULE,
            effect=Effect.BLOCK,
            why=f"expected a country whose rules are known ({known}), got {wanted[:20] or 'none'}.",
            source="this software",
            source_date=date(2026, 11, 21),
        )
        return Ruling(wanted, None, (nobody,))
    applying = [rule for rule in pack.rules if rule.applies(facts)]
    return Ruling(wanted, pack, _in_order(applying))


def _in_order(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    order = list(Effect)
    return tuple(sorted(rules, key=lambda rule: order.index(rule.effect)))
