"""Two rates of a machine, measured: computing and copying."""

import time

import numpy as np


def shortest_seconds(action, repeats=3, *, clock=time.process_time):
    """Return the shortest time of several: other work only adds time.

    Args:
        action: what to time.
        repeats: how often.
        clock: `time.process_time` runs while this program computes,
            `time.perf_counter` also while it waits.
    """
    taken = []
    for _ in range(repeats):
        began = clock()
        action()
        taken.append(clock() - began)
    return min(taken)


def take_turns(actions, rounds=3):
    """Return the shortest time of each of several actions, by the wall clock.

    They take turns, so that whatever else the machine does hits all.

    Args:
        actions: dict by name of functions without arguments.
        rounds: how often each has its turn.
    """
    taken = dict.fromkeys(actions, float("inf"))
    for _ in range(rounds):
        for name, action in actions.items():
            seconds = shortest_seconds(action, 1, clock=time.perf_counter)
            taken[name] = min(taken[name], seconds)
    return taken


def measure_rates(*, side=1024, numbers=2**24, repeats=8):
    """Measure how fast a matrix product computes, and a copy moves bytes.

    Args:
        side: rows and columns of the matrix.
        numbers: length of the array to copy, larger than any cache.
        repeats: how often; the fastest counts.

    Returns:
        dict: `flops_per_s` and `bytes_per_s`, a byte read and a byte
        written counted apart.
    """
    matrix = np.ones((side, side), "float32")
    product_s = shortest_seconds(lambda: matrix @ matrix, repeats)
    source = np.ones(numbers, "float32")
    target = np.empty_like(source)
    copy_s = shortest_seconds(lambda: np.copyto(target, source), repeats)
    return {
        "flops_per_s": 2 * side**3 / product_s,
        "bytes_per_s": 2 * source.nbytes / copy_s,
    }
