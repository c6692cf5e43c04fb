"""What a trained network says of several views, and what it costs."""

import math

import numpy as np

from kerasbook.beyond.faster.network import require_images


def predict_with_tta(model, images, *, batch_size=500):
    """Test-time augmentation: weighted mean of the logits of six views."""
    require_images(images)
    height, width = images.shape[1:3]
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
    total = 0
    for start, weight in ((1, 1 / 4), (0, 1 / 8), (2, 1 / 8)):
        moved = padded[:, start : start + height, start : start + width]
        for view in (moved, moved[:, :, ::-1]):
            logits = model.predict(view, batch_size=batch_size, verbose=0)
            total = total + weight * logits
    return total


def count_positions(layer, shape):
    """Count the positions at which a layer applies its kernel; 1 if dense.

    `shape` is that of the input, `(1, height, width, channels)`.
    """
    if len(layer.kernel.shape) != 4:
        return 1
    valid = getattr(layer, "padding", "same") == "valid"
    lost = [side - 1 if valid else 0 for side in layer.kernel.shape[:2]]
    sides = np.subtract(shape[1:3], lost)
    strides = getattr(layer, "strides", (1, 1))
    return math.prod(
        -(-int(side) // stride)
        for side, stride in zip(sides, strides, strict=True)
    )


def forward_flops(model, size=32):
    """FLOPs of one image's forward pass: convolutions and dense layers."""
    total, shape = 0, (1, size, size, model.input_shape[-1])
    for layer in model.layers:
        if getattr(layer, "kernel", None) is not None:
            positions = count_positions(layer, shape)
            total += 2 * positions * math.prod(layer.kernel.shape)
        shape = layer.compute_output_shape(shape)
    return total
