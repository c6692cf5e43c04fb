"""A network of digits, and the part of each batch that one process takes."""

import keras


def build_digit_network(*, hidden=64):
    """Build and compile a network from `(batch, 64)` to `(batch, 10)`."""
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(hidden, activation="relu", name="wide"),
            keras.layers.Dense(10, activation="softmax", name="out"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
        loss="sparse_categorical_crossentropy",
    )
    return model


def shard_batches(array, batch_size, *, rank, processes):
    """The shard of every batch that belongs to one process.

    Args:
        array: images or labels, `(samples, ...)`, the same in all processes.
        batch_size: samples of the whole batch, a multiple of `processes`.
        rank: number of this process, from 0.
        processes: how many there are.
    """
    steps, size = len(array) // batch_size, batch_size // processes
    dealt = array[: steps * batch_size].reshape(
        steps, processes, size, *array.shape[1:]
    )
    return dealt[:, rank].reshape(steps * size, *array.shape[1:])
