"""Backpropagation by hand, and links that swallow a slope (§2.1.2)."""

import numpy as np


def forward_scalar(w, b, x, y):
    """Compute L = (w x + b - y)^2, one operation a line."""
    u = w * x
    z = u + b
    r = z - y
    return u, z, r, r**2


def backward_scalar(x, r):
    """Compute how L changes with w and b, from the end to the start."""
    d_r = 2 * r  # ①
    d_z = d_r * 1  # ②
    d_b = d_z * 1
    d_u = d_z * 1
    d_w = d_u * x  # ③
    return d_w, d_b


def forward_two_layers(x, w_1, b_1, w_2, b_2):
    """Compute a layer, ReLU and another layer, one sample a row."""
    z = x @ w_1 + b_1
    h = np.maximum(z, 0)
    p = h @ w_2 + b_2
    return z, h, p


def backward_two_layers(x, z, h, p, y, w_2):
    """Compute how the mean squared error changes with each weight."""
    d_p = 2 * (p - y) / len(y)  # ①
    d_w_2, d_b_2 = h.T @ d_p, d_p.sum(axis=0)  # ②
    d_h = d_p @ w_2.T  # ③
    d_z = d_h * (z > 0)  # ④
    d_w_1, d_b_1 = x.T @ d_z, d_z.sum(axis=0)  # ⑤
    return d_w_1, d_b_1, d_w_2, d_b_2


def finite_difference_errors(function, z, slope, nudges):
    """Estimate a slope with nudges of many sizes, and compare."""
    rise = function(z + nudges) - function(z - nudges)
    return np.abs(rise / (2 * nudges) - slope)


def steps_until_right(slope, *, start, learning_rate):
    """Count the steps against the slope until a logit is positive."""
    logit, steps = start, 0
    while logit <= 0:
        logit -= learning_rate * slope(logit)
        steps += 1
    return steps


def grad_shared_weight(w, x, y):
    """Return dL/dw of L = (w x + w - y)^2: w acts on two paths."""
    r = w * x + w - y
    return 2 * r * x + 2 * r * 1


def grad_one_path(w, x, y):
    """Return what is left if the second path is forgotten."""
    return 2 * (w * x + w - y) * x
