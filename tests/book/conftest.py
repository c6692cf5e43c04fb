"""What the tests of the book share: the pages found on disk and what was built from them."""

import ast
import re
import types
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, SoupStrainer
from playwright.sync_api import BrowserContext, Locator, expect

from bench.serving import serve
from bookkit.languages import LANGUAGES
from bookkit.paths import BOOK, BUILD, CODE, ROOT, SITE, pages
from bookkit.web.publishing import SCRIPT

CODE_CELL = re.compile(r"^`{3,}\{code-cell\}", re.MULTILINE)
FIGURE = re.compile(r"^[`:]{3,}\{(cell-)?figure\}", re.MULTILINE)
DESKTOP = {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Page:
    """One page in one language: its source, and where the build puts what comes from it."""

    language: str
    name: str

    def __str__(self) -> str:
        return f"{self.language}/{self.name}"

    @property
    def source(self) -> Path:
        return BOOK / self.language / f"{self.name}.md"

    @cached_property
    def text(self) -> str:
        return self.source.read_text(encoding="utf-8")

    @property
    def has_cells(self) -> bool:
        return CODE_CELL.search(self.text) is not None

    @property
    def html(self) -> Path:
        return built(SITE / self.language / f"{self.name}.html")

    @property
    def script(self) -> Path:
        return built(BUILD / "notebooks" / self.language / f"{self.name}{SCRIPT}")

    @property
    def notebook(self) -> Path:
        return built(BUILD / "notebooks" / self.language / f"{self.name}.ipynb")

    @cached_property
    def structure(self):
        from bookkit.pages import structure

        return structure.read(self.source)

    @cached_property
    def expanded(self) -> list:
        """The code cells as they run."""
        from bookkit.pages import reader

        notebook, *_ = reader.parse(self.text, self.source, CODE)
        return [cell for cell in notebook.cells if cell.cell_type == "code"]

    @cached_property
    def executed(self):
        """The exported notebook, without the cell that readies Colab (see `publishing`)."""
        import nbformat

        notebook = nbformat.read(self.notebook, as_version=nbformat.NO_CONVERT)
        notebook.cells = [cell for cell in notebook.cells if cell.id != "setup"]
        return notebook

    @property
    def executed_cells(self) -> list:
        return [cell for cell in self.executed.cells if cell.cell_type == "code"]


def built(path: Path) -> Path:
    """Fail with the cure when the build has not made a file."""
    if not path.is_file():
        pytest.fail(f"{path.relative_to(ROOT)} is missing: run make html")
    return path


@cache
def soup(path: Path):
    """Parse a built page once for all tests."""
    return BeautifulSoup(built(path).read_text(encoding="utf-8"), "lxml")


def elements(path: Path, name: str) -> BeautifulSoup:
    """Parse the elements of one name of a built page, in a tenth of the time of the whole."""
    text = built(path).read_text(encoding="utf-8")
    return BeautifulSoup(text, "lxml", parse_only=SoupStrainer(name))


NAMES = sorted({name for language in LANGUAGES for name in pages(BOOK / language)})
PAGES = [
    Page(language, name)
    for name in NAMES
    for language in LANGUAGES
    if (BOOK / language / f"{name}.md").is_file()
]
# A page that only one language has is parity's business; tests of twins leave it out.
TWINS = [
    tuple(twins)
    for name in NAMES
    if len(twins := [page for page in PAGES if page.name == name]) == len(LANGUAGES)
]
ADDRESSES = ["index.html", *(f"{page}.html" for page in PAGES)]
# What takes seconds a page and is the same for pages of a kind looks at these, and weekly at all.
SAMPLED = (
    "index.html", "zh/index.html", "en/glossary.html", "zh/messages.html", "en/snippets.html",
    "zh/concepts/losses.html", "en/frameworks/keras.html", "zh/workflow/testing.html",
    "en/applications/object-detection.html", "zh/beyond/scale.html", "en/outlook/attention.html",
    "zh/outlook/forecasts.html",
)  # fmt: skip
assert set(SAMPLED) <= set(ADDRESSES)
# What takes seconds a page and comes from its tables, code and figures, which its languages share,
# looks at one language of each page in turn, and weekly at both.
IN_TURN = {"index.html"} | {
    f"{twins[number % len(twins)]}.html" for number, twins in enumerate(TWINS)
}


def weekly_but(chosen: Collection[str], whole: Iterable) -> list:
    """Leave to the weekly run all whose address is not among the chosen."""
    return [
        each
        if (each if isinstance(each, str) else f"{each}.html") in chosen
        else pytest.param(each, marks=pytest.mark.weekly)
        for each in whole
    ]


CHOSEN = {
    "page": PAGES,
    "chinese_page": [page for page in PAGES if page.language == "zh"],
    "cell_page": [page for page in PAGES if page.has_cells],
    "pictured_page": [page for page in PAGES if FIGURE.search(page.text)],
    "cell_twins": [twins for twins in TWINS if twins[0].has_cells],
    "address": ADDRESSES,
    "judged_address": weekly_but(SAMPLED, ADDRESSES),
    "judged_page": weekly_but(SAMPLED, PAGES),
    "looked_address": weekly_but(IN_TURN, ADDRESSES),
    "looked_page": weekly_but(IN_TURN, PAGES),
    "looked_figures": weekly_but(IN_TURN, [page for page in PAGES if FIGURE.search(page.text)]),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each page, pair of pages or address that its argument names."""
    for name in [name for name in CHOSEN if name in metafunc.fixturenames]:
        metafunc.parametrize(name, CHOSEN[name], ids=name_of)


def name_of(chosen: Page | tuple[Page, ...] | str) -> str:
    return chosen[0].name if isinstance(chosen, tuple) else str(chosen)


@pytest.fixture(scope="session")
def book() -> types.SimpleNamespace:
    """Every page, for tests that look at the book as a whole."""
    return types.SimpleNamespace(pages=PAGES, addresses=ADDRESSES)


@pytest.fixture(scope="session")
def parsed() -> Callable:
    """Give the parsed tree of a built page."""
    return soup


@pytest.fixture(scope="session")
def parsed_elements() -> Callable:
    """Give the parsed elements of one name of a built page."""
    return elements


@cache
def outputs_of(name: str) -> list[dict]:
    """Read what the cells of a page put out in this build, removed ones too."""
    from jupyter_cache import get_cache

    from bookkit.pages import reader
    from bookkit.running import cache as runs

    views = runs.views()
    data = runs.describe(views.get(name, views[""]))
    notebook = reader.read_page(BOOK / "en" / f"{name}.md", CODE, data)
    (folder,) = (path for path in (BUILD / "cache").iterdir() if path.is_dir())
    cells = runs.executed(get_cache(folder), notebook).cells
    return [output for cell in cells for output in cell.get("outputs", [])]


@pytest.fixture(scope="session")
def glued() -> Callable:
    """Give what a page glued under a name."""

    def find(page: str, name: str) -> object:
        for output in outputs_of(page):
            told = output.get("metadata", {}).get("scrapbook", {})
            if told.get("name") == name:
                return ast.literal_eval(output["data"][told["mime_prefix"] + "text/plain"])
        pytest.fail(f"{page} glued nothing as {name!r}")

    return find


@pytest.fixture(scope="session")
def printed() -> Callable:
    """Give what the cells of a page printed."""
    return lambda page: "".join(output.get("text", "") for output in outputs_of(page))


@pytest.fixture(scope="session")
def site_file() -> Callable:
    """Give the path of a file of the built site, or fail with the cure."""
    return lambda address: built(SITE / address)


@pytest.fixture(scope="session")
def server(site_file) -> Iterator[str]:
    site_file("index.html")
    with serve(SITE) as site:
        yield site.address.rstrip("/")


@pytest.fixture
def context(browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP)
    yield context
    context.close()


@pytest.fixture
def live_figure(context, server) -> Callable:
    """Give the live figure of a page, opened in a language, when it is on."""

    def find(script: str, page: str, language: str) -> Locator:
        opened = context.new_page()
        opened.goto(f"{server}/{language}/{page}")
        figure = opened.locator(f'figure:has(> .live[data-live="{script}"])')
        figure.scroll_into_view_if_needed()
        expect(figure.locator(".live-panel")).to_be_visible()
        return figure

    return find
