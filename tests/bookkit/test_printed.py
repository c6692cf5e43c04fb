"""The printed book: what TeX is told, and which PDFs are refused."""

import re
import sys

import pytest

from bookkit import printed
from bookkit.errors import BookError

WIDE = "Overfull \\hbox ({}pt too wide) in paragraph at lines 7--9\n"


def document(built_book, language):
    path = built_book.folder / "out" / language / "latex" / f"keras-book-{language}.tex"
    return path.read_text(encoding="utf-8").partition(r"\begin{document}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_warns(built_book, language):
    assert built_book.warnings[language, "latex"] == ""


@pytest.mark.parametrize(
    ("language", "part", "appendix"),
    [("zh", "开头", "附录"), ("en", r"Heads \& tails", "Appendix")],
)
def test_lists_of_pages_become_parts_and_the_last_one_the_appendix(
    built_book, language, part, appendix
):
    _, _, body = document(built_book, language)
    order = [
        r"\bookmaketitle",
        r"\bookpreface",
        rf"\bookpart{{{part}}}",
        r"\chapter{",
        rf"\bookappendix{{{appendix}}}",
        r"\chapter{",
    ]
    at = 0
    for command in order:
        at = body.index(command, at) + 1
    assert body.count(r"\bookpart{") == body.count(r"\bookappendix{") == 1


def test_a_heading_shows_the_article_section_in_its_own_style(built_book):
    _, _, body = document(built_book, "en")
    assert r" \booksection{§2.1.2}}" in body


@pytest.mark.parametrize(("language", "word"), [("zh", "提交"), ("en", "commit")])
def test_the_title_page_names_edition_and_licence(built_book, language, word):
    head, _, _ = document(built_book, language)
    assert rf"\usepackage[{language}]{{bookdesign}}" in head
    (edition,) = re.findall(r"\\newcommand\*\\bookedition\{(.*?)\}", head)
    assert re.search(r"20\d\d-\d\d-\d\d", edition)
    assert word in edition
    assert "CC BY-SA 4.0" in head


@pytest.fixture
def tex(tmp_path, monkeypatch):
    """Replace TeX by a program that writes a given log and ends with a given code."""
    monkeypatch.setattr(printed, "BUILD", tmp_path / "_build")
    monkeypatch.setattr(printed, "ROOT", tmp_path)

    def start(code, log):
        for language in ("zh", "en"):
            (tmp_path / "_build" / "sphinx" / language / "latex").mkdir(parents=True)
        program = (
            "import pathlib, sys\n"
            "name = pathlib.Path(sys.argv[1])\n"
            f"text = {log!r} if 'zh' in name.name else 'fine'\n"
            "name.with_suffix('.log').write_text(text, encoding='utf-8')\n"
            f"sys.exit({code} if 'zh' in name.name else 0)"
        )
        monkeypatch.setattr(printed, "LATEXMK", (sys.executable, "-c", program))
        printed.typeset(["zh", "en"])

    return start


def test_a_pdf_without_fault_is_accepted(tex, tmp_path):
    tex(0, "fine\n" + WIDE.format("9.99"))
    made = sorted(path.name for path in tmp_path.rglob("*.log"))
    assert made == ["keras-book-en.log", "keras-book-zh.log"]


@pytest.mark.parametrize(
    ("code", "log", "said"),
    [
        (1, "(./file.tex\n! Undefined control sequence.\n", "! Undefined control sequence."),
        (0, "Missing character: 词\nMissing character: 词\n", "Missing character: 词"),
        (0, WIDE.format("10.01") + WIDE.format("3.5"), WIDE.format("10.01").strip()),
    ],
)
def test_a_pdf_with_an_error_a_missing_character_or_a_wide_line_is_refused(tex, code, log, said):
    with pytest.raises(BookError) as caught:
        tex(code, log)
    where = "the PDF failed, see _build/sphinx/zh/latex/keras-book-zh.log"
    assert str(caught.value) == f"{where}\n{said}"


def test_tex_that_says_nothing_is_an_error_too(tex):
    with pytest.raises(BookError, match=r"^the PDF failed, see .*keras-book-zh\.log$"):
        tex(2, "")
