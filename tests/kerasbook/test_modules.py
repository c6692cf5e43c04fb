"""What readers copy stays free of machinery: contracts of every module of `kerasbook`."""

import ast
from pathlib import Path

import pytest

import kerasbook
from bookkit.paths import BOOK

FOLDER = Path(kerasbook.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
IDS = [path.relative_to(FOLDER).as_posix() for path in MODULES]
DEFINITIONS = (
    ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
    ast.Assign, ast.AnnAssign,
)  # fmt: skip


def imported(tree):
    """Return the modules that a tree imports, dotted names in full."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_no_module_knows_how_the_book_is_built(path):
    roots = {name.split(".")[0] for name in imported(ast.parse(path.read_text("utf-8")))}
    assert not roots & {"bookkit", "sphinx", "docutils", "myst_nb", "myst_parser"}


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_importing_a_module_does_nothing(path):
    docstring, *body = ast.parse(path.read_text("utf-8")).body
    assert isinstance(docstring, ast.Expr), "every module opens with a docstring"
    assert [type(node).__name__ for node in body if not isinstance(node, DEFINITIONS)] == []
    top = ast.Module([node for node in body if isinstance(node, ast.Import | ast.ImportFrom)], [])
    assert "matplotlib.pyplot" not in imported(top)


def test_chapters_do_not_import_each_other():
    chapters = {
        ".".join(["kerasbook", *path.relative_to(FOLDER).with_suffix("").parts])
        for path in MODULES
        if path.parent != FOLDER and path.stem != "__init__"
    }
    for path in MODULES:
        names = set(imported(ast.parse(path.read_text("utf-8"))))
        folder = path.relative_to(FOLDER).parent
        if not (BOOK / "zh" / folder).is_dir():  # no part of the book: one chapter's modules
            own = ".".join(["kerasbook", *folder.parts, ""])
            names = {name for name in names if not name.startswith(own)}
        assert not chapters & names, f"{path.name} imports a chapter"
