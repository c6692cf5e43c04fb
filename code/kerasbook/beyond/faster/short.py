"""The short recipe, in Keras's own layers."""

import keras
import numpy as np

from kerasbook.beyond.faster.network import whitening_kernel


def whitened_input(images):
    """Return an input of uint8 images, and layers that whiten it.

    Args:
        images: training images `(n, height, width, channels)`, uint8.
    """
    pixels = images.reshape(-1, images.shape[-1])
    mean, variance = pixels.mean(axis=0), pixels.var(axis=0)
    kernel = whitening_kernel((images - mean) / np.sqrt(variance))
    first = keras.layers.Conv2D(
        kernel.shape[-1], 2, activation="relu", use_bias=False
    )
    first.build(images.shape)
    first.set_weights([kernel])
    first.trainable = False
    normalize = keras.layers.Normalization(mean=mean, variance=variance)
    return [keras.Input(images.shape[1:], dtype="uint8"), normalize, first]


def short_network(images, widths=(64, 128, 128)):
    """Build a network with two convolutions for each width.

    Some thousand training images serve to whiten.
    """
    layers = whitened_input(images)
    for width in widths:
        for pool in (2, 1):
            layers += [
                keras.layers.Conv2D(width, 3, padding="same", use_bias=False),
                keras.layers.MaxPooling2D(pool),
                keras.layers.BatchNormalization(momentum=0.6, scale=False),
                keras.layers.Activation("relu"),
            ]
    layers += [
        keras.layers.GlobalMaxPooling2D(),
        keras.layers.Dense(10, use_bias=False),
        keras.layers.Rescaling(1 / 9, dtype="float32"),
    ]
    return keras.Sequential(layers)


def moved_batches(images, labels, *, batch_size, seed):
    """Yield batches without end, moved, and mirrored every other epoch."""
    random = np.random.default_rng(seed)
    height, width = images.shape[1:3]
    margins = ((0, 0), (2, 2), (2, 2), (0, 0))
    padded = np.pad(images, margins, mode="reflect")
    mirrored = random.random(len(images)) < 0.5
    while True:
        order = random.permutation(len(images))
        for start in range(0, len(images) - batch_size + 1, batch_size):
            chosen = order[start : start + batch_size]
            y, x = random.integers(0, 5, 2)  # one move for the whole batch
            batch = padded[chosen, y : y + height, x : x + width]
            turned = mirrored[chosen]
            batch[turned] = batch[turned, :, ::-1]
            yield batch, labels[chosen]
        mirrored = ~mirrored


def short_rate(peak, steps):
    """Return a rate that rises for a fifth of the steps, then falls."""
    rising = steps // 5
    return keras.optimizers.schedules.CosineDecay(
        0.2 * peak,
        steps - rising,
        0.05,
        warmup_target=peak,
        warmup_steps=rising,
    )


def train_short(images, labels, *, epochs, batch_size=256, seed=0):
    """Build a network, train it on integer labels below 10, return it."""
    per_epoch = len(images) // batch_size
    if not per_epoch:
        raise ValueError(
            f"Expected a batch of at most the {len(images)} images. "
            f"Received: batch_size={batch_size}"
        )
    model = short_network(images[:5000])
    rate = short_rate(1.5 * batch_size / 1024, epochs * per_epoch)
    model.compile(
        keras.optimizers.SGD(rate, 0.85, nesterov=True, weight_decay=0.0089),
        keras.losses.CategoricalCrossentropy(True, label_smoothing=0.2),
    )
    one_hot = np.eye(10, dtype="float32")[labels]
    batches = moved_batches(images, one_hot, batch_size=batch_size, seed=seed)
    settings = {"steps_per_epoch": per_epoch, "shuffle": False, "verbose": 0}
    model.fit(batches, epochs=epochs, **settings)
    return model
