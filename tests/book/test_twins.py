"""The book for machines that read: each page as plain Markdown, and the list of them."""

import re
from functools import cache
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from bookkit.languages import LANGUAGES
from bookkit.paths import SITE

PARSER = MarkdownIt("commonmark")
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
ROLE = re.compile(r"\{[a-z:]+\}$")
LEFTOVER = re.compile(r":::|^\([\w-]+\)=$|%include|\{\w+\}`", re.MULTILINE)
WEB = re.compile(r"[a-z]+:")


def twin_of(page):
    return SITE / page.language / f"{page.name}.html.md"


@cache
def text_of(path):
    return path.read_text(encoding="utf-8")


@cache
def anchors(path):
    return set(ANCHOR.findall(text_of(path)))


def tokens(path):
    return PARSER.parse(text_of(path))


def inline(path):
    return [child for each in tokens(path) for child in each.children or []]


def test_every_page_has_one_and_names_it(page, parsed_elements):
    head = parsed_elements(page.html, "head")
    (link,) = head.find_all("link", rel="alternate", type="text/markdown")
    assert page.html.parent / link["href"] == twin_of(page)
    first, *_ = tokens(twin_of(page))
    assert (first.type, first.tag) == ("heading_open", "h1")


def test_its_markdown_is_plain(page):
    before = None
    for token in tokens(twin_of(page)):
        assert not (token.type == "fence" and token.info.startswith("{")), token.info
    for child in inline(twin_of(page)):
        if child.type == "text":
            assert not LEFTOVER.search(child.content), child.content
        is_role = child.type == "code_inline" and before and before.type == "text"
        assert not (is_role and ROLE.search(before.content)), child.content
        before = child


def test_its_links_and_pictures_arrive(page):
    path = twin_of(page)
    addresses = [child.attrGet("href") or child.attrGet("src") for child in inline(path)]
    for address in filter(None, addresses):
        if WEB.match(address):
            continue
        name, _, place = unquote(address).partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.is_file(), address
        assert not place or place in anchors(target), address


def test_it_holds_the_code_and_what_it_printed(cell_page):
    fences = [token for token in tokens(twin_of(cell_page)) if token.type == "fence"]
    code = [token.content.rstrip() for token in fences if token.info == "python"]
    assert [each for each in code if each in {c.source for c in cell_page.executed_cells}] == [
        cell.source for cell in cell_page.executed_cells
    ]
    printed = "\n".join(token.content for token in fences if token.info == "text")
    for cell in cell_page.executed_cells:
        for output in cell.outputs:
            if output.output_type == "stream":
                lines = (line.rstrip() for line in output.text.rstrip().splitlines())
                assert "\n".join(lines) in printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_names_every_page_of_a_language_once(book, language):
    entry = re.compile(rf"^- \[.+\]\((?:\S+/)?({language}/\S+)\): (.+)$", re.MULTILINE)
    listed = dict(entry.findall(text_of(SITE / "llms.txt")))
    pages = [page for page in book.pages if page.language == language]
    assert len(listed) == len(pages)
    for page in pages:
        about = listed[twin_of(page).relative_to(SITE).as_posix()]
        assert about == page.structure.front_matter["description"]
