"""Plain TensorFlow: batches, compiled and eager steps, and a program without its Python code."""

import numpy as np
import pytest
import tensorflow as tf

from kerasbook.frameworks import problem
from kerasbook.frameworks import with_tensorflow as page


@pytest.fixture
def weights():
    return problem.glorot_weights((6, 5, 3), seed=0)


@pytest.fixture
def case():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(12, 6)).astype("float32")
    return x, x[:, :3].argmax(axis=1)  # learnable: the largest of the first three


def labels_of(batches):
    return [label for _, y in batches for label in y.numpy().tolist()]


def test_batches_keep_the_order():
    x, y = np.zeros((10, 2), "float32"), np.arange(10)
    batches = page.tensorflow_batches(x, y, batch_size=4)
    assert [len(y) for _, y in batches] == [4, 4, 2]
    assert labels_of(batches) == labels_of(batches) == list(range(10))


def test_shuffled_batches_hold_everything_in_a_new_order_every_time():
    x, y = np.zeros((50, 2), "float32"), np.arange(50)
    batches = page.tensorflow_batches(x, y, batch_size=8, shuffle_seed=1)
    first, second = labels_of(batches), labels_of(batches)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert first != list(range(50))


def test_training_lowers_the_loss_and_calls_back(weights, case):
    calls = []
    losses = page.train_tensorflow(
        page.tensorflow_variables(weights), *case,
        batch_size=4, epochs=40, learning_rate=0.3, after_epoch=lambda: calls.append(1),
    )  # fmt: skip
    assert len(losses) == len(calls) == 40
    assert losses[-1] < 0.2 * losses[0]


def test_the_compiled_step_is_the_eager_one(weights, case):
    eager, compiled = (page.tensorflow_variables(weights) for _ in range(2))
    step = tf.function(page.tensorflow_step)
    for _ in range(3):
        page.tensorflow_step(eager, *case, 0.1)
        step(compiled, *case, 0.1)
    for a, b in zip(eager, compiled, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-5, atol=1e-7)


def test_constants_have_no_gradient(weights, case):
    constants = [tf.constant(array) for array in weights]
    assert page.tensorflow_gradients(constants, *case)[1] == [None] * 4


def test_a_saved_program_takes_any_number_of_images(weights, case, tmp_path):
    variables = page.tensorflow_variables(weights)
    page.save_tensorflow_program(variables, tmp_path / "program")
    program = tf.saved_model.load(tmp_path / "program")
    for count in (1, 7, 12):
        x = case[0][:count]
        expected = page.tensorflow_logits(variables, x).numpy()
        np.testing.assert_array_equal(program.logits(x).numpy(), expected)
    with pytest.raises(TypeError, match="TensorSpec"):
        program.logits(case[0][:, :5])
