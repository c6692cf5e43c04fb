"""Vectors of texts: read where they are stored, computed where they are not."""

import hashlib

import numpy as np

from kerasbook.beyond.pretrained.folder import find_minilm, open_embedder
from kerasbook.beyond.pretrained.reading import (
    cut_windows,
    encode_windows,
    l2_normalize,
    mean_reader,
)
from kerasbook.data_folder import find_data


def text_key(text):
    """Return the first eight bytes of a text's SHA-256, an integer."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big")


def read_stored_vectors():
    """Read `minilm/vectors.npz`, from `$KERASBOOK_DATA` or `./data`, if there.

    Returns:
        dict from `text_key` to a vector of length 1.
    """
    for path in find_data("minilm/vectors.npz"):
        with np.load(path, allow_pickle=False) as archive:
            vectors = l2_normalize(archive["vectors"].astype("float32"))
            return dict(zip(archive["keys"].tolist(), vectors, strict=True))
    return {}


def window_vectors(texts, *, length=128, most=4):
    """MiniLM embeddings of all windows, `(n, 384)`, and their texts, `(n,)`."""
    embedder = open_embedder(find_minilm())
    tokenizer = embedder.preprocessor.tokenizer
    windows = [
        cut_windows(list(map(int, ids)), length=length, most=most)
        for first in range(0, len(texts), 500)
        for ids in tokenizer(texts[first : first + 500])
    ]
    owners = np.repeat(np.arange(len(texts)), list(map(len, windows)))
    vectors = encode_windows(
        mean_reader(embedder.backbone),
        [window for some in windows for window in some],
        start=tokenizer.start_token_id,
        end=tokenizer.end_token_id,
    )
    return vectors, owners


def mean_of_windows(vectors, owners):
    """Mean of the windows of each text, scaled to length 1."""
    sums = np.zeros((owners[-1] + 1, vectors.shape[1]), "float32")
    np.add.at(sums, owners, vectors)
    return l2_normalize(sums)


def embed_texts(texts, stored):
    """Embeddings of texts, `(n, 384)`; computed if they are not stored."""
    missing = [text for text in texts if text_key(text) not in stored]
    if missing:
        computed = mean_of_windows(*window_vectors(missing))
        keys = map(text_key, missing)
        stored = stored | dict(zip(keys, computed, strict=True))
    return np.array([stored[text_key(text)] for text in texts])
