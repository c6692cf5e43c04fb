"""Photos that one has to wait for, and three ways to wait less."""

import time

import grain
import keras
import numpy as np


def require_divisor(batch_size, count):
    """Return a batch size that divides a number of photos; else an error."""
    if count % batch_size:
        raise ValueError(
            f"Expected a batch size that divides the {count} photos. "
            f"Received: batch_size={batch_size}"
        )
    return batch_size


class SlowPhotos(keras.utils.PyDataset):
    """Batches of photos and labels from a disk that is slow."""

    def __init__(self, photos, labels, *, batch_size, wait_s=0.002, **settings):
        super().__init__(**settings)
        self.photos, self.labels, self.wait_s = photos, labels, wait_s
        self.batch_size = require_divisor(batch_size, len(photos))

    def __len__(self):
        return len(self.photos) // self.batch_size

    def read(self, number):
        """Wait for a photo; return it and its label."""
        time.sleep(self.wait_s)
        return self.photos[number], self.labels[number]

    def __getitem__(self, index):
        start = index * self.batch_size
        pairs = map(self.read, range(start, start + self.batch_size))
        return tuple(map(np.stack, zip(*pairs, strict=True)))


def read_with_grain(slow):
    """Read the same photos through Grain, 16 threads unless told otherwise."""
    numbers = range(len(slow.photos))
    return (
        grain.MapDataset.source(numbers).map(slow.read).batch(slow.batch_size)
    )


def read_with_tensorflow(slow, *, threads=16):
    """Read the same photos through `tf.data`, several at a time."""
    import tensorflow as tf

    def read(number):
        types = (tf.float32, tf.int64)
        photo, label = tf.numpy_function(slow.read, [number], types)
        photo = tf.ensure_shape(photo, slow.photos.shape[1:])
        return photo, tf.ensure_shape(label, ())

    numbers = tf.data.Dataset.range(len(slow.photos))
    photos = numbers.map(read, num_parallel_calls=threads)
    options = tf.data.Options()
    options.threading.private_threadpool_size = threads
    batches = photos.batch(slow.batch_size).prefetch(tf.data.AUTOTUNE)
    return batches.with_options(options)


def prefetched_step_ms(read_ms, step_ms, workers):
    """Step time with prefetching workers."""
    return max(read_ms / workers, step_ms)


def careless_prefetched_step_ms(read_ms, step_ms, workers):
    """Predict it as if the workers shared the step, too."""
    return (read_ms + step_ms) / workers
