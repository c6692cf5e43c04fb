"""Test-set reuse: what a report gains by trying until a goal is reached."""

import math

import numpy as np


def report_first(
    goal, *, accuracy, images, tries, shared=0.75, projects=20_000, seed
):
    """Simulate projects that stop at their first score above a goal.

    All versions of a project have one accuracy; `shared` is the share of a
    score's variance that comes from the test images, the same for all.
    Returns the reports and which of them reach the goal, `(projects,)`.
    """
    generator = np.random.default_rng(seed)
    sigma = math.sqrt(accuracy * (1 - accuracy) / images)
    common = generator.normal(0, math.sqrt(shared) * sigma, (projects, 1))  # ①
    own = generator.normal(0, math.sqrt(1 - shared) * sigma, (projects, tries))
    scores = accuracy + common + own  # ②
    reached = scores >= goal
    stop = np.where(reached.any(axis=1), reached.argmax(axis=1), -1)  # ③
    return scores[np.arange(projects), stop], reached.any(axis=1)


def plot_reuse(axes, tries, gains, reports, *, accuracy, goal):
    """Draw the gain of a report over the number of tries, and the reports.

    Args:
        axes: two.
        tries: numbers of tries, for the left one.
        gains: points above the true accuracy by name, as many as `tries`.
        reports: reported scores, for the right one.
        accuracy: true accuracy of every version.
        goal: the score at which a project stops.
    """
    for (name, values), marker in zip(gains.items(), "os", strict=True):
        axes[0].plot(tries, values, marker=marker, label=name)
    axes[0].set_ylim(0)
    axes[0].set_xlabel("evaluations of the test set, at most")
    axes[0].set_ylabel("selection bias (points)")
    axes[0].legend()
    axes[1].hist(100 * reports, bins=60, histtype="stepfilled", alpha=0.6)
    axes[1].axvline(100 * accuracy, color="black", label="true accuracy")
    axes[1].axvline(100 * goal, color="black", linestyle=":", label="goal")
    axes[1].set_xlabel("reported accuracy (%)")
    axes[1].set_yticks([])
    axes[1].legend()
