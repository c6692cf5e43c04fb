"""Draw configurations, learning curves, methods, and selection bias."""

import numpy as np


def plot_configurations(axes, configurations, scores):
    """Draw scores over each hyperparameter, one panel a name.

    Args:
        axes: Matplotlib axes, as many as there are names.
        configurations: list of dicts by name.
        scores: as many numbers.
    """
    for axis, name in zip(axes, configurations[0], strict=True):
        axis.plot([one[name] for one in configurations], scores, "o", alpha=0.6)
        axis.set_xlabel(name.replace("_", " "))
    axes[0].set_ylabel("held-out accuracy")


def plot_learning_curves(axis, curves, marked):
    """Draw accuracies by epoch, all in gray but those that are marked.

    Args:
        axis: Matplotlib axes.
        curves: array of shape `(runs, epochs)`.
        marked: dict by name of the number of a run.
    """
    epochs = 1 + np.arange(curves.shape[1])
    axis.plot(epochs, curves.T, color="0.6", alpha=0.4, linewidth=0.8)
    for (name, run), style in zip(marked.items(), ("o-", "s--"), strict=True):
        axis.plot(epochs, curves[run], style, label=name, linewidth=2)
    axis.set_xlabel("epochs")
    axis.set_ylabel("held-out accuracy")
    axis.legend(loc="lower right")


def plot_methods(axis, scores):
    """Draw the scores of each method as dots, and their mean as a line.

    Args:
        axis: Matplotlib axes.
        scores: dict by method of as many numbers.
    """
    spread = np.random.default_rng(0)
    for row, values in enumerate(scores.values()):
        height = row + spread.uniform(-0.2, 0.2, len(values))
        axis.plot(values, height, "o", color=f"C{row}", alpha=0.5)
        axis.vlines(np.mean(values), row - 0.35, row + 0.35, f"C{row}", lw=3)
    axis.set_yticks(range(len(scores)), list(scores))
    axis.set_ylim(len(scores) - 0.5, -0.5)  # the first on top
    axis.set_xlabel("test accuracy of the selected network")


def plot_selection_bias(axis, counts, averages):
    """Draw winners' validation and test accuracy over the number of trials.

    Args:
        axis: Matplotlib axes.
        counts: numbers of trials.
        averages: dict by label of arrays `(counts, 2)`.
    """
    for color, (name, values) in enumerate(averages.items()):
        for column, style in enumerate(("o-", "s--")):
            kind = ("validation", "test")[column]
            axis.plot(
                counts, values[:, column], style, color=f"C{color}",
                markersize=4, label=f"{name}, {kind}",
            )  # fmt: skip
    axis.set_xscale("log")
    axis.set_xticks(counts, list(map(str, counts)))
    axis.set_xticks([], minor=True)
    axis.set_xlabel("trials")
    axis.set_ylabel("accuracy of the selected network")
