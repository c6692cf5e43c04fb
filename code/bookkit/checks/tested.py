"""Which tests guard a definition: read from the syntax of the tests, none of which is run.

A test guards what it names: in its body, its decorators, or the fixtures, helpers and constants of
its file that it uses. What no test names is guarded through the definitions that call it, and what
nothing else reaches by the tests that run its module by name (`"kerasbook.part"` as a string).
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bookkit.checks.book import PACKAGE, Book
from bookkit.pages import includes
from bookkit.paths import BOOK, CODE, LANGUAGES, ROOT, pages

Name = tuple[str, str]  # a module and a name that it defines
TESTS = ROOT / "tests" / PACKAGE
PROGRAM_IMPORT = re.compile(r"^from (?P<module>[\w.]+) import (?P<names>[\w, ]+)$", re.MULTILINE)
LABEL = re.compile(r"^\((sec-[\w-]+)\)=$")
Imports = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Excerpt:
    """What of a test file guards a definition: imports, fixtures, helpers and tests, in order."""

    file: Path
    tests: tuple[str, ...]
    source: str
    marked: tuple[int, ...]  # lines of `source`, from 1, that name the definition


@dataclass(frozen=True)
class Guards:
    """The excerpts that guard a definition; or, where none names it, those it is guarded through.

    `through` holds definitions that call it, or none where tests run its whole module.
    """

    excerpts: tuple[Excerpt, ...]
    through: tuple[Name, ...] = ()
    by_module: bool = False


@dataclass(frozen=True)
class Place:
    """Where a page includes a definition: the line, and the section around it."""

    page: str
    line: int
    label: str
    title: str


class SourceFile:
    """The top-level statements of a file by the names they bind, and what its imports mean."""

    def __init__(self, path: Path):
        self.path = path
        self.lines = path.read_text(encoding="utf-8").splitlines()
        self.tree = ast.parse("\n".join(self.lines))
        self.statements = {name: node for node in self.tree.body for name in _bound(node)}
        self.imports: Imports = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                own = {alias.asname or alias.name: alias.name for alias in node.names}
                self.imports |= {name: (node.module or "", real) for name, real in own.items()}

    def reach(self, name: str) -> set[str]:
        """Return a top-level name with all those that its statement uses, directly or not."""
        found, waiting = set(), [name]
        while waiting:
            at = waiting.pop()
            if at not in found:
                found.add(at)
                waiting += _mentioned(self.statements[at]) & self.statements.keys()
        return found

    @cached_property
    def tests(self) -> dict[str, set[str]]:
        """Map each test function to what it reaches, fixtures that nobody asks for included."""
        decorated = {
            name: ast.unparse(getattr(node, "decorator_list", []))
            for name, node in self.statements.items()
        }
        everywhere = [name for name, text in decorated.items() if "autouse=True" in text]
        names = [name for name in self.statements if name.startswith("test_")]
        return {name: set().union(*map(self.reach, [name, *everywhere])) for name in names}


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return []
    names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return [each.id for each in names if isinstance(each.ctx, ast.Store)]


def _mentioned(node: ast.AST) -> set[str]:
    """Return the names that code uses; parameters too, which is how a test asks for a fixture."""
    return _used(node) | {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}


def _used(node: ast.AST) -> set[str]:
    """Return the names that code uses and does not bind itself."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    bound = {each.id for each in names if isinstance(each.ctx, ast.Store)}
    bound |= {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    return {each.id for each in names} - bound


class Library:
    """Every module of a package, read without importing it."""

    def __init__(self, root: Path = CODE, package: str = PACKAGE):
        self.files: dict[str, SourceFile] = {}
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            self.files[".".join(parts).removesuffix(".__init__")] = SourceFile(path)

    def resolve(self, imported: tuple[str, str]) -> Name:
        """Follow an import to the module that defines the name; a module is `(its name, "")`."""
        module, name = imported
        if f"{module}.{name}" in self.files:
            return f"{module}.{name}", ""
        if module in self.files and name in self.files[module].imports:
            return self.resolve(self.files[module].imports[name])
        return module, name

    def named(self, node: ast.AST, file: SourceFile) -> Iterator[tuple[Name, int]]:
        """Yield the definitions that a statement names, each with its line."""
        modules = set()
        for each in ast.walk(node):
            base = each.value if isinstance(each, ast.Attribute) else each
            if not (isinstance(base, ast.Name) and base.id in file.imports):
                continue
            module, name = self.resolve(file.imports[base.id])
            modules.add(module)
            if isinstance(each, ast.Attribute) and not name:
                yield self.resolve((module, each.attr)), each.lineno
            elif name:
                yield (module, name), each.lineno
        yield from self._got(node, modules)
        yield from self._programs(node)

    def _got(self, node: ast.AST, modules: set[str]) -> Iterator[tuple[Name, int]]:
        """Yield what code with a `getattr` names by strings, its parametrization included."""
        if "getattr" not in _mentioned(node):
            return
        for each in ast.walk(node):
            for module in modules & self.files.keys():
                if isinstance(each, ast.Constant) and each.value in self.files[module].statements:
                    yield (module, each.value), each.lineno

    def _programs(self, node: ast.AST) -> Iterator[tuple[Name, int]]:
        """Yield what a program imports that stands in a string, to run in a process of its own."""
        for each in ast.walk(node):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                for match in PROGRAM_IMPORT.finditer(each.value):
                    line = each.lineno + each.value.count("\n", 0, match.start())
                    for name in match["names"].split(","):
                        yield self.resolve((match["module"], name.strip())), line

    @cached_property
    def callers(self) -> dict[Name, list[Name]]:
        """Map each definition to those of the package that use it."""
        found: dict[Name, list[Name]] = {}
        for module, file in self.files.items():
            for name, node in file.statements.items():
                used = {target for target, _ in self.named(node, file)}
                used |= {(module, own) for own in _used(node) & file.statements.keys()}
                for target in used - {(module, name)}:
                    found.setdefault(target, []).append((module, name))
        return found


class Finder:
    """Finds the guards of definitions in all test files below a folder."""

    def __init__(self, library: Library | None = None, tests: Path = TESTS):
        self.library = library or Library()
        self.files = [SourceFile(path) for path in sorted(tests.rglob("test_*.py"))]
        # For each file, the statements that name a definition, and on which lines.
        self.naming: list[dict[Name, dict[str, set[int]]]] = []
        for file in self.files:
            naming: dict[Name, dict[str, set[int]]] = {}
            for name, node in file.statements.items():
                for target, line in [*self.library.named(node, file), *self._modules(node)]:
                    naming.setdefault(target, {}).setdefault(name, set()).add(line)
            self.naming.append(naming)

    def _modules(self, node: ast.AST) -> Iterator[tuple[Name, int]]:
        for each in ast.walk(node):
            if isinstance(each, ast.Constant) and each.value in self.library.files:
                yield (each.value, ""), each.lineno

    def excerpts(self, target: Name) -> tuple[Excerpt, ...]:
        """Return the excerpts that name a definition, the test file of its module first."""
        found = []
        for file, naming in zip(self.files, self.naming, strict=True):
            statements = naming.get(target, {})
            own = [test for test in file.tests if test in statements]
            others = [test for test, reach in file.tests.items() if reach & statements.keys()]
            if chosen := own or others:
                found.append(excerpt(file, chosen, set().union(*statements.values())))
        mirror = f"test_{target[0].rpartition('.')[2]}.py"
        return tuple(sorted(found, key=lambda each: each.file.name != mirror))

    def guards(self, target: Name) -> Guards | None:
        """Return what guards a definition, or None where nothing does."""
        if found := self.excerpts(target):
            return Guards(found)
        seen, generation = {target}, [target]
        while generation:
            nearest = (self.library.callers.get(each, []) for each in generation)
            generation = [each for callers in nearest for each in callers if each not in seen]
            seen.update(generation)
            if through := {each: self.excerpts(each) for each in generation if self.excerpts(each)}:
                return Guards(sum(through.values(), ()), tuple(through))
        if found := self.excerpts((target[0], "")):
            return Guards(found, by_module=True)
        return None


def excerpt(file: SourceFile, tests: Iterable[str], lines: set[int]) -> Excerpt:
    """Cut out tests with all of their file that they use; `lines` are those to mark."""
    kept = set().union(*(file.tests[test] for test in tests))
    mentioned = set().union(*(_mentioned(file.statements[name]) for name in kept))
    source: list[str] = []
    marked: list[int] = []
    previous: ast.stmt | None = None
    for node in file.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            text, first = _import_line(node, mentioned), 0
        else:
            first = _first_line(node, file.lines)
            text = file.lines[first - 1 : node.end_lineno] if kept & {*_bound(node)} else []
        if text:
            source += [""] * _gap(previous, node)
            inside = (line for line in sorted(lines) if first <= line < first + len(text) and first)
            marked += [len(source) + 1 + line - first for line in inside]
            source += text
            previous = node
    return Excerpt(file.path, tuple(tests), "\n".join(source), tuple(marked))


def _import_line(node: ast.Import | ast.ImportFrom, mentioned: set[str]) -> list[str]:
    """Write an import without the names that are not used."""
    names = [
        alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in mentioned
    ]
    if not names:
        return []
    if isinstance(node, ast.Import):
        return [ast.unparse(ast.Import(names))]
    return [ast.unparse(ast.ImportFrom(node.module, names, node.level))]


def _first_line(node: ast.stmt, lines: list[str]) -> int:
    """Return the line that a statement starts at, its decorators and the comment above included."""
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return first


def _gap(previous: ast.stmt | None, node: ast.stmt) -> int:
    """Return how many empty lines stand between two statements."""
    if previous is None:
        return 0
    kinds = (ast.Import | ast.ImportFrom, ast.Assign | ast.AnnAssign)
    return 0 if any(isinstance(previous, kind) and isinstance(node, kind) for kind in kinds) else 2


def included(book: Path = BOOK, language: str = LANGUAGES[0]) -> dict[Name, list[Place]]:
    """Map what the pages of a language include to where they do, in reading order."""
    found: dict[Name, list[Place]] = {}
    for page in pages(book / language):
        label, title = "", ""
        lines = (book / language / f"{page}.md").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            if match := LABEL.match(line):
                label, title = match.group(1), re.sub("[`$]", "", lines[number].lstrip("# "))
            elif match := includes.DIRECTIVE.match(line):
                module, *names = match.group(1).split()
                for name in names:
                    found.setdefault((module, name), []).append(Place(page, number, label, title))
    return found


def check(book: Book) -> Iterator[str]:
    """Name the functions and classes that pages include and no test guards."""
    finder = Finder(Library(book.code), book.tests / PACKAGE)
    for (module, name), (page, line) in book.included.items():
        path = includes.module_file(module, book.code)
        if includes.kind(path, name) and not finder.guards((module, name)):
            yield page.at(line, f"{module}.{name} has no test: write one that names it")
