"""Contracts on the built site: it loads nothing from elsewhere, and every link in it arrives."""

import re
import subprocess
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from fontTools.ttLib import TTFont
from PIL import Image

from bookkit.languages import LANGUAGES
from bookkit.pages import glossary
from bookkit.paths import BOOK, BUILD, ROOT, SITE

CSS_ADDRESS = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*?))\s*\)|@import\s+["']([^"']+)"""
)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
TEX = re.compile(r"\$\$|\\\(|\\\[|\\begin\{")
ROLE = re.compile(r"\{(?:[a-z]+:)?[a-z]+(?::[a-z]+)?\}$|:::|\{glue|\{result")
FILE_NAME = re.compile(r"\.(png|svg|jpe?g|gif)$")
CJK = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[A-Za-z]{2}")


def language_of(address: str) -> str | None:
    first = address.partition("/")[0]
    return first if first in LANGUAGES else None


def loaded_addresses(tree) -> Iterator[str]:
    """Yield the address of everything that a page loads by itself."""
    yield from (element["src"] for element in tree.find_all(src=True))
    links = tree.select("link[href]:not([rel=alternate], [rel=canonical])")
    yield from (link["href"] for link in links)
    for element in tree.find_all(style=True):
        yield from css_addresses(element["style"])
    for element in tree.find_all("style"):
        yield from css_addresses(element.get_text())


def css_addresses(text: str) -> Iterator[str]:
    for match in CSS_ADDRESS.finditer(CSS_COMMENT.sub("", text)):
        yield next(group for group in match.groups() if group is not None)


def target(base: Path, address: str) -> Path:
    """Return the file that an address means on a page or in a style sheet."""
    return Path(base.parent, unquote(urlsplit(address).path)).resolve()


def is_beside(base: Path, address: str) -> bool:
    """Whether what is loaded is a file of the site, found from a folder as from a server."""
    parts = urlsplit(address)
    relative = not (parts.scheme or parts.netloc or address.startswith("/"))
    return address.startswith(("data:", "#")) or (relative and target(base, address).is_file())


@cache
def ids(parsed, path: Path) -> frozenset[str]:
    return frozenset(element["id"] for element in parsed(path).find_all(id=True))


@cache
def prose(parsed, path: Path) -> str:
    """Return the text of the article without code, formulas and outputs."""
    skipped = ("pre", "code", "math", "script", "style")
    strings = parsed(path).article.find_all(string=True)
    return " ".join(text for text in strings if not text.find_parent(skipped))


def test_a_page_loads_only_files_beside_it(parsed, site_file, address):
    path = site_file(address)
    assert [each for each in loaded_addresses(parsed(path)) if not is_beside(path, each)] == []


def test_no_script_of_a_page_stops_its_reading(parsed, page):
    scripts = parsed(page.html).select("script[src]")
    assert scripts
    assert all(script.has_attr("defer") for script in scripts)
    # which mode a reader chose must be known before the first paint; that is all
    inline = parsed(page.html).select("head > script:not([src])")
    assert sum(len(script.get_text()) for script in inline) < 400


def test_style_sheets_load_only_files_beside_them(site_file):
    site_file("index.html")
    missing = {}
    for sheet in SITE.rglob("*.css"):
        addresses = css_addresses(sheet.read_text(encoding="utf-8"))
        missing[sheet] = [each for each in addresses if not is_beside(sheet, each)]
    assert {sheet: found for sheet, found in missing.items() if found} == {}
    assert missing


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


def test_a_page_has_one_main_heading(parsed, page):
    assert len(parsed(page.html).find_all("h1")) == 1


def test_a_page_says_its_language(parsed, site_file, address):
    tree = parsed(site_file(address))
    assert tree.html["lang"].split("-")[0] == (language_of(address) or "zh")
    if language_of(address) is None:
        for language in LANGUAGES:
            assert tree.select(f'[lang^="{language}"] h2')


def meta(tree) -> dict[str, str]:
    return {
        each.get("name") or each.get("property"): each["content"]
        for each in tree.head.find_all("meta", content=True)
    }


def test_a_page_says_what_it_is_about(parsed, page):
    tree = parsed(page.html)
    found = meta(tree)
    written = yaml.safe_load(page.text.split("---\n")[1])
    assert found["description"] == found["og:description"] == written["description"]
    assert found["og:title"] == written["title"]
    assert found["og:site_name"] in tree.title.get_text()
    assert tree.title.get_text().count(found["og:title"]) == 1
    assert found["og:type"] == ("website" if page.name == "index" else "article")
    locales = {"zh": "zh_CN", "en": "en_US"}
    assert found["og:locale"] == locales.pop(page.language)
    assert [found["og:locale:alternate"]] == list(locales.values())
    assert bool(CJK.search(found["description"])) == (page.language == "zh")
    canonical = [link["href"] for link in tree.find_all("link", rel="canonical")]
    assert canonical == [found[name] for name in ["og:url"] if name in found]


def test_no_two_pages_say_the_same_of_themselves(parsed, book):
    for name in ("description", "og:title"):
        for language in LANGUAGES:
            said = [meta(parsed(one.html))[name] for one in book.pages if one.language == language]
            assert sorted(said) == sorted(set(said))


# What the theme, its parts and the scripts say in English.
THEME_ENGLISH = re.compile(
    r"System Settings|Color mode|\b(Light|Dark|Contents|Search|Copy|Copied|Toggle|Show|Hide|Click|"
    r"Back to top|Skip to|On this page|previous|next|By|Copyright|Main|Page|Navigation|Section|"
    r"Index|Home|Note|Warning|Tip|Permalink|Link to|Breadcrumb|Version|Announcement)\b"
)
SPOKEN = ("title", "aria-label", "placeholder", "alt")


def test_the_theme_speaks_chinese_on_chinese_pages(parsed, chinese_page):
    tree = parsed(chinese_page.html)
    found = []
    silent = {id(each) for each in tree.article.find_all(True) if not set(SPOKEN) & set(each.attrs)}
    for element in tree.body.find_all(True):
        if id(element) in silent:  # most elements: a span for each word of code
            continue
        if element.find_parent(class_="citation") or "reference" in element.get("class", []):
            continue  # titles of sources
        if "data-program" in element.attrs:
            continue  # a button names the function that it copies
        said = [element.get(name, "") for name in SPOKEN]
        if not element.find_parent("article") and element.name not in (
            "script",
            "style",
            "article",
        ):
            said += element.find_all(string=True, recursive=False)
        found += [text for text in said if THEME_ENGLISH.search(text)]
    for part in tree.select(
        "article :is(summary, .admonition-title, .caption-number, .headerlink)"
    ):
        found += [text for text in [part.get_text()] if THEME_ENGLISH.search(text)]
    assert found == []


def test_pages_are_listed_in_reading_order(parsed, page):
    """What the root page lists is the order of the side navigation, and of previous and next."""
    tree = parsed(page.html)
    links = tree.select("nav.bd-docs-nav a.reference.internal")
    shown = [
        target(page.html, link["href"]) if link["href"] != "#" else page.html for link in links
    ]
    order = ["index", *re.findall(r"^[a-z][\w/-]*$", toctrees(page.language), re.MULTILINE)]
    assert shown == [SITE / page.language / f"{name}.html" for name in order]
    captions = [each.get_text(strip=True) for each in tree.select("nav.bd-docs-nav p.caption")]
    assert captions == re.findall(r"^:caption: (.+)$", toctrees(page.language), re.MULTILINE)
    at = order.index(page.name)
    around = {"prev": order[:at][-1:], "next": order[at + 1 :][:1]}
    for relation, expected in around.items():
        side = {"prev": "left-prev", "next": "right-next"}[relation]
        for found in (tree.select(f"head link[rel={relation}]"), tree.select(f"a.{side}")):
            files = [target(page.html, link["href"]) for link in found]
            assert files == [SITE / page.language / f"{name}.html" for name in expected]


@cache
def toctrees(language: str) -> str:
    text = (BOOK / language / "index.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^`{3}\{toctree\}(.*?)^`{3}$", text, re.MULTILINE | re.DOTALL))


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
        links = parsed(path).select(f'a[hreflang="{LANGUAGES[language].tag}"], a[lang^={language}]')
        assert [target(path, link["href"]) for link in links] == [SITE / language / page]


def test_pictures_say_what_they_show(parsed, site_file, address):
    wrong = []
    for image in parsed(site_file(address)).select("img, svg.diagram"):
        alternative = image.get("aria-label" if image.name == "svg" else "alt", "").strip()
        chinese = bool(CJK.search(alternative))
        if FILE_NAME.search(alternative or ".png") or chinese != (language_of(address) == "zh"):
            wrong.append(image)
    assert wrong == [], "write a cell-figure for it"


def test_pictures_hold_their_place_and_wait_their_turn(parsed, pictured_page):
    images = parsed(pictured_page.html).select("article img")
    assert images
    for position, image in enumerate(images):
        with Image.open(target(pictured_page.html, image["src"])) as picture:
            assert (int(image["width"]), int(image["height"])) == picture.size
        assert image["loading"] == ("lazy" if position else "eager")
        assert image["decoding"] == "async"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_shows_a_result_and_a_picture(parsed, site_file, language):
    article = parsed(site_file(f"{language}/index.html")).article
    cell = article.select_one("div.cell_input")
    assert len(cell.get_text().strip().splitlines()) <= 20
    accuracy = re.fullmatch(
        r"test accuracy: (\d+\.\d)%\s*", article.select_one(".output").get_text()
    )
    assert 90 <= float(accuracy.group(1)) < 100
    # the picture, which the reader's own drawing takes the place of, stands beside the first words
    opening = article.select_one(".first-look")
    assert [figure["id"] for figure in opening.select("figure:has(img)")] == ["fig-index-live"]


def test_sections_have_their_labels_as_ids(parsed, page):
    labels = [section.label for section in page.structure.sections if section.level]
    # the list of snippets has one for each chapter, which no label of the page names
    sections = parsed(page.html).select("article section[id]:not(:has(> .snippets))")
    assert [section["id"] for section in sections] == labels != []


def test_mathematics_is_mathml(parsed, page):
    tree = parsed(page.html)
    formulas = sum(
        count
        for section in page.structure.sections
        for (kind, _), count in section.inline.items()
        if kind == "equation"
    )
    if page.name == glossary.PAGE:
        definitions = (term.definitions[page.language] for term in glossary.read(BOOK))
        formulas = sum(text.count("$") // 2 for text in definitions)
    displays = tree.article.select("div.math")
    displayed = [display.find_all("math") for display in displays]
    inline = len(tree.article.find_all("math")) - sum(map(len, displayed))
    assert inline + len(displays) == formulas
    assert all(displayed)
    assert not TEX.search(prose(parsed, page.html))


def slanted(letter: str) -> str:
    """Return how a browser shows a lone letter of a formula: `x` as U+1D465."""
    name = unicodedata.name(letter, "")
    for script in ("LATIN", "GREEK"):
        name = (
            name.replace(f"{script} ", "MATHEMATICAL ITALIC ")
            .replace(" LETTER", "")
            .replace("LUNATE ", "")
        )
    if letter == "h":
        name = "PLANCK CONSTANT"
    return unicodedata.lookup(name) if name.startswith(("MATHEMATICAL", "PLANCK")) else letter


@pytest.mark.weekly
def test_the_font_of_formulas_has_every_sign(parsed, book):
    shown = set()
    for page in book.pages:
        for leaf in parsed(page.html).article.select("math :not(:has(*))"):
            text = leaf.get_text()
            upright = leaf.name != "mi" or len(text) > 1 or leaf.get("mathvariant") == "normal"
            shown |= set(text if upright else slanted(text))
    assert len(shown) > 100
    with TTFont(BOOK / "_static" / "fonts" / "stix-two-math.woff2") as font:
        missing = shown - {chr(code) for code in font.getBestCmap()}
    # Chinese words in a formula are in the system's font.
    assert sorted(sign for sign in missing if not CJK.match(sign) and sign not in "：") == []


def test_root_signs_of_the_font_are_equally_wide():
    # Chromium leaves room after every root for the widest of them.
    with TTFont(BOOK / "_static" / "fonts" / "stix-two-math.woff2") as font:
        variants = font["MATH"].table.MathVariants
        at = variants.VertGlyphCoverage.glyphs.index(font.getBestCmap()[ord("√")])
        root = variants.VertGlyphConstruction[at]
        glyphs = [each.VariantGlyph for each in root.MathGlyphVariantRecord]
        glyphs += [each.glyph for each in root.GlyphAssembly.PartRecords]
        assert len({font["hmtx"][glyph][0] for glyph in glyphs}) == 1


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


def test_a_page_shows_every_cell_of_its_notebook(parsed, cell_page):
    shown = [
        block.get_text().rstrip("\n")
        for block in parsed(cell_page.html).select("article div.cell_input pre")
    ]
    assert shown == [cell.source.rstrip("\n") for cell in cell_page.executed_cells]


def test_the_page_for_missing_addresses_loads_nothing_and_names_its_boxes(parsed, site_file):
    tree = parsed(site_file("404.html"))
    assert list(loaded_addresses(tree)) == []
    assert len(tree.select("form input[name=q][aria-label]")) == len(LANGUAGES)


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


def test_chinese_sentences_are_not_spaced_apart(parsed, chinese_page):
    """A line break of the source beside full-width punctuation must not become a space."""
    spaced = re.compile(r"[，。；：？！、]\s+[\u3400-\u9fff]|[\u3400-\u9fff]\n[\u3400-\u9fff]")
    paragraphs = [each.get_text() for each in parsed(chinese_page.html).select("article p")]
    assert paragraphs
    assert [text[:80] for text in paragraphs if spaced.search(text)] == []


def test_emphasis_is_emphasis_and_no_asterisks(parsed, page):
    """`**句号。**后文` is not closed in Markdown: the punctuation has to stand outside."""
    assert "**" not in prose(parsed, page.html)


def test_pictures_are_as_wide_as_they_were_drawn(parsed, book):
    """Cells draw at 144 dots an inch; a browser has 96."""
    seen = 0
    for path in [page.html for page in book.pages if page.language == "en"]:
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
    notebooks = exports.rglob("*.ipynb")
    names = {path.relative_to(exports).with_suffix("").as_posix() for path in notebooks}
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in ran.select("tbody tr")]
    assert {row[0] for row in rows} == names
    assert all(re.match(r"\d+\.\d ", row[1]) for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_style_sheet_holds_what_the_pages_use(language):
    text = (SITE / language / "_static" / "bundle.css").read_text(encoding="utf-8")
    assert text.count('--fa:"') < 30  # the theme's table of icon glyphs has 2,000
    for used in (".bd-article", ".highlight .kn", ".copybtn", ".sd-summary-title", "math"):
        assert used in text
    assert ".sd-tab-set" not in text


def tongue(element) -> str:
    """Return the language that a piece of a parsed page is said to be in."""
    return element.find_parent(attrs={"lang": True})["lang"]


def test_a_passage_in_the_other_language_says_so(parsed, page):
    article = parsed(page.html).article
    wrong = []
    if page.language == "en":
        for text in article.find_all(string=CJK):
            # the source of a cell is Python, whatever its strings hold
            if tongue(text) != LANGUAGES["zh"].tag and not text.find_parent(class_="cell_input"):
                wrong.append(text)
    else:
        for block in article.select("p, pre"):
            words = [text for text in block.find_all(string=True) if not text.find_parent("math")]
            english = WORD.search(" ".join(words)) and not CJK.search("".join(words))
            if english and (block.get("lang") or tongue(block)) != LANGUAGES["en"].tag:
                wrong.append(block.get_text())
    assert wrong == []


def test_every_icon_on_a_page_is_in_the_style_sheet(book, parsed, site_file):
    known = site_file("en/_static/bundle.css").read_text(encoding="utf-8")
    for address in book.addresses[1:]:
        for icon in parsed(site_file(address)).select("i.fa-solid, i[class*='fa-']"):
            names = {name for name in icon["class"] if name.startswith("fa-")}
            names -= {"fa-solid", "fa-lg", "fa-fw"}
            assert all(f".fa-{name[3:]} {{" in known for name in names), f"{address}: {names}"
