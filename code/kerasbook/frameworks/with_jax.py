"""The network in plain JAX: pure functions of the weights."""

import jax
import jax.numpy as jnp
import numpy as np


def jax_logits(weights, x):
    """Map images `(batch, inputs)` to logits `(batch, classes)`."""
    w1, b1, w2, b2 = weights
    hidden = jax.nn.relu(x @ w1 + b1)  # (batch, hidden)
    return hidden @ w2 + b2


def jax_loss(weights, x, y):
    """Mean cross-entropy of integer labels `(batch,)`."""
    log_p = jax.nn.log_softmax(jax_logits(weights, x))
    return -log_p[jnp.arange(len(y)), y].mean()


def jax_step(weights, x, y, learning_rate):
    """Return new weights, one step downhill, and the loss before it."""
    loss, gradients = jax.value_and_grad(jax_loss)(weights, x, y)
    new_weights = jax.tree.map(
        lambda old, gradient: old - learning_rate * gradient,
        weights,
        gradients,
    )
    return new_weights, loss


def train_jax(
    weights, x, y, *, batch_size, epochs, learning_rate, after_epoch=None
):
    """Train; return new weights and the mean loss of each epoch."""
    step = jax.jit(jax_step)
    history = []
    for _ in range(epochs):
        losses = []
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            weights, loss = step(weights, x[rows], y[rows], learning_rate)
            losses.append(loss)
        history.append(float(jnp.stack(losses).mean()))
        if after_epoch:
            after_epoch()
    return weights, history


def jax_run(weights, x, y, x_test, **settings):
    """Train, then predict: the loss of each epoch, the logits of `x_test`."""
    weights, losses = train_jax(weights, x, y, **settings)
    return losses, np.asarray(jax_logits(weights, x_test))


def jax_first_step(weights, x, y, learning_rate):
    """Take one step; return it as `reference_first_step` does."""
    loss, gradients = jax.value_and_grad(jax_loss)(weights, x, y)
    updated, _ = jax_step(weights, x, y, learning_rate)
    return {
        "logits": [np.asarray(jax_logits(weights, x))],
        "loss": [np.asarray(loss)],
        "gradients": [np.asarray(gradient) for gradient in gradients],
        "updated": [np.asarray(array) for array in updated],
    }
