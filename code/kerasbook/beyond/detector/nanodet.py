"""NanoDet-g, a detector of 3.8 million weights, rebuilt in Keras."""

import math

import keras
from keras import layers

INPUT_SIZE = 416  # width and height in pixels
STRIDES = (8, 16, 32)  # pixels from one cell of a map to the next
NUM_CLASSES = 80
NUM_BINS = 11  # for each of the four distances


def convolve_padded(x, filters, number, *, stride=1):
    """Convolve 3 x 3 as PyTorch pads: one zero on each side; then activate."""
    x = layers.ZeroPadding2D(1, name=f"zeros_{number:02}")(x)  # ①
    x = layers.Conv2D(filters, 3, stride, name=f"conv_{number:02}")(x)  # ②
    return layers.LeakyReLU(0.1)(x)


def conv_1x1(x, filters, number):
    """1 × 1 convolution without activation."""
    return layers.Conv2D(filters, 1, name=f"conv_{number:02}")(x)


def pool_padded(x):
    """Halve a map: the greatest of 3 x 3, nothing beyond the edge."""
    edges = ((0, 0), (1, 1), (1, 1), (0, 0))
    x = keras.ops.pad(x, edges, constant_values=-math.inf)
    return layers.MaxPooling2D(3, 2)(x)


def csp_stage(x, filters, repeats, first, *, stride=2):
    """A cross-stage-partial (CSP) stage of the backbone.

    It divides height and width by `stride`, and doubles the channels.
    """
    x = entry = convolve_padded(x, filters, first, stride=stride)
    for number in range(first + 1, first + 1 + 2 * repeats, 2):
        half = convolve_padded(x, filters // 2, number)
        deeper = convolve_padded(half, filters // 2, number + 1)
        x = layers.Concatenate()([deeper, half])
    x = convolve_padded(x, filters, first + 1 + 2 * repeats)
    return layers.Concatenate()([x, entry])


def pan_neck(maps):
    """PAN neck: fuse three scales, top-down and then bottom-up."""
    double = layers.UpSampling2D(2, interpolation="bilinear")
    halve = layers.AveragePooling2D(2)
    fine, middle, coarse = (
        conv_1x1(x, 128, 25 + number) for number, x in enumerate(maps)
    )
    middle = layers.Add()([middle, double(coarse)])
    fine = layers.Add()([fine, double(middle)])
    middle = layers.Add()([middle, halve(fine)])
    coarse = layers.Add()([coarse, halve(middle)])
    return fine, middle, coarse


def detection_head(x, number):
    """Detection head: class logits and box-distance bins for each cell."""
    x = convolve_padded(x, 128, number)
    x = conv_1x1(x, NUM_CLASSES + 4 * NUM_BINS, number + 1)
    return layers.Reshape((-1, x.shape[-1]))(x)


def build_nanodet():
    """Build NanoDet-g, its weights still random.

    From images `(batch, 416, 416, 3)` to a row for each cell of the three
    maps, `(batch, 3549, 124)`: 80 scores before the sigmoid, then four times
    11 bins before the softmax.
    """
    inputs = keras.Input((INPUT_SIZE, INPUT_SIZE, 3))
    x = pool_padded(convolve_padded(inputs, 32, 0, stride=2))
    x = csp_stage(x, 32, 1, first=1, stride=1)
    fine = csp_stage(x, 64, 2, first=5)
    middle = csp_stage(fine, 128, 2, first=11)
    coarse = csp_stage(middle, 256, 3, first=17)
    maps = pan_neck([fine, middle, coarse])
    answers = [detection_head(x, 28 + 2 * k) for k, x in enumerate(maps)]
    outputs = layers.Concatenate(axis=1)(answers)
    return keras.Model(inputs, outputs, name="nanodet")
