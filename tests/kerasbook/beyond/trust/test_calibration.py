import numpy as np
import pytest
from scipy.special import softmax
from sklearn.calibration import calibration_curve

from kerasbook.beyond.trust import calibration as page
from kerasbook.scores import expected_calibration_error, reliability_curve


def drawn(count=4000, scale=1.0, seed=0):
    """Draw logits and labels that follow them, then stretch the logits."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(count, 5)) * 2
    chances = softmax(logits, axis=1)
    labels = (chances.cumsum(axis=1) < generator.random((count, 1))).sum(axis=1)
    return scale * logits, labels


def test_the_error_of_ten_answers_is_that_by_hand():
    confidence = np.array([0.9] * 5 + [0.6] * 5)
    right = np.array([1, 1, 1, 0, 0] * 2)
    error = expected_calibration_error(*reliability_curve(confidence, right))
    assert error == pytest.approx((5 * 0.3 + 5 * 0) / 10)


def test_bins_agree_with_scikit_learn():
    logits, labels = drawn()
    confidence, right = page.judge_answers(softmax(logits, axis=1), labels)
    mean, accuracy, counts = reliability_curve(confidence, right)
    expected, predicted = calibration_curve(right, confidence, n_bins=10)
    np.testing.assert_allclose(accuracy[counts > 0], expected)
    np.testing.assert_allclose(mean[counts > 0], predicted)


def test_answers_are_judged():
    chances = np.array([[0.7, 0.3], [0.2, 0.8]])
    confidence, right = page.judge_answers(chances, np.array([0, 0]))
    assert confidence.tolist() == [0.7, 0.8]
    assert right.tolist() == [True, False]


def test_surprise_by_hand():
    logits = np.log([[0.5, 0.5], [0.25, 0.75]])
    found = page.negative_log_likelihood(logits, np.array([0, 0]))
    np.testing.assert_allclose(found, [np.log(2), np.log(4)])
    calm = page.negative_log_likelihood(np.array([[2.0, 0.0]]), np.array([0]), temperature=2)
    assert np.exp(-calm[0]) == pytest.approx(np.e / (np.e + 1))  # 73%


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_a_stretch(scale):
    logits, labels = drawn(scale=scale)
    assert page.fit_temperature(logits, labels) == pytest.approx(scale, rel=0.06)


def test_no_temperature_nearby_is_better():
    logits, labels = drawn(count=300, scale=2.0)
    best = page.fit_temperature(logits, labels)
    least = page.negative_log_likelihood(logits, labels, best).mean()
    for other in (0.95 * best, 1.05 * best):
        assert page.negative_log_likelihood(logits, labels, other).mean() > least


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([[2.0, 0.5], [1.0, 3.0]], "row 1 sums to 4"),
        ([[1.5, -0.5]], "row 0 sums to 1"),
        ([0.5, 0.5], r"shape \(2,\)"),
        (np.ones((0, 2)), r"shape \(0, 2\)"),
        ([[np.nan, 1.0]], "row 0 sums to nan"),
    ],
)
def test_what_is_not_probabilities_is_named(wrong, words):
    with pytest.raises(ValueError, match=f"softmax to logits first. Received: {words}"):
        page.require_probabilities(wrong)
