"""A network written into a page: what comes out is what went in, to half a step."""

import base64
import json

import numpy as np
import pytest

from kerasbook.live import (
    LARGEST,
    draw_live_answer,
    most_influential_units,
    pack_array,
    run_packed,
    unpack_array,
    write_network,
)


def test_a_packed_array_is_whole_numbers_in_little_endian_order():
    packed = pack_array(np.array([[1.0, -0.5], [0.25, 0.0]]))
    assert packed["shape"] == [2, 2]
    assert packed["scale"] == pytest.approx(1 / 32767)
    # 32767, -16384 (-16383.5 rounded to even), 8192 (8191.75), 0
    assert base64.b64decode(packed["values"]).hex(" ", 2) == "ff7f 00c0 0020 0000"


@pytest.mark.parametrize("shape", [(64, 128), (128,), (1, 1)])
def test_unpacking_loses_half_a_step_at_most(shape):
    array = np.random.default_rng(0).normal(size=shape)
    packed = pack_array(array)
    back = unpack_array(packed)
    assert back.shape == shape
    assert np.abs(back - array).max() <= packed["scale"] / 2 * (1 + 1e-9)
    assert np.abs(array).max() / packed["scale"] == pytest.approx(LARGEST)


def test_zeros_stay_zeros():
    assert unpack_array(pack_array(np.zeros(3))).tolist() == [0, 0, 0]


def test_a_packed_network_answers_as_computed_by_hand():
    kernel, bias = np.array([[1.0, -1.0], [2.0, 0.0]]), np.array([0.0, 1.0])
    last, last_bias = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.0, 0.0])
    packed = [pack_array(each) for each in (kernel, bias, last, last_bias)]
    # (1, 0.5): sums 2 and 0; ReLU keeps both; softmax(2, 0) = 1 / (1 + e^-2)
    # (3, -1): sums 1 and -2; ReLU: 1 and 0; softmax(1, 0) = 1 / (1 + e^-1)
    found = run_packed(packed, np.array([[1.0, 0.5], [3.0, -1.0]]))
    first = 1 / (1 + np.exp([-2.0, -1.0]))
    assert found == pytest.approx(np.stack([first, 1 - first], axis=1), abs=1e-3)
    assert found.sum(axis=1) == pytest.approx(1)


def test_a_packed_network_agrees_with_keras():
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    inputs = np.random.default_rng(0).integers(0, 17, (50, 64)).astype("float32")
    packed = [pack_array(array) for array in model.get_weights()]
    assert run_packed(packed, inputs) == pytest.approx(model.predict(inputs, verbose=0), abs=0.01)


@pytest.fixture
def toy():
    """Two inputs in 64, three hidden units, ten outputs: unit 1 speaks for 7, unit 2 against it."""
    kernel, last = np.zeros((64, 3)), np.zeros((3, 10))
    kernel[0], kernel[1] = (1, 2, 3), (0, 1, 0)
    last[:, 7] = (1, 3, -1)
    return [pack_array(each) for each in (kernel, np.zeros(3), last, np.zeros(10))]


def test_what_a_page_carries_is_json(toy):
    told = json.loads(write_network(toy, [[7, 0, 16]]))
    assert told == {"network": toy, "examples": [[7, 0, 16]]}


@pytest.mark.parametrize(
    ("at", "shape"),
    [(0, (65, 3)), (1, (4,)), (2, (3, 11)), (2, (4, 10)), (3, (9,))],
    ids=["pixels", "units", "digits", "last units", "last bias"],
)
def test_weights_that_the_page_cannot_run_stop_it_and_both_are_named(toy, at, shape):
    toy[at] = pack_array(np.ones(shape))
    received = [tuple(each["shape"]) for each in toy]
    with pytest.raises(ValueError, match="Expected the weights of two dense layers") as caught:
        write_network(toy, [])
    units = received[0][1]
    wanted = [(64, units), (units,), (units, 10), (10,)]
    assert "which digit.js and run_packed run" in str(caught.value)
    assert str(caught.value).endswith(f"shapes {wanted}. Received: shapes {received}")


@pytest.mark.parametrize("count", [0, 2, 6])
def test_more_or_fewer_layers_stop_it_too(toy, count):
    with pytest.raises(ValueError, match="Expected the weights of two dense layers"):
        write_network((toy * 2)[:count], [])


def test_units_are_ordered_by_what_they_do_for_the_answer(toy):
    pixels = np.zeros(64)
    pixels[0] = 1.0  # hidden 1, 2, 3; for 7 they give 1, 6 and -3
    assert most_influential_units(toy, pixels, count=3).tolist() == [1, 0, 2]
    assert most_influential_units(toy, pixels, count=1).tolist() == [1]


def test_an_answer_is_drawn_with_its_probabilities_and_units(toy):
    import matplotlib.pyplot as plt

    pixels = np.zeros(64)
    pixels[0] = 1.0
    figure, axes = plt.subplots(1, 4)
    draw_live_answer(axes, toy, pixels, [1, 0])
    widths = [bar.get_width() for bar in axes[1].patches]
    assert widths == pytest.approx(run_packed(toy, pixels[np.newaxis])[0])
    assert np.argmax(widths) == 7
    shown = [np.asarray(axis.images[0].get_array()) for axis in axes[[0, 2, 3]]]
    assert [each[0, 0] for each in shown] == pytest.approx([1, 2, 1], abs=1e-3)
    plt.close(figure)
