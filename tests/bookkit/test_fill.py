"""Whether pages are read at all: only if something changed since a run that left none out."""

import pytest

from bookkit import build
from bookkit.data import DataView
from bookkit.running import cache, execute


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Return the folder of a book of one page, and which pages were asked for at each reading."""
    (tmp_path / "book" / "zh").mkdir(parents=True)
    (tmp_path / "book" / "zh" / "page.md").write_text("# One", encoding="utf-8")
    (tmp_path / "code").mkdir()
    for name in ("BOOK", "CODE", "BUILD"):
        monkeypatch.setattr(build, name, tmp_path / name.lower())
    monkeypatch.setattr(cache, "BUILD", tmp_path)
    monkeypatch.setattr(cache, "views", lambda: {"": DataView(tmp_path / "data", {})})
    (tmp_path / "fontlist-1.json").touch()
    monkeypatch.setattr(execute, "FONT_CACHE", tmp_path)
    readings = []

    def run(tree, names, *_, only):
        readings.append(only)
        return names

    monkeypatch.setattr(execute, "run_missing", run)
    return tmp_path, readings


def test_pages_are_read_again_after_a_change_and_not_before(book, capsys):
    folder, readings = book
    assert build.fill_cache("zh") == ["page"]
    assert build.fill_cache("zh") == []
    assert capsys.readouterr().out.endswith("pages: all 1 up to date, nothing to execute\n")
    (folder / "book" / "zh" / "page.md").write_text("# Two", encoding="utf-8")
    assert build.fill_cache("zh") == ["page"]
    (folder / "code" / "shown.py").write_text("x = 1", encoding="utf-8")
    assert build.fill_cache("zh") == ["page"]
    assert readings == [None] * 3


def test_a_run_of_some_pages_leaves_others_to_be_read(book):
    _, readings = book
    build.fill_cache("zh", ["page"])
    build.fill_cache("zh", ["page"])
    build.fill_cache("zh")
    assert readings == [["page"], ["page"], None]


def test_a_run_that_failed_leaves_all_to_be_read(book, monkeypatch):
    _, readings = book
    with monkeypatch.context() as patch:
        patch.setattr(execute, "run_missing", lambda *_, only: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build.fill_cache("zh")
    build.fill_cache("zh")
    assert readings == [None]
