"""Ids and numbers of sections."""

import re

import pytest

PAGE = """\
(sec-2-1-2)=
# The second part

See {ref}`sec-2-1-3`, {ref}`sec-other` and {ref}`here <a-paragraph>`.

(sec-2-1-3)=
## Inside

(a-paragraph)=
A paragraph.

(sec-other)=
## Another

(sec-5-1)=
## No section of the article

(sec-3)=
(sec-4-10)=
## The numbers of two sections, of which one is that of a part
"""
LABELS = ["sec-2-1-2", "sec-2-1-3", "sec-other", "sec-5-1", "sec-4-10"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_ids_of_sections_are_exactly_their_labels(small_page, language, tags):
    text = small_page(language, PAGE)
    assert [one["id"] for one in tags(text).all("section")] == LABELS
    # no second target beside the section's own, but for a second label
    assert re.findall(r'<span id="([^"]*)"></span>', text) == ["sec-3"]
    assert [one["href"] for one in tags(text).all("a", **{"class": "reference internal"})] == [
        "#sec-2-1-3", "#sec-other", "#a-paragraph",
    ]  # fmt: skip


def test_a_heading_without_a_label_keeps_its_own_id(small_page, tags):
    text = small_page("en", "# A heading\n\n## Without a label\n")
    assert [one["id"] for one in tags(text).all("section")] == ["a-heading", "without-a-label"]


def test_the_articles_number_stands_beside_the_heading_and_nowhere_else(small_page):
    text = small_page("en", PAGE)
    badge = '<span class="article-section">§{}</span><a class="headerlink"'
    assert "<h1>The second part " + badge.format("2.1.2") in text
    assert "<h2>Inside " + badge.format("2.1.3") in text
    assert "is that of a part " + badge.format("4.10") in text
    assert text.count("§") == 3
    assert '<h2>Another<a class="headerlink"' in text


def test_in_print_the_number_is_a_command_of_its_design(small_page):
    text = small_page("en", PAGE, builder="latex")
    assert r"\chapter{Inside \booksection{§2.1.3}}" in text
    assert text.count(r"\booksection{") == 2  # the first heading is the title
