"""One network in three forms."""

import numpy as np
import pytest

from kerasbook.concepts import builds


@pytest.fixture(scope="module")
def inputs():
    return np.random.default_rng(0).normal(size=(7, 5)).astype("float32")


def test_three_ways_give_one_function(inputs):
    sequential = builds.build_sequential(num_features=5, num_classes=3)
    functional = builds.build_functional(num_features=5, num_classes=3)
    subclassed = builds.SubclassedNetwork(num_classes=3)
    before = np.asarray(subclassed(inputs))
    expected = np.asarray(sequential(inputs))
    assert not np.allclose(before, expected, atol=1e-3), "weights must differ before they are set"
    for model in (functional, subclassed):
        model.set_weights(sequential.get_weights())
        np.testing.assert_allclose(model(inputs), expected, rtol=1e-6)


def test_the_network_is_what_its_formula_says(inputs):
    model = builds.build_functional(num_features=5, num_classes=3)
    w1, b1, w2, b2 = model.get_weights()
    assert [w.shape for w in (w1, b1, w2, b2)] == [(5, 32), (32,), (32, 3), (3,)]
    logits = np.maximum(inputs @ w1 + b1, 0) @ w2 + b2
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model(inputs), expected, rtol=1e-5)


def test_parameters_counted_by_hand():
    assert builds.build_sequential().count_params() == 65 * 32 + 33 * 10
    assert builds.build_functional().count_params() == 65 * 32 + 33 * 10


def test_a_class_has_no_weights_before_its_first_call(inputs):
    model = builds.SubclassedNetwork(num_classes=3)
    assert model.weights == []
    model(inputs)
    assert [tuple(w.shape) for w in model.weights] == [(5, 32), (32,), (32, 3), (3,)]


def test_the_shortcut_hands_the_input_to_the_last_layer(inputs):
    model = builds.build_functional(num_features=5, num_classes=3, shortcut=True)
    w1, b1, w2, b2 = model.get_weights()
    assert w2.shape == (5 + 32, 3)
    both = np.concatenate([inputs, np.maximum(inputs @ w1 + b1, 0)], axis=1)
    logits = both @ w2 + b2
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model(inputs), expected, rtol=1e-5)
    assert builds.build_functional(shortcut=True).count_params() == 65 * 32 + 97 * 10
