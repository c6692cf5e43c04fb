"""Parts of networks that several chapters build with."""

import keras


def convolution_block(filters):
    """Return the layers of a block that halves width and height.

    A padded 3 x 3 convolution, batch normalization, ReLU and pooling, from
    `(batch, height, width, channels)` to `(batch, height // 2, width // 2,
    filters)`. The convolution needs no bias: normalization has one.
    """
    return [
        keras.layers.Conv2D(filters, 3, padding="same", use_bias=False),
        keras.layers.BatchNormalization(),
        keras.layers.ReLU(),
        keras.layers.MaxPooling2D(),
    ]
