"""What pages include: definitions that exist, of what readers may copy, and of that everything."""

from collections.abc import Iterator

from bookkit.checks.book import PACKAGE, Book
from bookkit.pages import includes


def existing(book: Book) -> Iterator[str]:
    """Each include line names what exists."""
    for cell in book.cells:
        try:
            includes.expand(cell.source, book.code)
        except includes.IncludeError as error:
            yield cell.at(error.line + 1, str(error))


def copied(book: Book) -> Iterator[str]:
    """Pages include only what readers may copy."""
    for (module, _), (page, line) in book.included.items():
        if not _ours(module):
            yield page.at(line, f"{module} is not for readers: move it to code/{PACKAGE}")


def _ours(module: str) -> bool:
    return module.partition(".")[0] == PACKAGE


def complete(book: Book) -> Iterator[str]:
    """Every public definition of a module that pages include from is shown."""
    for module in {module: None for module, _ in book.included if _ours(module)}:
        path = includes.module_file(module, book.code)
        for node in book.modules[path].body:
            if not isinstance(node, includes.DEFINITION) or node.name.startswith("_"):
                continue
            if (module, node.name) not in book.included:
                cure = "include it, or let its name start with _"
                yield f"{book.where(path, node.lineno)}: no page shows {node.name}: {cure}"
