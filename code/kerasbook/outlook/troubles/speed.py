"""What one answer and one step cost, asked for in several ways."""

import keras
import numpy as np

from kerasbook.stopwatch import shortest_seconds


def answer_ms(model, rows):
    """Return the milliseconds of an answer, by the way one asks."""
    one = rows[:1]
    ways = {
        "predict in a loop": lambda: model.predict(one, verbose=0),
        "model(x) in a loop": lambda: np.asarray(model(one)),
        "predict_on_batch": lambda: model.predict_on_batch(one),
        "predict, all at once": lambda: model.predict(rows, verbose=0),
    }
    found = {}
    for name, ask in ways.items():
        ask()  # compiles
        found[name] = 1000 * shortest_seconds(ask, 8)
    found["predict, all at once"] /= len(rows)
    return found


def step_ms(model, rows, labels):
    """Milliseconds of a step in an epoch of `fit`, by the processor's clock."""

    def fit():
        model.fit(rows, labels, batch_size=16, verbose=0)

    return 1000 * shortest_seconds(fit, 1) / (len(rows) / 16)


def call_times(sizes=(1, 256, 4096)):
    """Compare two dense layers of Keras with the same in PyTorch itself.

    For the PyTorch backend.

    Returns:
        by batch size, the microseconds of a call: Keras's and PyTorch's.
    """
    import torch

    model = keras.Sequential([keras.Input((64,))])
    bare = torch.nn.Sequential()
    for _ in range(2):
        model.add(keras.layers.Dense(64, activation="relu"))
        bare.extend([torch.nn.Linear(64, 64), torch.nn.ReLU()])

    def microseconds(network, size):
        x = torch.ones((size, 64))
        calls = shortest_seconds(lambda: [network(x) for _ in range(20)], 8)
        return 1e6 * calls / 20

    with torch.no_grad():
        return {n: [microseconds(each, n) for each in (model, bare)]
                for n in sizes}  # fmt: skip
