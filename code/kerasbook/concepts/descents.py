"""Optimizers on a quadratic loss, and on gradients that are given (§2.2.3)."""

import keras
import numpy as np


def run_on_quadratic(step, start, curvatures, *, steps, **settings):
    """Run an optimizer step on a quadratic loss; return all positions."""
    path, state = [np.array(start, "float64")], {}
    for _ in range(steps):
        gradient = curvatures * path[-1]  # ①
        path.append(step(path[-1], gradient, state, **settings))  # ②
    return np.stack(path)  # (steps + 1, weights)


def run_with_rates(step, start, curvatures, rates, **settings):
    """Run it with a learning rate of its own for each step."""
    path, state = [np.array(start, "float64")], {}
    for rate in rates:
        gradient = curvatures * path[-1]
        path.append(
            step(path[-1], gradient, state, learning_rate=rate, **settings)
        )
    return np.stack(path)  # (steps + 1, weights)


def run_keras_on_quadratic(optimizer, start, curvatures, *, steps):
    """Do the same with an optimizer of Keras, in float32."""
    weights = keras.Variable(start)
    path = [keras.ops.convert_to_numpy(weights)]
    for _ in range(steps):
        gradient = keras.ops.convert_to_tensor(curvatures * path[-1])
        optimizer.apply([keras.ops.cast(gradient, "float32")], [weights])
        path.append(keras.ops.convert_to_numpy(weights))
    return np.stack(path)


def steps_to_converge(path, *, within=0.1):
    """Number of steps until a path stays near the minimum; None if never."""
    away = np.flatnonzero(~(np.linalg.norm(path, axis=1) <= within))
    steps = int(away[-1]) + 1 if len(away) else 0
    return steps if steps < len(path) else None


def steps_to_diverge(path, extent):
    """Number of steps until a path leaves the plotted range; None if never."""
    out = np.flatnonzero(~(np.abs(path) <= extent).all(axis=1))
    return int(out[0]) if len(out) else None


def exponential_moving_average(gradients, beta):
    """Exponential moving average, started at 0."""
    mean = 0.0
    for g in gradients:
        mean = beta * mean + (1 - beta) * g
    return mean


def bias_corrected_average(gradients, beta):
    """Exponential moving average with Adam's bias correction."""
    return exponential_moving_average(gradients, beta) / (
        1 - beta ** len(gradients)
    )


def run_on_gradients(step, gradients, **settings):
    """Run an optimizer on a given sequence of gradients, clipped to [-1, 1]."""
    path, state = [0.0], {}
    for g in gradients:
        moved = step(path[-1], g, state, **settings)
        path.append(max(-1.0, min(1.0, moved)))
    return np.array(path)


def decay_under_noise(step, sizes, *, steps, penalty=0.0, **settings):
    """Weights that began at 1, after gradients of `sizes`, + and - by turns.

    A `penalty` adds the gradient of the L2 penalty, `penalty` times a weight.
    """
    w, state = np.ones(len(sizes)), {}
    for t in range(steps):
        gradient = sizes * (-1) ** t + penalty * w
        w = step(w, gradient, state, **settings)
    return w


def plot_descents(axis, paths, curvatures, *, extent):
    """Draw paths `(steps + 1, 2)`, by name, over the contours of the valley."""
    x, y = np.meshgrid(
        np.linspace(-extent[0], extent[0], 200),
        np.linspace(-extent[1], extent[1], 200),
    )
    loss = (curvatures[0] * x**2 + curvatures[1] * y**2) / 2
    levels = np.geomspace(loss.max() / 1000, loss.max(), 10)
    axis.contour(x, y, loss, levels=levels, colors="0.8", linewidths=0.7)
    looks = [("0.45", "s:"), ("#D55E00", "o-")][-len(paths) :]
    for (color, style), (name, path) in zip(looks, paths.items(), strict=True):
        axis.plot(*path.T, style, color=color, markersize=3, lw=1, label=name)
    axis.plot(0, 0, "k*", markersize=9)
    axis.set_xlabel(f"$w_1$ (curvature {curvatures[0]:g})")
    axis.set_ylabel(f"$w_2$ (curvature {curvatures[1]:g})")
    axis.legend(fontsize=8, loc="lower right")
