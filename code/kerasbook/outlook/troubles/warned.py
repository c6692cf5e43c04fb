"""What something says while it runs: its warnings, or how its error ends."""

import re
import warnings


def warnings_of(action, about=""):
    """Run `action`, and return its warnings as text, equal ones once.

    Args:
        action: what to run.
        about: only warnings that hold these words count.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        action()
    told = [
        f"{each.category.__name__}: {str(each.message).splitlines()[0]}"
        for each in caught
        if about in str(each.message)
    ]
    return "\n".join(dict.fromkeys(told)) or "no warning"


def end_of_error(action):
    """Run `action`; return the type of its error and its last line.

    Left out is the whole configuration, which Keras puts at the end.
    """
    try:
        action()
    except Exception as error:
        text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
        last = text.splitlines()[-1].partition(" Full object config:")[0]
        return f"{type(error).__name__}: {last}"
    return "no error"
