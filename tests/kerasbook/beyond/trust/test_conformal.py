import numpy as np
import pytest
from scipy.stats import betabinom

from kerasbook.beyond.trust import conformal as page

NINE = np.array([0.45, 0.05, 0.15, 0.9, 0.25, 0.35, 0.75, 0.55, 0.65])


@pytest.mark.parametrize(
    ("count", "alpha", "rank"),
    [(9, 0.2, 8), (9, 0.1, 9), (19, 0.1, 18), (19, 0.05, 19), (9, 0.7, 3), (99, 0.1, 90)],
)
def test_the_rank_by_hand(count, alpha, rank):
    assert page.conformal_rank(count, alpha) == rank


def test_the_threshold_is_the_score_of_that_rank():
    assert page.conformal_threshold(NINE, alpha=0.2) == 0.75
    assert page.conformal_threshold(NINE, alpha=0.1) == 0.9


def test_the_usual_mistake_takes_one_gap_less():
    four = [0.4, 0.1, 0.3, 0.2]
    assert page.conformal_threshold(four, 0.5) == 0.3
    assert page.naive_threshold(four, 0.5) == 0.2


def test_a_set_holds_what_scores_no_more():
    chances = np.array([[0.6, 0.25, 0.15], [0.3, 0.4, 0.3]])
    assert page.prediction_sets(chances, 0.75).tolist() == [
        [True, True, False],
        [True, True, True],
    ]
    scores = page.nonconformity_scores(chances, np.array([1, 1]))
    np.testing.assert_allclose(scores, [0.75, 0.6])


def test_larger_alpha_never_gives_larger_sets():
    chances = np.random.default_rng(0).dirichlet(np.ones(5), 400)
    scores = chances[:200, 0]
    sizes = [
        page.prediction_sets(chances, page.conformal_threshold(scores, alpha)).sum()
        for alpha in (0.05, 0.1, 0.2, 0.5)
    ]
    assert sizes == sorted(sizes, reverse=True)


def test_coverage_is_what_theory_says():
    generator = np.random.default_rng(1)
    chances = generator.dirichlet(np.ones(4), 400)
    labels = generator.integers(0, 4, 400)  # the network knows nothing
    found = page.split_coverages(chances, labels, alpha=0.1, splits=2000, seed=0)
    rank = page.conformal_rank(200, 0.1)
    theory = betabinom(200, rank, 201 - rank)
    assert found.mean() == pytest.approx(theory.mean() / 200, abs=0.003)
    assert found.mean() >= 0.9 - 0.003
    # Splits of one pool share their samples; a pool is as wide as theory on average.
    assert found.std() == pytest.approx(theory.std() / 200, rel=0.15)


def test_a_seed_repeats_the_splits():
    chances = np.random.default_rng(0).dirichlet(np.ones(3), 60)
    labels = np.zeros(60, int)
    first, again, other = (
        page.split_coverages(chances, labels, alpha=0.2, splits=20, seed=seed) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("alpha", [0, 1, 10, -0.1, float("nan")])
def test_alpha_is_a_share(alpha):
    with pytest.raises(ValueError, match=f"between 0 and 1, .* Received: alpha={alpha}"):
        page.require_enough(100, alpha)


@pytest.mark.parametrize(
    ("count", "alpha", "needed"), [(8, 0.1, 9), (9, 0.05, 19), (0, 0.5, 1), (2, 0.3, 3)]
)
def test_too_few_samples_are_counted(count, alpha, needed):
    with pytest.raises(ValueError, match=f"at least {needed} .* only the set of all classes"):
        page.conformal_threshold([0.5] * count, alpha)
    page.conformal_threshold([0.5] * needed, alpha)


def test_sets_want_probabilities():
    with pytest.raises(ValueError, match="softmax"):
        page.prediction_sets(np.array([[3.0, 1.0]]), 0.5)
    with pytest.raises(ValueError, match="softmax"):
        page.nonconformity_scores(np.array([[3.0, 1.0]]), np.array([0]))
