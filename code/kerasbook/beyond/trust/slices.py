"""Wrong labels, and parts of the data where a network is worse."""

import keras
import numpy as np

from kerasbook.beyond.trust.calibration import negative_log_likelihood


def require_label_share(share):
    """Raise an error unless `share` is a fraction of the labels."""
    if not 0 <= share <= 1:
        raise ValueError(
            f"Expected a share of labels from 0 to 1. Received: share={share}"
        )


def add_label_noise(labels, share, *, seed, num_classes=10):
    """Replace a share of the labels by other classes at random (label noise).

    Also returns which of the labels are wrong, booleans `(n,)`.
    """
    require_label_share(share)
    generator = np.random.default_rng(seed)
    count = len(labels)
    wrong = np.zeros(count, bool)
    wrong[generator.permutation(count)[: round(share * count)]] = True
    other = (labels + generator.integers(1, num_classes, count)) % num_classes
    return np.where(wrong, other, labels), wrong


class PerSampleLoss(keras.callbacks.Callback):
    """Callback: per-sample losses and predictions after each epoch."""

    def __init__(self, images, labels):
        super().__init__()
        self.images, self.labels = images, labels
        self.losses, self.answers = [], []

    def on_epoch_end(self, epoch, logs=None):
        """Predict all images, and keep the loss of each label."""
        logits = self.model.predict(self.images, batch_size=500, verbose=0)
        self.losses.append(negative_log_likelihood(logits, self.labels))
        self.answers.append(logits.argmax(axis=1))


def count_right(correct, groups):
    """Count right answers and samples of each group: `{group: (k, n)}`."""
    return {
        group: (int(correct[groups == group].sum()), int(sum(groups == group)))
        for group in np.unique(groups).tolist()
    }


def worst_by_chance(sizes, accuracy, *, draws=10_000, seed=0):
    """Simulate the worst of groups of one true accuracy, `(draws,)`."""
    generator = np.random.default_rng(seed)
    right = generator.binomial(sizes, accuracy, (draws, len(sizes)))
    return (right / sizes).min(axis=1)
