"""Run an old program today: its result or its error, and what it warns of."""

import re
import warnings


def first_sentence(text):
    """Return the first sentence of a message, without paths."""
    text = re.split(r"(?<=\w\w\.)\s", str(text).strip(), maxsplit=1)[0]
    return text.partition(" (/")[0]


def try_program(program, *data):
    """Run a program; print its result or its error, then its warnings.

    Args:
        program: a function of `data`.
        data: what it gets.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", DeprecationWarning)  # of libraries
        try:
            print("result:", program(*data))
        except Exception as error:  # whatever an old program meets
            print(f"{type(error).__name__}: {first_sentence(error)}")
    messages = [first_sentence(each.message) for each in caught]
    for message in dict.fromkeys(messages):
        print("It warns:", message)
