"""What a reader meets in a browser: copying, switching language, dark mode, a phone, no network."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import playwright.sync_api
import pytest
from contrast import COLORS, luminance
from paper import A4, PRINTED_WIDE
from playwright.sync_api import BrowserContext, Page, expect

from bookkit.languages import LANGUAGES, ORIGINAL
from bookkit.paths import SITE

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
OTHER = list(LANGUAGES)[1]
SWITCHER = ".language-switcher a:visible"


@pytest.fixture(scope="module")
def plain_context(browser) -> Iterator[BrowserContext]:
    """A browser without JavaScript."""
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)
    yield context
    context.close()


@pytest.fixture(scope="module")
def long_page(book) -> SimpleNamespace:
    """The page with the most sections: its name and the labels of its sections."""
    page = max(
        (page for page in book.pages if page.language == ORIGINAL),
        key=lambda page: len(page.structure.sections),
    )
    labels = [section.label for section in page.structure.sections if section.level]
    return SimpleNamespace(name=page.name, labels=labels)


# Copying


@pytest.mark.sampled("zh")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_copy_button_copies_what_ran(book, context, server, language):
    candidates = [page for page in book.pages if page.has_cells and page.language == language]
    chosen = max(candidates, key=lambda page: len(page.executed_cells))
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
    page = context.new_page()
    page.goto(f"{server}/{chosen}.html")
    expect(page.locator("button.copybtn").first).to_be_attached()
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    buttons = page.locator("div.cell_input button.copybtn")
    copied = []
    for position in range(buttons.count()):
        page.evaluate("navigator.clipboard.writeText('')")
        buttons.nth(position).click()
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    assert copied == [cell.source for cell in chosen.executed_cells]


# Switching language


FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def scroll_to(page: Page, label: str) -> bool:
    """Scroll a section to the top.

    Returns:
        whether it got there: the page may end before.
    """
    page.evaluate(
        "label => document.getElementById(label).scrollIntoView({behavior: 'instant'})", label
    )
    page.evaluate(FRAMES)
    return page.evaluate(
        "label => document.getElementById(label).getBoundingClientRect().top < innerHeight / 3",
        label,
    )


def follow_link_to(page: Page, label: str) -> bool:
    """Go to a section as a link in the table of contents does, which names it in the address."""
    page.evaluate("label => { location.hash = label; }", label)
    page.evaluate(FRAMES)
    return True


def switch(page: Page, language: str) -> None:
    """Follow the language switcher where it stands, and wait until the page is there."""
    # Not `click()`, which scrolls the page first when the sticky header lies in its scroll padding.
    box = page.locator(SWITCHER).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(lambda url: f"/{language}/" in url)
    page.wait_for_load_state("load")


# The heading is on screen and nothing, such as the sticky header, lies over it.
READABLE = """label => {
    const heading = document.getElementById(label).querySelector("h1, h2, h3, h4, h5, h6");
    const box = heading.getBoundingClientRect();
    if (box.top < 0 || box.bottom > window.innerHeight) return false;
    const range = document.createRange();
    range.selectNodeContents(heading);
    const words = range.getClientRects()[0];
    const above = document.elementFromPoint(words.left + 2, words.top + words.height / 2);
    return heading.contains(above);
}"""


def lands(page: Page, language: str, name: str, label: str) -> str | None:
    """Say what is wrong with where a page opened, if anything."""
    if not unquote(urlsplit(page.url).path).endswith(f"/{language}/{name}.html"):
        return f"opened {page.url}"
    try:
        page.wait_for_function(READABLE, arg=label)
    except playwright.sync_api.TimeoutError:
        return f"the heading is not in view at {page.url}"
    return None


def tour(page: Page, base: str, long_page: SimpleNamespace, labels: list[str], go) -> list[str]:
    """Switch there and back again at each section.

    Returns:
        what went wrong, a line a section.
    """
    problems = []
    here, there = ORIGINAL, OTHER
    start = f"{base}/{here}/{long_page.name}.html"
    page.goto(start)
    for label in labels:
        expected = {label, ""} if label == long_page.labels[0] else {label}
        reached = go(page, label)
        for language in (there, here):
            switch(page, language)
            problem = lands(page, language, long_page.name, label)
            if problem is None and reached and urlsplit(page.url).fragment not in expected:
                problem = f"opened {page.url}"
            if problem:
                problems.append(f"{label} -> {language}: {problem}")
                page.goto(start)
                break
    return problems


def test_the_switcher_stays_on_sections(context, server, long_page):
    assert len(long_page.labels) > 1
    # every fourth section: a page has dozens
    assert tour(context.new_page(), server, long_page, long_page.labels[::4], scroll_to) == []


def test_the_switcher_stays_on_the_section_from_disk(context, long_page):
    labels = long_page.labels
    some = [labels[0], labels[len(labels) // 2], labels[-1]]
    assert tour(context.new_page(), SITE.as_uri(), long_page, some, follow_link_to) == []


def test_the_switcher_stays_on_the_section_on_a_phone(browser, server, long_page):
    context = browser.new_context(viewport=PHONE)
    labels = long_page.labels
    some = [labels[1], labels[len(labels) // 2], labels[-1]]
    assert tour(context.new_page(), server, long_page, some, follow_link_to) == []
    context.close()


@pytest.mark.parametrize("base", ["server", "disk"])
def test_the_switcher_works_without_javascript(plain_context, server, long_page, base):
    address = server if base == "server" else SITE.as_uri()
    page = plain_context.new_page()
    page.goto(f"{address}/{ORIGINAL}/{long_page.name}.html")
    for language in (OTHER, ORIGINAL):
        switch(page, language)
        assert unquote(urlsplit(page.url).path).endswith(f"/{language}/{long_page.name}.html")
    page.close()


# The entry page


def test_the_entry_page_waits_for_a_choice_and_remembers_it(context, server):
    page = context.new_page()
    page.goto(f"{server}/")
    assert urlsplit(page.url).path == "/"
    for language in LANGUAGES:
        page.goto(f"{server}/index.html?choose")
        page.locator(f'a[href="{language}/index.html"]').click()
        page.wait_for_url(f"**/{language}/index.html")
        page.goto(f"{server}/")
        page.wait_for_url(f"**/{language}/index.html")


def test_the_entry_page_follows_the_switcher(context, server, long_page):
    page = context.new_page()
    page.goto(f"{server}/{ORIGINAL}/{long_page.name}.html")
    switch(page, OTHER)
    page.goto(f"{server}/")
    page.wait_for_url(f"**/{OTHER}/index.html")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_entry_page_works_without_javascript(plain_context, server, language):
    page = plain_context.new_page()
    page.goto(f"{server}/")
    page.locator(f'a[href="{language}/index.html"]').click()
    page.wait_for_url(f"**/{language}/index.html")
    page.close()


# Colors


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_new_reader_gets_the_mode_of_the_system(browser, server, long_page, scheme):
    context = browser.new_context(viewport=DESKTOP, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server}/{ORIGINAL}/{long_page.name}.html")
    page.wait_for_function("mode => document.documentElement.dataset.theme === mode", arg=scheme)
    seen = page.evaluate(COLORS, "article p")[0]
    assert (luminance(seen["back"]) < luminance(seen["text"])) == (scheme == "dark")
    context.close()


def test_the_downloads_open_by_keyboard(book, context, server):
    page = context.new_page()
    page.goto(f"{server}/{next(each for each in book.pages if each.has_cells)}.html")
    menu = page.locator("details.downloads")
    link = menu.locator("a").first
    expect(link).not_to_be_visible()
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".ipynb")


# On paper


CLICKED = (
    ".bd-sidebar-primary, .bd-sidebar-secondary, .bd-header-article, .language-switcher, "
    ".theme-switch-button, .search-button, .copybtn, .headerlink, .prev-next-footer, "
    "#pst-back-to-top"
)
SHOWN = "selector => [...document.querySelectorAll(selector)].filter(one => one.checkVisibility())"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_printed_page_is_light_has_nothing_to_click_and_fits(browser, server, long_page, scheme):
    context = browser.new_context(viewport=A4, color_scheme=scheme)
    page = context.new_page()
    for language in LANGUAGES:
        page.goto(f"{server}/{language}/{long_page.name}.html")
        page.wait_for_function(
            "mode => document.documentElement.dataset.theme === mode", arg=scheme
        )
        expect(page.locator("button.copybtn").first).to_be_attached()
        folded = page.evaluate(f"({SHOWN})('article details:not([open])').length")
        assert folded
        page.emulate_media(media="print")
        page.wait_for_function("() => document.documentElement.dataset.theme === 'light'")
        assert page.evaluate(f"({SHOWN})(`{CLICKED}`).map(one => one.outerHTML.slice(0, 80))") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= A4["width"]
        assert page.evaluate(PRINTED_WIDE) == []
        assert page.evaluate("document.querySelectorAll('article details:not([open])').length") == 0
        text = page.evaluate(COLORS, "article p")[0]
        assert text["back"] == [255, 255, 255]
        link, plain = page.evaluate(
            "['article p > a', 'article p'].map(one => "
            "getComputedStyle(document.querySelector(one)).color)"
        )
        assert link == plain
        expect(page.locator("article h1")).to_be_visible()
        page.emulate_media(media="screen")
        page.wait_for_function(
            "mode => document.documentElement.dataset.theme === mode", arg=scheme
        )
        page.wait_for_function(
            f"() => ({SHOWN})('article details:not([open])').length === {folded}"
        )
    context.close()


# A missing page


@pytest.fixture
def missing(context, server, site_file):
    """Serve the page for missing addresses as publishers do: at any address without a file."""
    body = site_file("404.html").read_text(encoding="utf-8")
    # a site at the root of its host, whatever this build was told
    body = re.sub(r'<base href="[^"]*">', '<base href="./">', body)
    answer = {"status": 404, "content_type": "text/html; charset=utf-8", "body": body}
    context.route("**/gone/**", lambda route: route.fulfill(**answer))
    return context.new_page()


@pytest.mark.parametrize(("path", "language"), [("zh/gone/a/b", "zh"), ("en/gone/x", "en")])
def test_a_missing_page_leads_home_in_its_language(missing, server, path, language):
    missing.goto(f"{server}/{path}.html")
    first = min(missing.locator("h1").all(), key=lambda each: each.bounding_box()["y"])
    words = {"zh": "没有这一页", "en": "There is no such page"}
    assert first.inner_text() == words[language]
    missing.locator(f'a[href="{language}/index.html"]').click()
    missing.wait_for_url(f"{server}/{language}/index.html")


@pytest.mark.parametrize(("path", "query"), [("zh/gone/a", "卷积"), ("en/gone/x/y", "convolution")])
def test_a_missing_page_searches_the_book(missing, server, path, query):
    missing.goto(f"{server}/{path}.html")
    box = missing.locator(f'form[action="{path[:2]}/index.html"] input')
    box.fill(query)
    box.press("Enter")
    missing.wait_for_url(f"{server}/{path[:2]}/index.html?q=*")
    expect(missing.locator(".book-search-title").first).to_be_visible()


# Every page, once, on a phone


def is_own(url: str, server: str) -> bool:
    """Whether the book may ask for an address; icons are rules of the style sheet, and no font."""
    return url.startswith((f"{server}/", "data:", "blob:")) and "/webfonts/" not in url


@pytest.fixture(scope="module")
def tabs(browser) -> Iterator[dict[str, Page]]:
    """Give a tab for all pages, and one for the entry page, which leaves for a known language."""
    opened = {name: browser.new_context(viewport=PHONE).new_page() for name in ("entry", "pages")}
    yield opened
    for tab in opened.values():
        tab.context.close()


def visit(page: Page, address: str, server: str) -> list[str]:
    """Open a page on a phone.

    Returns:
        what it asks for elsewhere or in vain, and what it complains of.
    """
    wrong = []
    heard = {
        "request": lambda each: is_own(each.url, server) or wrong.append(f"far: {each.url}"),
        # the page before may still have been loading pictures
        "requestfailed": lambda each: (
            each.failure == "net::ERR_ABORTED" or wrong.append(f"failed: {each.url}")
        ),
        "response": lambda each: each.status < 400 or wrong.append(f"missing: {each.url}"),
        "console": lambda each: each.type == "error" and wrong.append(f"said: {each.text}"),
        "pageerror": lambda each: wrong.append(f"raised: {each}"),
    }
    for event, write in heard.items():
        page.on(event, write)
    page.goto(f"{server}/{address}", wait_until="load")
    for event, write in heard.items():
        page.remove_listener(event, write)
    return wrong


def test_a_page_asks_for_what_is_there_complains_of_nothing_and_shows_the_switcher(
    tabs, server, site_file, judged_address
):
    address = judged_address
    site_file(address)
    page = tabs["pages" if "/" in address else "entry"]
    assert visit(page, address, server) == []
    choices = page.locator(SWITCHER if "/" in address else "a.read:visible").all()
    assert len(choices) == (1 if "/" in address else len(LANGUAGES))
    for box in [each.bounding_box() for each in choices]:
        assert 0 <= box["x"] <= PHONE["width"] - box["width"]
        assert box["y"] < PHONE["height"]
        assert min(box["width"], box["height"]) >= 24  # a finger finds it (WCAG 2.5.8)
