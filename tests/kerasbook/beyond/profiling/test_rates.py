"""Rates that are plausible, and timings that take turns."""

from kerasbook.beyond.profiling.rates import measure_peak_rates, take_turns


def test_rates_are_those_of_the_shortest_run(monkeypatch):
    times = iter([0.5, 0.25])
    monkeypatch.setattr(
        "kerasbook.beyond.profiling.rates.shortest_seconds",
        lambda action, repeats: (action(), next(times))[1],
    )
    found = measure_peak_rates(side=4, numbers=10, repeats=2)
    assert found == {"flops_per_s": 2 * 4**3 / 0.5, "bytes_per_s": 2 * 4 * 10 / 0.25}


def test_timings_take_turns_and_the_shortest_counts():
    times = {"a": iter([3, 2]), "b": iter([5, 9])}
    order = []
    timings = {name: lambda name=name: (order.append(name), next(times[name]))[1] for name in "ab"}
    assert take_turns(timings, 2) == {"a": 2, "b": 5}
    assert order == ["a", "b", "a", "b"]
