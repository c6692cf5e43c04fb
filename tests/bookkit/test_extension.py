"""The extension in a real build of a tiny book in two languages."""

import re

import pytest


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_warns(built_book, language):
    assert built_book.warnings[language, "html"] == ""


def test_both_languages_hit_what_ran_once(built_book):
    assert sorted(built_book.executed) == ["first", "index", "part/second"]
    assert len(built_book.cache.list_cache_records()) == 3
    outputs = re.compile(r'<div class="output.*?</div>', re.DOTALL)
    zh, en = (outputs.findall(built_book.article(one, "first")) for one in ("zh", "en"))
    # On the Chinese page an output says that it is in English.
    assert [each.replace(' lang="en"', "") for each in zh] == en != []
    assert "42 11" in zh[0]


def test_what_is_wrong_on_a_page_is_said_with_its_line(built_book):
    said = re.sub(r"\x1b\[[\d;]*m", "", built_book.build("bad").warning.getvalue())
    page = built_book.folder / "bad" / "index.md"
    lines = [line.removeprefix(f"{page}:") for line in said.splitlines() if line]
    none = "result-table: no results of 'figures' (known: ['digits']): make reference TASK=figures"
    assert sorted(lines) == sorted(
        [
            "9: WARNING: cell-figure: no picture in a code cell above",
            "15: ERROR: result: no recipe 'plane'; there are: plain, improved-network [docutils]",
            f"15: ERROR: {none.replace('-table', '')} [docutils]",
            "15: ERROR: result: Unknown format code 'd' for object of type 'float' [docutils]",
            r"18: WARNING: TeX '\\unknowncommand{x}' holds a command that latex2mathml does not "
            "know",
            r"20: WARNING: TeX '\\begin{unknown} x' cannot be converted: MissingEndError()",
            "24: ERROR: result-table: no metric 'accuracy'; there are: test_accuracy, parameters, "
            "wall_s [docutils]",
            f"28: ERROR: {none} [docutils]",
            "32: ERROR: cell-figure needs :alt: and a caption [docutils]",
            "36: ERROR: diagram: there is no book/diagrams/flo.svg; closest: flow [docutils]",
            "43: ERROR: diagram needs :name:, :alt: and a caption [docutils]",
        ]
    )
