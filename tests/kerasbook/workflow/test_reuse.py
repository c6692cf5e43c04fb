"""Test-set reuse: reports that stop at a goal, against formulas of the normal distribution."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.stats import norm

from kerasbook.workflow.reuse import plot_reuse, report_first

SIGMA = np.sqrt(0.939 * 0.061 / 10_000)
ABOVE = norm.sf(0.94, 0.939, SIGMA)  # of one score
SETTINGS = {"accuracy": 0.939, "images": 10_000, "projects": 100_000, "seed": 0}


@pytest.mark.parametrize("shared", [0, 0.75, 1])
def test_one_try_gains_nothing_and_reaches_the_goal_by_chance(shared):
    reports, reached = report_first(0.94, tries=1, shared=shared, **SETTINGS)
    assert reached.mean() == pytest.approx(ABOVE, abs=0.005)
    assert reports.mean() == pytest.approx(0.939, abs=3e-5)
    assert reports.std() == pytest.approx(SIGMA, rel=0.01)
    np.testing.assert_array_equal(reached, reports >= 0.94)


@pytest.mark.parametrize("tries", [2, 5, 10])
def test_on_new_images_each_try_is_a_chance_of_its_own(tries):
    reports, reached = report_first(0.94, tries=tries, shared=0, **SETTINGS)
    assert reached.mean() == pytest.approx(1 - (1 - ABOVE) ** tries, abs=0.005)
    # the mean of a normal variable above a limit, by the formula for truncation
    beyond = 0.939 + SIGMA * norm.pdf((0.94 - 0.939) / SIGMA) / ABOVE
    assert reports[reached].mean() == pytest.approx(beyond, abs=3e-5)
    assert np.all(reports[~reached] < 0.94)


def test_where_only_the_images_decide_more_tries_change_nothing():
    once = report_first(0.94, tries=1, shared=1, **SETTINGS)
    often = report_first(0.94, tries=10, shared=1, **SETTINGS)
    assert often[1].mean() == pytest.approx(once[1].mean(), abs=0.005)


def test_more_tries_gain_more_and_shared_images_gain_less():
    gain = {
        (tries, shared): report_first(0.94, tries=tries, shared=shared, **SETTINGS)[0].mean()
        - 0.939
        for tries in (1, 2, 5, 10)
        for shared in (0, 0.75)
    }
    for shared in (0, 0.75):
        by_tries = [gain[tries, shared] for tries in (1, 2, 5, 10)]
        assert by_tries == sorted(by_tries)
    assert all(gain[tries, 0.75] < gain[tries, 0] for tries in (2, 5, 10))


def test_the_figure_shows_gains_and_reports():
    axes = Figure().subplots(1, 2)
    gains = {"same": [0, 0.02], "new": [0, 0.09]}
    plot_reuse(axes, [1, 2], gains, np.array([0.938, 0.941]), accuracy=0.939, goal=0.94)
    assert [list(line.get_ydata()) for line in axes[0].lines] == list(gains.values())
    assert [line.get_xdata()[0] for line in axes[1].lines] == pytest.approx([93.9, 94.0])
    assert sum(patch.get_xy()[:, 1].max() for patch in axes[1].patches) == 1
