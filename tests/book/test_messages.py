"""Error messages as entrances: each that the book shows is listed; a pasted one finds its cure."""

import json
import random
import re

import pytest
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from bookkit.paths import SITE
from bookkit.text import messages

NAMED = 4  # words of a message that is nothing without its names: "No module named 'jax'"
BOX, FIRST = "#pst-search-dialog input", "#book-search-results a >> nth=0"
TRACEBACK = """Traceback (most recent call last):
  File "/home/me/projects/train.py", line 41, in <module>
    history = model.fit(x_train, y_train, epochs=10, batch_size=32)
  File "/home/me/.venv/lib/python3.12/site-packages/keras/src/utils/traceback_utils.py", line 122,
    raise e.with_traceback(filtered_tb) from None
{type}: {text}"""
# What readers type who have no message before them.
ORDINARY = {
    "zh": [
        "学习率", "损失", "loss", "形状不对", "怎么读 Excel", "batch size", "过拟合",
        "安装后端", "model", "为什么 loss 是 nan", "早停", "ValueError", "层的输入形状", "数据增强",
    ],
    "en": [
        "loss", "learning rate", "shape of the input", "why is my loss nan",
        "how to install a backend", "batch size", "the model does not learn",
        "input", "error", "ValueError", "how to read an excel file",
        "metrics", "number of classes", "what is a layer",
    ],
}  # fmt: skip
HOSTILE = [
    "<img src=x onerror=alert(1)> ValueError: <script>alert(1)</script>",
    "'\"`$&;--%00\\",
    "🙂" * 50,
    "ValueError: " * 900,
    "a" * 10_000,
    "'" * 10_000,
    "ＶａｌｕｅＥｒｒｏｒ：全角",
]


def rows(language):
    text = (SITE / language / "_static" / "messages-index.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("window.bookMessages = ").rstrip(";\n"))


def places(language, type_, text):
    """Return where a message that says the same stands, the best place first."""
    wanted = messages.words(text)
    if len(wanted) <= NAMED:
        return [row[2] for row in rows(language) if (row[0], row[1]) == (type_, text)]
    return [row[2] for row in rows(language) if (row[0], messages.words(row[1])) == (type_, wanted)]


def holding(language, part):
    """Return where messages stand that hold a part, which may be one of several."""
    part = " ".join(messages.words(re.sub(r"<[^<>]*$", "", part)))  # cut within a class
    return [row[2] for row in rows(language) if part in " ".join(messages.words(row[1]))]


def disguised(text):
    """Write a message as another program would: other numbers and, if words are left, names."""
    chance = random.Random(text)
    text = re.sub(r"(?<![\w.])\d+", lambda _: str(chance.randrange(2, 5000)), text)
    if len(messages.words(text)) > NAMED:
        text = re.sub(r"(?<!\w)'[^']*'(?!\w)", f"'my_{chance.randrange(99)}'", text)
    return text


def open_box(context, address):
    page = context.new_page()
    page.goto(address)
    page.keyboard.press("Control+k")
    expect(page.locator(BOX)).to_be_focused()
    page.wait_for_function("() => Boolean(window.bookFinders.messages)")
    return page


def find(page, queries):
    """Ask the finder itself, which is what the box shows first."""
    return page.evaluate(
        """async (queries) => {
            const found = [];
            for (const query of queries) {
                found.push((await bookFinders.messages(query)).map((hit) => hit.address));
            }
            return found;
        }""",
        queries,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_that_a_notebook_shows_is_indexed(book, language):
    shown = set()
    for page in [each for each in book.pages if each.language == language and each.has_cells]:
        for cell in json.loads(page.notebook.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                text = output.get("text") or output.get("data", {}).get("text/plain", "")
                for type_, message in messages.find("".join(text)):
                    shown.add((f"{page.name}.html", type_, message))
    indexed = {(row[2].split("#")[0], row[0], row[1]) for row in rows(language) if row[0]}
    assert indexed == shown
    assert len({(type_, messages.words(text)) for _, type_, text in shown}) >= 60


def test_the_languages_index_the_same_messages_at_the_same_places():
    (one, *others) = ([row[:3] for row in rows(language)] for language in LANGUAGES)
    assert all(sorted(other) == sorted(one) for other in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_listed_message_has_a_cure(parsed, language):
    listed = parsed(SITE / language / "messages.html").select("ul.messages > li")
    assert len(listed) > 60
    bare = [
        item.p.get_text()
        for item in listed
        if all(line.get_text().strip().startswith("→") for line in item.select("p.cure"))
    ]
    assert bare == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_address_is_a_section_that_shows_the_message(parsed, language):
    for type_, text, address, heading, title in rows(language):
        name, _, label = address.partition("#")
        page = parsed(SITE / language / name)
        section = page.find(id=label)
        assert "".join(f"{type_}: {text}".split()).strip(":") in "".join(section.text.split())
        assert heading in " ".join(section.find(re.compile("h[1-6]")).get_text().split())
        assert title in page.title.get_text()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["{text}", "{type}: {text}", TRACEBACK])
def test_a_message_with_other_numbers_finds_its_section_first(context, server, language, form):
    page = open_box(context, f"{server}/{language}/index.html")
    known = [row[:2] for row in rows(language)]
    queries = [
        (form if type_ else "{text}").format(type=type_, text=disguised(text))
        for type_, text in known
    ]
    wrong = {}
    for (type_, text), query, found in zip(known, queries, find(page, queries), strict=True):
        if found[:1] != places(language, type_, text)[:1]:
            wrong[query] = found
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", [slice(12), slice(-12, None)], ids=["first", "last"])
def test_a_dozen_words_of_a_message_find_one_that_has_them(context, server, language, part):
    page = open_box(context, f"{server}/{language}/index.html")
    parts = [" ".join(disguised(row[1]).split()[part]) for row in rows(language)]
    parts = [each for each in parts if len(messages.words(each)) > NAMED]
    assert len(parts) > 60
    found = find(page, parts)
    wrong = {
        each: hits
        for each, hits in zip(parts, found, strict=True)
        if not hits or hits[0] not in holding(language, each)
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_box_shows_the_section_first_and_the_message_as_text(context, server, language):
    page = open_box(context, f"{server}/{language}/concepts/neurons.html")
    for type_, text, *_ in rows(language)[::12]:
        page.fill(BOX, "")
        page.fill(BOX, TRACEBACK.format(type=type_ or "RuntimeError", text=text))
        (address, *_) = places(language, type_, text)
        expect(page.locator(FIRST)).to_have_attribute("href", re.compile(re.escape(address) + "$"))
        shown = page.locator(FIRST).locator(".book-search-excerpt").inner_text()
        assert messages.words(shown) == messages.words(text)


def test_line_breaks_of_what_is_pasted_part_words(context, server):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_box(context, f"{server}/en/index.html")
    page.evaluate(
        "navigator.clipboard.writeText('raise e\\n  ValueError: No gradients\\nprovided')"
    )
    page.keyboard.press("Control+v")
    expect(page.locator(BOX)).to_have_value("raise e ValueError: No gradients provided")
    expect(page.locator(FIRST)).to_have_attribute("href", re.compile("sec-backpropagation-cut$"))


def test_a_book_opened_as_a_file_finds_messages_too(context, site_file):
    page = open_box(context, site_file("en/index.html").as_uri())
    page.fill(BOX, "ModuleNotFoundError: No module named 'keras'")
    expect(page.locator(FIRST)).to_have_attribute("href", re.compile("sec-setup-pitfalls$"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinary_words_find_no_message(context, server, language):
    page = open_box(context, f"{server}/{language}/index.html")
    found = find(page, ORDINARY[language])
    assert [query for query, hits in zip(ORDINARY[language], found, strict=True) if hits] == []


def test_what_is_pasted_stays_text(context, server):
    page = open_box(context, f"{server}/en/messages.html")
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    for query in HOSTILE:
        page.fill(BOX, query)
        find(page, [query])
    assert page.locator("#book-search-results img, #book-search-results script").count() == 0
    page.keyboard.press("Escape")
    for query in HOSTILE:
        page.fill(".message-filter input", query)
    assert page.locator(".message-filter img, .message-filter script").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_scripts_leave_out_of_a_message_what_the_build_does(context, server, language):
    page = open_box(context, f"{server}/{language}/index.html")
    texts = [disguised(row[1]) for row in rows(language)] + HOSTILE[:3]
    said = page.evaluate("(texts) => texts.map((text) => bookMessage.words(text))", texts)
    assert said == [list(messages.words(text)) for text in texts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_shows_every_message_and_shortens_as_one_types(context, server, language):
    page = context.new_page()
    page.goto(f"{server}/{language}/messages.html")
    items, box = page.locator("ul.messages > li"), page.locator(".message-filter input")
    listed = " ".join(items.all_inner_texts())
    for _, text, *_ in rows(language):
        known = [row[1] for row in rows(language) if messages.words(row[1]) == messages.words(text)]
        assert any(" ".join(each.split()) in " ".join(listed.split()) for each in known)
    total = items.count()
    box.fill("GRADIENTS provided")
    expect(page.locator("ul.messages > li:visible")).to_have_count(1)
    expect(page.locator("p.rubric:visible")).to_have_text(["ValueError"])
    expect(page.locator(".message-filter [role=status]")).to_contain_text("1")
    box.fill(TRACEBACK.format(type="ValueError", text="No gradients provided for any variable."))
    expect(page.locator("ul.messages > li:visible")).to_have_count(1)
    box.fill("<b>")
    expect(page.locator("ul.messages > li:visible")).to_have_count(0)
    box.fill("")
    expect(page.locator("ul.messages > li:visible")).to_have_count(total)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_the_whole_list_stands(browser, server, language):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/{language}/messages.html")
    assert page.locator("ul.messages > li:visible").count() >= 60
    assert page.locator(".message-filter").count() == 0
    context.close()
