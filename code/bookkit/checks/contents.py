"""The lists of pages: each page stands in one, and each entry is a page."""

from collections.abc import Iterator, Mapping

from bookkit.checks.book import Book, Page
from bookkit.errors import closest

FIRST = "index"  # the page that holds the lists, for which no other needs to
CAPTION = ":caption: "


def lists(page: Page) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Yield the lists of a page: the caption, if any, and the names of pages with their lines."""
    for toctree in page.directives("toctree"):
        captions = [text[len(CAPTION) :] for _, text in toctree.options if text.startswith(CAPTION)]
        yield "".join(captions), [entry for entry in toctree.body if entry[1]]


def check(book: Book) -> Iterator[str]:
    """Name pages that readers would not find, once for all languages, and entries of no page."""
    missing: dict[str, list[Page]] = {}
    for tree in book.trees.values():
        listed = set()
        for page in tree.values():
            for line, entry in _entries(page):
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
    listed = [entry for _, entry in _entries(tree[FIRST])]
    return [tree[name] for name in [FIRST, *listed] if name in tree]


def _entries(page: Page) -> list[tuple[int, str]]:
    return [entry for _, entries in lists(page) for entry in entries]
