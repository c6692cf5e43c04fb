"""Programs that run alone: definitions with all that they use, made from the source by its syntax.

What a definition uses are the global names in it: other definitions, of its module or imported from
one below the same root, and what its module imports from elsewhere. A program holds them in the
order in which the modules do, so what is used while Python defines something stands above it.

`bookkit.web.programs` writes them for browsers, `bookkit.web.feet` puts the button below cells, and
`tests/kerasbook/test_programs.py` runs each of them alone.
"""

import ast
import symtable
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bookkit.pages import imports, includes

BACKEND = 'os.environ.setdefault("KERAS_BACKEND", "{}")  # before Keras is imported'
DEFAULT_BACKEND = "tensorflow"  # Keras's own


class Name(NamedTuple):
    """A definition: where it stands, and what it is called."""

    module: str
    name: str


class Import(NamedTuple):
    """One name of an import statement; `source` is empty where the module itself is imported."""

    source: str
    name: str
    alias: str | None = None

    @property
    def bound(self) -> str:
        """The name that it defines."""
        return self.alias or (self.name if self.source else self.name.partition(".")[0])

    @property
    def dotted(self) -> str:
        """The whole name of what is imported."""
        return ".".join(filter(None, self[:2]))

    @property
    def package(self) -> str:
        """The package that has to be installed, as it is imported."""
        return self.dotted.partition(".")[0]


class Module(NamedTuple):
    """What a file defines, in its order, with what each definition uses; and what it imports."""

    uses: dict[str, set[str]]
    imports: list[Import]


class Needs(NamedTuple):
    """What definitions use: others, in an order in which they may stand, and imports."""

    definitions: list[Name]
    imports: list[Import]


def direct(names: Iterable[Name], root: Path) -> Needs:
    """Return what definitions use by themselves, each other left out."""
    names = list(names)
    needed = {used for name in names for used in _used(name, root)}
    others = [used for used in needed if isinstance(used, Name) and used not in names]
    return Needs(_in_order(others, root), _sorted(needed))


def program(names: Iterable[Name], root: Path, backend: str = "") -> str:
    """Write the program that defines names and needs nothing but public packages.

    Args:
        names: the definitions asked for.
        root: the folder that modules are looked for in.
        backend: the one of Keras on which they ran, if any; Keras's default stands in for it.
    """
    waiting, imported = list(dict.fromkeys(names)), set()
    for name in waiting:  # which grows
        for used in _used(name, root):
            if isinstance(used, Import):
                imported.add(used)
            elif used not in waiting:
                waiting.append(used)
    ordered = _in_order(waiting, root)
    # Two names of one statement are one piece.
    pieces = list(dict.fromkeys(_source(each, root) for each in ordered))
    modules = ", ".join(sorted({each.module for each in ordered}))
    head = [f"# From {modules} (Apache-2.0)", *_head(pieces, _sorted(imported), backend)]
    gap = "\n\n" if head[-1].startswith(("import ", "from ")) and _is_value(pieces[0]) else "\n\n\n"
    return "\n".join(head) + gap + "\n\n\n".join(pieces) + "\n"


def _source(name: Name, root: Path) -> str:
    return includes.definition(includes.module_file(name.module, root), name.name)


def _is_value(piece: str) -> bool:
    return isinstance(ast.parse(piece).body[0], ast.Assign | ast.AnnAssign)


def files(names: Iterable[Name], root: Path) -> list[Path]:
    """Return the files that the programs of names are made of."""
    return [includes.module_file(module, root) for module in _modules(names, root)]


def _head(pieces: list[str], imported: list[Import], backend: str) -> Iterator[str]:
    """Yield the lines above the definitions: what to install, Keras's backend, the imports."""
    local = {package for piece in pieces for package in _packages(piece)}
    packages = {imports.PACKAGES.get(each.package, each.package) for each in imported} | local
    uses_keras = bool(packages & {"keras", "keras-hub"})
    packages |= {"keras", backend or DEFAULT_BACKEND} if uses_keras else set()
    if installed := sorted(packages - sys.stdlib_module_names):
        yield f"# pip install {' '.join(installed)}"
    if uses_keras:
        yield from ["import os", "", BACKEND.format(backend or DEFAULT_BACKEND), ""]
        imported = [each for each in imported if each != Import("", "os")]
    own = [each for each in imported if each.package in sys.stdlib_module_names]
    others = [each for each in imported if each not in own]
    yield from _statements(own)
    if own and others:
        yield ""
    yield from _statements(others)


@cache
def _packages(piece: str) -> set[str]:
    return imports.packages([ast.parse(piece)])


def _statements(imported: list[Import]) -> Iterator[str]:
    """Write imports of modules, then those from modules, as the formatter sorts them."""

    def spell(each: Import) -> str:
        return each.name + (f" as {each.alias}" if each.alias else "")

    yield from (f"import {spell(each)}" for each in imported if not each.source)
    for source in dict.fromkeys(each.source for each in imported if each.source):
        names = ", ".join(spell(each) for each in imported if each.source == source)
        yield f"from {source} import {names}"


def _sorted(used: Iterable[Name | Import]) -> list[Import]:
    """Sort imports as the formatter does: constants, classes, then functions and modules."""

    def key(each: Import) -> tuple:
        constant = len(each.name) > 1 and each.name.isupper()
        kind = (not constant, not each.name[0].isupper())
        return each.source.lower(), kind, each.name, each.alias or ""

    return sorted((each for each in used if isinstance(each, Import)), key=key)


def _used(name: Name, root: Path) -> Iterator[Name | Import]:
    """Yield what one definition uses."""
    module = _module(name.module, root)
    for used in sorted(module.uses[name.name]):
        if used in module.uses:
            yield Name(name.module, used)
        for each in module.imports:
            if each.bound == used:
                yield Name(each.source, each.name) if _ours(each, root) else each


def _ours(imported: Import, root: Path) -> bool:
    if not any((root / name).exists() for name in (imported.package, f"{imported.package}.py")):
        return False
    defined = imported.source and imported.name in _module(imported.source, root).uses
    if imported.alias or not defined:
        raise LookupError(
            f"a program cannot hold the module {imported.dotted!r}: import the names that you use "
            "of it, by their own names"
        )
    return True


def _in_order(names: Iterable[Name], root: Path) -> list[Name]:
    """Sort definitions: what a module imports before it, and as they stand in each."""
    names = list(names)
    modules = _modules(names, root)
    place = {module: list(_module(module, root).uses) for module in modules}
    return sorted(
        names, key=lambda each: (modules.index(each.module), place[each.module].index(each.name))
    )


def _modules(names: Iterable[Name], root: Path) -> list[str]:
    """Return the modules of names and those that they import, each below what it imports."""
    modules: list[str] = []
    for module in sorted({name.module for name in names}):
        _add_module(module, root, modules)
    return modules


def _add_module(module: str, root: Path, modules: list[str]) -> None:
    """Add a module to a list, below those of its root that it imports."""
    for each in _module(module, root).imports:
        if each.source and each.source not in modules and (root / each.package).exists():
            _add_module(each.source, root, modules)
    if module not in modules:
        modules.append(module)


def _module(module: str, root: Path) -> Module:
    path = includes.module_file(module, root)
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, mtime_ns: int) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    uses: dict[str, set[str]] = {}
    imported = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            imported += [Import("", each.name, each.asname) for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported += [Import(node.module or "", each.name, each.asname) for each in node.names]
        for name in includes.names(node):
            uses[name] = _globals(ast.unparse(node)) - {name}
    return Module(uses, imported)


def _globals(source: str) -> set[str]:
    """Return the global names that a statement reads, at once or when what it defines is called."""
    top = symtable.symtable(source, "<definition>", "exec")
    names = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    waiting = top.get_children()
    for table in waiting:  # which grows
        names |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        waiting += table.get_children()
    return names
