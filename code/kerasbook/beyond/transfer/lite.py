"""EfficientNet-Lite0, trained on ImageNet by others, rebuilt in Keras."""

import keras
from keras import layers

# Of each stage: blocks, kernel size, first stride, expand ratio, channels.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
NUM_BLOCKS = 16


def batch_norm_relu6(x, name, *, activate=True):
    """Batch normalization, then ReLU6 if wanted."""
    x = layers.BatchNormalization(epsilon=1e-3, name=name)(x)  # ①
    return layers.ReLU(6.0)(x) if activate else x


def pointwise_conv(x, channels, name):
    """Pointwise (1 × 1) convolution."""
    return layers.Conv2D(channels, 1, use_bias=False, name=name)(x)


def inverted_residual(x, name, kernel_size, stride, expand_ratio, channels):
    """Inverted residual block: expand, depthwise convolution, project."""
    before = x
    if expand_ratio > 1:
        x = pointwise_conv(x, expand_ratio * x.shape[-1], f"{name}_expand_conv")
        x = batch_norm_relu6(x, f"{name}_bn0")
    x = layers.DepthwiseConv2D(
        kernel_size, stride, padding="same", use_bias=False,
        name=f"{name}_depthwise_conv",
    )(x)  # fmt: skip
    x = batch_norm_relu6(x, f"{name}_bn1")
    x = pointwise_conv(x, channels, f"{name}_project_conv")
    x = batch_norm_relu6(x, f"{name}_bn2", activate=False)
    return layers.Add()([before, x]) if x.shape == before.shape else x


def classification_head(x):
    """ImageNet head: 1 × 1 convolution, global average pooling, dense layer."""
    x = batch_norm_relu6(pointwise_conv(x, 1280, "conv_head"), "bn1")
    x = layers.Identity(name="head_end")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return layers.Dense(1000, name="fc")(x)


def list_blocks():
    """Return kernel size, stride, expand ratio and channels of each block."""
    return [
        (kernel_size, stride if number == 0 else 1, expand_ratio, channels)
        for repeats, kernel_size, stride, expand_ratio, channels in STAGES
        for number in range(repeats)
    ]


def build_lite0(size, num_blocks=NUM_BLOCKS):
    """Build EfficientNet-Lite0, its weights still random.

    From prepared images `(batch, size, size, 3)` to logits `(batch, 1000)`;
    with fewer than 16 blocks to the maps of the last one.
    """
    inputs = keras.Input((size, size, 3))
    first = {"padding": "same", "use_bias": False, "name": "conv_stem"}
    x = layers.Conv2D(32, 3, 2, **first)(inputs)
    x = batch_norm_relu6(x, "bn0")
    for number, settings in enumerate(list_blocks()[:num_blocks]):
        x = inverted_residual(x, f"blocks_{number}", *settings)
        x = layers.Identity(name=f"block_{number}_end")(x)  # ①
    x = classification_head(x) if num_blocks == NUM_BLOCKS else x
    return keras.Model(inputs, x, name="lite0")
