"""Drawings of the page: how near questions are to groups of posts."""

import numpy as np


def group_cosines(questions, posts, labels, *, nearest=3):
    """Average, in each group, the greatest cosines with a question.

    Args:
        questions: rows of length 1, `(n, width)`.
        posts: rows of length 1, `(m, width)`.
        labels: group of each post, `(m,)`.
        nearest: how many posts of a group count.

    Returns:
        shape `(n, num_groups)`.
    """
    cosines = questions @ posts.T  # (n, m)
    groups = [np.sort(cosines[:, labels == k]) for k in np.unique(labels)]
    return np.stack([some[:, -nearest:].mean(axis=1) for some in groups], 1)


def plot_cosines(axis, cosines, names):
    """Draw a row a question, numbered from 1, and a column a group.

    Returns:
        the image, for a color bar.
    """
    image = axis.imshow(cosines, aspect="auto", vmin=0)
    for row, column in enumerate(cosines.argmax(axis=1)):
        axis.plot(column, row, "o", color="black", markersize=4)
    axis.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axis.set_yticks(range(len(cosines)), range(1, len(cosines) + 1))
    axis.set_ylabel("question")
    return image
