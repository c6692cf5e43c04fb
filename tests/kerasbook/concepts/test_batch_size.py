import itertools
import math
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.optimize import approx_fprime
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from bookkit.paths import CODE
from kerasbook.concepts import batch_size as page
from kerasbook.scores import accuracy


@pytest.fixture
def blobs():
    """Give four well separated classes in three dimensions, 48 points."""
    generator = np.random.default_rng(0)
    y = np.arange(48) % 4
    centers = np.array([[2, 0, 0], [0, 2, 0], [0, 0, 2], [-2, -2, -2]])
    return centers[y] + generator.normal(0, 0.3, (48, 3)), y


# Steps


@pytest.mark.parametrize(
    ("samples", "size", "steps"),
    [(50, 32, 2), (50_000, 32, 1563), (64, 32, 2), (65, 32, 3), (1, 32, 1), (10_000, 64, 157)],
)
def test_batches_hold_every_sample_once_and_the_last_is_what_remains(samples, size, steps):
    batches = page.shuffled_batches(samples, size, np.random.default_rng(0))
    assert len(batches) == steps
    assert {len(batch) for batch in batches[:-1]} <= {size}
    assert len(batches[-1]) == samples - (steps - 1) * size
    assert sorted(itertools.chain(*batches)) == list(range(samples))


def test_each_epoch_is_shuffled_anew():
    generator = np.random.default_rng(0)
    first, second = (page.shuffled_batches(100, 100, generator)[0] for _ in range(2))
    assert (first != second).any()
    assert (first != np.arange(100)).any()


def test_fit_makes_as_many_updates():
    for samples, size in ((50, 32), (20, 5), (7, 100)):
        model = page.build_digit_mlp(8)
        model.compile("sgd", "sparse_categorical_crossentropy")
        x, y = np.zeros((samples, 64), "float32"), np.zeros(samples)
        model.fit(x, y, batch_size=size, epochs=2, verbose=0)
        steps = len(page.shuffled_batches(samples, size, np.random.default_rng(0)))
        assert int(model.optimizer.iterations) == 2 * steps


# What the page says of Keras


def compiled(learning_rate=0.0):
    keras.utils.set_random_seed(0)
    model = page.build_digit_mlp(8)
    model.compile(keras.optimizers.SGD(learning_rate), "sparse_categorical_crossentropy")
    return model


@pytest.fixture
def digits():
    generator = np.random.default_rng(0)
    return generator.random((50, 64), "float32"), np.arange(50) % 10


def test_the_loss_of_an_epoch_weights_batches_by_their_size(digits):
    x, y = digits
    reported = compiled().fit(x, y, batch_size=32, shuffle=False, verbose=0).history["loss"][0]
    parts = [
        compiled().evaluate(x[part], y[part], verbose=0) for part in (slice(32), slice(32, 50))
    ]
    assert reported == pytest.approx((32 * parts[0] + 18 * parts[1]) / 50, rel=1e-5)
    assert reported != pytest.approx(np.mean(parts), rel=1e-4)


def test_evaluating_gives_one_loss_for_every_batch_size(digits):
    losses = [compiled().evaluate(*digits, batch_size=size, verbose=0) for size in (1, 7, 50, 99)]
    assert losses == pytest.approx([losses[0]] * 4, rel=1e-5)


@pytest.mark.parametrize("size", [0, None])
def test_no_batch_size_means_thirty_two(digits, size):
    model = compiled()
    model.fit(*digits, batch_size=size, verbose=0)
    assert int(model.optimizer.iterations) == 2


class Tens(keras.utils.PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return np.zeros((10, 64), "float32"), np.zeros(10)


def test_a_dataset_with_batches_of_its_own_overrules_the_argument():
    model = compiled()
    model.fit(Tens(), batch_size=25, verbose=0)
    assert int(model.optimizer.iterations) == 5


def test_accumulating_pieces_equals_the_large_batch(digits):
    x, y = digits[0][:48], digits[1][:48]

    def run(size, pieces):
        keras.utils.set_random_seed(0)
        model = page.build_digit_mlp(8)
        sgd = keras.optimizers.SGD(0.5, gradient_accumulation_steps=pieces)
        model.compile(sgd, "sparse_categorical_crossentropy")
        start = model.get_weights()
        model.fit(x, y, batch_size=size, epochs=3, shuffle=False, verbose=0)
        assert int(sgd.iterations) == 6
        return start, model.get_weights()

    start, large = run(24, None)
    _, pieces = run(6, 4)
    for before, a, b in zip(start, large, pieces, strict=True):
        assert np.abs(a - before).max() > 1e-3
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_a_rest_of_pieces_is_carried_into_the_next_epoch(digits):
    model = page.build_digit_mlp(8)
    sgd = keras.optimizers.SGD(0.1, gradient_accumulation_steps=4)
    model.compile(sgd, "sparse_categorical_crossentropy")
    counted = []
    for _ in range(4):
        model.fit(*digits, batch_size=10, verbose=0)  # 5 batches
        counted.append(int(sgd.iterations))
    assert counted == [1, 2, 3, 5]


# The network


def flat(arrays):
    return np.concatenate([array.ravel() for array in arrays])


def test_gradients_agree_with_finite_differences(blobs):
    x, y = blobs
    parameters = page.he_normal_weights((3, 5, 4), seed=1)
    parameters[1] += 0.1  # away from the kink of ReLU
    shapes = [p.shape for p in parameters]
    ends = np.cumsum([p.size for p in parameters])[:-1]

    def loss_at(vector):
        parts = [v.reshape(s) for v, s in zip(np.split(vector, ends), shapes, strict=True)]
        return page.loss_and_gradients(parts, x, y)[0]

    _, gradients = page.loss_and_gradients(parameters, x, y)
    expected = approx_fprime(flat(parameters), loss_at, 1e-7)
    np.testing.assert_allclose(flat(gradients), expected, atol=1e-5)


def test_loss_and_accuracy_agree_with_keras(blobs):
    x, y = blobs
    parameters = page.he_normal_weights((3, 5, 4), seed=1)
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(5, "relu"), keras.layers.Dense(4, "softmax")]
    )
    model.set_weights(parameters)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    scores = model.evaluate(x, y, verbose=0, return_dict=True)
    assert page.loss_and_gradients(parameters, x, y)[0] == pytest.approx(scores["loss"], rel=1e-5)
    ours = accuracy(page.mlp_logits(parameters, x), y)
    assert ours == pytest.approx(scores["accuracy"])


def test_the_forward_pass_gives_log_probabilities_of_the_logits(blobs):
    x, _ = blobs
    parameters = page.he_normal_weights((3, 5, 4), seed=1)
    hidden, log_p = page.mlp_forward(parameters, x)
    assert hidden.shape == (48, 5)
    assert (hidden >= 0).all()
    expected = log_softmax(page.mlp_logits(parameters, x), axis=1)
    np.testing.assert_allclose(log_p, expected, atol=1e-12)


def test_the_backward_pass_gives_a_gradient_for_each_parameter(blobs):
    x, y = blobs
    parameters = page.he_normal_weights((3, 5, 4), seed=1)
    forward = page.mlp_forward(parameters, x)
    gradients = page.mlp_backward(parameters, x, y, *forward)
    assert [g.shape for g in gradients] == [p.shape for p in parameters]
    np.testing.assert_allclose(gradients[3].sum(), 0, atol=1e-12)  # p - y sums to 0


def test_large_scores_stay_finite():
    parameters = [np.eye(2) * 1e4, np.zeros(2), np.eye(2), np.zeros(2)]
    loss, gradients = page.loss_and_gradients(parameters, np.array([[1.0, 0.0]]), np.array([1]))
    assert loss == pytest.approx(1e4)
    assert np.isfinite(flat(gradients)).all()


def test_the_mean_of_single_gradients_is_the_gradient_of_all(blobs):
    x, y = blobs
    parameters = page.he_normal_weights((3, 5, 4), seed=1)
    singles = page.per_sample_gradients(parameters, x, y)
    assert singles.shape == (48, 3 * 5 + 5 + 5 * 4 + 4)
    full = flat(page.loss_and_gradients(parameters, x, y)[1])
    np.testing.assert_allclose(singles.mean(axis=0), full, atol=1e-12)


# Noise


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("replacement", [True, False])
def test_the_formula_is_exact_over_all_batches(size, replacement):
    gradients = np.random.default_rng(0).normal(size=(6, 3))
    full = gradients.mean(axis=0)
    draw = itertools.product if replacement else itertools.combinations
    batches = draw(range(6), repeat=size) if replacement else draw(range(6), size)
    squares = [((gradients[list(batch)].mean(axis=0) - full) ** 2).sum() for batch in batches]
    predicted = page.expected_gradient_noise(gradients, size, replacement=replacement)
    assert predicted == pytest.approx(math.sqrt(np.mean(squares)), abs=1e-12)


@pytest.mark.parametrize("replacement", [True, False])
def test_measured_noise_approaches_the_formula(replacement):
    gradients = np.random.default_rng(0).normal(size=(40, 3))
    measured = page.measured_gradient_noise(gradients, 10, replacement=replacement, draws=4000)
    predicted = page.expected_gradient_noise(gradients, 10, replacement=replacement)
    # 4,000 draws of three components: the standard error is below one percent.
    assert measured == pytest.approx(predicted, rel=0.05)
    other = page.expected_gradient_noise(gradients, 10, replacement=not replacement)
    assert measured != pytest.approx(other, rel=0.05)


def test_four_times_the_samples_halve_the_noise():
    gradients = np.random.default_rng(0).normal(size=(100, 3))
    noise = [page.expected_gradient_noise(gradients, size, replacement=True) for size in (4, 16)]
    assert noise[0] == pytest.approx(2 * noise[1])


def test_the_four_samples_of_the_page():
    four = np.array([[1.0], [2.0], [4.0], [5.0]])
    assert page.expected_gradient_noise(four, 2) ** 2 == pytest.approx(5 / 6)
    assert page.expected_gradient_noise(four, 2, replacement=True) ** 2 == pytest.approx(1.25)


def test_at_the_noise_scale_error_and_gradient_are_equally_long():
    generator = np.random.default_rng(0)
    gradients = generator.normal([0.5, 0, 0], size=(500, 3))
    scale = page.noise_scale(gradients)
    error = page.expected_gradient_noise(gradients, scale, replacement=True)
    assert error == pytest.approx(np.linalg.norm(gradients.mean(axis=0)))
    assert page.noise_scale(np.array([[1.0], [2.0], [4.0], [5.0]])) == pytest.approx(2.5 / 9)


def test_the_ratio_of_the_page_and_the_mistake():
    assert page.noise_ratio(8, 512, 1024) == pytest.approx(math.sqrt(127))
    assert page.noise_ratio(8, 512, 50_000) == pytest.approx(8.04, abs=0.005)
    assert page.careless_noise_ratio(8, 512, 1024) == 8


def test_the_ratio_divides_two_predictions():
    gradients = np.random.default_rng(0).normal(size=(40, 3))
    small, large = (page.expected_gradient_noise(gradients, size) for size in (5, 20))
    assert page.noise_ratio(5, 20, 40) == pytest.approx(small / large)


# Training


def test_training_learns_and_leaves_the_data_alone(blobs):
    x, y = blobs
    copy = x.copy()
    parameters = page.train_sgd(x, y, batch_size=8, learning_rate=0.2, epochs=20, seed=0, hidden=8)
    assert accuracy(page.mlp_logits(parameters, x), y) == 1.0
    assert LogisticRegression().fit(x, y).score(x, y) == 1.0  # the task can be learned
    np.testing.assert_array_equal(x, copy)


def test_one_full_batch_is_one_step_against_the_gradient(blobs):
    x, y = blobs
    trained = page.train_sgd(x, y, batch_size=48, learning_rate=0.3, epochs=1, seed=3, hidden=5)
    start = page.he_normal_weights((3, 5, 4), seed=3)
    _, gradients = page.loss_and_gradients(start, x, y)
    for after, before, gradient in zip(trained, start, gradients, strict=True):
        np.testing.assert_allclose(after, before - 0.3 * gradient, atol=1e-12)


def test_every_sample_is_used_once_an_epoch(blobs, monkeypatch):
    x, y = blobs
    x = np.column_stack([x, np.arange(48)])  # a column to know them by
    seen = []
    original = page.loss_and_gradients

    def watch(parameters, batch, labels):
        seen.append(batch[:, 3].astype(int).tolist())
        return original(parameters, batch, labels)

    monkeypatch.setattr(page, "loss_and_gradients", watch)
    page.train_sgd(x, y, batch_size=20, learning_rate=1e-6, epochs=2, seed=0)
    assert [len(batch) for batch in seen] == [20, 20, 8, 20, 20, 8]
    first, second = ([*itertools.chain(*part)] for part in (seen[:3], seen[3:]))
    assert sorted(first) == sorted(second) == list(range(48))
    assert first != second


def test_the_sweep_puts_every_run_in_its_place(blobs):
    settings = {"epochs": 2, "seeds": [0, 1]}
    losses, accuracies = page.grid_search(
        blobs, blobs, batch_sizes=[8, 48], learning_rates=[0.1, 0.4, 1e9], **settings
    )
    assert losses.shape == accuracies.shape == (2, 3, 2)
    for i, j, k in ((0, 1, 1), (1, 0, 0)):
        parameters = page.train_sgd(
            *blobs, batch_size=(8, 48)[i], learning_rate=(0.1, 0.4)[j], epochs=2, seed=k
        )
        assert losses[i, j, k] == page.loss_and_gradients(parameters, *blobs)[0]
        assert accuracies[i, j, k] == accuracy(page.mlp_logits(parameters, blobs[0]), blobs[1])
    assert (losses[:, 2] > 10).all(), "a learning rate of a billion was meant to diverge"


def test_a_run_that_diverges_counts_as_infinite(blobs, monkeypatch):
    nan = [np.full(shape, np.nan) for shape in ((3, 5), (5,), (5, 4), (4,))]
    monkeypatch.setattr(page, "train_sgd", lambda x, y, **settings: nan)
    loss, _ = page.train_and_evaluate(blobs, blobs, learning_rate=0.1)
    assert loss == np.inf


def test_a_small_rate_times_the_batch_size_changes_little(blobs):
    x, y = blobs
    start = page.loss_and_gradients(page.he_normal_weights((3, 32, 4), seed=0), x, y)[0]
    ends = [
        page.loss_and_gradients(
            page.train_sgd(x, y, batch_size=size, learning_rate=rate, epochs=4, seed=0), x, y
        )[0]
        for size, rate in ((4, 0.002), (16, 0.008), (16, 0.002))
    ]
    moved, scaled, fixed = (start - end for end in ends)
    assert moved > 0.02
    assert scaled == pytest.approx(moved, rel=0.05)
    assert fixed < 0.5 * moved


# Keras: time and memory


def test_both_ways_to_multiply_agree():
    generator = np.random.default_rng(0)
    x, w = generator.normal(size=(3, 5)), generator.normal(size=(5, 4))
    np.testing.assert_allclose(page.sample_by_sample(x, w), x @ w, atol=1e-12)
    assert page.sample_by_sample(x.astype("float32"), w.astype("float32")).dtype == np.float32


def test_the_shortest_time_counts_and_is_shared_by_the_samples(monkeypatch):
    clock = iter([0, 9, 10, 14, 20, 25])
    monkeypatch.setattr(page.time, "perf_counter", lambda: next(clock))
    seconds = page.seconds_per_sample(np.matmul, np.ones((2, 3)), np.ones((3, 1)), repeats=3)
    assert seconds == 2


def test_the_stopwatch_leaves_validation_out(monkeypatch):
    watch = page.Stopwatch()
    # begin and end of training in each epoch; validation takes the time between
    clock = iter([0, 2, 100, 103, 200, 201])
    monkeypatch.setattr(page.time, "perf_counter", lambda: next(clock))
    for epoch in range(3):
        watch.on_epoch_begin(epoch)
        watch.on_test_begin()
    assert watch.seconds == [2, 3, 1]


def test_training_by_the_clock_starts_from_the_weights_given(digits):
    x, y = digits
    model = compiled(0.5)
    start = model.get_weights()
    settings = {"batch_size": 50, "epochs": 3}
    seconds, losses = page.fit_timed(model, (x, y), (x, y), **settings)
    assert seconds.shape == losses.shape == (3,)
    assert (seconds > 0).all()
    again = compiled(0.5)
    again.set_weights(start)
    history = again.fit(x, y, validation_data=(x, y), verbose=0, **settings).history
    np.testing.assert_allclose(losses, history["val_loss"], rtol=1e-5)


def test_epochs_are_counted_until_the_goal_and_never_is_infinite():
    assert page.epochs_until(np.array([0.9, 0.4, 0.6, 0.3]), 0.5) == 2
    assert page.epochs_until(np.array([0.4]), 0.5) == 1
    assert page.epochs_until(np.array([0.9, 0.5]), 0.5) == math.inf


def test_bytes_agree_with_a_count_by_hand():
    network = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    weights = (27 + 1) * 32 + (288 + 1) * 64 + 65 * 10
    outputs = 30**2 * 32 + 15**2 * 32 + 13**2 * 64 + 64 + 10
    assert outputs == 46_890
    for size in (1, 32, 1024):
        assert page.training_bytes(network, size) == (16 * weights, 4 * outputs * size)


def test_adam_keeps_four_numbers_for_each_weight():
    model = page.build_digit_mlp(32)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(np.zeros((2, 64), "float32"), np.zeros(2), verbose=0)
    state = sum(math.prod(v.shape) for v in model.optimizer.variables if len(v.shape))
    weights = model.count_params()
    assert state == 2 * weights  # and one gradient, and the weight itself
    assert page.training_bytes(model, 1)[0] == 4 * (state + 2 * weights)


UNBATCHED = """
import keras, numpy as np, tensorflow as tf
from kerasbook.concepts.batch_size import build_digit_mlp
from kerasbook.demonstrate import show_error

dataset = tf.data.Dataset.from_tensor_slices((np.zeros((50, 64)), np.zeros(50)))
model = build_digit_mlp(4)
model.compile("sgd", "sparse_categorical_crossentropy")
model.fit(dataset.batch(8), batch_size=25, shuffle=False, verbose=0)
print(int(model.optimizer.iterations))
model = build_digit_mlp(4)
model.compile("sgd", "sparse_categorical_crossentropy")
show_error(lambda: model.fit(dataset, shuffle=False, verbose=0))
"""


def test_the_batch_size_of_a_dataset_wins_and_none_is_an_error():
    environment = os.environ | {
        "KERAS_BACKEND": "tensorflow", "PYTHONPATH": str(CODE), "TF_CPP_MIN_LOG_LEVEL": "3",
    }  # fmt: skip
    answer = subprocess.run(
        [sys.executable, "-c", UNBATCHED],
        env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    updates, error = answer.stdout.splitlines()[-2:]
    assert updates == "7"
    assert error.startswith("ValueError: Invalid input shape") or "shape" in error


# Figures


def test_noise_is_drawn_as_points_beside_its_formula_and_the_gradient():
    axis = Figure().subplots()
    page.plot_noise(axis, [1, 4, 16], [4, 2.1, 1], [4, 2, 1], 0.5)
    measured, predicted, gradient = axis.lines
    assert list(measured.get_ydata()) == [4, 2.1, 1]
    assert list(predicted.get_ydata()) == [4, 2, 1]
    assert measured.get_marker() != predicted.get_marker()
    assert list(gradient.get_ydata()) == [0.5, 0.5]


def test_times_are_drawn_per_step_and_per_epoch():
    axes = Figure().subplots(1, 2)
    page.plot_times(axes, [8, 16], [0.4, 0.3], 797)  # 100 and 50 steps
    assert list(axes[0].lines[0].get_ydata()) == pytest.approx([4, 6])
    assert list(axes[1].lines[0].get_ydata()) == [0.4, 0.3]
    assert [axis.get_ylim()[0] for axis in axes] == [0, 0]


def test_losses_are_written_into_their_cells_and_some_framed():
    axis = Figure().subplots()
    losses = np.array([[0.1, 2.3, 5.0], [0.02, 0.5, np.inf]])
    marked = {"s": (range(2), [1, 1]), "o": ([0, 1], [0, 1])}
    page.plot_loss_table(axis, losses, [8, 16], [0.1, 1, 2], marked)
    written = {text.get_position(): text.get_text() for text in axis.texts}
    assert written[(2, 0)] == "5.00"
    assert written[(0, 1)] == "0.02"
    squares, circles = (collection.get_offsets().tolist() for collection in axis.collections)
    assert squares == [[1, 0], [1, 1]]
    assert circles == [[0, 0], [1, 1]]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["0.1", "1", "2"]


def test_losses_are_drawn_at_the_pace_of_the_median_epoch():
    axis = Figure().subplots()
    runs = {8: [([1, 2], [0.5, 0.4]), ([3, 9], [0.6, 0.3])], 64: [([0.5], [0.2])]}
    page.plot_loss_by_time(axis, runs, 0.35)
    *drawn, goal = axis.lines
    lines = [(list(line.get_xdata()), list(line.get_ydata())) for line in drawn]
    assert list(goal.get_ydata()) == [0.35, 0.35]
    assert lines == [([2.5, 5], [0.5, 0.4]), ([2.5, 5], [0.6, 0.3]), ([0.5], [0.2])]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["8", "64"]
    colors = [line.get_color() for line in axis.lines]
    assert colors[0] == colors[1] != colors[2]
