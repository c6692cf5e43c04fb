"""Numbers in sentences: what Python prints, as text writes it."""

import pytest

from bookkit.text import numbers


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("2e-07", "2\u00a0×\u00a010^−7^"),
        ("1.5e+12", "1.5\u00a0×\u00a010^12^"),
        ("-3e-01", "−3\u00a0×\u00a010^−1^"),
        ("-0.500", "−0.500"),
        ("-1.85 ± 0.53", "−1.85 ± 0.53"),
        ("0.25", "0.25"),
        ("CIFAR-10", "CIFAR-10"),
        ("2026-11-24", "2026-11-24"),
        ("379–380", "379–380"),
        ("the best", "the best"),
        ("version 1e", "version 1e"),
    ],
)
def test_minus_and_powers_of_ten_are_written_as_in_text(printed, written):
    found = numbers.written(printed)
    assert (
        "".join(
            f"^{node.astext()}^" if node.tagname == "superscript" else node.astext()
            for node in found
        )
        == written
    )


def test_only_what_a_cell_handed_over_is_rewritten(small_page):
    text = small_page(
        "en",
        "# Title\n\n[2e-07]{.pasted-text .bold}, [x-5 1e-3, 2e+05]{.pasted-text}, [-3e-3]{.own}\n",
    )
    assert (
        '<p><span class="pasted-text bold">2\u00a0×\u00a010<sup>−7</sup></span>, '
        '<span class="pasted-text">x-5 1\u00a0×\u00a010<sup>−3</sup>, '
        "2\u00a0×\u00a010<sup>5</sup></span>, "
        '<span class="own">-3e-3</span></p>'
    ) in text
