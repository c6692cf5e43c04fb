"""Answers to the chapter's exercises, and the mistakes people make."""


def is_before_316(version):
    """Say whether a version of Keras is older than 3.16."""
    first, second, *_ = version.split(".")
    return (int(first), int(second)) < (3, 16)


def careless_is_before_316(version):
    """Say so by comparing texts, in which 9 comes after 16."""
    return version < "3.16"


def changed_states(before, after):
    """Watches whose state changed, or that are new."""
    return sorted(name for name in after if after[name] != before.get(name))


def careless_news(before, after):
    """List all that do not hold, old news too."""
    return sorted(name for name in after if after[name] != "holds")
