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

    Each filter is an eigenvector of the covariance of patches, divided by
    their standard deviation along it; each comes with its negative, so that
    a ReLU keeps both signs.

    Args:
        images: normalized images `(n, height, width, channels)`.
        size: width and height of a patch.
        epsilon: added to each variance, so that noise is not blown up.

    Returns:
        a kernel `(size, size, channels, 2 * size * size * channels)`.
    """
    windows = np.lib.stride_tricks.sliding_window_view(
        images, (size, size), axis=(1, 2)
    )  # (n, places, places, channels, size, size)
    patches = np.moveaxis(windows, 3, 5).reshape(-1, size**2 * images.shape[-1])
    values, vectors = np.linalg.eigh(patches.T @ patches / len(patches))
    filters = vectors / np.sqrt(values + epsilon)  # (inputs, filters)
    kernel = filters.reshape(size, size, images.shape[-1], -1)
    return np.concatenate([kernel, -kernel], axis=-1).astype("float32")


@keras.saving.register_keras_serializable("kerasbook")
def dirac(shape, dtype=None):
    """Draw a kernel whose first filters hand on one input channel each.

    Args:
        shape: height, width, input channels and filters. Filters beyond the
            number of channels are drawn evenly from ±1 / √inputs.
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


@keras.saving.register_keras_serializable("kerasbook")
class NormalizedConvolution(keras.layers.Layer):
    """A 3 x 3 convolution, pooling, and batch normalization in its kernel.

    In training, mean and variance come from the first images of the batch;
    dividing the kernel by the deviation costs less than dividing all outputs.

    Args:
        filters: channels of the output.
        pool: width and height of the max-pooling window; 1 for none.
        statistics: how many images of a batch mean and variance come from;
            `None` for all.
        momentum: share of the old moving average that each step keeps.
        initializer: of the kernel.
    """

    def __init__(
        self,
        filters,
        *,
        pool=1,
        statistics=64,
        momentum=0.6,
        initializer=dirac,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if statistics is not None and statistics < 1:
            raise ValueError(
                "Expected statistics of at least one image, or None for all. "
                f"Received: statistics={statistics}"
            )
        self.filters, self.pool = filters, pool
        self.statistics, self.momentum = statistics, momentum
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

    def call(self, inputs, training=False):
        """Map `(n, h, w, channels)` to `(n, h / pool, w / pool, filters)`."""
        mean, variance = self.mean, self.variance
        if training:
            sample = self._convolve(inputs[: self.statistics], self.kernel)
            sample = ops.cast(sample, "float32")
            mean, variance = ops.moments(sample, axes=(0, 1, 2))
            for average, value in (self.mean, mean), (self.variance, variance):
                kept = self.momentum * average
                average.assign(kept + (1 - self.momentum) * value)
        scale = ops.rsqrt(variance + 1e-5)
        outputs = self._convolve(inputs, self.kernel * scale)
        shift = 8 * self.bias - mean * scale  # learns 8 x 8 times as fast
        return outputs + ops.cast(shift, outputs.dtype)

    def _convolve(self, inputs, kernel):
        kernel = ops.cast(kernel, inputs.dtype)
        outputs = ops.conv(inputs, kernel, padding="same")
        if self.pool == 1:
            return outputs
        # On JAX, Keras 3.15 fails where strides are left out.
        return ops.max_pool(outputs, self.pool, strides=self.pool)

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
            "momentum": self.momentum,
            "initializer": keras.initializers.serialize(self.initializer),
        }


def build_fast_network(
    images,
    widths=(64, 128, 128),
    *,
    whiten=True,
    initializer=dirac,
    statistics=64,
    activation="relu",
):
    """Build a network of two convolutions for each width, and a small score.

    Args:
        images: some thousand uint8 images of the training set
            `(n, height, width, channels)`, to normalize and whiten by.
        widths: filters of each stage; each halves width and height.
        whiten: whether the first layer is computed rather than learned.
        initializer: of the kernels.
        statistics: images of a batch that normalize it; `None` for all.
        activation: after each normalization.

    Raises:
        ValueError: the images are not uint8, or have another shape.
    """
    require_images(images)
    normalize = normalization_of(images)
    first = keras.layers.Conv2D(
        8 * images.shape[-1], 2, activation="relu", use_bias=False
    )
    layers = [keras.Input(images.shape[1:], dtype="uint8"), normalize, first]
    settings = {"initializer": initializer, "statistics": statistics}
    for width in widths:
        for pool in (2, 1):
            layers += [
                NormalizedConvolution(width, pool=pool, **settings),
                keras.layers.Activation(activation),
            ]
    layers += [
        keras.layers.GlobalMaxPooling2D(),
        keras.layers.Dense(10, use_bias=False),
        keras.layers.Rescaling(1 / 9, dtype="float32"),  # logits, not too sure
    ]
    model = keras.Sequential(layers)
    if whiten:
        normal = ops.convert_to_numpy(normalize(images))
        first.set_weights([whitening_kernel(normal)])
        first.trainable = False
    return model
