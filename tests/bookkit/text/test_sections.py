"""Ids and numbers of sections."""

import re

import pytest


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("index", ["sec-index"]),
        ("first", ["sec-first", "sec-picture", "sec-lists"]),
        ("part/second", ["sec-2-1-2", "sec-2-1-3"]),
    ],
)
def test_the_ids_of_sections_are_exactly_their_labels(built_book, language, name, labels, tags):
    text = built_book.article(language, name)
    assert [one["id"] for one in tags(text).all("section")] == labels
    # no second target beside the section's own
    assert re.findall(r'<span id="[^"]*"></span>', text) == []


def test_the_articles_number_stands_beside_the_heading_and_nowhere_else(built_book):
    text = built_book.article("en", "part/second")
    assert '<h1>The second part <span class="article-section">§2.1.2</span>' in text
    assert '<h2>Inside <span class="article-section">§2.1.3</span>' in text
    assert "article-section" not in built_book.article("en", "first")
    for name in ("index", "first", "part/second"):
        page = built_book.page("en", name)
        assert page.count("§") == (2 if name == "part/second" else 0)
