"""Show what goes wrong, by running it."""

import re


def show_error(action):
    """Run `action` and print its error: the type and the telling line.

    Left out, since they differ between machines or say nothing: terminal
    colors, a path in parentheses, and Keras's opening "Exception encountered
    when calling ...".
    """
    try:
        action()
    except Exception as error:
        text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
        lines = [line for line in text.splitlines() if line]
        if lines and lines[0].startswith("Exception encountered"):
            lines = lines[1:] or lines
        message = lines[0].partition(" (/")[0] if lines else ""
        print(f"{type(error).__name__}: {message}".removesuffix(": "))
    else:
        print("no error")
