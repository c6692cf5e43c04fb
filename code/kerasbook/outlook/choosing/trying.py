"""What a backend of Keras can do: one small program for each wish."""

import re

import keras
import numpy as np


def train_through(function, **settings):
    """Train a dense layer below a function for an epoch of four steps."""

    class Layer(keras.layers.Layer):
        def call(self, x):
            return function(x)

        def compute_output_shape(self, shape):
            return shape

    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(2), Layer()]
    )
    model.compile("sgd", "mse", **settings)
    x = np.ones((8, 2), "float32")
    model.fit(x, 3 * x, batch_size=2, epochs=1, verbose=0)


def negate_if_sum_negative(x):
    """-x if the sum of x is negative, else x (data-dependent branch)."""
    if keras.ops.sum(x) < 0:
        return -x
    return x


def halve_until_below_one(x):
    """Halve x until its maximum is below 1 (data-dependent loop)."""
    return keras.ops.while_loop(
        lambda x: keras.ops.max(x) >= 1, lambda x: (x / 2,), (x,)
    )[0]


def count_python_calls():
    """Whether Python runs the layer in each step, or only while tracing."""
    visits = []

    def count(x):
        visits.append(keras.ops.shape(x))
        return x

    train_through(count)
    return "each step" if len(visits) > 4 else "tracing only"


def find_precision():
    """The dtype that a backend gives when float64 is requested."""
    ones = keras.ops.ones(2, "float64")
    return keras.backend.standardize_dtype(ones.dtype)


def use_input(**kind):
    """Put a dense layer on an input of a kind."""
    keras.layers.Dense(1)(keras.Input((2,), **kind))


def shorten(error):
    """Return type and first sentence of an error, without its preface."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].startswith("Exception encountered"):
        lines = lines[1:]
    sentence = re.split(r"(?<=\.)\s", lines[0])[0]
    return f"{type(error).__name__}: {sentence}"


def try_wishes():
    """Try what users wish for, on the backend of this process.

    Returns:
        dict from wish to what came back: a word, or an error as text.
    """
    wishes = {
        "Python runs in": count_python_calls,
        "if on a value": lambda: train_through(negate_if_sum_negative),
        "loop until": lambda: train_through(halve_until_below_one),
        "steps_per_execution=2": lambda: train_through(
            keras.ops.relu, steps_per_execution=2
        ),
        "64 bits": find_precision,
        "sparse input": lambda: use_input(sparse=True),
        "ragged input": lambda: use_input(ragged=True),
        "ops.grad": lambda: str(keras.ops.grad),
    }
    answers = {}
    for wish, action in wishes.items():
        try:
            answers[wish] = action() or "yes"
        except Exception as error:
            answers[wish] = shorten(error)
    return answers
