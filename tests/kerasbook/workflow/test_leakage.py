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


def test_the_best_guesser_gains_at_most_what_the_page_says():
    generator = np.random.default_rng(0)
    for num_models in (2, 20, 100):
        best = generator.binomial(100, 0.5, (4000, num_models)).max(axis=1) / 100
        bound = math.sqrt(math.log(num_models) / (2 * 100))
        assert bound / 3 < best.mean() - 0.5 < bound


def test_columns_are_ranked_by_correlation():
    generator = np.random.default_rng(0)
    features = generator.standard_normal((50, 30))
    labels = np.arange(50) % 2
    by_scipy = [abs(scipy.stats.pearsonr(column, labels)[0]) for column in features.T]
    expected = np.argsort(by_scipy)[::-1][:7]
    np.testing.assert_array_equal(page.select_k_best(features, labels, 7), expected)


def test_selecting_on_all_samples_fools_and_inside_the_fold_does_not():
    wrong, right = page.over_seeds(page.select_and_score, range(60), num_features=600, num_kept=15)
    assert within(right, 0.5)
    assert wrong.mean() > 0.75


def test_the_published_experiment_comes_out_as_published():
    wrong, right = page.over_seeds(page.select_and_score, range(12), num_kept=100)
    assert wrong.mean() > 0.94  # the book reports an error of 3%
    assert within(right, 0.5)


def test_keeping_every_feature_leaves_nothing_to_leak():
    settings = {"num_features": 600, "num_kept": 600}
    wrong, right = page.over_seeds(page.select_and_score, range(30), **settings)
    np.testing.assert_array_equal(wrong, right)


def test_duplicates_are_found_as_often_as_chance_puts_them_apart():
    wrong, right = page.over_seeds(page.score_records, range(300), copies=2, noise=0)
    known = 160 / 199
    assert within(wrong, known + (1 - known) / 2)
    assert within(right, 0.5)


def test_noise_within_a_patient_weakens_the_leak():
    means = [
        page.over_seeds(page.score_records, range(60), noise=noise)[0].mean()
        for noise in (0.0, 0.8, 5.0)
    ]
    assert means[0] > 0.97
    assert means[0] > means[1] > means[2]
    assert abs(means[2] - 0.5) < 0.05


def test_scaling_cannot_leak_when_labels_are_coin_tosses():
    generator = np.random.default_rng(0)
    features = generator.standard_cauchy((400, 6))
    labels = generator.integers(0, 2, 400)
    data = {"features": features, "labels": labels}
    wrong, right = page.over_seeds(page.scale_and_score, range(300), **data)
    # The coins were tossed once, so both may differ from 50%, but hardly from each other.
    assert abs(wrong.mean() - right.mean()) < 4 * np.std(wrong - right) / math.sqrt(300)


def test_scaling_puts_features_on_one_scale():
    generator = np.random.default_rng(0)
    labels = np.arange(400) % 2
    features = generator.standard_normal((400, 2)) * [1, 1000]
    features[:, 0] += 4 * labels  # telling, and small beside the noise of the second
    data = {"features": features, "labels": labels}
    scores = page.over_seeds(page.scale_and_score, range(40), **data)
    assert (scores.mean(axis=1) > 0.9).all()


@pytest.mark.parametrize("experiment", [page.score_records, page.select_and_score])
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
