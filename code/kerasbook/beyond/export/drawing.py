"""Figures of the page on exported models."""

import numpy as np


def plot_costs(axes, reports):
    """Draw the time until the first answer, and the memory, of each program.

    Args:
        axes: two Matplotlib axes that share their vertical axis.
        reports: `{name: {"start_s": …, "memory_mib": …}}`.
    """
    titles = {"start_s": "cold start, s", "memory_mib": "peak memory, MiB"}
    for axis, (key, title) in zip(axes, titles.items(), strict=True):
        values = [report[key] for report in reports.values()]
        bars = axis.barh(list(reports), values, color="#56B4E9")
        axis.bar_label(bars, fmt="{:.3g}", padding=3)
        axis.set(title=title, xlim=(0, 1.25 * max(values)))
    axes[0].invert_yaxis()


def plot_two_answers(axes, image, answers):
    """Draw a digit, and beside it what several programs answer.

    Args:
        axes: two Matplotlib axes.
        image: array of shape `(8, 8)`.
        answers: `{name: probabilities}`, each of shape `(10,)`.
    """
    drawn, bars = axes
    drawn.imshow(image, cmap="gray_r", vmin=0, vmax=16)
    drawn.axis("off")
    width = 0.8 / len(answers)
    for place, (name, values) in enumerate(answers.items()):
        left = np.arange(10) + (place - (len(answers) - 1) / 2) * width
        hatch = ("", "////")[place % 2]
        bars.bar(left, values, width, label=name, hatch=hatch, ec="white")
    bars.set(xticks=range(10), ylim=(0, 1.05), ylabel="probability")
    bars.legend()
