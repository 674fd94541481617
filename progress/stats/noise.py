"""How far a value moves when the skin does not: the error of a change.

A shot of a visit reads ``value = skin + session + shot``. *Session* nuisances are common to all
shots of a visit (lamp, exposure, white balance, distance) and never average down; *shot* nuisances
(pose, sensor noise, focus) average down with the number of shots. For two visits of ``k_b`` and
``k_f`` shots

    SE^2 = shot * (1 / k_b + 1 / k_f) + 2 * session
    SDC  = t(0.975, nu) * SE

(Beckerman 2001, doi:10.1023/A:1013138911638, and Weir 2005, doi:10.1519/15184.1, have 1.96 in
place of t because they know the error from many people; here it comes from a handful of draws).

The variances come from simulated re-shoots of the client's own baseline photo, about their own
mean: the shift of all re-shoots against the original belongs to the simulation, which resamples and
compresses once more, and not to the next visit. (Tried first: about the original. The SDC of pore
area was then 80 % of its value, on phantoms whose true re-shoots differ by 1 %.) Prior knowledge of
a metric joins as a scaled inverse chi-square, ``(nu0 * s0^2 + sum d^2) / (nu0 + K)`` with
``nu0 + K`` degrees of freedom for K contrasts (Smyth 2004, doi:10.2202/1544-6115.1027). Where two
variances are summed, t is the mean of their
quantiles weighted by their shares (Cochran & Cox 1957, Experimental Designs); `nu` is then
read back from it. Satterthwaite's degrees of freedom were tried: false alarms rose to 6.6 % with
three re-shoots, because the share of an underestimated variance is underestimated with it.

The metric's own ``Estimate.standard_error`` (its sampling of pixels) is *not* added: both visits
look at the same pores and spots, so most of it is common to both sides and cancels, and what does
not cancel already moves the simulated re-shoots. Adding it would count it twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import stdtridf, stdtrit

from progress.model import NotMeasured
from progress.stats.pooling import effective_shots
from progress.stats.simulated import NoisePrior, SimulatedNoise

MIN_DEGREES_OF_FREEDOM = 3.0
"""Fewer give no figure: t(0.975) is 4.3 at two and 3.2 at three, and the error itself is then
unknown by more than half."""

SIMULATED_SHOT_WEIGHT = 4.0
"""Most degrees of freedom that simulated shots may have against real repeated ones: those of three
and three shots. A simulation is a guess at the studio, however often it is drawn."""

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class ChangeNoise:
    """The error of a change, or with one visit given, of that visit's value.

    `smallest_detectable_change` is ``t(0.975, degrees_of_freedom) * standard_error``; `source`
    says in words what it rests on. A standard error of exactly 0 means that no re-shoot moved the
    value at all, as with counts: then it bounds nothing.
    """

    standard_error: float
    smallest_detectable_change: float
    degrees_of_freedom: float
    source: str


@dataclass(frozen=True, slots=True)
class _Variance:
    """A variance of one visit with the degrees of freedom it is known with."""

    value: float
    degrees_of_freedom: float


def estimate_noise(
    visits: Sequence[Sequence[float]],
    *,
    simulated: SimulatedNoise | None,
    prior: NoisePrior | None = None,
) -> ChangeNoise | NotMeasured:
    """Return the error of the difference of two visits, or of the value of one.

    Parameters
    ----------
    visits : sequence of sequences of float
        The values of the repeated shots of each visit: two visits for a change, one for a point
        on a time line. At least one shot each.
    simulated : SimulatedNoise or None
        Simulated re-shoots of the baseline photo.
    prior : NoisePrior or None
        Population knowledge of the metric.

    Returns
    -------
    ChangeNoise or NotMeasured
        Not measured with fewer than `MIN_DEGREES_OF_FREEDOM` draws and prior draws for a part of
        the error, or when at least half of the re-shoots could not be measured. Repeated shots
        alone are not enough: they cannot see what all shots of a visit share.

    Raises
    ------
    ValueError
        For a visit without shots.

    Notes
    -----
    If the simulation is wrong by a factor, so is the answer without repeats; with repeats only its
    session part. When repeats exist but the re-shoots were drawn jointly, nothing is taken to
    average down, which overstates the error.
    """
    if not visits or any(len(visit) == 0 for visit in visits):
        raise ValueError("estimate_noise: expected at least one shot in each visit")
    simulated = simulated or SimulatedNoise()
    if simulated.n_failed > 0 and simulated.n_failed >= simulated.n_drawn:
        tried = simulated.n_failed + simulated.n_drawn
        return NotMeasured(
            f"its error is unknown: it could not be measured in {simulated.n_failed} of {tried} "
            "simulated re-shoots of the baseline photo"
        )
    prior_variance = _prior_variance(prior, visits)
    if any(len(visit) > 1 for visit in visits):
        return _with_repeats(visits, simulated, prior, prior_variance)
    return _without_repeats(len(visits), simulated, prior, prior_variance)


def _without_repeats(
    n_visits: int, simulated: SimulatedNoise, prior: NoisePrior | None, prior_variance: float
) -> ChangeNoise | NotMeasured:
    per_visit = simulated.per_visit
    if simulated.joint or not (simulated.session and simulated.shot):
        joint = _posterior(simulated.joint, per_visit, prior, prior_variance)
        if joint is None:
            return _too_few(len(simulated.joint))
        parts = [(float(n_visits), joint)]
        drawn = f"{simulated.n_shots(simulated.joint)}"
    else:
        share = prior.session_share if prior else 0.0
        session = _posterior(simulated.session, per_visit, prior, share * prior_variance)
        shot = _posterior(simulated.shot, per_visit, prior, (1.0 - share) * prior_variance)
        if session is None or shot is None:
            return _too_few(min(len(simulated.session), len(simulated.shot)))
        parts = [(float(n_visits), session), (float(n_visits), shot)]
        drawn = _both(simulated)
    return _combine(parts, _source("", drawn, prior))


def _with_repeats(
    visits: Sequence[Sequence[float]],
    simulated: SimulatedNoise,
    prior: NoisePrior | None,
    prior_variance: float,
) -> ChangeNoise | NotMeasured:
    per_visit = simulated.per_visit
    share = prior.session_share if prior else 0.0
    common = simulated.session or simulated.joint
    # A joint draw as session variance holds shot noise as well: on the safe side.
    prior_common = share * prior_variance if simulated.session else prior_variance
    session = _posterior(common, per_visit, prior, prior_common)
    if session is None:
        return NotMeasured(
            "its error is unknown: repeated shots cannot show what light and distance do between "
            f"visits, and {_drawn_words(len(common))} are too few"
        )
    squares = math.fsum(_sum_of_squares(visit) for visit in visits)
    freedom = float(sum(len(visit) - 1 for visit in visits))
    total, weight = squares, freedom
    if simulated.shot:
        worth = min(float(len(simulated.shot)), SIMULATED_SHOT_WEIGHT)
        total += worth * per_visit * _mean_square(simulated.shot)
        weight += worth
    if prior:
        total += prior.degrees_of_freedom * (1.0 - share) * prior_variance
        weight += prior.degrees_of_freedom
    if weight < MIN_DEGREES_OF_FREEDOM:
        return NotMeasured(
            "its error is unknown: too few repeated shots and no simulated ones to tell their "
            "scatter; take three shots per visit"
        )
    shot = _Variance(total / weight, weight)
    shots = math.fsum(1.0 / effective_shots(len(visit)) for visit in visits)
    repeats = " and ".join(str(len(visit)) for visit in visits) + " repeated shots plus "
    drawn = f"{len(simulated.session) + 1} and {len(simulated.shot) + 1}"
    if not simulated.session:
        drawn = f"{simulated.n_shots(simulated.joint)}"
    return _combine([(float(len(visits)), session), (shots, shot)], _source(repeats, drawn, prior))


def _combine(parts: Sequence[tuple[float, _Variance]], source: str) -> ChangeNoise:
    """Sum ``factor * variance``; the quantile is the mean of theirs, weighted by share."""
    variance = math.fsum(factor * part.value for factor, part in parts)
    freedom = max(part.degrees_of_freedom for _, part in parts)
    if variance > 0.0:
        quantile = math.fsum(
            factor * part.value / variance * t_quantile(part.degrees_of_freedom)
            for factor, part in parts
        )
        freedom = degrees_of_freedom(quantile)
    error = math.sqrt(variance)
    return ChangeNoise(
        standard_error=error,
        smallest_detectable_change=t_quantile(freedom) * error,
        degrees_of_freedom=freedom,
        source=source,
    )


def t_quantile(degrees_of_freedom: float, *, error_rate: float = 1.0 - CONFIDENCE) -> float:
    """Two-sided Student t quantile: ``|t|`` exceeds it with probability `error_rate`."""
    return float(stdtrit(degrees_of_freedom, 1.0 - error_rate / 2.0))


def degrees_of_freedom(quantile: float) -> float:
    """Those of which `quantile` is t(0.975); 1e6 when it is no longer told from the Gaussian's."""
    if quantile <= t_quantile(1e6):
        return 1e6
    return float(stdtridf(1.0 - (1.0 - CONFIDENCE) / 2.0, quantile))


def _posterior(
    differences: Sequence[float],
    per_visit: float,
    prior: NoisePrior | None,
    prior_variance: float,
) -> _Variance | None:
    """Scaled inverse chi-square mean of prior and draws; None when both together are too few."""
    nu0 = prior.degrees_of_freedom if prior else 0.0
    freedom = nu0 + len(differences)
    if freedom < MIN_DEGREES_OF_FREEDOM:
        return None
    squares = per_visit * math.fsum(d * d for d in differences)
    return _Variance((nu0 * prior_variance + squares) / freedom, freedom)


def _prior_variance(prior: NoisePrior | None, visits: Sequence[Sequence[float]]) -> float:
    if prior is None:
        return 0.0
    spread = prior.standard_deviation
    if prior.relative:
        # Mean over visits, so that baseline and follow-up may change places.
        spread *= abs(math.fsum(math.fsum(v) / len(v) for v in visits)) / len(visits)
    return spread * spread


def _mean_square(values: Sequence[float]) -> float:
    return math.fsum(v * v for v in values) / len(values)


def _sum_of_squares(visit: Sequence[float]) -> float:
    mean = math.fsum(visit) / len(visit)
    return math.fsum((v - mean) ** 2 for v in visit)


def _both(simulated: SimulatedNoise) -> str:
    """How many re-shoots of either kind."""
    return f"{simulated.n_shots(simulated.session)} and {simulated.n_shots(simulated.shot)}"


def _drawn_words(n_contrasts: int) -> str:
    n = n_contrasts + 1 if n_contrasts else 0
    return f"{n} simulated re-shoots"


def _too_few(n: int) -> NotMeasured:
    least = int(MIN_DEGREES_OF_FREEDOM) + 1
    return NotMeasured(
        f"its error is unknown: {_drawn_words(n)} of the baseline photo, at least {least} needed"
    )


def _source(repeats: str, drawn: str, prior: NoisePrior | None) -> str:
    words = f"{repeats}{drawn} simulated re-shoots of the baseline photo"
    return f"{words} plus {prior.source}" if prior else words
