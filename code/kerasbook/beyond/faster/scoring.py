"""What a trained network says of several views, and what it costs."""

import math

import numpy as np

from kerasbook.beyond.faster.network import require_images


def predict_with_tta(model, images, *, batch_size=500):
    """Test-time augmentation: weighted mean of the logits of six views.

    Half of the weight have the image and its mirror image, half both of
    these moved by one pixel, up to the left and down to the right.

    Args:
        model: maps uint8 images to logits.
        images: uint8 images `(n, height, width, channels)`.
        batch_size: images of one prediction.

    Returns:
        logits `(n, num_classes)`.
    """
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


def forward_flops(model, size=32):
    """Count the operations of one image's way through the network.

    A multiplication and its addition are two. Convolutions and dense layers
    are counted, and nothing else; training takes about three times as many.

    Args:
        model: a chain of layers.
        size: height and width of the image.
    """
    total, shape = 0, (1, size, size, model.input_shape[-1])
    for layer in model.layers:
        kernel = getattr(layer, "kernel", None)
        if kernel is not None:
            places = 1
            if len(kernel.shape) == 4:
                valid = getattr(layer, "padding", "same") == "valid"
                lost = [side - 1 if valid else 0 for side in kernel.shape[:2]]
                sides = np.subtract(shape[1:3], lost)
                strides = getattr(layer, "strides", (1, 1))
                places = math.prod(
                    -(-int(side) // stride)
                    for side, stride in zip(sides, strides, strict=True)
                )
            total += 2 * places * math.prod(kernel.shape)
        shape = layer.compute_output_shape(shape)
    return total
