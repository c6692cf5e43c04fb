"""Has prose that changed in one language been read again in both? `book/sync.json` remembers."""

import hashlib
import json
from collections.abc import Iterator

from bookkit.checks.book import Book, Page
from bookkit.errors import BookError, closest
from bookkit.languages import LANGUAGES
from bookkit.pages.structure import Section

Hashes = dict[str, dict[str, str]]


def sections(book: Book) -> dict[str, dict[str, tuple[Page, Section]]]:
    """Find each section in both languages by `page#label`.

    A heading without a label is left out, since nothing can name it; parity asks for the label.
    """
    twins: dict[str, dict[str, tuple[Page, Section]]] = {}
    for page in book.pages:
        for section in page.structure.sections:
            if section.labelled:
                twins.setdefault(f"{page.name}#{section.label}", {})[page.language] = page, section
    return twins


def prose_hashes(book: Book) -> Hashes:
    """Hash the prose of each section in both languages: `{"page#label": {CODE: hash}}`."""
    return {
        key: {language: _hash(section) for language, (_, section) in twins.items()}
        for key, twins in sections(book).items()
    }


def _hash(section: Section) -> str:
    return hashlib.sha256(section.text.encode()).hexdigest()[:16]


def check(book: Book) -> Iterator[str]:
    """Name the sections whose prose changed since both languages were last read together."""
    now, then = prose_hashes(book), recorded(book)
    for key, twins in sections(book).items():
        before = then.get(key, {})
        changed = [each for each in LANGUAGES if now[key].get(each) != before.get(each)]
        if changed:
            page, section = twins.get(changed[0]) or next(iter(twins.values()))
            cure = f"read both languages again, then: make sync SECTION={key}"
            yield page.at(section.line, f"prose changed in {' and '.join(changed)}; {cure}")


def recorded(book: Book) -> Hashes:
    """Return the hashes of the last time."""
    path = book.folder / "sync.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def record(book: Book, section: str) -> list[str]:
    """Record that both languages of a section, a page or `all` were read again.

    Returns:
        the sections of them that had changed.

    Raises:
        BookError: nothing has that name.
    """
    now, then = prose_hashes(book), recorded(book)
    chosen = [key for key in now if section in ("all", key, *key.split("#"))]
    if not chosen:
        raise BookError(_unknown(section, now))
    # Sections that are gone leave the record with the first sync that follows.
    kept = {key: value for key, value in then.items() if key in now}
    kept |= {key: now[key] for key in chosen}
    path = book.folder / "sync.json"
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)
    return [key for key in chosen if now[key] != then.get(key)]


def _unknown(section: str, known: Hashes) -> str:
    names = dict.fromkeys(name for key in known for name in (*key.split("#"), key))
    return (
        "SECTION names a page, a label, PAGE#LABEL, or all. "
        f"Received: SECTION={section!r}. Closest: {closest(section, names)}"
    )


def summary(sections: list[str]) -> Iterator[str]:
    """Say what was recorded, one line a page."""
    pages: dict[str, list[str]] = {}
    for section in sections:
        pages.setdefault(section.split("#")[0], []).append(section)
    for page, own in pages.items():
        yield f"recorded: {own[0] if len(own) == 1 else f'{page}, {len(own)} sections'}"
    if not pages:
        yield "nothing to record: no prose changed since both languages were read"
