"""Convolution and pooling in NumPy (§2.2.1)."""

import numpy as np


def convolve2d(images, kernel, bias, *, stride=1, padding="valid"):
    """Convolve images as `keras.layers.Conv2D` does, without activation.

    Args:
        images: array of shape `(n, height, width, c_in)`.
        kernel: array of shape `(k_h, k_w, c_in, c_out)`.
        bias: array of shape `(c_out,)`.
        stride: step of the kernel, in pixels.
        padding: `"valid"`, the kernel stays inside the image, or `"same"`,
            zeros around it keep the size (divided by the stride).

    Returns:
        array of shape `(n, new_height, new_width, c_out)`.
    """
    sides = zip(images.shape[1:3], kernel.shape[:2], strict=True)
    frame = [(0, 0), (0, 0), (0, 0), (0, 0)]
    if padding == "same":
        for axis, (size, k) in enumerate(sides, start=1):
            total = max((-(-size // stride) - 1) * stride + k - size, 0)
            frame[axis] = (total // 2, total - total // 2)
    elif padding != "valid":
        raise ValueError(
            "Expected `padding` to be 'valid' or 'same'. "
            f"Received: padding={padding!r}"
        )
    images = np.pad(images, frame)
    k_h, k_w = kernel.shape[:2]
    rows = (images.shape[1] - k_h) // stride + 1
    columns = (images.shape[2] - k_w) // stride + 1
    outputs = np.zeros((len(images), rows, columns, kernel.shape[3])) + bias
    for i, j in np.ndindex(k_h, k_w):  # pixel (i, j) below the kernel
        pixels = images[:, i:, j:][:, ::stride, ::stride][:, :rows, :columns]
        outputs += pixels @ kernel[i, j]  # (n, rows, columns, c_out)
    return outputs


def max_pool2d(images, *, size=2):
    """Keep the largest value of each `size` x `size` block, per channel.

    Rows and columns that fill no block are dropped, as by
    `keras.layers.MaxPooling2D`. From `(n, height, width, channels)` to
    `(n, height // size, width // size, channels)`.
    """
    n, height, width, channels = images.shape
    rows, columns = height // size, width // size
    blocks = images[:, : rows * size, : columns * size].reshape(
        n, rows, size, columns, size, channels
    )
    return blocks.max(axis=(2, 4))
