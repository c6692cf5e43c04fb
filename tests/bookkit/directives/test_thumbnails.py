"""Thumbnails: parts of figures that other pages drew."""

import numpy as np
import pytest
from PIL import Image

from bookkit.directives import thumbnails

THUMBNAIL = """
:::{thumbnail} %s
:alt: A dot, small
:::

"""
OTHER_DOT = "AAAADUlEQVR42mMQUDD4DwACBAFgUuKpYQAAAABJRU5ErkJggg=="
DOT = "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture(scope="module")
def book(make_book, tmp_path_factory):
    """Build the tiny book with a thumbnail on its first page, before the page that draws it."""
    book = make_book(tmp_path_factory.mktemp("thumbnails"))
    for language in ("en", "zh"):
        page = book.folder / language / "index.md"
        text = page.read_text(encoding="utf-8")
        page.write_text(
            text.replace("```{toctree}", THUMBNAIL % "fig-dot" + "```{toctree}", 1),
            encoding="utf-8",
        )
    book.execute()
    return book


def shown(book, tags, out="out"):
    text = (book.folder / out / "en/html/index.html").read_text(encoding="utf-8")
    (image,) = tags(text).all("img", **{"class": "thumbnail"})
    with Image.open(book.folder / out / "en/html" / image["src"]) as picture:
        return image, picture.convert("RGB").getpixel((0, 0))


def test_the_site_shows_a_figure_of_another_page_and_follows_it(book, tags):
    assert book.build("en").warning.getvalue() == ""
    image, before = shown(book, tags)
    assert (image["alt"], image["width"], image["height"]) == ("A dot, small", "1", "1")
    for language in ("en", "zh"):
        page = book.folder / language / "first.md"
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(DOT, OTHER_DOT), encoding="utf-8")
    book.execute()
    book.build("en")
    image, after = shown(book, tags)
    assert before != after


@pytest.mark.parametrize("builder", ["epub", "notebook", "latex"])
def test_other_formats_show_none(book, builder):
    assert book.build("en", builder, out=builder).warning.getvalue() == ""
    folder = book.folder / builder / "en" / builder
    for path in [*folder.rglob("index.*html"), *folder.rglob("*.tex")]:
        assert "A dot, small" not in path.read_text(encoding="utf-8")


def test_a_figure_that_no_cell_drew_is_named(book):
    page = book.folder / "en" / "index.md"
    text = page.read_text(encoding="utf-8")
    try:
        page.write_text(text.replace("} fig-dot", "} fig-cat"), encoding="utf-8")
        told = book.build("en", out="wrong").warning.getvalue()
        assert "index.md:" in told
        assert "thumbnail: no cell drew 'fig-cat'" in told
    finally:
        page.write_text(text, encoding="utf-8")


def test_a_part_is_cut_and_no_larger_than_a_card_shows(tmp_path):
    pixels = np.zeros((500, 2000, 3), np.uint8)
    pixels[:250, 1000:] = (0, 114, 178)
    source = tmp_path / "figure.png"
    Image.fromarray(pixels).save(source)
    name = thumbnails._part(source, thumbnails.edges("50 0 100 50"))
    with Image.open(tmp_path / name) as part:
        assert part.size == (thumbnails.WIDTH, thumbnails.WIDTH // 4)
        np.testing.assert_array_equal(np.asarray(part.convert("RGB"))[5, 5], (0, 114, 178))
    assert thumbnails._part(source, (0, 0, 1, 1)) != name


@pytest.mark.parametrize("argument", ["0 0 50", "50 0 50 100", "0 0 50 101", "0 10 100 5"])
def test_an_impossible_part_is_refused(argument):
    with pytest.raises(ValueError, match=f"in percent. Received: {argument}"):
        thumbnails.edges(argument)
