"""What a reader of one chapter downloads and waits for, against the same page with a stock theme.

The stock site is made of the executed notebooks of one language: what Sphinx, MyST-NB and the theme
make of the same text, cells and outputs with no setting but the one that reads formulas. MathJax
comes from another host there, and its bytes are not counted.
"""

import shutil
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from bench import browsing
from bench.measure import Row, python, ratio, seconds, share, size
from bench.serving import Site, serve
from bookkit.languages import FALLBACK
from bookkit.paths import SITE

LANGUAGE, VIEWED = FALLBACK, "applications/image-classification"
QUERIES = ["batch size", "early stopping", "decision boundary", "average precision", "leakage"]
PAINTS = 16  # loads of a page, of which the median is taken: five do not tell 5%
# Bytes that a reader may have to transfer.
FIRST_VIEW, QUERY = 260_000, 300_000
ANSWER_MS = 150
STOCK_CONF = """\
extensions = ["myst_nb"]
html_theme = "sphinx_book_theme"
nb_execution_mode = "off"
myst_enable_extensions = ["amsmath", "dollarmath"]
"""


def measure() -> list[Row]:
    """Measure the built site."""
    with (
        browsing.built_site() as (browser, ours),
        tempfile.TemporaryDirectory(prefix="keras-book-bench-") as folder,
        serve(stock_site(Path(folder))) as stock,
    ):
        return reading_rows(browser, ours, stock)


def stock_site(folder: Path) -> Path:
    """Build the notebooks of one language with the theme and MyST-NB as they come."""
    source, target = folder / "source", folder / "html"
    shutil.copytree(SITE / LANGUAGE / "notebooks", source, ignore=shutil.ignore_patterns("*.py"))
    names = sorted(path.relative_to(source).as_posix() for path in source.rglob("*.ipynb"))
    contents = "\n".join(f"   {name.removesuffix('.ipynb')}" for name in names)
    index = f"Stock\n=====\n\n.. toctree::\n\n{contents}\n"
    (source / "index.rst").write_text(index, encoding="utf-8")
    (source / "conf.py").write_text(STOCK_CONF, encoding="utf-8")
    arguments = ["-m", "sphinx", "-q", "-b", "html", str(source), str(target)]
    python("the same pages with the stock theme", *arguments)
    return target


def reading_rows(browser: Browser, ours: Site, stock: Site) -> list[Row]:
    """Measure ours and stock in turn; a time is no problem of the book on a busy machine."""
    own = ours, f"{LANGUAGE}/{VIEWED}.html"
    base = stock, f"{VIEWED}.html"
    seen, stock_seen = (browsing.first_view(browser, *page) for page in (own, base))
    paint, stock_paint = largest_paints(browser, own, base)
    held_up, stock_held_up = (browsing.blocking(browser, *page) for page in (own, base))
    query, answered_ms = browsing.search(browser, *own, QUERIES)
    stock_query = browsing.stock_search(browser, *base, QUERIES[0])
    answer_share = share(answered_ms, ANSWER_MS)
    return [
        size_row(f"first view, {VIEWED}", seen, FIRST_VIEW, "stock", stock_seen),
        Row(
            "files that hold the first paint up",
            f"{held_up[0]}, {size(held_up[1])}",
            ratio(held_up[1], stock_held_up[1]),
            f"stock, {stock_held_up[0]}, {size(stock_held_up[1])}",
        ),
        Row(
            f"largest contentful paint, processor at 1/{browsing.THROTTLING}, {VIEWED}",
            seconds(paint / 1000),
            ratio(paint, stock_paint),
            f"stock, {seconds(stock_paint / 1000)}",
        ),
        size_row("one query, engine and index", query, QUERY, "Sphinx's search page", stock_query),
        Row("its answer, index warm", seconds(answered_ms / 1000), answer_share, f"{ANSWER_MS} ms"),
    ]


def largest_paints(browser: Browser, *pages: tuple[Site, str]) -> list[float]:
    """Return the median largest paint of each page in ms, loaded in turn, each as often first."""
    times: list[list[float]] = [[] for _ in pages]
    for turn in range(PAINTS):
        for step in range(len(pages)):
            index = (turn + step) % len(pages)
            times[index].append(browsing.largest_paint_ms(browser, *pages[index]))
    return list(map(median, times))


def size_row(name: str, value: int, limit: int, base: str, base_value: int) -> Row:
    """Compare what was transferred with what stock transfers and with what it may be."""
    problem = f"{size(value)} transferred, at most {size(limit)} wanted" if value > limit else ""
    against = f"{base}, {size(base_value)}; at most {size(limit)}"
    return Row(name, size(value), ratio(value, base_value), against, problem)
