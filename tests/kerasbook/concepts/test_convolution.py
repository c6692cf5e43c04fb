"""Convolution and pooling: by hand, by SciPy, by Keras."""

import keras
import numpy as np
import pytest
from scipy.signal import correlate2d

from kerasbook.concepts.convolution import (
    convolve1d,
    convolve2d,
    cross_correlate1d,
    cross_correlate2d,
    max_pool,
)


def images(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_the_square_of_the_drawing():
    square = np.zeros((4, 5))
    square[1:3, 1:3] = 1
    answers = cross_correlate2d(square, np.array([[-1, 1], [-1, 1]]))
    assert answers.tolist() == [[1, 0, -1, 0], [2, 0, -2, 0], [1, 0, -1, 0]]


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (4, 2), (6, 5)])
def test_one_gray_image_agrees_with_scipy(size):
    image, weights = images(6, 5), images(*size, seed=1)
    expected = correlate2d(image, weights, mode="valid")
    np.testing.assert_allclose(cross_correlate2d(image, weights), expected, atol=1e-12)


def test_two_channels_by_hand():
    image = np.array([[[3, 1], [5, 0]]], float)[None]  # red, blue
    kernel = np.array([[[-1, 2], [1, 2]]], float)[..., None]
    assert convolve2d(image, kernel, 0).ravel().tolist() == [4]


def test_an_edge_by_hand():
    image = np.array([[0, 0, 5, 5]] * 2, float).reshape(1, 2, 4, 1)
    kernel = np.array([[-1, 1]], float).reshape(1, 2, 1, 1)
    found = convolve2d(image, kernel, np.array([10.0]))
    assert found[0, :, :, 0].tolist() == [[10, 15, 10]] * 2


def test_one_channel_agrees_with_scipy():
    image, kernel = images(1, 9, 7, 1), images(3, 4, 1, 1, seed=1)
    expected = correlate2d(image[0, :, :, 0], kernel[:, :, 0, 0], mode="valid")
    found = convolve2d(image, kernel, np.zeros(1))[0, :, :, 0]
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [(1, 1), (3, 3), (2, 4), (5, 2)])
def test_keras_agrees(stride, size):
    x = images(2, 11, 8, 3)
    layer = keras.layers.Conv2D(4, size, strides=stride, bias_initializer="random_normal")
    expected = np.asarray(layer(x.astype("float32")))
    kernel, bias = layer.get_weights()
    assert np.abs(bias).min() > 0
    found = convolve2d(x, kernel, bias, stride=stride)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("side", [5, 6, 7, 8])
def test_output_sizes_follow_the_formula(side, stride):
    found = convolve2d(np.zeros((1, side, side, 1)), np.zeros((3, 3, 1, 1)), 0, stride=stride)
    assert found.shape[1:3] == ((side - 3) // stride + 1,) * 2


def test_shifting_and_convolving_commute_inside_the_frame():
    x = np.pad(images(2, 6, 6, 2), [(0, 0), (5, 5), (5, 5), (0, 0)])
    kernel, bias = images(3, 3, 2, 4, seed=1), images(4, seed=2)
    moved = convolve2d(np.roll(x, (2, -1), axis=(1, 2)), kernel, bias)
    expected = np.roll(convolve2d(x, kernel, bias), (2, -1), axis=(1, 2))
    np.testing.assert_allclose(moved, expected, atol=1e-12)


def test_pooling_by_hand():
    assert max_pool(np.arange(24.0).reshape(4, 6)).tolist() == [[7, 9, 11], [19, 21, 23]]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pooling_agrees_with_keras(size):
    x = images(6, 12).astype("float32")
    expected = np.asarray(keras.layers.MaxPooling2D(size)(x[None, ..., None]))
    np.testing.assert_array_equal(max_pool(x, size=size), expected[0, ..., 0])


def test_a_row_of_numbers_by_hand_and_by_numpy():
    assert cross_correlate1d([0, 0, 5, 5], [-1, 1]) == [0, 5, 0]
    assert cross_correlate1d([1, 2, 3, 4], [1, 0, 2]) == [7, 10]
    signal, weights = images(9), images(4, seed=1)
    np.testing.assert_allclose(
        cross_correlate1d(signal, weights), np.correlate(signal, weights, "valid")
    )


def test_flipping_matters_unless_the_weights_are_symmetric():
    assert convolve1d([0, 0, 5, 5], [-1, 1]).tolist() == [0, -5, 0]
    assert convolve1d([1, 2, 4], [3, 3]).tolist() == cross_correlate1d([1, 2, 4], [3, 3])
