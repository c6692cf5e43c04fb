"""The PDFs and EPUBs of the real book, where they were built."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pypdf
import pypdfium2
import pytest

from bookkit.languages import LANGUAGES
from bookkit.paths import BOOK, BUILD, SITE, pages

NAMES = pages(BOOK / "en")
A4_PT = (595, 842)
# Pages from the first chapter to "Advanced training", and all, with listings: text has no limit,
# but a jump would be a mistake of the layout.
CHAPTERS, WHOLE = 520, 1140
FEW_LINES = 14  # of a page that a box fills alone
FOOT_PT, MOSTLY_WHITE = 60, 0.6  # above the number of a page; a share of its height
CHECKERS = ("/usr/share/java/epubcheck.jar", "/usr/bin/epubcheck")  # the second is a jar as well


def made(target: str, language: str) -> Path:
    path = BUILD / target / f"keras-book-{language}.{target}"
    if not path.is_file():
        pytest.skip(f"{path.name} was not built: run `make {target}`")
    return path


@cache
def reader(language: str) -> pypdf.PdfReader:
    return pypdf.PdfReader(made("pdf", language))


@cache
def texts(language: str) -> list[pypdfium2.PdfTextPage]:
    """Return the text of each page, with places; reading it by pypdf takes twenty times as long."""
    book = pypdfium2.PdfDocument(made("pdf", language))
    return [page.get_textpage() for page in book]


def outline(entries, depth=0):
    """Flatten bookmarks to `(depth, title)`; a list after an entry holds its children."""
    for entry in entries:
        if isinstance(entry, list):
            yield from outline(entry, depth + 1)
        else:
            yield depth, entry.title


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_a4_and_says_what_it_is(language, parsed_elements):
    pdf = reader(language)
    assert {tuple(round(edge) for edge in page.mediabox[2:]) for page in pdf.pages} == {A4_PT}
    heading = parsed_elements(SITE / language / "index.html", "h1")
    title = heading.get_text().rstrip("#")
    assert pdf.metadata.title == title.strip()
    assert pdf.metadata.author
    assert len(pdf.metadata.subject) > 30
    assert pdf.root_object["/Lang"] == {"zh": "zh-CN", "en": "en"}[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_bookmarks_hold_parts_and_every_page_of_the_book(language, parsed_elements):
    titles = [title for _, title in outline(reader(language).outline)]
    index = (BOOK / language / "index.md").read_text(encoding="utf-8")
    parts = re.findall(r"^:caption: (.+)$", index, re.MULTILINE)
    places = [next(i for i, t in enumerate(titles) if t.endswith(part)) for part in parts]
    assert places == sorted(places)
    assert len(places) > 3
    plain = " | ".join(titles)
    for name in NAMES:
        if name != "index":
            heading = parsed_elements(SITE / language / f"{name}.html", "h1")
            words = re.sub(r"\s*(§[\d.]+)?\s*#?$", "", heading.get_text()).strip()
            assert words in plain, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_of_the_pdf_lead_somewhere(language):
    pdf = reader(language)
    named = set(pdf.named_destinations)
    targets = set()
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            action = annotation.get_object().get("/A", {})
            if action.get("/S") == "/GoTo":
                targets.add(action["/D"])
    assert len(targets) > 250
    assert not targets - named


def chapters(language: str, end: int = -1) -> tuple[int, int]:
    """Return the places of the first page of the first chapter, and of the appendix or `end`."""
    pdf = reader(language)
    marks = [entry for entry in pdf.outline if not isinstance(entry, list)]
    first = next(entry for entry in marks if entry.title.startswith("1 "))
    return pdf.get_destination_page_number(first), pdf.get_destination_page_number(marks[end])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chapters_take_no_more_pages_than_stated(language):
    first, beyond = chapters(language, end=-4)
    assert 200 < beyond - first <= CHAPTERS
    assert len(reader(language).pages) <= WHOLE


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_box_stands_alone_on_a_page(language):
    words = LANGUAGES[language].words
    first, appendix = chapters(language)
    written = [page.get_text_bounded() for page in texts(language)[first:appendix]]
    bodies = [text.partition("\n")[2].strip() for text in written]  # below the running head
    assert sum(words["provenance"] in text for text in written) > 20
    alone = [
        number
        for number, body in enumerate(bodies, first + 1)
        if body.startswith(words["provenance"])
        or (body.startswith(words["article"]) and body.count("\n") < FEW_LINES)
    ]
    assert alone == []


def lowest(text) -> float:
    """Return how high above the foot of a page its last line stands, without the number below."""
    feet = (text.get_rect(number)[1] for number in range(text.count_rects()))
    return min((foot for foot in feet if foot > FOOT_PT), default=A4_PT[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_within_a_chapter_is_mostly_white(language):
    pdf = reader(language)
    first, appendix = chapters(language)
    marks = [entry for part in pdf.outline if isinstance(part, list) for entry in part]
    begins = {
        pdf.get_destination_page_number(entry)
        for entry in [*pdf.outline, *marks]
        if not isinstance(entry, list)
    }
    assert len(begins) > 20
    white = [
        number
        for number in range(first, appendix)
        if number + 1 not in begins and lowest(texts(language)[number]) > MOSTLY_WHITE * A4_PT[1]
    ]
    assert white == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_fold_leads_to_its_listing_and_each_listing_back(language):
    source = BUILD / "sphinx" / language / "latex" / f"keras-book-{language}.tex"
    text = source.read_text(encoding="utf-8") if made("pdf", language) else ""
    named = set(reader(language).named_destinations)
    printed = re.findall(r"\\booklisting\{(\d+)\}", text)
    folds = re.findall(r"\\bookfold\{(fold-[\d-]+)\}\{.*\}\{(\d+)\}", text)
    assert len(folds) > 200
    assert {number for _, number in folds} == set(printed)
    assert len(printed) == len(set(printed)) < len(folds)
    aux = source.with_suffix(".aux").read_text(encoding="utf-8")
    labels = dict(
        re.findall(r"\\newlabel\{((?:fold|listing)-[\d-]+)\}\{\{.*?\}\{.*?\}\{.*?\}\{(.*?)\}", aux)
    )
    assert set(labels) == {label for label, _ in folds} | {f"listing-{one}" for one in printed}
    assert set(labels.values()) <= named
    assert len(set(labels.values())) == len(labels)


@pytest.mark.sampled("zh")
@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_of_cells_and_diagrams_are_vectors(language, parsed_elements):
    source = BUILD / "sphinx" / language / "latex" / f"keras-book-{language}.tex"
    text = source.read_text(encoding="utf-8") if made("pdf", language) else ""
    suffixes = re.findall(r"\\sphinxincludegraphics(?:\[[^]]*\])?\{\{.*?\}(\.\w+)\}", text)
    pages = [parsed_elements(SITE / language / f"{name}.html", "figure") for name in NAMES]
    figures = sum(len(page.select("figure img, figure svg.diagram")) for page in pages)
    photographs = suffixes.count(".jpg")
    assert suffixes.count(".pdf") + photographs == figures > 40
    assert suffixes.count(".png") == 0


@pytest.mark.sampled("zh")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_epub_is_valid(language):
    book = made("epub", language)
    checker = next((path for path in CHECKERS if Path(path).is_file()), None)
    if not (checker and shutil.which("java")):
        pytest.skip("epubcheck is missing: apt-get install epubcheck")
    command = ["java", "-jar", checker, "--failonwarnings", str(book)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-3000:]
    assert "0 fatals / 0 errors / 0 warnings" in finished.stdout
