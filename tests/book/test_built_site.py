"""Contracts on the built site: it loads nothing from elsewhere, and every link in it arrives."""

import re
import subprocess
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

from bookkit.data.registry import SAMPLE
from bookkit.paths import BUILD, LANGUAGE_TAGS, LANGUAGES, ROOT, SITE

# Attributes through which a browser loads something without being asked.
LOADED = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "input": ("src",),
    "use": ("href", "xlink:href"),
}
LOADING_LINKS = {
    "stylesheet", "preload", "prefetch", "modulepreload", "preconnect", "dns-prefetch", "icon",
    "apple-touch-icon", "mask-icon", "manifest",
}  # fmt: skip
CSS_ADDRESS = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*?))\s*\)|@import\s+["']([^"']+)"""
)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
TEX = re.compile(r"\$\$|\\\(|\\\[|\\begin\{")
ROLE = re.compile(r"\{(?:[a-z]+:)?[a-z]+(?::[a-z]+)?\}$|:::|\{glue|\{result")
FILE_NAME = re.compile(r"\.(png|svg|jpe?g|gif)$")
CJK = re.compile(r"[\u3400-\u9fff]")


def language_of(address: str) -> str | None:
    first = address.partition("/")[0]
    return first if first in LANGUAGES else None


def loaded_addresses(tree) -> Iterator[str]:
    """Yield the address of everything that a page loads by itself."""
    for element in tree.find_all(True):
        for attribute in LOADED.get(element.name, ()):
            value = element.get(attribute)
            if value and attribute == "srcset":
                yield from (part.split()[0] for part in value.split(",") if part.strip())
            elif value:
                yield value
        if element.name == "link" and LOADING_LINKS & set(element.get("rel", [])):
            yield element["href"]
        yield from css_addresses(element.get("style", ""))
        if element.name == "style":
            yield from css_addresses(element.get_text())


def css_addresses(text: str) -> Iterator[str]:
    for match in CSS_ADDRESS.finditer(CSS_COMMENT.sub("", text)):
        yield next(group for group in match.groups() if group is not None)


def target(base: Path, address: str) -> Path:
    """Return the file that an address means on a page or in a style sheet."""
    return Path(base.parent, unquote(urlsplit(address).path)).resolve()


def wrong_load(base: Path, address: str) -> str | None:
    """Say what is wrong with an address that is loaded."""
    if address.startswith(("data:", "#")):
        return None
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address.startswith("/"):
        return f"{address}: not relative"
    if not target(base, address).is_file():
        return f"{address}: missing"
    return None


@cache
def ids(parsed, path: Path) -> frozenset[str]:
    return frozenset(element["id"] for element in parsed(path).find_all(id=True))


def prose(tree) -> str:
    """Return the text of the article without code, formulas and outputs."""
    skipped = ("pre", "code", "math", "script", "style")
    return " ".join(
        text for text in tree.article.find_all(string=True) if not text.find_parent(skipped)
    )


def test_a_page_loads_only_files_beside_it(parsed, site_file, address):
    path = site_file(address)
    problems = [wrong_load(path, each) for each in loaded_addresses(parsed(path))]
    assert [each for each in problems if each] == []


def test_style_sheets_load_only_files_beside_them(site_file):
    site_file("index.html")
    sheets = sorted(SITE.rglob("*.css"))
    assert sheets
    problems = []
    for sheet in sheets:
        for address in css_addresses(sheet.read_text(encoding="utf-8")):
            if problem := wrong_load(sheet, address):
                problems.append(f"{sheet.relative_to(SITE)}: {problem}")
    assert problems == []


def test_every_link_arrives(parsed, site_file, address):
    path = site_file(address)
    links = [link["href"] for link in parsed(path).find_all("a", href=True)]
    assert [link for link in links if not arrives(parsed, path, link)] == []


def arrives(parsed, path: Path, link: str) -> bool:
    """Whether a link on a page leads to a file of the site, and to an id in it."""
    parts = urlsplit(link)
    if parts.scheme in ("http", "https", "mailto"):
        return True
    file = target(path, link) if parts.path else path
    file = file / "index.html" if file.is_dir() else file
    if parts.scheme or parts.netloc or not file.is_relative_to(SITE) or not file.is_file():
        return False
    fragment = unquote(parts.fragment)
    return not fragment or file.suffix != ".html" or fragment in ids(parsed, file)


def test_ids_are_unique_on_a_page(parsed, site_file, address):
    found = [element["id"] for element in parsed(site_file(address)).find_all(id=True)]
    assert sorted({each for each in found if found.count(each) > 1}) == []


def test_links_and_headings_have_words(parsed, site_file, address):
    for element in parsed(site_file(address)).select("a[href], article :is(h1, h2, h3, h4)"):
        pictures = [image.get("alt", "") for image in element.find_all("img")]
        words = element.get_text() + element.get("aria-label", "") + "".join(pictures)
        assert words.strip(), element


def test_a_page_has_one_main_heading(parsed, site_file, address):
    if language_of(address) is None:
        return  # the entry page names the book in both languages
    headings = parsed(site_file(address)).find_all("h1")
    # The theme adds a copy of the title that only a printer sees.
    assert len([each for each in headings if not each.find_parent(class_="onlyprint")]) == 1


def test_a_page_says_its_language(parsed, site_file, address):
    tree = parsed(site_file(address))
    assert tree.html["lang"].split("-")[0] == (language_of(address) or "zh")
    if language_of(address) is None:
        for language in LANGUAGES:
            assert tree.select(f'[lang^="{language}"] h2')


def test_a_page_names_its_alternates_in_both_languages(parsed, site_file, address):
    path = site_file(address)
    alternates = {
        link["hreflang"].split("-")[0]: link["href"]
        for link in parsed(path).find_all("link", rel="alternate", hreflang=True)
    }
    page = address.partition("/")[2] or "index.html"
    assert set(LANGUAGES) <= set(alternates)
    for language in LANGUAGES:
        assert alternates[language].endswith(f"{language}/{page}")
        assert (SITE / language / page).is_file()
        if not urlsplit(alternates[language]).scheme:  # whole addresses once a site is configured
            assert target(path, alternates[language]) == SITE / language / page


def test_a_page_links_to_its_twin(parsed, site_file, address):
    path = site_file(address)
    page = address.partition("/")[2] or "index.html"
    for language in LANGUAGES:
        if language == language_of(address):
            continue
        links = parsed(path).select(f'a[hreflang="{LANGUAGE_TAGS[language]}"], a[lang^={language}]')
        assert [target(path, link["href"]) for link in links] == [SITE / language / page]


def test_pictures_say_what_they_show(parsed, site_file, address):
    for image in parsed(site_file(address)).find_all("img"):
        alternative = image.get("alt", "").strip()
        assert alternative, image
        assert not FILE_NAME.search(alternative), f"write a cell-figure for it: {image['src']}"
        assert bool(CJK.search(alternative)) == (language_of(address) == "zh"), alternative


def test_sections_have_the_same_ids_in_both_languages(parsed, twins):
    zh, en = (
        [section["id"] for section in parsed(page.html).select("article section[id]")]
        for page in twins
    )
    assert zh == en
    assert zh


def test_sections_have_their_labels_as_ids(parsed, page):
    labels = [section.label for section in page.structure.sections if section.level]
    sections = parsed(page.html).select("article section[id]")
    assert [section["id"] for section in sections] == labels


def test_mathematics_is_mathml(parsed, page):
    tree = parsed(page.html)
    formulas = sum(
        count
        for section in page.structure.sections
        for (kind, _), count in section.inline.items()
        if kind == "equation"
    )
    assert len(tree.article.find_all("math")) == formulas
    assert not TEX.search(prose(tree))


def test_nothing_of_the_build_is_left_on_a_page(parsed, page):
    article = parsed(page.html).article
    assert not article.select(".system-message, .problematic")
    for code in article.find_all("pre"):
        assert "glue(" not in code.get_text()
        assert "myst_nb" not in code.get_text()
    leftovers = [
        text
        for text in article.find_all(string=ROLE)
        if not text.find_parent(("pre", "code", "math"))
    ]
    assert leftovers == []


def test_a_page_offers_the_notebook_and_the_script_that_ran(parsed, cell_page):
    links = parsed(cell_page.html).select(".provenance a[href]")
    files = {target(cell_page.html, link["href"]) for link in links}
    for export in (cell_page.notebook, cell_page.script):
        offered = [file for file in files if file.suffix == export.suffix]
        assert len(offered) == 1
        assert offered[0].read_bytes() == export.read_bytes()


def test_a_page_shows_every_cell_of_its_notebook(parsed, cell_page):
    shown = [
        block.get_text().rstrip("\n")
        for block in parsed(cell_page.html).select("article div.cell_input pre")
    ]
    assert shown == [cell.source.rstrip("\n") for cell in cell_page.executed_cells]


def test_the_entry_page_offers_both_languages(parsed, site_file):
    links = [link["href"] for link in parsed(site_file("index.html")).find_all("a", href=True)]
    assert {f"{language}/index.html" for language in LANGUAGES} <= set(links)


def test_the_sample_data_unpacks_to_exactly_the_sample(site_file, tmp_path):
    with zipfile.ZipFile(site_file("sample-data.zip")) as archive:
        archive.extractall(tmp_path)
    [folder] = tmp_path.iterdir()
    assert content(folder) == content(SAMPLE)


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_site_holds_no_page_without_a_source(book, site_file, language):
    site_file("index.html")
    folder = SITE / language
    found = {
        path.relative_to(SITE).as_posix()
        for path in folder.rglob("*.html")
        if "_static" not in path.parts
    }
    assert found <= set(book.addresses), "a stale page: make clean html"


def test_chinese_sentences_are_not_spaced_apart(parsed, site_file):
    """A line break of the source beside full-width punctuation must not become a space."""
    spaced = re.compile(r"[，。；：？！、]\s+[\u3400-\u9fff]|[\u3400-\u9fff]\n[\u3400-\u9fff]")
    for path in (SITE / "zh").rglob("*.html"):
        for paragraph in parsed(path).select("article p"):
            assert not spaced.search(paragraph.get_text()), (path.name, paragraph.get_text()[:80])


def test_emphasis_is_emphasis_and_no_asterisks(parsed, page):
    """`**句号。**后文` is not closed in Markdown: the punctuation has to stand outside."""
    assert "**" not in prose(parsed(page.html))


def test_pictures_are_as_wide_as_they_were_drawn(parsed, site_file):
    """Cells draw at 144 dots an inch; a browser has 96."""
    seen = 0
    for path in (SITE / "en").rglob("*.html"):
        for image in parsed(path).select("article figure img"):
            if image["src"].endswith(".jpg"):  # a photograph, which no cell drew
                continue
            with Image.open(target(path, image["src"])) as picture:
                drawn = picture.width * 96 / 144
            width = re.fullmatch(r"width: (\d+)px;", image["style"]).group(1)
            assert abs(int(width) - drawn) <= 1
            seen += 1
    assert seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_colophon_names_the_commit_and_every_page_that_ran(parsed, site_file, language):
    described = ["git", "describe", "--always", "--abbrev=12"]
    commit = subprocess.run(described, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    made, ran = parsed(site_file(f"{language}/colophon.html")).select("article table")
    assert commit.strip() in made.get_text()
    exports = BUILD / "notebooks" / language
    names = {path.relative_to(exports).with_suffix("").as_posix() for path in exports.rglob("*.py")}
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in ran.select("tbody tr")]
    assert {row[0] for row in rows} == names
    assert all(re.match(r"\d+\.\d ", row[1]) for row in rows)
