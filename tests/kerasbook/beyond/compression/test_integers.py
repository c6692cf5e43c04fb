"""Weights as integers: by hand, within half a step, and as Keras's layer."""

import keras
import numpy as np
import pytest

from kerasbook.beyond.compression.integers import (
    careless_quantize_dequantize,
    int8_matmul,
    pack_int4,
    quantize_dequantize,
    quantize_per_channel,
    unpack_int4,
)


def test_six_weights_by_hand():
    weights = np.array([[1.27], [-0.504], [0.893], [0.006], [-0.018], [0.3149]])
    integers, scale = quantize_per_channel(weights)
    assert integers.ravel().tolist() == [127, -50, 89, 1, -2, 31]
    assert integers.dtype == np.int8
    np.testing.assert_allclose(scale, [100], rtol=1e-5)


@pytest.mark.parametrize("largest", [7, 127])
def test_no_weight_moves_by_more_than_half_a_step(largest):
    kernel = np.random.default_rng(0).normal(size=(50, 8))
    integers, scale = quantize_per_channel(kernel, largest)
    assert (np.abs(kernel - integers / scale) <= 0.5001 / scale).all()
    assert np.abs(integers).max() == largest


def test_a_column_of_zeros_stays_zero():
    integers, scale = quantize_per_channel(np.zeros((3, 1)))
    assert not integers.any()
    assert np.isfinite(scale).all()


def test_weights_that_are_not_finite():
    with pytest.raises(ValueError, match=r"finite weights\. Received: 1 others"):
        quantize_per_channel(np.array([[1.0], [np.nan]]))


def test_products_equal_those_of_a_quantized_layer():
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(1).normal(size=(5, 20)).astype("float32")
    layer = keras.layers.Dense(7, use_bias=False)
    layer.build((None, 20))
    kernel = layer.get_weights()[0]
    layer.quantize("int8")
    integers, scale = quantize_per_channel(kernel)
    np.testing.assert_array_equal(integers, layer.get_weights()[0])
    ours = int8_matmul(x, integers, scale)
    theirs = keras.ops.convert_to_numpy(layer(x))
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert 0 < np.abs(ours - x @ kernel).max() < 0.05


def test_two_integers_in_a_byte():
    assert pack_int4(3, -2) == 227
    pairs = [(a, b) for a in range(-8, 8) for b in range(-8, 8)]
    packed = [pack_int4(*pair) for pair in pairs]
    assert sorted(packed) == list(range(256))
    assert [unpack_int4(byte) for byte in packed] == pairs


def test_a_pair_equals_keras():
    both = np.array([[3], [-2]], "int8")
    packed = keras.quantizers.pack_int4(both)[0]
    assert int(keras.ops.convert_to_numpy(packed)[0, 0]) % 256 == 227


def test_an_integer_that_four_bits_do_not_hold():
    with pytest.raises(ValueError, match=r"-8 to 7.*Received: 8"):
        pack_int4(0, 8)


def test_restoring_and_the_usual_mistake():
    weights = [1.27, -0.504, 0.006]
    np.testing.assert_allclose(quantize_dequantize(weights, 127), [1.27, -0.5, 0.01])
    np.testing.assert_allclose(careless_quantize_dequantize(weights, 127), [1.27, -0.5, 0.0])
