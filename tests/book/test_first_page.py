"""What a new reader sees first: the first page of each language, and the one to choose it on."""

import gzip
import importlib.metadata
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from bookkit.paths import BOOK, SITE, pages

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SENTENCE, WAYS, BOARD = ".pitch > p:first-child", ".ways li", ".live-draw canvas"
BYLINE, CODE = ".byline li", ".few-lines pre"
MOST_BYTES = 300_000  # of the first page, compressed
MOST_SHIFT = 0.02
# Notes how far things jumped from the first paint on; `shiftSoFar` says it once fonts have come and
# two more frames were painted.
SHIFTS = """{
  let sum = 0;
  const note = (entries) => {
    for (const { value, hadRecentInput } of entries) sum += hadRecentInput ? 0 : value;
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  window.shiftSoFar = async () => {
    await document.fonts.ready;
    await frame();
    await frame();
    note(observer.takeRecords());
    return sum;
  };
}"""


@pytest.fixture
def first_page(browser, server):
    """Open the first page of a language in a window of a size, where its live figure is on."""
    contexts = []

    def get(language, viewport, **options):
        contexts.append(browser.new_context(viewport=viewport, **options))
        contexts[-1].add_init_script(SHIFTS)
        page = contexts[-1].new_page()
        page.goto(f"{server}/{language}/index.html")
        return page

    yield get
    for context in contexts:
        context.close()


def bottoms(page, selector):
    return [
        box["y"] + box["height"]
        for each in page.locator(selector).all()
        if (box := each.bounding_box())
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_desktop_shows_sentence_digit_and_ways_in_at_once(first_page, language):
    page = first_page(language, DESKTOP)
    expect(page.locator(BOARD)).to_be_visible()
    assert len(bottoms(page, WAYS)) == 3
    for selector in (BYLINE, SENTENCE, WAYS, CODE, BOARD, ".live-bars", ".live-units"):
        assert max(bottoms(page, selector)) <= DESKTOP["height"], selector
    assert min(box for box in bottoms(page, BOARD)) > 256  # below its own top, on the screen


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_shows_the_sentence_and_the_ways_in_and_where_the_digit_begins(
    first_page, language
):
    page = first_page(language, PHONE)
    expect(page.locator(BOARD)).to_be_visible()
    assert len(bottoms(page, WAYS)) == 3
    assert max(bottoms(page, SENTENCE) + bottoms(page, WAYS)) <= PHONE["height"]
    assert page.locator(BOARD).bounding_box()["y"] <= PHONE["height"] - 40
    assert min(bottoms(page, CODE)) > max(bottoms(page, BOARD))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_byline_says_with_what_and_how_much_of_the_book_ran(parsed, site_file, language):
    facts = [each.get_text() for each in parsed(site_file(f"{language}/index.html")).select(BYLINE)]
    keras = importlib.metadata.version("keras")
    assert re.search(r"Keras (\d+\.\d+)", facts[0])[1] == ".".join(keras.split(".")[:2])
    texts = [(BOOK / language / f"{name}.md").read_text("utf-8") for name in pages(BOOK / language)]
    cells = [re.findall(r"^```\{code-cell\}.*?^```", text, re.M | re.S) for text in texts]
    chapters = sum(map(bool, cells))
    shown = sum("remove-cell" not in cell for page in cells for cell in page)
    assert re.findall(r"\d[\d,]*(?= )", facts[1]) == [f"{chapters:,}", f"{shown:,}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_of_the_first_screen_is_that_of_a_cell(parsed, site_file, language):
    page = parsed(site_file(f"{language}/index.html"))
    (code,) = page.select(CODE)
    cells = [cell.get_text() for cell in page.select("div.cell_input pre")]
    assert code.get_text().startswith("model = keras.Sequential([")
    assert sum(cell.startswith(code.get_text().rstrip()) for cell in cells) == 1


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_to_choose_on_fits_one_screen(browser, server, viewport):
    page = browser.new_page(viewport=viewport)
    page.goto(f"{server}/index.html")
    for selector, count in ((".sentence", 2), (".read", 2), ("section li", 6), (".parts img", 8)):
        assert page.locator(selector).count() == count
        assert max(bottoms(page, selector)) <= viewport["height"], selector
    page.close()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_jumps_when_the_digit_comes_to_life(first_page, language, viewport):
    page = first_page(language, viewport)
    expect(page.locator(BOARD)).to_be_visible()
    page.mouse.wheel(0, 1)
    assert page.evaluate("shiftSoFar()") <= MOST_SHIFT


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_is_light(first_page, server, language):
    page = first_page(language, DESKTOP)
    expect(page.locator(BOARD)).to_be_visible()
    page.wait_for_load_state("networkidle")
    asked = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    assert any("/live/digit.js" in each for each in asked)
    paths = {urlsplit(each).path for each in asked} | {f"/{language}/index.html"}
    sizes = {path: len(gzip.compress((SITE / path[1:]).read_bytes(), 6)) for path in paths}
    assert sum(sizes.values()) <= MOST_BYTES, sizes


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_part_has_a_card_with_a_result_of_its_own(parsed, site_file, language):
    page = site_file(f"{language}/index.html")
    cards = parsed(page).select(".parts li")
    captions = parsed(page).select(".bd-links p.caption")
    assert len(cards) == len(captions) == 8
    pictures = [card.img for card in cards]
    assert len({each["src"] for each in pictures}) == len(cards)
    assert all(each["alt"] for each in pictures)
    assert all((page.parent / each["src"]).stat().st_size < 25_000 for each in pictures)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("selector", [WAYS, ".parts li"])
def test_ways_and_cards_are_targets_as_a_whole(first_page, language, selector):
    page = first_page(language, DESKTOP)
    for position in range(page.locator(selector).count()):
        card = page.locator(selector).nth(position)
        card.scroll_into_view_if_needed()
        address = card.locator("a").first.evaluate("each => each.href")
        box = card.bounding_box()
        reached = page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).closest('a')?.href",
            [box["x"] + box["width"] - 6, box["y"] + 6],
        )
        assert reached == address
        assert (SITE / urlsplit(address).path[1:]).is_file()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_button_brings_the_contents_back(first_page, language):
    page = first_page(language, DESKTOP)
    contents = page.locator(".bd-links a").nth(3)
    expect(contents).to_be_hidden()
    expect(page.locator(".bd-header-article .search-button__button")).to_be_visible()
    page.locator("button.primary-toggle").click()
    expect(contents).to_be_visible()


def test_every_page_has_the_mark_and_frames_it_in_its_colors(parsed_elements, page):
    head = parsed_elements(page.html, "head")
    icons = [page.html.parent / link["href"] for link in head.select('link[rel="icon"]')]
    assert [icon.resolve().name for icon in icons] == ["favicon.ico", "favicon.svg"]
    assert all(icon.is_file() for icon in icons)
    assert len(head.select('meta[name="theme-color"][media]')) == 2
