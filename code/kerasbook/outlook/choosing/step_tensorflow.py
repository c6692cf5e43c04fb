"""The same step in TensorFlow: as a `train_step` of Keras, and without it."""

import tensorflow as tf

from kerasbook.outlook.choosing.network import sam_perturbation


def tensorflow_train_step(model, data):
    """`train_step` with SAM in Keras on TensorFlow."""
    x, y = data
    weights = model.trainable_weights
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x, training=True))
    moves = sam_perturbation(tape.gradient(loss, weights), model.radius)
    for weight, move in zip(weights, moves, strict=True):
        weight.assign_add(move)
    with tf.GradientTape() as tape:
        perturbed_loss = model.compute_loss(x, y, model(x, training=True))
    gradients = tape.gradient(perturbed_loss, weights)
    for weight, move in zip(weights, moves, strict=True):
        weight.assign_sub(move)
    model.optimizer.apply(gradients, weights)
    return {"last_loss": loss}


def tensorflow_loss_and_gradients(weights, x, y):
    """Mean cross-entropy of an MLP, and its gradients."""
    w1, b1, w2, b2 = weights
    with tf.GradientTape() as tape:
        logits = tf.nn.relu(x @ w1 + b1) @ w2 + b2  # (batch, classes)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
        loss = tf.reduce_mean(each)
    return loss, tape.gradient(loss, weights)


def tensorflow_sharp_step(weights, x, y, learning_rate, radius):
    """One SAM step in TensorFlow, in place; returns the loss."""
    loss, gradients = tensorflow_loss_and_gradients(weights, x, y)
    length = tf.linalg.global_norm(gradients)
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.assign_add(radius * gradient / length)
    _, perturbed_gradients = tensorflow_loss_and_gradients(weights, x, y)
    updates = zip(weights, gradients, perturbed_gradients, strict=True)
    for weight, gradient, away in updates:
        weight.assign_sub(radius * gradient / length + learning_rate * away)
    return loss


def train_sharp_tensorflow(
    weights, batches, *, epochs, learning_rate, radius, after_epoch
):
    """Train; return the last loss of each epoch, and the weights.

    Args:
        weights: arrays `[w1, b1, w2, b2]`.
        batches: pairs of images `(batch, inputs)` and labels `(batch,)`.
        epochs: passes over the batches.
        learning_rate: of plain gradient descent.
        radius: length of the perturbation.
        after_epoch: called at the end of each.
    """
    variables = [tf.Variable(array) for array in weights]
    step = tf.function(tensorflow_sharp_step)
    batches = [(tf.constant(x), tf.constant(y)) for x, y in batches]
    losses = []
    for _ in range(epochs):
        for x, y in batches:
            loss = step(variables, x, y, learning_rate, radius)
        losses.append(float(loss))
        after_epoch()
    return losses, [variable.numpy() for variable in variables]
