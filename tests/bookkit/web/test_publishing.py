"""Where the book is published."""

import ast
import os
import re
import zipfile

import pytest
from nbformat import v4

from bookkit.errors import BookError
from bookkit.web import publishing


@pytest.fixture
def given(monkeypatch):
    """Return a function that sets a variable, or takes it away."""

    def give(name, value):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)

    return give


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (" ", ""),
        ("https://example.org/book/", "https://example.org/book/"),
        ("https://example.org/book", "https://example.org/book/"),
        ("http://localhost:8000", "http://localhost:8000/"),
    ],
)
def test_the_address_of_the_site_ends_with_a_slash(given, value, expected):
    given("BOOK_SITE", value)
    assert publishing.site() == expected


@pytest.mark.parametrize(
    "value", ["example.org", "//example.org/", "ftp://example.org/", "https:///a", "https://a b/",
              "https://example.org/?page=1"],
)  # fmt: skip
def test_a_wrong_address_is_named_with_the_cure(given, value):
    given("BOOK_SITE", value)
    with pytest.raises(BookError) as raised:
        publishing.site()
    assert repr(value) in str(raised.value)
    assert "https://example.org/book/" in str(raised.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("", ""),
        ("https://github.com/some-one/a.book", "some-one/a.book"),
        ("https://github.com/some-one/a.book/", "some-one/a.book"),
        ("https://github.com/some-one/a.book.git", "some-one/a.book"),
    ],
)
def test_the_repository_has_an_owner_and_a_name(given, value, expected):
    given("BOOK_REPOSITORY", value)
    assert publishing.repository() == expected


@pytest.mark.parametrize(
    "value", ["some-one/a.book", "https://github.com/some-one", "https://gitlab.com/some-one/a.book",
              "git@github.com:some-one/a.book.git", "https://github.com/some-one/a.book/tree/main"],
)  # fmt: skip
def test_a_wrong_repository_is_named_with_the_cure(given, value):
    given("BOOK_REPOSITORY", value)
    with pytest.raises(BookError) as raised:
        publishing.repository()
    assert repr(value) in str(raised.value)
    assert "https://github.com/OWNER/NAME" in str(raised.value)


CELLS = [
    v4.new_code_cell('import os\nos.environ["KERAS_BACKEND"] = "jax"'),
    v4.new_code_cell("import os\nimport numpy as np\nfrom sklearn.datasets import load_digits"),
    v4.new_code_cell("import keras_hub\nimport keras.layers"),
]


def test_the_setup_installs_what_the_page_imports():
    comment, install = publishing.setup_cell("some-one/a.book", CELLS, False).splitlines()
    assert comment.startswith("# ")
    requirements = [each.strip('"') for each in install.removeprefix("%pip install -q ").split()]
    assert [re.match(r"[a-z-]+", each)[0] for each in requirements] == [
        "jax", "keras", "keras-hub", "numpy", "scikit-learn",
    ]  # fmt: skip
    assert all(">=" in each for each in requirements)


def test_the_setup_fetches_the_data_that_the_page_reads(monkeypatch, tmp_path):
    source = publishing.setup_cell("some-one/a.book", [v4.new_code_cell("1 + 1")], True)
    assert "%pip" not in source
    asked = []

    def retrieve(address, target):
        asked.append(address)
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("sample-data/cifar10.npz", "x")

    monkeypatch.setattr("urllib.request.urlretrieve", retrieve)
    monkeypatch.setenv("KERASBOOK_DATA", "elsewhere")
    monkeypatch.chdir(tmp_path)
    exec(compile(ast.parse(source), "setup", "exec"), {})
    assert asked == ["https://raw.githubusercontent.com/some-one/a.book/gh-pages/sample-data.zip"]
    assert (tmp_path / os.environ["KERASBOOK_DATA"] / "cifar10.npz").read_text() == "x"
