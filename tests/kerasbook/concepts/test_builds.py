"""One network in three forms, and the drawing of its layers."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

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
    assert builds.build_shortcut().count_params() == 65 * 32 + (64 + 32 + 1) * 10


def test_the_shortcut_feeds_the_input_to_the_last_layer(inputs):
    model = builds.build_shortcut(num_features=5, num_classes=3)
    w1, b1, w2, b2 = model.get_weights()
    hidden = np.maximum(inputs @ w1 + b1, 0)
    logits = np.concatenate([inputs, hidden], axis=1) @ w2 + b2
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model(inputs), expected, rtol=1e-5)


def test_a_class_has_no_weights_before_its_first_call(inputs):
    model = builds.SubclassedNetwork(num_classes=3)
    assert model.weights == []
    model(inputs)
    assert [tuple(w.shape) for w in model.weights] == [(5, 32), (32,), (32, 3), (3,)]


def names(model, pairs):
    name = {-1: "Input"} | {i: type(layer).__name__ for i, layer in enumerate(model.layers)}
    return [(name[a], name[b]) for a, b in pairs]


def test_connections_of_a_list_and_of_a_graph():
    chain = [("Input", "Dense"), ("Dense", "Dense")]
    for model in (builds.build_sequential(), builds.build_functional()):
        assert names(model, builds.connections(model)) == chain
    model = builds.build_shortcut()
    assert sorted(names(model, builds.connections(model))) == [
        ("Concatenate", "Dense"),
        ("Dense", "Concatenate"),
        ("Input", "Concatenate"),
        ("Input", "Dense"),
    ]


def test_a_class_has_no_connections_to_show(inputs):
    model = builds.SubclassedNetwork(num_classes=3)
    model(inputs)
    with pytest.raises(AttributeError):
        builds.connections(model)


def test_a_drawing_has_a_box_per_layer_and_an_arrow_per_connection():
    model = builds.build_shortcut(num_features=5, num_classes=3)
    axis = Figure().subplots()
    builds.draw_model(axis, model)
    boxes = [text for text in axis.texts if text.get_text()]
    arrows = [text for text in axis.texts if not text.get_text()]
    assert [box.get_text() for box in boxes] == [
        "Input\n(None, 5)",
        "Dense\n(None, 32)",
        "Concatenate\n(None, 37)",
        "Dense\n(None, 3)",
    ]
    heights = [box.get_position()[1] for box in boxes]
    assert heights == sorted(heights, reverse=True), "the input stands on top"
    # from row to row, and one arrow past a box
    assert sorted(arrow.xyann[1] - arrow.xy[1] for arrow in arrows) == [1, 1, 1, 2]
    assert all(arrow.arrow_patch.patchA is not arrow.arrow_patch.patchB for arrow in arrows)


def test_a_sequential_model_is_drawn_with_its_input():
    axis = Figure().subplots()
    builds.draw_model(axis, keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]))
    assert [t.get_text() for t in axis.texts] == ["Input\n(None, 4)", "Dense\n(None, 2)", ""]
