import keras
import numpy as np
import pytest

from kerasbook.beyond.faster import answers


def test_the_slow_copy_swings_less_in_the_end():
    for seed in range(5):
        alone, weight, slow = answers.lookahead_on_noisy_quadratic(1000, seed=seed)
        assert (alone[0], weight[0], slow[0]) == (5, 5, 5)
        assert slow[-250:].std() < 0.9 * weight[-250:].std() < 0.9 * alone[-250:].std()
        np.testing.assert_array_equal(weight[5::5], slow[5::5])  # it starts again from there
        assert (np.diff(slow) != 0).sum() == 199


def test_a_descent_is_that_worked_out_by_hand():
    noise = np.random.default_rng(3).normal(0, 2, 6)
    alone, weight, slow = answers.lookahead_on_noisy_quadratic(6, rate=0.5, seed=3)
    by_hand = [5.0]
    for each in noise[:5]:
        by_hand.append(by_hand[-1] / 2 - each / 2)
    kept = 0.95**5 * (5 / 6) ** 3
    np.testing.assert_allclose(weight[:5], by_hand[:5])
    np.testing.assert_allclose(alone, by_hand[:6])
    np.testing.assert_allclose(slow[5], kept * 5 + (1 - kept) * by_hand[5])


@pytest.mark.parametrize("smoothing", [0.0, 0.2, 1.0])
def test_a_smoothed_label_is_that_of_keras(smoothing):
    logits = np.random.default_rng(0).normal(size=(1, 10))
    loss = keras.losses.CategoricalCrossentropy(True, label_smoothing=smoothing)
    expected = float(loss(np.eye(10)[[3]], logits))
    target = answers.smooth_label(3, smoothing, 10)
    found = -np.sum(target * np.log(np.exp(logits) / np.exp(logits).sum()))
    assert found == pytest.approx(expected, abs=1e-5)
    assert target.sum() == pytest.approx(1)


def test_the_careless_label_is_right_only_without_smoothing():
    np.testing.assert_allclose(answers.careless_smooth_label(0, 0, 4), [1, 0, 0, 0])
    np.testing.assert_allclose(answers.careless_smooth_label(1, 0.3, 4), [0.1, 0.7, 0.1, 0.1])


def test_operations_of_training_are_six_for_each_weight_and_place():
    # The article's first convolution: 777,600 multiplications an image.
    assert answers.convolution_training_flops(900, 3, 3, 32, 10) == 6 * 777_600 * 10
    assert answers.careless_training_flops(900, 3, 3, 32, 10) == 2 * 777_600 * 10
