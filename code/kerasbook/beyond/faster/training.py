"""Training in few steps: a rate, shifted images, averaged weights."""

import keras
import numpy as np
from keras import ops

from kerasbook.beyond.faster.network import require_images


@keras.saving.register_keras_serializable("kerasbook")
class TriangularRate(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises for 23% of the steps, then falls."""

    def __init__(self, peak, steps):
        self.peak, self.steps = peak, steps

    def __call__(self, step):
        """Return the rate of a step."""
        done = ops.cast(step, "float32") / self.steps
        up = 0.2 + 0.8 * done / 0.23
        down = 1 - 0.93 * (done - 0.23) / 0.77
        return self.peak * ops.minimum(up, down)

    def get_config(self):
        """Say how the schedule was made."""
        return {"peak": self.peak, "steps": self.steps}


def shrink_images(images, size):
    """Shrink uint8 images to `(n, size, size, channels)`, smoothly."""
    require_images(images)
    if images.shape[1:3] == (size, size):
        return images
    shrunk = np.empty((len(images), size, size, images.shape[-1]), "uint8")
    for start in range(0, len(images), 5000):
        part = np.float32(images[start : start + 5000])
        small = ops.image.resize(part, (size, size), antialias=True)
        small = ops.convert_to_numpy(ops.clip(ops.round(small), 0, 255))
        shrunk[start : start + 5000] = small
    return shrunk


class EpochDraws:
    """Draw the order, the shifts and the flips of one epoch after another.

    All sizes of a training share one, so that the next size goes on where
    the last one stopped, and draws nothing twice.

    Args:
        count: number of images.
        seed: of everything drawn.
        shift: furthest move, in pixels.
        flips: "alternating" shows each image as it is and mirrored by turns,
            "random" tosses a coin each time, "none" never flips.
    """

    def __init__(self, count, *, seed, shift=2, flips="alternating"):
        if flips not in ("alternating", "random", "none"):
            raise ValueError(
                "Expected flips='alternating', 'random' or 'none'. "
                f"Received: flips={flips!r}"
            )
        self.count, self.shift, self.flips = count, shift, flips
        self.generator = np.random.default_rng(seed)
        self.flipped = self.toss()
        self.shuffle()

    def toss(self):
        """Toss a coin for each image."""
        heads = self.generator.random(self.count) < 0.5
        return heads & (self.flips != "none")

    def shuffle(self):
        """Draw a new order, and a new place for each image."""
        self.order = self.generator.permutation(self.count)
        self.places = self.generator.integers(
            0, 2 * self.shift + 1, (self.count, 2)
        )

    def next_epoch(self):
        """Flip again, and draw a new order and new places."""
        if self.flips == "alternating":
            self.flipped = ~self.flipped
        else:
            self.flipped = self.toss()
        self.shuffle()


def translate_and_flip(windows, chosen, places, flipped):
    """Cut each chosen image out at its place; mirror those to be flipped.

    `windows`: `(n, shifts, shifts, channels, height, width)`.
    """
    rows, columns = places[chosen].T
    cut = np.moveaxis(windows[chosen, rows, columns], 1, 3)
    mirror = flipped[chosen].reshape(-1, 1, 1, 1)
    return np.where(mirror, cut[:, :, ::-1], cut)


class AugmentedBatches(keras.utils.PyDataset):
    """Batches with random translation and alternating (or random) flips.

    Margins are mirrored, so that an image can be cut out at any place.

    Args:
        images: uint8 images `(n, height, width, channels)`.
        labels: integers `(n,)`.
        draws: `EpochDraws` of n images.
        batch_size: images of a batch; what is left over waits an epoch.
    """

    def __init__(self, images, labels, draws, *, batch_size):
        super().__init__(workers=2)  # with 1, `fit` may return seconds late
        require_images(images)
        if not 1 <= batch_size <= len(images):
            raise ValueError(
                f"Expected a batch size from 1 to the {len(images)} images. "
                f"Received: batch_size={batch_size}"
            )
        if draws.count != len(images):
            raise ValueError(
                f"Expected draws for the {len(images)} images. "
                f"Received: draws.count={draws.count}"
            )
        margins = ((0, 0), (draws.shift,) * 2, (draws.shift,) * 2, (0, 0))
        padded = np.pad(images, margins, mode="reflect")
        self.windows = np.lib.stride_tricks.sliding_window_view(
            padded, images.shape[1:3], axis=(1, 2)
        )  # (n, shifts, shifts, channels, height, width)
        self.labels = np.eye(10, dtype="float32")[labels]
        self.draws, self.batch_size = draws, batch_size
        self.begun = False

    def __len__(self):
        """Count the batches of an epoch."""
        return len(self.labels) // self.batch_size

    def __getitem__(self, number):
        """Return a batch: images, and one-hot labels."""
        start = number * self.batch_size
        chosen = self.draws.order[start : start + self.batch_size]
        images = translate_and_flip(
            self.windows, chosen, self.draws.places, self.draws.flipped
        )
        return images, self.labels[chosen]

    def on_epoch_begin(self):
        """Note that an epoch began."""
        self.begun = True

    def on_epoch_end(self):
        """Go on to the next epoch, unless `fit` calls before its first."""
        if self.begun:
            self.draws.next_epoch()
        self.begun = False


def progressive_resizing(images, labels, sizes, *, batch_size, **settings):
    """Progressive resizing: batches of each size, with its epochs.

    `sizes`: pairs of a height in pixels and its number of epochs.
    """
    draws = EpochDraws(len(images), **settings)
    stages = []
    for size, epochs in sizes:
        shrunk = shrink_images(images, size)
        batches = AugmentedBatches(shrunk, labels, draws, batch_size=batch_size)
        stages.append((batches, epochs))
    return stages


def lookahead_update(slow, fast, kept):
    """Weighted mean of slow and fast weights, array by array."""
    pairs = zip(slow, fast, strict=True)
    return [kept * old + (1 - kept) * new for old, new in pairs]


class Lookahead(keras.callbacks.Callback):
    """Lookahead at every fifth of `steps`; the last keeps the slow copy."""

    def __init__(self, steps):
        super().__init__()
        self.steps, self.done, self.slow_weights = steps, 0, None

    def on_train_batch_end(self, batch, logs=None):
        """Average at these steps; weight the slow copy more and more."""
        self.done += 1
        kept = 0.95**5 * (self.done / self.steps) ** 3
        if self.done == self.steps or self.done % 5 == 0:
            self.update_slow_weights(1.0 if self.done == self.steps else kept)

    def update_slow_weights(self, kept):
        """Set slow and fast weights to their weighted mean."""
        fast = self.model.get_weights()
        slow = self.slow_weights or fast
        self.slow_weights = lookahead_update(slow, fast, kept)
        self.model.set_weights(self.slow_weights)


def fast_optimizer(peak, steps):
    """SGD with Nesterov momentum and weight decay, for so many steps."""
    rate = TriangularRate(peak, steps)
    return keras.optimizers.SGD(
        rate, momentum=0.85, nesterov=True, weight_decay=0.0089
    )


def train_fast(model, stages, *, smoothing=0.2, average=True):
    """Train on stages, pairs of batches and epochs; return the losses."""
    steps = sum(epochs * len(batches) for batches, epochs in stages)
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=smoothing
    )
    peak = 1.5 * stages[0][0].batch_size / 1024
    model.compile(fast_optimizer(peak, steps), loss)
    ahead = [Lookahead(steps)] if average else []
    losses = []
    for batches, epochs in stages:
        fitted = model.fit(batches, epochs=epochs, callbacks=ahead, verbose=0)
        losses += fitted.history["loss"]
    return losses
