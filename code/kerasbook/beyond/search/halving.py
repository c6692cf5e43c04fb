"""Search: train every trial to the end, or stop half of them early."""

import numpy as np


def random_search(runs, *, epochs):
    """Random search: train every configuration to the end, return the best.

    Args:
        runs: functions that train for a number of epochs more, and return
            which validation images are classified correctly.
        epochs: how many each of them gets.
    """
    scores = [float(np.mean(run(epochs))) for run in runs]
    best = int(np.argmax(scores))
    return best, scores[best]


def halving_schedule(trials, *, epochs, eta=2):
    """Schedule of successive halving: runs and epochs of each rung."""
    check_halving(trials, epochs, eta)
    rungs, until = [], 1
    while until < epochs:
        rungs.append((trials, until))
        trials, until = max(1, trials // eta), until * eta
    return [*rungs, (trials, epochs)]


def successive_halving(runs, *, epochs, eta=2):
    """Train all runs a little, the best of them more, and so on.

    Args:
        runs: as for `random_search`.
        epochs: how many the winner gets.
        eta: one in `eta` goes on.

    Returns:
        the winner's index and score.
    """
    remaining, done = list(range(len(runs))), 0
    for alive, until in halving_schedule(len(runs), epochs=epochs, eta=eta):
        remaining = remaining[:alive]
        scores = {k: float(np.mean(runs[k](until - done))) for k in remaining}
        remaining.sort(key=scores.get, reverse=True)
        done = until
    return remaining[0], scores[remaining[0]]


def check_halving(trials, epochs, eta):
    """Refuse a halving that has nothing to halve.

    Raises:
        ValueError: `eta` is below 2, or there are fewer trials or epochs than
            `eta`, so that there is no second rung.
    """
    if eta != int(eta) or eta < 2:
        raise ValueError(
            "Expected a whole number of 2 or more: one in `eta` goes on. "
            f"Received: eta={eta}"
        )
    for name, value in (("trials", trials), ("epochs", epochs)):
        if value < eta:
            raise ValueError(
                f"Expected at least eta={eta} {name}, so that there is a "
                f"second round. Received: {name}={value}. Give more, or "
                "train all of them to the end."
            )


def epochs_spent(trials, epochs, eta):
    """Count the epochs that a halving trains in all."""
    spent = done = 0
    for alive, until in halving_schedule(trials, epochs=epochs, eta=eta):
        spent += alive * (until - done)
        done = until
    return spent


def epochs_from_scratch(trials, epochs, eta):
    """Make the usual mistake: count each rung as if it began anew."""
    rungs = halving_schedule(trials, epochs=epochs, eta=eta)
    return sum(alive * until for alive, until in rungs)
