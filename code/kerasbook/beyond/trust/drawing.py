"""Figures of the page on trust."""

import numpy as np
from scipy.stats import betabinom

from kerasbook.beyond.trust.conformal import conformal_rank
from kerasbook.scores import wilson_interval


def plot_bins(axis, confidence, accuracy, counts):
    """Draw the accuracy of each bin, and how far its confidence is off."""
    filled = counts > 0
    places = (np.flatnonzero(filled) + 0.5) / len(counts)
    width = 0.9 / len(counts)
    gap = confidence[filled] - accuracy[filled]
    axis.bar(places, accuracy[filled], width, label="accuracy")
    axis.bar(
        places, gap, width, bottom=accuracy[filled], label="gap", hatch="////",
        facecolor="none", edgecolor="#D55E00",
    )  # fmt: skip
    axis.plot([0, 1], [0, 1], ":", color="gray")
    axis.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence")


def plot_coverages(axis, coverages, *, held, asked, alpha):
    """Draw measured coverages, and what theory says of them.

    Args:
        axis: Matplotlib axes.
        coverages: share of labels found, of each split, `(splits,)`.
        held: samples that set the threshold.
        asked: samples that were asked.
        alpha: how often the label may be missed.
    """
    counts = np.arange(asked + 1)
    rank = conformal_rank(held, alpha)
    chance = betabinom.pmf(counts, asked, rank, held + 1 - rank)
    found = np.round(coverages * asked)
    low, high = int(found.min()), int(found.max())
    bins = np.arange(low - 0.5, high + 4, 4) / asked
    axis.hist(coverages, bins, density=True, color="#56B4E9", label="measured")
    axis.plot(counts / asked, chance * asked, color="#D55E00", label="theory")
    axis.axvline(1 - alpha, linestyle="--", color="black")
    margin = 8 / asked
    axis.set_xlim(low / asked - margin, high / asked + margin)
    axis.set(xlabel="coverage", yticks=[])
    axis.legend()


def plot_severities(axes, found, names):
    """Draw how several numbers change with severity, a panel for each kind.

    Args:
        axes: Matplotlib axes, one for each kind.
        found: `{kind: rows}`; a row for each severity from 0, with a number
            for each name.
        names: of the numbers.
    """
    for axis, (kind, rows) in zip(axes, found.items(), strict=True):
        styles = zip(names, ("o-", "s--", "^-."), strict=False)
        for number, (name, style) in enumerate(styles):
            values = [row[number] for row in rows]
            axis.plot(values, style, label=name, markersize=4)
        axis.set(title=kind, xlabel="severity", ylim=(0, 1), xticks=range(6))


def plot_groups(axis, groups, fair):
    """Draw the accuracy of groups with intervals, and the worst by chance.

    Args:
        axis: Matplotlib axes.
        groups: `{name: (right, samples)}`.
        fair: accuracies of the worst of equal groups, `(draws,)`.
    """
    low, high = np.quantile(fair, [0.025, 0.975])
    axis.axvspan(low, high, color="gray", alpha=0.25, linewidth=0)
    for row, (right, count) in enumerate(groups.values()):
        axis.plot(wilson_interval(right, count), [row, row], color="#0072B2")
        axis.plot(right / count, row, "o", color="#0072B2")
    axis.set_yticks(range(len(groups)), groups)
    axis.invert_yaxis()
    axis.set_xlabel("accuracy")


def show_row(axes, images, titles):
    """Draw pictures or maps side by side, each with its title."""
    for axis, image, title in zip(axes, images, titles, strict=True):
        axis.imshow(np.clip(image, 0, 1) if image.ndim == 3 else image)
        axis.set_title(title, fontsize=8)
        axis.axis("off")
