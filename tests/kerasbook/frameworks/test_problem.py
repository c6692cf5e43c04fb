"""The shared problem: data, initial weights, the step by hand, and how it is compared."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

from kerasbook.frameworks import problem
from kerasbook.grading import grade

# Data


def test_the_split_has_whole_batches_and_every_image_once():
    (x_train, y_train), (x_test, y_test) = problem.load_standardized_digits(seed=0)
    assert x_train.shape == (44 * 32, 64)
    assert x_test.shape == (389, 64)
    assert x_train.dtype == x_test.dtype == np.float32
    assert y_train.dtype == y_test.dtype == np.int64
    images, labels = load_digits(return_X_y=True)
    everything = np.bincount(np.concatenate([y_train, y_test]))
    assert everything.tolist() == np.bincount(labels).tolist()
    # Undo the standardization: the pixels are whole numbers from 0 to 16 again, in another order.
    spread = 16 / (x_train.max() - x_train.min())
    pixels = (np.concatenate([x_train, x_test]) - x_train.min()) * spread
    assert np.allclose(pixels, pixels.round(), atol=1e-4)
    assert sorted(map(tuple, pixels.round())) == sorted(map(tuple, images))


def test_classes_keep_their_shares():
    (_, y_train), (_, y_test) = problem.load_standardized_digits(seed=3)
    shares = np.bincount(y_train) / len(y_train) - np.bincount(y_test) / len(y_test)
    assert np.abs(shares).max() < 0.005


def test_training_images_alone_set_mean_and_spread():
    (x_train, _), (x_test, _) = problem.load_standardized_digits(seed=0)
    assert abs(x_train.mean()) < 1e-6
    assert abs(x_train.std() - 1) < 1e-6
    assert abs(x_test.mean()) > 1e-5


def test_the_seed_decides_the_split_and_its_order():
    first, again, other = (problem.load_standardized_digits(seed=s)[0][1] for s in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_training_images_are_shuffled():
    (_, y_train), _ = problem.load_standardized_digits(seed=0)
    assert all(len(set(y_train[start : start + 32])) > 5 for start in range(0, 1408, 32))


# Initial weights


def test_weights_have_glorots_limits_and_biases_are_zero():
    w1, b1, w2, b2 = problem.glorot_weights((64, 400, 10), seed=0)
    assert [array.shape for array in (w1, b1, w2, b2)] == [(64, 400), (400,), (400, 10), (10,)]
    assert {array.dtype for array in (w1, b1, w2, b2)} == {np.dtype("float32")}
    for kernel, (inputs, outputs) in ((w1, (64, 400)), (w2, (400, 10))):
        limit = np.sqrt(6 / (inputs + outputs))
        assert 0.99 * limit < np.abs(kernel).max() <= limit * (1 + 1e-6)
        # A uniform distribution has the variance limit² / 3, Glorot's 2 / (inputs + outputs).
        assert kernel.var() == pytest.approx(2 / (inputs + outputs), rel=0.05)
    assert not b1.any()
    assert not b2.any()


def test_the_seed_decides_the_weights():
    first, again, other = (problem.glorot_weights((3, 2), seed=s)[0] for s in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


# The step by hand


@pytest.fixture
def small_case():
    generator = np.random.default_rng(0)
    weights = problem.glorot_weights((5, 4, 3), seed=1)
    weights[1] += generator.normal(size=4).astype("float32")
    return weights, generator.normal(size=(6, 5)), np.array([0, 1, 2, 2, 1, 0])


def loss_of(weights, x, y):
    """Compute the loss another way: through the probability of each label."""
    w1, b1, w2, b2 = weights
    total = 0.0
    for image, label in zip(x, y, strict=True):
        hidden = [max(0.0, float(image @ w1[:, k] + b1[k])) for k in range(len(b1))]
        scores = np.exp([float(np.dot(hidden, w2[:, k]) + b2[k]) for k in range(len(b2))])
        total -= np.log(scores[label] / scores.sum())
    return total / len(y)


def test_loss_is_that_of_a_loop(small_case):
    step = problem.reference_first_step(*small_case, 0.1)
    assert step["loss"][0] == pytest.approx(loss_of(*small_case), rel=1e-12)
    assert step["logits"][0].shape == (6, 3)


def test_gradients_are_those_of_finite_differences(small_case):
    weights, x, y = small_case
    step = problem.reference_first_step(weights, x, y, 0.1)
    for index, array in enumerate(weights):
        numeric = np.zeros(array.shape)
        for position in np.ndindex(array.shape):
            sides = []
            for shift in (1e-5, -1e-5):
                moved = [other.astype("float64") for other in weights]
                moved[index][position] += shift
                sides.append(loss_of(moved, x, y))
            numeric[position] = (sides[0] - sides[1]) / 2e-5
        np.testing.assert_allclose(step["gradients"][index], numeric, atol=1e-8)


def test_the_update_goes_against_the_gradient(small_case):
    weights, x, y = small_case
    step = problem.reference_first_step(weights, x, y, 0.25)
    for old, new, gradient in zip(weights, step["updated"], step["gradients"], strict=True):
        np.testing.assert_allclose(new, old - 0.25 * gradient, rtol=1e-12)


def test_the_step_is_forward_loss_and_backward(small_case):
    weights, x, y = small_case
    doubles = [array.astype("float64") for array in weights]
    hidden, logits = problem.reference_forward(doubles, x)
    loss, d_logits = problem.reference_loss(logits, y)
    gradients = problem.reference_backward(doubles, x, hidden, d_logits)
    assert hidden.shape == (6, 4)
    np.testing.assert_allclose(d_logits.sum(axis=1), 0, atol=1e-12)  # (P - Y) / n
    step = problem.reference_first_step(weights, x, y, 0.1)
    assert step["loss"] == [loss]
    for ours, theirs in zip(gradients, step["gradients"], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_step_leaves_its_arguments_alone(small_case):
    weights, x, y = small_case
    before = [array.copy() for array in weights]
    problem.reference_first_step(weights, x, y, 0.1)
    assert all(np.array_equal(a, b) for a, b in zip(before, weights, strict=True))


def test_logits_of_any_size_give_a_finite_loss():
    weights = [np.eye(2, dtype="float32") * 1000, np.zeros(2, "float32")] * 2
    step = problem.reference_first_step(weights, np.array([[1.0, 0.0]]), np.array([0]), 0.1)
    assert step["loss"] == [0.0]


# Comparing


def test_deviation_is_the_worst_ratio_of_each_part():
    expected = {"a": [np.array([1.0, -4.0]), np.array([10.0])], "b": [2.0]}
    found = {"a": [np.array([1.5, -4.0]), np.array([11.0])], "b": [2.0]}
    assert problem.largest_deviation(found, expected) == {"a": 0.125, "b": 0.0}


def test_transposed_arrays_are_refused():
    with pytest.raises(ValueError, match="shapes") as caught:
        problem.largest_deviation({"a": [np.ones((2, 3))]}, {"a": [np.ones((3, 2))]})
    assert str(caught.value) == "Expected equal shapes in 'a'. Received: (2, 3) and (3, 2)"


# Figures


def test_digits_are_drawn_as_eight_by_eight():
    x = np.arange(128.0).reshape(2, 64)
    axes = Figure().subplots(1, 2)
    problem.plot_digits(axes, x, ["first", "second"])
    for axis, image, title in zip(axes, x, ("first", "second"), strict=True):
        assert np.array_equal(axis.images[0].get_array(), image.reshape(8, 8))
        assert axis.get_title() == title


def test_losses_are_drawn_from_epoch_one_on_a_logarithmic_axis():
    axis = Figure().subplots()
    problem.plot_losses(axis, [2.0, 0.5])
    assert axis.lines[0].get_xydata().tolist() == [[1, 2.0], [2, 0.5]]
    assert axis.get_yscale() == "log"
    problem.plot_losses(axis, [1.0] * 20)
    assert all(tick == int(tick) for tick in axis.get_xticks())


# The exercise of the page on PyTorch

LAYERS = [
    (([[1, 2]], [[1, 3], [0, 1], [2, 0]], [0, 0, 1]), [[7, 2, 3]]),
    (([[1, 2]], [[1, 3], [0, 1]], [0, 10]), [[7, 12]]),
]


def test_the_grader_tells_a_transposed_layer_from_one_that_is_not():
    assert grade(problem.linear_layer, LAYERS) == "Right in all 2 cases."
    assert grade(problem.linear_layer_without_transpose, LAYERS[1:]).endswith(
        "expected [[7, 12]], received [[1, 15]]."
    )


# The exercise of the page on TensorFlow

NETWORKS = [((1, 1, 1), 4), ((64, 32, 10), 2410)]


def test_parameters_are_those_of_the_arrays_and_the_grader_misses_biases():
    weights = problem.glorot_weights((64, 32, 10), seed=0)
    assert problem.count_two_layers(64, 32, 10) == sum(array.size for array in weights)
    assert grade(problem.count_two_layers, NETWORKS) == "Right in all 2 cases."
    said = grade(problem.count_without_biases, NETWORKS)
    assert said == "Wrong for (1, 1, 1): expected 4, received 2."
