"""What code imports, and what pip calls it."""

import ast
import re
from collections.abc import Iterable

PACKAGES = {
    "sklearn": "scikit-learn",
    "keras_hub": "keras-hub",
    "keras_tuner": "keras-tuner",
    "PIL": "pillow",
    "ai_edge_litert": "ai-edge-litert",
}  # where names differ
# Keras imports the backend that the first cell names.
BACKEND = re.compile(r"environ\['KERAS_BACKEND'\] = '(\w+)'")


def modules(tree: ast.AST) -> set[str]:
    """Return the top-level modules that code imports."""
    roots = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.partition(".")[0])
    return roots


def packages(trees: Iterable[ast.AST]) -> set[str]:
    """Return what pieces of code import, backends of Keras included, as pip calls it."""
    found = set()
    for tree in trees:
        found |= modules(tree) | set(BACKEND.findall(ast.unparse(tree)))
    return {PACKAGES.get(name, name) for name in found}
