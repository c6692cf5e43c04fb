"""Toys and exercises of the page on faster training."""

import numpy as np


def lookahead_on_noisy_quadratic(steps, *, rate=0.2, seed=0):
    """SGD and Lookahead on w²/2 with noisy gradients.

    Returns:
        the weight of SGD, that of Lookahead, and the slow weight, before each
        step, `(3, steps)`.
    """
    noise = np.random.default_rng(seed).normal(0, 2, steps)
    alone = weight = slow = 5.0
    path = []
    for step in range(1, steps + 1):
        path.append((alone, weight, slow))
        alone -= rate * (alone + noise[step - 1])
        weight -= rate * (weight + noise[step - 1])
        if step % 5 == 0:
            kept = 0.95**5 * (step / steps) ** 3
            weight = slow = kept * slow + (1 - kept) * weight
    return np.transpose(path)


def smooth_label(label, smoothing, num_classes):
    """Label smoothing: the target of each class."""
    target = np.full(num_classes, smoothing / num_classes)
    target[label] += 1 - smoothing
    return target


def careless_smooth_label(label, smoothing, num_classes):
    """Spread the share over the other classes alone."""
    target = np.full(num_classes, smoothing / (num_classes - 1))
    target[label] = 1 - smoothing
    return target


def convolution_training_flops(positions, size, channels, filters, images):
    """Count the operations of training a convolution on so many images."""
    return 3 * 2 * positions * size * size * channels * filters * images


def careless_training_flops(positions, size, channels, filters, images):
    """Count the way forward alone."""
    return 2 * positions * size * size * channels * filters * images
