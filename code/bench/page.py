"""The weight of the site, and of the first view of one page in a browser with an empty cache."""

import gzip
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench import builds
from bench.measure import environment, python
from bench.report import Row, ratio, share, size
from bookkit.paths import LANGUAGES

VIEWED = "applications/image-classification.html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class View:
    """What the first view of a page transferred."""

    requests: int
    foreign: int
    sent_bytes: int
    gzip_bytes: dict[str, int]  # by kind of resource: script, image, font ...


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Keep the log of requests out of the report."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port, without compression."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def view(browser, base: str, address: str) -> View:
    """Open a page in a fresh profile and add up what it loads."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    seen, finished = [], []  # Playwright takes functions only, no bound methods of lists
    page.on("request", lambda request: seen.append(request.url))
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(base + address, wait_until="networkidle")
    sent, compressed = 0, {}
    for request in finished:
        body = request.response().body()
        sent += request.sizes()["responseBodySize"]
        # A server compresses what gets smaller by it; pictures do not.
        small = min(len(body), len(gzip.compress(body, mtime=0)))
        compressed[request.resource_type] = compressed.get(request.resource_type, 0) + small
    context.close()
    loaded = [url for url in seen if not url.startswith(("data:", "blob:"))]
    foreign = sum(not url.startswith(base) for url in loaded)
    return View(len(loaded), foreign, sent, compressed)


def stock_site(project: Path) -> Path:
    """Build one page with the theme as it comes, to compare with."""
    source, target = project.parent / "stock", project.parent / "stock-html"
    source.mkdir(exist_ok=True)
    (source / "conf.py").write_text('html_theme = "sphinx_book_theme"\n', encoding="utf-8")
    (source / "index.rst").write_text("Stock\n=====\n\nA page.\n", encoding="utf-8")
    arguments = ["-m", "sphinx", "-q", "-b", "html", str(source), str(target)]
    python("a stock page of the theme", *arguments, cwd=source, env=environment(project))
    return target


def measure(project: Path, rounds: int) -> list[Row]:
    """Measure the site of the copy; sizes do not vary, so one round is enough."""
    site = project / "_build" / "html"
    if not (site / "index.html").is_file():
        builds.build(project, "building the site")
    return site_rows(site) + view_rows(project, site)


def site_rows(site: Path) -> list[Row]:
    """Weigh the site on disk."""
    sizes = {path: path.stat().st_size for path in site.rglob("*") if path.is_file()}
    whole = sum(sizes.values())
    rows = [Row(f"site, {len(sizes)} files", size(whole))]
    for language in LANGUAGES:
        below = sum(value for path, value in sizes.items() if path.is_relative_to(site / language))
        rows.append(Row(f"  {language}/", size(below), share(below, whole), "site"))
    return rows


def view_rows(project: Path, site: Path) -> list[Row]:
    """Weigh the first view of a page in each language, and of a stock page of the theme."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print("  no Chromium, first views are left out: apt-get install chromium", flush=True)
        return [Row("first view of a page", "not measured", "", "apt-get install chromium")]
    from playwright.sync_api import sync_playwright

    stock_folder = stock_site(project)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        with serve(stock_folder) as base:
            stock = view(browser, base, "index.html")
        with serve(site) as base:
            views = {
                language: view(browser, base, f"{language}/{VIEWED}") for language in LANGUAGES
            }
        browser.close()
    rows = _rows("a stock page of the theme", stock, stock)
    for language, seen in views.items():
        rows += _rows(f"{language}/{VIEWED}", seen, stock)
    return rows


def _rows(name: str, seen: View, stock: View) -> list[Row]:
    requests = f"{seen.requests} requests, {seen.foreign} to other hosts"
    whole, base = sum(seen.gzip_bytes.values()), sum(stock.gzip_bytes.values())
    heaviest = sorted(seen.gzip_bytes.items(), key=lambda entry: -entry[1])
    return [
        Row(f"first view of {name}, as sent", size(seen.sent_bytes), "", requests),
        Row("  compressed with gzip", size(whole), ratio(whole, base), "stock page, compressed"),
        *(
            Row(f"    {kind}", size(value), share(value, whole), "this view, compressed")
            for kind, value in heaviest
        ),
    ]
