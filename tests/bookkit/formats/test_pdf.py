"""The printed book: what TeX is told, and which PDFs are refused."""

import re
import subprocess
import sys

import pytest
from docutils import nodes

from bookkit.errors import BookError
from bookkit.formats import pdf, tables
from bookkit.languages import LANGUAGES

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


@pytest.mark.parametrize(
    ("language", "word", "punctuation"),
    [("zh", "提交", "fullwidth"), ("en", "commit", "halfwidth")],
)
def test_the_title_page_names_edition_and_licence(built_book, language, word, punctuation):
    head, _, _ = document(built_book, language)
    assert rf"\usepackage[{punctuation}]{{bookdesign}}" in head
    (edition,) = re.findall(r"\\newcommand\*\\bookedition\{(.*?)\}", head)
    assert re.search(r"20\d\d-\d\d-\d\d", edition)
    assert word in edition
    assert "CC BY-SA 4.0" in head


@pytest.fixture
def tex(tmp_path, monkeypatch):
    """Replace TeX by a program that writes a given log and ends with a given code."""
    monkeypatch.setattr(pdf, "BUILD", tmp_path / "_build")
    monkeypatch.setattr(pdf, "ROOT", tmp_path)

    def start(code, log):
        for language in ("zh", "en"):
            (tmp_path / "_build" / "sphinx" / language / "latex").mkdir(parents=True, exist_ok=True)
        program = (
            "import pathlib, sys\n"
            "name = pathlib.Path(sys.argv[1])\n"
            f"text = {log!r} if 'zh' in name.name else 'fine'\n"
            "name.with_suffix('.log').write_text(text, encoding='utf-8')\n"
            f"sys.exit({code} if 'zh' in name.name else 0)"
        )
        monkeypatch.setattr(pdf, "LATEXMK", (sys.executable, "-c", program))
        pdf.typeset(["zh", "en"])

    return start


def test_a_pdf_without_fault_is_accepted(tex, tmp_path):
    tex(0, "fine\n" + WIDE.format("9.99"))
    made = sorted(path.name for path in tmp_path.rglob("*.log"))
    assert made == ["keras-book-en.log", "keras-book-zh.log"]


@pytest.mark.parametrize(
    ("code", "log", "said"),
    [
        (1, "(./file.tex\n! Undefined control sequence.\n", "! Undefined control sequence."),
        (
            1,
            '! Package fontspec Error:\n(fontspec) The font "x" cannot be found;\n\nl.21 y',
            '! Package fontspec Error:\n(fontspec) The font "x" cannot be found;',
        ),
        (0, "Missing character: 词\nMissing character: 词\n", "Missing character: 词"),
        (0, WIDE.format("10.01") + WIDE.format("3.5"), WIDE.format("10.01").strip()),
    ],
)
def test_a_pdf_with_an_error_a_missing_character_or_a_wide_line_is_refused(tex, code, log, said):
    with pytest.raises(BookError) as caught:
        tex(code, log)
    where = "the PDF failed, see _build/sphinx/zh/latex/keras-book-zh.log"
    assert str(caught.value) == f"{where}\n{said}"


def test_tex_starts_anew_after_an_error_since_a_package_may_have_been_missing(tex, tmp_path):
    remembered = {}
    for language in ("zh", "en"):
        folder = tmp_path / "_build" / "sphinx" / language / "latex"
        folder.mkdir(parents=True)
        remembered[language] = folder / f"keras-book-{language}.fdb_latexmk"
        remembered[language].touch()
    with pytest.raises(BookError):
        tex(1, "! LaTeX Error: File `unicode-math.sty' not found.\n")
    assert not remembered["zh"].exists()
    assert remembered["en"].exists()


def test_tex_that_says_nothing_is_an_error_too(tex):
    with pytest.raises(BookError, match=r"^the PDF failed, see .*keras-book-zh\.log$"):
        tex(2, "")


def entry(*parts, **attributes):
    return nodes.entry("", *(nodes.paragraph("", "", part) for part in parts), **attributes)


def widths(rows, head=None):
    """Return the widths of the columns, in thousandths of a line."""
    group = nodes.tgroup(cols=len(rows[0]))
    if head:
        group += nodes.thead("", nodes.row("", *(entry(nodes.Text(cell)) for cell in head)))
    group += nodes.tbody("", *(nodes.row("", *(entry(nodes.Text(c)) for c in row)) for row in rows))
    return pdf._widths(list(tables.cells(nodes.table("", group))))


def test_short_cells_make_a_narrow_table():
    # 8 and 4 letters, and 3 for the space between columns, of 96 in a line
    assert widths([["eight888", "four"]]) == [round(1000 * 11 / 96), round(1000 * 7 / 96)]
    assert widths([["八个字母", "四个"]]) == widths([["eight888", "four"]])


def test_a_column_of_numbers_keeps_them_whole_beside_one_of_sentences():
    sentence = "many words that may stand on several lines " * 4
    first, second = widths([[sentence, "67.68%\u00a0±\u00a01.13%"], ["short", "1"]])
    assert second == round(1000 * (len("67.68% ± 1.13%") + 3) / 96)
    assert first + second == pytest.approx(1000, abs=1)


def test_words_come_before_sentences_and_bold_is_wider():
    long_word = "w" * 40
    narrow, wide = widths([["a few words here " * 6, long_word]])
    assert wide >= round(1000 * 43 / 96)
    assert narrow + wide == pytest.approx(1000, abs=1)
    assert widths([["1"]], head=["heading"])[0] == round(1000 * (7 * 1.1 + 3) / 96)


def test_tables_without_room_share_the_line():
    assert widths([["w" * 90, "v" * 90]]) == [500, 500]


def test_tables_in_tex_have_widths_and_spans_have_no_stripes(built_book):
    _, _, body = document(built_book, "en")
    table = body[body.index("The improved network") - 3000 :]
    assert re.search(r"\\begin\{tabular\}\[t\]\{(\\X\{\d+\}\{1000\}){4}\}", table)
    assert r"\sphinxthistablewithnocolorrowsstyle" in table


@pytest.mark.parametrize(
    ("language", "answer"),
    [("zh", "\\sphinxstylestrong{答案}\u3000"), ("en", "\\sphinxstylestrong{The answer} It is")],
)
def test_answers_stand_below_their_questions(built_book, language, answer):
    _, _, body = document(built_book, language)
    assert answer in body
    at = body.index(answer)
    assert r"\nopagebreak" in body[at - 60 : at]
    assert r"\subsubsection*" not in body


@pytest.mark.parametrize(
    ("left", "right", "parted"),
    [
        ("见", "K", True),
        ("K", "见", True),
        ("见", "录", False),
        ("K", "a", False),
        ("，", "K", False),
        ("", "K", False),
    ],
)
def test_chinese_and_latin_are_parted_at_links(left, right, parted):
    assert pdf._meet(left, right) is parted


@pytest.mark.parametrize(
    ("before", "text", "after", "printed_as"),
    [
        ("见 ", "Keras", " 一章", r"见\CJKecglue{}Keras 一章"),  # one space, however typed
        ("见", "Keras", "一章", r"见\CJKecglue{}Keras\CJKecglue{}一章"),
        ("见 ", "损失", "。", "见 损失。"),
        ("见（", "Keras", "）", "见（Keras）"),
    ],
)
def test_a_link_in_chinese_has_one_space_beside_latin(before, text, after, printed_as):
    sentence = nodes.paragraph("", "", nodes.Text(before), nodes.reference("", text))
    sentence += nodes.Text(after)
    pdf.part_links(sentence, LANGUAGES["zh"])
    assert sentence.astext() == printed_as


def test_photographs_are_narrower_than_drawings():
    drawing, photo = nodes.image("", uri="a.png"), nodes.image("", uri="folder/b.jpg")
    page = nodes.figure("", drawing, photo)
    pdf.narrow_photographs(page, LANGUAGES["en"])
    assert photo["width"] == "60%"
    assert "width" not in drawing


def test_what_explains_marked_lines_has_no_bullets(built_book):
    _, _, body = document(built_book, "en")
    (found,) = re.findall(r"\\begin\{sphinxuseclass\}\{callouts\}(.*?)\\end", body, re.DOTALL)
    assert "①" in found


@pytest.mark.parametrize(
    ("language", "title", "first"),
    [
        ("zh", "本章如何产生", "Python 与主要库"),
        ("en", "How this chapter was made", "Python and main packages"),
    ],
)
def test_how_a_chapter_was_made_stands_in_small_print_that_is_kept_with_its_text(
    built_book, language, title, first
):
    _, _, body = document(built_book, language)
    text = body[body.rindex(r"\bookkeep") :]
    at = text.index(r"\begin{sphinxuseclass}{provenance}")
    made = text[at : text.index(r"\end{sphinxuseclass}", at)]
    assert made.index(rf"\sphinxstylestrong{{{title}}}") < made.index(
        rf"\sphinxstylestrong{{{first}}}"
    )
    assert "Abacus 9" in made
    assert "tabular" not in made


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("Adam", "adam@Adam"),
        ("学习率", "学习率@学习率"),
        ("recall @ 3", 'recall "@ 3@recall "@ 3'),
        ("a!b", 'a"!b@a"!b'),
    ],
)
def test_an_entry_of_the_index_says_how_it_is_sorted_and_printed(name, entry):
    assert pdf.index_entry(name) == entry


def test_the_index_sorts_chinese_by_pinyin_with_a_space_between_letters(tmp_path):
    names = ("损失", "Adam", "批次", "爱", "算子", "阿")
    entries = [rf"\indexentry{{{pdf.index_entry(name)}|hyperpage}}{{1}}" for name in names]
    (tmp_path / "a.idx").write_text("\n".join(entries), encoding="utf-8")
    (tmp_path / "index.ist").write_text(pdf._index_style(LANGUAGES["zh"]), encoding="utf-8")
    command = ["upmendex", "-q", "-f", "-s", "index.ist", "-o", "a.ind", "a.idx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    groups = (tmp_path / "a.ind").read_text(encoding="utf-8").split(r"\indexspace")
    found = [re.findall(r"item (\w+),", group) for group in groups]
    assert found == [["Adam"], ["阿", "爱"], ["批次"], ["算子", "损失"]]
