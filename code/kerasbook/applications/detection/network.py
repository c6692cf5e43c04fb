"""A one-stage detector without anchors: network and loss (§4.4.2)."""

import math

import keras
import numpy as np

from kerasbook.detection_losses import iou_and_giou, quality_focal_loss
from kerasbook.networks import convolution_block


def grid_centers(height, width, stride):
    """Centers of the grid cells of a feature map, in pixels."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    centers = np.stack([x.ravel(), y.ravel()], axis=-1) + 0.5
    return (centers * stride).astype("float32")


def decode_boxes(outputs, centers, stride):
    """Turn four numbers of each location into corners, in pixels.

    Tensors of shape `(batch, locations, 4)`.
    """
    center = stride * outputs[..., :2] + centers  # the tensor first
    half = stride / 2 * keras.ops.exp(outputs[..., 2:])
    return keras.ops.concatenate([center - half, center + half], axis=-1)


def feature_maps(x, filters):
    """Return a list of maps, each half as wide and high as the one before."""
    maps = []
    for count in filters:
        for layer in convolution_block(count):
            x = layer(x)
        maps.append(x)
    return maps


def fuse_feature_maps(maps, level, width):
    """Fuse feature maps of several scales at one level (feature pyramid)."""
    x = keras.layers.Conv2D(width, 1)(maps[-1])
    for detailed in reversed(maps[level:-1]):
        x = keras.layers.UpSampling2D()(x)  # ①
        x = keras.layers.Add()([x, keras.layers.Conv2D(width, 1)(detailed)])
    if level > 0:
        fold = keras.layers.Conv2D(width, 3, strides=2, padding="same")  # ②
        x = keras.layers.Add()([x, fold(maps[level - 1])])
    return x


def conv_tower(x):
    """Two 3 × 3 convolutions of the detection head."""
    channels = x.shape[-1]
    for _ in range(2):
        x = keras.layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.ReLU()(x)
    return x


def add_head(x, num_classes, stride):
    """Detection head: class logits and box values at each location."""
    height, width = x.shape[1:3]
    x = conv_tower(x)
    rare = keras.initializers.Constant(-math.log(99))  # ①
    logits = keras.layers.Conv2D(
        num_classes, 3, padding="same", bias_initializer=rare
    )(x)
    boxes = keras.layers.Conv2D(4, 3, padding="same")(x)
    logits = keras.layers.Reshape((height * width, num_classes))(logits)  # ②
    boxes = keras.layers.Reshape((height * width, 4))(boxes)
    boxes = decode_boxes(boxes, grid_centers(height, width, stride), stride)
    return keras.layers.Concatenate()([logits, boxes])


def find_level(size, num_blocks, stride):
    """Return which block has a stride, or say why it does not work.

    Raises:
        ValueError: no block has it, or the last map has no whole size.
    """
    strides = [2 ** (n + 1) for n in range(num_blocks)]
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
    return strides.index(stride)


def build_detector(
    num_classes, *, size=96, filters=(16, 32, 64, 128), stride=8, width=96
):
    """Build a detector for images `(batch, size, size, 3)`, pixels 0 to 255.

    Its output: `(batch, locations, num_classes + 4)`.
    """
    level = find_level(size, len(filters), stride)
    inputs = keras.Input((size, size, 3))
    maps = feature_maps(keras.layers.Rescaling(1 / 255)(inputs), filters)
    merged = fuse_feature_maps(maps, level, width)
    return keras.Model(inputs, add_head(merged, num_classes, stride))


def detection_loss(y_true, y_pred):
    """Compute the loss of each image, `(batch,)`.

    Both arguments: `(batch, locations, num_classes + 4)`.
    """
    ops = keras.ops
    y_true = ops.cast(y_true, y_pred.dtype)
    objects, logits = y_true[..., :-4], y_pred[..., :-4]
    iou, giou = iou_and_giou(y_pred[..., -4:], y_true[..., -4:])
    quality = objects * ops.stop_gradient(iou)[..., None]  # ①
    scores = ops.sum(quality_focal_loss(quality, logits), axis=(1, 2))
    positive = ops.max(objects, axis=-1)  # (batch, locations)
    total = scores + 2.0 * ops.sum(positive * (1 - giou), axis=1)
    return total / ops.maximum(ops.sum(positive, axis=1), 1.0)  # ②
