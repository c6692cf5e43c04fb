"""What each of several processes runs; the page writes it into a program."""

import itertools
import os
import signal

import keras
import numpy as np

from kerasbook.beyond.scale.network import (
    build_digit_network,
    shard_batches,
)


def die_at(step):
    """Return a callback that ends this process at a step, like a power cut."""
    steps = itertools.count(1)

    def strike(batch, logs=None):
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)  # nothing can catch it

    return keras.callbacks.LambdaCallback(on_train_batch_begin=strike)


def join_processes(rank, processes, address):
    """Make this process one of several, whose devices work as one."""
    keras.utils.set_random_seed(0)
    keras.distribution.initialize(address, processes, rank)
    keras.distribution.set_distribution(
        keras.distribution.DataParallel(auto_shard_dataset=False)
    )


def read_share(folder, *, rank, processes):
    """Read images and labels, and keep this process's part of each batch."""
    with np.load(f"{folder}/digits.npz") as file:
        return [
            shard_batches(file[name], 32, rank=rank, processes=processes)
            for name in ("images", "labels")
        ]


def train_share(folder, *, rank, processes, callback=None):
    """Train on this process's part of each batch; return the model.

    In `folder` lie digits and backups. `callback` is another callback, if any.
    """
    share = read_share(folder, rank=rank, processes=processes)
    model = build_digit_network()
    settle = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: model.get_weights()  # ①
    )
    backup = keras.callbacks.BackupAndRestore(
        f"{folder}/backup-{rank}", delete_checkpoint=False
    )
    callbacks = [settle, backup, *([callback] if callback else [])]
    fit = {"callbacks": callbacks, "shuffle": False, "verbose": 0}
    model.fit(*share, batch_size=32 // processes, epochs=4, **fit)
    return model


def run_worker(rank, processes, address, folder, last_step):
    """Join, train and save; return the number of steps, or the error."""
    rank, processes = int(rank), int(processes)
    join_processes(rank, processes, address)
    dies = int(last_step) and rank == processes - 1
    callback = die_at(int(last_step)) if dies else None
    try:
        model = train_share(
            folder, rank=rank, processes=processes, callback=callback
        )
    except Exception as error:  # another process is gone
        return f"{type(error).__name__}: {error}".splitlines()[0]
    np.savez(f"{folder}/weights-{rank}.npz", *model.get_weights())
    return str(int(model.optimizer.iterations))
