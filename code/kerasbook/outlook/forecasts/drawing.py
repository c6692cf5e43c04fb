"""Pictures of the chapter on forecasts."""

import itertools
from datetime import date

import numpy as np

from kerasbook.outlook.forecasts.scoring import binomial_interval

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")


def plot_release_gaps(axis, names, gaps, waiting):
    """Draw how long each version took, and the wait that is not over."""
    axis.bar(range(len(gaps)), gaps, color=COLORS[0])
    axis.bar(len(gaps), waiting, color="white", edgecolor=COLORS[1], hatch="//")
    axis.set_xticks(range(len(names)), names, rotation=60)
    axis.set_xlabel("version")
    axis.set_ylabel("days after the one before")


def plot_backtest(axis, months, rules, happened):
    """Draw what rules stated each month; dots on top for months of release."""
    styles = zip(rules.items(), ("-", "--", "-.", ":"), strict=False)
    for (rule, stated), style in styles:
        axis.plot(months, stated, style, linewidth=1.4, label=rule)
    released = [m for m, yes in zip(months, happened, strict=True) if yes]
    axis.plot(released, np.full(len(released), 1.02), "k|", markersize=7)
    axis.set_ylim(0, 1.06)
    axis.set_ylabel("probability of a release")
    axis.set_xlabel("month")
    axis.legend(ncols=4, fontsize=8, loc="upper left", bbox_to_anchor=(0, 1.16))


def plot_calibration(axis, stated, happened, edges):
    """Draw how often a group of forecasts came true, and its sampling error."""
    axis.plot([0, 1], [0, 1], color="gray", linewidth=0.8)
    for low, high in itertools.pairwise(edges):
        inside = (stated >= low) & (stated < high)
        if not inside.any():
            continue
        mean, count = stated[inside].mean(), int(inside.sum())
        axis.vlines(
            mean, *binomial_interval(mean, count), color=COLORS[0], linewidth=3
        )
        axis.plot(mean, happened[inside].mean(), "o", color=COLORS[1], zorder=3)
        axis.annotate(
            count, (mean, 0.01), ha="center", fontsize=8, color="dimgray"
        )
    axis.set_xlabel("stated probability")
    axis.set_ylabel("observed frequency")
    axis.set_xlim(-0.03, 1.03)
    axis.set_ylim(-0.03, 1.03)


def plot_sampling_intervals(axis, counts, chances):
    """Draw sampling intervals of calibrated forecasts, a width per count."""
    axis.plot([0, 1], [0, 1], color="gray", linewidth=0.8)
    for count, color, width in zip(counts, COLORS, (9, 5, 2), strict=False):
        intervals = np.array(
            [binomial_interval(chance, count) for chance in chances]
        )
        axis.vlines(
            chances,
            *intervals.T,
            color=color,
            linewidth=width,
            label=f"{count}",
        )
    axis.set_xlabel("stated probability (calibrated)")
    axis.set_ylabel("observed frequency")
    axis.legend(title="forecasts", loc="upper left")


def plot_score_distributions(axis, scores):
    """Draw distributions of simulated Brier scores, a line per forecaster."""
    edges = np.linspace(0, 0.4, 41)
    styles = zip(scores.items(), COLORS, ("-", "--"), strict=False)
    for (name, column), color, style in styles:
        axis.hist(
            column, edges, histtype="step", color=color, linestyle=style,
            linewidth=1.6, label=name,
        )  # fmt: skip
        axis.axvline(column.mean(), color=color, linestyle=style, linewidth=0.8)
    axis.set_xlabel("Brier score")
    axis.set_ylabel("simulations")
    axis.legend()


def plot_outlook(axis, forecasts):
    """Draw each forecast by date and probability, with its number."""
    topics = dict.fromkeys(known["topic"] for known in forecasts)
    styles = dict(zip(topics, zip("os^D", COLORS, strict=True), strict=False))
    numbered = sorted(
        enumerate(forecasts, 1),
        key=lambda pair: (pair[1]["due"], pair[1]["probability"]),
    )
    sides = itertools.cycle((("left", 8), ("right", -8)))
    for (number, known), (side, shift) in zip(numbered, sides, strict=False):
        marker, color = styles[known["topic"]]
        place = date.fromisoformat(known["due"]), known["probability"]
        axis.plot(*place, marker, color=color)
        axis.annotate(
            number, place, (shift, 0), textcoords="offset points",
            ha=side, va="center", fontsize=8,
        )  # fmt: skip
    for topic, (marker, color) in styles.items():
        axis.plot([], [], marker, color=color, label=topic)
    axis.set_ylim(0, 1)
    axis.set_xlabel("due")
    axis.set_ylabel("probability")
    axis.legend(ncols=4, fontsize=8, loc="upper left", bbox_to_anchor=(0, 1.14))
