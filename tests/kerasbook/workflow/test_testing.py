"""Testing: the reader of digits, folds, intervals, two models on one test set."""

import keras
import numpy as np
import pytest
import scipy.stats
from matplotlib.figure import Figure

from kerasbook.neighbors import nearest_neighbor
from kerasbook.workflow import testing as page

# The network


def patterns(count, seed):
    """Return noisy patterns of ten classes, and their labels."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    return np.eye(10, 64)[labels] + generator.normal(0, 0.15, (count, 64)), labels


@pytest.mark.weekly
def test_the_reader_keeps_its_best_epoch_and_the_seed_decides():
    training, validation = patterns(60, seed=0), patterns(60, seed=1)
    first, again, other = (
        page.train_until_best(training, validation, seed=seed).predict(validation[0], verbose=0)
        for seed in (0, 0, 1)
    )
    np.testing.assert_allclose(first, again, atol=1e-5)
    assert np.abs(first - other).max() > 1e-3
    assert np.mean(first.argmax(axis=1) == validation[1]) > 0.6


def test_what_is_read_right():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Activation("linear")])
    outputs = np.array([[0.2, 0.7, 0.1], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.4, 0.3, 0.3]])
    found = page.is_correct(model, outputs, np.array([1, 0, 0, 0]))
    assert found.tolist() == [True, True, False, True]


# Neighbors, means, folds


def test_each_fold_is_asked_once_and_the_others_train():
    seen = []

    def method(x_train, y_train, x_test):
        seen.append((x_train.ravel().tolist(), y_train.tolist(), x_test.ravel().tolist()))
        return np.zeros(len(x_test))

    features, labels = np.arange(5.0)[:, None], np.array([0, 1, 0, 0, 1])
    scores = page.cross_val_scores(method, features, labels, np.array([4, 2, 4, 2, 2]))
    assert seen == [([0, 2], [0, 0], [1, 3, 4]), ([1, 3, 4], [1, 0, 1], [0, 2])]
    np.testing.assert_allclose(scores, [1 / 3, 1])


def test_folds_agree_with_scikit_learn():
    from sklearn.model_selection import GroupKFold, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 60)
    features = generator.normal(size=(60, 4)) + labels[:, None]
    fold = generator.permutation(np.arange(60) % 6)
    theirs = cross_val_score(
        KNeighborsClassifier(1), features, labels, groups=fold, cv=GroupKFold(6)
    )
    ours = page.cross_val_scores(nearest_neighbor, features, labels, fold)
    np.testing.assert_allclose(sorted(ours), sorted(theirs))


def test_folds_are_drawn_in_rows_with_their_mean():
    axis = Figure().subplots()
    page.plot_folds(axis, {"a": np.array([0.5, 0.7]), "b": np.array([1.0])})
    dots, mean, *_ = axis.lines
    assert dots.get_xydata().tolist() == [[0.5, 0], [0.7, 0]]
    np.testing.assert_allclose(mean.get_xydata(), [[0.6, 0]])
    assert [text.get_text() for text in axis.get_yticklabels()] == ["a", "b"]
    assert axis.yaxis_inverted()


def test_misread_images_are_drawn_and_no_others():
    images = np.arange(4 * 64).reshape(4, 64)
    axes = list(Figure().subplots(1, 3))
    page.draw_misread(axes, images, np.array([1, 2, 3, 4]), np.array([1, 7, 3, 9]))
    assert [axis.get_title() for axis in axes] == ["predicted 7\ntrue 2", "predicted 9\ntrue 4", ""]
    np.testing.assert_array_equal(axes[1].images[0].get_array(), images[3].reshape(8, 8))
    assert not axes[2].images
    page.draw_misread(axes[:1], images, np.zeros(4, int), np.ones(4, int))  # more than fit


# Intervals


def test_the_bootstrap_of_a_proportion_agrees_with_the_binomial():
    values = np.repeat([1, 0], [80, 20])
    low, high = page.bootstrap_interval(values, resamples=20_000, seed=0)
    expected = scipy.stats.binom(100, 0.8).ppf([0.025, 0.975]) / 100
    assert (low, high) == pytest.approx(tuple(expected), abs=0.011)


def test_the_bootstrap_agrees_with_scipy():
    values = np.random.default_rng(0).exponential(size=60)
    mine = page.bootstrap_interval(values, resamples=20_000, seed=1)
    theirs = scipy.stats.bootstrap(
        (values,), np.mean, confidence_level=0.95, n_resamples=20_000, method="percentile",
        random_state=np.random.default_rng(2),
    ).confidence_interval  # fmt: skip
    assert mine == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_a_constant_has_no_spread():
    assert page.bootstrap_interval(np.ones(9, bool), seed=0) == (1, 1)


# Two models


@pytest.mark.parametrize(("only_a", "only_b"), [(8, 2), (2, 8), (9, 1), (30, 12), (5, 5), (0, 0)])
def test_mcnemar_agrees_with_the_binomial_test(only_a, only_b):
    expected = 1.0
    if only_a + only_b:
        expected = scipy.stats.binomtest(only_a, only_a + only_b).pvalue
    assert page.mcnemar_p_value(only_a, only_b) == pytest.approx(min(1, expected))


def test_mcnemar_by_hand():
    assert page.mcnemar_p_value(8, 2) == pytest.approx(112 / 1024)
    assert page.mcnemar_p_value(9, 1) == pytest.approx(22 / 1024)


# The exercise


def test_copies_are_found_by_row_not_by_number():
    training, test = [[1, 2], [3, 4], [5, 6]], [[3, 4], [2, 1], [9, 9], [1, 2]]
    assert page.duplicate_share(training, test) == 0.5
    assert page.known_numbers(training, test) == 0.75  # 2, 1 is no copy of 1, 2
