"""One step in six programs: numbers worked by hand, and a step in NumPy."""

from types import SimpleNamespace

import numpy as np
import pytest

from kerasbook.frameworks.problem import glorot_weights, reference_first_step
from kerasbook.outlook.choosing import step_jax, step_torch
from kerasbook.outlook.choosing.contest import max_abs_difference, run_pair, run_plain
from kerasbook.outlook.choosing.network import build_sam_network, sam_perturbation, train_with_fit
from kerasbook.outlook.choosing.step_jax import jax_sharp_loss, jax_sharp_step, train_sharp_jax
from kerasbook.outlook.choosing.step_tensorflow import (
    tensorflow_loss_and_gradients,
    tensorflow_sharp_step,
    tensorflow_train_step,
    train_sharp_tensorflow,
)
from kerasbook.outlook.choosing.step_torch import (
    torch_loss_and_gradients,
    torch_sharp_step,
    train_sharp_torch,
)

RATE, RADIUS = 0.1, 0.05


def sharp_reference(weights, x, y):
    """Take the step by hand, in float64, with the gradients of another chapter."""
    gradients = reference_first_step(weights, x, y, RATE)["gradients"]
    length = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
    uphill = [w + RADIUS * g / length for w, g in zip(weights, gradients, strict=True)]
    away = reference_first_step(uphill, x, y, RATE)["gradients"]
    return [w - RATE * a for w, a in zip(weights, away, strict=True)]


@pytest.fixture(scope="module")
def problem():
    """Return weights, images, labels: two batches of four."""
    generator = np.random.default_rng(1)
    x = generator.normal(size=(8, 6)).astype("float32")
    return glorot_weights((6, 5, 3), seed=2), x, np.array([0, 1, 2, 0, 2, 1, 1, 0])


@pytest.fixture(scope="module")
def expected(problem):
    """Return the weights after an epoch of two steps."""
    weights, x, y = problem
    return sharp_reference(sharp_reference(weights, x[:4], y[:4]), x[4:], y[4:])


def test_uphill_is_as_long_as_it_should_be():
    # Together 3, 0 and 4 have the length 5.
    moves = sam_perturbation([np.array([3.0, 0.0]), np.array([[4.0]])], 0.5)
    assert [np.asarray(move).tolist() for move in moves] == [
        pytest.approx([0.3, 0]), [pytest.approx([0.4])],
    ]  # fmt: skip


@pytest.mark.parametrize("train", [train_sharp_tensorflow, train_sharp_jax, train_sharp_torch])
def test_an_epoch_without_keras_equals_the_one_by_hand(train, problem, expected):
    weights, x, y = problem
    found = run_plain(
        train, weights, x, y, batch_size=4, epochs=1, learning_rate=RATE, radius=RADIUS
    )
    for one, other in zip(found["weights"], expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert len(found["losses"]) == 1
    assert len(found["ticks"]) == 2


def test_steps_return_the_loss_before_them(problem):
    weights, x, y = problem
    loss = reference_first_step(weights, x, y, RATE)["loss"][0]
    import tensorflow as tf
    import torch

    assert float(jax_sharp_loss(weights, x, y)) == pytest.approx(loss, rel=1e-6)
    assert float(jax_sharp_step(weights, x, y, RATE, RADIUS)[1]) == pytest.approx(loss, rel=1e-6)
    variables = [tf.Variable(array) for array in weights]
    assert float(tensorflow_loss_and_gradients(variables, x, y)[0]) == pytest.approx(loss, rel=1e-6)
    step = tensorflow_sharp_step(variables, x, y, RATE, RADIUS)
    assert float(step) == pytest.approx(loss, rel=1e-6)
    tensors = [torch.tensor(array, requires_grad=True) for array in weights]
    batch = torch.from_numpy(x), torch.from_numpy(y)
    assert float(torch_loss_and_gradients(tensors, *batch)[0]) == pytest.approx(loss, rel=1e-6)
    step = torch_sharp_step(tensors, *batch, RATE, RADIUS)
    assert float(step) == pytest.approx(loss, rel=1e-6)


def test_keras_on_tensorflow_equals_the_one_by_hand(problem, expected, tmp_path):
    weights, x, y = problem
    settings = {"batch_size": 4, "epochs": 1, "learning_rate": RATE, "radius": RADIUS}
    found = train_with_fit(tensorflow_train_step, weights, x, y, **settings)
    for one, other in zip(found["weights"], expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    arrays = dict(zip(("w1", "b1", "w2", "b2"), weights, strict=True))
    np.savez(tmp_path / "start.npz", x=x, y=y, **arrays)
    pair = run_pair(
        tensorflow_train_step, train_sharp_tensorflow, tmp_path / "start.npz", **settings
    )
    assert max_abs_difference(list(pair.values()), "weights") < 1e-6
    assert max_abs_difference(list(pair.values()), "losses") < 1e-6
    model = build_sam_network(None, weights, radius=RADIUS, learning_rate=RATE)
    assert [w.shape for w in model.get_weights()] == [(6, 5), (5,), (5, 3), (3,)]


def numpy_climb(gradients, radius):
    """Do what `sam_perturbation` does, whatever the backend of this process."""
    length = sum((gradient**2).sum() for gradient in gradients) ** 0.5
    return [radius * gradient / length for gradient in gradients]


# The loss is w² at w = 1: slope 2, uphill by 0.5 to 1.5, slope 3, down to 1 - 0.1 * 3.
def test_the_step_for_jax_is_the_example_of_the_page(monkeypatch):
    monkeypatch.setattr(step_jax, "sam_perturbation", numpy_climb)

    def loss_and_updates(weights, others, metrics, x, y, sample_weight, training, slots):
        assert (metrics, x, y, sample_weight, training) == (["metric"], "x", "y", None, True)
        seen = [*others, weights[0]]  # what a layer keeps: where it was asked
        return (weights[0] ** 2).sum(), (None, None, seen, None)

    model = SimpleNamespace(
        radius=0.5,
        compute_loss_and_updates=loss_and_updates,
        optimizer=SimpleNamespace(
            stateless_apply=lambda slots, gradients, weights: (
                [w - 0.1 * g for w, g in zip(weights, gradients, strict=True)], slots,
            )
        ),
    )  # fmt: skip
    state = ([np.array([1.0], "float32")], [5.0], ["slot"], ["metric"])
    logs, (weights, others, *rest) = step_jax.jax_sam_train_step(model, state, ("x", "y"))
    assert float(logs["last_loss"]) == 1
    assert float(weights[0][0]) == pytest.approx(0.7)
    assert [float(each) for each in map(np.squeeze, others)] == [5, 1]  # not uphill, at 1.5
    assert rest == [["slot"], ["metric"]]


class Parameter:
    """What the step wants of a weight of Keras on PyTorch."""

    def __init__(self, value):
        import torch

        self.value = torch.nn.Parameter(torch.tensor([value]))

    def assign_add(self, move):
        self.value += move

    def assign_sub(self, move):
        self.value -= move


def test_the_step_for_pytorch_is_the_example_of_the_page(monkeypatch):
    monkeypatch.setattr(step_torch, "sam_perturbation", numpy_climb)
    weight = Parameter(1.0)

    class Model:
        radius = 0.5
        trainable_weights = [weight]
        optimizer = SimpleNamespace(
            apply=lambda gradients, weights: weights[0].assign_sub(0.1 * gradients[0])
        )

        def __call__(self, x, training):
            return weight.value**2

        def compute_loss(self, x, y, y_pred):
            return y_pred.sum()

        def zero_grad(self):
            weight.value.grad = None

    logs = step_torch.torch_train_step(Model(), (None, None))
    assert float(logs["last_loss"]) == 1
    assert float(weight.value.detach()) == pytest.approx(0.7)
