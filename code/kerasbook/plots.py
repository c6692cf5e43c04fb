"""One style for every figure of the book, and drawings two chapters share.

Drawings that give a color or a size of their own keep it when the style
changes: `git grep -E 'color|cmap|fontsize|figsize|linewidth' code/kerasbook`
"""

import numpy as np

# Okabe and Ito's colors, told apart with any kind of color vision; blue and
# vermilion also differ in gray. Resolution for phones and for print.
BOOK_STYLE = {
    "axes.prop_cycle": (
        "cycler(color=['#0072B2', '#D55E00', '#009E73', "
        "'#CC79A7', '#E69F00', '#56B4E9', '#000000'])"
    ),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.hspace": 0.08,  # titles clear of ticks above
    "figure.constrained_layout.use": True,
    "figure.dpi": 144,
    "image.cmap": "cividis",
    "legend.frameon": False,
}


def plot_decision_boundary(axis, predict, points, labels):
    """Draw what `predict` says of the plane, and the points it is judged by.

    Args:
        axis: Matplotlib axes.
        predict: maps points `(n, 2)` to probabilities of class 1, `(n,)`.
        points: array of shape `(n, 2)`.
        labels: integer labels 0 or 1, of shape `(n,)`.
    """
    low, high = points.min(axis=0) - 0.3, points.max(axis=0) + 0.3
    x, y = np.meshgrid(
        np.linspace(low[0], high[0], 200), np.linspace(low[1], high[1], 200)
    )
    grid = np.column_stack([x.ravel(), y.ravel()])
    probability = np.reshape(predict(grid), x.shape)
    levels = np.linspace(0, 1, 11)
    axis.contourf(x, y, probability, levels=levels, alpha=0.45, cmap="cividis")
    axis.contour(x, y, probability, levels=[0.5], colors="black")
    for label, marker, color in ((0, "o", "#0072B2"), (1, "^", "#D55E00")):
        chosen = points[labels == label]
        axis.scatter(
            *chosen.T, marker=marker, color=color, s=14, edgecolor="white",
            linewidth=0.4, label=f"class {label}",
        )  # fmt: skip
    axis.set_aspect("equal")


def plot_curves(axis, x, curves, *, xlabel, ylabel):
    """Draw named curves over `x`, each with a line style of its own."""
    styles = ("-", "--", "-.", ":")
    for (name, y), style in zip(curves.items(), styles, strict=False):
        axis.plot(x, y, style, label=name)
    axis.set_xlabel(xlabel)
    axis.set_ylabel(ylabel)
    axis.legend()


def plot_by_epoch(axis, curves, *, ylabel):
    """Draw curves by epoch, one for each name, that differ by marker too."""
    styles = ("o-", "s--", "^:", "v-.", "D-", "x--")
    for style, (name, values) in zip(styles, curves.items(), strict=False):
        epochs = range(1, len(values) + 1)
        axis.plot(epochs, values, style, markersize=4, label=name)
    axis.set_xlabel("epoch")
    axis.set_ylabel(ylabel)
    axis.legend(fontsize=8)
