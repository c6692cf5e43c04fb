"""Leakage: each experiment's expectation is 50% in the right order, and known in the wrong one."""

import math

import numpy as np
import pytest
import scipy.stats
from matplotlib.figure import Figure

from kerasbook.workflow import leakage as page


def within(values, expected, errors=4):
    """Tell whether the mean of `values` lies within some standard errors of `expected`."""
    return abs(np.mean(values) - expected) < errors * np.std(values) / math.sqrt(len(values))


# The best of many


@pytest.mark.parametrize(
    ("num_models", "num_trials", "expected"),
    [(1, 7, 0.5), (2, 1, 0.75), (3, 1, 0.875), (2, 2, 11 / 16)],
)
def test_the_best_by_hand(num_models, num_trials, expected):
    # Two coins each, the better of two models: 0 with 1/16, 1 with 8/16, 2 with 7/16.
    assert page.expected_best(num_models, num_trials) == pytest.approx(expected)


@pytest.mark.parametrize(("num_models", "num_trials"), [(5, 30), (100, 1000), (1000, 10_000)])
def test_the_best_agrees_with_scipy(num_models, num_trials):
    below = scipy.stats.binom(num_trials, 0.5).cdf(np.arange(num_trials))
    expected = np.sum(1 - below**num_models) / num_trials
    assert page.expected_best(num_models, num_trials) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("num_models", [2, 20, 1000])
@pytest.mark.parametrize("num_trials", [10, 100, 10_000])
def test_the_best_gains_at_most_what_the_bound_allows(num_models, num_trials):
    gain = page.expected_best(num_models, num_trials) - 0.5
    bound = math.sqrt(math.log(num_models) / (2 * num_trials))
    assert bound / 3 < gain < bound


@pytest.mark.parametrize(("num_models", "num_trials"), [(0, 5), (5, 0)])
def test_bad_counts_are_echoed(num_models, num_trials):
    with pytest.raises(ValueError, match="at least 1") as caught:
        page.expected_best(num_models, num_trials)
    assert f"num_models={num_models}, num_trials={num_trials}" in str(caught.value)


def test_peeking_gains_what_the_formula_says():
    wrong, right = page.over_seeds(page.peeking, range(400), num_models=10, num_trials=50)
    assert within(wrong, page.expected_best(10, 50))
    assert within(right, 0.5)
    assert wrong.mean() - right.mean() > 0.08


# Neighbors and means


def test_the_nearest_neighbor_by_hand():
    x_train = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 5.0]])
    x_test = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 2.6], [9.0, 9.0]])
    found = page.nearest_neighbor(x_train, np.array([7, 8, 9]), x_test)
    assert found.tolist() == [7, 8, 9, 9]


def test_the_nearest_neighbor_agrees_with_brute_force():
    generator = np.random.default_rng(0)
    x_train, x_test = generator.normal(5, 1, (40, 6)), generator.normal(5, 1, (25, 6))
    distances = np.linalg.norm(x_test[:, None] - x_train[None], axis=2)
    found = page.nearest_neighbor(x_train, np.arange(40), x_test)
    np.testing.assert_array_equal(found, distances.argmin(axis=1))


def test_the_nearest_centroid_by_hand():
    x_train = np.array([[0.0], [2.0], [10.0], [12.0]])  # means 1 and 11
    found = page.nearest_centroid(x_train, np.array([0, 0, 1, 1]), np.array([[5.9], [6.1]]))
    assert found.tolist() == [0, 1]


def test_folds_test_every_sample_once():
    features = np.arange(10.0)[:, None]
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    # In file order each fold of two has a neighbor outside; at the border 4|5 the fold (4, 5)
    # asks 3 and 6, which are right.
    assert page.fold_accuracy(features, labels, np.arange(10), folds=5) == 1
    # Two folds: each half is learned from the other label alone.
    assert page.fold_accuracy(features, labels, np.arange(10), folds=2) == 0


# Leaks on coin tosses

SMALL = {"num_samples": 40, "num_features": 600, "num_kept": 15, "folds": 4}


def test_selecting_on_all_samples_fools_and_inside_the_fold_does_not():
    wrong, right = page.over_seeds(page.selection, range(60), **SMALL)
    assert within(right, 0.5)
    assert wrong.mean() > 0.8


def test_the_published_experiment_comes_out_as_published():
    wrong, right = page.over_seeds(page.selection, range(12))
    assert wrong.mean() > 0.94  # the book reports an error of 3%
    assert within(right, 0.5)


def test_keeping_every_feature_leaves_nothing_to_leak():
    settings = SMALL | {"num_kept": 599}
    wrong, right = page.over_seeds(page.selection, range(30), **settings)
    assert abs(wrong.mean() - right.mean()) < 0.05


def test_selection_ranks_by_correlation():
    generator = np.random.default_rng(0)
    features = generator.standard_normal((50, 30))
    labels = np.arange(50) % 2
    x, y = features - features.mean(axis=0), labels - labels.mean()
    by_formula = np.abs(y @ x) / np.sqrt(np.sum(x**2, axis=0))
    by_scipy = [abs(scipy.stats.pearsonr(column, labels)[0]) for column in features.T]
    np.testing.assert_array_equal(np.argsort(by_formula), np.argsort(by_scipy))


def test_target_encoding_leaks_more_the_rarer_the_categories():
    few = page.over_seeds(page.target_encoding, range(300), num_levels=4)
    many = page.over_seeds(page.target_encoding, range(300), num_levels=100)
    assert within(few[1], 0.5)
    assert within(many[1], 0.5)
    assert few[0].mean() < 0.6 < 0.7 < many[0].mean()


def test_duplicates_are_found_as_often_as_chance_puts_them_apart():
    wrong, right = page.over_seeds(page.repeated_groups, range(300))
    known = 160 / 199
    assert within(wrong, known + (1 - known) / 2)
    assert within(right, 0.5)


def test_noise_within_a_group_weakens_the_leak():
    means = [
        page.over_seeds(page.repeated_groups, range(60), copies=5, noise=noise)[0].mean()
        for noise in (0.0, 0.8, 5.0)
    ]
    assert means[0] > 0.97
    assert means[0] > means[1] > means[2]
    assert abs(means[2] - 0.5) < 0.05


def test_groups_stay_whole():
    groups = np.array([3, 1, 1, 2, 3, 5, 5, 5, 4, 2])
    training, test = page.split_groups(groups, fraction=0.4, seed=0)
    np.testing.assert_array_equal(training, ~test)
    assert len(set(groups[test])) == 2
    assert not set(groups[test]) & set(groups[training])
    tests = {tuple(page.split_groups(groups, fraction=0.4, seed=seed)[1]) for seed in range(9)}
    assert len(tests) > 1


@pytest.mark.parametrize("fraction", [0, 1, -1])
def test_a_bad_fraction_is_echoed(fraction):
    with pytest.raises(ValueError, match=f"Received: fraction={fraction}"):
        page.split_groups(np.arange(4), fraction=fraction, seed=0)


# Scaling


def test_scaling_cannot_leak_when_labels_are_coin_tosses():
    generator = np.random.default_rng(0)
    features = generator.standard_cauchy((400, 6))
    labels = generator.integers(0, 2, 400)
    wrong, right = page.over_seeds(page.scaling, range(300), features=features, labels=labels)
    # The coins were tossed once, so both may differ from 50%, but hardly from each other.
    assert abs(wrong.mean() - right.mean()) < 4 * np.std(wrong - right) / math.sqrt(300)


def test_scaling_puts_features_on_one_scale():
    generator = np.random.default_rng(0)
    labels = np.arange(400) % 2
    features = generator.standard_normal((400, 2)) * [1, 1000]
    features[:, 0] += 4 * labels  # telling, and small beside the noise of the second
    for honest in (False, True):
        scores = [
            page.scaling(seed, honest=honest, features=features, labels=labels)
            for seed in range(40)
        ]
        assert np.mean(scores) > 0.9


def test_heavy_tails_turn_the_bias_negative():
    features, labels = page.heavy_tails(0, num_samples=4000)
    wrong, right = page.over_seeds(
        page.scaling, range(600), features=features, labels=labels, num_samples=80
    )
    gap = wrong - right
    assert gap.mean() < -3 * gap.std() / math.sqrt(600)


def test_heavy_tails_are_cauchy_but_for_the_shift():
    features, labels = page.heavy_tails(1, num_samples=4000, shift=2.0)
    assert features.shape == (4000, 10)
    assert np.bincount(labels).tolist() == [2000, 2000]
    medians = np.array([np.median(features[labels == label], axis=0) for label in (0, 1)])
    np.testing.assert_allclose(medians[1] - medians[0], [2, 2] + 8 * [0], atol=0.25)
    quartiles = np.quantile(features[labels == 0], [0.25, 0.75], axis=0)
    np.testing.assert_allclose(quartiles, np.array([[-1.0] * 10, [1.0] * 10]), atol=0.2)


# Runs and the figure


@pytest.mark.parametrize("experiment", [page.peeking, page.target_encoding, page.repeated_groups])
def test_the_seed_decides(experiment):
    first, again = (experiment(3, honest=False) for _ in range(2))
    assert first == again
    assert len({experiment(seed, honest=False) for seed in range(8)}) > 1


def test_over_seeds_puts_the_wrong_order_first():
    def experiment(seed, *, honest, step):
        return seed * step + (100 if honest else 0)

    found = page.over_seeds(experiment, (1, 2, 3), step=10)
    assert found.tolist() == [[10, 20, 30], [110, 120, 130]]


def test_pairs_of_boxes_are_drawn_wrong_above_right():
    results = {
        "one": np.array([[0.9, 0.9, 0.9], [0.5, 0.5, 0.5]]),
        "two": np.array([[0.7, 0.8, 0.9], [0.4, 0.5, 0.6]]),
    }
    axis = Figure().subplots()
    page.plot_leaks(axis, results)
    assert [text.get_text() for text in axis.get_yticklabels()] == ["one", "two"]
    medians = {
        round(float(line.get_ydata().mean()), 1): float(line.get_xdata()[0])
        for line in axis.lines
        if line.get_color() == "black" and line.get_linestyle() == "-"
        and line.get_xdata()[0] == line.get_xdata()[1]
    }  # fmt: skip
    assert medians == {0: 0.9, 1: 0.5, 3: 0.8, 4: 0.5}
    assert axis.yaxis_inverted()
    legend = [text.get_text() for text in axis.get_legend().get_texts()]
    assert legend == ["true accuracy", "wrong order", "right order"]
