"""A network in Keras whose `fit` uses a custom training step."""

import time

import keras


def sam_perturbation(gradients, radius):
    """Scale gradients to the ascent step of SAM, of norm `radius`."""
    squares = [keras.ops.sum(gradient**2) for gradient in gradients]
    length = keras.ops.sqrt(sum(squares))
    return [radius * gradient / length for gradient in gradients]


def build_sam_network(train_step, weights, *, radius, learning_rate):
    """An MLP whose `fit` uses a custom `train_step` (SAM).

    Args:
        train_step: replaces `keras.Model.train_step`.
        weights: arrays `[w1, b1, w2, b2]`.
        radius: length of the perturbation.
        learning_rate: of plain gradient descent.
    """

    class SharpNetwork(keras.Sequential):
        pass

    SharpNetwork.train_step = train_step
    inputs, hidden = weights[0].shape
    model = SharpNetwork(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(len(weights[-1])),
        ]
    )
    model.radius = radius
    model.set_weights(weights)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(learning_rate), loss)
    return model


def train_with_fit(
    train_step, weights, x, y, *, batch_size, epochs, **settings
):
    """Train; return the last loss and the end of each epoch, and the weights.

    Args:
        train_step: as for `build_sam_network`.
        weights: as for `build_sam_network`.
        x: images of shape `(n, inputs)`, in the order of training.
        y: integer labels of shape `(n,)`.
        batch_size: images a step.
        epochs: passes over the images.
        settings: `radius` and `learning_rate`, as for `build_sam_network`.

    Returns:
        dict: `losses`, `ticks` (seconds of the processor, the start
            first), `weights`.
    """
    model = build_sam_network(train_step, weights, **settings)
    ticks = [time.process_time()]
    call = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ticks.append(time.process_time())
    )
    history = model.fit(
        x, y, batch_size, epochs, shuffle=False, callbacks=[call], verbose=0
    )
    losses = history.history["last_loss"]
    return {"losses": losses, "ticks": ticks, "weights": model.get_weights()}
