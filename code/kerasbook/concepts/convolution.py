"""Convolution and pooling in NumPy (§2.2.1)."""

import numpy as np


def cross_correlate2d(image, weights):
    """Cross-correlate a gray image with one filter: its feature map."""
    high, wide = weights.shape
    rows, columns = image.shape
    answers = np.zeros((rows - high + 1, columns - wide + 1))
    for r in range(rows - high + 1):
        for q in range(columns - wide + 1):
            window = image[r : r + high, q : q + wide]
            answers[r, q] = (window * weights).sum()
    return answers


def convolve2d(images, kernel, bias, *, stride=1):
    """Slide `kernel` (k_h, k_w, c_in, c_out) over images (n, h, w, c_in)."""
    k_h, k_w = kernel.shape[:2]
    rows = (images.shape[1] - k_h) // stride + 1
    columns = (images.shape[2] - k_w) // stride + 1
    outputs = np.zeros((len(images), rows, columns, kernel.shape[3]))
    for r, q in np.ndindex(rows, columns):
        top, left = stride * r, stride * q
        window = images[:, top : top + k_h, left : left + k_w]  # ①
        outputs[:, r, q] = np.tensordot(window, kernel, axes=3) + bias  # ②
    return outputs


def max_pool(answers, *, size=2):
    """Max pooling over blocks of `size` × `size`."""
    rows, columns = answers.shape
    blocks = answers.reshape(rows // size, size, columns // size, size)
    return blocks.max(axis=(1, 3))


def cross_correlate1d(signal, weights):
    """Cross-correlate a sequence with a filter (what `Conv1D` computes)."""
    width = len(weights)
    places = range(len(signal) - width + 1)
    return [float(np.dot(signal[p : p + width], weights)) for p in places]


def convolve1d(signal, weights):
    """Mathematical convolution: the filter is flipped first."""
    return np.convolve(signal, weights, "valid")
