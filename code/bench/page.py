"""The weight of the site, and what a reader waits for, against the same pages with a stock theme.

The stock site is made of the executed notebooks of one language: what Sphinx, MyST-NB and the theme
make of the same text, cells and outputs with no setting but the one that reads formulas. MathJax
comes from another host there; it is named among the requests, and its bytes are not counted.
"""

import shutil
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from bench import browsing, builds
from bench.browsing import View
from bench.measure import environment, python
from bench.report import Row, ratio, seconds, share, size
from bench.serving import Site, serve
from bookkit.paths import LANGUAGES

VIEWED, SECOND = "applications/image-classification", "concepts/neurons"
LANGUAGE = "en"
QUERIES = ["batch size", "early stopping", "decision boundary", "average precision", "leakage"]
PAINTS = 16  # loads of a page, of which the median is taken: five do not tell 5%
# Bytes that a reader may have to transfer.
FIRST_VIEW, SECOND_VIEW, QUERY = 350_000, 120_000, 300_000
ANSWER_MS = 150
STOCK_CONF = """\
extensions = ["myst_nb"]
html_theme = "sphinx_book_theme"
nb_execution_mode = "off"
myst_enable_extensions = ["amsmath", "dollarmath"]
"""


def measure(project: Path, rounds: int) -> list[Row]:
    """Measure the site of the copy; sizes do not vary, so one round is enough."""
    site = project / "_build" / "html"
    if not (site / "index.html").is_file():
        builds.build(project, "building the site")
    return site_rows(site) + reading_rows(project, site)


def site_rows(site: Path) -> list[Row]:
    """Weigh the site on disk."""
    sizes = {path: path.stat().st_size for path in site.rglob("*") if path.is_file()}
    whole = sum(sizes.values())
    rows = [Row(f"site, {len(sizes)} files", size(whole))]
    for language in LANGUAGES:
        below = sum(value for path, value in sizes.items() if path.is_relative_to(site / language))
        rows.append(Row(f"  {language}/", size(below), share(below, whole), "site"))
    return rows


def stock_site(project: Path, site: Path, target: Path) -> None:
    """Build the notebooks of one language with the theme and MyST-NB as they come."""
    source = target.parent / "stock"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(site / LANGUAGE / "notebooks", source, ignore=shutil.ignore_patterns("*.py"))
    names = sorted(path.relative_to(source).as_posix() for path in source.rglob("*.ipynb"))
    contents = "\n".join(f"   {name.removesuffix('.ipynb')}" for name in names)
    index = f"Stock\n=====\n\n.. toctree::\n\n{contents}\n"
    (source / "index.rst").write_text(index, encoding="utf-8")
    (source / "conf.py").write_text(STOCK_CONF, encoding="utf-8")
    arguments = ["-m", "sphinx", "-q", "-b", "html", str(source), str(target)]
    python("the same pages with the stock theme", *arguments, cwd=source, env=environment(project))


def reading_rows(project: Path, site: Path) -> list[Row]:
    """Measure what a reader of one chapter waits for, ours and stock in turn."""
    if browsing.program() is None:
        print("  no Chromium, reading is left out: apt-get install chromium", flush=True)
        return [Row("first view of a page", "not measured", "", "apt-get install chromium")]
    stock_folder = project.parent / "stock-html"
    stock_site(project, site, stock_folder)
    names = [f"{name}.html" for name in (VIEWED, SECOND)]
    with browsing.chromium() as browser, serve(site) as ours, serve(stock_folder) as stock:
        own = [f"{LANGUAGE}/{name}" for name in names]
        seen = browsing.views(browser, ours, *own)
        base = browsing.views(browser, stock, *names)
        paints = [
            largest_paints(browser, (ours, one), (stock, other))
            for one, other in zip(own, names, strict=True)
        ]
        asked, answered = browsing.search(browser, ours, own[0], QUERIES)
        stock_asked = browsing.stock_search(browser, stock, names[0], QUERIES[0])
    rows = [*view_rows("first view", VIEWED, seen[0], base[0], FIRST_VIEW, share_of_stock=0.5)]
    rows += view_rows("second page", SECOND, seen[1], base[1], SECOND_VIEW)
    rows += [paint_row(name, *times) for name, times in zip((VIEWED, SECOND), paints, strict=True)]
    return rows + search_rows(asked, answered, stock_asked)


def largest_paints(browser: Browser, *pages: tuple[Site, str]) -> list[float]:
    """Return the median largest paint of each page in ms, loaded in turn, each as often first."""
    times: list[list[float]] = [[] for _ in pages]
    for turn in range(PAINTS):
        for index in range(len(pages)):
            which = (turn + index) % len(pages)
            times[which].append(browsing.largest_paint_ms(browser, *pages[which]))
    return [median(found) for found in times]


def view_rows(
    title: str, name: str, seen: View, stock: View, limit: int, share_of_stock: float | None = None
) -> list[Row]:
    """Compare what a view transferred with the stock page and with what it may transfer."""
    problem = over(seen.size, limit)
    if not problem and share_of_stock and seen.size > share_of_stock * stock.size:
        problem = f"more than {share_of_stock:.0%} of the stock page's {size(stock.size)}"
    elsewhere = f"stock, {size(stock.size)}; requests to other hosts: {stock.foreign}"
    heaviest = sorted(seen.sizes.items(), key=lambda entry: -entry[1])
    return [
        Row(f"{title}, {name}", size(seen.size), ratio(seen.size, stock.size), elsewhere, problem),
        Row("  at most", size(limit), share(seen.size, limit), "of it used"),
        Row("  requests", str(seen.requests), "", f"{seen.foreign} to other hosts"),
        *(
            Row(f"    {kind}", size(value), share(value, seen.size), "this view")
            for kind, value in heaviest
        ),
    ]


def over(value: int, limit: int) -> str:
    """Say that more was transferred than may be, or nothing."""
    return f"{size(value)} transferred, at most {size(limit)} wanted" if value > limit else ""


def paint_row(name: str, ours_ms: float, stock_ms: float) -> Row:
    """Compare largest paints; a time is no problem of the book on a busy machine."""
    return Row(
        f"largest contentful paint, processor at 1/{browsing.THROTTLING}, {name}",
        seconds(ours_ms / 1000),
        ratio(ours_ms, stock_ms),
        f"stock, {seconds(stock_ms / 1000)}",
    )


def search_rows(asked: int, answered_ms: float, stock_asked: int) -> list[Row]:
    """Report what a query transfers, and how long its answer takes once the index is there."""
    return [
        Row(
            "one query, engine and index",
            size(asked),
            ratio(asked, stock_asked),
            f"Sphinx's search page, {size(stock_asked)}",
            over(asked, QUERY),
        ),
        Row("  at most", size(QUERY), share(asked, QUERY), "of it used"),
        Row(
            "its answer, index warm",
            seconds(answered_ms / 1000),
            share(answered_ms, ANSWER_MS),
            f"of {ANSWER_MS} ms",
        ),
    ]
