"""Draw how runs part, and how their accuracies spread."""

import numpy as np


def plot_distances(axis, distances):
    """Draw how far runs are from the reference, by step.

    Args:
        axis: Matplotlib axes.
        distances: dict by name of distances after 1, 2, 4, … steps.
    """
    marks = "osD^vPX"
    for (name, values), mark in zip(distances.items(), marks, strict=False):
        steps = 2 ** np.arange(len(values))
        axis.plot(steps, values, marker=mark, markersize=4, label=name)
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_ylim(1e-9, 1e3)
    axis.set_xlabel("steps")


def plot_accuracies(axis, accuracies):
    """Draw accuracies as dots, a row for each kind of difference.

    Args:
        axis: Matplotlib axes.
        accuracies: dict by kind of dicts by recipe of lists.
    """
    for row, groups in enumerate(accuracies.values()):
        for place, values in enumerate(groups.values()):
            height = np.full(len(values), row + 0.3 * place - 0.15)
            axis.plot(values, height, "os"[place], color=f"C{place}", alpha=0.6)
    axis.set_yticks(range(len(accuracies)), list(accuracies))
    axis.set_ylim(len(accuracies) - 0.5, -0.5)  # the first on top
    axis.set_xlabel("test accuracy")
    for place, name in enumerate(next(iter(accuracies.values()))):
        axis.plot([], [], "os"[place], color=f"C{place}", label=name)
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
