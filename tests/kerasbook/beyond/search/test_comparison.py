from functools import partial

import numpy as np
import pytest

from kerasbook.beyond.search.comparison import halving_winner, random_winner, repeat_search, replay


@pytest.fixture
def curves():
    """Return eight runs of four epochs: run 5 is always correct, the others seldom."""
    correct = np.random.default_rng(0).random((8, 4, 50)) < 0.2
    correct[5] = True
    return correct


def test_a_replayed_run_goes_on_where_it_was():
    run = replay(np.array([[0], [1], [2], [3]]))
    assert run(1) == 0
    assert run(2) == 2
    assert run(1) == 3


def test_all_of_the_pool_finds_the_best_run(curves):
    images = np.arange(20)
    assert random_winner(curves, images, trials=8, seed=0) == (5, 8 * 4)
    assert halving_winner(curves, images, trials=8, seed=0) == (5, 8 + 4 + 2 * 2)


def test_a_search_chooses_among_its_own_trials_only(curves):
    (only,) = np.random.default_rng(3).permutation(8)[:1]
    assert random_winner(curves, np.arange(20), trials=1, seed=3) == (only, 4)


def test_repeats_split_anew_and_judge_on_what_chose_nothing(curves):
    seen = []

    def search(curves, validation, *, seed):
        seen.append((seed, *validation))
        return 5, 7

    curves[5, -1, 0] = False
    scores, epochs = repeat_search(search, curves, 10, repeats=3)
    assert epochs == 7
    assert [seed for seed, *_ in seen] == [1000, 2000, 3000]
    assert len({images for _, *images in map(tuple, seen) for images in [tuple(images)]}) == 3
    expected = [1.0 if 0 in validation else 39 / 40 for _, *validation in seen]
    assert scores == pytest.approx(expected)
    scores, _ = repeat_search(partial(random_winner, trials=8), curves, 10, repeats=2)
    assert scores.min() >= 39 / 40
