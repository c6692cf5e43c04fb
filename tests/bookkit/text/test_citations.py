"""Citations: entries that look the same get letters, and the list is in the order of names."""

from types import SimpleNamespace

from pybtex.database import parse_string

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


def told_apart(times=1, language="en"):
    app = SimpleNamespace(config=SimpleNamespace(bookkit_language=language))
    data = parse_string(BIB, "bibtex")
    domain = SimpleNamespace(bibdata=SimpleNamespace(data=data))
    for _ in range(times):
        citations.tell_apart(app, SimpleNamespace(get_domain=lambda name: domain), [])
    return data.entries


def test_years_get_letters_where_a_citation_would_mean_two_entries():
    years = {key: entry.fields.get("year") for key, entry in told_apart().items()}
    assert years == {
        "team_a": "2025a", "team_b": "2025b", "team_c": "2024",
        "undated_a": "n.d.-a", "undated_b": "n.d.-b",
        "one": "2017a", "two": "2017b", "pair": "2017", "last": "2020",
    }  # fmt: skip


def test_a_missing_year_is_named_in_the_language_of_the_book():
    assert told_apart(language="zh")["undated_a"].fields["year"] == "无日期-a"
    data = parse_string("@misc{alone, title = {A}, author = {One, A.}}", "bibtex")
    domain = SimpleNamespace(bibdata=SimpleNamespace(data=data))
    app = SimpleNamespace(config=SimpleNamespace(bookkit_language="zh"))
    for _ in range(2):
        citations.tell_apart(app, SimpleNamespace(get_domain=lambda name: domain), [])
    assert data.entries["alone"].fields["year"] == "无日期"


def test_letters_are_given_once():
    once, twice = ({k: e.fields.get("year") for k, e in told_apart(n).items()} for n in (1, 2))
    assert once == twice


def test_organizations_stand_among_the_people():
    entries = told_apart()
    style = citations.AuthorSorting()
    order = sorted(entries, key=lambda key: style.sorting_key(entries[key]))
    assert order == [
        "undated_a", "undated_b", "team_c", "team_a", "team_b", "pair", "one", "two", "last",
    ]  # fmt: skip
