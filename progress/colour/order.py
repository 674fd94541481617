"""Which of the aids to the colour of the light is taken, by order of trust, and why.

chart -> grey card -> untreated skin -> white of the eye -> nothing. All photos that are compared
are corrected by the same aid. Histogram matching, CLAHE, automatic levels and grey-world over
treated skin are not among them: they take the effect for a fault of the light.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from progress.colour.chart import ChartColour
from progress.colour.gains import gains_to_match
from progress.colour.grey_card import GreyCard
from progress.colour.sclera import WhiteOfEye, gains_by_sclera
from progress.imaging import optical_density
from progress.model import NotMeasured, ReferenceSkin


class Aid(enum.Enum):
    """What the colour of the light is told by, best first."""

    CHART = "chart"
    GREY_CARD = "grey_card"
    REFERENCE_SKIN = "reference_skin"
    SCLERA = "sclera"
    NONE = "none"

    @property
    def absolute(self) -> bool:
        """Whether it tells a photo's light alone, without another photo beside it."""
        return self in {Aid.CHART, Aid.GREY_CARD}


EXPECTED_DELTA_E: Final[Mapping[Aid, tuple[float, float]]] = {
    Aid.CHART: (1.0, 2.0),
    Aid.GREY_CARD: (2.0, 3.0),
    Aid.REFERENCE_SKIN: (2.0, 4.0),
    Aid.SCLERA: (2.0, 4.0),
    Aid.NONE: (4.0, 10.0),
}
"""Delta E 2000 of skin to be expected between two photos after each, from and to: by general
knowledge (measurement page, section 7); only the chart's own residual is measured in the photo."""


class Correction(Protocol):
    """What takes a photo's linear light into that in which it is measured."""

    def apply(self, linear: Any) -> NDArray[Any]:
        """Corrected linear light, shape (..., 3) and type of the input."""


@dataclass(frozen=True, slots=True, eq=False)
class ByGains:
    """A gain for each channel.

    Parameters
    ----------
    gains : ndarray of float64, shape (3,)
    """

    gains: NDArray[np.float64]

    def apply(self, linear: Any) -> NDArray[Any]:
        """Linear light times the gains, shape (..., 3) and type of the input."""
        light = np.asarray(linear)
        return np.asarray(light * self.gains.astype(light.dtype))


@dataclass(frozen=True, slots=True, eq=False)
class InTurn:
    """One correction after another.

    Parameters
    ----------
    first, then : Correction
    """

    first: Correction
    then: Correction

    def apply(self, linear: Any) -> NDArray[Any]:
        """Corrected linear light, shape (..., 3) and type of the input."""
        return self.then.apply(self.first.apply(linear))


def in_light(reference: ReferenceSkin, light: Correction) -> ReferenceSkin:
    """Reference skin as it is in a photo whose colours were corrected; its error is kept.

    Parameters
    ----------
    reference : ReferenceSkin
        In the photo as it is.
    light : Correction
        Of that photo.
    """
    corrected = light.apply(np.exp(-reference.optical_density)[None])[0]
    return replace(reference, optical_density=np.asarray(optical_density(corrected)))


_UNLOOKED: Final = NotMeasured("not looked for")


@dataclass(frozen=True, slots=True, eq=False)
class ColourAids:
    """What one photo offers to tell its light by."""

    chart: ChartColour | NotMeasured = _UNLOOKED
    grey_card: GreyCard | NotMeasured = _UNLOOKED
    reference: ReferenceSkin | NotMeasured = _UNLOOKED
    sclera: WhiteOfEye | NotMeasured = _UNLOOKED

    def missing(self, aid: Aid) -> str | None:
        """Why an aid cannot be had from this photo, or None."""
        found = {
            Aid.CHART: self.chart,
            Aid.GREY_CARD: self.grey_card,
            Aid.REFERENCE_SKIN: self.reference,
            Aid.SCLERA: self.sclera,
        }.get(aid)
        return found.reason if isinstance(found, NotMeasured) else None


@dataclass(frozen=True, slots=True, eq=False)
class SettledColour:
    """How the photos of one client are brought into one light.

    Parameters
    ----------
    aid : Aid
        Taken for all of them.
    corrections : tuple of Correction
        One for each photo, in order. By chart or grey card into even white light; by skin or the
        white of the eye into the light of the first photo.
    expected_delta_e : tuple of float
        Residual Delta E 2000 of skin, from and to.
    passed_over : tuple of (Aid, str)
        The better aids, and why each could not be had.
    """

    aid: Aid
    corrections: tuple[Correction, ...]
    expected_delta_e: tuple[float, float]
    passed_over: tuple[tuple[Aid, str], ...] = ()


def best_common_aid(photos: Sequence[ColourAids]) -> tuple[Aid, tuple[tuple[Aid, str], ...]]:
    """The most trusted aid that every photo has, and why the better ones were passed over.

    Parameters
    ----------
    photos : sequence of ColourAids
        At least one. Of a single photo, skin and the white of the eye tell nothing of its light,
        but are returned as what a second photo would be told by.
    """
    passed: list[tuple[Aid, str]] = []
    for aid in Aid:
        reasons = ((at, photo.missing(aid)) for at, photo in enumerate(photos))
        lacking = next(((at, reason) for at, reason in reasons if reason is not None), None)
        if lacking is None:
            break
        where = "" if len(photos) == 1 else f"photo {lacking[0] + 1} of {len(photos)}: "
        passed.append((aid, f"{where}{lacking[1]}"))
    # Nothing is lacked for the last one, `Aid.NONE`.
    return aid, tuple(passed)


def settle_colour(photos: Sequence[ColourAids]) -> SettledColour:
    """One light for all photos of one client, by the best aid that all of them have.

    Parameters
    ----------
    photos : sequence of ColourAids
        Baseline first.

    Returns
    -------
    SettledColour

    Raises
    ------
    ValueError
        If there are no photos.
    """
    if not photos:
        raise ValueError("photos: expected at least one, got none")
    aid, passed = best_common_aid(photos)
    corrections = tuple(_CORRECTIONS[aid](photos[0], photo) for photo in photos)
    expected = EXPECTED_DELTA_E[aid]
    if aid is Aid.CHART:
        worst = max(_known(photo.chart).skin_residual_delta_e for photo in photos)
        expected = (min(worst, expected[0]), max(worst, expected[1]))
    return SettledColour(aid, corrections, expected, passed)


def _known(found: Any) -> Any:
    """What is there because its absence was looked for before."""
    assert not isinstance(found, NotMeasured)  # noqa: S101 - see above
    return found


_CORRECTIONS: Final[Mapping[Aid, Callable[[ColourAids, ColourAids], Correction]]] = {
    Aid.CHART: lambda first, photo: _known(photo.chart),
    Aid.GREY_CARD: lambda first, photo: _known(photo.grey_card),
    Aid.REFERENCE_SKIN: lambda first, photo: ByGains(
        gains_to_match(_known(first.reference), _known(photo.reference))
    ),
    Aid.SCLERA: lambda first, photo: ByGains(
        gains_by_sclera(_known(first.sclera), _known(photo.sclera))
    ),
    Aid.NONE: lambda first, photo: ByGains(np.ones(3)),
}
