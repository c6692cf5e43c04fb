"""What the checks read: the pages of both languages, each once, and where code and tests are."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml
from markdown_it.token import Token

from bookkit.languages import LANGUAGES
from bookkit.pages import imports, includes, reader, structure
from bookkit.pages.structure import Directive, Section, Structure
from bookkit.paths import pages

PACKAGE = "kerasbook"  # what readers copy
SHORT = re.compile(r"^\(sec-[\w-]+-short\)=$", re.MULTILINE)
FOLD = re.compile(r"^(:{3,}|`{3,})\{fold\} .+\n\1\s*\Z", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A code cell; it is one idea of code as written, another as it runs."""

    page: "Page"
    source: str  # as it is written, include lines unexpanded
    line: int  # of the page, at which the source starts
    tags: tuple[str, ...]
    above: str  # the prose between the cell before and this one
    below: str  # the prose between this cell and the next

    @property
    def removed(self) -> bool:
        """Whether readers never see it."""
        return "remove-cell" in self.tags

    @property
    def folded(self) -> bool:
        """Whether readers see one line about it until they open it."""
        return FOLD.search(self.above) is not None

    @property
    def short(self) -> bool:
        """Whether it is the short way, whose length `bookkit.checks.short` limits."""
        return SHORT.search(self.above) is not None

    @property
    def written(self) -> ast.Module:
        """The syntax of the cell without what it includes; empty where it is no Python."""
        return imports.parse(self.source)

    @property
    def run(self) -> ast.Module:
        """The syntax of the cell as it runs."""
        return imports.parse(self.expanded)

    @cached_property
    def expanded(self) -> str:
        """The source as it runs; as it is written where an include names nothing."""
        try:
            return includes.expand(self.source, self.page.book.code)[0]
        except includes.IncludeError:
            return self.source

    @property
    def included(self) -> list[tuple[int, str, str]]:
        """The include lines: the line of the page, the module and one name of it."""
        included = []
        for number, text in enumerate(self.source.splitlines(), self.line):
            if match := includes.DIRECTIVE.match(text):
                module, *names = match[1].split() or [""]
                included += [(number, module, name) for name in names]
        return included

    def at(self, line: int, problem: str) -> str:
        """Report a problem on a line of the cell, counted from 1."""
        return self.page.at(self.line + line - 1, problem)


def lines_of(text: str, start: str) -> list[int]:
    """Return the numbers of the lines that an expression begins; the first where there is none."""
    begins = re.compile(start)
    return [n for n, line in enumerate(text.splitlines(), 1) if begins.match(line)] or [1]


@dataclass(frozen=True)
class Page:
    """A page in one language; what the checks ask for is read when the first one asks."""

    book: "Book"
    language: str
    name: str

    @property
    def path(self) -> Path:
        """The file."""
        return self.book.folder / self.language / f"{self.name}.md"

    @cached_property
    def text(self) -> str:
        """The page as it is written."""
        return self.path.read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.text.splitlines()[self.line_of("# ") - 1].lstrip("# ").replace("`", "")

    @property
    def shown_elsewhere(self) -> tuple[str, str]:
        """Its name, and what other pages show of it: cells and headings, no prose."""
        return f"{self.language}/{self.name}", reader.without_prose(self.path)

    @cached_property
    def front_matter(self) -> dict:
        """What stands above its text, without the time that its structure takes."""
        return yaml.safe_load(self.text.partition("\n---\n")[0])

    @cached_property
    def structure(self) -> Structure:
        """Its sections and what stands in them."""
        return structure.read(self.path)

    @cached_property
    def cells(self) -> list[Cell]:
        """Its code cells."""
        notebook = reader.read_written(self.text)
        prose = ["" if cell.cell_type == "code" else cell.source for cell in notebook.cells]
        return [
            Cell(
                self,
                cell.source,
                reader.cell_line(notebook, index),
                tuple(cell.metadata.get("tags", [])),
                above=prose[index - 1] if index else "",
                below="".join(prose[index + 1 : index + 2]),
            )
            for index, cell in enumerate(notebook.cells)
            if cell.cell_type == "code"
        ]

    def directives(self, *names: str) -> list[Directive]:
        """Return the directives of some names, or all, in the order of the page."""
        directives = [each for section in self.structure.sections for each in section.directives]
        return [each for each in directives if not names or each.name in names]

    @property
    def passages(self) -> Iterator[tuple[Section, int, list[Token]]]:
        """Its prose in pieces: the section, the line and the pieces of each passage."""
        parser = structure.markdown_parser()
        for section in self.structure.sections:
            for text, line in section.passages:
                (passage,) = parser.parseInline(text)
                yield section, line, passage.children or []

    def where(self, line: int) -> str:
        """Name a line: `path:line`."""
        return self.book.where(self.path, line)

    def at(self, line: int, problem: str) -> str:
        """Report a problem: `path:line: message; cure`."""
        return f"{self.where(line)}: {problem}"

    def line_of(self, start: str) -> int:
        """Return the first line that starts with a text; 1 where none does."""
        return lines_of(self.text, re.escape(start))[0]


class Book:
    """A project: its pages, the code that they include, and the tests of that code."""

    def __init__(self, root: Path):
        self.root = root
        self.folder, self.code, self.tests = root / "book", root / "code", root / "tests"

    @cached_property
    def pages(self) -> list[Page]:
        """All pages, one language after the other."""
        return [page for language in LANGUAGES for page in self.trees[language].values()]

    @cached_property
    def trees(self) -> dict[str, dict[str, Page]]:
        """The pages of each language by name."""
        return {
            language: {name: Page(self, language, name) for name in pages(self.folder / language)}
            for language in LANGUAGES
        }

    @property
    def cells(self) -> Iterator[Cell]:
        """The code cells of all pages."""
        return (cell for page in self.pages for cell in page.cells)

    def where(self, path: Path, line: int) -> str:
        """Name a line of a file: `path:line`."""
        return f"{path.relative_to(self.root).as_posix()}:{line}"

    @cached_property
    def modules(self) -> dict[Path, ast.Module]:
        """The syntax of each file that readers may copy from."""
        return {
            path: ast.parse(path.read_text(encoding="utf-8"))
            for path in sorted((self.code / PACKAGE).rglob("*.py"))
        }

    @cached_property
    def included(self) -> dict[tuple[str, str], tuple[Page, int]]:
        """The definitions that pages include, with the place of the first include of each."""
        places: dict[tuple[str, str], tuple[Page, int]] = {}
        for cell in self.cells:
            for line, module, name in cell.included:
                if self.defines(module, name):
                    places.setdefault((module, name), (cell.page, line))
        return places

    def defines(self, module: str, name: str) -> bool:
        """Whether a module of the code defines a name."""
        try:
            includes.definition(includes.module_file(module, self.code), name)
        except LookupError:
            return False
        return True
