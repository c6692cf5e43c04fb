"""A network that reads letters and suggests the next one (§2.2.1)."""

import re
from collections import Counter, defaultdict

import keras
import numpy as np

LETTERS = " abcdefghijklmnopqrstuvwxyz"


def only_letters(text):
    """Keep 26 letters; a space stands for whatever is between them."""
    return re.sub("[^a-z]+", " ", text.lower())


def documentation(*modules):
    """Join what the classes of some modules say about themselves."""
    named = [each for module in modules for each in vars(module).values()]
    classes = dict.fromkeys(each for each in named if isinstance(each, type))
    return only_letters(" ".join(each.__doc__ or "" for each in classes))


def to_ids(text):
    """Number the letters: 0 for a space, 1 for a, up to 26 for z."""
    return np.array([LETTERS.index(letter) for letter in text])


def cut_windows(ids, length):
    """Cut into rows (n, length); beside them, what comes a letter later."""
    end = (len(ids) - 1) // length * length
    rows, following = ids[:end], ids[1 : end + 1]
    return rows.reshape(-1, length), following.reshape(-1, length)


def build_letter_model():
    """Read letters (batch, time); give 27 probabilities after each."""
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(27, 16),
            keras.layers.LSTM(64, return_sequences=True),
            keras.layers.Dense(27, activation="softmax"),
        ]
    )


def table_accuracy(text, test_text, *, window):
    """Guess what most often followed the last `window` letters in `text`."""
    counts = defaultdict(Counter)
    for p in range(window, len(text)):
        counts[text[p - window : p]][text[p]] += 1
    best = {seen: count.most_common(1)[0][0] for seen, count in counts.items()}
    places = range(window, len(test_text))
    right = [
        best.get(test_text[p - window : p]) == test_text[p] for p in places
    ]
    return float(np.mean(right))


def suggest(model, start, *, count=3):
    """List the likeliest letters after `start`, with their probabilities."""
    ids = to_ids(only_letters(start).rjust(50)[-50:])  # always 50
    probabilities = model(ids[None]).numpy()[0, -1]
    best = probabilities.argsort()[::-1][:count]
    return [(LETTERS[k], round(float(probabilities[k]), 2)) for k in best]
