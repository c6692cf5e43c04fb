"""The list of terms, and the links between a term's entry and the section that defines it."""

import pytest

GLOSSARY = """\
parts:
- en: dot
  zh: 点
  at: sec-picture
  is: {en: "A mark of $1$ pixel.", zh: "$1$ 个像素的记号。"}
  also: {en: [point, period], zh: [圆点]}
- en: loss function
  zh: 损失函数
  at: sec-first
  is: {en: What is made small., zh: 要变小的量。}
"""
PAGE = "(sec-terms)=\n# T\n\n:::{terms} parts\n:::\n"


@pytest.fixture
def book(tiny_book, write_page):
    (tiny_book.folder / "glossary.yml").write_text(GLOSSARY, encoding="utf-8")
    for language in ("zh", "en"):
        write_page(tiny_book.folder / language / "terms.md", PAGE)
        index = tiny_book.folder / language / "index.md"
        listed = index.read_text("utf-8").replace("\nfirst\n", "\nfirst\nterms\n")
        index.write_text(listed, encoding="utf-8")
        first = tiny_book.folder / language / "first.md"
        sentence = {"en": "A *Point* and a *dot*.", "zh": "一个*点*，又一个*点*。"}[language]
        marked = first.read_text("utf-8").replace("$$\na^2", f"{sentence}\n\n$$\na^2")
        first.write_text(marked, encoding="utf-8")
    tiny_book.execute()
    return tiny_book


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_entry_says_what_a_term_is_and_leads_to_its_section(book, language, tags):
    assert book.build(language).warning.getvalue() == ""
    items = tags(book.article(language, "terms")).select(".terms li")
    text = " ".join(items[0].get_text().split())
    assert (
        text
        == {
            "en": "dot · 点: A mark of 1 pixel. Also called point, period. → A picture",
            "zh": "点（dot）：1 个像素的记号。也叫圆点。→ 一幅图",
        }[language]
    )
    link = items[0].select_one("a")
    assert link["href"] == "first.html#sec-picture"
    assert items[0].select_one("#term-dot")


def test_the_first_emphasized_name_in_its_section_links_to_the_entry(book, tags):
    book.build("en")
    article = tags(book.article("en", "first"))
    links = article.select('a[href="terms.html#term-dot"]')
    assert [link.get_text() for link in links] == ["Point"]


@pytest.mark.parametrize(
    ("language", "names", "heading"),
    [
        ("en", ("dot", "point", "period"), "loss function"),
        ("zh", ("点", "圆点", "dot"), "损失函数"),
    ],
)
def test_the_index_of_the_printed_book_has_each_name(book, language, names, heading):
    """It points to the first emphasized name in the section, or else to the heading."""
    app = book.build(language, "latex")
    tex = (app.outdir / f"keras-book-{language}.tex").read_text(encoding="utf-8")
    assert "".join(rf"\index{{{name}@{name}}}" for name in names) in tex
    assert tex.count(rf"\index{{{heading}@{heading}}}") == 1
    assert r"\printindex" in tex


def test_a_group_without_terms_is_a_warning(book, write_page):
    write_page(book.folder / "en" / "terms.md", PAGE.replace("parts", "partz"))
    said = book.build("en").warning.getvalue()
    assert "terms: no group 'partz' in book/glossary.yml" in said
