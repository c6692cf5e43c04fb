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
    """Compute filters whose outputs on these images are uncorrelated.

    Args:
        images: normalized images `(n, height, width, channels)`.
        size: width and height of a patch.
        epsilon: added to each variance, so that noise is not blown up.

    Returns:
        a kernel `(size, size, channels, 2 * size * size * channels)`: each
        eigenvector of the covariance of patches, and its negative.
    """
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
def dirac(shape, dtype=None):
    """Draw a kernel whose first filters hand on one input channel each.

    Args:
        shape: height, width, input channels and filters. Further filters
            are drawn evenly from ±1 / √inputs.
        dtype: type of the kernel.
    """
    height, width, channels, filters = shape
    bound = 1 / math.sqrt(height * width * channels)
    drawn = keras.random.uniform(shape, -bound, bound)
    kernel = np.array(ops.convert_to_numpy(drawn))
    passed = np.arange(min(channels, filters))
    kernel[..., passed] = 0
    kernel[height // 2, width // 2, passed, passed] = 1
    return ops.convert_to_tensor(kernel, dtype)


class PooledConvolution(keras.layers.Layer):
    """A 3 x 3 convolution and max pooling, with weights to normalize them.

    Args:
        filters: channels of the output.
        pool: width and height of the max-pooling window; 1 for none.
        statistics: how many images of a batch mean and variance come from;
            `None` for all.
        initializer: of the kernel.
    """

    def __init__(
        self, filters, *, pool=1, statistics=64, initializer=dirac, **kwargs
    ):
        super().__init__(**kwargs)
        if statistics is not None and statistics < 1:
            raise ValueError(
                "Expected statistics of at least one image, or None for all. "
                f"Received: statistics={statistics}"
            )
        self.filters, self.pool, self.statistics = filters, pool, statistics
        self.initializer = keras.initializers.get(initializer)

    def build(self, input_shape):
        """Create the kernel, the bias, and the moving averages."""
        add, size = self.add_weight, (self.filters,)
        self.kernel = add(
            shape=(3, 3, input_shape[-1], self.filters),
            initializer=self.initializer,
            autocast=False,  # normalized in float32, then cast
            name="kernel",
        )
        self.bias = add(shape=size, initializer="zeros", autocast=False)
        fixed = {"trainable": False, "autocast": False}
        self.mean = add(shape=size, initializer="zeros", **fixed)
        self.variance = add(shape=size, initializer="ones", **fixed)

    def convolve(self, inputs, kernel):
        """Map `(n, h, w, channels)` to `(n, h / pool, w / pool, filters)`."""
        kernel = ops.cast(kernel, inputs.dtype)
        outputs = ops.conv(inputs, kernel, padding="same")
        if self.pool == 1:
            return outputs
        # On JAX, Keras 3.15 fails where strides are left out.
        return ops.max_pool(outputs, self.pool, strides=self.pool)

    def remember(self, mean, variance):
        """Move the averages four tenths of the way to a batch."""
        self.mean.assign(0.6 * self.mean + 0.4 * mean)
        self.variance.assign(0.6 * self.variance + 0.4 * variance)

    def compute_output_shape(self, input_shape):
        """Divide height and width by the pooling window."""
        batch, *sides, _ = input_shape
        sides = [side and side // self.pool for side in sides]
        return (batch, *sides, self.filters)

    def get_config(self):
        """Say how the layer was made."""
        return super().get_config() | {
            "filters": self.filters,
            "pool": self.pool,
            "statistics": self.statistics,
            "initializer": keras.initializers.serialize(self.initializer),
        }


@keras.saving.register_keras_serializable("kerasbook")
class NormalizedConvolution(PooledConvolution):
    """A convolution, pooling, and batch normalization in its kernel."""

    def call(self, inputs, training=False):
        """Map images or maps `(n, h, w, channels)` to normalized maps."""
        mean, variance = self.mean, self.variance
        if training:
            sample = self.convolve(inputs[: self.statistics], self.kernel)
            sample = ops.cast(sample, "float32")
            mean, variance = ops.moments(sample, axes=(0, 1, 2))
            self.remember(mean, variance)
        scale = ops.rsqrt(variance + 1e-5)
        outputs = self.convolve(inputs, self.kernel * scale)
        shift = 8 * self.bias - mean * scale
        return outputs + ops.cast(shift, outputs.dtype)


def first_layers(images, whiten=True):
    """Return a layer that normalizes pixels, and a convolution of 2 x 2.

    Args:
        images: some thousand uint8 images of the training set.
        whiten: compute the kernel from them once and for all, or learn it.
    """
    normalize = normalization_of(images)
    filters = 8 * images.shape[-1]
    first = keras.layers.Conv2D(filters, 2, activation="relu", use_bias=False)
    if whiten:
        first.build(images.shape)
        normal = ops.convert_to_numpy(normalize(images))
        first.set_weights([whitening_kernel(normal)])
        first.trainable = False
    return [normalize, first]


def stage_layers(width, activation="relu", **settings):
    """Return two convolutions; the first halves height and width."""
    layers = []
    for pool in (2, 1):
        layers += [
            NormalizedConvolution(width, pool=pool, **settings),
            keras.layers.Activation(activation),
        ]
    return layers


def build_fast_network(
    images, widths=(64, 128, 128), *, whiten=True, **settings
):
    """Build a network of a stage for each width; it returns logits.

    Args:
        images: uint8 images of the training set, to normalize and whiten by.
        widths: filters of each stage.
        whiten: see `first_layers`.
        settings: activation, initializer and statistics of the stages.
    """
    require_images(images)
    layers = [keras.Input(images.shape[1:], dtype="uint8")]
    layers += first_layers(images, whiten)
    for width in widths:
        layers += stage_layers(width, **settings)
    layers += [
        keras.layers.GlobalMaxPooling2D(),
        keras.layers.Dense(10, use_bias=False),
        keras.layers.Rescaling(1 / 9, dtype="float32"),
    ]
    return keras.Sequential(layers)
