"""What the tests of the machinery share: tiny pages, a hand-made environment, an open cache."""

import copy
import re
import shutil
import textwrap
import warnings
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.testing.util import SphinxTestApp

from bookkit.checks.book import Book
from bookkit.data import Dataset, DataView
from bookkit.languages import ENGLISH, LANGUAGES
from bookkit.paths import ROOT, pages
from bookkit.running import cache, execute
from bookkit.web import bundle, sections

PAGES = Path(__file__).parent / "tiny_book"
# The settings of the real book; what they look for beside themselves is named absolutely.
CONF = """\
import runpy

globals().update(runpy.run_path({root!r} + "/conf.py"))
templates_path = [{root!r} + "/book/_templates"]
html_static_path = [{root!r} + "/book/_static"]
"""
DATASETS = {
    "digits": Dataset("digits", "sample", "a1" * 32),
    "letters": Dataset("letters", "full", "b2" * 32),
}
FRONT = """\
---
file_format: mystnb
kernelspec: {{display_name: Python 3, language: python, name: python3}}
{more}---
"""


ZH = r"""---
file_format: mystnb
title: 一
bookkit: {data: [cifar10]}
---
(sec-a)=
# 一

见 {ref}`第二节 <sec-b>`、{cite:p}`lecun1998` 与 ![点](dot.png)，$x \text{ 若 } y$。

(sec-b)=
## 二

$$
a = b
$$ (eq-a)

```{code-cell} ipython3
:tags: [hide-input]
x = 1
```

```{cell-figure}
:alt: 点
:name: fig-x

一个点。
```

::::{dropdown} 答案
:::{dropdown} 内
里面 {ref}`sec-a`。
:::
::::

(sec-c)=
### 三

完。
"""
EN = r"""---
file_format: mystnb
title: One
description: The first page
bookkit: {data: [cifar10]}
---
(sec-a)=
# One

See {cite:p}`lecun1998`, ![a dot](dot.png), $x \text{ if } y$
and {ref}`the second section <sec-b>`.

Another paragraph.

(sec-b)=
## Two

$$
a = b
$$ (eq-a)

```{code-cell} ipython3
:tags: [hide-input]
x = 1
```

```{cell-figure}
:alt: a dot
:name: fig-x

One dot.
```

::::{dropdown} Answer
:::{dropdown} Inner
Inside, {ref}`sec-a`.
:::
::::

(sec-c)=
### Three

The end.
"""
TWINS = {
    "book/zh/part/page.md": ZH,
    "book/en/part/page.md": EN,
    "book/zh/index.md": "(sec-index)=\n# X\n",
    "book/en/index.md": "(sec-index)=\n# X\n",
}


@pytest.fixture
def twins():
    """Return pages in both languages that are in step."""
    return TWINS


@pytest.fixture
def project(tmp_path):
    """Return a function that writes files below a folder and reads them as a project."""

    def write(files):
        for language in LANGUAGES:
            (tmp_path / "book" / language).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(textwrap.dedent(text), encoding="utf-8")
        return Book(tmp_path)

    return write


@pytest.fixture(scope="session")
def page_text():
    """Return a function that puts the front matter of every page above a body."""

    def text(body, more=""):
        return FRONT.format(more=more and f"{more}\n") + textwrap.dedent(body)

    return text


@pytest.fixture(scope="session")
def write_page(page_text):
    """Return a function that writes a page and its folders."""

    def write(path, body, more=""):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page_text(body, more), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def environment():
    """Return an environment in which nothing comes from this machine."""
    return cache.Environment(
        python="3.11.0",
        packages={"numpy": "2.0.0", "keras": "3.13.0"},
        processor="Abacus 9",
        cores=3,
    )


@pytest.fixture(scope="session")
def datasets():
    """Return the data that tiny pages may name."""
    return DATASETS


@pytest.fixture
def book_cache(tmp_path, environment):
    return cache.open_cache(tmp_path / "cache" / environment.key())


class Tags(BeautifulSoup):
    """A page, or a part of one, whose elements are found by name and attributes."""

    def all(self, tag, **wanted):
        return self.find_all(tag, attrs=wanted)


@pytest.fixture(scope="session")
def tags():
    """Return what reads the tags of a page."""
    return lambda text: Tags(text, "html.parser")


class TinyBook:
    """The tiny book in a folder of its own, built with the settings of the real one."""

    def __init__(self, folder, environment):
        self.folder = folder
        shutil.copytree(PAGES, folder, dirs_exist_ok=True)
        self.environment, self.settings = environment, {}
        self.cache = cache.open_cache(folder / "cache" / environment.key())
        self.view = DataView(folder / "data", DATASETS)
        for language in ("zh", "en", "bad"):
            text = CONF.format(root=str(ROOT))
            (folder / language / "conf.py").write_text(text, encoding="utf-8")
        for language in ("zh", "en"):
            shutil.copyfile(ROOT / "book" / language / "cover.png", folder / language / "cover.png")

    def own_design(self):
        """Give the book templates and styles of its own, to change them."""
        for name in ("templates", "static"):
            shutil.copytree(ROOT / "book" / f"_{name}", self.folder / name)
            self.settings[f"{name}_path" if name == "templates" else "html_static_path"] = [
                str(self.folder / name)
            ]

    def execute(self, only=None):
        """Run the pages that need it, once for both languages."""
        tree, code = self.folder / "zh", self.folder / "code"
        views = {"": self.view}
        return execute.run_missing(
            tree, pages(tree), self.cache, self.environment, views, code, only=only
        )

    def build(self, language, builder="html", out=None, **settings):
        """Build one language and return the application; the caller reads its warnings."""
        code = "en" if language == "bad" else language
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            # the theme and the extensions use what a later Sphinx will drop
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            patch.setenv("BOOK_LANGUAGE", code)
            patch.delenv("BOOK_SITE", raising=False)
            app = SphinxTestApp(
                builder,
                srcdir=self.folder / language,
                builddir=self.folder / (out or "out") / language,
                confoverrides={
                    "nb_execution_cache_path": str(self.cache.path),
                    "bibtex_bibfiles": ["../references.bib"],
                    "bookkit_repository": "",
                    "bookkit_books": [],
                    "bookkit_tests": {"double": "deep.test_toy.html#double"},
                    "bookkit_code": str(self.folder / "code"),
                    "bookkit_results": str(self.folder / "results"),
                    "bookkit_data": {"": cache.describe(self.view)},
                    **copy.deepcopy(self.settings),  # extensions add to lists
                    **settings,
                },
            )
            try:
                app.build()
            finally:
                app.cleanup()
        return app

    def page(self, language, name, out="out"):
        return (self.folder / out / language / "html" / f"{name}.html").read_text(encoding="utf-8")

    @staticmethod
    def updated(app):
        """Return the pages that a build read, from what it said."""
        said = re.sub(r"\x1b\[[\d;]*m", "", app.status.getvalue())
        return re.findall(r"reading sources\.\.\. \[.*?\] (\S+)", said)

    def article(self, language, name):
        text = self.page(language, name)
        return text[text.index("<article") : text.index("</article>")]


@pytest.fixture(scope="session")
def make_book(environment):
    """Return a function that puts a tiny book into a folder."""
    return lambda folder: TinyBook(folder, environment)


@pytest.fixture
def tiny_book(tmp_path, environment):
    return TinyBook(tmp_path / "book", environment)


@pytest.fixture(scope="session")
def built_book(tmp_path_factory, environment):
    """Return the tiny book, executed and built; `warnings` holds what each build complained of."""
    book = TinyBook(tmp_path_factory.mktemp("tiny"), environment)
    book.executed = book.execute()
    book.warnings = {
        (language, builder): book.build(language, builder).warning.getvalue()
        for language in ("zh", "en")
        for builder in ("html", "notebook", "twin", "latex", "epub")
    }
    return book


@pytest.fixture
def finder(browser):
    """Answer queries in a browser, by an index of pages with these headings."""
    page = browser.new_page()

    def find(headings, query, language=ENGLISH):
        listed = [sections.Section(f"{at}.html", one, one, 1) for at, one in enumerate(headings)]
        script = sections.script(listed, language)
        record = bundle.record_for_scripts(language).replace("const ", "window.", 1)
        page.evaluate(
            script + record + "window.bookFinders = {}; window.bookScript = async () => {};"
        )
        page.evaluate((ROOT / "book" / "_static" / "search" / "sections.js").read_text("utf-8"))
        found = page.evaluate("(query) => bookFinders.sections(query)", query)
        return [hit["title"] for hit in found]

    yield find
    page.close()
