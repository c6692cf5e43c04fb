"""The last blocks learn, too: fine-tuning."""

import keras
import numpy as np


def free_blocks(network, first):
    """Let training change the convolutions from block `first` on.

    All else stays as it is, normalization above all.
    """
    for layer in network.layers:
        kind = layer.name.split("_")
        late = kind[0] == "blocks" and int(kind[1]) >= first
        layer.trainable = kind[-1] == "conv" and late or kind[1:] == ["head"]


def tune_model(model, images, labels, *, rate, batch_size=100, seed=0):
    """Go on training a model with squared errors, for one epoch.

    Each image passes once, mirrored or not as a coin falls.

    Args:
        model: photographs in, scores of classes out.
        images: uint8 `(n, height, width, 3)`.
        labels: integers `(n,)`.
        rate: learning rate at the beginning; it falls to zero.
        batch_size: images of a step.
        seed: of the coin and the order.
    """
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(images))
    images, labels = images[order], labels[order]
    coin = generator.random(len(images)) < 0.5
    images[coin] = images[coin, :, ::-1]
    rate = keras.optimizers.schedules.CosineDecay(
        rate, -(-len(images) // batch_size)
    )
    model.compile(keras.optimizers.Adam(rate), "mean_squared_error")
    targets = np.eye(model.output_shape[-1], dtype="float32")[labels]
    model.fit(images, targets, batch_size, shuffle=False, verbose=0)
