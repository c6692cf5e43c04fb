"""One name for one thing in what readers copy: no two modules of `kerasbook` define one name."""

import ast
from collections.abc import Iterator
from pathlib import Path

from bookkit.paths import CODE

PACKAGE = "kerasbook"


def check(root: Path = CODE) -> list[str]:
    """Compare the top-level names of all modules, private ones too; imports do not count.

    Returns:
        one line a name that an earlier module defines, `path:line: message`.
    """
    first: dict[str, str] = {}
    problems = []
    for path in sorted(root.joinpath(PACKAGE).rglob("*.py")):
        place = f"{root.name}/{path.relative_to(root).as_posix()}"
        for name, line in _defined(ast.parse(path.read_text(encoding="utf-8"))):
            other = first.setdefault(name, place)
            if other != place:
                problems.append(
                    f"{place}:{line}: {name!r} is defined in {other} too, and who copies both "
                    "overwrites one: let both chapters include it from one module above them, or "
                    "give each a name that says how they differ"
                )
    return problems


def _defined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for each in (name for target in targets for name in ast.walk(target)):
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                    yield each.id, each.lineno
