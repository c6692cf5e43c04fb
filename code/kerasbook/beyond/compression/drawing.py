"""Figures of the page on smaller networks."""

import numpy as np


def plot_sizes(axis, sizes, limit):
    """Draw bars of megabytes, `{name: MB}`, and a line at the limit."""
    axis.barh(list(sizes), list(sizes.values()), color="#56B4E9")
    for row, megabytes in enumerate(sizes.values()):
        place = max(megabytes, limit) + 1, row  # not across the line
        axis.annotate(f"{megabytes:.3g}", place, va="center")
    axis.set(xlabel="MB", xlim=(0, 1.15 * max(sizes.values())))
    axis.invert_yaxis()
    axis.axvline(limit, color="#D55E00", linestyle="--", alpha=0.6)


def plot_students(axis, runs):
    """Draw the accuracies of each seed, alone and taught, joined by a line.

    Args:
        axis: Matplotlib axes.
        runs: list of dicts with `alone` and `taught`, one a seed.
    """
    for run in runs:
        axis.plot([run["alone"], run["taught"]], [0, 1], "-", color="#BBBBBB")
    for row, (name, marker) in enumerate({"alone": "o", "taught": "^"}.items()):
        values = [run[name] for run in runs]
        axis.plot(values, np.full(len(values), row), marker)
        axis.plot(np.mean(values), row, "k|", markersize=22)
    axis.set(yticks=(0, 1), ylim=(-0.5, 1.5), xlabel="accuracy")
    axis.set_yticklabels(["without a teacher", "distillation"])
