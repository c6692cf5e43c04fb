"""Long texts, read by a model that takes short ones: windows, and means."""

import keras
import numpy as np
from keras import ops


def mean_pooling(states, mask):
    """Mean pooling of token vectors, padding masked out.

    Args:
        states: shape `(batch, time, width)`.
        mask: 1 for a token and 0 for padding, shape `(batch, time)`.

    Returns:
        shape `(batch, width)`.
    """
    weights = ops.cast(mask, states.dtype)[..., None]  # (batch, time, 1)
    return ops.sum(states * weights, axis=1) / ops.sum(weights, axis=1)


def l2_normalize(vectors):
    """L2-normalize each row."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(lengths, 1e-12)


def cut_windows(ids, *, length, most):
    """Split token ids into windows, leaving room for [CLS] and [SEP].

    Args:
        ids: list of integers.
        length: places of a window, markers included.
        most: number of windows; what comes after them is dropped.

    Returns:
        list of at least one window; that of an empty text is empty.
    """
    step = length - 2
    starts = range(0, max(len(ids), 1), step)
    return [ids[start : start + step] for start in starts[:most]]


def pad_windows(windows, *, start, end, multiple=16):
    """Add the markers and fill up with zeros to a multiple of 16 places.

    Returns:
        dict as `BertBackbone` takes it, arrays of shape `(batch, time)`.
    """
    longest = max(len(window) for window in windows) + 2
    shape = (len(windows), -(-longest // multiple) * multiple)
    ids, mask = np.zeros(shape, "int32"), np.zeros(shape, "int32")
    for row, window in enumerate(windows):
        ids[row, : len(window) + 2] = [start, *window, end]
        mask[row, : len(window) + 2] = 1
    return {
        "token_ids": ids,
        "padding_mask": mask,
        "segment_ids": np.zeros(shape, "int32"),
    }


def mean_reader(backbone):
    """Put the mean of the tokens on top of a backbone."""
    states = backbone.output["sequence_output"]
    mean = mean_pooling(states, backbone.input["padding_mask"])
    return keras.Model(backbone.input, ops.cast(mean, "float32"))


def encode_windows(reader, windows, *, start, end, batch_size=64):
    """Sentence embeddings of windows, in batches of similar length.

    Returns:
        shape `(number of windows, width)`, each row of length 1.
    """
    order = np.argsort([len(window) for window in windows], kind="stable")
    vectors = [None] * len(windows)
    for first in range(0, len(order), batch_size):
        chosen = order[first : first + batch_size]
        batch = pad_windows([windows[i] for i in chosen], start=start, end=end)
        for index, vector in zip(
            chosen, reader.predict_on_batch(batch), strict=True
        ):
            vectors[index] = vector
    return l2_normalize(np.array(vectors))
