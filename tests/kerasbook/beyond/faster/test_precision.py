import itertools

import pytest

from kerasbook.beyond.faster import precision


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_shortest_time_counts_and_the_first_does_not(dtype, monkeypatch):
    clock = itertools.accumulate([0, 0.5, 9, 4, 9, 2, 9, 3])  # takes 0.5, 4, 2 and 3 seconds
    monkeypatch.setattr(precision.time, "perf_counter", lambda: next(clock))
    assert precision.convolution_seconds(dtype, repeats=3) == 2
