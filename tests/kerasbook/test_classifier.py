"""The networks that several pages train."""

import keras
import numpy as np
import pytest

from kerasbook.classifier import build_classifier, build_model


@pytest.mark.parametrize(
    ("settings", "expected"),
    [({}, 64 * 64 + 64 + 64 * 10 + 10), ({"hidden": 2}, 64 * 2 + 2 + 2 * 10 + 10)],
)
def test_parameters_by_hand(settings, expected):
    model = build_classifier(**settings)
    assert model.count_params() == expected
    assert model.output_shape == (None, 10)
    assert model.compiled


def test_the_small_network_has_as_many_outputs_as_asked_for():
    model = build_model()
    assert model.count_params() == 64 * 32 + 32 + 32 * 10 + 10
    assert not model.compiled
    odd = build_model(3, "sigmoid")
    assert odd.output_shape == (None, 3)
    assert odd.layers[-1].activation is keras.activations.sigmoid


def test_dropout_stands_before_the_output_if_it_is_asked_for():
    kinds = [type(layer).__name__ for layer in build_classifier(dropout=0.3).layers]
    assert kinds == ["Dense", "Dropout", "Dense"]
    assert len(build_classifier().layers) == 2


def test_decay_pulls_weights_towards_zero():
    inputs, labels = np.zeros((40, 64), "float32"), np.arange(40) % 10
    sizes = []
    for decay in (0.0, 5.0):
        keras.utils.set_random_seed(0)
        model = build_classifier(decay=decay)
        model.fit(inputs, labels, epochs=5, batch_size=10, verbose=0)
        sizes.append(float(np.abs(model.get_weights()[0]).mean()))
    free, pulled = sizes
    # without input a kernel has no gradient: 20 steps leave (1 - 0.01 · 5)^20 of it
    assert pulled / free == pytest.approx(0.95**20, rel=1e-3)
