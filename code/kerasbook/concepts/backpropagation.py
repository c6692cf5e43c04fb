"""Backpropagation: by hand, for any graph, and checked (§2.1.2)."""

import numpy as np


def forward_scalar(w, b, x, y):
    """Forward pass of L = (w x + b - y)², one operation a line."""
    u = w * x
    z = u + b
    r = z - y
    return u, z, r, r**2


def backward_scalar(x, r):
    """Backward pass: dL/dw and dL/db by the chain rule."""
    d_r = 2 * r  # ①
    d_z = d_r * 1  # ②
    d_b = d_z * 1
    d_u = d_z * 1
    d_w = d_u * x  # ③
    return d_w, d_b


class Node:
    """A value, its inputs as (node, local derivative), and its gradient."""

    def __init__(self, value, inputs=()):
        self.value, self.inputs, self.gradient = value, inputs, 0.0

    def __add__(self, other):
        return Node(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        a, b = self.value, other.value
        return Node(a * b, [(self, b), (other, a)])


def topological_order(node, order):
    """Append what `node` depends on to `order`, then `node` itself."""
    if node not in order:
        for each, _ in node.inputs:
            topological_order(each, order)
        order.append(node)  # ①
    return order


def backpropagate(output):
    """Set the gradients of all nodes that `output` depends on."""
    order = topological_order(output, [])
    for node in order:
        node.gradient = 0.0
    output.gradient = 1.0  # ②
    for node in reversed(order):
        for each, local in node.inputs:
            each.gradient += node.gradient * local  # ③


def forward_two_layers(x, w_1, b_1, w_2, b_2):
    """Forward pass of a dense layer, ReLU and a dense layer."""
    z = x @ w_1 + b_1
    h = np.maximum(z, 0)
    p = h @ w_2 + b_2
    return z, h, p


def backward_two_layers(x, z, h, p, y, w_2):
    """Backward pass: gradients of the MSE in all weights and biases."""
    d_p = 2 * (p - y) / len(y)  # ①
    d_w_2, d_b_2 = h.T @ d_p, d_p.sum(axis=0)  # ②
    d_h = d_p @ w_2.T  # ③
    d_z = d_h * (z > 0)  # ④
    d_w_1, d_b_1 = x.T @ d_z, d_z.sum(axis=0)  # ⑤
    return d_w_1, d_b_1, d_w_2, d_b_2


def finite_difference_errors(function, z, derivative, h):
    """Error of the central difference for an array of step sizes `h`."""
    difference = function(z + h) - function(z - h)
    return np.abs(difference / (2 * h) - derivative)


def steps_until_right(derivative, *, start, learning_rate):
    """Count the steps of gradient descent until a logit is positive."""
    logit, steps = start, 0
    while logit <= 0:
        logit -= learning_rate * derivative(logit)
        steps += 1
    return steps


def grad_shared_weight(w, x, y):
    """dL/dw for L = (w x + w - y)²: sum over both paths (chain rule)."""
    r = w * x + w - y
    return 2 * r * x + 2 * r * 1


def grad_one_path(w, x, y):
    """The same with one path forgotten: the usual mistake."""
    return 2 * (w * x + w - y) * x
