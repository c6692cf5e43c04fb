"""What a network has seen in images, as a row of numbers each."""

import keras
import numpy as np
from keras import layers


def pooled_block_features(network):
    """Global average pooling of the output of every block.

    From prepared images to a row each, as long as all their channels.
    """
    ends = [layer for layer in network.layers if layer.name.endswith("_end")]
    averages = [
        layers.GlobalAveragePooling2D(dtype="float32")(end.output)
        for end in ends
    ]
    outputs = layers.Concatenate(dtype="float32")(averages)
    return keras.Model(network.inputs, outputs)


def with_preprocessing(network, *, mean=127, scale=128):
    """Put resizing and pixel scaling in front of a network.

    They are uint8, red, green and blue, of any size: each pixel less `mean`
    is divided by `scale`, then the image is brought to the network's size.
    """
    size = network.input_shape[1]
    inputs = keras.Input((None, None, 3), dtype="uint8")
    x = layers.Rescaling(1 / scale, -mean / scale, dtype="float32")(inputs)
    x = layers.Resizing(size, size, "bicubic", dtype="float32")(x)  # ①
    return keras.Model(inputs, network(x))


def extract_features(extractor, images):
    """Extract features of images with a frozen network."""
    return extractor.predict(images, batch_size=100, verbose=0)


def nearest_neighbors(rows, queries, count):
    """Indices of the k nearest rows (k-NN), nearest first.

    Args:
        rows: array `(n, d)`.
        queries: array `(m, d)`.
        count: how many to find.

    Returns:
        their positions in `rows`, `(m, count)`.
    """
    distance = np.sum(rows**2, axis=1) - 2 * queries @ rows.T  # ①
    return distance.argsort(axis=1)[:, :count]
