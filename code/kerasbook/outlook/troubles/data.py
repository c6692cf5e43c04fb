"""Batches: from a generator that ends, and from a PyDataset."""

import keras


def eight_batches(rows, labels):
    """Yield eight batches of 16, and end."""
    for start in range(0, 128, 16):
        yield rows[start : start + 16], labels[start : start + 16]


class Batches(keras.utils.PyDataset):
    """Batches of 16, as often as one likes."""

    def __init__(self, rows, labels, **settings):
        super().__init__(**settings)
        self.rows, self.labels = rows, labels

    def __len__(self):
        return len(self.rows) // 16

    def __getitem__(self, index):
        part = slice(16 * index, 16 * index + 16)
        return self.rows[part], self.labels[part]


class ForgetfulBatches(Batches):
    """The same, but its `__init__` forgets the one above it."""

    def __init__(self, rows, labels):
        self.rows, self.labels = rows, labels


def batches_seen(model, *data, **settings):
    """Fit a compiled model, and count the batches of each epoch."""
    seen = []
    count = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: seen.append(0),
        on_train_batch_end=lambda batch, logs: seen.append(seen.pop() + 1),
    )
    model.fit(*data, callbacks=[count], verbose=0, **settings)
    return seen
