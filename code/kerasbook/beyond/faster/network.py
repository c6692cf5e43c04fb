"""A network that trains fast: a whitening layer, then normalized blocks."""

import math

import keras
import numpy as np
from keras import ops


def require_images(images):
    """Raise an error unless these are uint8 images `(n, h, w, channels)`."""
    found = f"{images.dtype} {images.shape}"
    if images.ndim != 4 or images.dtype != np.uint8 or not len(images):
        raise ValueError(
            "Expected uint8 images of shape (n, height, width, channels): pass "
            f"pixels from 0 to 255, not scaled. Received: {found}"
        )


def normalization_of(images):
    """Return a layer that gives each channel mean 0 and variance 1."""
    pixels = images.reshape(-1, images.shape[-1])
    mean, variance = pixels.mean(axis=0), pixels.var(axis=0)
    return keras.layers.Normalization(
        mean=mean, variance=np.maximum(variance, 1e-3), dtype="float32"
    )


def whitening_kernel(images, size=2, epsilon=5e-4):
    """PCA whitening of patches as a kernel, each filter with its negative."""
    windows = np.lib.stride_tricks.sliding_window_view(
        images, (size, size), axis=(1, 2)
    )
    inputs = size * size * images.shape[-1]
    patches = np.moveaxis(windows, 3, 5).reshape(-1, inputs)
    values, vectors = np.linalg.eigh(patches.T @ patches / len(patches))
    filters = vectors / np.sqrt(values + epsilon)  # (inputs, filters)
    kernel = filters.reshape(size, size, images.shape[-1], inputs)
    return np.concatenate([kernel, -kernel], axis=-1).astype("float32")


@keras.saving.register_keras_serializable("kerasbook")
def dirac_initializer(shape, dtype=None):
    """Dirac (identity) initialization of a convolution kernel."""
    height, width, channels, filters = shape
    bound = 1 / math.sqrt(height * width * channels)
    drawn = keras.random.uniform(shape, -bound, bound)
    kernel = np.array(ops.convert_to_numpy(drawn))
    passed = np.arange(min(channels, filters))
    kernel[..., passed] = 0
    kernel[height // 2, width // 2, passed, passed] = 1
    return ops.convert_to_tensor(kernel, dtype)


@keras.saving.register_keras_serializable("kerasbook")
class ScaledBias(keras.layers.Layer):
    """A bias that is scaled by 8, so it learns 64 times as fast."""

    def build(self, input_shape):
        """Create the bias, an eighth of what is added."""
        size = (input_shape[-1],)
        self.bias = self.add_weight(shape=size, initializer="zeros")

    def call(self, inputs):
        """Add to maps `(n, h, w, channels)`."""
        return inputs + 8 * self.bias

    def compute_output_shape(self, input_shape):
        """Keep the shape."""
        return input_shape


def first_layers(images, whiten=True):
    """Return a layer that normalizes pixels, and the whitening layer."""
    normalize = normalization_of(images)
    filters = 8 * images.shape[-1]
    first = keras.layers.Conv2D(filters, 2, activation="relu", use_bias=False)
    if whiten:
        first.build(images.shape)
        normal = ops.convert_to_numpy(normalize(images))
        first.set_weights([whitening_kernel(normal)])
        first.trainable = False
    return [normalize, first]


def stage_layers(width, activation="relu", initializer=dirac_initializer):
    """Return two convolutions; the first halves height and width."""
    layers = []
    for pool in (2, 1):
        layers += [
            keras.layers.Conv2D(
                width,
                3,
                padding="same",
                use_bias=False,
                kernel_initializer=initializer,
            ),
            keras.layers.MaxPooling2D(pool),
            keras.layers.BatchNormalization(
                momentum=0.6, scale=False, center=False
            ),
            ScaledBias(),
            keras.layers.Activation(activation),
        ]
    return layers


def build_fast_network(
    images, widths=(56, 128, 128), *, whiten=True, **settings
):
    """Build a network of a stage for each width; it returns logits."""
    require_images(images)
    size = (None, None, images.shape[-1])
    layers = [keras.Input(size, dtype="uint8")]
    layers += first_layers(images, whiten)
    for width in widths:
        layers += stage_layers(width, **settings)
    layers += [
        keras.layers.GlobalMaxPooling2D(),
        keras.layers.Dense(10, use_bias=False),
        keras.layers.Rescaling(1 / 9, dtype="float32"),
    ]
    return keras.Sequential(layers)
