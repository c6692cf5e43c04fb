"""Losses and statistics that are not what one expects."""

import keras
import numpy as np


def build_dropout_network(rate, dropout):
    """Build and compile a network that drops a share of what it computes."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((16,))])
    model.add(keras.layers.Dense(64, activation="relu"))
    model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(2, activation="softmax"))
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(rate), loss)
    return model


def fit_then_evaluate(model, rows, labels):
    """Train for an epoch; return the losses that both report."""
    history = model.fit(rows, labels, batch_size=16, verbose=0).history
    return history["loss"][0], model.evaluate(rows, labels, verbose=0)


def freeze_all(layer):
    """Train nothing of a layer, nor of those in it."""
    layer.trainable = False


def freeze_normalization(model):
    """Train all layers but batch normalization."""
    for layer in model.layers:
        kind = keras.layers.BatchNormalization
        layer.trainable = not isinstance(layer, kind)


def build_base(rows):
    """Pretrain a network that ends with batch normalization."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(8), keras.layers.BatchNormalization()]
    base = keras.Sequential([keras.Input((16,)), *layers])
    base.compile("adam", "mse")
    base.fit(rows, np.zeros((len(rows), 8)), epochs=3, verbose=0)
    return base


def moving_mean_change(base, rows, labels, **call):
    """Largest change of a moving mean when a head is trained on a base.

    Returns:
        how far a moving mean of the base's last layer went at most.
    """
    inputs = keras.Input((16,))
    head = keras.layers.Dense(2, activation="softmax")
    model = keras.Model(inputs, head(base(inputs, **call)))
    optimizer = keras.optimizers.Adam(1e-6)  # weights hardly move
    model.compile(optimizer, "sparse_categorical_crossentropy")
    before, mean = base.get_weights(), base.layers[-1].moving_mean
    was = mean.numpy()
    model.fit(rows, labels, batch_size=16, verbose=0)
    moved = float(np.abs(mean.numpy() - was).max())
    base.set_weights(before)
    return moved


def losses_in(policy, rows, targets):
    """Return the losses of four epochs, computed with a policy of types."""
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(policy)
    model = keras.Sequential([keras.Input((16,))])
    model.add(keras.layers.Dense(32, activation="relu"))
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse")
    keras.config.set_dtype_policy("float32")
    return model.fit(rows, targets, epochs=4, verbose=0).history["loss"]


def kernel_sum(seed, rows, labels, build):
    """Seed, train a new network for an epoch, and add up its first kernel."""
    seed(0)
    model = build()
    model.fit(rows, labels, verbose=0)
    return float(np.abs(model.get_weights()[0]).sum())


def seed_two(seed):
    """Seed NumPy and TensorFlow, as many programs do."""
    import tensorflow as tf

    np.random.seed(seed)
    tf.random.set_seed(seed)
