"""What a browser fetches before a reader has moved, compressed as a server sends it."""

import gzip
from urllib.parse import unquote, urlsplit

import pytest

from bookkit.paths import SITE

MOST_BYTES, FIRST_PAGE = 260_000, 300_000  # of a chapter, and of the page with the live digit


@pytest.fixture(scope="module")
def asked(browser, server):
    """Return a function that opens an address and says which files it asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()

    def ask(address):
        page.goto(f"{server}/{address}")
        page.wait_for_load_state("networkidle")
        names = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
        return {unquote(urlsplit(name).path).lstrip("/") for name in names} | {address}

    yield ask
    context.close()


def test_the_first_view_is_light(asked, page):
    files = asked(f"{page}.html")
    sizes = {name: len(gzip.compress((SITE / name).read_bytes(), 6)) for name in files}
    assert f"{page.language}/_static/bundle.js" in sizes
    most = FIRST_PAGE if page.name == "index" else MOST_BYTES
    assert sum(sizes.values()) <= most, sizes
