"""What is stale: after any change, an incremental build equals a clean one."""

import dataclasses
import filecmp
import json
import shutil

import pytest
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinxcontrib.bibtex.domain import BibtexDomain

from bookkit import build as build_module
from bookkit import stale
from bookkit.languages import ENGLISH, LANGUAGES

OTHER_DOT = "AAAADUlEQVR42mMQUDD4DwACBAFgUuKpYQAAAABJRU5ErkJggg=="
# What differs between two builds without any change: notes of Sphinx on its own work.
OWN = {".buildinfo", ".buildinfo.bak", "output.txt"}


def test_a_digest_is_of_contents_and_of_names_below_a_folder(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        (folder / "deep").mkdir(parents=True)
        (folder / "deep" / "a.txt").write_text("a", encoding="utf-8")
    assert stale.digest(one) == stale.digest(two)
    (two / "deep" / "a.txt").rename(two / "deep" / "b.txt")
    assert stale.digest(one) != stale.digest(two)
    (two / "deep" / "b.txt").rename(two / "deep" / "a.txt")
    (two / "deep" / "a.txt").write_text("b", encoding="utf-8")
    assert stale.digest(one) != stale.digest(two)


def test_a_missing_file_is_no_empty_one_and_parts_do_not_run_together(tmp_path):
    file = tmp_path / "a"
    missing = stale.digest(file)
    file.touch()
    assert stale.digest(file) != missing
    assert stale.digest("a", "b") != stale.digest("ab")


def test_the_code_of_a_folder_is_all_of_its_files_at_any_depth(tmp_path):
    deep = tmp_path / "text" / "numbers" / "one.py"
    deep.parent.mkdir(parents=True)
    deep.write_text("x = 1", encoding="utf-8")
    found = {stale.code_of(tmp_path)}
    (tmp_path / "two.py").touch()
    found.add(stale.code_of(tmp_path))
    deep.write_text("x = 2", encoding="utf-8")
    found.add(stale.code_of(tmp_path))
    deep.rename(deep.with_name("two.py"))
    found.add(stale.code_of(tmp_path))
    assert len(found) == 4


@pytest.mark.parametrize("name", ["checks/two.py", "data/two.py", "reference/run.py"])
def test_code_that_renders_no_page_has_none_read_again(tmp_path, name):
    (tmp_path / "one.py").touch()
    before = stale.code_of(tmp_path)
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).touch()
    assert stale.code_of(tmp_path) == before


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def page_added(book, write_page):
    for language in ("zh", "en"):
        write_page(book.folder / language / "third.md", "(sec-third)=\n# A third\n\nText.\n")
        replace(book.folder / language / "index.md", "\nfirst\n", "\nfirst\nthird\n")


def page_removed(book, write_page):
    for language in ("zh", "en"):
        tree = book.folder / language
        (tree / "part" / "second.md").unlink()
        replace(tree / "index.md", "\npart/second\n", "\n")
        replace(tree / "index.md", "sec-2-1-2", "sec-first")


def page_renamed(book, write_page):
    for language in ("zh", "en"):
        tree = book.folder / language
        (tree / "part" / "second.md").rename(tree / "part" / "other.md")
        replace(tree / "index.md", "part/second", "part/other")


def title(book, write_page):
    replace(book.folder / "en" / "part" / "second.md", "# The second part", "# The last part")


def order(book, write_page):
    index = book.folder / "en" / "index.md"
    replace(index, "\npart/second\n", "\nFIRST\n")
    replace(index, "\nfirst\n", "\npart/second\n")
    replace(index, "FIRST", "first")


def prose(book, write_page):
    replace(book.folder / "en" / "first.md", "a list", "a short list")


def reference(book, write_page):
    replace(book.folder / "references.bib", "Tiny, Ann", "Small, Ann")


def result(book, write_page):
    replace(book.folder / "results" / "digits.json", "0.75", "0.85")


def function(book, write_page):
    replace(book.folder / "code" / "toy.py", "# one number", "# a number")


def data(book, write_page):
    dataset = book.view.datasets["digits"]
    changed = {"digits": type(dataset)("digits", "full", "d4" * 32)}
    book.view = type(book.view)(book.view.folder, book.view.datasets | changed)


def style(book, write_page):
    with (book.folder / "static" / "book.css").open("a", encoding="utf-8") as sheet:
        sheet.write("article { order: 1 }\n")


def template(book, write_page):
    replace(book.folder / "templates" / "book-footer.html", "<", "<!-- changed --><")


def picture(book, write_page):
    for language in ("zh", "en"):  # a dot of another color
        path = book.folder / language / "first.md"
        replace(path, "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", OTHER_DOT)


def drawing(book, write_page):
    replace(book.folder / "diagrams" / "flow.svg", "hidden layer", "output layer")


def drawing_style(book, write_page):
    replace(book.folder / "static" / "diagram.css", "font-size: 15px", "font-size: 16px")


def language_record(book, write_page):
    words = ENGLISH.words | {"provenance": "How this came about"}
    book.patch.setitem(LANGUAGES, "en", dataclasses.replace(ENGLISH, words=words))
    # The record stands in the code of the kit, which is another file by that.
    book.patch.setattr(stale, "code_of", lambda folder: "with another record")


def moved_test(book, write_page):
    book.settings = book.settings | {"bookkit_tests": {"double": "other.test_toy.html#double"}}


CHANGES = [
    page_added, page_removed, page_renamed, title, order, prose, reference, result, function, data,
    picture, drawing, drawing_style, style, template, language_record, moved_test,
]  # fmt: skip


def different(one, two, below=""):
    """Yield what differs between two folders, whole paths below them."""
    compared = filecmp.dircmp(one, two, ignore=list(OWN))
    yield from (f"{below}{name}" for name in compared.left_only + compared.right_only)
    _, unequal, failed = filecmp.cmpfiles(one, two, compared.common_files, shallow=False)
    yield from (f"{below}{name}" for name in unequal + failed)
    for name in compared.common_dirs:
        yield from different(one / name, two / name, f"{below}{name}/")


@pytest.fixture(scope="module")
def whole(tmp_path_factory, make_book):
    """Return a tiny book with templates and styles of its own, and a copy, built in each format."""
    book = make_book(tmp_path_factory.mktemp("growing"))
    book.own_design()
    build(book, "out")
    shutil.copytree(book.folder, book.folder.with_name("as built"))
    return book, book.folder.with_name("as built")


@pytest.fixture
def growing(whole):
    """Return the book as it was built first; its runs are kept from test to test."""
    book, built = whole
    view, settings, book.patch = book.view, book.settings, pytest.MonkeyPatch()
    yield book
    book.view, book.settings = view, settings
    book.patch.undo()
    for folder in book.folder.iterdir():
        if folder.is_dir() and folder.name != "cache":
            shutil.rmtree(folder)
    ignored = shutil.ignore_patterns("cache")
    shutil.copytree(built, book.folder, ignore=ignored, dirs_exist_ok=True)


@pytest.fixture
def before(whole):
    """Return what the book was built into before a test changes it."""
    return whole[1] / "out" / "en"


def build(book, out):
    book.execute()
    for builder in ("html", "notebook", "epub"):
        app = book.build("en", builder, out)
        assert app.warning.getvalue() == ""
    return app


@pytest.mark.sampled("page_renamed", "title", "reference", "style")
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_an_incremental_build_equals_a_clean_one(growing, before, write_page, change):
    change(growing, write_page)
    build(growing, "out")
    build(growing, "clean")
    folders = [growing.folder / out / "en" for out in ("out", "clean")]
    assert list(different(folders[0] / "html", before / "html")) != []
    for builder in ("html", "notebook"):
        assert list(different(*(folder / builder for folder in folders))) == []
    pages = [sorted((folder / "epub").rglob("*.xhtml")) for folder in folders]
    assert [path.read_text("utf-8") for path in pages[0]] == [
        path.read_text("utf-8") for path in pages[1]
    ]


def test_nothing_changed_and_nothing_is_read_or_written(growing):
    before = (growing.folder / "out" / "en" / "html" / "first.html").stat().st_mtime_ns
    app = growing.build("en")
    assert growing.updated(app) == []
    assert (growing.folder / "out" / "en" / "html" / "first.html").stat().st_mtime_ns == before


@pytest.mark.parametrize("change", [prose, function, result], ids=lambda each: each.__name__)
def test_what_one_page_shows_has_one_page_read_and_written(growing, write_page, change):
    html = growing.folder / "out" / "en" / "html"
    before = {path: path.stat().st_mtime_ns for path in html.rglob("*.html")}
    change(growing, write_page)
    growing.execute()
    assert growing.updated(growing.build("en")) == ["first"]
    written = [path.name for path, then in before.items() if path.stat().st_mtime_ns != then]
    assert "first.html" in written
    assert "second.html" not in written


@pytest.mark.parametrize(
    ("change", "read"), [(prose, ["first"]), (title, ["listing", "part/second"])]
)
def test_a_page_that_lists_others_is_read_again_for_what_it_shows(
    growing, write_page, change, read
):
    listing = "(sec-listing)=\n# All\n\n```{snippets}\n```\n\n```{colophon}\n```\n"
    for language in ("zh", "en"):
        write_page(growing.folder / language / "listing.md", listing)
        replace(growing.folder / language / "index.md", "\nfirst\n", "\nfirst\nlisting\n")
    growing.execute()
    growing.build("en")
    change(growing, write_page)
    growing.execute()
    assert set(growing.updated(growing.build("en"))) - {"index"} == set(read)


def test_formats_built_after_the_first_neither_number_nor_cite_again(growing, write_page):
    growing.build("en")
    counted = []
    for owner, name in ((TocTreeCollector, "assign_figure_numbers"), (BibtexDomain, "env_updated")):
        before = getattr(owner, name)
        growing.patch.setattr(
            owner, name, lambda *given, f=before, n=name: counted.append(n) or f(*given)
        )
    prose(growing, write_page)
    growing.execute()
    growing.build("en")
    assert sorted(counted) == ["assign_figure_numbers", "env_updated"]
    growing.build("en", "notebook")
    assert len(counted) == 2


def test_a_change_of_the_kit_has_all_pages_read_and_written(growing, monkeypatch):
    page = growing.folder / "out" / "en" / "html" / "part" / "second.html"
    text = page.read_text(encoding="utf-8")
    page.write_text("stale", encoding="utf-8")
    growing.build("en")
    assert page.read_text(encoding="utf-8") == "stale"
    monkeypatch.setattr(stale, "code_of", lambda folder: "changed")
    app = growing.build("en")
    assert page.read_text(encoding="utf-8") == text
    assert sorted(growing.updated(app)) == ["first", "index", "part/second"]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("twin: the same", ["html"]),
        ("twin: other", ["html", "twin"]),
        ("", ["html", "twin"]),  # never built
        ("no folder", ["html", "twin"]),
    ],
)
def test_a_builder_is_passed_over_if_it_wrote_from_what_the_first_has_found(
    tmp_path, monkeypatch, note, expected
):
    def sphinx(arguments):
        builder = arguments[arguments.index("-b") + 1]
        ran.append(builder)
        (doctrees / f"made-{builder}.json").write_text(written["html"], encoding="utf-8")
        return 0

    ran, doctrees = [], tmp_path / "sphinx" / "en" / "doctrees"
    written = {"html": json.dumps({"frame": "a", "pages": {"one": "b"}})}
    doctrees.mkdir(parents=True)
    if note:
        text = written["html"].replace("b", "c") if note.endswith("other") else written["html"]
        (doctrees / "made-twin.json").write_text(text, encoding="utf-8")
    for builder in ("html", "twin"):
        if (note, builder) != ("no folder", "twin"):
            (tmp_path / builder).mkdir()
    monkeypatch.setattr("sphinx.cmd.build.build_main", sphinx)
    monkeypatch.setattr(build_module, "BUILD", tmp_path)
    monkeypatch.setattr(build_module, "output_folder", lambda builder, language: tmp_path / builder)
    assert build_module.sphinx_of("en", ["html", "twin"]) == 0
    assert ran == expected
