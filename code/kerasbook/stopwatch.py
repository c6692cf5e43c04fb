"""A stopwatch: how long something takes, other work apart."""

import time


def shortest_seconds(action, repeats=3, *, clock=time.process_time):
    """Return the shortest time of several: other work only adds time.

    Args:
        action: what to time.
        repeats: how often.
        clock: `time.process_time` runs while this program computes, for
            each of its threads; `time.perf_counter` also while it waits.
    """
    taken = []
    for _ in range(repeats):
        began = clock()
        action()
        taken.append(clock() - began)
    return min(taken)
