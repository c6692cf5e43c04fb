"""What a browser transfers and waits for: a first view, its largest paint, a search."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from bench.serving import Site, serve
from bookkit.errors import BookError, MissingTool
from bookkit.paths import SITE

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# No other host answers: nobody waits for what a page loads from elsewhere.
ARGUMENTS = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
THROTTLING = 4
LARGEST_PAINT = """() => new Promise(done => {
    new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
        .observe({type: "largest-contentful-paint", buffered: true});
})"""
# Files without which a browser paints nothing: how many, and their bytes as sent.
BLOCKING = """() => performance.getEntriesByType("resource")
    .filter(file => file.renderBlockingStatus === "blocking")
    .reduce(([count, size], file) => [count + 1, size + file.encodedBodySize], [0, 0])"""
# Milliseconds from the last letter of a query to its first hit.
ANSWER = """query => new Promise(done => {
    const box = document.querySelector("#pst-search-dialog input");
    const list = document.getElementById("book-search-results");
    list.replaceChildren();
    const started = performance.now();
    new MutationObserver((_, observer) => {
        if (!list.children.length) return;
        observer.disconnect();
        done(performance.now() - started);
    }).observe(list, {childList: true});
    box.value = query;
    box.dispatchEvent(new Event("input", {bubbles: true}));
})"""


@contextmanager
def built_site() -> Iterator[tuple[Browser, Site]]:
    """Serve the built site, and open a browser that reaches this machine only.

    Raises:
        BookError: the site has not been built, or there is no browser.
    """
    if not (SITE / "index.html").is_file():
        raise BookError("the site has not been built: make html")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise MissingTool("this needs a browser: apt-get install chromium")
    with (
        serve(SITE) as site,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program, args=ARGUMENTS) as browser,
    ):
        yield browser, site


@contextmanager
def opened(browser: Browser, address: str, throttling: int = 1) -> Iterator[Page]:
    """Open a page as a reader who comes for the first time, on a slower processor if asked."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.set_default_timeout(60_000)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": throttling})
        page.goto(address, wait_until="networkidle")
        page.evaluate("() => document.fonts.ready.then(() => null)")  # late on a busy machine
        yield page


def first_view(browser: Browser, site: Site, address: str) -> int:
    """Return the bytes that a page transfers to a reader who comes for the first time."""
    site.sizes.clear()
    with opened(browser, site.address + address):
        return sum(site.sizes)


def blocking(browser: Browser, site: Site, address: str) -> tuple[int, int]:
    """Return how many files hold the first paint of a page up, and their bytes."""
    with opened(browser, site.address + address) as page:
        count, size = page.evaluate(BLOCKING)
        return count, size


def largest_paint_ms(browser: Browser, site: Site, address: str) -> float:
    """Return when the largest content of a page was painted, on a processor a quarter as fast."""
    with opened(browser, site.address + address, THROTTLING) as page:
        return page.evaluate(LARGEST_PAINT)


def search(browser: Browser, site: Site, address: str, queries: list[str]) -> tuple[int, float]:
    """Search from a page that has loaded.

    Returns:
        the bytes that the first query transferred, search engine included, and the median of the
        milliseconds in which all are answered once the index is there.
    """
    with opened(browser, site.address + address) as page:
        site.sizes.clear()
        page.keyboard.press("Control+K")
        page.evaluate(ANSWER, queries[0])
        page.wait_for_load_state("networkidle")
        size = sum(site.sizes)
        for query in queries:
            page.evaluate(ANSWER, query)
        return size, median(page.evaluate(ANSWER, query) for query in queries)


def stock_search(browser: Browser, site: Site, address: str, query: str) -> int:
    """Return the bytes that a query on Sphinx's own search page transfers after a page."""
    with opened(browser, site.address + address) as page:
        site.sizes.clear()
        page.goto(f"{site.address}search.html?q={query}", wait_until="networkidle")
        return sum(site.sizes)
