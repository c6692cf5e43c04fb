"""Citations: entries that look the same get letters, and the list is in the order of names."""

import re
from types import SimpleNamespace

import pybtex.plugin
import pytest
import sphinxcontrib.bibtex.plugin
from pybtex.backends.plaintext import Backend as PlainText
from pybtex.database import parse_string

from bookkit.errors import BookError
from bookkit.text import citations

BIB = """
@misc{team_b, author = {{Keras Team}}, title = {Zebra}, year = {2025}}
@misc{team_a, author = {{Keras Team}}, title = {{apple}}, year = {2025}}
@misc{team_c, author = {{Keras Team}}, title = {Mango}, year = {2024}}
@misc{undated_b, author = {{JAX Authors}}, title = {Two}}
@misc{undated_a, author = {{JAX Authors}}, title = {One}}
@article{one, author = {Lin, A. and Wu, B. and Xu, C.}, title = {B}, year = {2017}}
@article{two, author = {Lin, A. and Yu, D. and Zu, E.}, title = {A}, year = {2017}}
@article{pair, author = {Lin, A. and Wu, B.}, title = {C}, year = {2017}}
@article{last, author = {Zhang, Z.}, title = {D}, year = {2020}}
"""


@pytest.fixture(autouse=True)
def no_styles(monkeypatch):
    """Forget the styles that another page of this process registered: they would stay."""
    group = "sphinxcontrib.bibtex.style.referencing"
    monkeypatch.setattr(sphinxcontrib.bibtex.plugin, "_runtime_plugins", {group: {}})
    monkeypatch.setattr(pybtex.plugin, "_RUNTIME_PLUGINS", {})


def told_apart(bib=BIB, times=1, language="en"):
    app = SimpleNamespace(config=SimpleNamespace(bookkit_language=language))
    data = parse_string(bib, "bibtex")
    domains = {"cite": SimpleNamespace(bibdata=SimpleNamespace(data=data))}
    for _ in range(times):
        citations.tell_apart(app, SimpleNamespace(get_domain=domains.get), [])
    return data.entries


def years(*arguments, **settings):
    return {key: entry.fields["year"] for key, entry in told_apart(*arguments, **settings).items()}


def test_years_get_letters_where_a_citation_would_mean_two_entries():
    assert years() == {
        "team_a": "2025a", "team_b": "2025b", "team_c": "2024",
        "undated_a": "n.d.-a", "undated_b": "n.d.-b",
        "one": "2017a", "two": "2017b", "pair": "2017", "last": "2020",
    }  # fmt: skip


def test_a_missing_year_is_named_in_the_language_of_the_book():
    assert years(language="zh")["undated_a"] == "无日期-a"
    alone = "@misc{alone, title = {A}, author = {One, A.}}"
    assert years(alone, times=2, language="zh") == {"alone": "无日期"}


def test_a_year_that_is_none_is_named_with_its_entry():
    with pytest.raises(BookError) as caught:
        years("@misc{late, title = {A}, author = {One, A.}, year = {c. 2020}}")
    assert str(caught.value) == (
        "book/references.bib: late: a year has four digits; leave it out where a source has none. "
        "Received: 'c. 2020'"
    )


def test_letters_are_given_once():
    assert years(times=2) == years()


def test_organizations_stand_among_the_people():
    entries = told_apart()
    style = citations.AuthorSorting()
    order = sorted(entries, key=lambda key: style.sorting_key(entries[key]))
    assert order == [
        "undated_a", "undated_b", "team_c", "team_a", "team_b", "pair", "one", "two", "last",
    ]  # fmt: skip
    nobody = parse_string("@misc{nobody, title = {{Some} Title}, year = {2020}}", "bibtex")
    assert style.sorting_key(nobody.entries["nobody"]) == ("some title", "2020", "some title")
    bare = parse_string("@misc{bare, year = {2020}}", "bibtex").entries["bare"]
    assert style.sorting_key(bare)[0] == ""


WORKS = """
@misc{team_b, author = {{Keras Team}}, title = {Zebra}, year = 2025, url = {https://keras.io/a--b}}
@misc{team_a, author = {{Keras Team}}, title = {{apple}}, year = {2025}}
@article{three, author = {Lin, A. and Wu, B. and Xu, C.}, title = {B}, journal = {J}, year = {2017}}
@article{pair, author = {Lin, A. and Wu, B.}, title = {C}, journal = {J}}
"""


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            "Lin and Wu [n.d.], Lin et al. [2017] [Keras Team, 2025a, Keras Team, 2025b] "
            "[Lin et al., 2017, page 3] [Lin, Wu, and Xu, 2017]",
        ),
        (
            "zh",
            "Lin 和 Wu [无日期]；Lin 等 [2017] [Keras Team，2025a；Keras Team，2025b] "
            "[Lin 等，2017，page 3] [Lin、Wu 和 Xu，2017]",
        ),
    ],
)
def test_a_citation_is_written_as_its_language_does(small_page, language, expected):
    text = small_page(
        language,
        "# One\n\n{cite:t}`three,pair` {cite:p}`team_a,team_b` {cite:p}`three{page 3}` "
        "{cite:ps}`three`\n\n"
        "```{bibliography}\n```\n",
        WORKS,
    )
    cited, listed = text.split('<div role="list"')
    assert re.sub("<[^>]*>", "", cited).split("¶")[1].strip() == expected
    assert ("<em>" in cited) is (language == "en")
    entries = re.findall("<p[^>]*>(.*)</p>", listed.replace("\u00a0", " "))
    assert entries == [
        "Keras Team. apple. 2025a.",
        'Keras Team. Zebra. 2025b. <a class="reference external" href="https://keras.io/a--b">'
        "https://keras.io/a--b</a>.",
        "A. Lin and B. Wu. C. <em>J</em>, " + {"en": "n.d.", "zh": "无日期."}[language],
        "A. Lin, B. Wu, and C. Xu. B. <em>J</em>, 2017.",
    ]


def test_an_editor_or_a_title_stands_for_an_author_who_is_missing():
    found = years(
        """
@book{edited_b, editor = {Ed, A.}, title = {B}, year = {2020}}
@book{edited_a, editor = {Ed, A.}, title = {A}, year = {2020}}
@misc{nobody, title = {{Some} title}, year = {2020}}
@misc{nobody_else, title = {Another}, year = {2020}}
"""
    )
    assert found == {
        "edited_a": "2020a", "edited_b": "2020b", "nobody": "2020", "nobody_else": "2020",
    }  # fmt: skip


def test_what_each_citation_asks_for_is_found_without_reading_metadata(monkeypatch):
    citations.setup(SimpleNamespace(connect=lambda *_: None))
    monkeypatch.setattr(pybtex.plugin, "entry_points", lambda **asked: pytest.fail(str(asked)))
    assert pybtex.plugin.find_plugin("pybtex.backends", "plaintext") is PlainText


def test_an_entry_is_formatted_once_and_again_if_it_changed():
    entry = parse_string(BIB, "bibtex").entries["team_a"]
    pybtex.plugin.register_plugin("pybtex.style.sorting", "book_authors", citations.AuthorSorting)
    one, two = (citations.BookStyle().format_entry(label, entry) for label in "12")
    assert (one.label, two.label, one.key) == ("1", "2", "team_a")
    assert one.text is two.text
    entry.fields["year"] = "2026"
    three = citations.BookStyle().format_entry("3", entry)
    assert ("2025" in str(one.text), "2026" in str(three.text)) == (True, True)
