"""Two builds in different folders make the same book, to the byte."""

from bookkit.running import execute


def contents(book):
    """Return what a book kept of its runs and what it wrote, by path."""
    folders = [*book.cache.path.glob("executed"), *book.folder.glob("out/*/[!d]*")]  # no doctrees
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(book.folder).as_posix(): path.read_bytes() for path in files}


def test_two_builds_in_different_folders_are_equal(tiny_book, environment, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    # All that is measured in the tiny book is how long its pages ran.
    record = execute._record
    monkeypatch.setattr(execute, "_record", lambda page, _, here: record(page, 1.5, here))
    books = [tiny_book, type(tiny_book)(tmp_path / "elsewhere" / "deeper", environment)]
    for book in books:
        book.execute()
        for builder in ("html", "notebook", "latex", "epub"):
            assert book.build("zh", builder).warning.getvalue() == ""
    first, second = map(contents, books)
    assert sorted(first) == sorted(second)
    assert [path for path, content in first.items() if content != second[path]] == []
    kinds = {path.rpartition(".")[2] for path in first}
    assert kinds > {"html", "ipynb", "py", "tex", "epub", "inv", "buildinfo"}
