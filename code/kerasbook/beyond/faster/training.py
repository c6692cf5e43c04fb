"""Training in few steps: a rate, shifted images, averaged weights."""

import keras
import numpy as np
from keras import ops

from kerasbook.beyond.faster.network import require_images


@keras.saving.register_keras_serializable("kerasbook")
class TriangularRate(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises to its peak, then falls nearly to zero.

    Args:
        peak: the highest rate.
        steps: number of steps of the whole training.
        rise: share of the steps at which the peak is reached.
        first: rate of the first step, as a share of the peak.
        last: rate after the last step, as a share of the peak.
    """

    def __init__(self, peak, steps, rise=0.23, first=0.2, last=0.07):
        self.settings = {
            "peak": peak, "steps": steps,
            "rise": rise, "first": first, "last": last,
        }  # fmt: skip

    def __call__(self, step):
        """Return the rate of a step."""
        peak, steps, rise, first, last = self.settings.values()
        done = ops.cast(step, "float32") / steps
        up = first + (1 - first) * done / rise
        down = 1 + (last - 1) * (done - rise) / (1 - rise)
        return peak * ops.minimum(up, down)

    def get_config(self):
        """Say how the schedule was made."""
        return dict(self.settings)


class ShiftedBatches(keras.utils.PyDataset):
    """Batches of images in a new order, moved and flipped, in each epoch.

    Args:
        images: uint8 images `(n, height, width, channels)`.
        labels: integers `(n,)`.
        batch_size: images of a batch; what is left over waits an epoch.
        seed: of order, flips and shifts.
        shift: furthest move, in pixels; edges are mirrored.
        flips: "alternating" shows each image as it is and mirrored by turns,
            "random" tosses a coin each time, "none" never flips.
        num_classes: length of the one-hot labels.
    """

    def __init__(
        self,
        images,
        labels,
        *,
        batch_size,
        seed,
        shift=2,
        flips="alternating",
        num_classes=10,
    ):
        super().__init__()
        require_images(images)
        if not 1 <= batch_size <= len(images):
            raise ValueError(
                f"Expected a batch size from 1 to the {len(images)} images. "
                f"Received: batch_size={batch_size}"
            )
        if flips not in ("alternating", "random", "none"):
            raise ValueError(
                "Expected flips='alternating', 'random' or 'none'. "
                f"Received: flips={flips!r}"
            )
        margins = ((0, 0), (shift, shift), (shift, shift), (0, 0))
        padded = np.pad(images, margins, mode="reflect")
        self.windows = np.lib.stride_tricks.sliding_window_view(
            padded, images.shape[1:3], axis=(1, 2)
        )  # (n, shifts, shifts, channels, height, width)
        self.labels = np.eye(num_classes, dtype="float32")[labels]
        self.batch_size, self.shift, self.flips = batch_size, shift, flips
        self.generator = np.random.default_rng(seed)
        self.flipped = self._toss()
        self._shuffle()

    def __len__(self):
        """Count the batches of an epoch."""
        return len(self.labels) // self.batch_size

    def __getitem__(self, number):
        """Return a batch: images, and one-hot labels."""
        start = number * self.batch_size
        chosen = self.order[start : start + self.batch_size]
        rows, columns = self.places[chosen].T
        cut = np.moveaxis(self.windows[chosen, rows, columns], 1, 3)
        flipped = self.flipped[chosen, np.newaxis, np.newaxis, np.newaxis]
        return np.where(flipped, cut[:, :, ::-1], cut), self.labels[chosen]

    def on_epoch_end(self):
        """Flip again, and draw a new order and new shifts."""
        if self.flips == "alternating":
            self.flipped = ~self.flipped
        else:
            self.flipped = self._toss()
        self._shuffle()

    def _toss(self):
        heads = self.generator.random(len(self.labels)) < 0.5
        return heads & (self.flips != "none")

    def _shuffle(self):
        count = len(self.labels)
        self.order = self.generator.permutation(count)
        places = self.generator.integers(0, 2 * self.shift + 1, (count, 2))
        self.places = places


class LookAhead(keras.callbacks.Callback):
    """Pull the weights back to their own average, more and more.

    Args:
        steps: number of steps of the whole training; the callback ends it.
        every: steps between two pulls.
        strength: share of the average that stays in a step, at the end.
    """

    def __init__(self, steps, every=5, strength=0.95):
        super().__init__()
        self.steps, self.every, self.strength = steps, every, strength
        self.done, self.average = 0, None

    def on_train_batch_end(self, batch, logs=None):
        """Average after each few steps; at the end, keep the average."""
        self.done += 1
        share = self.done / self.steps
        if self.done >= self.steps:
            self._pull(1.0)
            self.model.stop_training = True
        elif self.done % self.every == 0:
            self._pull(self.strength**self.every * share**3)

    def _pull(self, kept):
        weights = self.model.get_weights()
        if self.average is None:
            self.average = weights
        pairs = zip(self.average, weights, strict=True)
        self.average = [kept * old + (1 - kept) * new for old, new in pairs]
        self.model.set_weights(self.average)


def fast_optimizer(peak, steps, decay=0.0089):
    """Return stochastic gradient descent for a short training."""
    return keras.optimizers.SGD(
        TriangularRate(peak, steps),
        momentum=0.85,
        nesterov=True,
        weight_decay=decay,
    )


def train_fast(
    model,
    images,
    labels,
    *,
    epochs,
    batch_size=512,
    seed=0,
    smoothing=0.2,
    average=True,
    **augmentation,
):
    """Train a network that returns logits; return the losses of the epochs.

    Args:
        model: a network such as that of `build_fast_network`.
        images: uint8 images `(n, height, width, channels)`.
        labels: integers `(n,)`.
        epochs: how often each image is shown.
        batch_size: images of a step; the rate grows with it.
        seed: of order, flips and shifts.
        smoothing: share of each label that is spread over all classes.
        average: whether `LookAhead` pulls.
        augmentation: further settings of `ShiftedBatches`.
    """
    batches = ShiftedBatches(
        images, labels, batch_size=batch_size, seed=seed, **augmentation
    )
    steps = epochs * len(batches)
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=smoothing
    )
    peak = 1.5 * batch_size / 1024
    model.compile(fast_optimizer(peak, steps), loss)
    callbacks = [LookAhead(steps)] if average else []
    history = model.fit(batches, epochs=epochs, callbacks=callbacks, verbose=0)
    return history.history["loss"]
