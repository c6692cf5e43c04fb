"""What a text classifier goes by, and what it takes for what."""

import keras
import numpy as np

# The positions of `GROUPS`, related groups side by side.
TOPICS = {
    "comp": (1, 2, 3, 4, 5),
    "forsale": (6,),
    "rec": (7, 8, 9, 10),
    "sci": (11, 12, 13, 14),
    "politics": (16, 17, 18),
    "religion": (0, 15, 19),
}


def word_contributions(model, features, labels):
    """Split the logits of a bag-of-words network among the words.

    For one text the network is linear: its active units are those of a
    matrix product. So the logit of class `c` is a sum over the words, and a
    rest that no word has part in. A logit counts against the mean of all.

    Args:
        model: from `build_bag_network`.
        features: SciPy's sparse matrix of shape `(n, vocabulary)`.
        labels: integer labels of shape `(n,)`.

    Returns:
        array of shape `(num_classes, vocabulary)`: the mean contribution of
        each word to the logit of a class, over the texts of that class.
    """
    hidden, _, output = model.layers
    kernel, bias = (keras.ops.convert_to_numpy(w) for w in hidden.weights)
    last = keras.ops.convert_to_numpy(output.kernel)  # (units, num_classes)
    last = last - last.mean(axis=1, keepdims=True)
    contributions = np.zeros((last.shape[1], len(kernel)))
    for label in np.unique(labels):
        rows = features[labels == label]
        active = (rows @ kernel + bias > 0).astype("float32")
        paths = rows.T @ active  # (vocabulary, units)
        contributions[label] = (paths * kernel) @ last[:, label]
        contributions[label] /= rows.shape[0]
    return contributions


def within_topic(confusion):
    """Return the share of errors that stay within a topic of `TOPICS`."""
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
    axis.imshow(np.sqrt(percent), vmin=0, vmax=10)
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
