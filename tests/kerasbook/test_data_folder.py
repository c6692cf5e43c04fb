"""Where the loaders look, in which order, and what they say when nothing is there."""

import pytest

from kerasbook.data_folder import data_missing, find_data, read_record


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Move to an empty folder, without the variable; return a function that makes files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERASBOOK_DATA", raising=False)

    def make(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()

    return make


def found(*names):
    return [path.as_posix() for path in find_data(*names)]


def test_the_data_folder_serves_without_the_variable(files):
    files("data/a.npz", "data/part/b.jsonl")
    assert found("a.npz") == ["data/a.npz"]
    assert found("part/b.jsonl", "a.npz") == ["data/part/b.jsonl", "data/a.npz"]


def test_the_variable_goes_before_the_data_folder(files, monkeypatch):
    files("data/a", "named/a")
    monkeypatch.setenv("KERASBOOK_DATA", "named")
    assert found("a") == ["named/a"]


@pytest.mark.parametrize("value", ["", "named", "lost"])
def test_a_folder_that_lacks_one_of_the_files_is_passed_over(files, monkeypatch, value):
    files("data/a", "data/b", "named/a", "a", "b")
    monkeypatch.setenv("KERASBOOK_DATA", value)
    assert found("a", "b") == ["data/a", "data/b"]


def test_nothing_is_found_where_no_folder_has_them_all(files, monkeypatch):
    files("data/a", "named/b", "data/c/d")
    monkeypatch.setenv("KERASBOOK_DATA", "named")
    assert found("a", "b") == []
    assert found("c") == []  # a folder is no file


@pytest.mark.parametrize("value", [None, "lost"])
def test_the_error_names_the_variable_and_the_cure(monkeypatch, value):
    monkeypatch.delenv("KERASBOOK_DATA", raising=False)
    if value:
        monkeypatch.setenv("KERASBOOK_DATA", value)
    assert str(data_missing("It was not found.")) == (
        "It was not found. Unpack the book's sample-data.zip and set KERASBOOK_DATA to its "
        f"folder. Received: KERASBOOK_DATA={value!r}"
    )


def test_a_record_is_read_or_named(files, tmp_path):
    files("data/part/a.json")
    (tmp_path / "data/part/a.json").write_text('{"words": ["字"]}', encoding="utf-8")
    assert read_record("part/a.json") == {"words": ["字"]}
    with pytest.raises(FileNotFoundError, match=r"^The record part/b\.json was not found\. Unpack"):
        read_record("part/b.json")
