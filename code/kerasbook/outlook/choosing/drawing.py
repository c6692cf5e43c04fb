"""Figures of the page on choosing: steps, downloads, releases."""

from datetime import timedelta

import numpy as np
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

WAY_COLORS = {"Keras": "#D55E00", "plain": "#0072B2"}
WAY_MARKERS = {"Keras": "s", "plain": "o"}


def plot_contest(axes, measured):
    """Draw lines of code and time per step, plain and in Keras, by framework.

    Args:
        axes: two Matplotlib axes.
        measured: maps a framework to `Keras` and `plain`, and these to a dict
            with `lines` and `ms`.
    """
    least = min(w["ms"] for pair in measured.values() for w in pair.values())
    for row, pair in enumerate(measured.values()):
        for way, values in pair.items():
            ratio = values["ms"] / least
            for axis, x in zip(axes, (values["lines"], ratio), strict=True):
                label = way if row == 0 else None
                axis.plot(
                    x, row, WAY_MARKERS[way], color=WAY_COLORS[way], label=label
                )
    for axis, name in zip(
        axes, ("lines of code", "time per step"), strict=True
    ):
        axis.set_yticks(range(len(measured)), list(measured))
        axis.set_ylim(len(measured) - 0.5, -0.5)
        axis.grid(axis="y", alpha=0.3)
        axis.set_xlabel(name)
    axes[0].set_xlim(left=0)
    axes[1].set_xlabel("processor time per step (fastest = 1)")
    axes[1].set_xscale("log")
    axes[0].legend(loc="lower left")


def set_apart(heights, least):
    """Move heights up until any two are `least` apart; keeps their order."""
    moved, last = {}, None
    for name in sorted(heights, key=heights.get):
        height = heights[name]
        last = height if last is None else max(height, last + least)
        moved[name] = last
    return moved


def plot_downloads(axis, downloads, changes):
    """Draw downloads of packages over time.

    Args:
        axis: Matplotlib axes.
        downloads: as of `load_downloads`, the packages to draw.
        changes: days on which the way of counting changed.
    """
    ends = {
        name: np.log10(counts[-1][1] / 1e6)
        for name, counts in downloads.items()
    }
    labels = set_apart(ends, 0.13)
    styles = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)))
    rows = zip(downloads.items(), styles, strict=False)
    for (package, counts), style in rows:
        days, values = zip(*counts, strict=True)
        (line,) = axis.plot(days, np.divide(values, 1e6), linestyle=style)
        axis.annotate(
            package, (days[-1], 10 ** labels[package]), (5, 0), va="center",
            textcoords="offset points", fontsize=8, color=line.get_color(),
        )  # fmt: skip
    for day in changes:
        axis.axvline(day, color="gray", linewidth=0.8)
    locator = AutoDateLocator(maxticks=7)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axis.set_yscale("log")
    axis.set_ylabel("downloads in a month (millions)")
    axis.margins(x=0.01)


def plot_release_dates(axis, firsts, last, days):
    """Draw when packages brought out new minor versions, a row each.

    Args:
        axis: Matplotlib axes.
        firsts: maps a package to a dict from version to its day.
        last: the day on which the record was read.
        days: how far back to draw.
    """
    begin = last - timedelta(days=days)
    for row, found in enumerate(firsts.values()):
        shown = {v: day for v, day in found.items() if begin <= day <= last}
        axis.plot(shown.values(), [row] * len(shown), "o", color=f"C{row}")
        for place, (version, day) in enumerate(shown.items()):
            shift = (0, 6) if place % 2 else (0, -13)
            axis.annotate(
                version, (day, row), shift, textcoords="offset points",
                ha="center", fontsize=7,
            )  # fmt: skip
    axis.axvline(last, color="gray", linewidth=0.8)
    axis.set_yticks(range(len(firsts)), list(firsts))
    axis.set_ylim(len(firsts) - 0.4, -0.6)
