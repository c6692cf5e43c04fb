"""A one-stage detector without anchors: network and loss (§4.4.2)."""

import math

import keras
import numpy as np

from kerasbook.networks import convolution_block
from kerasbook.overlap import box_area, hull, intersection


def locations(height, width, stride):
    """Return the centers `(x, y)` of a feature map's cells, in pixels.

    Array of shape `(height * width, 2)`, row by row.
    """
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    centers = np.stack([x.ravel(), y.ravel()], axis=-1) + 0.5
    return (centers * stride).astype("float32")


def decode_boxes(outputs, centers, stride):
    """Turn four outputs of each location into a box.

    Two shift the center, in strides; two are logarithms of width and height,
    in strides as well, so that no box has a negative size.

    Args:
        outputs: tensor of shape `(batch, locations, 4)`.
        centers: of the locations, pixels, shape `(locations, 2)`.
        stride: pixels from one location to the next.

    Returns:
        boxes in corners, pixels, of the shape of `outputs`.
    """
    center = stride * outputs[..., :2] + centers  # the tensor first
    half = stride / 2 * keras.ops.exp(outputs[..., 2:])
    return keras.ops.concatenate([center - half, center + half], axis=-1)


def feature_maps(x, filters):
    """Run blocks of the image-classification network, one for each count.

    Returns:
        list of their outputs, each half as wide and high as the one before.
    """
    maps = []
    for count in filters:
        for layer in convolution_block(count):
            x = layer(x)
        maps.append(x)
    return maps


def merge_maps(maps, level, width):
    """Bring to one map what the others know.

    From the last map the way goes back up to number `level`, adding what the
    earlier blocks saw in more detail; one finer map is folded into it.

    Returns:
        tensor as wide and high as `maps[level]`, of `width` channels.
    """
    x = keras.layers.Conv2D(width, 1)(maps[-1])
    for detailed in reversed(maps[level:-1]):
        x = keras.layers.UpSampling2D()(x)
        x = keras.layers.Add()([x, keras.layers.Conv2D(width, 1)(detailed)])
    if level > 0:  # for the exact place of an edge
        fold = keras.layers.Conv2D(width, 3, strides=2, padding="same")
        x = keras.layers.Add()([x, fold(maps[level - 1])])
    return x


def add_head(x, num_classes, stride):
    """Predict categories and boxes at every location of a feature map.

    Args:
        x: tensor of shape `(batch, height, width, channels)`.
        num_classes: number of categories.
        stride: pixels from one location to the next.

    Returns:
        tensor of shape `(batch, height * width, num_classes + 4)`.
    """
    height, width, channels = x.shape[1:]
    for _ in range(2):
        x = keras.layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.ReLU()(x)
    # Almost every location is background: begin by saying so, at 1 percent.
    rare = keras.initializers.Constant(-math.log(99))
    logits = keras.layers.Conv2D(
        num_classes, 3, padding="same", bias_initializer=rare
    )(x)
    boxes = keras.layers.Conv2D(4, 3, padding="same")(x)
    logits = keras.layers.Reshape((height * width, num_classes))(logits)
    boxes = keras.layers.Reshape((height * width, 4))(boxes)
    boxes = decode_boxes(boxes, locations(height, width, stride), stride)
    return keras.layers.Concatenate()([logits, boxes])


def build_detector(
    num_classes, *, size=96, filters=(16, 32, 64, 128), stride=8, width=96
):
    """Build a detector on the blocks of the image-classification network.

    Args:
        num_classes: number of categories.
        size: width and height of the images, a multiple of the last stride.
        filters: channels of each block, the first one at stride 2.
        stride: of the output, a power of 2 that a block reaches.
        width: channels on the way up and in the head.

    Returns:
        a model from images `(batch, size, size, 3)`, pixels 0 to 255, to
        `(batch, locations, num_classes + 4)`: a logit per category and the
        corners of a box in pixels.
    """
    strides = [2 ** (n + 1) for n in range(len(filters))]
    if stride not in strides:
        raise ValueError(
            f"Expected `stride` to be that of a block: {strides}. "
            f"Received: stride={stride}"
        )
    if size % strides[-1]:
        raise ValueError(
            f"Expected `size` to be a multiple of {strides[-1]}. "
            f"Received: size={size}"
        )
    inputs = keras.Input((size, size, 3))
    maps = feature_maps(keras.layers.Rescaling(1 / 255)(inputs), filters)
    merged = merge_maps(maps, strides.index(stride), width)
    return keras.Model(inputs, add_head(merged, num_classes, stride))


def box_overlaps(first, second):
    """Compute IoU and GIoU of pairs of boxes as tensors.

    Args:
        first: boxes in corners, shape `(..., 4)`.
        second: boxes in corners, shape `(..., 4)`.

    Returns:
        two tensors of shape `(...)`: from 0 to 1, and from -1 to 1.
    """
    shared = intersection(first, second, keras.ops)
    union = box_area(first) + box_area(second) - shared
    around = box_area(hull(first, second, keras.ops))
    iou = shared / (union + 1e-6)  # boxes without area share nothing
    return iou, iou - (around - union) / (around + 1e-6)


def detection_loss(y_true, y_pred):
    """Compute the loss of each image: quality focal loss, and 1 - GIoU.

    Args:
        y_true: `(batch, locations, num_classes + 4)`: zeros, with a 1 at the
            category of the object that a location stands for, if any; then
            the corners of its box.
        y_pred: likewise, with logits for the categories.

    Returns:
        tensor of shape `(batch,)`, each image by its number of locations
        that stand for an object.

    Source: Tian et al. (2019), Li et al. (2020), Rezatofighi et al. (2019).
    """
    ops = keras.ops
    y_true = ops.cast(y_true, y_pred.dtype)
    objects, logits = y_true[..., :-4], y_pred[..., :-4]
    positive = ops.max(objects, axis=-1)  # (batch, locations)
    iou, giou = box_overlaps(y_pred[..., -4:], y_true[..., -4:])
    # How good is the box? That is what its score has to say: see NMS and AP.
    quality = objects * ops.stop_gradient(iou)[..., None]
    error = ops.square(quality - ops.sigmoid(logits))
    focal = error * ops.binary_crossentropy(quality, logits, from_logits=True)
    total = ops.sum(focal, axis=(1, 2)) + 2.0 * ops.sum(
        positive * (1 - giou), axis=1
    )
    return total / ops.maximum(ops.sum(positive, axis=1), 1.0)
