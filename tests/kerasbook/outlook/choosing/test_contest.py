"""Programs beside each other: batches, processes, differences, times."""

import numpy as np
import pytest

from kerasbook.outlook.choosing import contest
from kerasbook.outlook.choosing.contest import (
    HEADERS,
    fastest_step_ms,
    max_abs_difference,
    run_contest,
    slice_batches,
)


def first(x):
    return x


def last(x):
    return x


def test_batches_keep_the_order_and_the_rest():
    batches = slice_batches(np.arange(5), np.arange(5) * 10, 2)
    assert [(x.tolist(), y.tolist()) for x, y in batches] == [
        ([0, 1], [0, 10]), ([2, 3], [20, 30]), ([4], [40]),
    ]  # fmt: skip


def test_the_fastest_epoch_counts_and_the_first_does_not():
    # The first epoch takes 0.1 s, the others 4 s and 2 s, of four steps each.
    assert fastest_step_ms({"ticks": [0, 0.1, 4.1, 6.1]}, 4) == pytest.approx(500)


def test_the_largest_difference_from_the_first_is_found():
    answers = [{"weights": [[0, 1], [2]]}, {"weights": [[0, 1.5], [2]]}, {"weights": [[0, 1], [5]]}]
    assert max_abs_difference(answers, "weights") == 3


def test_each_program_trains_both_ways_and_tries_wishes(monkeypatch):
    seen = {}

    def pretend(backend, parts, call, *, header):
        seen.update(backend=backend, parts=parts, call=call, header=header)
        return {"Keras": 1}

    monkeypatch.setattr(contest, "call_on_backend", pretend)
    assert run_contest("jax", [first, last], [slice_batches], "a.npz", epochs=2) == {"Keras": 1}
    assert seen["backend"] == "jax"
    assert seen["parts"] == [slice_batches, first, last]
    assert seen["header"] == f"{HEADERS['all']}\n{HEADERS['jax']}"
    assert seen["call"] == (
        "run_pair(first, last, 'a.npz', **{'epochs': 2}) | {'wishes': try_wishes()}"
    )
