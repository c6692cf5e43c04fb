"""A diagram on a page: inline on the site, a file elsewhere, a figure like all others."""

import base64
import html
import json
import pickle
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from bookkit.checks import diagrams, parity, sync
from bookkit.checks.book import Book
from bookkit.web import search

IMAGE = r'<img alt="(.*?)" src="data:image/svg\+xml;base64,(.*?)">'  # in a notebook
SVG = "{http://www.w3.org/2000/svg}"
FACTS = [
    ("en", "A box and an arrow", "hidden layer", "Fig. 2 ", "From <em>one</em> to another"),
    ("zh", "一个框和一支箭头", "隐藏层", "图 2 ", "从这里到那里"),
]
EACH = pytest.mark.parametrize(("language", "alt", "label", "number", "caption"), FACTS)


def out(built_book, language, name):
    return built_book.folder / "out" / language / name


@EACH
def test_it_stands_inline_in_a_numbered_figure(
    built_book, language, alt, label, number, caption, tags
):
    text = built_book.article(language, "part/second")
    (figure,) = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    found = tags(figure)
    assert found.all("figure")[0]["id"] == "fig-flow"
    assert found.all("img") == []
    (svg,) = found.all("svg")
    assert (svg["class"], svg["role"], svg["aria-label"]) == (["diagram"], "img", alt)
    assert f">{label}</text>" in figure
    assert 'marker-end="url(#fig-flow-head-stroke-2)"' in figure
    assert f'<span class="caption-number">{number}</span>' in figure
    assert f'<span class="caption-text">{caption}' in figure
    assert not list(out(built_book, language, "html").glob("_images/*.svg"))


def test_its_colors_follow_the_mode(built_book):
    style = out(built_book, "en", "html/_static/bundle.css").read_text(encoding="utf-8")
    (light,) = re.findall(r"^html\{(--book.*?)\}", style, re.MULTILINE)
    (dark,) = re.findall(r'^html\[data-theme="dark"\]\{(--book.*?)\}', style, re.MULTILINE)
    names = [re.findall(r"(--book-\w+):", colors) for colors in (light, dark)]
    assert [name for name in names[0] if name in names[1]] == names[1]
    assert {*names[0]} - {*names[1]} == {"--book-deep", "--book-ondeep"}
    assert {"--book-ink", "--book-paper", "--book-line2", "--book-fill1"} <= set(names[0])
    assert re.search(r"\.diagram \.fill-1\{fill: var\(--book-fill1\);\}", style)
    assert re.search(r"\.diagram \.head\.stroke-2\{fill: var\(--book-line2\);", style)


def test_its_page_is_read_again_when_drawing_words_or_looks_change(built_book):
    env = pickle.loads(out(built_book, "zh", "doctrees/environment.pickle").read_bytes())
    names = {Path(path).name for path in env.dependencies["part/second"]}
    assert {"flow.svg", "labels.yml", "diagram.css"} <= names
    assert not {"flow.svg", "labels.yml"} & {Path(path).name for path in env.dependencies["first"]}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_search_does_not_find_its_labels(built_book, language):
    text = search.prepare(built_book.page(language, "part/second")).text_content()
    assert "隐藏层" not in text
    assert "hidden layer" not in text


def check_file(content, label):
    svg = ElementTree.fromstring(content)
    assert next(svg.iter(f"{SVG}text")).text == label
    assert svg[0].tag == f"{SVG}style"


@EACH
def test_a_notebook_holds_it_as_a_file(built_book, language, alt, label, number, caption):
    text = out(built_book, language, "notebook/part/second.ipynb").read_text(encoding="utf-8")
    cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
    (cell,) = [cell for cell in cells if "fig-flow" in cell]
    found_alt, content = re.search(IMAGE, cell).groups()
    assert html.unescape(found_alt) == alt
    check_file(base64.b64decode(content), label)
    assert f"**{number.strip()}**" in cell


@EACH
def test_the_epub_holds_it_as_a_file(built_book, language, alt, label, number, caption, tags):
    path = out(built_book, language, f"epub/keras-book-{language}.epub")
    with zipfile.ZipFile(path) as archive:
        (image,) = tags(archive.read("part/second.xhtml").decode()).all("img")
        name = image["src"].removeprefix("../")
        check_file(archive.read(name), label)
        package = archive.read("content.opf").decode()
    assert image["alt"] == alt
    assert re.search(rf'href="{re.escape(name)}"[^>]*media-type="image/svg\+xml"', package)


@EACH
def test_print_gets_a_vector(built_book, language, alt, label, number, caption):
    folder = out(built_book, language, "latex")
    text = (folder / f"keras-book-{language}.tex").read_text(encoding="utf-8")
    name = re.search(r"\\sphinxincludegraphics\[?.*?\{\{(flow-.*?)\}\.pdf\}", text)[1]
    (page,) = PdfReader(folder / f"{name}.pdf").pages
    assert tuple(map(float, page.mediabox)) == pytest.approx((0, 0, 180, 36))  # px at 0.6 pt
    assert label in page.extract_text()
    assert list(page.images) == []


# The places of CONTRIBUTING.md, "A diagram": the drawing, its words, the pages, what was read.
DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40">
  <circle class="dot stroke-1" cx="20" cy="20" r="6"/>
  <text class="start" x="40" y="20">one dot</text>
</svg>
"""
BODY = ":::{diagram} dot\n:name: fig-dot\n:alt: A dot\n\nA dot.\n:::\n"


def test_a_new_diagram_asks_for_what_is_missing_until_all_is_there(tmp_path):
    book = tmp_path / "book"
    for folder in ("zh", "en", "diagrams"):
        (book / folder).mkdir(parents=True)
    for language in ("zh", "en"):
        (book / language / "a.md").write_text("(sec-a)=\n# A\n", encoding="utf-8")
    (book / "sync.json").write_text("{}", encoding="utf-8")

    def asked(*checks):
        return [line.partition("; ")[0] for check in checks for line in check(Book(tmp_path))]

    (book / "diagrams" / "dot.svg").write_text(DRAWING, encoding="utf-8")
    shown = "book/diagrams/dot.svg:1: no page shows this diagram"
    untranslated = "book/diagrams/dot.svg:3: the label 'one dot' has no translation"
    assert asked(diagrams.check) == [shown, untranslated]
    (book / "diagrams" / "labels.yml").write_text("zh: {one dot: 一个点}", encoding="utf-8")
    assert asked(diagrams.check) == [shown]
    for language in ("zh", "en"):
        with (book / language / "a.md").open("a", encoding="utf-8") as page:
            page.write(f"\n{BODY}")
        twin = "en" if language == "zh" else None
        assert bool(asked(parity.check)) == bool(twin)
    assert asked(diagrams.check, parity.check) == []
    assert asked(sync.check) == ["book/zh/a.md:2: prose changed in zh and en"]
