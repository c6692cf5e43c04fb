"""The same step in JAX: as a `train_step` of Keras, and without it."""

import jax
import jax.numpy as jnp
import numpy as np

from kerasbook.outlook.choosing.network import sam_perturbation


def jax_sam_train_step(model, state, data):
    """SAM `train_step` for Keras on JAX."""
    weights, others, slots, metrics = state  # ①
    loss_at = model.compute_loss_and_updates  # ②
    loss_and_gradients = jax.value_and_grad(loss_at, has_aux=True)
    known = (others, metrics, *data, None, True, slots)
    (loss, (_, _, others, _)), gradients = loss_and_gradients(  # ③
        weights, *known
    )
    moves = sam_perturbation(gradients, model.radius)
    perturbed = [w + move for w, move in zip(weights, moves, strict=True)]
    _, gradients = loss_and_gradients(perturbed, *known)
    weights, slots = model.optimizer.stateless_apply(slots, gradients, weights)
    return {"last_loss": loss}, (weights, others, slots, metrics)


def jax_sharp_loss(weights, x, y):
    """Mean cross-entropy of two layers."""
    w1, b1, w2, b2 = weights
    logits = jax.nn.relu(x @ w1 + b1) @ w2 + b2  # (batch, classes)
    log_p = jax.nn.log_softmax(logits)
    return -log_p[jnp.arange(len(y)), y].mean()


def jax_sharp_step(weights, x, y, learning_rate, radius):
    """One SAM step in JAX: the new weights, and the loss."""
    loss, gradients = jax.value_and_grad(jax_sharp_loss)(weights, x, y)
    length = jnp.sqrt(sum((gradient**2).sum() for gradient in gradients))
    perturbed = jax.tree.map(
        lambda w, gradient: w + radius * gradient / length, weights, gradients
    )
    away = jax.grad(jax_sharp_loss)(perturbed, x, y)
    new = jax.tree.map(lambda w, a: w - learning_rate * a, weights, away)
    return new, loss


def train_sharp_jax(
    weights, batches, *, epochs, learning_rate, radius, after_epoch
):
    """Train; return the last loss of each epoch, and the weights.

    The arguments are those of `train_sharp_tensorflow`.
    """
    step = jax.jit(jax_sharp_step)
    batches = [(jnp.asarray(x), jnp.asarray(y)) for x, y in batches]
    weights = list(map(jnp.asarray, weights))
    losses = []
    for _ in range(epochs):
        for x, y in batches:
            weights, loss = step(weights, x, y, learning_rate, radius)
        losses.append(float(loss))
        after_epoch()
    return losses, [np.asarray(weight) for weight in weights]
