import numpy as np
import pytest

from kerasbook.beyond.search.selection_bias import (
    average_searches,
    check_counts,
    draw_split,
    expected_max_bound,
    flattering_score,
    honest_score,
    select_by_validation,
    simulate_expected_max,
)


def test_the_bound_by_hand():
    # sigma = sqrt(0.9 * 0.1 / 100) = 0.03
    assert expected_max_bound(0.9, 100, 1) == pytest.approx(0.9)
    assert expected_max_bound(0.9, 100, np.e**2) == pytest.approx(0.9 + 0.03 * 2)


def test_the_best_of_two_coins_is_right_three_times_in_four():
    assert simulate_expected_max(0.5, 1, 2, draws=40_000) == pytest.approx(0.75, abs=0.01)
    assert simulate_expected_max(0.5, 1, 1, draws=40_000) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("models", [2, 10, 100])
def test_the_simulation_keeps_below_the_bound(models):
    assert 0.9 < simulate_expected_max(0.9, 100, models) < expected_max_bound(0.9, 100, models)


def test_a_split_uses_every_image_once():
    validation, test = draw_split(10, 4, np.random.default_rng(0))
    assert len(validation) == 4
    assert sorted([*validation, *test]) == list(range(10))


def test_validation_chooses_and_the_test_judges():
    correct = np.array([[True, True, False, False], [True, False, True, True]])
    assert select_by_validation(correct, [0, 1], [2, 3]) == (1.0, 0.0)
    assert select_by_validation(correct, [2, 3], [0, 1]) == (1.0, 0.5)


def test_equal_models_gain_on_validation_and_nothing_on_the_test():
    correct = np.random.default_rng(0).random((40, 2000)) < 0.9
    one, many = average_searches(correct, [1, 40], 100, draws=500)
    assert one == pytest.approx([0.9, 0.9], abs=0.01)
    assert many[0] - one[0] == pytest.approx(2.16 * 0.03, abs=0.01)  # best of 40 normals
    assert many[1] == pytest.approx(0.9, abs=0.01)


def test_a_better_model_is_found_and_kept():
    generator = np.random.default_rng(1)
    correct = np.array([generator.random(2000) < share for share in (0.5, 0.5, 0.9)])
    ((best, test),) = average_searches(correct, [3], 100, draws=100)
    assert best == pytest.approx(0.9, abs=0.02)
    assert test == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize(("counts", "n"), [([4], 2), ([1], 5)])
def test_more_trials_or_images_than_there_are_is_refused(counts, n):
    message = r"up to 3 trials and fewer than 5 validation images.*counts=\[\d\], n=\d"
    with pytest.raises(ValueError, match=message):
        average_searches(np.ones((3, 5), bool), counts, n)
    check_counts(np.ones((3, 5), bool), [3], 4)


def test_the_honest_score_is_that_of_the_chosen_run():
    validation, test = [0.93, 0.96, 0.94], [0.92, 0.91, 0.94]
    assert honest_score(validation, test) == 0.91
    assert flattering_score(validation, test) == 0.94
