"""Show what goes wrong, by running it."""


def show_error(action):
    """Run `action` and print the error it raises: its type and the first line of its message.

    A path in parentheses is left out, since it differs from machine to machine.
    """
    try:
        action()
    except Exception as error:
        message = str(error).strip().partition("\n")[0].partition(" (/")[0]
        print(f"{type(error).__name__}: {message}")
    else:
        print("no error")
