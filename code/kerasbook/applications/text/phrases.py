"""The answer to the exercise on convolution over words."""


def strongest_match(vectors, pattern, bias):
    """Return the largest output of one filter along a text, after the ReLU.

    The text has the shape `(tokens, channels)`, the filter `(width, channels)`.
    """
    width = len(pattern)
    sums = [
        (vectors[start : start + width] * pattern).sum() + bias
        for start in range(len(vectors) - width + 1)
    ]
    return max(0.0, *sums)
