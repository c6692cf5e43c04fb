"""What comes late: timers, answers and fingers of one thing that meet the state of another.

The pages are made by hand and need no build. Their clock stands still, and what is loaded or asked
for comes when a test lets it, so that no order is left to chance.
"""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from bookkit.languages import ENGLISH
from bookkit.paths import BOOK
from bookkit.web import bundle
from kerasbook.applications.detection.dragging import write_scenes
from kerasbook.live import pack_array, write_network

ORIGIN = "http://book.test"
WORDS = ENGLISH.browser
DIALOG = """<dialog id="pst-search-dialog"><form method="dialog"><input></form>
<p id="book-search-status" role="status"></p><ol id="book-search-results"></ol></dialog>"""


@pytest.fixture
def made(context):
    """Return a function that opens a page with scripts of the book, and files beside it."""
    context.clock.install(time=0)
    context.clock.pause_at(1)
    page = context.new_page()
    page.errors, page.held = [], {}
    page.on("pageerror", lambda error: page.errors.append(str(error)))

    def answer(route, files):
        name = route.request.url.removeprefix(f"{ORIGIN}/").partition("?")[0]
        if name in page.held:
            page.held[name] = lambda: fulfill(route, name, files)
        else:
            fulfill(route, name, files)

    def fulfill(route, name, files):
        kind = "text/html" if name.endswith(".html") else "text/javascript"
        known = {"body": files[name], "content_type": kind} if name in files else {"status": 404}
        route.fulfill(**known)

    def open_page(body, *names, held=(), **files):
        scripts = [(BOOK / "_static" / f"{name}.js").read_text("utf-8") for name in names]
        whole = "\n;\n".join([bundle.record_for_scripts(ENGLISH), *scripts])
        html = f"""<!DOCTYPE html><html lang="en" data-content_root="./" data-mode="auto">
        <meta charset="utf-8"><link rel="icon" href="data:,"><body>{body}
        <script src="bundle.js"></script>"""
        files = {name.replace("__", "/") + ".js": text for name, text in files.items()}
        files |= {"page.html": html, "bundle.js": whole}
        page.held = dict.fromkeys(held)
        page.route(f"{ORIGIN}/**", lambda route: answer(route, files))
        page.goto(f"{ORIGIN}/page.html")
        return page

    yield open_page
    assert page.errors == []


# "Copy with imports"


CLIPBOARD = """<script>
Object.defineProperty(navigator, "clipboard", { value: {
  writeText: (text) => window.refuse
    ? new Promise((_, refused) => { window.refuseNow = () => refused(new Error("no")) })
    : Promise.resolve((window.copied = text)),
} });
document.execCommand = () => { window.copied = document.activeElement.value; return true };
</script>"""
TOLD = """status => {
  window.told = [];
  new MutationObserver(() => window.told.push(status.textContent))
    .observe(status, { childList: true, characterData: true, subtree: true });
}"""


def button(name):
    return (
        f'<button class="copy-program" hidden data-from="programs/{name}.js" '
        f'data-page="{name}" data-program="{name}()">Copy {name}</button>'
    )


@pytest.fixture
def buttons(made):
    """Open two buttons of two pages' programs; return the page, both buttons and the status."""

    def get(held=()):
        files = {
            f"programs__{name}": f"(window.bookPrograms ??= {{}}).{name} = "
            f"{{ '{name}()': 'program {name}' }}"
            for name in ("one", "two")
        }
        page = made(CLIPBOARD + button("one") + button("two"), "programs", held=held, **files)
        one, two = page.locator(".copy-program").all()
        return page, one, two, page.locator("p.copy-status")

    return get


def test_the_timer_of_a_button_leaves_the_word_of_the_next(buttons):
    page, one, two, status = buttons()
    one.click()
    expect(status).to_have_text("Copied one()")
    page.clock.run_for(1500)
    two.click()
    expect(status).to_have_text("Copied two()")
    page.clock.run_for(1000)  # the two seconds of the first are over
    assert [one.inner_text(), two.inner_text()] == ["Copy one", "Copied"]
    assert status.inner_text() == "Copied two()"
    page.clock.run_for(1000)
    assert [two.inner_text(), status.inner_text()] == ["Copy two", ""]


def test_a_second_press_is_said_again_and_shown_for_its_own_time(buttons):
    page, one, _, status = buttons()
    status.evaluate(TOLD)
    for count in (1, 2, 3):
        one.click()
        page.wait_for_function("count => window.told.length === count", arg=count)
        page.clock.run_for(1500)
    told = page.evaluate("window.told")
    assert [each.strip() for each in told] == ["Copied one()"] * 3
    assert told[0] != told[1] != told[2], "a screen reader says what changes"
    assert one.inner_text() == "Copied"
    page.clock.run_for(500)
    assert [one.inner_text(), status.inner_text()] == ["Copy one", ""]


LOADED = """name => document.querySelector(`script[src$="${name}.js"]`)
  .addEventListener("load", () => { window.loaded = true })"""


def test_a_program_that_comes_late_does_not_replace_what_was_copied_since(buttons):
    page, one, two, status = buttons(held=["programs/one.js"])
    one.click()
    two.click()
    expect(two).to_have_text("Copied")
    page.evaluate(LOADED, "one")
    page.held.pop("programs/one.js")()
    page.wait_for_function("window.loaded")
    assert page.evaluate("window.copied") == "program two"
    assert [one.inner_text(), status.inner_text()] == ["Copy one", "Copied two()"]
    one.click()
    expect(one).to_have_text("Copied")
    assert page.evaluate("window.copied") == "program one"


def test_a_clipboard_that_refuses_late_does_not_replace_what_was_copied_since(buttons):
    page, one, two, status = buttons()
    page.evaluate("window.refuse = true")
    one.click()
    page.wait_for_function("Boolean(window.refuseNow)")
    page.evaluate("window.refuse = false")
    two.click()
    expect(two).to_have_text("Copied")
    page.evaluate("window.refuseNow()")
    assert page.evaluate("window.copied") == "program two"
    assert [one.inner_text(), status.inner_text()] == ["Copy one", "Copied two()"]


# The search box


# Pagefind that answers when it is told to: `asked.QUERY.done(titles)`, or `.failed(error)`. Of four
# pages or more the last one, too: `more.done()`, or `more.failed(error)`.
PAGEFIND = """
window.asked = {};
window.more = {};
const found = (query, title) => ({
  meta: { title }, url: `${title}.html`,
  sub_results: [
    { title, url: `${title}.html`, excerpt: `<mark>${query}</mark>`, weighted_locations: [] },
  ],
});
const later = (page) => new Promise((done, failed) => {
  window.more = { done: () => done(page), failed };
});
const result = (query, title, at) => ({
  data: async () => (at < 3 ? found(query, title) : later(found(query, title))),
});
export const options = async () => {}, init = async () => {};
export const search = (query) => new Promise((done, failed) => {
  window.asked[query] = {
    done: (titles) => done({ results: titles.map((title, at) => result(query, title, at)) }),
    failed,
  };
});
"""
FINDERS = {
    "_static__search__messages": "bookFinders.messages = async () => [];",
    "_static__search__sections": "bookFinders.sections = async () => [];"
    "window.bookMeant = async (text) => ({ text, mended: [] });",
}
# Browsers hand over at once what changed since the last call.
SEEN = """<script>window.IntersectionObserver = class {
  constructor(call) {
    window.see = (...seen) => call(seen.map((isIntersecting) => ({ isIntersecting })));
  }
  observe() {}
  disconnect() {}
};</script>"""
DONE = "([query, titles]) => asked[query].done(titles)"
FAILED = "query => asked[query].failed(new Error('lost'))"


@pytest.fixture
def box(made):
    """Open a search box; return its page, and a function that types and waits until it asks."""
    page = made(SEEN + DIALOG, "search", pagefind__pagefind=PAGEFIND, **FINDERS)
    page.evaluate("document.querySelector('dialog').showModal()")

    def ask(query, titles=None):
        page.locator("input").fill(query)
        page.wait_for_function("query => window.asked?.[query]", arg=query)
        if titles:
            page.evaluate(DONE, [query, titles])
            expect(page.locator(".book-search-title").first).to_have_text(titles[0])

    return page, ask


def titles(page):
    return page.locator(".book-search-title").all_inner_texts()


def said(page):
    return page.locator("#book-search-status").inner_text()


def is_busy(page):
    return page.locator("#book-search-results").evaluate("list => list.ariaBusy")


def test_what_comes_late_for_an_older_query_changes_nothing(box):
    page, ask = box
    for query in ("failing", "found"):
        ask(query)
    ask("new", ["a", "b"])
    assert (titles(page), said(page), is_busy(page)) == (["a", "b"], "2 pages", "false")
    page.evaluate(FAILED, "failing")
    page.evaluate(DONE, ["found", ["c"]])
    assert (titles(page), said(page), is_busy(page)) == (["a", "b"], "2 pages", "false")


def test_a_query_that_fails_is_said_and_is_over(box):
    page, ask = box
    ask("failing")
    assert is_busy(page) == "true"
    page.evaluate(FAILED, "failing")
    assert (said(page), is_busy(page)) == ("lost", "false")


def test_an_emptied_box_waits_for_nothing(box):
    page, ask = box
    ask("old")
    page.locator("input").fill("")
    assert is_busy(page) == "false"
    page.evaluate(DONE, ["old", ["a"]])
    assert (titles(page), said(page), is_busy(page)) == ([], "", "false")


def test_enter_opens_the_first_hit_of_what_was_typed_last(box):
    page, ask = box
    ask("old", ["a"])
    ask("new")
    page.keyboard.press("Enter")
    assert page.url.endswith("/page.html")
    with page.expect_request("**/b.html"):
        page.evaluate(DONE, ["new", ["b", "c"]])


def test_who_leaves_the_box_after_enter_stays_on_the_page(box):
    page, ask = box
    page.evaluate("document.addEventListener('click', () => { window.clicked = true })")
    ask("new")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    page.evaluate(DONE, ["new", ["b"]])
    assert titles(page) == ["b"]
    assert not page.evaluate("'clicked' in window")


def test_the_last_hit_is_seen_whatever_a_busy_browser_hands_over_with_it(box):
    page, ask = box
    ask("many", ["a", "b", "c", "d"])
    page.evaluate("see(false)")
    assert not page.evaluate("Boolean(more.done)")
    page.evaluate("see(false, true)")
    page.evaluate("more.done()")
    assert titles(page) == ["a", "b", "c", "d"]


def test_more_hits_that_fail_late_are_no_news_of_another_query(box):
    page, ask = box
    ask("many", ["a", "b", "c", "d"])
    page.evaluate("see(true)")
    ask("new", ["e"])
    page.evaluate("more.failed(new Error('lost'))")
    assert (titles(page), said(page)) == (["e"], "1 page")


# Paper


SYSTEM = """<details></details><script>
const system = matchMedia("(prefers-color-scheme: dark)");
system.onchange = () => {
  document.documentElement.dataset.theme = system.matches ? "dark" : "light";
};
system.onchange();
</script>"""


@pytest.mark.parametrize(("before", "after"), [("dark", "light"), ("light", "dark")])
def test_after_printing_the_mode_is_that_of_now(made, before, after):
    page = made(f"<article>{SYSTEM}</article>", "print")
    page.emulate_media(color_scheme=before)
    expect(page.locator("html")).to_have_attribute("data-theme", before)
    page.emulate_media(media="print", color_scheme=before)
    expect(page.locator("details")).to_have_attribute("open", "")
    page.emulate_media(media="print", color_scheme=after)
    page.emulate_media(media="screen", color_scheme=after)
    expect(page.locator("details")).not_to_have_attribute("open", "")
    assert page.evaluate("document.documentElement.dataset.theme") == after


# Live figures


def figure(script, data):
    style = "<style>.live-draw canvas, .live-stage { touch-action: none }</style>"
    held = f'<script type="application/json">{data}</script>'
    return f'{style}<figure><div class="live" data-live="{script}">{held}</div></figure>'


@pytest.fixture
def touch(context):
    """Return a function that tells a page where fingers are, a place for each."""
    sessions = []

    def tell(page, kind, *places):
        if not sessions:
            sessions.append(context.new_cdp_session(page))
            sessions[0].send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        points = [{"x": x, "y": y, "id": number} for number, x, y in places]
        sessions[0].send(
            "Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points}
        )

    return tell


INKED = """([x, y]) => document.querySelector(".live-draw canvas")
  .getContext("2d").getImageData(x, y, 1, 1).data[3] > 0"""


@pytest.fixture
def board(made):
    """Open the board for digits."""
    layers = [np.ones(shape) for shape in ((64, 3), 3, (3, 10), 10)]
    data = write_network([pack_array(each) for each in layers], [[0] * 65, [1] * 65])
    page = made(figure("digit", data), "live/controls", "live/digit")
    return page, page.locator(".live-draw canvas")


def test_a_board_wiped_in_the_middle_of_a_stroke_is_empty(board):
    page, canvas = board
    box, mouse = canvas.bounding_box(), page.mouse
    mouse.move(box["x"] + 40, box["y"] + 40)
    mouse.down()
    mouse.move(box["x"] + 90, box["y"] + 90, steps=3)
    page.keyboard.press("Delete")
    mouse.move(box["x"] + 120, box["y"] + 120, steps=3)
    expect(page.locator(".live-said")).to_have_text(WORDS["digit"]["empty"])
    mouse.up()
    mouse.down()
    mouse.up()
    expect(page.locator(".live-said")).not_to_have_text(WORDS["digit"]["empty"])


def test_each_finger_draws_its_own_stroke(board, touch):
    page, canvas = board
    box = canvas.bounding_box()
    left, right = box["x"] + 40, box["x"] + 200
    touch(page, "Start", (0, left, box["y"] + 40))
    touch(page, "Start", (0, left, box["y"] + 40), (1, right, box["y"] + 40))
    for y in (80, 120, 160):
        touch(page, "Move", (0, left, box["y"] + y), (1, right, box["y"] + y))
    touch(page, "End")
    for place in ([40, 150], [200, 150]):
        page.wait_for_function(INKED, arg=place)
    assert not page.evaluate(INKED, [120, 100]), "nothing lies between the two"


def test_a_second_finger_neither_takes_a_box_nor_ends_its_move(made, touch):
    scene = {"boxes": [[10, 10, 50, 50], [60, 60, 90, 90]], "scores": [0.9, 0.8], "classes": [0, 0]}
    data = write_scenes([scene, scene], size=96, iou_threshold=0.5, names=["a"])
    style = """<style>.live-stage { position: relative; width: 384px; height: 384px }
    .live-box { position: absolute }</style>"""  # four pixels for one
    page = made(style + figure("boxes", data), "live/controls", "live/boxes")
    handle = page.locator(".live-box").first
    box = handle.bounding_box()
    x, y = box["x"] + 40, box["y"] + 40
    touch(page, "Start", (0, x, y))
    touch(page, "Start", (0, x, y), (1, x + 60, y + 60))
    touch(page, "Move", (0, x + 20, y), (1, x + 60, y + 60))
    expect(handle).to_have_attribute("aria-label", "Box A, 40 × 40 pixels, left 15, top 10")
    for to in (20, 40):  # the second finger is lifted
        touch(page, "Move", (0, x + to, y))
    expect(handle).to_have_attribute("aria-label", "Box A, 40 × 40 pixels, left 20, top 10")
    touch(page, "End")


def test_what_a_neuron_gets_right_is_said_though_its_point_moves_at_once(made):
    data = {
        "low": -0.5, "high": 1.5, "weights": [1, 1], "bias": -0.5, "point": [0, 0],
        "corners": [[0, 0], [1, 0], [0, 1], [1, 1]],
        "tasks": {"OR": [0, 1, 1, 1], "AND": [0, 0, 0, 1], "XOR": [0, 1, 1, 0]},
    }  # fmt: skip
    page = made(figure("neuron", json.dumps(data)), "live/controls", "live/neuron")
    page.clock.run_for(500)
    page.locator("input[type=number]").last.fill("-1.5")
    page.clock.run_for(100)
    page.locator(".live-handle").press("ArrowUp")
    page.clock.run_for(500)
    told = page.get_by_role("status").all_inner_texts()
    assert told == [
        "Right at 2 of 4 corners.",
        "At your point z = 1 · 0 + 1 · 0.1 + (−1.5) = −1.4, a = 0.198.",
    ]
