"""The lists of pages: each page stands in one, and each entry is a page."""

import re
from collections.abc import Iterator, Mapping

from bookkit.checks.book import Book, Page
from bookkit.errors import closest

FIRST = "index"  # the page that holds the lists, for which no other needs to
TOCTREE = re.compile(r"^(`{3,})\{toctree\}\n(?P<body>.*?)^\1$", re.MULTILINE | re.DOTALL)


CAPTION = re.compile(r"^:caption: *(.+)$", re.MULTILINE)


def lists(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the lists of a page: the caption, if any, and the names of their pages."""
    for match in TOCTREE.finditer(text):
        caption = CAPTION.search(match["body"])
        lines = match["body"].splitlines()
        names = [line for line in lines if line and not line.startswith(":")]
        yield caption[1] if caption else "", names


def check(book: Book) -> Iterator[str]:
    """Name pages that readers would not find, once for all languages, and entries of no page."""
    missing: dict[str, list[Page]] = {}
    for tree in book.trees.values():
        listed = set()
        for page in tree.values():
            for line, entry in _entries(page.text):
                listed.add(entry)
                if entry not in tree:
                    cure = f"write it, or name another: {closest(entry, tree)}"
                    yield page.at(line, f"there is no page {entry!r} to list; {cure}")
        for name in tree.keys() - listed - {FIRST}:
            missing.setdefault(name, []).append(tree[name])
    for name, pages in sorted(missing.items()):
        lists = " and ".join(f"book/{page.language}/{FIRST}.md" for page in pages)
        yield pages[0].at(1, f"no reader finds this page; add {name} to a {{toctree}} in {lists}")


def in_order(tree: Mapping[str, Page]) -> list[Page]:
    """Return the pages of a language in the order in which they are read."""
    listed = [entry for _, entry in _entries(tree[FIRST].text)]
    return [tree[name] for name in [FIRST, *listed] if name in tree]


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """Yield what the lists of a page name, each with its line."""
    for match in TOCTREE.finditer(text):
        first = text[: match.start("body")].count("\n") + 1
        for line, entry in enumerate(match["body"].splitlines(), first):
            if entry and not entry.startswith(":"):
                yield line, entry
