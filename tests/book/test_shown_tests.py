"""From a cell to a test of what it includes, and back."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from bookkit.paths import SITE
from bookkit.web.listings import FOLDER

PHONE = {"width": 390, "height": 844}


def test_each_cell_with_included_code_links_to_a_line_that_names_it(parsed, cell_page):
    for position, cell in enumerate(parsed(cell_page.html).select("article div.cell")):
        code = cell.select_one("div.cell_input pre").get_text()
        links = [urlsplit(link["href"]) for link in cell.select(".cell-tests a")]
        # A page defines no function of its own, so each that a cell shows is included. The short
        # way, the first cell, may define one: it is copied as a whole.
        short = position == 0 and cell.parent.get("id", "").endswith("-short")
        defines = any(line.startswith(("def ", "class ")) for line in code.splitlines())
        assert bool(links) == (defines and not short), code
        for link in links:
            tests = parsed(Path(cell_page.html.parent, link.path).resolve())
            assert link.fragment in tests.pre.find(id=link.fragment).get_text()


def test_listings_load_and_link_only_what_is_there(parsed, site_file):
    site_file(f"{FOLDER}/tests.css")
    for path in (SITE / FOLDER).glob("*.html"):
        tree = parsed(path)
        beside = [*tree.find_all("link", href=True), *tree.find_all("a", href=True)]
        assert len(beside) >= 4  # two sheets, a chapter in each language
        assert [each for each in beside if not (path.parent / each["href"]).is_file()] == []
        ids = [element["id"] for element in tree.find_all(id=True)]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("language", "mode"), [*zip(LANGUAGES, ("dark", "light"), strict=True)])
def test_a_reader_goes_to_the_tests_and_back(browser, server, language, mode):
    context = browser.new_context(viewport=PHONE, color_scheme=mode)
    page = context.new_page()
    page.goto(f"{server}/{language}/concepts/neurons.html")
    page.locator(".cell-tests a:visible").nth(1).click()
    page.wait_for_url(f"**/{FOLDER}/**")
    expect(page.locator(":target")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.dataset.theme") == mode
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate("axe.run()")["violations"] == []
    page.locator(f"a[href='../{language}/concepts/neurons.html']:visible").click()
    page.wait_for_url(f"**/{language}/concepts/neurons.html")
    context.close()
