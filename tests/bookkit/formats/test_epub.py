"""The EPUB of the tiny book: what reading systems and validators ask for."""

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from PIL import Image

OPF = "{http://www.idpf.org/2007/opf}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(params=["zh", "en"])
def book(built_book, request):
    path = built_book.folder / "out" / request.param / "epub" / f"keras-book-{request.param}.epub"
    assert built_book.warnings[request.param, "epub"] == ""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return request.param, files


def test_a_page_with_mathematics_declares_it(book):
    _, files = book
    items = ElementTree.fromstring(files["content.opf"]).findall(f"{OPF}manifest/{OPF}item")
    pages = {item.get("href"): item.get("properties") for item in items}
    pages = {name: found for name, found in pages.items() if name.endswith(".xhtml")}
    assert pages == {
        name: "nav" if name == "nav.xhtml" else "mathml" if b"<math" in files[name] else None
        for name in pages
    }
    assert list(pages.values()).count("mathml") == 1


def test_every_page_is_xml_in_its_language_without_script_icon_or_foreign_style(book):
    language, files = book
    tag = {"zh": "zh-CN", "en": "en"}[language]
    for name in [name for name in files if name.endswith(".xhtml") and name != "nav.xhtml"]:
        root = ElementTree.fromstring(files[name])
        assert (name, root.get("lang")) == (name, tag)
        found = {element.tag.removeprefix(XHTML) for element in root.iter()}
        assert not found & {"script", "svg"}
        styles = [link.get("href") for link in root.iter(f"{XHTML}link")]
        assert [style.rpartition("/")[2] for style in styles] == ["pygments.css", "reader.css"]


def test_only_its_own_style_sheets_travel_with_it(book):
    _, files = book
    static = sorted(name for name in files if "_static" in name)
    assert static == ["_static/cover.png", "_static/pygments.css", "_static/reader.css"]


def test_it_opens_with_a_cover_that_says_the_title(book):
    language, files = book
    package = ElementTree.fromstring(files["content.opf"])
    items = {item.get("href"): item for item in package.iter(f"{OPF}item")}
    assert items["_static/cover.png"].get("properties") == "cover-image"
    with Image.open(io.BytesIO(files["_static/cover.png"])) as picture:
        assert picture.size == (1200, 1600)
    first = package.find(f"{OPF}spine/{OPF}itemref").get("idref")
    assert first == items["epub-cover.xhtml"].get("id")
    shown = ElementTree.fromstring(files["epub-cover.xhtml"]).findall(f".//{XHTML}img")
    title = {
        "zh": "Keras 中的机器学习：回顾与展望",
        "en": "Machine Learning in Keras: Review and Outlook",
    }
    assert [image.get("alt") for image in shown] == [title[language]]


def test_a_second_build_lists_each_page_once(built_book):
    app = built_book.build("en", "epub")
    assert app.warning.getvalue() == ""
    with zipfile.ZipFile(built_book.folder / "out/en/epub/keras-book-en.epub") as archive:
        package = ElementTree.fromstring(archive.read("content.opf"))
    order = [item.get("idref") for item in package.find(f"{OPF}spine")]
    assert len(order) == len(set(order)) > 3


def test_package_and_navigation_name_language_and_one_identifier(book):
    language, files = book
    package = ElementTree.fromstring(files["content.opf"])
    dc = "{http://purl.org/dc/elements/1.1/}"
    assert package.find(f".//{dc}language").text == {"zh": "zh-CN", "en": "en"}[language]
    identifier = package.find(f".//{dc}identifier").text
    assert identifier == f"keras-book-{language}"
    assert re.findall(r'name="dtb:uid" content="(.*?)"', files["toc.ncx"].decode()) == [identifier]
    words = {"zh": "目录", "en": "Contents"}
    assert f"<h1>{words[language]}</h1>" in files["nav.xhtml"].decode()


def test_chapters_stand_below_their_parts(book):
    language, files = book
    contents = ElementTree.fromstring(files["nav.xhtml"]).find(f".//{XHTML}nav/{XHTML}ol")
    found = [
        (part.find(f"{XHTML}a").text, [link.get("href") for link in part.iter(f"{XHTML}a")])
        for part in contents
    ]
    names = {"zh": ["开头", "附录"], "en": ["Heads & tails", "Appendix"]}[language]
    (_, first), (part, chapters), (appendix, others) = found
    assert first == ["index.xhtml"]
    assert [part, appendix] == names
    # The link of a part leads to its first chapter, which follows with its sections.
    assert chapters[:2] == ["first.xhtml", "first.xhtml"]
    assert others[:2] == ["part/second.xhtml", "part/second.xhtml"]
