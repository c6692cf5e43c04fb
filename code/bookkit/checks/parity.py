"""Are the two languages in step? The structure must agree; the prose must have been read again."""

import hashlib
import json
import os
from itertools import zip_longest
from pathlib import Path

from bookkit.errors import BookError
from bookkit.pages import structure
from bookkit.pages.structure import Section, Structure
from bookkit.paths import BOOK, LANGUAGES, pages

SYNC = BOOK / "sync.json"


def check(book: Path = BOOK) -> list[str]:
    """Compare the two trees.

    Returns:
        one line a difference, `path:line: message`; none when they are in step.
    """
    trees = {language: pages(book / language) for language in LANGUAGES}
    problems = []
    for language, other in (LANGUAGES, LANGUAGES[::-1]):
        for name in sorted(set(trees[language]) - set(trees[other])):
            here, there = f"{book.name}/{language}/{name}.md", f"{book.name}/{other}/{name}.md"
            problems.append(f"{here}:1: has no twin: write {there}")
    for name in sorted(set(trees["zh"]) & set(trees["en"])):
        twins = [structure.read(book / language / f"{name}.md") for language in LANGUAGES]
        problems += compare(*twins)
    return problems


def compare(zh: Structure, en: Structure) -> list[str]:
    """Compare the structure of a page in both languages."""
    report = _Report(zh, en)
    for page in (zh, en):
        report.lines += [f"{report.where(page, line)}: {text}" for line, text in page.problems]
    if zh.front_matter != en.front_matter:
        keys = sorted(
            key
            for key in zh.front_matter.keys() | en.front_matter.keys()
            if zh.front_matter.get(key) != en.front_matter.get(key)
        )
        report.differ(1, 1, f"front matter differs in {', '.join(keys)}")
    for left, right in zip_longest(zh.sections, en.sections):
        if left is None or right is None:
            extra = left or right
            page = zh if left else en
            report.lines.append(
                f"{report.where(page, extra.line)}: section {extra.label} is only here"
            )
            break
        if (left.label, left.level) != (right.label, right.level):
            report.differ(
                left.line,
                right.line,
                f"heading {left.label} (level {left.level}) stands against "
                f"{right.label} (level {right.level})",
            )
            break
        _compare_sections(report, left, right)
    return report.lines


class _Report:
    def __init__(self, zh: Structure, en: Structure):
        self.zh, self.en = zh, en
        self.lines: list[str] = []

    @staticmethod
    def where(page: Structure, line: int) -> str:
        return f"{os.path.relpath(page.path)}:{line}"

    def differ(self, zh_line: int, en_line: int, message: str) -> None:
        self.lines.append(
            f"{self.where(self.zh, zh_line)}: {message} (twin: {self.where(self.en, en_line)})"
        )


def _compare_sections(report: _Report, zh: Section, en: Section) -> None:
    for left, right in zip_longest(zh.cells, en.cells):
        if left is None or right is None or left[0] != right[0]:
            report.differ(
                left[1] if left else zh.line,
                right[1] if right else en.line,
                f"code cells differ in section {zh.label}: cells are equal to the byte, "
                "metadata too; copy one over the other",
            )
            break
    left, right = ([name for name, _ in side.directives] for side in (zh, en))
    if left != right:
        report.differ(zh.line, en.line, f"directives differ in {zh.label}: {left} against {right}")
    for (kind, value), _ in (zh.inline - en.inline).items():
        report.differ(zh.line, en.line, f"only in Chinese, section {zh.label}: {kind} {value!r}")
    for (kind, value), _ in (en.inline - zh.inline).items():
        report.differ(zh.line, en.line, f"only in English, section {zh.label}: {kind} {value!r}")


def prose_hashes(book: Path = BOOK) -> dict[str, dict[str, str]]:
    """Hash the prose of each section in both languages: `{"page#label": {"zh": …, "en": …}}`."""
    hashes: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        for name in pages(book / language):
            for section in structure.read(book / language / f"{name}.md").sections:
                digest = hashlib.sha256("\n".join(section.prose).encode()).hexdigest()[:16]
                hashes.setdefault(f"{name}#{section.label}", {})[language] = digest
    return hashes


def check_sync(book: Path = BOOK, record: Path = SYNC) -> list[str]:
    """Name the sections whose prose changed since both languages were last read together."""
    recorded = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    problems = []
    for section, now in prose_hashes(book).items():
        then = recorded.get(section, {})
        changed = [language for language in LANGUAGES if now.get(language) != then.get(language)]
        if changed:
            cure = f"read both languages again, then: make sync SECTION={section}"
            problems.append(f"{section}: prose changed in {' and '.join(changed)}; {cure}")
    return problems


def record_sync(section: str, book: Path = BOOK, record: Path = SYNC) -> list[str]:
    """Record that both languages of a section (or of `all`) were read again.

    Returns:
        the sections recorded.

    Raises:
        BookError: no section of that name.
    """
    now = prose_hashes(book)
    recorded = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    chosen = [key for key in now if section in ("all", key, key.partition("#")[2])]
    if not chosen:
        raise BookError(
            "SECTION names a label, PAGE#LABEL, or all. "
            f"Received: SECTION={section!r}. Known: {', '.join(now)}"
        )
    # Sections that are gone leave the record with the first sync that follows.
    kept = {key: value for key, value in recorded.items() if key in now}
    kept |= {key: now[key] for key in chosen}
    temporary = record.with_suffix(".tmp")
    temporary.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(record)
    return chosen
