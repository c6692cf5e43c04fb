"""Drawings: what training weighs, and what a rank achieves."""

import numpy as np


def plot_training_bytes(axis, rows, cards):
    """Draw a bar for each model and way, in parts.

    Args:
        axis: Matplotlib axes.
        rows: dict from a name to bytes as of `count_training_bytes`.
        cards: sizes of memories, in GB, drawn as lines.
    """
    places = np.arange(len(rows))[::-1]
    for part, left in (("weights", 0), ("gradients", 1), ("moments", 2)):
        parts = list(rows.values())
        before = [sum(list(row.values())[:left]) / 1e9 for row in parts]
        axis.barh(
            places, [row[part] / 1e9 for row in parts], left=before, label=part,
            color=f"C{left}", hatch=("", "///", "...")[left], edgecolor="white",
            linewidth=0,
        )  # fmt: skip
    axis.set_yticks(places, rows)
    for card in cards:
        axis.axvline(card, color="black", linestyle="--", linewidth=1)
        axis.annotate(
            f"{card}", (card, 1), xycoords=("data", "axes fraction"),
            xytext=(0, 2), textcoords="offset points", ha="center",
        )  # fmt: skip
    axis.set_xlabel("GB")
    axis.legend(loc="lower right")


def plot_ranks(axis, shares, before):
    """Draw the shares of each rank and of full training, a dot a seed.

    Args:
        axis: Matplotlib axes.
        shares: dict from a rank, or `"full"`, to a list of shares.
        before: share before adapting, drawn as a line.
    """
    for place, values in enumerate(shares.values()):
        axis.plot([place] * len(values), values, "o", color="C0", alpha=0.7)
    means = [np.mean(values) for values in shares.values()]
    axis.plot(means, "-", color="C0", label="mean")
    axis.axhline(before, color="C1", linestyle="--", label="before")
    axis.set_xticks(range(len(shares)), shares)
    axis.set(xlabel="rank", ylabel="next-token accuracy", ylim=(-0.03, 1.03))
    axis.legend(loc="lower right")
