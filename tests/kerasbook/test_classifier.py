"""Networks that several pages train, shifted copies, curves of the loss."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.classifier import (
    build_classifier,
    build_model,
    plot_both_losses,
    shifted,
)


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


def test_images_are_moved_by_a_pixel_each_way():
    image = np.zeros((8, 8), "float32")
    image[2, 5] = 1
    copies = shifted(image.reshape(1, 64)).reshape(5, 8, 8)
    places = [tuple(np.argwhere(copy)[0].tolist()) for copy in copies]
    assert sorted(places) == [(1, 5), (2, 4), (2, 5), (2, 6), (3, 5)]
    assert places[0] == (2, 5)


def test_copies_stand_set_after_set_and_lose_what_leaves_the_frame():
    images = np.stack([np.full(64, 1.0), np.full(64, 2.0)])
    copies = shifted(images)
    assert copies.shape == (10, 64)
    np.testing.assert_array_equal(copies[:2], images)
    assert copies.max(axis=1).tolist() == 5 * [1, 2]
    assert [np.count_nonzero(copy == 0) for copy in copies] == 2 * [0] + 8 * [8]


def test_losses_are_drawn_with_the_best_epoch_marked():
    history = {"loss": [2, 1, 0.5], "val_loss": [2.1, 1.5, 1.8]}
    [axis] = axes = [Figure().subplots()]
    plot_both_losses(axes, {"a run": history})
    training, validation, best = axis.lines
    assert training.get_xydata().tolist() == [[1, 2], [2, 1], [3, 0.5]]
    assert validation.get_xydata().tolist() == [[1, 2.1], [2, 1.5], [3, 1.8]]
    assert best.get_xydata().tolist() == [[2, 1.5]]
    assert axis.get_title() == "a run"
    assert training.get_linestyle() != validation.get_linestyle()
