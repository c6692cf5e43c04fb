"""Where the book is published."""

import pytest

from bookkit import publishing
from bookkit.errors import BookError


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
def test_the_address_of_the_site_ends_with_a_slash(monkeypatch, value, expected):
    monkeypatch.delenv("BOOK_SITE", raising=False)
    if value is not None:
        monkeypatch.setenv("BOOK_SITE", value)
    assert publishing.site() == expected


@pytest.mark.parametrize(
    "value", ["example.org", "//example.org/", "ftp://example.org/", "https:///a", "https://a b/",
              "https://example.org/?page=1"],
)  # fmt: skip
def test_a_wrong_address_is_named_with_the_cure(monkeypatch, value):
    monkeypatch.setenv("BOOK_SITE", value)
    with pytest.raises(BookError) as raised:
        publishing.site()
    assert repr(value) in str(raised.value)
    assert "https://example.org/book/" in str(raised.value)
