"""Streams of batches: files read by tf.data, a CSV file read in chunks."""

import numpy as np
import pandas as pd
import tensorflow as tf


def decode_picture(file, label):
    """Read a gray picture as float32, shape `(8, 8, 1)`, beside its label."""
    image = tf.io.decode_png(tf.io.read_file(file), channels=1)
    return tf.ensure_shape(tf.cast(image, "float32"), (8, 8, 1)), label  # ①


def batches_from_csv(path, *, rows, batch_size):
    """Yield batches without end; only `rows` rows are in memory."""
    generator = np.random.default_rng(0)
    while True:  # ①
        with pd.read_csv(path, chunksize=rows) as chunks:
            for chunk in chunks:
                mixed = chunk.sample(frac=1, random_state=generator)  # ②
                yield from cut_batches(mixed, batch_size)


def cut_batches(chunk, batch_size):
    """Yield batches of pictures `(batch, 8, 8, 1)` and their labels."""
    for start in range(0, len(chunk), batch_size):
        part = chunk.iloc[start : start + batch_size]
        pixels = part.drop(columns="label").to_numpy("float32")
        yield pixels.reshape(-1, 8, 8, 1), part["label"].to_numpy()


def mean_of_chunks(chunks):
    """Return the mean of all values, of which one chunk is seen at a time."""
    total, count = 0, 0
    for chunk in chunks:
        total += sum(chunk)
        count += len(chunk)
    return total / count


def mean_of_means(chunks):
    """Return the mean of the means, as if all chunks were of one length."""
    means = [sum(chunk) / len(chunk) for chunk in chunks]
    return sum(means) / len(means)
