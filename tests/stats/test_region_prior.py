"""A region learns from its neighbours how far it scatters."""

import numpy as np
import pytest

from progress.stats import SimulatedNoise, estimate_noise, prior_from_regions


def drawn(rng, sigma, n=4):
    return SimulatedNoise(joint=tuple(rng.normal(0, sigma, n)))


def test_the_prior_is_the_scatter_of_the_others():
    rng = np.random.default_rng(3)
    prior = prior_from_regions("texture", [drawn(rng, 0.5) for _ in range(200)])
    # 200 regions of four draws know the spread to about 3 %
    assert prior.standard_deviation == pytest.approx(0.5, rel=0.08)
    assert prior.source == "the other regions"


def test_session_and_shot_parts_keep_their_shares():
    rng = np.random.default_rng(4)
    others = [
        SimulatedNoise(session=tuple(rng.normal(0, 2.0, 4)), shot=tuple(rng.normal(0, 1.0, 4)))
        for _ in range(200)
    ]
    prior = prior_from_regions("texture", others)
    assert prior.session_share == pytest.approx(0.8, abs=0.08)
    assert prior.standard_deviation == pytest.approx(np.sqrt(5.0), rel=0.15)


def test_too_few_or_silent_neighbours_say_nothing():
    still = SimulatedNoise(joint=(0.0, 0.0, 0.0))
    rng = np.random.default_rng(5)
    assert prior_from_regions("texture", [still, still, drawn(rng, 1.0), drawn(rng, 1.0)]) is None
    assert prior_from_regions("texture", [SimulatedNoise()] * 9) is None


def test_regions_alike_raise_fewer_false_alarms_with_the_prior_and_detect_more():
    rng = np.random.default_rng(6)
    alarms, width = {True: 0, False: 0}, {True: [], False: []}
    trials = 300
    for _ in range(trials):
        noises = [drawn(rng, 1.0) for _ in range(11)]
        change = rng.normal(0, np.sqrt(2.0))
        for helped in (True, False):
            prior = prior_from_regions("texture", noises[1:]) if helped else None
            error = estimate_noise([[0.0], [change]], simulated=noises[0], prior=prior)
            alarms[helped] += abs(change) >= error.smallest_detectable_change
            width[helped].append(error.smallest_detectable_change)
    # 5 % and three binomial standard errors of 300 trials
    assert alarms[True] / trials < 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)
    assert np.mean(width[True]) < np.mean(width[False])
    assert np.std(width[True]) < 0.7 * np.std(width[False])
