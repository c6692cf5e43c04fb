"""Three networks and their shapes, against Keras, by hand and by brute force."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.special import expit, ndtr

from kerasbook.drawings import read_cells
from kerasbook.workflow import building as page

# The reader


def test_the_reader_is_the_plan():
    model = page.build_small_cnn()
    shapes = [layer.output.shape[1:] for layer in model.layers]
    assert shapes == [(8, 8, 8), (4, 4, 8), (2, 2, 16), (64,), (10,)]
    assert [layer.count_params() for layer in model.layers] == [80, 0, 1168, 0, 650]


def test_the_reader_answers_with_probabilities():
    keras.utils.set_random_seed(0)
    model = page.build_small_cnn()
    pictures = np.random.default_rng(0).random((3, 8, 8, 1)).astype("float32")
    answers = model.predict(pictures, verbose=0)
    assert answers.shape == (3, 10)
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)


# The comparison


@pytest.fixture
def comparison():
    keras.utils.set_random_seed(0)
    scorer = page.build_scorer()
    return scorer, page.build_siamese_comparison(scorer)


def test_the_comparison_has_the_weights_of_the_scorer_once(comparison):
    scorer, model = comparison
    assert scorer.count_params() == 80 + 1168 + 65 * 32 + 33
    assert model.count_params() == scorer.count_params()


def test_the_comparison_is_a_sigmoid_of_the_difference(comparison):
    scorer, model = comparison
    left, right = np.random.default_rng(0).random((2, 5, 8, 8, 1)).astype("float32")
    margin = scorer.predict(left, verbose=0) - scorer.predict(right, verbose=0)
    answers = model.predict([left, right], verbose=0)
    np.testing.assert_allclose(answers, expit(margin), atol=1e-6)
    swapped = model.predict([right, left], verbose=0)
    np.testing.assert_allclose(answers + swapped, 1, atol=1e-6)


def test_pairs_differ_and_say_who_is_larger():
    labels = np.array([3, 1, 4, 1, 5])
    images = labels.astype("float32").reshape(-1, 1, 1, 1)  # a picture tells its digit
    [left, right], answers = page.draw_pairs(images, labels, 200, seed=0)
    assert 100 < len(answers) < 200  # 18 of 25 pairs have different digits
    assert (left != right).all()
    assert answers.tolist() == (left > right).ravel().tolist()
    assert 0.3 < answers.mean() < 0.7
    again = page.draw_pairs(images, labels, 200, seed=0)[1]
    assert again.tolist() == answers.tolist()


# Life


def test_a_blinker_turns():
    board = read_cells(".....\n..#..\n..#..\n..#..\n.....")
    turned = read_cells(".....\n.....\n.###.\n.....\n.....")
    assert page.life_step(board[None])[0].tolist() == turned.tolist()
    assert page.life_step(turned[None])[0].tolist() == board.tolist()


def test_life_by_counting_neighbors():
    boards = (np.random.default_rng(0).random((2, 6, 7)) < 0.4).astype("float32")
    after = page.life_step(boards)
    for n, row, column in np.ndindex(boards.shape):
        around = boards[n, max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        neighbors = around.sum() - boards[n, row, column]
        lives = neighbors == 3 or (neighbors == 2 and boards[n, row, column] == 1)
        assert after[n, row, column] == lives


def rule_of_life():
    """Return the network with weights set by hand, exact on boards of 0 and 1.

    With a cell counting half, the window sums to 2.5, 3 or 3.5 where a cell lives on or is born.
    """
    model = page.LifeNetwork()
    model(np.zeros((1, 4, 4, 1), "float32"))
    window = np.ones((3, 3, 1, 32), "float32")
    window[1, 1] = 0.5
    borders = np.full(32, -100, "float32")
    borders[:4] = -2, -2.5, -3.5, -4  # a plateau from 2.5 to 3.5
    model.neighborhood_conv.set_weights([window, borders])
    slopes = np.zeros((1, 1, 32, 1), "float32")
    slopes[0, 0, :4, 0] = 40, -40, -40, 40
    model.output_conv.set_weights([slopes, np.array([-10], "float32")])
    return model


def test_the_network_can_hold_the_rule_and_repeats_it():
    model = rule_of_life()
    boards = (np.random.default_rng(1).random((5, 9, 8)) < 0.4).astype("float32")
    truth = boards
    for steps in range(1, 5):
        truth = page.life_step(truth)
        found = np.asarray(model(boards[..., None], steps=steps))[..., 0]
        assert found.round().tolist() == truth.tolist()
    assert np.abs(found - truth).max() < 1e-3


# Shapes


@pytest.mark.parametrize(
    ("size", "kernel", "setting", "expected"),
    [
        (8, 3, {}, 6),
        (4, 3, {}, 2),
        (8, 2, {"stride": 2}, 4),
        (13, 2, {"stride": 2}, 6),
        (7, 3, {"stride": 3}, 2),
        (7, 3, {"padding": "same"}, 7),
        (7, 3, {"padding": "same", "stride": 2}, 4),
        (5, 5, {}, 1),
    ],
)
def test_sizes_by_hand(size, kernel, setting, expected):
    assert page.conv_output_size(size, kernel, **setting) == expected


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_sizes_by_placing_the_window(stride):
    for size in range(1, 20):
        for kernel in range(1, size + 1):
            places = [at for at in range(0, size, stride) if at + kernel <= size]
            assert page.conv_output_size(size, kernel, stride=stride) == len(places)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_sizes_agree_with_keras(padding, stride):
    image = np.zeros((1, 11, 11, 2), dtype="float32")
    for kernel in (2, 3, 5):
        size = page.conv_output_size(11, kernel, stride=stride, padding=padding)
        for make in (keras.layers.Conv2D, keras.layers.MaxPooling2D):
            first = (4,) if make is keras.layers.Conv2D else ()
            layer = make(*first, kernel, strides=stride, padding=padding)
            assert layer(image).shape[1:3] == (size, size)


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


def test_the_table_of_parameters():
    n, m = 5, 6
    for layer, shape, count in (
        (keras.layers.Dense(m), (n,), (n + 1) * m),
        (keras.layers.Conv2D(m, 3), (8, 8, n), (9 * n + 1) * m),
        (keras.layers.Embedding(n, m), (None,), n * m),
        (keras.layers.LSTM(m), (None, n), 4 * (n + m + 1) * m),
    ):
        layer(keras.Input(shape))
        assert layer.count_params() == count


# Receptive fields


@pytest.mark.parametrize(
    ("layers", "field"),
    [
        ([], 1),
        ([(3, 1)], 3),
        ([(3, 1), (3, 1)], 5),
        ([(3, 1), (2, 2), (3, 1)], 8),
        ([(3, 1), (2, 2)] * 3, 22),
        ([(1, 2), (3, 1)], 5),
    ],
)
def test_fields_by_hand(layers, field):
    assert page.receptive_field(layers) == field
    strided = any(stride > 1 for _, stride in layers[:-1])
    assert (page.field_without_strides(layers) == field) == (not strided)


@pytest.mark.parametrize("layers", [[(3, 1), (3, 2), (3, 1)], [(5, 2), (3, 1)], [(2, 2), (2, 2)]])
def test_the_computed_field_is_the_one_that_changes_the_output(layers):
    keras.utils.set_random_seed(0)
    chain = [keras.layers.Conv2D(3, kernel, strides=stride) for kernel, stride in layers]
    model = keras.Sequential([keras.Input((24, 24, 1)), *chain])
    images = np.random.default_rng(0).random((2, 24, 24, 1)).astype("float32")
    changed = page.receptive_field_pixels(model, images, 1, 2)
    jump = int(np.prod([stride for _, stride in layers]))
    field = page.receptive_field(layers)
    expected = np.zeros((24, 24), bool)
    expected[jump : jump + field, 2 * jump : 2 * jump + field] = True
    assert changed.tolist() == expected.tolist()


# Drawings


def test_each_score_stands_above_its_digit_and_each_mean_is_a_line():
    labels = np.repeat(np.arange(10), 3)
    scores = labels * 2.0 + np.tile([-1, 0, 4], 10)
    axis = Figure().subplots()
    page.plot_scores(axis, labels, scores)
    [points] = axis.collections
    x, y = points.get_offsets().T
    assert np.round(x).tolist() == labels.tolist()
    assert y.tolist() == scores.tolist()
    heights = [line.get_ydata()[0] for line in axis.lines]
    assert heights == [2.0 * digit + 1 for digit in range(10)]


def test_activations_are_drawn_as_scipy_computes_them():
    x = np.linspace(-3, 3, 13)
    axes = Figure().subplots(1, 3)
    page.plot_activation_values(axes, ("sigmoid", "relu", "gelu"), x)
    expected = (expit(x), np.maximum(x, 0), x * ndtr(x))
    for axis, name, y in zip(axes, ("sigmoid", "relu", "gelu"), expected, strict=True):
        assert axis.get_title() == name
        np.testing.assert_allclose(axis.lines[0].get_ydata(), y, atol=1e-6)
