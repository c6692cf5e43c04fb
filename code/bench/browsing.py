"""What a reader waits for: bytes of a first and a second page, the largest paint, a search."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from bench.serving import Site

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# No other host answers: what a page loads from elsewhere is counted, not waited for.
ARGUMENTS = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
WINDOW = {"width": 1280, "height": 800}
THROTTLING = 4
LARGEST_PAINT = """() => new Promise(done => {
    new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
        .observe({type: "largest-contentful-paint", buffered: true});
})"""
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


@dataclass(frozen=True)
class View:
    """What opening a page transferred."""

    requests: int
    foreign: int
    sizes: dict[str, int]  # bytes by media type

    @property
    def size(self) -> int:
        """The bytes in all."""
        return sum(self.sizes.values())


def program() -> str | None:
    """Return the Chromium of this machine."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open a browser that reaches this machine only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def fresh(browser: Browser) -> Iterator[Page]:
    """Open a tab with an empty cache."""
    context = browser.new_context(viewport=WINDOW)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def views(browser: Browser, site: Site, *addresses: str) -> list[View]:
    """Open pages one after the other, as a reader who comes for the first time."""
    found = []
    with fresh(browser) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for address in addresses:
            site.clear()
            asked.clear()
            page.goto(site.address + address, wait_until="networkidle")
            sizes: dict[str, int] = {}
            for each in site.sent:
                sizes[each.kind] = sizes.get(each.kind, 0) + each.size
            loaded = [url for url in asked if not url.startswith(("data:", "blob:"))]
            foreign = sum(not url.startswith(site.address) for url in loaded)
            found.append(View(len(loaded), foreign, sizes))
    return found


def largest_paint_ms(browser: Browser, site: Site, address: str) -> float:
    """Return when the largest content of a page was painted, on a processor a quarter as fast."""
    with fresh(browser) as page:
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLING})
        page.goto(site.address + address, wait_until="networkidle")
        return page.evaluate(LARGEST_PAINT)


def search(browser: Browser, site: Site, address: str, queries: list[str]) -> tuple[int, float]:
    """Search from a page that has loaded.

    Returns:
        the bytes that the first query transferred, search engine included, and the median of the
        milliseconds in which all are answered once the index is there.
    """
    with fresh(browser) as page:
        page.goto(site.address + address, wait_until="networkidle")
        site.clear()
        page.keyboard.press("Control+K")
        page.evaluate(ANSWER, queries[0])
        page.wait_for_load_state("networkidle")
        size = site.size()
        for query in queries:
            page.evaluate(ANSWER, query)
        return size, median(page.evaluate(ANSWER, query) for query in queries)


def stock_search(browser: Browser, site: Site, address: str, query: str) -> int:
    """Return the bytes that a query on Sphinx's own search page transfers after a page."""
    with fresh(browser) as page:
        page.goto(site.address + address, wait_until="networkidle")
        site.clear()
        page.goto(f"{site.address}search.html?q={query}", wait_until="networkidle")
        return site.size()
