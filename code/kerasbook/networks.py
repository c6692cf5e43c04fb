"""The article's network, and a block that other chapters build with."""

import keras


def article_layers(num_classes=10):
    """Return the layers of the article's network, and the one it lacks.

    Three blocks of convolution and pooling, then two dense layers: 73,418
    parameters for `num_classes=10`. From images of shape
    `(batch, 32, 32, 3)` to class probabilities `(batch, num_classes)`.
    """
    return [
        keras.layers.Conv2D(32, 3, activation="relu", name="conv1"),
        keras.layers.MaxPooling2D(name="pool1"),  # used there, never imported
        keras.layers.Conv2D(64, 3, activation="relu", name="conv2"),
        keras.layers.MaxPooling2D(name="pool2"),
        keras.layers.Conv2D(64, 3, activation="relu", name="conv3"),
        keras.layers.MaxPooling2D(name="pool3"),
        keras.layers.Flatten(name="flatten"),  # missing in the article
        keras.layers.Dense(64, activation="relu", name="hidden"),
        keras.layers.Dense(num_classes, activation="softmax", name="output"),
    ]


def convolution_block(filters, momentum=0.99):
    """Return the layers of a block that halves width and height.

    A padded 3 x 3 convolution, batch normalization, ReLU and pooling. The
    convolution needs no bias: normalization has one.
    """
    return [
        keras.layers.Conv2D(filters, 3, padding="same", use_bias=False),
        keras.layers.BatchNormalization(momentum=momentum),
        keras.layers.ReLU(),
        keras.layers.MaxPooling2D(),
    ]
