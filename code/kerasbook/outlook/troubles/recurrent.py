"""A stateful recurrent network: what it carries from batch to batch."""

import keras
import numpy as np


def carries_state():
    """Does a stateful LSTM carry its state from one `predict` to the next?

    Returns:
        `True` if a sequence of ten steps, read in two halves, gives what
        the whole sequence gives.
    """
    keras.utils.set_random_seed(0)
    inputs = keras.Input((None, 3), batch_size=1)
    model = keras.Sequential([inputs, keras.layers.LSTM(4, stateful=True)])
    steps = np.random.default_rng(0).normal(size=(1, 10, 3))
    whole = model.predict(steps, batch_size=1, verbose=0)
    model.layers[0].reset_state()
    model.predict(steps[:, :5], batch_size=1, verbose=0)
    halves = model.predict(steps[:, 5:], batch_size=1, verbose=0)
    return bool(np.allclose(halves, whole, atol=1e-5))
