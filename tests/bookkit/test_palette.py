"""One accent for site, tests, EPUB, PDF and covers."""

import re
import zipfile

import pytest
from contrast import contrast
from PIL import Image

from bookkit import palette
from bookkit.checks.book import Book
from bookkit.paths import BOOK, ROOT
from bookkit.web import listings

OTHER = "#12AB34"


@pytest.mark.parametrize(
    ("color", "ground"),
    [
        (palette.ACCENT, "#FFFFFF"),
        (palette.STRONG, "#F3F5F7"),
        (palette.INK, "#FFFFFF"),
        (palette.MUTED, "#FFFFFF"),
        (palette.ON_DARK, "#14181E"),
    ],
)
def test_words_in_a_color_of_the_palette_can_be_read(color, ground):
    channels = ([int(each[at : at + 2], 16) for at in (1, 3, 5)] for each in (color, ground))
    assert contrast(*channels) >= 4.5  # WCAG 2, level AA


def test_every_format_follows_the_accent(tiny_book, tmp_path, monkeypatch):
    for colors in (palette.LIGHT, palette.PRINT):
        monkeypatch.setitem(colors, "accent", OTHER)
    tiny_book.execute()
    for builder in ("html", "epub", "latex"):
        assert tiny_book.build("en", builder).warning.getvalue() == ""
    out = tiny_book.folder / "out/en"
    style = (out / "html/_static/bundle.css").read_text()
    assert f"html{{--book-accent:{OTHER};" in style
    assert re.search(r"html:root\{\s*--pst-color-primary:\s*var\(--book-accent\)", style)
    with zipfile.ZipFile(out / "epub/keras-book-en.epub") as archive:
        style = archive.read("_static/reader.css").decode()
    assert f"border-left: 3px solid {OTHER};" in style
    assert "var(" not in style
    assert rf"\definecolor{{bookaccent}}{{HTML}}{{{OTHER[1:]}}}" in (
        out / "latex/keras-book-en.tex"
    ).read_text(encoding="utf-8")
    listings.write(tmp_path / "tests", Book(tiny_book.folder))
    assert f"--book-accent:{OTHER};" in (tmp_path / "tests" / "tests.css").read_text()


@pytest.mark.parametrize(
    "path", sorted(BOOK.glob("*/cover.svg")), ids=lambda path: path.parent.name
)
def test_a_cover_has_the_accent(path):
    cure = "write palette.ON_DARK in place of its accent; its comment says how it is drawn again"
    bar = re.search(
        r'<rect x="90" y="120" width="180" height="14" fill="(.*?)"/>', path.read_text()
    )
    dots = re.findall(r'<circle .*? fill="(.*?)"', path.read_text())
    name = path.relative_to(ROOT)
    ground = re.search(r'<rect width="1200" height="1600" fill="(.*?)"/>', path.read_text())
    assert ground[1].upper() == palette.DEEP.upper(), f"{name}: write palette.DEEP as its ground"
    assert palette.ON_DARK == bar[1] == dots[0], f"{name}: {cure}"
    with Image.open(path.with_suffix(".png")) as picture:
        drawn = "#{:02X}{:02X}{:02X}".format(*picture.convert("RGB").getpixel((180, 127)))
    assert drawn == palette.ON_DARK.upper(), f"{name.with_suffix('.png')}: {cure}"


def test_nothing_else_names_a_color_of_the_palette():
    colors = {each.lower()[1:] for each in (*palette.PRINT.values(), palette.ON_DARK)}
    files = [ROOT / "conf.py", *BOOK.glob("_*/**/*.*"), *(ROOT / "code/bookkit").rglob("*.py")]
    texts = {path: path.read_text("utf-8").lower() for path in files if path.suffix != ".woff2"}
    found = [path.name for path, text in texts.items() if any(color in text for color in colors)]
    assert found == ["palette.py"]
