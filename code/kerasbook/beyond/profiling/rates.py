"""Two rates of a machine, measured: computing and copying."""

import numpy as np

from kerasbook.stopwatch import shortest_seconds


def take_turns(timings, rounds=2):
    """Return the shortest of the times that each of several functions finds.

    They take turns, so that whatever else the machine does hits all.

    Args:
        timings: dict by name of functions without arguments that return a
            time.
        rounds: how often each has its turn.
    """
    taken = [
        {k: timing() for k, timing in timings.items()} for _ in range(rounds)
    ]
    return {name: min(each[name] for each in taken) for name in timings}


def measure_peak_rates(*, side=1024, numbers=2**24, repeats=8):
    """Measure FLOP/s of a matrix product and memory bandwidth of a copy."""
    matrix = np.ones((side, side), "float32")
    product_s = shortest_seconds(lambda: matrix @ matrix, repeats)
    source = np.ones(numbers, "float32")
    target = np.empty_like(source)
    copy_s = shortest_seconds(lambda: np.copyto(target, source), repeats)
    return {
        "flops_per_s": 2 * side**3 / product_s,
        "bytes_per_s": 2 * source.nbytes / copy_s,
    }
