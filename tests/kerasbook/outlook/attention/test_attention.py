"""Attention by hand numbers, against Keras, and what masks let through."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from kerasbook.outlook.attention import attention as page


def test_three_characters_by_hand():
    key = ops.array([[1.0, 1, 1, 1], [1, 1, 1, -1], [1, -1, 1, -1]])
    value = ops.array([[10.0], [20], [40]])
    mixed, weights = page.scaled_dot_product_attention(ops.ones((1, 4)), key, value)
    powers = np.exp([2, 1, 0])
    np.testing.assert_allclose(weights[0], powers / powers.sum(), rtol=1e-5)
    assert float(mixed[0, 0]) == pytest.approx(15.15, abs=0.005)


def test_large_scores_overflow_nothing():
    large = 200 * ops.ones((1, 4))
    mixed, _ = page.scaled_dot_product_attention(large, large, ops.array([[7.0]]))
    assert float(mixed[0, 0]) == 7


def test_a_masked_key_has_no_weight():
    mask = ops.array([[True, False]])
    _, weights = page.scaled_dot_product_attention(
        ops.ones((1, 4)), ops.ones((2, 4)), ops.ones((2, 1)), mask
    )
    assert weights[0].numpy().tolist() == [1, 0]


@pytest.mark.parametrize("window", [None, 1, 3])
def test_by_hand_equals_keras(window):
    x = keras.random.normal((2, 6, 10), seed=0)
    layer = layers.MultiHeadAttention(2, 3, value_dim=4, sliding_window=window)
    theirs = layer(x, x, use_causal_mask=True)
    for weight in layer.weights:  # biases begin as zeros and would not show
        weight.assign(keras.random.normal(weight.shape, seed=1))
    theirs = layer(x, x, use_causal_mask=True)
    ours = page.multi_head_attention(x, layer.weights, page.causal_mask(6, 6, window))
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_without_a_mask_too_and_heads_come_together():
    x = keras.random.normal((1, 5, 8), seed=0)
    layer = layers.MultiHeadAttention(4, 2)
    theirs = layer(x, x)
    np.testing.assert_allclose(page.multi_head_attention(x, layer.weights), theirs, atol=1e-5)
    split = page.project_to_heads(x, *layer.weights[:2])
    assert split.shape == (1, 4, 5, 2)
    assert page.output_projection(split, *layer.weights[6:]).shape == (1, 5, 8)


def test_masks_by_hand():
    whole = ops.cast(page.causal_mask(3, 3), "int32").numpy()
    assert whole.tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    last = ops.cast(page.causal_mask(2, 4, 2), "int32").numpy()
    assert last.tolist() == [[0, 1, 1, 0], [0, 0, 1, 1]]


def test_news_travels_window_less_one_a_layer():
    mask = page.causal_mask(20, 20, 4)
    for depth in (1, 2, 4):
        reached = page.receptive_field_mask(mask, depth).numpy()[19]
        assert 19 - reached.argmax() == 3 * depth
        assert reached[reached.argmax() :].all()


def test_multiplications_by_hand():
    # one block of width 2, the third character: 12 * 4 + 2 * 2 * 3
    once = page.count_multiplications(3, width=2, blocks=1, cached=True)
    assert once == 60
    anew = page.count_multiplications(3, width=2, blocks=5, cached=False)
    assert anew == 5 * 3 * 60
