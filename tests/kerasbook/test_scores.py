"""Scores against hand-computed values, closed forms, SciPy and scikit-learn."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix as sklearn_confusion
from sklearn.metrics import precision_recall_fscore_support

from kerasbook.scores import (
    accuracy,
    confusion_matrix,
    expected_calibration_error,
    paired_difference,
    per_class_scores,
    reliability_curve,
    wilson_interval,
)

Z = 1.959963984540054  # 97.5% quantile of the normal distribution, from a table


def test_accuracy_counts_the_highest_score():
    logits = [[1, 3, 2], [0, -1, -2], [5, 5, 6], [1, 0, 0]]
    assert accuracy(logits, np.array([1, 0, 0, 0])) == 0.75


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("trials", [1, 2, 7, 10, 100, 500, 10_000])
def test_wilson_agrees_with_scipy(trials, confidence):
    for successes in sorted({0, 1, trials // 3, trials // 2, trials - 1, trials}):
        expected = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
        interval = wilson_interval(successes, trials, confidence=confidence)
        assert interval == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_of_five_in_ten_by_hand():
    # (10·0.5 + z²/2 ± z·√(10·0.25 + z²/4)) / (10 + z²) with z² = 3.841459
    low, high = wilson_interval(5, 10)
    assert low == pytest.approx(0.236593, abs=1e-6)
    assert high == pytest.approx(0.763407, abs=1e-6)


@pytest.mark.parametrize("trials", [1, 5, 21, 26, 2000])
def test_wilson_at_the_ends_has_a_closed_form(trials):
    assert wilson_interval(0, trials) == pytest.approx((0, Z**2 / (trials + Z**2)), abs=1e-12)
    assert wilson_interval(trials, trials) == pytest.approx((trials / (trials + Z**2), 1))


def test_wilson_is_symmetric_and_narrows_with_more_trials():
    low, high = wilson_interval(3, 20)
    assert wilson_interval(17, 20) == pytest.approx((1 - high, 1 - low))
    widths = [np.diff(wilson_interval(n // 4, n))[0] for n in (8, 80, 800, 8000)]
    assert widths == sorted(widths, reverse=True)
    assert np.diff(wilson_interval(3, 20, confidence=0.99)) > high - low


def test_wilson_stays_between_zero_and_one():
    for trials in range(1, 200):
        assert wilson_interval(0, trials)[0] >= 0
        assert wilson_interval(trials, trials)[1] <= 1


@pytest.mark.parametrize(("successes", "trials"), [(-1, 10), (11, 10), (0, 0), (1, 0), (-2, -1)])
def test_wilson_names_what_it_cannot_use(successes, trials):
    with pytest.raises(ValueError, match="successes") as caught:
        wilson_interval(successes, trials)
    assert str(caught.value) == (
        "Expected 0 <= successes <= trials and trials >= 1. "
        f"Received: successes={successes}, trials={trials}"
    )


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 1.5, float("nan")])
def test_wilson_names_a_confidence_that_covers_nothing_or_all(confidence):
    with pytest.raises(ValueError, match="confidence") as caught:
        wilson_interval(5, 10, confidence=confidence)
    assert str(caught.value) == (
        f"Expected `confidence` between 0 and 1. Received: confidence={confidence}"
    )


def test_a_paired_difference_by_hand():
    """Of 100 images 8 are right for a alone and 2 for b alone, as the chapter on testing counts."""
    a, b = np.zeros(100, bool), np.zeros(100, bool)
    a[:60], b[8:60], b[60:62] = True, True, True
    difference, error = paired_difference(a, b)
    assert difference == pytest.approx(0.06)
    assert error == pytest.approx(np.sqrt(10 - 36 / 100) / 100)
    assert paired_difference(b, a) == pytest.approx((-0.06, error))
    assert paired_difference(a, a) == (0, 0)


def test_the_paired_error_is_that_of_resampled_examples():
    generator = np.random.default_rng(0)
    hard = generator.random(2000)
    a, b = (generator.random((2, 2000)) < 0.95 - 0.5 * hard).astype(float)
    drawn = generator.integers(0, 2000, (4000, 2000))
    resampled = a[drawn].mean(axis=1) - b[drawn].mean(axis=1)
    assert paired_difference(a, b)[1] == pytest.approx(resampled.std(), rel=0.05)


@pytest.mark.parametrize(("a", "b"), [([1, 0], [1]), ([[1, 0]], [[1, 0]]), ([], [])])
def test_a_paired_difference_wants_a_score_an_example(a, b):
    with pytest.raises(ValueError, match=r"same shape \(n,\)"):
        paired_difference(a, b)


def test_confusion_by_hand():
    counted = confusion_matrix([0, 0, 1, 2, 2, 2], [0, 1, 1, 0, 2, 2], num_classes=3)
    np.testing.assert_array_equal(counted, [[1, 1, 0], [0, 1, 0], [1, 0, 2]])


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
@pytest.mark.parametrize("seed", range(5))
def test_confusion_and_scores_agree_with_scikit_learn(seed, dtype):
    generator = np.random.default_rng(seed)
    num_classes = 20  # 20 * 20 does not fit into uint8
    y_true = generator.choice([c for c in range(num_classes) if c != 4], 300).astype(dtype)
    y_pred = generator.choice([c for c in range(num_classes) if c not in (4, 7)], 300).astype(dtype)
    labels = range(num_classes)
    confusion = confusion_matrix(y_true, y_pred, num_classes)
    np.testing.assert_array_equal(confusion, sklearn_confusion(y_true, y_pred, labels=labels))
    expected = precision_recall_fscore_support(y_true, y_pred, labels=labels, zero_division=0)
    for ours, theirs in zip(per_class_scores(confusion), expected[:3], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    assert [scores[4] for scores in per_class_scores(confusion)] == [0, 0, 0]


def test_confusion_keeps_its_shape_when_nothing_was_classified():
    empty = np.array([], dtype=int)
    np.testing.assert_array_equal(confusion_matrix(empty, empty, 3), np.zeros((3, 3)))


@pytest.mark.parametrize(
    ("y_true", "y_pred", "shapes"),
    [
        ([0, 1], [0], "y_true.shape=(2,), y_pred.shape=(1,)"),
        ([[0], [1]], [[0], [1]], "y_true.shape=(2, 1), y_pred.shape=(2, 1)"),
        (0, 0, "y_true.shape=(), y_pred.shape=()"),
    ],
)
def test_confusion_echoes_wrong_shapes(y_true, y_pred, shapes):
    with pytest.raises(ValueError, match="shape") as caught:
        confusion_matrix(y_true, y_pred, num_classes=2)
    assert str(caught.value) == (
        f"Expected two label arrays of the same shape (n,). Received: {shapes}"
    )


@pytest.mark.parametrize(
    ("y_true", "y_pred", "labels"),
    [([1, 0], [-1, 0], "-1 to 1"), ([0, 1], [3, 1], "0 to 3"), ([-1], [2], "-1 to 2")],
)
def test_confusion_refuses_labels_of_no_class(y_true, y_pred, labels):
    with pytest.raises(ValueError, match="Received") as caught:
        confusion_matrix(y_true, y_pred, num_classes=3)
    assert str(caught.value) == f"Expected labels from 0 to 2. Received: labels from {labels}"


def test_confusion_of_a_single_class_that_occurs():
    assert confusion_matrix([2, 2], [2, 2], num_classes=3).tolist() == [[0, 0, 0]] * 2 + [[0, 0, 2]]


def test_scores_by_hand():
    precision, recall, f1 = per_class_scores(np.array([[8, 2, 0], [1, 3, 0], [0, 0, 0]]))
    np.testing.assert_allclose(precision, [8 / 9, 3 / 5, 0])
    np.testing.assert_allclose(recall, [8 / 10, 3 / 4, 0])
    np.testing.assert_allclose(f1, [16 / 19, 6 / 9, 0])


def test_one_sample_of_each_class_is_enough_for_full_scores():
    assert [scores.tolist() for scores in per_class_scores(np.eye(2, dtype=int))] == [[1, 1]] * 3


def test_f1_is_the_harmonic_mean_of_precision_and_recall():
    confusion = np.random.default_rng(0).integers(1, 50, (10, 10))
    precision, recall, f1 = per_class_scores(confusion)
    np.testing.assert_allclose(f1, 2 / (1 / precision + 1 / recall))


# Bin 5 holds one prediction, bin 6 two, bin 9 two; the rest are empty.
CONFIDENCE = np.array([0.55, 0.65, 0.95, 1.0, 0.61])
CORRECT = np.array([True, False, True, True, True])


def test_reliability_by_hand():
    mean_confidence, accuracy, counts = reliability_curve(CONFIDENCE, CORRECT)
    np.testing.assert_array_equal(counts, [0, 0, 0, 0, 0, 1, 2, 0, 0, 2])
    np.testing.assert_allclose(mean_confidence, [0, 0, 0, 0, 0, 0.55, 0.63, 0, 0, 0.975])
    np.testing.assert_allclose(accuracy, [0, 0, 0, 0, 0, 1, 0.5, 0, 0, 1])


def test_reliability_has_all_bins_though_the_last_ones_are_empty():
    curve = reliability_curve([0.15, 0.15], [1, 0], num_bins=4)
    assert [values.tolist() for values in curve] == [[0.15, 0, 0, 0], [0.5, 0, 0, 0], [2, 0, 0, 0]]


def test_a_probability_of_single_precision_is_not_rounded_into_the_next_bin():
    confidence = np.array([0.7], "float32")  # a little less than 0.7
    _, _, counts = reliability_curve(confidence, [1])
    assert counts.tolist() == [0] * 6 + [1] + [0] * 3


def test_calibration_error_by_hand():
    # (1·|1 - 0.55| + 2·|0.5 - 0.63| + 2·|1 - 0.975|) / 5
    error = expected_calibration_error(*reliability_curve(CONFIDENCE, CORRECT))
    assert error == pytest.approx(0.152)
    assert type(error) is float


@pytest.mark.parametrize("num_bins", [1, 2, 10, 15])
def test_full_confidence_falls_into_the_last_bin(num_bins):
    mean_confidence, accuracy, counts = reliability_curve([1.0, 1.0], [1, 0], num_bins=num_bins)
    assert counts.tolist() == [0] * (num_bins - 1) + [2]
    assert (mean_confidence[-1], accuracy[-1]) == (1.0, 0.5)


def test_calibrated_predictions_have_no_error():
    confidence = np.repeat([0.25, 0.5, 0.75, 1.0], [4, 2, 4, 3])
    correct = [1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1]
    assert expected_calibration_error(*reliability_curve(confidence, correct)) == 0


@pytest.mark.parametrize(("correct", "error"), [(0, 1.0), (1, 0.0)])
def test_the_error_of_certainty_is_the_share_of_mistakes(correct, error):
    curve = reliability_curve(np.ones(7), np.full(7, correct))
    assert expected_calibration_error(*curve) == error


@pytest.mark.parametrize("num_bins", [1, 5, 10, 20])
def test_reliability_agrees_with_scikit_learn(num_bins):
    generator = np.random.default_rng(num_bins)
    confidence = generator.uniform(0.3, 1, 400)
    correct = generator.random(400) < confidence**2
    mean_confidence, accuracy, counts = reliability_curve(confidence, correct, num_bins=num_bins)
    expected = calibration_curve(correct, confidence, n_bins=num_bins)  # leaves out empty bins
    np.testing.assert_allclose(accuracy[counts > 0], expected[0])
    np.testing.assert_allclose(mean_confidence[counts > 0], expected[1])
    assert counts.sum() == 400
    assert not mean_confidence[counts == 0].any()
    assert not accuracy[counts == 0].any()


def test_order_does_not_matter():
    generator = np.random.default_rng(3)
    confidence, correct = generator.random(200).astype("float32"), generator.random(200) < 0.6
    order = generator.permutation(200)
    curve = reliability_curve(confidence, correct)
    shuffled = reliability_curve(confidence[order], correct[order])
    for ours, theirs in zip(curve, shuffled, strict=True):
        np.testing.assert_allclose(ours, theirs)


def test_one_bin_measures_the_gap_between_mean_confidence_and_accuracy():
    curve = reliability_curve(CONFIDENCE, CORRECT, num_bins=1)
    assert expected_calibration_error(*curve) == pytest.approx(abs(0.8 - CONFIDENCE.mean()))
