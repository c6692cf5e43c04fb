"""Compare a network before and after: answers one by one, and time."""

import time

import numpy as np

from kerasbook.scores import wilson_interval


def changed_predictions(before, after, labels):
    """Compare the predictions of two networks on the same samples.

    Both scores have shape `(n, num_classes)`, `labels` `(n,)`. `at_most` is
    the upper end of the 95% interval of the share of answers that change.
    """
    before, after = np.argmax(before, axis=1), np.argmax(after, axis=1)
    changed = int(np.sum(before != after))
    return {
        "changed": changed,
        "lost": int(np.sum((before == labels) & (after != labels))),
        "won": int(np.sum((before != labels) & (after == labels))),
        "at_most": wilson_interval(changed, len(labels))[1],
    }


def time_ratio(model, reference, x, *, laps=3):
    """Return how many times as long as `reference` a model takes for `x`.

    The two take turns, so that whatever else the machine does hits both.
    """
    seconds = {model: [], reference: []}
    for lap in range(laps + 2):
        for each, taken in seconds.items():
            began = time.perf_counter()
            each.predict_on_batch(x)
            if lap > 1:  # the first two compile
                taken.append(time.perf_counter() - began)
    return float(np.median(seconds[model]) / np.median(seconds[reference]))
