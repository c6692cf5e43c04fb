"""From a cell to the tests of what it includes, and back."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from bookkit.paths import BUILD, LANGUAGES, SITE
from bookkit.web.listings import FOLDER

WORDS = {
    "zh": ("这个函数的测试", "这些函数的测试", "这个类的测试", "这些定义的测试"),
    "en": ("Test of this", "Tests of these"),
}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def listings(parsed, site_file) -> dict[Path, object]:
    """The parsed page of every module."""
    site_file(f"{FOLDER}/tests.css")
    return {path: parsed(path) for path in sorted((SITE / FOLDER).glob("*.html"))}


def arrives(parsed, base: Path, address: str) -> bool:
    """Tell whether a link leads to a file of the site, and to an id on it."""
    parts = urlsplit(address)
    file = Path(base.parent, parts.path).resolve() if parts.path else base
    return (
        file.is_relative_to(SITE) and file.is_file() and bool(parsed(file).find(id=parts.fragment))
    )


def test_each_cell_with_included_code_links_to_its_tests(parsed, cell_page):
    tree = parsed(cell_page.html)
    for cell in tree.select("article div.cell"):
        code = cell.select_one("div.cell_input pre").get_text()
        links = cell.select(".cell-tests a")
        # a page defines no function of its own, so each that a cell shows is included
        defines = any(line.startswith(("def ", "class ")) for line in code.splitlines())
        assert bool(links) == defines, code
        for link in links:
            assert arrives(parsed, cell_page.html, link["href"]), link
        if links:
            assert cell.select_one(".cell-tests").get_text().startswith(WORDS[cell_page.language])


def test_listings_load_and_link_only_what_is_there(parsed, listings):
    assert listings
    for path, tree in listings.items():
        for sheet in tree.find_all("link", rel="stylesheet"):
            assert (path.parent / sheet["href"]).resolve().is_file()
        dead = [a["href"] for a in tree.find_all("a") if not arrives(parsed, path, a["href"])]
        assert dead == [], path.name
        ids = [element["id"] for element in tree.find_all(id=True)]
        assert len(ids) == len(set(ids))


def test_each_definition_shows_tests_or_says_where_they_are(listings):
    for path, tree in listings.items():
        for section in tree.select("section"):
            shown = "def test_" in "".join(pre.get_text() for pre in section.find_all("pre"))
            elsewhere = section.select("p:not(.back) a")
            assert shown or elsewhere, f"{path.name}#{section['id']}"
            assert section["id"] == "whole-module" or section.select(".back a")


def test_exports_carry_no_link_to_tests(cell_page):
    exports = [cell_page.notebook, cell_page.script]
    exports += (BUILD / "sphinx" / cell_page.language / "epub").glob(f"{cell_page.name}.xhtml")
    for export in exports:
        text = export.read_text(encoding="utf-8")
        assert not [word for word in WORDS[cell_page.language] if word in text], export


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_goes_to_the_tests_and_back(browser, server, book, language):
    page_of_book = next(
        page for page in book.pages if page.language == language and page.name == "concepts/neurons"
    )
    context = browser.new_context(viewport=PHONE, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{server}/{page_of_book}.html")
    page.locator(".cell-tests a").nth(1).click()
    page.wait_for_url(f"**/{FOLDER}/**")
    target = page.locator(f"[id='{urlsplit(page.url).fragment}']")
    expect(target.locator("h2")).to_be_in_viewport()
    expect(target.locator(".hll").first).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("document.documentElement.lang").startswith(language)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    target.locator(".back a:visible").first.click()
    page.wait_for_url(f"**/{page_of_book}.html#sec-*")
    context.close()
