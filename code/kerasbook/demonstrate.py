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
        lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()
        telling = [
            line
            for line in lines
            if line and not line.startswith("Exception encountered")
        ]
        print(f"{type(error).__name__}: {telling[0].partition(' (/')[0]}")
    else:
        print("no error")
