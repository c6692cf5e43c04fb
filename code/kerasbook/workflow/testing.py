"""Testing: cuts, folds, intervals, comparisons (§3.3.3)."""

import math

import keras
import numpy as np

from kerasbook.classifier import build_classifier


def train_until_best(training, validation, *, seed):
    """Train a network on one set, keep its best epoch by another."""
    keras.utils.set_random_seed(seed)
    model = build_classifier(dropout=0.3)
    stop = keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)
    model.fit(
        *training, validation_data=validation, epochs=60, batch_size=64,
        callbacks=[stop], verbose=0,
    )  # fmt: skip
    return model


def is_correct(model, images, labels):
    """Which images are classified correctly, booleans `(n,)`."""
    return model.predict(images, verbose=0).argmax(axis=1) == labels


def cross_val_scores(method, features, labels, fold):
    """k-fold cross-validation with given folds: one accuracy per fold."""
    scores = []
    for k in np.unique(fold):
        asked = fold == k  # ①
        train = features[~asked], labels[~asked]  # ②
        answers = method(*train, features[asked])
        scores.append(np.mean(answers == labels[asked]))
    return np.array(scores)


def plot_folds(axis, scores):
    """Draw the score of each fold as a dot, one row per way of cutting."""
    for row, values in enumerate(scores.values()):
        axis.plot(values, np.full(len(values), row), "o", alpha=0.5)
        axis.plot(values.mean(), row, "k|", markersize=22)
    axis.set_yticks(range(len(scores)), list(scores))
    axis.set_ylim(len(scores) - 0.5, -0.5)  # the first on top
    axis.set_xlabel("accuracy on the held-out fold")


def draw_misread(axes, images, labels, answers):
    """Draw images that were read wrongly, with answer and right digit."""
    wrong = np.flatnonzero(answers != labels)
    for axis, row in zip(axes, wrong, strict=False):  # while there is room
        axis.imshow(images[row].reshape(8, 8), cmap="gray_r")
        title = f"predicted {answers[row]}\ntrue {labels[row]}"
        axis.set_title(title, fontsize=9)
    for axis in axes:
        axis.axis("off")


def bootstrap_interval(values, *, resamples=5000, seed):
    """Compute the 95% bootstrap interval of the mean of `values`, `(n,)`."""
    values = np.asarray(values, float)
    generator = np.random.default_rng(seed)
    drawn = generator.choice(values, (resamples, len(values)))  # ①
    low, high = np.quantile(drawn.mean(axis=1), [0.025, 0.975])  # ②
    return float(low), float(high)


def mcnemar_p_value(only_a, only_b):
    """Return how often fair coins would split so unevenly, or more so."""
    total = only_a + only_b
    tail = sum(math.comb(total, k) for k in range(min(only_a, only_b) + 1))
    return min(1.0, 2 * tail / 2**total)


def duplicate_share(training, test):
    """Share of test rows that also occur in the training set."""
    known = {tuple(row) for row in training}
    return sum(tuple(row) in known for row in test) / len(test)


def known_numbers(training, test):
    """Make the usual mistake: look for single numbers, not whole rows."""
    return np.isin(test, training).all(axis=1).mean()
