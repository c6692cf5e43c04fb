"""What a browser fetches before a reader has moved, compressed as a server sends it."""

import gzip
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest

from bookkit.paths import SITE

MOST_BYTES, MOST_OF_LONGEST = 260_000, 300_000
LONGEST = ("index", "snippets")  # they have the live digit, and all functions of the book
MOST_OF_A_PAGE = 80_000  # of any other, its words alone
MOST_BLOCKING = (
    30_000  # of what a browser needs before it paints anything; stock has ten times that
)
ASKED = """performance.getEntriesByType("resource")
    .map(each => [each.name, each.renderBlockingStatus === "blocking"])"""


@pytest.fixture(scope="module")
def asked(browser, server):
    """Return a function that opens an address once and says which files it asked for.

    They are a dict, in which true marks files that hold the first paint up.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()

    @cache
    def ask(address):
        page.goto(f"{server}/{address}")
        page.wait_for_load_state("networkidle")
        return {
            unquote(urlsplit(name).path).lstrip("/"): blocking
            for name, blocking in page.evaluate(ASKED)
        }

    ask("index.html")  # before a page has remembered a language, to which it would lead
    yield ask
    context.close()


@cache
def sent_bytes(name):
    """Count the bytes of a file as a server sends it."""
    return len(gzip.compress((SITE / name).read_bytes(), 6))


def test_the_first_view_is_light(asked, judged_page):
    address = f"{judged_page}.html"
    sizes = {name: sent_bytes(name) for name in {address, *asked(address)}}
    assert f"{judged_page.language}/_static/bundle.js" in sizes
    most = MOST_OF_LONGEST if judged_page.name in LONGEST else MOST_BYTES
    assert sum(sizes.values()) <= most, sizes


def test_a_page_itself_is_light(page):
    if page.name not in LONGEST:
        assert sent_bytes(f"{page}.html") <= MOST_OF_A_PAGE


def test_one_style_sheet_stands_between_the_text_and_the_first_paint(asked, judged_address):
    names = [name for name, blocking in asked(judged_address).items() if blocking]
    language = judged_address.rpartition("/")[0].partition("/")[0]
    assert names == ([f"{language}/_static/bundle.css"] if language else ["entry.css"])
    assert sent_bytes(names[0]) <= MOST_BLOCKING
