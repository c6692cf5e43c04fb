"""Where the book is published."""

import pytest

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
