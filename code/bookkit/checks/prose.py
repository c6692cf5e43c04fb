"""How pages are written: spacing and punctuation in Chinese, worn phrases in English.

`make check` runs it. The tools are AutoCorrect and proselint; what they are not asked, and why,
stands here.
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import autocorrect_py
from proselint.checks import __register__
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.tools import LintFile

from bookkit.checks.terms import GLOSSARY, NOT_PROSE
from bookkit.pages import structure
from bookkit.paths import BOOK, pages

SILENT = {
    "dates_times": False,  # takes "CIFAR-10's" and "from 39,425" for dates
    "typography": False,  # Sphinx sets quotation marks, dashes and ellipses
}
CONFIG = DEFAULT | {"checks": DEFAULT["checks"] | SILENT}


def check(book: Path = BOOK) -> list[str]:
    """Read all pages.

    Returns:
        one line a fault, `path:line: message`.
    """
    return [*_chinese(book / "zh"), *_english(book / "en")]


def _chinese(tree: Path) -> Iterator[str]:
    for name in pages(tree):
        path = tree / f"{name}.md"
        found = autocorrect_py.lint_for(path.read_text(encoding="utf-8"), path.name)
        for line in found.lines:
            where = f"{os.path.relpath(path)}:{line.line}"
            yield f"{where}: {line.old.strip()!r} should be {line.new.strip()!r}"


def _english(tree: Path) -> Iterator[str]:
    registry = CheckRegistry()
    if not registry.checks:
        registry.register_many(__register__)
    for name in pages(tree):
        if name == GLOSSARY:  # it lists the names that the book does not use
            continue
        path = tree / f"{name}.md"
        for section in structure.read(path).sections:
            for passage in filter(str.strip, section.prose):
                yield from _faults(passage, f"{os.path.relpath(path)}:{section.line}")


def _faults(passage: str, where: str) -> Iterator[str]:
    # A stand-in for each code or formula, all different, or two in a row would be a repetition.
    number = itertools.count()
    text = NOT_PROSE.sub(lambda match: f"x{next(number)}y", passage)
    for result in LintFile(where, text).lint(CONFIG):
        fault = result.check_result
        words = text[fault.span[0] - 1 : fault.span[1] - 1]  # the tool adds a line break in front
        yield f"{where}: {words.strip()!r}: {fault.message} ({fault.check_path})"
