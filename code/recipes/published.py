"""What others report on CIFAR-10, and what it costs: nothing is trained, operations are counted.

Each network is built as its source describes it, for images of 32 x 32 pixels. The accuracies are
those that the sources print.
"""

import math
from typing import Any

from recipes.recipe import Recipe

EXAMPLES = "https://keras.io/examples/vision/"


def _count(seed: int, *, network: str, **training: Any) -> dict[str, float]:
    """Count the operations of a training; the seed changes nothing."""
    import keras

    keras.utils.set_random_seed(seed)
    model = NETWORKS[network]()
    return _result(training, training_flops(model, training), model.count_params())


def _report(seed: int, *, flops: float, **reported: Any) -> dict[str, float]:
    """Return what a source counted itself."""
    return {"test_accuracy": reported["accuracy"], "training_flops": flops}


def _result(training: dict, flops: float, parameters: int) -> dict[str, float]:
    return {
        "test_accuracy": training["accuracy"],
        "training_flops": flops,
        "parameters": parameters,
    }


def training_flops(model: Any, training: dict) -> float:
    """Count like `scoring.forward_flops`, three times for each image of each epoch."""
    return 3.0 * network_flops(model) * training["images"] * training["epochs"]


def network_flops(model: Any) -> int:
    """Count the multiplications and additions of a graph of layers, one image's way forward."""
    import keras

    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.MultiHeadAttention):
            length, width = layer.output.shape[1:]
            inner = layer.num_heads * layer.key_dim
            total += 2 * length * inner * (4 * width + 2 * length)
        elif (kernel := getattr(layer, "kernel", None)) is not None:
            places = math.prod(layer.output.shape[1:-1])
            total += 2 * places * math.prod(kernel.shape)
    return total


def _convmixer() -> Any:
    """Build ConvMixer-256/8: patches of 2 x 2, then eight times 5 x 5 by channel and 1 x 1."""
    import keras
    from keras import layers

    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(256, 2, strides=2)(inputs)
    x = layers.BatchNormalization()(x)
    for _ in range(8):
        mixed = layers.DepthwiseConv2D(5, padding="same")(x)
        x = layers.Add()([layers.BatchNormalization()(mixed), x])
        x = layers.BatchNormalization()(layers.Conv2D(256, 1)(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10)(x))


def _cct() -> Any:
    """Build the compact convolutional Transformer: two convolutions, two blocks, a pooling."""
    import keras
    from keras import layers

    inputs = x = keras.Input((32, 32, 3))
    for filters in (64, 128):
        x = layers.Conv2D(filters, 3, use_bias=False)(x)
        x = layers.ZeroPadding2D(1)(x)
        x = layers.MaxPooling2D(3, 2, padding="same")(x)
    x = layers.Reshape((64, 128))(x)
    for _ in range(2):
        normal = layers.LayerNormalization()(x)
        x = layers.Add()([layers.MultiHeadAttention(2, 128)(normal, normal), x])
        hidden = layers.Dense(128)(layers.LayerNormalization()(x))
        x = layers.Add()([layers.Dense(128)(hidden), x])
    x = layers.LayerNormalization()(x)
    weights = layers.Softmax(axis=1)(layers.Dense(1)(x))
    pooled = layers.Flatten()(layers.Dot(axes=1)([weights, x]))
    return keras.Model(inputs, layers.Dense(10)(pooled))


def _resnet20() -> Any:
    """Build ResNet-20 of 16, 32 and 64 filters, three blocks each."""
    import keras
    from keras import layers

    def convolve(x: Any, filters: int, size: int = 3, strides: int = 1) -> Any:
        return layers.Conv2D(filters, size, strides=strides, padding="same")(x)

    inputs = keras.Input((32, 32, 3))
    x = layers.BatchNormalization()(convolve(inputs, 16))
    for filters, first in ((16, 1), (32, 2), (64, 2)):
        for strides in (first, 1, 1):
            y = layers.BatchNormalization()(convolve(x, filters, strides=strides))
            y = layers.BatchNormalization()(convolve(y, filters))
            x = layers.Add()([convolve(x, filters, 1, 2) if strides == 2 else x, y])
    x = layers.Flatten()(layers.AveragePooling2D(8)(x))
    return keras.Model(inputs, layers.Dense(10)(x))


NETWORKS = {"convmixer": _convmixer, "cct": _cct, "resnet20": _resnet20}

TASKS: dict[str, tuple[str, list[Recipe]]] = {
    "faster-published": (
        "cifar10",
        [
            Recipe(
                "keras-io-convmixer",
                {
                    "network": "convmixer",
                    "images": 45_000,
                    "epochs": 10,
                    "accuracy": 0.8369,
                    "source": f"{EXAMPLES}convmixer/",
                },
                _count,
            ),
            Recipe(
                "keras-io-cct",
                {
                    "network": "cct",
                    "images": 45_000,
                    "epochs": 30,
                    "accuracy": 0.7761,
                    "source": f"{EXAMPLES}cct/",
                },
                _count,
            ),
            Recipe(
                "keras-io-cutmix",
                {
                    "network": "resnet20",
                    "images": 50_000,
                    "epochs": 15,
                    "accuracy": 0.8014,
                    "source": f"{EXAMPLES}cutmix/",
                },
                _count,
            ),
            Recipe(
                "airbench94",
                {
                    "flops": 3.6e14,
                    "accuracy": 0.9401,
                    "source": "https://github.com/KellerJordan/cifar10-airbench",
                },
                _report,
            ),
        ],
    ),
}
