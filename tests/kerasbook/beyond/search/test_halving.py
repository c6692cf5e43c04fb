import ast
import inspect

import pytest

from kerasbook.beyond.search.halving import (
    check_halving,
    epochs_from_scratch,
    epochs_spent,
    halving_schedule,
    random_search,
    successive_halving,
)
from kerasbook.beyond.search.settings import sample_configurations, sample_value


def scripted(scores):
    """Return runs with a script, score by epoch, and a list of the epochs each has trained."""
    trained = [0] * len(scores)

    def run(place):
        def train_on(epochs):
            trained[place] += epochs
            return scores[place][trained[place]]

        return train_on

    return [run(place) for place in range(len(scores))], trained


def test_eight_settings_are_halved_to_one():
    assert halving_schedule(8, epochs=8) == [(8, 1), (4, 2), (2, 4), (1, 8)]
    assert halving_schedule(9, epochs=9, eta=3) == [(9, 1), (3, 3), (1, 9)]


def test_a_last_round_may_be_shorter_and_one_run_always_stays():
    assert halving_schedule(40, epochs=6) == [(40, 1), (20, 2), (10, 4), (5, 6)]
    assert halving_schedule(2, epochs=8) == [(2, 1), (1, 2), (1, 4), (1, 8)]


def test_only_the_better_half_trains_on():
    scores = [dict.fromkeys((1, 2, 4), place / 10) for place in (3, 1, 4, 2)]
    runs, trained = scripted(scores)
    assert successive_halving(runs, epochs=4) == (2, 0.4)
    assert trained == [2, 1, 4, 1]


def test_a_slow_starter_is_thrown_out_although_it_would_win():
    slow, *fast = [{1: 0.1, 2: 0.9, 4: 0.9}, *[{1: 0.5, 2: 0.5, 4: 0.5}] * 3]
    runs, _ = scripted([slow, *fast])
    assert successive_halving(runs, epochs=4) == (1, 0.5)
    runs, trained = scripted([slow, *fast])
    assert random_search(runs, epochs=4) == (0, 0.9)
    assert trained == [4] * 4


def test_scores_are_shares_of_right_answers():
    assert random_search([lambda _: [True, False], lambda _: [True, True]], epochs=1) == (1, 1.0)


@pytest.mark.parametrize(
    ("trials", "epochs", "eta", "spent", "scratch"),
    [(8, 8, 2, 20, 32), (27, 27, 3, 81, 108), (40, 8, 2, 100, 160)],
)
def test_epochs_are_counted_once(trials, epochs, eta, spent, scratch):
    assert epochs_spent(trials, epochs, eta) == spent
    assert epochs_from_scratch(trials, epochs, eta) == scratch
    scores = [dict.fromkeys(range(1, epochs + 1), 0.5)] * trials
    runs, trained = scripted(scores)
    successive_halving(runs, epochs=epochs, eta=eta)
    assert sum(trained) == spent


@pytest.mark.parametrize(
    ("trials", "epochs", "eta", "cure"),
    [
        (8, 8, 1, "whole number of 2 or more.*Received: eta=1"),
        (8, 8, 2.5, "whole number of 2 or more.*Received: eta=2.5"),
        (8, 1, 2, "at least eta=2 epochs.*Received: epochs=1. Give more"),
        (2, 9, 3, "at least eta=3 trials.*Received: trials=2. Give more"),
    ],
)
def test_a_tournament_without_a_second_round_is_refused(trials, epochs, eta, cure):
    with pytest.raises(ValueError, match=cure):
        check_halving(trials, epochs, eta)
    with pytest.raises(ValueError, match=cure):
        halving_schedule(trials, epochs=epochs, eta=eta)


def test_both_searches_take_fewer_than_thirty_lines():
    count = 0
    for function in (
        sample_value,
        sample_configurations,
        halving_schedule,
        successive_halving,
        random_search,
    ):
        (tree,) = ast.parse(inspect.getsource(function)).body
        tree.body = tree.body[1:]  # without the docstring
        lines = ast.unparse(tree).splitlines()
        count += sum(not line.strip().startswith("check_") for line in lines)
    assert count < 30
