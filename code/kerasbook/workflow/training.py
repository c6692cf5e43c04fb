"""Training, evaluating, testing (§3.3.1 to §3.3.3)."""

import math

import keras
import numpy as np


def split_three(labels, *, fractions=(0.6, 0.2, 0.2), seed):
    """Split samples into three sets with the same mix of classes.

    Args:
        labels: integer labels of shape `(n,)`.
        fractions: shares of training, validation and test; they sum to 1.
        seed: seed of the shuffle.

    Returns:
        three sorted index arrays: training, validation, test.
    """
    if len(fractions) != 3 or not math.isclose(sum(fractions), 1):
        raise ValueError(
            "Expected three `fractions` that sum to 1. "
            f"Received: fractions={fractions}"
        )
    generator = np.random.default_rng(seed)
    parts = ([], [], [])
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        ends = np.round(np.cumsum(fractions) * len(members)).astype(int)
        for part, chosen in zip(
            parts, np.split(members, ends[:2]), strict=True
        ):
            part.append(chosen)
    return tuple(np.sort(np.concatenate(part)) for part in parts)


def build_classifier(
    *, hidden=64, dropout=0.3, batch_norm=False, learning_rate=0.01
):
    """Build and compile a classifier of the digits.

    Input: pixels of shape `(batch, 64)`. Output: class probabilities of shape
    `(batch, 10)`. With `hidden=0` it is linear but for the softmax.
    """
    layers = [keras.Input((64,))]
    if hidden:
        layers.append(keras.layers.Dense(hidden, activation="relu"))
    if batch_norm:
        layers.append(keras.layers.BatchNormalization())
    if dropout:
        layers.append(keras.layers.Dropout(dropout))
    layers.append(keras.layers.Dense(10, activation="softmax"))
    model = keras.Sequential(layers)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def model_accuracy(model, inputs, labels):
    """Compute the share of samples whose likeliest class is the label."""
    probabilities = keras.ops.convert_to_numpy(model(inputs, training=False))
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def fit_by_hand(model, inputs, labels, *, epochs, batch_size, generator=None):
    """Do what `fit` does: epochs of steps, one gradient update a step.

    Args:
        model: a compiled model.
        inputs: array of shape `(n, ...)`.
        labels: array of shape `(n,)`.
        epochs: passes over the samples.
        batch_size: samples per step; the last batch may hold fewer.
        generator: NumPy generator that shuffles each epoch, or None.

    Returns:
        the training loss of each epoch, a list.
    """
    losses = []
    for _ in range(epochs):
        order = np.arange(len(labels))
        if generator is not None:
            order = generator.permutation(order)
        total = 0.0
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            logs = model.train_on_batch(
                inputs[batch], labels[batch], return_dict=True
            )
            total += float(logs["loss"]) * len(batch)
        losses.append(total / len(order))
    return losses


class EvaluateTraining(keras.callbacks.Callback):
    """Measure the training loss after each epoch the way evaluate does.

    Adds `loss_after` to the logs, so that `History` and any callback that
    stands later in the list see it.

    Args:
        inputs: array of shape `(n, ...)`.
        labels: array of shape `(n,)`.
    """

    def __init__(self, inputs, labels):
        super().__init__()
        self.inputs, self.labels = inputs, labels

    def on_epoch_end(self, epoch, logs=None):
        """Put the loss with dropout off into `logs`."""
        predicted = self.model(self.inputs, training=False)
        loss = self.model.compute_loss(self.inputs, self.labels, predicted)
        logs["loss_after"] = float(loss)


def usual_callbacks(model_path, log_path, *, patience):
    """Make the callbacks that most training runs want.

    Args:
        model_path: file of the best model, ending in `.keras`.
        log_path: file of the log, one line per epoch.
        patience: epochs without a better validation loss before stopping; the
            learning rate is halved after half as many.
    """
    return [
        keras.callbacks.ReduceLROnPlateau(
            monitor="val_loss", factor=0.5, patience=max(1, patience // 2)
        ),
        keras.callbacks.ModelCheckpoint(
            model_path, monitor="val_loss", save_best_only=True
        ),
        keras.callbacks.CSVLogger(log_path),
        keras.callbacks.EarlyStopping(
            monitor="val_loss", patience=patience, restore_best_weights=True
        ),
    ]


def plot_regimes(axes, histories):
    """Draw training and validation loss by epoch, one axes per history.

    Args:
        axes: Matplotlib axes, as many as histories.
        histories: dict from title to the `history` dict of a run with
            `EvaluateTraining`.
    """
    for axis, (title, history) in zip(axes, histories.items(), strict=True):
        epochs = np.arange(1, len(history["loss"]) + 1)
        axis.plot(epochs, history["loss_after"], "-", label="training")
        axis.plot(epochs, history["val_loss"], "--", label="validation")
        best = int(np.argmin(history["val_loss"]))
        axis.plot(
            epochs[best], history["val_loss"][best], "ko", label="best epoch"
        )
        axis.set_title(title)
        axis.set_xlabel("epoch")
    axes[0].set_ylabel("cross-entropy")
    axes[0].legend()


def accuracy_by_size(training, validation, *, sizes, seeds, epochs, batch_size):
    """Train on a random part of the samples, larger and larger.

    Each seed draws its samples anew. Small sets are repeated up to the largest
    size, so that every run makes the same number of gradient updates.

    Args:
        training: `(inputs, labels)`.
        validation: `(inputs, labels)`.
        sizes: numbers of training samples, increasing.
        seeds: seeds of the samples drawn, the initial weights, the shuffling.
        epochs: passes over the largest set.
        batch_size: samples per gradient update.

    Returns:
        accuracies of shape `(2, len(sizes), len(seeds))`: training, validation.
    """
    result = np.zeros((2, len(sizes), len(seeds)))
    for column, seed in enumerate(seeds):
        drawn = np.random.default_rng(seed).permutation(len(training[1]))
        for row, size in enumerate(sizes):
            inputs, labels = (array[drawn[:size]] for array in training)
            repeated = np.resize(np.arange(size), sizes[-1])
            keras.utils.set_random_seed(seed)
            model = build_classifier()
            model.fit(
                inputs[repeated],
                labels[repeated],
                epochs=epochs,
                batch_size=batch_size,
                verbose=0,
            )
            for k, data in enumerate(((inputs, labels), validation)):
                result[k, row, column] = model_accuracy(model, *data)
    return result


def plot_learning_curve(axis, sizes, accuracies):
    """Draw accuracy against the number of training samples.

    Args:
        axis: Matplotlib axes.
        sizes: numbers of samples, shape `(sizes,)`.
        accuracies: shape `(2, sizes, seeds)`: training, validation.
    """
    styles = (("o-", "training"), ("s--", "validation"))
    for values, (style, label) in zip(accuracies, styles, strict=True):
        [line] = axis.plot(sizes, values.mean(axis=1), style, label=label)
        for seed in values.T:
            axis.plot(sizes, seed, ".", color=line.get_color(), alpha=0.5)
    axis.set_xscale("log")
    axis.minorticks_off()
    axis.set_xticks(sizes, [str(size) for size in sizes])
    axis.set_xlabel("training samples")
    axis.set_ylabel("accuracy")
    axis.legend()


def bootstrap_interval(values, *, confidence=0.95, resamples=5000, seed):
    """Compute the percentile bootstrap interval of a mean.

    Args:
        values: one number per test sample, shape `(n,)`.
        confidence: coverage, between 0 and 1.
        resamples: how many test sets to draw from the samples at hand.
        seed: seed of the drawing.

    Returns:
        `(low, high)`.

    Source: Efron (1979).
    """
    if not 0 < confidence < 1:
        raise ValueError(
            "Expected `confidence` between 0 and 1. "
            f"Received: confidence={confidence}"
        )
    values = np.asarray(values, float)
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, len(values), (resamples, len(values)))
    means = values[drawn].mean(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def mcnemar_p_value(correct_a, correct_b):
    """Test whether two classifiers err equally often on the same samples.

    Only samples count on which exactly one is right. If both erred equally
    often, each of those would favor either with chance 1/2.

    Args:
        correct_a: whether the first was right, shape `(n,)`.
        correct_b: whether the second was right, shape `(n,)`.

    Returns:
        exact two-sided p-value.

    Source: McNemar (1947); recommended by Dietterich (1998).
    """
    correct_a, correct_b = np.asarray(correct_a), np.asarray(correct_b)
    if correct_a.shape != correct_b.shape:
        raise ValueError(
            "Expected two arrays of the same shape. "
            f"Received: {correct_a.shape} and {correct_b.shape}"
        )
    only_a = int(np.sum(correct_a & ~correct_b))
    only_b = int(np.sum(correct_b & ~correct_a))
    total = only_a + only_b
    tail = sum(math.comb(total, k) for k in range(min(only_a, only_b) + 1))
    return min(1.0, 2 * tail / 2**total)
