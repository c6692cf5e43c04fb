"""What stands in code cells: short calls between included definitions, which run as copied."""

import ast
import itertools
import re
import sys
from collections.abc import Iterator, Sequence

from bookkit.checks.book import PACKAGE, Book, Cell
from bookkit.pages import imports, includes
from bookkit.running import machine

OURS = {PACKAGE, "bookkit"}
TERMINAL = re.compile(r"^\$ .*", re.MULTILINE)
COMES_ALONG = {"numpy", "pillow", "IPython"}  # with Keras, with Matplotlib and with Jupyter
MAX_LINES = 12
TAGS = ("remove-cell", machine.TAG)


def python(book: Book) -> Iterator[str]:
    """A cell is plain Python."""
    for cell in book.cells:
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            cure = "a magic or a shell line would not run in the exported script"
            yield cell.at(error.lineno or 1, f"no Python ({error.msg}): {cure}")


def packages(book: Book) -> Iterator[str]:
    """No cell imports the book's own packages, which readers do not have."""
    for cell in book.cells:
        for name in sorted(imports.modules(cell.run) & OURS):
            yield cell.at(1, f"this cell imports {name}: include what it needs instead")


def definitions(book: Book) -> Iterator[str]:
    """No cell defines a function or class by hand."""
    for cell in (each for each in book.cells if not each.short):  # what is copied whole may
        for node in ast.walk(cell.written):
            if isinstance(node, includes.DEFINITION):
                cure = "write it in code/kerasbook, with a test, and include it"
                yield cell.at(node.lineno, f"this cell defines {node.name} by hand: {cure}")


def length(book: Book) -> Iterator[str]:
    """Calls between included definitions are short; imports do not count."""
    for cell in book.cells:
        count = _calls(cell)
        if count > MAX_LINES and not (cell.removed or cell.short):
            cure = "divide the cell, or write a function in code/kerasbook and include it"
            yield cell.at(1, f"{count} lines of calls, {MAX_LINES} at most: {cure}")


def _calls(cell: Cell) -> int:
    imports = {
        line
        for node in cell.written.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return sum(
        bool(line.strip()) and number not in imports and not includes.DIRECTIVE.match(line)
        for number, line in enumerate(cell.source.splitlines(), 1)
    )


def keras(book: Book) -> Iterator[str]:
    """The first cell chooses Keras's backend in plain sight, then imports Keras; no other does.

    Functions may import it once more, as whole programs do that a page looks at.
    """
    for page in book.pages:
        using = [cell for cell in page.cells if "keras" in imports.modules(cell.run)]
        for cell in using:
            again = using[0] is page.cells[0] and "keras" not in imports.modules(_at_once(cell.run))
            if cell is not page.cells[0] and not again:
                yield cell.at(1, "this cell imports Keras: import it in the page's first cell")
        if using and not _chooses_backend(page.cells[0].run):
            cure = 'set os.environ["KERAS_BACKEND"] before Keras is imported'
            yield page.cells[0].at(1, f"the first cell chooses no backend: {cure}")


def _at_once(tree: ast.Module) -> ast.Module:
    """Leave out functions, which import when they are called."""
    kept = [node for node in tree.body if not isinstance(node, ast.FunctionDef)]
    return ast.Module(kept, type_ignores=[])


def installs(book: Book) -> Iterator[str]:
    """The first cell, or a line for the terminal, says how to install what the page needs.

    The first cell of the notebook installs the same: both follow `imports.needs`.
    """
    for page in book.pages:
        if not page.cells:
            continue
        first = page.cells[0]
        named = imports.installed(first.source)
        known = named | imports.installed("\n".join(TERMINAL.findall(page.text)))
        needed = _needed(page.cells)
        if missing := sorted(needed - known):
            cure = f"begin the cell with `# pip install {' '.join([*sorted(known), *missing])}`"
            yield first.at(1, f"the first cell does not say how to install what it needs: {cure}")
        if idle := sorted(named - needed - COMES_ALONG):
            cure = "leave it out, or say in `pages/imports.py` what needs it"
            yield first.at(1, f"the page does not need {', '.join(idle)} to be installed: {cure}")


def _needed(cells: Sequence[Cell]) -> set[str]:
    """Return the packages that readers of cells have to install."""
    needed = imports.needs(cell.run for cell in cells if not cell.removed)
    return needed - sys.stdlib_module_names - OURS - COMES_ALONG


def _chooses_backend(tree: ast.Module) -> bool:
    before = itertools.takewhile(lambda node: "keras" not in imports.modules(node), tree.body)
    return any("'KERAS_BACKEND'" in ast.unparse(node) for node in before)


def tags(book: Book) -> Iterator[str]:
    """A cell has tags that do something: another one is misspelt."""
    for cell in book.cells:
        for tag in cell.tags:
            if tag not in TAGS:
                yield cell.at(1, f"the tag {tag!r} does nothing; there are: {', '.join(TAGS)}")


def glue(book: Book) -> Iterator[str]:
    """What carries numbers into prose stands in cells that readers never see."""
    for cell in book.cells:
        shown = not cell.removed
        if shown and (
            "myst_nb" in imports.modules(cell.run) or "glue" in _names(cell.run, ast.Load)
        ):
            yield cell.at(1, "glue stands in a cell that readers see: tag it remove-cell")


def removed(book: Book) -> Iterator[str]:
    """No cell that readers see needs a name that only a removed one binds."""
    for page in book.pages:
        hidden: set[str] = set()
        shown: set[str] = set()
        for cell in page.cells:
            (hidden if cell.removed else shown).update(_bound(cell.run))
        for cell in page.cells:
            for name in sorted(_names(cell.run, ast.Load) & (hidden - shown)):
                if not cell.removed:
                    cure = "bind it in a cell that readers see"
                    yield cell.at(1, f"{name} comes from a cell that is removed: {cure}")


def _bound(tree: ast.AST) -> set[str]:
    """Return the names that code binds: assigned, imported or defined."""
    names = _names(tree, ast.Store)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, includes.DEFINITION):
            names.add(node.name)
    return names


def _names(tree: ast.AST, context: type) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }
