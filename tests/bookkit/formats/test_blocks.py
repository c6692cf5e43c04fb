"""How much of a block of code or output stays on one page."""

import re

import pytest

from bookkit.formats import blocks


def test_a_short_block_stays_whole_and_a_long_one_keeps_its_first_lines(built_book):
    path = built_book.folder / "out" / "en" / "latex" / "keras-book-en.tex"
    body = path.read_text(encoding="utf-8").partition(r"\begin{document}")[2]
    block = r"needspace\{(\d+)pt\}\n+\\begin\{sphinxVerbatim\}[^\n]*\n(.*?)\\end\{sphinxVerbatim\}"
    needed = re.findall(block, body, re.DOTALL)
    assert needed
    for points, code in needed:
        lines = code.rstrip("\n").count("\n") + 1
        kept = lines if lines <= 12 else 5
        assert int(points) == pytest.approx(10.2 * kept + 26, abs=1)


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("a\n" * 12, 12),
        ("a\n" * 13, 5),
        ("a" * 101 + "\n\nb", 3),
        ("a" * 102 + "\n\nb", 4),  # the first line is printed as two
    ],
)
def test_room_for_a_block_counts_printed_lines(code, kept):
    assert blocks.needed(code) == pytest.approx(10.2 * kept + 26)
