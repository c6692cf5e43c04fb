"""When was a program written? Which releases offer all the names it uses."""

import ast
import textwrap

from kerasbook.outlook.review.survival import lifetime


def imported_paths(tree):
    """Map what a program calls the parts of Keras to their full paths."""
    places = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for each in node.names:
                path = f"{node.module}.{each.name}".removeprefix("tensorflow.")
                places[each.asname or each.name] = path
        elif isinstance(node, ast.Import):
            for each in node.names:
                if each.asname or "." not in each.name:
                    name = each.name.removeprefix("tensorflow.")
                    places[each.asname or each.name] = name
    return places


def full_path(node, places):
    """Write an expression such as `K.mean` as a full path."""
    first, dot, rest = ast.unparse(node).partition(".")
    return places.get(first, first) + dot + rest


def bound_paths(tree):
    """Map the names of a program to what its imports and assignments say."""
    places = imported_paths(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):  # `model = Sequential()`
            value = node.value
            call = value.func if isinstance(value, ast.Call) else value
            places[ast.unparse(node.targets[0])] = full_path(call, places)
    return places


def used_names(source):
    """List what a program calls of Keras: a path, and `None` or a keyword."""
    tree = ast.parse(textwrap.dedent(source))
    places, found = bound_paths(tree), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            path = full_path(node.func, places)
            if path.startswith("keras."):
                keywords = [each.arg for each in node.keywords if each.arg]
                found += [(path, each) for each in (None, *keywords)]
    return found


def fitting_releases(names, source):
    """List the places of the releases that offer all names of a program."""
    lives = [lifetime(names, *used) for used in used_names(source)]
    known = [set(life) for life in lives if life]
    return sorted(set.intersection(*known)) if known else []
