"""What stands in Keras's public interface, and what does not."""

import ast
import importlib.metadata
import inspect
import re

import keras


def public_names(pattern):
    """List the public names of Keras that match a regular expression.

    Modules are searched to the bottom, classes for their own methods.

    Args:
        pattern: regular expression, searched in each name, in any case.

    Returns:
        sorted tuple of dotted names.
    """
    found, seen, waiting = set(), set(), [("keras", keras)]
    while waiting:
        prefix, owner = waiting.pop()
        if prefix in seen:
            continue
        seen.add(prefix)
        for name, value in vars(owner).items():
            if name.startswith("_"):
                continue
            path = f"{prefix}.{name}"
            if inspect.ismodule(value):
                if re.fullmatch(r"keras(\.(?!src)\w+)*", value.__name__):
                    waiting.append((value.__name__, value))
                continue
            if re.search(pattern, name, re.IGNORECASE):
                found.add(path)
            if inspect.isclass(value):
                waiting.append((path, value))
    return tuple(sorted(found))


def missing_imports(program):
    """List what a program imports from Keras and the installed one lacks."""
    missing = []
    for statement in ast.walk(ast.parse(program)):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            module = getattr(statement, "module", None)
            start = f"{module}." if module else ""
            for alias in statement.names:
                name = start + alias.name
                of_keras = re.match(r"(tensorflow\.)?keras\.", name)
                if of_keras and not _exists(name):
                    missing.append(name)
    return missing


def _exists(name):
    package, _, path = name.partition("keras.")
    try:
        value = importlib.import_module(f"{package}keras")  # ①
    except ModuleNotFoundError:
        return False
    for part in path.split("."):
        value = getattr(value, part, None)
    return value is not None


def authorship(package):
    """Return an installed package's author, and counts of its files."""
    about = importlib.metadata.metadata(package)
    author = about["Author-email"] or about["Author"]
    suffixes = [file.suffix for file in importlib.metadata.files(package)]
    return {
        "author": author.partition(" <")[0],
        "Python files": suffixes.count(".py"),
        "Ruby files": suffixes.count(".rb"),
    }
