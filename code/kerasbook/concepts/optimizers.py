"""Update rules of optimizers in NumPy, compared with those of Keras (§2.2.3).

A step takes weights, their gradient and a dict `state`, empty at first, in
which the rule keeps what it remembers; it returns the new weights.
"""

import numpy as np


def sgd_step(w, g, state, *, learning_rate, momentum=0.0):
    """Move `w` against the gradient `g`; `state` keeps the velocity."""
    velocity = momentum * state.get("velocity", 0.0) - learning_rate * g
    state["velocity"] = velocity
    return w + velocity


def rmsprop_step(w, g, state, *, learning_rate, rho=0.9, epsilon=1e-7):
    """Divide each gradient by the root of its mean square so far."""
    square = rho * state.get("square", 0.0) + (1 - rho) * g**2
    state["square"] = square
    return w - learning_rate * g / np.sqrt(square + epsilon)


def adam_step(
    w, g, state, *, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """Divide the mean gradient so far by the root of its mean square.

    `epsilon` stands where Keras puts it: beside the uncorrected root, as in
    the formula just before section 2.1 of Kingma and Ba (2014).
    """
    t = state["t"] = state.get("t", 0) + 1
    state["mean"] = beta_1 * state.get("mean", 0.0) + (1 - beta_1) * g
    state["square"] = beta_2 * state.get("square", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * state["mean"] / (np.sqrt(state["square"]) + epsilon)


def adamw_step(w, g, state, *, learning_rate, weight_decay, **settings):
    """Shrink the weights by weight decay, then take the step of Adam."""
    shrunk = w - learning_rate * weight_decay * w
    return adam_step(shrunk, g, state, learning_rate=learning_rate, **settings)


def amsgrad_step(w, g, state, *, learning_rate, beta_1=0.9, beta_2=0.999):
    """Step like Adam, but never forget the largest mean square."""
    t = state["t"] = state.get("t", 0) + 1
    state["mean"] = beta_1 * state.get("mean", 0.0) + (1 - beta_1) * g
    state["square"] = beta_2 * state.get("square", 0.0) + (1 - beta_2) * g**2
    state["largest"] = np.maximum(state.get("largest", 0.0), state["square"])
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * state["mean"] / (np.sqrt(state["largest"]) + 1e-7)
