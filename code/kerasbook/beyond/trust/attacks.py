"""Images changed by as little as is seen by nobody, to get a wrong answer."""

import keras
import numpy as np
import tensorflow as tf


def input_gradient(model, images, labels):
    """Gradient of the loss with respect to the pixels of each image."""
    images = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(images)  # ①
        loss = keras.losses.sparse_categorical_crossentropy(
            labels, model(images, training=False), from_logits=True
        )
    return tape.gradient(loss, images).numpy()


def fast_gradient_sign(model, images, labels, epsilon):
    """Move each pixel, from 0 to 1, by `epsilon` to where the loss rises."""
    require_epsilon(epsilon)
    step = epsilon * np.sign(input_gradient(model, images, labels))
    return np.clip(images + step, 0, 1)


def projected_gradient_descent(
    model, images, labels, epsilon, *, steps=10, seed=0
):
    """PGD attack: gradient-sign steps, projected back within `epsilon`."""
    require_epsilon(epsilon)
    noise = np.random.default_rng(seed).uniform(-1, 1, images.shape)
    found = images + epsilon * noise.astype("float32")
    for _ in range(steps):
        found = np.clip(found, 0, 1)
        step = (
            2.5
            * epsilon
            / steps
            * np.sign(input_gradient(model, found, labels))
        )
        found = np.clip(found + step, images - epsilon, images + epsilon)  # ①
    return np.clip(found, 0, 1)


def require_epsilon(epsilon):
    """Raise an error unless pixels from 0 to 1 can move by `epsilon`."""
    if not 0 <= epsilon <= 1:
        raise ValueError(
            "Expected epsilon from 0 to 1, in units of images from 0 to 1: "
            f"write 8 / 255 for 8 levels of 255. Received: epsilon={epsilon}"
        )
