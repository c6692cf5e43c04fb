"""Shapes, counts, fields and diagrams of models, against Keras, by hand and by brute force."""

import math

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.special import expit, log_expit, ndtr

from kerasbook.workflow import building as page

# Models


def test_the_cnn_is_the_articles_network():
    model = page.build_cnn()
    assert model.count_params() == 73_418
    assert model.output_shape == (None, 10)


def test_the_rnn_reads_any_number_of_words():
    model = page.build_rnn(num_words=50, num_classes=3)
    for words in (1, 9):
        output = np.asarray(model(np.zeros((2, words), dtype="int32")))
        assert output.shape == (2, 3)
        np.testing.assert_allclose(output.sum(axis=1), 1, rtol=1e-5)


def test_both_inputs_count():
    keras.utils.set_random_seed(0)
    model = page.build_two_inputs()
    generator = np.random.default_rng(0)
    image, facts = generator.random((1, 64, 64, 3)), generator.random((1, 4))
    price = np.asarray(model([image, facts]))
    assert price.shape == (1, 1)
    assert np.asarray(model([image * 0, facts])) != price
    assert np.asarray(model([image, facts * 0])) != price
    assert model.count_params() == (9 * 3 + 1) * 16 + 5 * 16 + 33


# Sizes


@pytest.mark.parametrize(
    ("size", "kernel", "setting", "expected"),
    [
        (32, 3, {}, 30),
        (30, 2, {"stride": 2}, 15),
        (13, 2, {"stride": 2}, 6),
        (7, 3, {"stride": 3}, 2),
        (7, 3, {"padding": "same"}, 7),
        (7, 3, {"padding": "same", "stride": 2}, 4),
        (9, 3, {"dilation": 4}, 1),
        (5, 5, {}, 1),
        (1, 7, {"padding": "same"}, 1),
    ],
)
def test_sizes_by_hand(size, kernel, setting, expected):
    assert page.conv_output_size(size, kernel, **setting) == expected


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_sizes_by_placing_the_kernel(stride, dilation):
    for size in range(1, 20):
        for kernel in range(1, 6):
            last = dilation * (kernel - 1)
            placements = [at for at in range(0, size, stride) if at + last < size]
            if placements:
                computed = page.conv_output_size(size, kernel, stride=stride, dilation=dilation)
                assert computed == len(placements)


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        ((4, 5), {}, r"at most 4\. Received: kernel=5, dilation=1, which span 5"),
        ((8, 3), {"dilation": 4}, r"at most 8\. Received: kernel=3, dilation=4, which span 9"),
        ((8, 3), {"padding": "full"}, r"'valid' or 'same'\. Received: padding='full'"),
    ],
)
def test_impossible_sizes_are_refused(arguments, settings, message):
    with pytest.raises(ValueError, match=message):
        page.conv_output_size(*arguments, **settings)


def test_keras_refuses_the_same_kernel():
    with pytest.raises(ValueError, match="output size would be"):
        keras.layers.Conv2D(1, 5)(keras.Input((4, 4, 1)))


def test_sizes_agree_with_keras_and_a_wrong_formula_would_not(monkeypatch):
    settings = [
        (size, kernel, stride, padding, dilation)
        for size in (7, 8, 12)
        for kernel in (1, 2, 3)
        for stride in (1, 2)
        for padding in ("valid", "same")
        for dilation in (1, 2)
        if 1 in (stride, dilation)
    ]
    assert page.disagreements(settings) == []
    right = page.conv_output_size

    def rounded_up(size, kernel, **named):
        return right(size, kernel, **named) + (named["stride"] == 2 and size == 7)

    monkeypatch.setattr(page, "conv_output_size", rounded_up)
    wrong = page.disagreements(settings)
    assert {(setting[0], setting[2]) for setting, _, _ in wrong} == {(7, 2)}
    assert all(ours == theirs + 1 for _, ours, theirs in wrong)


def test_the_size_is_that_of_a_real_output():
    image = np.zeros((1, 11, 11, 2), dtype="float32")
    for kernel, stride, dilation in ((3, 2, 1), (3, 1, 3), (5, 3, 1)):
        layer = keras.layers.Conv2D(4, kernel, strides=stride, dilation_rate=dilation)
        size = page.conv_output_size(11, kernel, stride=stride, dilation=dilation)
        assert tuple(layer(image).shape) == (1, size, size, 4)


# Counts


def test_counts_by_hand():
    assert page.dense_parameters(256, 64) == 16_448
    assert page.dense_parameters(256, 64, use_bias=False) == 16_384
    assert page.conv2d_parameters(3, 3, 32) == 896
    assert page.conv2d_parameters(5, 1, 2, use_bias=False) == 50
    assert page.embedding_parameters(1000, 32) == 32_000
    assert page.lstm_parameters(32, 64) == 24_832


def test_counts_agree_with_keras_and_a_wrong_one_is_found():
    layers, count = keras.layers, page
    cases = [
        (layers.Dense(7), (5,), count.dense_parameters(5, 7)),
        (layers.Dense(7), (2, 3, 5), count.dense_parameters(5, 7)),
        (layers.Dense(7, use_bias=False), (5,), count.dense_parameters(5, 7, use_bias=False)),
        (layers.Conv2D(4, 3), (8, 8, 2), count.conv2d_parameters(3, 2, 4)),
        (layers.Embedding(9, 4), (None,), count.embedding_parameters(9, 4)),
        (layers.LSTM(6), (None, 5), count.lstm_parameters(5, 6)),
    ]
    assert page.miscounted(cases) == []
    wrong = (layers.GRU(6), (None, 5), 3 * (5 + 6 + 1) * 6)
    assert page.miscounted([*cases, wrong]) == [wrong]
    assert wrong[0].count_params() == 3 * (5 + 6 + 2) * 6  # exercise 4


def test_exercise_1():
    model = keras.Sequential(
        [
            keras.Input((40, 40, 1)),
            keras.layers.Conv2D(8, 5, strides=2),
            keras.layers.MaxPooling2D(3),
            keras.layers.Conv2D(16, 3, padding="same"),
            keras.layers.Flatten(),
            keras.layers.Dense(4),
        ]
    )
    shapes = [layer.output.shape[1:] for layer in model.layers]
    assert shapes == [(18, 18, 8), (6, 6, 8), (6, 6, 16), (576,), (4,)]
    assert [layer.count_params() for layer in model.layers] == [208, 0, 1168, 0, 2308]
    assert model.count_params() == 3684


# Activations

X = np.linspace(-5, 5, 41) + 0.01  # never at the kink of relu


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("relu", lambda x: np.maximum(x, 0)),
        ("gelu", lambda x: x * ndtr(x)),
        ("silu", lambda x: x * expit(x)),
        ("sigmoid", expit),
        ("tanh", np.tanh),
        ("softplus", lambda x: -log_expit(-x)),
    ],
)
def test_values_and_slopes_against_scipy_and_differences(name, function):
    values, slopes = page.activation_slopes(name, X)
    np.testing.assert_allclose(values, function(X), atol=1e-6)
    h = 1e-5
    np.testing.assert_allclose(slopes, (function(X + h) - function(X - h)) / (2 * h), atol=1e-6)


def test_each_activation_is_drawn_with_its_slope():
    axes = Figure().subplots(1, 2)
    page.plot_keras_activations(axes, ("tanh", "relu"), X)
    for axis, name in zip(axes, ("tanh", "relu"), strict=True):
        assert axis.get_title() == name
        value, slope = axis.lines[:2]
        expected = page.activation_slopes(name, X)
        np.testing.assert_allclose([value.get_ydata(), slope.get_ydata()], expected)
        assert value.get_linestyle() != slope.get_linestyle()
    assert [text.get_text() for text in axes[0].get_legend().get_texts()] == ["value", "slope"]


# Receptive fields


@pytest.mark.parametrize(
    ("layers", "fields"),
    [
        ([], []),
        ([(3, 1, 1), (3, 1, 1)], [3, 5]),
        ([(3, 1, 1), (2, 2, 1)] * 3, [3, 4, 8, 10, 18, 22]),
        ([(3, 1, 1), (3, 1, 2), (3, 1, 4), (3, 1, 8)], [3, 7, 15, 31]),
        ([(1, 2, 1), (3, 1, 1)], [1, 5]),
    ],
)
def test_fields_by_hand(layers, fields):
    assert page.receptive_fields(layers) == fields


@pytest.mark.parametrize(
    "layers",
    [
        [(3, 1, 1), (3, 2, 1), (3, 1, 1)],
        [(5, 2, 1), (3, 1, 2)],
        [(3, 1, 3), (2, 1, 1), (3, 3, 1)],
    ],
)
def test_the_computed_field_is_the_measured_one(layers):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((40, 40, 1))])
    for kernel, stride, dilation in layers:
        model.add(keras.layers.Conv2D(3, kernel, strides=stride, dilation_rate=dilation))
    influence = page.measure_influence(model, (2, 4), images=2)
    jump = math.prod(stride for _, stride, _ in layers)
    field = page.receptive_fields(layers)[-1]
    for across, position in ((1, 2), (0, 4)):
        seen = np.flatnonzero(influence.sum(axis=across))
        assert (seen[0], seen[-1]) == (position * jump, position * jump + field - 1)


def test_influence_is_the_mean_absolute_derivative():
    model = keras.Sequential(
        [keras.Input((4, 4, 2)), keras.layers.Conv2D(1, 2, use_bias=False, name="conv")]
    )
    kernel = np.arange(-4, 4, dtype="float32").reshape(2, 2, 2, 1)
    model.get_layer("conv").set_weights([kernel])
    influence = page.measure_influence(model, (1, 2), images=3)
    expected = np.zeros((4, 4))
    expected[1:3, 2:4] = np.abs(kernel[..., 0]).mean(axis=-1)
    np.testing.assert_allclose(influence, expected)


def test_squares_stand_around_the_middle_of_the_influence():
    influence = np.zeros((12, 12))
    influence[2:8, 4:10] = 1
    axis = Figure().subplots()
    page.plot_influence(axis, influence, [2, 6])
    small, large = (line.get_xydata() for line in axis.lines)
    assert (large.min(axis=0).tolist(), large.max(axis=0).tolist()) == ([3.5, 1.5], [9.5, 7.5])
    assert (small.min(axis=0).tolist(), small.max(axis=0).tolist()) == ([5.5, 3.5], [7.5, 5.5])
    assert [text.get_text().strip() for text in axis.texts] == ["2", "6"]


def residual_block():
    """Build the block of exercise 5."""
    x = keras.Input((32, 32, 16), name="x")
    y = keras.layers.Conv2D(16, 3, padding="same", activation="relu", name="first")(x)
    y = keras.layers.Conv2D(16, 3, padding="same", name="second")(y)
    return keras.Model(x, keras.layers.Add(name="sum")([x, y]))


def test_exercise_5():
    keras.utils.set_random_seed(0)
    influence = page.measure_influence(residual_block(), (16, 16))
    rows, columns = np.nonzero(influence)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (14, 18, 14, 18)
    others = np.delete(influence[14:19, 14:19].ravel(), 12)
    assert influence[16, 16] > 1.5 * others.max()


# Diagrams


def test_parents_are_what_a_layer_reads():
    assert page.layer_parents(page.build_two_inputs()) == {
        "image": [],
        "facts": [],
        "conv": ["image"],
        "average": ["conv"],
        "dense": ["facts"],
        "both": ["average", "dense"],
        "price": ["both"],
    }
    chain = page.layer_parents(page.build_rnn())
    assert chain == {
        "words": [],
        "embedding": ["words"],
        "lstm": ["embedding"],
        "output": ["lstm"],
    }
    assert page.layer_parents(residual_block())["sum"] == ["x", "second"]


def test_places_are_below_what_is_read_and_apart():
    parents = {"a": [], "b": [], "c": ["a"], "d": ["b"], "e": ["c", "d"], "f": ["a"]}
    places = page.layer_places(parents)
    assert places["a"] == (0, 0)
    assert places["b"] == (1, 0)
    assert places["e"] == (0.5, -2)
    for name, read in parents.items():
        assert all(places[name][1] < places[parent][1] for parent in read)
    spots = list(places.values())
    assert all(
        abs(x - other_x) >= 1
        for index, (x, y) in enumerate(spots)
        for other_x, other_y in spots[:index]
        if y == other_y
    )


def test_the_diagram_names_shapes_and_parameters():
    axis = Figure().subplots()
    page.plot_layers(axis, page.build_two_inputs())
    boxes = [text.get_text() for text in axis.texts if text.get_text()]
    assert boxes == [
        "image\n(None, 64, 64, 3)",
        "facts\n(None, 4)",
        "conv (Conv2D)\n(None, 62, 62, 16)\n448",
        "average (GlobalAveragePooling2D)\n(None, 16)\n0",
        "dense (Dense)\n(None, 16)\n80",
        "both (Concatenate)\n(None, 32)\n0",
        "price (Dense)\n(None, 1)\n33",
    ]
    arrows = [text for text in axis.texts if not text.get_text()]
    assert len(arrows) == 6


# Memory


def test_memory_by_hand():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            keras.layers.Conv2D(4, 3, name="conv"),
            keras.layers.Flatten(name="flat"),
            keras.layers.Dense(5, name="dense"),
        ]
    )
    assert page.memory_by_layer(model) == [
        ("conv", 4 * (9 * 2 + 1) * 4, 4 * 6 * 6 * 4),
        ("flat", 0, 4 * 144),
        ("dense", 4 * 145 * 5, 4 * 5),
    ]
