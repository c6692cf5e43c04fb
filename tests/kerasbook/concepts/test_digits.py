"""Digits in a frame, two small networks, and their accuracy by shift."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

from kerasbook.concepts import digits


def test_digits_keep_their_order_and_get_a_margin():
    (x_train, y_train), (x_test, y_test) = digits.load_framed_digits(num_train=100, margin=3)
    source = load_digits()
    assert (x_train.shape, x_test.shape) == ((100, 14, 14, 1), (1697, 14, 14, 1))
    assert x_train.dtype == np.float32
    np.testing.assert_array_equal(np.concatenate([y_train, y_test]), source.target)
    np.testing.assert_allclose(x_test[:, 3:-3, 3:-3, 0] * 16, source.images[100:])
    outside = np.ones((14, 14), bool)
    outside[3:-3, 3:-3] = False
    assert (x_train[:, outside] == 0).all()
    assert x_train.max() == 1


def test_the_two_networks_have_like_sizes():
    cnn, dense = digits.build_digit_cnn(), digits.build_small_mlp()
    assert cnn.count_params() == 10 * 16 + (9 * 16 + 1) * 32 + 33 * 10 == 5130
    assert dense.count_params() == 145 * 33 + 34 * 10 == 5125


def framed_squares(count, seed):
    """Return 4 x 4 patterns in a frame of 12: three bright columns, or three bright rows."""
    generator = np.random.default_rng(seed)
    images = generator.uniform(0, 0.2, (count, 12, 12, 1))
    labels = np.arange(count) % 2
    for image, label in zip(images, labels, strict=True):
        if label:
            image[4:8:2, 4:8] = 1
        else:
            image[4:8, 4:8:2] = 1
    return images.astype("float32"), labels


def test_both_networks_learn_what_can_be_learned():
    unseen, truth = framed_squares(60, seed=1)
    for build in (digits.build_digit_cnn, digits.build_small_mlp):
        keras.utils.set_random_seed(0)
        model = build()
        images, labels = framed_squares(80, seed=0)
        digits.fit_classifier(model, images, labels, epochs=30)
        predicted = model.predict_on_batch(unseen).argmax(axis=1)
        # Guessing gives 30 of 60; 50 or more by luck: one in seven million.
        assert (predicted == truth).sum() >= 50


def test_without_pooling_the_place_does_not_matter():
    """Convolution and a global maximum ignore shifts as long as nothing nears the edge."""
    keras.utils.set_random_seed(0)
    cnn = digits.build_digit_cnn(shape=(20, 20, 1))
    whole = [layer for layer in cnn.layers if not isinstance(layer, keras.layers.MaxPooling2D)]
    x = np.zeros((3, 20, 20, 1), "float32")
    x[:, 7:13, 7:13] = np.random.default_rng(0).random((3, 6, 6, 1))
    model = keras.Sequential([keras.Input((20, 20, 1)), *whole])
    expected = np.asarray(model(x))
    for shift in [(1, 0), (0, 1), (3, -2)]:
        np.testing.assert_allclose(model(np.roll(x, shift, axis=(1, 2))), expected, rtol=1e-5)
    # With pooling, a shift by its stride is harmless, and a shift by one pixel is not.
    expected = np.asarray(cnn(x))
    np.testing.assert_allclose(cnn(np.roll(x, 2, axis=1)), expected, rtol=1e-5)
    assert not np.allclose(cnn(np.roll(x, 1, axis=1)), expected, rtol=1e-3)


class WhereIsThePixel:
    """Stands for a model: says 1 if the pixel in the center is lit."""

    def predict_on_batch(self, images):
        lit = images[:, 2, 2, 0]
        return np.stack([1 - lit, lit], axis=1)


def test_rows_are_shifts_down_and_columns_shifts_right():
    images = np.zeros((4, 5, 5, 1))
    images[:3, 1, 2] = 1  # one above the center
    images[3, 2, 3] = 1  # one to the right of it
    accuracy = digits.accuracy_by_shift(WhereIsThePixel(), images, np.ones(4, int), reach=1)
    expected = np.zeros((3, 3))
    expected[2, 1] = 0.75  # one down
    expected[1, 0] = 0.25  # one to the left
    np.testing.assert_array_equal(accuracy, expected)


def test_accuracies_are_drawn_at_their_shift():
    accuracy = np.array([[0.1, 0.2, 0.3], [0.4, 0.55, 0.6], [0.7, 0.8, 1.0]])
    axis = Figure().subplots()
    digits.plot_accuracy_by_shift(axis, accuracy)
    written = {text.get_position(): text.get_text() for text in axis.texts}
    assert written[-1, -1] == "10"
    assert written[0, 0] == "55"
    assert written[1, -1] == "30"
    assert written[-1, 1] == "70"
    np.testing.assert_array_equal(axis.images[0].get_array(), accuracy)
    assert axis.images[0].get_extent() == [-1.5, 1.5, 1.5, -1.5]
    assert {t.get_text(): t.get_color() for t in axis.texts}["10"] == "white"
    assert (axis.get_xlabel(), axis.get_ylabel()) == (
        "shift to the right (pixels)",
        "shift down (pixels)",
    )


@pytest.mark.parametrize("build", [digits.build_digit_cnn, digits.build_small_mlp])
def test_outputs_are_probabilities(build):
    x = np.random.default_rng(0).random((4, 12, 12, 1)).astype("float32")
    probabilities = np.asarray(build()(x))
    assert probabilities.shape == (4, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
