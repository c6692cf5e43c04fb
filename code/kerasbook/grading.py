"""Graders of exercises: right, or wrong and why; they never fail themselves."""

import numpy as np


def difference(received, expected, tolerance=1e-4):
    """Say how an answer differs from the expected one; nothing if it does not.

    Args:
        received: whatever the reader's code returned.
        expected: a number, an array of numbers, a text, or a list of texts.
        tolerance: how far a number may be off, relative and absolute.
    """
    if received is None:
        return "received None: is a `return` missing?"
    expected = np.asarray(expected)
    try:
        found = np.asarray(received)
    except ValueError:  # lists of different lengths
        found = np.asarray(None)
    if found.dtype.kind not in ("U" if expected.dtype.kind == "U" else "biuf"):
        kind = type(received).__name__
        wanted = repr(expected.tolist())
        return f"expected {wanted}, received a {kind}: {received!r}"
    if found.shape != expected.shape:
        return f"expected shape {expected.shape}, received {found.shape}"
    return _unequal(found, expected, tolerance)


def _unequal(received, expected, tolerance):
    if expected.dtype.kind == "U":
        equal = np.array_equal(received, expected)
    elif np.isnan(received).any():
        return f"received NaN: {received.tolist()}"
    else:
        equal = np.allclose(received, expected, tolerance, tolerance)
    if equal:
        return ""
    return f"expected {expected.tolist()!r}, received {received.tolist()!r}"


def grade(answer, cases, tolerance=1e-4):
    """Run a reader's function on cases and say whether it is right.

    Args:
        answer: the reader's function; None until it is written.
        cases: pairs of the arguments, as a tuple, and what is expected.
        tolerance: how far a number may be off, relative and absolute.
    """
    if answer is None:
        return "Not answered yet: write the function, then run this cell."
    if not callable(answer):
        return f"Wrong: expected a function, received {answer!r}."
    for arguments, expected in cases:
        call = ", ".join(map(repr, arguments))
        try:
            received = answer(*arguments)
        except Exception as error:  # whatever the reader's code raises
            return f"Wrong for ({call}): {type(error).__name__}: {error}"
        if wrong := difference(received, expected, tolerance):
            return f"Wrong for ({call}): {wrong}."
    return f"Right in all {len(cases)} cases."
