"""The stopwatch, with a clock that one sets."""

from kerasbook.stopwatch import shortest_seconds


def test_the_shortest_counts():
    ticks = iter([0, 5, 10, 12, 20, 23])
    calls = []
    found = shortest_seconds(lambda: calls.append(1), 3, clock=lambda: next(ticks))
    assert found == 2
    assert len(calls) == 3
