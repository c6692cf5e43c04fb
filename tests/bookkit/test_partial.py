"""A site of which some pages have not run: it is read meanwhile, and made whole later."""

import pytest

from bookkit import build
from bookkit.errors import BookError
from bookkit.running import execute


@pytest.fixture
def half(tiny_book):
    """Return the tiny book with one of its two pages executed."""
    assert sorted(tiny_book.execute(only=["first"])) == ["first", "index"]
    return tiny_book


def written(book, language, out):
    folder = book.folder / out / language / "html"
    files = [path for path in folder.rglob("*.html") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("language", "said", "title"),
    [("en", "has not been built yet", "The second part"), ("zh", "本章还没有构建", "第二部分")],
)
def test_a_page_that_has_not_run_says_so_and_can_be_linked(half, language, said, title, tags):
    app = half.build(language, bookkit_partial=True)
    assert app.warning.getvalue() == ""
    stub = " ".join(tags(half.article(language, "part/second")).get_text().split())
    assert title in stub
    assert said in stub
    assert "make html PAGE=part/second" in stub
    assert "total" not in stub, "a cell that has not run"
    first = half.article(language, "first")
    assert said not in first
    assert "42 11" in first, "the output of its first cell"
    assert 'href="part/second.html#sec-2-1-2"' in half.article(language, "index")


def test_the_whole_build_after_it_equals_a_clean_one(half):
    half.build("en", bookkit_partial=True)
    assert half.execute() == ["part/second"]
    app = half.build("en")
    assert app.warning.getvalue() == ""
    half.build("en", out="clean")
    assert written(half, "en", "out") == written(half, "en", "clean")


@pytest.fixture
def steps(monkeypatch, tmp_path):
    """Return what a build does, in order, with stand-ins for what takes minutes."""
    done = []
    for name, folder in {"ROOT": "", "BUILD": "_build", "SITE": "_build/html"}.items():
        monkeypatch.setattr(build, name, tmp_path / folder)
    monkeypatch.setattr(build, "require_parity", lambda: None)
    monkeypatch.setattr(build, "missing", lambda language: ["page"] * 40)
    monkeypatch.setattr(
        build, "fill_cache", lambda language, only=None: done.append(("run", only)) or []
    )
    monkeypatch.setattr(
        build,
        "write",
        lambda target, languages, *, partial: done.append(("write", partial)),
    )
    for name in ("BOOK_DATA", "BOOK_PAGE"):
        monkeypatch.setenv(name, "")
    return done


def test_a_cold_build_writes_a_site_of_the_first_pages_before_the_others_run(steps, capsys):
    build.run("html", "sample", None, [])
    first = ("run", build.FIRST)
    assert steps == [first, ("write", True), ("run", None), ("write", False)]
    assert "open _build/html/index.html: the other pages follow" in capsys.readouterr().out


def test_a_build_with_few_pages_to_run_or_for_print_writes_once(steps, monkeypatch):
    build.run("notebooks", "sample", None, [])
    assert steps == [("run", None), ("write", False)]
    steps.clear()
    monkeypatch.setattr(build, "missing", lambda language: ["page"] * len(build.FIRST))
    build.run("html", "sample", None, [])
    assert steps == [("run", None), ("write", False)]


def test_who_has_a_site_reads_it_while_pages_run_again(steps):
    build.SITE.mkdir(parents=True)
    build.run("html", "sample", None, [])
    assert steps == [("run", None), ("write", False)]


def test_one_page_asked_for_runs_beside_the_start_page_alone(steps):
    build.run("html", "sample", "concepts/neurons", [])
    assert steps == [("run", ("index", "concepts/neurons")), ("write", True)]


def test_after_a_page_that_failed_the_others_can_be_read(steps, monkeypatch):
    def fail(language, only=None):
        raise BookError("a cell raised")

    monkeypatch.setattr(build, "missing", lambda language: ["page"])
    monkeypatch.setattr(build, "fill_cache", fail)
    with pytest.raises(BookError, match="a cell raised"):
        build.run("html", "sample", None, [])
    assert steps == [("write", True)]


def test_what_is_missing_is_told_without_a_run(half):
    tree, code = half.folder / "zh", half.folder / "code"
    names = ["first", "index", "part/second"]
    assert execute.missing(tree, names, half.cache, {"": half.view}, code) == ["part/second"]
