"""`# %include MODULE NAME …`: the exact source of tested definitions, placed into code cells."""

import ast
import re
from functools import cache
from pathlib import Path

from bookkit.errors import closest

FOR_THE_FORMATTER = re.compile(r"  # fmt: skip$", re.MULTILINE)  # says nothing to a reader
DIRECTIVE = re.compile(r"^# %include\b(.*)$")
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class IncludeError(ValueError):
    """An include line that names nothing; `line` counts from 0 inside the cell."""

    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line


def module_file(module: str, root: Path) -> Path:
    """Find the file of a module below the source root, without importing it."""
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    known = (path.relative_to(root).with_suffix("").parts for path in root.rglob("*.py"))
    modules = (".".join(parts).removesuffix(".__init__") for parts in known)
    raise LookupError(
        f"there is no module {module!r} in {root.name}/; closest: {closest(module, modules)}"
    )


@cache
def _definitions(path: Path, mtime_ns: int) -> dict[str, str]:
    """Map each top-level name of a file to its source, with decorators and trailing comments."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    sources = {}
    for node in ast.parse(text).body:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        source = FOR_THE_FORMATTER.sub("", "\n".join(lines[first - 1 : node.end_lineno]))
        for name in names(node):
            sources[name] = source
    return sources


def names(node: ast.stmt) -> list[str]:
    """Return the names that a top-level statement defines."""
    if isinstance(node, DEFINITION):
        return [node.name]
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    parts = [part for target in targets for part in ast.walk(target)]
    return [
        part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]


def definition(path: Path, name: str) -> str:
    """Return the source of one top-level definition of a file."""
    sources = _definitions(path, path.stat().st_mtime_ns)
    if name not in sources:
        raise LookupError(f"{path.name} defines no {name!r}; closest: {closest(name, sources)}")
    return sources[name]


def kind(path: Path, name: str) -> str:
    """Return whether a definition is a `"function"` or a `"class"`; `""` for a value."""
    (node,) = ast.parse(definition(path, name)).body
    if isinstance(node, ast.ClassDef):
        return "class"
    return "function" if isinstance(node, DEFINITION) else ""


def expand(source: str, root: Path) -> tuple[str, list[tuple[str, str]], list[Path]]:
    """Replace the include lines of a cell.

    Returns:
        the new source, the `(module, name)` pairs included, and the files read.

    Raises:
        IncludeError: a line that is malformed or names nothing.
    """
    output, names, files = [], [], []
    lines = source.split("\n")
    for number, line in enumerate(lines):
        match = DIRECTIVE.match(line)
        if not match:
            output.append(line)
            continue
        words = match.group(1).split()
        if len(words) < 2:
            raise IncludeError(number, f"expected '# %include MODULE NAME ...', got {line!r}")
        try:
            path = module_file(words[0], root)
            sources = [definition(path, name) for name in words[1:]]
        except LookupError as error:
            raise IncludeError(number, f"unknown include: {error}") from error
        if number and DIRECTIVE.match(lines[number - 1]):
            output.append("\n")
        output.append("\n\n\n".join(sources))
        names += [(words[0], name) for name in words[1:]]
        files.append(path)
    return "\n".join(output), names, files
