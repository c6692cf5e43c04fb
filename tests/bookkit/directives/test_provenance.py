"""The provenance box and the colophon."""

import ast
import re

import pytest

from bookkit.checks.book import Book
from bookkit.directives import provenance
from bookkit.errors import BookError
from bookkit.languages import LANGUAGES, ORIGINAL
from bookkit.paths import ROOT


def test_every_format_has_the_commit_it_was_built_from(tiny_book, write_page, monkeypatch):
    tiny_book.execute()
    write_page(tiny_book.folder / "en" / "made.md", "(sec-made)=\n# Made\n\n```{colophon}\n```\n")
    for commit, builder in (("1" * 12, "html"), ("2" * 12, "latex"), ("2" * 12, "html")):
        monkeypatch.setattr(provenance, "edition", lambda commit=commit: (commit, "2026-01-31"))
        tiny_book.build("en", builder)
    assert "2" * 12 in tiny_book.page("en", "made")


def test_the_day_is_that_of_source_date_epoch_if_set(monkeypatch):
    monkeypatch.setattr(provenance, "commit", lambda: "1" * 12)
    monkeypatch.setattr(provenance.time, "time", lambda: 86399.9)
    for value, day in (("1767225600", "2026-01-01"), ("", "1970-01-01")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
        assert provenance.edition() == ("1" * 12, day)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    with pytest.raises(BookError, match=r"^SOURCE_DATE_EPOCH='today' is not a date: give whole"):
        provenance.edition()


def test_the_provenance_box_tells_how_a_page_was_made(built_book, datasets, tags):
    box = re.search(
        r'<div class="provenance admonition">.*?</table>',
        built_book.article("en", "first"),
        re.DOTALL,
    )[0]
    cells = [re.sub("<[^>]+>", "", one) for one in re.findall(r"<td>(.*?)</td>", box, re.DOTALL)]
    rows = dict(zip(cells[::2], cells[1::2], strict=True))
    assert re.fullmatch(r"\d+\.\d s", rows.pop("Execution time"))
    assert rows == {
        "Python and main packages": "Python 3.11.0, numpy 2.0.0, keras 3.13.0",
        "Processor": "Abacus 9, 3 cores",
        "Data": f"digits (sample, SHA-256 {datasets['digits'].sha256[:12]}…)",
        "Random seeds": "11",
        "Download": "notebook · script",
    }
    assert [one["href"] for one in tags(box).all("a")] == [
        "notebooks/first.ipynb",
        "notebooks/first-page.py",
    ]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["import keras\nkeras.utils.set_random_seed(0)", "run(seed=2)"], "0, 2"),
        (["def f(repeats, seed=5):\n    [g(seed=k) for k in range(repeats)]"],
         "5, and others that the code computes"),
        (["for k in range(9): g(seed=10 * k)"], "computed by the code"),
        (["import keras"], "none set"),
        (["print(1)"], "nothing random"),
    ],
)  # fmt: skip
def test_the_box_says_nothing_random_only_where_nothing_draws(cells, said):
    code = [ast.parse(cell) for cell in cells]
    assert provenance._seeds(code, LANGUAGES["en"].words) == said


@pytest.mark.parametrize("name", ["beyond/smaller", "outlook/adapting", "outlook/troubles"])
def test_pages_that_seed_within_their_calls_name_the_seed(name):
    code = [cell.run for cell in Book(ROOT).trees[ORIGINAL][name].cells]
    assert re.match(r"0\b", provenance._seeds(code, LANGUAGES["en"].words))


def test_the_provenance_box_of_other_pages(built_book):
    nested = built_book.article("zh", "part/second")
    assert "除库自带的以外没有" in nested
    assert "没有随机数" in nested
    assert 'href="../notebooks/part/second.ipynb"' in nested
    index = built_book.article("zh", "index")
    assert "本章没有代码单元。" in index
    assert "notebooks/" not in index
