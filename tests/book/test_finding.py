"""Finding things: queries that readers type lead to the page that answers them."""

import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from bookkit.pages import glossary
from bookkit.paths import BOOK, SITE
from bookkit.web.sections import fold

PHRASES = Path(__file__).parent / "phrases"
BESIDE = {"questions": 20, "held": 60, "held 2026-11": 60}  # how many each list has
# A query takes a tenth of a second: of long lists every third is typed here, and weekly all are.
EACH_RUN_AND_WEEKLY = [3, pytest.param(1, marks=pytest.mark.weekly)]
# Types each phrase into the box and answers with the links that the box then shows, in their order.
TYPE_ALL = """async (phrases) => {
  const input = document.querySelector("#pst-search-dialog input");
  const list = document.getElementById("book-search-results");
  const root = new URL(document.documentElement.dataset.content_root, location.href).href;
  const answers = [];
  for (const phrase of phrases) {
    input.value = phrase;
    input.dispatchEvent(new Event("input"));
    while (list.ariaBusy !== "false") await new Promise((resolve) => setTimeout(resolve));
    const links = [...list.querySelectorAll("a")].map(({ href }) => href.replace(root, ""));
    answers.push(links.map((link) => link.replace(".html", "")));
  }
  return answers;
}"""
# What a browser tells while letters become characters, and when they are.
COMPOSING = """(box, [name, value]) => {
  box.value = value;
  box.dispatchEvent(new InputEvent(name, { isComposing: name === "input", bubbles: true }));
}"""
ARROW = """(box, isComposing) => box.dispatchEvent(
  new KeyboardEvent("keydown", { key: "ArrowDown", isComposing, bubbles: true }))"""
BATCH = 3  # pages that come at a time
RESULTS = "#book-search-results .book-search-title"
PAGES = "#book-search-results li:not(.book-search-hit) .book-search-title"


def open_box(context, address):
    page = context.new_page()
    page.goto(address)
    page.keyboard.press("Control+k")
    expect(page.locator("#pst-search-dialog input")).to_be_focused()
    return page


class Ranks:
    """At which link of the box each phrase finds what it must; none is 0."""

    def __init__(self, listed, answers):
        self.missed = {}
        self.ranks = {"phrases": [], **{kind: [] for kind in BESIDE}}
        for (kind, phrase, wanted), links in zip(listed, answers, strict=True):
            rank = next((at for at, link in enumerate(links, start=1) if link in wanted), 0)
            self.ranks[kind if kind in BESIDE else "phrases"].append(rank)
            if not 0 < rank <= 3:
                self.missed[phrase] = f"wants {wanted[0]}, came {links[:3]}"

    def share(self, kind, places):
        ranks = self.ranks[kind]
        return sum(0 < rank <= places for rank in ranks) / len(ranks)


def phrases(language, step):
    """Read `(kind, phrase, the links that answer it)`, of what readers asked every so many."""
    kinds = yaml.safe_load((PHRASES / f"{language}.yml").read_text("utf-8"))
    return [
        (kind, str(phrase), [wanted] if isinstance(wanted, str) else wanted)
        for kind, listed in kinds.items()
        for phrase, wanted in [*listed.items()][:: step if kind == "asked" else 1]
    ]


def terms(language):
    """Yield each name of each term of the glossary, and the link to the section that teaches it."""
    pages = {}
    for path in sorted((BOOK / language).rglob("*.md")):
        name = path.relative_to(BOOK / language).with_suffix("").as_posix()
        first, *others = re.findall(r"^\((sec-[\w-]+)\)=$", path.read_text("utf-8"), re.MULTILINE)
        pages |= {first: name, **{label: f"{name}#{label}" for label in others}}
    for term in glossary.read(BOOK):
        for name in term.called(language):
            yield name, pages[term.section]


@pytest.mark.parametrize("step", EACH_RUN_AND_WEEKLY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_name_of_a_term_leads_to_the_section_that_teaches_it(language, step, browser, server):
    page = browser.new_page()
    page.goto(f"{server}/{language}/index.html")
    listed = list(terms(language))
    assert len(listed) >= 300
    wanted = listed[::step]
    answers = page.evaluate(TYPE_ALL, [name for name, _ in wanted])
    page.close()
    missed = {
        name: f"wants {link}, came {links[:3]}"
        for (name, link), links in zip(wanted, answers, strict=True)
        if link not in links[:3]
    }
    assert not missed


@pytest.fixture(scope="module", params=EACH_RUN_AND_WEEKLY)
def step(request):
    return request.param


@pytest.fixture(scope="module", params=LANGUAGES)
def ranks(request, step, browser, server):
    """Type the phrases of a language into the box of one page."""
    language = request.param
    page = browser.new_page()
    page.goto(f"{server}/{language}/index.html")
    listed = phrases(language, step)
    yield Ranks(listed, page.evaluate(TYPE_ALL, [phrase for _, phrase, _ in listed]))
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_holds_what_readers_type(language):
    kinds = yaml.safe_load((PHRASES / f"{language}.yml").read_text("utf-8"))
    counts = {kind: len(listed) for kind, listed in kinds.items()}
    assert {kind: counts.pop(kind) for kind in BESIDE} == BESIDE
    assert {*counts} == {"titles", "headings", "glossary", "errors", "exercises", "forms", "asked"}
    assert sum(counts.values()) >= 150


def test_phrases_lead_to_their_sections(ranks):
    """The wanted link is among the first three that the box shows, mostly the very first.

    Every link counts where it stands, those of sections and those of pages alike; a link to a page
    does not count for a section of it, nor the other way round.
    """
    assert ranks.share("phrases", 3) >= 0.97, ranks.missed
    assert ranks.share("phrases", 1) >= 0.85, ranks.missed


@pytest.mark.parametrize("kind", BESIDE)
def test_questions_and_held_phrases_lead_to_their_sections(ranks, kind):
    """Every one is found, of the newest 97%; held ones were written before anyone saw their hits.

    Of the last twenty a language 16 were found in each at first sight; of the sixty of 2026-11, 47
    in English and 38 in Chinese. What was missing is now known by name or by rule, so these figures
    say nothing of phrases to come: who wants to know, writes new ones, measures, and adds them.
    """
    assert ranks.share(kind, 3) >= (0.97 if kind == "held 2026-11" else 1), ranks.missed


def test_hits_are_sections_with_the_words_marked(context, server):
    page = open_box(context, f"{server}/zh/concepts/neurons.html")
    page.fill("#pst-search-dialog input", "过拟合")  # its page is among the first that are fetched
    hit = page.locator(RESULTS).first
    expect(hit).to_have_attribute("href", re.compile("#sec-"))
    expect(hit.locator("mark", has_text="过拟合").first).to_be_visible()
    hit.click()
    expect(page.locator("#pst-search-dialog")).to_be_hidden()
    assert "/zh/" in page.url
    assert "#sec-" in page.url


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("☃☃", "Nothing found"),
        ("zzzzqqq", "Nothing found"),
        ("KERAS_BACKEND", "pages"),
    ],
)
def test_the_number_of_pages_is_said(context, server, query, said):
    page = open_box(context, f"{server}/en/index.html")
    page.fill("#pst-search-dialog input", query)
    expect(page.locator("#book-search-status")).to_contain_text(said)


@pytest.mark.parametrize(
    ("language", "typed", "said", "marked"),
    [
        ("zh", "過擬合", "页", "过拟合"),
        ("zh", "ＬＳＴＭ", "页", "lstm"),
        ("zh", "overfiting 怎么办", "页", "怎么"),
        ("en", "ＬＳＴＭ", "pages", "lstm"),
        ("en", "image classfication", "pages, looking for classification", "classification"),
        ("zh", "classfication", "页，按 classification 查找", "classification"),
    ],
)
def test_what_was_meant_is_said_and_marked(context, server, language, typed, said, marked):
    page = open_box(context, f"{server}/{language}/index.html")
    page.fill("#pst-search-dialog input", typed)
    expect(page.locator("#book-search-status")).to_have_text(re.compile(rf"^\d+ ?{said}$"))
    marks = page.locator("#book-search-results mark").all_inner_texts()
    assert marked in [mark.lower() for mark in marks]


def test_places_are_shown_before_the_pages(context, server):
    """And who went to one of them stays there when the pages come."""
    page = open_box(context, f"{server}/zh/index.html")
    page.evaluate(TYPE_ALL, ["Adam"])  # loads what finds
    held, holding = [], True
    page.route("**/pagefind/**", lambda each: held.append(each) if holding else each.continue_())
    page.fill("#pst-search-dialog input", "过拟合")
    first = page.locator(RESULTS).first
    expect(first).to_have_attribute("href", re.compile("#sec-training-overfitting$"))
    expect(page.locator(PAGES)).to_have_count(0)
    page.keyboard.press("ArrowDown")
    holding = False
    for route in held:
        route.continue_()
    expect(page.locator(PAGES)).to_have_count(BATCH)
    expect(first).to_be_focused()
    expect(first.locator("mark").first).to_be_visible()


def test_letters_of_an_input_method_are_not_looked_for(context, server):
    page = open_box(context, f"{server}/zh/index.html")
    box = page.locator("#pst-search-dialog input")
    hits = page.locator(RESULTS)
    box.evaluate(COMPOSING, ["input", "guo'ni'he"])
    expect(page.locator("#book-search-status")).to_be_empty()
    expect(hits).to_have_count(0)
    box.evaluate(COMPOSING, ["compositionend", "过拟合"])
    expect(hits.first).to_contain_text("过拟合")
    for choosing, focused in [(True, box), (False, hits.first)]:
        box.evaluate(ARROW, choosing)
        expect(focused).to_be_focused()


@pytest.mark.parametrize(("language", "query"), [("zh", "模型"), ("en", "training")])
def test_more_hits_come_when_the_last_one_is_reached(context, server, language, query):
    page = open_box(context, f"{server}/{language}/index.html")
    fetched = []
    page.on("request", lambda each: "fragment" in each.url and fetched.append(each.url))
    page.fill("#pst-search-dialog input", query)
    hits = page.locator(PAGES)
    expect(hits).to_have_count(BATCH)
    page.wait_for_load_state("networkidle")
    assert len(fetched) == BATCH
    said = page.locator("#book-search-status").inner_text()
    count = int(re.match(r"\d+", said)[0])
    assert count > 2 * BATCH
    for shown in range(BATCH, count, BATCH):
        hits.nth(shown - 1).scroll_into_view_if_needed()
        expect(hits.nth(min(shown + BATCH, count) - 1)).to_be_attached()
    expect(hits).to_have_count(count)
    assert len(set(hits.evaluate_all("links => links.map(link => link.href)"))) == count


def test_the_keyboard_reaches_every_hit(context, server):
    page = open_box(context, f"{server}/en/index.html")
    page.keyboard.type("cross-entropy")
    expect(page.locator(RESULTS).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(RESULTS).first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#pst-search-dialog input")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/concepts/losses.html#sec-losses-cross-entropy")


BAD_INPUT = {
    "markup": "<b>Adam</b><img src onerror=window.hit=1>",
    "a script": "<script>window.hit=1</script>",
    "quotes": "\"Adam' `Adam` \\ ${Adam}",
    "pattern": "(Adam[",
    "name of JavaScript": "__proto__ constructor Adam",
    "long": "Adam " * 2000,
    "long without spaces": "优化器" * 3333,
    "emoji": "🤖 Adam 🧠👩‍🔬",
    "wide": "Ａｄａｍ",
    "blank": " \u3000 Adam\n\t",
    "direction": "\u202eAdam\u202c",
}


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_whatever_is_typed_is_text(context, server, site_file, scheme):
    home = site_file("en/index.html")
    page = open_box(context, f"{server}/en/index.html" if scheme == "http" else home.as_uri())
    failed = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.evaluate(TYPE_ALL, ["Adam"])  # loads what finds
    for name, typed in BAD_INPUT.items():
        (links,) = page.evaluate(TYPE_ALL, [typed])
        if "dam" in fold(typed):
            assert any(link.startswith("concepts/optimizers#sec-comp") for link in links), name
    shown = page.locator("#book-search-results")
    assert shown.locator(":not(li, a, span, mark)").count() == 0
    assert page.evaluate("window.hit") is None
    assert failed == []


@pytest.mark.parametrize("typed", ["☃☃", "🤖", "zzzzqqq", "<>", "龘龘龘"])
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_what_the_book_does_not_have_finds_nothing(context, server, site_file, scheme, typed):
    home = site_file("zh/index.html")
    page = open_box(context, f"{server}/zh/index.html" if scheme == "http" else home.as_uri())
    assert page.evaluate(TYPE_ALL, [typed]) == [[]]
    expect(page.locator("#book-search-status")).to_contain_text("没有找到")


@pytest.mark.parametrize(
    ("language", "query"), [("zh", "過擬合"), ("en", "过拟合"), ("en", "ＣＮＮ")]
)
def test_as_a_file_the_box_finds_the_same_sections(context, server, site_file, language, query):
    hits = ".book-search-hit .book-search-title"
    answers = []
    for address in (
        f"{server}/{language}/index.html",
        site_file(f"{language}/index.html").as_uri(),
    ):
        page = open_box(context, address)
        page.evaluate(TYPE_ALL, [query])
        links = page.locator(hits).evaluate_all("links => links.map((link) => link.href)")
        answers.append([link.rpartition(f"/{language}/")[2] for link in links])
    assert answers[0] == answers[1] != []


def test_nothing_is_loaded_until_the_box_opens(context, server):
    page = context.new_page()
    asked = []
    page.on("request", lambda each: asked.append(each.url))
    page.goto(f"{server}/en/index.html")
    page.wait_for_load_state("networkidle")
    index = f"{server}/en/_static/search/index.js"
    assert not [each for each in asked if "pagefind" in each or "/search/" in each]
    with page.expect_request(index):
        page.keyboard.press("Control+k")


@pytest.mark.parametrize(("language", "query"), [("zh", "损失"), ("en", "leakage")])
def test_as_a_file_the_box_filters_titles(context, site_file, language, query):
    page = open_box(context, site_file(f"{language}/concepts/neurons.html").as_uri())
    page.fill("#pst-search-dialog input", query)
    hit = page.locator(RESULTS, has=page.locator(".book-search-place")).first  # of a section
    expect(hit).to_contain_text(query, ignore_case=True)
    target = hit.get_attribute("href")
    assert target.startswith((SITE / language).as_uri())
    hit.click()
    expect(page.locator(f"[id='{target.split('#')[1]}']")).to_be_attached()
