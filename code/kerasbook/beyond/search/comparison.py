"""Compare searches, repeated on trials that are already trained."""

import numpy as np

from kerasbook.beyond.search.halving import (
    epochs_spent,
    random_search,
    successive_halving,
)
from kerasbook.beyond.search.selection_bias import draw_split


def replay(curve):
    """A trial that returns recorded scores instead of training.

    Args:
        curve: what the run would return after each epoch, `(epochs, n)`.
    """
    done = 0

    def train_on(epochs):
        nonlocal done
        done += epochs
        return curve[done - 1]

    return train_on


def random_winner(curves, validation, *, trials, seed):
    """Random search on recorded curves `(runs, epochs, images)`.

    Returns the selected run, and the epochs of all trials.
    """
    chosen = np.random.default_rng(seed).permutation(len(curves))[:trials]
    runs = [replay(curves[k][:, validation]) for k in chosen]
    best, _ = random_search(runs, epochs=curves.shape[1])
    return chosen[best], trials * curves.shape[1]


def halving_winner(curves, validation, *, trials, seed):
    """Successive halving on recorded curves, like `random_winner`."""
    chosen = np.random.default_rng(seed).permutation(len(curves))[:trials]
    runs = [replay(curves[k][:, validation]) for k in chosen]
    best, _ = successive_halving(runs, epochs=curves.shape[1])
    return chosen[best], epochs_spent(trials, curves.shape[1], 2)


def repeat_search(search, curves, n, *, repeats):
    """Repeat a search, each time with another split and other runs.

    Args:
        search: takes curves, validation images and a seed, and returns the
            best run and the epochs trained.
        curves: as for `random_winner`.
        n: how many images validate.
        repeats: how often; equal repeats of two searches share a split.

    Returns:
        the winners' test accuracies, and the epochs of the last search.
    """
    found = []
    for repeat in range(repeats):
        generator = np.random.default_rng(repeat)
        validation, test = draw_split(curves.shape[2], n, generator)
        best, epochs = search(curves, validation, seed=1000 * (repeat + 1))
        found.append(curves[best, -1, test].mean())
    return np.array(found), epochs
