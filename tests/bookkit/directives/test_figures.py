"""The picture of a cell as a figure."""

import re

import pytest


@pytest.mark.parametrize(
    ("language", "alt", "number", "caption"),
    [("en", "One dot", "Fig. 1 ", "A dot, larger than <em>life</em>"),
     ("zh", "一个点", "图 1 ", "一个点，见")],
)  # fmt: skip
def test_the_picture_of_a_cell_moves_into_a_numbered_figure(
    built_book, language, alt, number, caption, tags
):
    text = built_book.article(language, "first")
    (figure,) = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert tags(figure).all("figure")[0]["id"] == "fig-dot"
    (image,) = tags(text).all("img")
    assert image["alt"] == alt
    assert image["src"] in figure
    assert (built_book.folder / "out" / language / "html" / image["src"]).is_file()
    assert f'<span class="caption-number">{number}</span>' in figure
    assert f'<span class="caption-text">{caption}' in figure
    assert (
        '<a class="reference internal" href="#fig-dot">'
        f'<span class="std std-numref">{number.strip()}</span></a>'
    ) in text
    assert text.count("<figure") == 1
    # the cell keeps its code, and no empty box of outputs
    cell = text[text.index("base64") : text.index("<figure")]
    assert "cell_output" not in cell
