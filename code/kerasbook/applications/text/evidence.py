"""What a text classifier goes by, and what it takes for what."""

import re

import numpy as np
from matplotlib.colors import PowerNorm

# The positions of `GROUPS`, related groups side by side.
TOPICS = {
    "comp": (1, 2, 3, 4, 5),
    "forsale": (6,),
    "rec": (7, 8, 9, 10),
    "sci": (11, 12, 13, 14),
    "politics": (16, 17, 18),
    "religion": (0, 15, 19),
}


def plot_contributions(axis, values, words):
    """Draw what words add to a score, the largest on top, none that add 0."""
    order = np.argsort(values, kind="stable")
    order = order[values[order] != 0]
    colors = np.where(values[order] > 0, "#0072B2", "#D55E00")
    axis.barh(np.asarray(words)[order], values[order], color=colors)
    axis.axvline(0, color="0.5", linewidth=0.8)
    axis.set_xlabel("contribution to the score")


def known_words(text, vocabulary):
    """Return the words of an English text that training has seen.

    Raises:
        ValueError: no word at all, or fewer than half of them are known.
    """
    words = re.findall(r"\b\w\w+\b", text.lower())
    if not words:
        raise ValueError(f"expected a sentence. Received: text={text!r}")
    known = [word for word in words if word in vocabulary]
    if len(known) < len(words) / 2:
        raise ValueError(
            f"expected English. Received: text={text!r}, "
            f"known are {len(known)} of {len(words)} words"
        )
    return known


def within_topic(confusion):
    """Fraction of errors between groups of the same topic."""
    confusion = np.asarray(confusion)
    errors = confusion - np.diag(np.diag(confusion))
    inside = sum(errors[np.ix_(c, c)].sum() for c in TOPICS.values())
    return float(inside / max(errors.sum(), 1))


def confused_pairs(confusion, count):
    """Find the pairs of classes with the most errors, both ways together.

    Returns:
        list of `(class, other class, errors)`, most errors first.
    """
    both = np.triu(confusion + confusion.T, k=1)
    order = np.argsort(-both, axis=None, kind="stable")[:count]
    rows, columns = np.unravel_index(order, both.shape)
    return [
        (int(i), int(j), int(both[i, j]))
        for i, j in zip(rows, columns, strict=True)
    ]


def plot_confusion_by_topic(axis, confusion, names):
    """Draw a confusion matrix in percent, topics side by side and framed."""
    order = [label for topic in TOPICS.values() for label in topic]
    totals = np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    percent = (100 * confusion / totals)[np.ix_(order, order)]
    shades = PowerNorm(0.5, 0, 100)  # small errors stay visible
    image = axis.imshow(percent, norm=shades)
    bar = axis.figure.colorbar(
        image, ax=axis, ticks=[0, 5, 25, 50, 100], shrink=0.7
    )
    bar.set_label("% of the true group")
    for row, column in np.ndindex(percent.shape):
        if (value := round(percent[row, column])) > 0:
            color = "white" if value < 25 else "black"
            axis.text(
                column, row, value, ha="center", va="center",
                color=color, fontsize=6,
            )  # fmt: skip
    start = -0.5
    for topic in TOPICS.values():
        frame = [start, start + len(topic)]
        axis.plot(
            [frame[0], frame[1], frame[1], frame[0], frame[0]],
            [frame[0], frame[0], frame[1], frame[1], frame[0]],
            color="white", linewidth=1,
        )  # fmt: skip
        start = frame[1]
    labels = [names[label] for label in order]
    axis.set_xticks(range(len(order)), labels, rotation=90, fontsize=7)
    axis.set_yticks(range(len(order)), labels, fontsize=7)
    axis.set_xlabel("predicted")
    axis.set_ylabel("true")
