"""What a pickle would call, read without calling it."""

import pickletools


class Announcement:
    """An object whose pickle prints a line when somebody loads it."""

    def __reduce__(self):
        """Tell pickle how to make it again: call `print` with this text."""
        return print, ("a function of the file's choice ran",)


def pickle_names(data):
    """List what a pickle (bytes) would look up, as `module.name`."""
    names, texts, memory, last = set(), [], {}, None
    for operation, argument, _ in pickletools.genops(data):
        if operation.name in ("GLOBAL", "INST"):  # argument: "module name"
            names.add(argument.replace(" ", "."))
        elif operation.name == "STACK_GLOBAL":
            names.add(".".join(texts[-2:]))
        elif operation.name == "MEMOIZE":
            memory[len(memory)] = last
            continue
        elif "PUT" in operation.name:
            memory[argument] = last
            continue
        last = memory.get(argument) if "GET" in operation.name else argument
        if isinstance(last, str):
            texts.append(last)
    return sorted(names)
