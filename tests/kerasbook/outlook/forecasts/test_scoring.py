import numpy as np
import pytest
from scipy.stats import binom
from sklearn.metrics import brier_score_loss

from kerasbook.outlook.forecasts.answers import (
    careless_share_ending,
    careless_skill_score,
    share_ending,
    skill_score,
)
from kerasbook.outlook.forecasts.scoring import (
    binomial_interval,
    brier_score,
    expected_absolute_error,
    expected_square,
    make_overconfident,
    simulate_outcomes,
    simulated_brier_scores,
)


def test_the_score_by_hand():
    assert brier_score([0.9, 0.6, 0.2], [1, 1, 0]) == pytest.approx(0.21 / 3)
    assert brier_score([0, 1], [0, 1]) == 0
    assert brier_score([1, 0], [False, True]) == 1


def test_the_score_is_that_of_scikit_learn():
    generator = np.random.default_rng(0)
    stated, outcomes = generator.random(50), generator.random(50) < 0.4
    assert brier_score(stated, outcomes) == pytest.approx(brier_score_loss(outcomes, stated))


@pytest.mark.parametrize("chance", [0.1, 0.5, 0.7])
def test_only_the_square_rewards_honesty(chance):
    stated = np.linspace(0, 1, 101)
    squares = expected_square(stated, chance)
    assert stated[squares.argmin()] == pytest.approx(chance)
    np.testing.assert_allclose(squares, (stated - chance) ** 2 + chance * (1 - chance))
    if chance == 0.7:
        assert expected_square(0.7, 0.7) == pytest.approx(0.063 + 0.147)
        assert stated[expected_absolute_error(stated, chance).argmin()] == 1


def test_simulated_outcomes_have_the_chances_and_scores_their_expectation():
    chances = [0.1, 0.5, 0.9]
    outcomes = simulate_outcomes(chances, draws=50_000)
    assert outcomes.shape == (50_000, 3)
    np.testing.assert_allclose(outcomes.mean(axis=0), chances, atol=0.01)
    scores = simulated_brier_scores(chances, outcomes)
    assert scores.shape == (50_000,)
    assert scores.mean() == pytest.approx((0.09 + 0.25 + 0.09) / 3, abs=0.003)
    assert simulated_brier_scores(chances, outcomes[:1])[0] == pytest.approx(
        brier_score(chances, outcomes[0])
    )


def test_overconfident_forecasts_go_halfway():
    np.testing.assert_allclose(make_overconfident([0.2, 0.8, 0, 1]), [0.1, 0.9, 0, 1])


@pytest.mark.parametrize(("chance", "n"), [(0.8, 5), (0.3, 20), (0.5, 100)])
def test_the_band_is_that_of_the_binomial(chance, n):
    expected = binom.ppf([0.05, 0.95], n, chance) / n
    np.testing.assert_allclose(binomial_interval(chance, n), expected, atol=1.01 / n)


def test_answers_and_usual_mistakes():
    assert skill_score([0.5] * 4, [1, 0, 0, 0]) == pytest.approx(1 - 0.25 / 0.1875)
    assert careless_skill_score([0.5] * 4, [1, 0, 0, 0]) == 0
    assert share_ending([10, 20, 30, 40], 20, 15) == pytest.approx(2 / 3)
    assert careless_share_ending([10, 20, 30, 40], 20, 15) == 0.5
