"""What an installed package says of itself, without being imported."""

import importlib.metadata
import re


def required_packages(package, *, extra=None):
    """List what an installed package requires, without importing it.

    Args:
        package: name of a distribution, such as `"keras"`.
        extra: if given, list only what this extra adds: the `cuda13` of
            `jax[cuda13]`.

    Returns:
        sorted names, in lower case and with `-` for `_`.
    """
    names = set()
    for line in importlib.metadata.requires(package) or []:
        mark = re.search(r"extra == ['\"]([\w-]+)['\"]", line)
        if (mark and mark[1]) == extra:
            name = re.match(r"[\w.-]+", line)[0]
            names.add(name.lower().replace("_", "-"))
    return sorted(names - {package})
