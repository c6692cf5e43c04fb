"""The extension in a real build of a tiny book in two languages."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from docutils.core import publish_doctree
from myst_parser.docutils_ import Parser

from bookkit import directives, extension
from bookkit.web import mathml
from bookkit.words import WORDS


class Tags(HTMLParser):
    """Collects `(tag, attributes)` of a page in reading order."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag, **wanted):
        return [
            attributes
            for name, attributes in self.found
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]


def article(book, language, name):
    text = book.page(language, name)
    return text[text.index("<article") : text.index("</article>")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_warns(built_book, language):
    assert built_book.warnings[language, "html"] == ""


def test_both_languages_hit_what_ran_once(built_book):
    assert sorted(built_book.executed) == ["first", "index", "part/second"]
    assert len(built_book.cache.list_cache_records()) == 3
    outputs = re.compile(r'<div class="output.*?</div>', re.DOTALL)
    zh, en = (outputs.findall(article(built_book, one, "first")) for one in ("zh", "en"))
    # On the Chinese page an output says that it is in English.
    assert [each.replace(' lang="en"', "") for each in zh] == en != []
    assert "42 11" in zh[0]


def test_pages_are_read_and_written_again_when_the_code_of_the_kit_changed(tiny_book, monkeypatch):
    tiny_book.execute()
    tiny_book.build("en")
    written = tiny_book.folder / "out" / "en" / "html" / "part" / "second.html"
    text = written.read_text(encoding="utf-8")
    written.write_text("stale", encoding="utf-8")
    tiny_book.build("en")
    assert written.read_text(encoding="utf-8") == "stale"
    monkeypatch.setattr(extension, "code_of", lambda folder: "changed")
    tiny_book.build("en")
    assert written.read_text(encoding="utf-8") == text


def test_every_format_has_the_commit_it_was_built_from(tiny_book, write_page, monkeypatch):
    tiny_book.execute()
    write_page(tiny_book.folder / "en" / "made.md", "(sec-made)=\n# Made\n\n```{colophon}\n```\n")
    for commit, builder in (("1" * 12, "html"), ("2" * 12, "latex"), ("2" * 12, "html")):
        monkeypatch.setattr(directives, "edition", lambda commit=commit: (commit, "2026-01-31"))
        tiny_book.build("en", builder)
    assert "2" * 12 in tiny_book.page("en", "made")


def test_signs_beside_a_formula_stay_on_its_line(built_book):
    text = article(built_book, "zh", "first")
    kept = re.findall(r'<span class="together"><math.*?</math>(.*?)</span>', text)
    assert kept == ["，", "。"]
    assert "</math></span>，" not in text


def test_the_code_of_a_folder_is_all_of_its_files_at_any_depth(tmp_path):
    deep = tmp_path / "text" / "numbers" / "one.py"
    deep.parent.mkdir(parents=True)
    deep.write_text("x = 1", encoding="utf-8")
    found = {extension.code_of(tmp_path)}
    (tmp_path / "two.py").touch()
    found.add(extension.code_of(tmp_path))
    deep.write_text("x = 2", encoding="utf-8")
    found.add(extension.code_of(tmp_path))
    assert len(found) == 3


@pytest.mark.parametrize("folder", ["checks", "data"])
def test_code_that_renders_no_page_has_none_read_again(tmp_path, folder):
    (tmp_path / "one.py").touch()
    before = extension.code_of(tmp_path)
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "two.py").touch()
    assert extension.code_of(tmp_path) == before


@pytest.mark.parametrize(
    ("language", "alt", "number", "caption"),
    [("en", "One dot", "Fig. 1 ", "A dot, larger than <em>life</em>"),
     ("zh", "一个点", "图 1 ", "一个点，见")],
)  # fmt: skip
def test_the_picture_of_a_cell_moves_into_a_numbered_figure(
    built_book, language, alt, number, caption
):
    text = article(built_book, language, "first")
    (figure,) = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert Tags(figure).all("figure")[0]["id"] == "fig-dot"
    (image,) = Tags(text).all("img")
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


def test_only_the_web_page_links_a_cell_to_the_tests_of_what_it_includes(built_book):
    text = article(built_book, "en", "first")
    (link,) = re.findall(r'<p class="cell-tests">(.*?)</p>', text)
    assert Tags(link).all("a")[0]["href"] == "../tests/toy.html#double"
    assert link.endswith(">Test of this function</a>")
    # below the code and above what it printed
    cell = text[: text.index("42 11")]
    assert cell.rindex("cell_input") < cell.index("cell-tests") < cell.rindex("cell_output")
    for builder in ("notebook", "latex"):
        files = (built_book.folder / "out" / "en" / builder).rglob("*")
        texts = [file.read_text(errors="replace") for file in files if file.is_file()]
        assert any("First things" in each for each in texts)
        assert not any("Test of this function" in each for each in texts)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("index", ["sec-index"]),
        ("first", ["sec-first", "sec-picture", "sec-lists"]),
        ("part/second", ["sec-2-1-2", "sec-2-1-3"]),
    ],
)
def test_the_ids_of_sections_are_exactly_their_labels(built_book, language, name, labels):
    text = article(built_book, language, name)
    assert [one["id"] for one in Tags(text).all("section")] == labels
    # no second target beside the section's own
    assert re.findall(r'<span id="[^"]*"></span>', text) == []


def test_the_articles_number_stands_beside_the_heading_and_nowhere_else(built_book):
    text = article(built_book, "en", "part/second")
    assert '<h1>The second part <span class="article-section">§2.1.2</span>' in text
    assert '<h2>Inside <span class="article-section">§2.1.3</span>' in text
    assert "article-section" not in article(built_book, "en", "first")
    for name in ("index", "first", "part/second"):
        page = built_book.page("en", name)
        assert page.count("§") == (2 if name == "part/second" else 0)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("name", "up"), [("index", "../"), ("first", "../"), ("part/second", "../../")]
)
def test_the_switcher_leads_to_the_same_page_of_the_other_language(built_book, language, name, up):
    other, tag = {"zh": ("en", "en"), "en": ("zh", "zh-CN")}[language]
    tags = Tags(built_book.page(language, name))
    links = tags.all("a", hreflang=tag)
    assert links
    for link in links:
        assert link["href"] == f"{up}{other}/{name}.html"
        assert link["data-language"] == other
    assert tags.all("a", hreflang={"en": "zh-CN", "zh-CN": "en"}[tag]) == []
    here = built_book.folder / "out" / language / "html" / f"{name}.html"
    there = built_book.folder / "out" / other / "html" / f"{name}.html"
    assert there.is_file()
    # in the site the languages stand side by side, without the `html` folder of this build
    href = os.path.normpath(Path("/site", language, name).parent / links[0]["href"])
    assert href == f"/site/{other}/{name}.html"
    assert here != there


@pytest.mark.parametrize("language", ["zh", "en"])
def test_alternates_name_both_languages(built_book, language):
    tags = Tags(built_book.page(language, "part/second"))
    assert [(one["hreflang"], one["href"]) for one in tags.all("link", rel="alternate")] == [
        ("zh-CN", "../../zh/part/second.html"),
        ("en", "../../en/part/second.html"),
    ]
    (html,) = tags.all("html")
    assert html["lang"].replace("_", "-").split("-")[0] == language


def menu(text):
    """Return `(words, address)` of the header's links to take along or to open elsewhere."""
    found = re.findall(r'<details class="downloads">.*?</details>', text, re.DOTALL)
    return [
        (words, address)
        for one in found
        for address, words in re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', one)
    ]


def test_a_page_offers_its_exports_and_nothing_that_is_not_there(built_book):
    assert menu(built_book.page("zh", "part/second")) == [
        ("笔记本", "../notebooks/part/second.ipynb"),
        ("脚本", "../notebooks/part/second.py"),
    ]
    assert menu(built_book.page("en", "index")) == []  # no cells


@pytest.fixture(scope="module")
def published(built_book):
    """The English tiny book with a repository and a PDF."""
    settings = {"bookkit_repository": "some-one/a.book", "bookkit_books": ["pdf", "epub"]}
    for builder in ("html", "notebook"):
        app = built_book.build("en", builder, out="published", **settings)
        assert app.warning.getvalue() == ""
    return built_book


def test_a_published_page_opens_where_notebooks_run(published):
    path = "en/notebooks/part/second.ipynb"
    assert menu(published.page("en", "part/second", out="published")) == [
        ("notebook", "../notebooks/part/second.ipynb"),
        ("script", "../notebooks/part/second.py"),
        ("The book as PDF", "../../keras-book-en.pdf"),
        ("The book as EPUB", "../../keras-book-en.epub"),
        (
            "Run in Colab",
            f"https://colab.research.google.com/github/some-one/a.book/blob/gh-pages/{path}",
        ),
        (
            "Run in Binder",
            "https://mybinder.org/v2/gh/some-one/a.book/gh-pages?labpath="
            "en%2Fnotebooks%2Fpart%2Fsecond.ipynb",
        ),
        (
            "Run in Kaggle",
            "https://kaggle.com/kernels/welcome?src="
            f"https://github.com/some-one/a.book/blob/gh-pages/{path}",
        ),
    ]
    assert menu(published.page("en", "index", out="published")) == [
        ("The book as PDF", "../keras-book-en.pdf"),
        ("The book as EPUB", "../keras-book-en.epub"),
    ]


def test_a_published_notebook_first_readies_the_machine_and_its_script_does_not(published):
    folder = published.folder / "published" / "en" / "notebook"
    first = nbformat.read(folder / "first.ipynb", as_version=4)
    code = [cell for cell in first.cells if cell.cell_type == "code"]
    assert code[0].id == "setup"
    assert code[0].outputs == []
    assert "some-one/a.book/gh-pages/sample-data.zip" in code[0].source  # it reads data
    assert "setup" not in [cell.id for cell in code[1:]]
    second = nbformat.read(folder / "part" / "second.ipynb", as_version=4)
    assert "sample-data" not in "".join(cell.source for cell in second.cells)
    assert "gh-pages" not in (folder / "first.py").read_text(encoding="utf-8")
    unpublished = published.folder / "out" / "en" / "notebook" / "first.ipynb"
    assert "gh-pages" not in unpublished.read_text(encoding="utf-8")


def test_the_provenance_box_tells_how_a_page_was_made(built_book, environment):
    box = re.search(
        r'<div class="provenance admonition">.*?</table>',
        article(built_book, "en", "first"),
        re.DOTALL,
    )[0]
    cells = [re.sub("<[^>]+>", "", one) for one in re.findall(r"<td>(.*?)</td>", box, re.DOTALL)]
    rows = dict(zip(cells[::2], cells[1::2], strict=True))
    assert re.fullmatch(r"\d+\.\d s", rows.pop("Execution time"))
    assert rows == {
        "Python and main packages": "Python 3.11.0, numpy 2.0.0, keras 3.13.0",
        "Processor": "Abacus 9, 3 cores",
        "Data": f"digits (sample, SHA-256 {environment.data['digits']['sha256'][:12]}…)",
        "Main random seed": "11",
        "Download": "notebook · script",
    }
    assert [one["href"] for one in Tags(box).all("a")] == [
        "notebooks/first.ipynb",
        "notebooks/first.py",
    ]


def test_the_provenance_box_of_other_pages(built_book):
    nested = article(built_book, "zh", "part/second")
    assert "除库自带的以外没有" in nested
    assert "没有随机数" in nested
    assert 'href="../notebooks/part/second.ipynb"' in nested
    index = article(built_book, "zh", "index")
    assert "本章没有代码单元。" in index
    assert "notebooks/" not in index


def test_both_languages_have_the_same_words():
    assert list(WORDS["zh"]) == list(WORDS["en"])


def test_mathematics_is_mathml_and_no_script(built_book):
    text = built_book.page("en", "first")
    tags = Tags(text)
    assert [one["display"] for one in tags.all("math")].count("block") == 1
    assert "<msup><mi>a</mi><mn>2</mn></msup>" in text
    assert r"\(" not in article(built_book, "en", "first")
    assert '<a class="reference internal" href="#equation-eq-square">(1)</a>' in text
    assert [one for one in tags.all("script") if "mathjax" in one.get("src", "").lower()] == []


def test_reference_results_reach_prose_and_table(built_book):
    text = article(built_book, "en", "first")
    assert "<p>Quoted: 62.5%, 2026-01-31.</p>" in text
    table = re.search(r'<table class="result-table.*?</table>', text, re.DOTALL)[0]
    rows = [
        re.findall(r"<t[dh]([^>]*)><p>(.*?)</p></t[dh]>", row)
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]
    assert [[re.sub("</?strong>", "", cell) for _, cell in row] for row in rows] == [
        ["Recipe", "Seed", "Test accuracy", "Parameters"],
        ["plain", "0", "0.50", "73,418"],
        ["1", "0.75", "73,418"],
        ["Mean\u00a0±\u00a0SD", "0.62\u00a0±\u00a00.18", "73,418"],
        ["The improved network", "0", "0.90", "5"],
    ]
    assert ['rowspan="3"' in rows[1][0][0], "rowspan" in rows[4][0][0]] == [True, False]
    assert all(cell.startswith("<strong>") for _, cell in rows[3])
    chinese = article(built_book, "zh", "first")
    assert "改进的网络" in chinese
    assert "<p>plain</p>" not in chinese


def test_what_is_wrong_on_a_page_is_said_with_its_line(built_book):
    said = re.sub(r"\x1b\[[\d;]*m", "", built_book.build("bad").warning.getvalue())
    page = built_book.folder / "bad" / "index.md"
    lines = [line.removeprefix(f"{page}:") for line in said.splitlines() if line]
    none = "result-table: no results of 'figures' (known: ['digits']): make reference TASK=figures"
    assert sorted(lines) == sorted(
        [
            "9: WARNING: cell-figure: no picture in a code cell above",
            "15: ERROR: result: no recipe 'plane'; there are: plain, improved-network [docutils]",
            f"15: ERROR: {none.replace('-table', '')} [docutils]",
            "15: ERROR: result: Unknown format code 'd' for object of type 'float' [docutils]",
            r"18: WARNING: TeX '\\unknowncommand{x}' holds a command that latex2mathml does not "
            "know",
            r"20: WARNING: TeX '\\begin{unknown} x' cannot be converted: MissingEndError()",
            "24: ERROR: result-table: no metric 'accuracy'; there are: test_accuracy, parameters, "
            "wall_s [docutils]",
            f"28: ERROR: {none} [docutils]",
            "32: ERROR: cell-figure needs :alt: and a caption [docutils]",
        ]
    )


def test_only_the_pages_that_show_a_module_are_read_again_when_it_changes(built_book):
    toy = built_book.folder / "code" / "toy.py"
    before = toy.read_text(encoding="utf-8")
    assert list(built_book.build("en").builder.get_outdated_docs()) == []
    try:
        toy.write_text(before.replace("# one number", "# a number"), encoding="utf-8")
        assert built_book.execute() == ["first"]
        app = built_book.build("en")
        assert app.warning.getvalue() == ""
        assert "# a number" in built_book.page("en", "first")
        assert updated(app) == ["first"]
    finally:
        toy.write_text(before, encoding="utf-8")
        built_book.build("en")
    assert "# one number" in built_book.page("en", "first")


def test_a_page_is_read_again_when_the_results_it_quotes_change(built_book):
    file = built_book.folder / "results" / "digits.json"
    before = file.read_text(encoding="utf-8")
    try:
        file.write_text(before.replace("0.75", "0.85"), encoding="utf-8")
        app = built_book.build("en")
        assert updated(app) == ["first"]
        assert "<p>Quoted: 67.5%" in article(built_book, "en", "first")
    finally:
        file.write_text(before, encoding="utf-8")
        built_book.build("en")


def updated(app):
    """Return the pages that a build read, from what it said."""
    said = re.sub(r"\x1b\[[\d;]*m", "", app.status.getvalue())
    return re.findall(r"reading sources\.\.\. \[.*?\] (\S+)", said)


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
        (r"\frac{1}{n}", "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac>"),
        (r"\text{如果}", "<mtext>如果</mtext>"),
    ],
)
def test_tex_is_converted(tex, expected):
    inline = mathml.render(tex, display=False)
    assert expected in inline
    assert 'display="inline"' in inline
    assert 'display="block"' in mathml.render(tex, display=True)


def formula(tex, display=False):
    """Return a formula without what its elements have in common."""
    return mathml.render(tex, display=display).partition("<mrow>")[2].removesuffix("</mrow></math>")


def test_bars_open_and_close_and_grow_only_when_told():
    opened, closed = (
        f'<mo stretchy="false" form="{form}">|</mo>' for form in ("prefix", "postfix")
    )
    assert formula("|r| = |s|").count(opened) == formula("|r| = |s|").count(closed) == 2
    assert formula("|r|") == f"{opened}<mi>r</mi>{closed}"
    norm = formula(r"\lVert g \rVert^2")
    assert norm.startswith('<mo stretchy="false" form="prefix">‖</mo><mi>g</mi><msup>')
    assert 'form="postfix">‖</mo><mn>2</mn></msup>' in norm
    assert 'stretchy="true"' in formula(r"\left|\frac{1}{2}\right|")


@pytest.mark.parametrize(
    ("tex", "parted"),
    [
        (r"\log 2", "<mi>log</mi><mspace/><mn>2</mn>"),
        (r"2 \log 2", "<mn>2</mn><mspace/><mi>log</mi><mspace/><mn>2</mn>"),
        (r"\log(p)", '<mi>log</mi><mo stretchy="false">('),
        (r"-\log p", "<mo>−</mo><mi>log</mi><mspace/><mi>p</mi>"),
        (r"\max(z, 0)", '<mi>max</mi><mo stretchy="false">('),
        (r"\log\,x", "<mi>log</mi><mspace/><mi>x</mi>"),
    ],
)
def test_a_function_is_parted_from_what_it_is_applied_to(tex, parted):
    found = formula(tex).replace(f' width="{mathml.THIN}" />', "/>")
    assert parted in found
    assert found.count("<mspace") == parted.count("<mspace")


@pytest.mark.parametrize(
    ("tex", "signs"), [("x = -1", 1), ("(a, -1)", 1), ("a - b", 0), ("|a| - b", 0), ("(a) - b", 0)]
)
def test_a_minus_is_a_sign_where_nothing_stands_before_it(tex, signs):
    assert formula(tex).count('<mo form="prefix">−</mo>') == signs


def test_thousands_are_one_number_and_plus_minus_is_an_operator():
    assert formula("3{,}840{,}128 + 46{,}890") == "<mn>3,840,128</mn><mo>+</mo><mn>46,890</mn>"
    assert "<mi>a</mi><mn>1</mn><mo>,</mo>" in formula("a1, 123")
    assert formula(r"a \pm b") == "<mi>a</mi><mo>±</mo><mi>b</mi>"


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"a, \qquad b .", ["a, ", " b ."]),
        (r"\text{if \qquad so}", [r"\text{if \qquad so}"]),
        (r"\begin{cases} a \qquad b \end{cases} \qquad c", 2),
        (r"\left( a \qquad b \right)", 1),
        (r"a \qquadx b", 1),
    ],
)
def test_a_display_is_split_between_its_formulas(tex, parts):
    found = mathml.parts(tex)
    assert (found if isinstance(parts, list) else len(found)) == parts


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"-\infty", '<mo>−</mo><mi mathvariant="normal">∞</mi>'),
        (r"\partial L", '<mi mathvariant="normal">∂</mi><mi>L</mi>'),
        ("n/B", '<mi>n</mi><mo lspace="0" rspace="0">/</mo><mi>B</mi>'),
        ("x_{l-1}", '<mi>l</mi><mo lspace="0" rspace="0">−</mo><mn>1</mn>'),
        ("W'", '<mrow><mi>W</mi><mo lspace="0" rspace="0">′</mo></mrow>'),
        ("W'_t", '<mo lspace="0" rspace="0">′</mo></mrow><mi>t</mi></msub>'),
    ],
)
def test_signs_stand_as_close_as_in_tex(tex, expected):
    assert expected in formula(tex)


def test_a_bar_belongs_to_its_letter():
    assert '<mover accent="true">' in formula(r"\bar x")
    assert 'stretchy="false"' in formula(r"\bar x")
    assert "<mover accent" not in formula(r"\overline{ab}")


def test_limits_stand_below_and_above_in_a_display_only():
    assert "<munderover><mo>∑</mo>" in formula(r"\sum_{i=1}^{n} i", display=True)
    assert "<munder><mi>max</mi>" in formula(r"\max_j z_j", display=True)
    assert "<msub><mi>max</mi>" in formula(r"\max_j z_j")
    assert "munder" not in formula(r"\frac{e}{\sum_j e}", display=True)


@pytest.mark.parametrize(
    "tex", [r"\begin{aligned} a &= b \end{aligned}", r"\begin{gathered} a \\ b \end{gathered}"]
)
def test_columns_and_lines_that_would_be_lost_are_refused(tex):
    with pytest.raises(ValueError, match="columns or lines that would be lost"):
        mathml.render(tex, display=True)


def test_a_command_that_would_show_as_text_is_refused():
    with pytest.raises(ValueError, match=r"^TeX '\\\\nosuch\{x\}' holds a command that "):
        mathml.render(r"\nosuch{x}", display=False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**粗体。**\nKeras 在前。\n后一句。", "粗体。Keras 在前。后一句。"),
        ("第一句。\n第二句 AP\n第三句。\n第四句。", "第一句。第二句 AP\n第三句。第四句。"),
        ("`代码`\nKeras，\n再来。", "代码\nKeras，再来。"),
    ],
)
def test_each_break_is_judged_by_its_own_neighbors(written, read, monkeypatch):
    # a break that stays must not decide for those after it, nor an empty node hide what is before
    settings = {"report_level": 5}
    document = publish_doctree(written, parser=Parser(), settings_overrides=settings)
    transform = extension.JoinChineseLines(document)
    config = property(lambda self: SimpleNamespace(bookkit_language="zh"))
    monkeypatch.setattr(extension.JoinChineseLines, "config", config, raising=False)
    transform.apply()
    assert document.astext() == read
