import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.concepts import descents as page
from kerasbook.concepts import optimizers, schedules
from kerasbook.grading import grade

START, CURVATURES = [-8.0, 1.0], np.array([1.0, 100.0])


@pytest.mark.parametrize("share", [0.5, 0.99, 1.01, 1.5])
def test_plain_descent_follows_its_closed_form(share):
    rate = share * 2 / CURVATURES.max()
    path = page.run_on_quadratic(
        optimizers.sgd_step, START, CURVATURES, steps=60, learning_rate=rate
    )
    steps = np.arange(61)[:, None]
    np.testing.assert_allclose(path, (1 - rate * CURVATURES) ** steps * START, atol=1e-9)
    assert (abs(path[-1, 1]) < 1) == (share < 1)


def test_momentum_moves_the_limit_as_exercise_3_says():
    for rate, small in ((0.037, True), (0.039, False)):
        path = page.run_on_quadratic(
            optimizers.sgd_step, START, CURVATURES, steps=400, learning_rate=rate, momentum=0.9
        )
        assert (abs(path[-1]).max() < 1e-3) == small, rate


def test_arrival_is_the_first_step_that_is_near_for_good():
    path = np.array([[3.0, 0], [0.05, 0], [0.2, 0], [0, 0.1], [0, 0]])
    assert page.steps_to_converge(path) == 3  # near after step 1, away after step 2
    assert page.steps_to_converge(path, within=4) == 0
    assert page.steps_to_converge(path[:3]) is None
    assert page.steps_to_converge(np.array([[1.0, 0], [np.nan, 0]])) is None  # lost is not near


def test_leaving_is_the_first_step_out_of_sight():
    path = np.array([[9.0, -1.4], [0, 0], [0, 1.5], [9.1, 0]])
    assert page.steps_to_diverge(path, (9, 1.4)) == 2  # the edge itself is in sight
    assert page.steps_to_diverge(path, (9, 1.5)) == 3
    assert page.steps_to_diverge(path, (10, 2)) is None
    assert (
        page.steps_to_diverge(np.array([[1.0, 0], [np.nan, 0]]), (9, 1.4)) == 1
    )  # lost is not in sight


@pytest.mark.parametrize(
    ("rate", "across", "near", "out"),
    [(0.01, 0.0, 437, None), (0.018, -0.8, 242, None), (0.02, -1, None, None),
     (0.021, -1.1, None, 4)],
)  # fmt: skip
def test_the_four_rates_do_what_the_page_says(rate, across, near, out):
    path = page.run_on_quadratic(
        optimizers.sgd_step, START, CURVATURES, steps=1000, learning_rate=rate
    )
    assert path[1, 1] == pytest.approx(across)
    assert (page.steps_to_converge(path), page.steps_to_diverge(path, (9, 1.4))) == (near, out)


def test_momentum_needs_fewer_steps_than_plain_descent():
    settings = {"steps": 400, "learning_rate": 0.018}
    plain = page.run_on_quadratic(optimizers.sgd_step, START, CURVATURES, **settings)
    heavy = page.run_on_quadratic(optimizers.sgd_step, START, CURVATURES, momentum=0.9, **settings)
    assert page.steps_to_converge(plain) == 242  # 8 · 0.982^241 is a little above 0.1
    assert page.steps_to_converge(heavy) < 121


def test_no_rule_has_its_best_rate_at_the_edge_of_the_grid():
    grid = (0.002, 0.006, 0.018, 0.06, 0.2, 0.6, 2.0, 6.0)  # that of the page
    rules = {
        "gradient descent": (optimizers.sgd_step, {}),
        "momentum": (optimizers.sgd_step, {"momentum": 0.9}),
        "RMSprop": (optimizers.rmsprop_step, {}),
        "Adam": (optimizers.adam_step, {}),
    }
    best = {}
    for name, (step, options) in rules.items():
        counts = {}
        with np.errstate(all="ignore"):
            for rate in grid:
                path = page.run_on_quadratic(
                    step, START, CURVATURES, steps=400, learning_rate=rate, **options
                )
                counts[page.steps_to_converge(path) or 401] = rate
        best[name] = (min(counts), counts[min(counts)])
    assert best == {
        "gradient descent": (242, 0.018),
        "momentum": (80, 0.006),
        "RMSprop": (241, 0.06),
        "Adam": (74, 2.0),
    }


def test_adam_rests_for_four_hundred_steps_and_leaves_the_minimum_much_later():
    path = page.run_on_quadratic(
        optimizers.adam_step, START, CURVATURES, steps=6000, learning_rate=0.3
    )
    away = np.linalg.norm(path, axis=1)
    assert page.steps_to_converge(path[:401]) == 86
    assert away[300:401].max() < 0.03
    assert away[401:].max() > 0.1


def test_rates_of_each_step_are_those_that_are_given():
    rates = [0.1, 0.5, 0.25]
    one = np.array([1.0])
    path = page.run_with_rates(optimizers.sgd_step, [2.0], one, rates)
    assert path.ravel() == pytest.approx([2, 1.8, 0.9, 0.675])
    settings = {"momentum": 0.9}
    same = page.run_with_rates(
        optimizers.sgd_step, START, CURVATURES, np.full(30, 0.018), **settings
    )
    fixed = page.run_on_quadratic(
        optimizers.sgd_step, START, CURVATURES, steps=30, learning_rate=0.018, **settings
    )
    np.testing.assert_array_equal(same, fixed)


def test_rmsprop_comes_to_rest_only_if_the_rate_falls():
    falling = schedules.cosine_decay(np.arange(400), 0.1, steps=400)
    ends = [
        np.abs(page.run_with_rates(optimizers.rmsprop_step, START, CURVATURES, rates)[-1]).max()
        for rates in (np.full(400, 0.1), falling)
    ]
    assert ends[0] == pytest.approx(0.05, abs=1e-4)  # half of a step
    assert ends[1] < 1e-6


def test_a_penalty_in_adam_hardly_shrinks_a_weight_with_large_gradients():
    sizes = np.array([10.0, 1.0])
    run = {"steps": 1000, "learning_rate": 0.01}
    penalized = page.decay_under_noise(optimizers.adam_step, sizes, penalty=0.1, **run)
    decoupled = page.decay_under_noise(optimizers.adamw_step, sizes, weight_decay=0.1, **run)
    # about (1 - 0.0001)^1000 and (1 - 0.001)^1000, less the first step of 0.01
    assert penalized == pytest.approx([0.905, 0.368], abs=0.02)
    assert decoupled == pytest.approx([0.368, 0.368], abs=0.02)
    free = page.decay_under_noise(optimizers.sgd_step, sizes, steps=2, learning_rate=0.1)
    assert free == pytest.approx([1, 1])  # down by 0.1 times the size, and up again


def test_means_by_hand():
    assert page.exponential_moving_average([4.0], 0.9) == pytest.approx(0.4)
    assert page.exponential_moving_average([1.0, 1.0, 1.0], 0.9) == pytest.approx(1 - 0.729)
    assert page.bias_corrected_average([1.0, 1.0, 1.0], 0.9) == pytest.approx(1)
    assert page.bias_corrected_average([0.0, 9.0], 0.5) == pytest.approx(6)


def test_the_grader_tells_the_corrected_mean_from_the_fading_one():
    cases = [(([4.0], 0.9), 4.0), (([1.0, 1.0, 1.0], 0.9), 1.0), (([0.0, 9.0], 0.5), 6.0)]
    assert grade(page.bias_corrected_average, cases) == "Right in all 3 cases."
    assert grade(page.exponential_moving_average, cases).startswith(
        "Wrong for ([4.0], 0.9): expected 4.0"
    )


def test_adam_goes_the_wrong_way_where_the_others_do_not():
    gradients = ([10_000.0] + [-1.0] * 5_000) * 10
    assert sum(gradients) > 0  # so the weight should fall
    plain = page.run_on_gradients(optimizers.sgd_step, gradients, learning_rate=5e-5)
    adam = page.run_on_gradients(optimizers.adam_step, gradients, learning_rate=0.01)
    amsgrad = page.run_on_gradients(optimizers.amsgrad_step, gradients, learning_rate=0.01)
    assert plain[-1] < -0.5
    assert adam[-1] == 1
    assert amsgrad[-1] < -0.5


def test_a_walk_stays_between_its_bounds():
    walk = page.run_on_gradients(optimizers.sgd_step, [-0.5, -5.0, 1.0], learning_rate=1.0)
    assert walk.tolist() == [0, 0.5, 1, 0]


def test_the_correction_is_worth_what_the_page_says():
    t = np.arange(1, 5001)
    ratio = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    assert ratio[0] == pytest.approx(3.162, abs=1e-3)
    assert (int(ratio.argmax()) + 1, ratio.max()) == (12, pytest.approx(6.57, abs=0.01))
    assert ratio[999] > 1.2
    assert ratio[-1] < 1.01


def test_paths_are_drawn_over_their_valley_the_last_in_color():
    axis = Figure().subplots()
    paths = {"old": np.array([[-8, 1], [-4, 0.5]]), "new": np.array([[-8, 1], [-1, 0]])}
    page.plot_descents(axis, paths, CURVATURES, extent=(9, 2))
    old, new, star = axis.lines
    np.testing.assert_array_equal(new.get_xydata(), paths["new"])
    assert (old.get_color(), old.get_marker()) == ("0.45", "s")
    assert (new.get_color(), new.get_marker()) == ("#D55E00", "o")
    assert star.get_xydata().tolist() == [[0, 0]]
    assert axis.get_xlim() == pytest.approx((-9, 9))
    alone = Figure().subplots()
    page.plot_descents(alone, {"new": paths["new"]}, CURVATURES, extent=(9, 2))
    assert alone.lines[0].get_color() == "#D55E00"
