"""Readers with a screen reader, a keyboard or a small phone: nothing in the book is closed to them.

axe-core and a look at colors judge pages in both modes, a fixed sample here and all of them weekly;
what it cannot judge has a test of its own, in one language of each page here and in both weekly.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from contrast import COLORS, contrast
from paper import A4, PRINTED_WIDE
from playwright.sync_api import Browser, Page, expect

from bookkit.languages import LANGUAGES

DESKTOP = {"width": 1280, "height": 800}
WIDE = {"width": 1400, "height": 1000}
PHONES = {"usual": {"width": 390, "height": 844}, "narrow": {"width": 320, "height": 640}}
CHAPTER = "concepts/losses"
MIN_CONTRAST = 4.5
# WCAG 2 A and AA, and axe's best practices, but for `region`: the theme's sidebar with the name of
# the book and the search button is in no landmark, its navigation is.
LIGHT = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "rules": {"region": {"enabled": False}},
    "resultTypes": ["violations"],
}
# What else may differ between the modes, and between a desktop and a phone.
DARK = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
PHONE = {"runOnly": ["scrollable-region-focusable", "target-size"], "resultTypes": ["violations"]}
# One element for each line of code and each formula is enough: a chapter has
# ten thousand, all alike, and axe would take a minute for it (`test_words_and_code_have_contrast`
# looks at their colors).
PREPARE = """() => {
    for (const code of document.querySelectorAll("article pre")) {
        code.textContent = code.textContent;
    }
    for (const formula of document.querySelectorAll("math mrow")) formula.remove();
}"""
# The contrast of the first element of each kind is enough, too: as many elements as a page has
# paragraphs, entries of the navigation and rows of tables look alike, down to what lies behind.
MARK_KINDS = """() => {
    const seen = new Set(), chains = new Map([[null, ""]]);
    for (const each of document.querySelectorAll("*")) {
        const {color, backgroundColor, fontSize, fontWeight} = getComputedStyle(each);
        const name = `${each.localName}.${each.getAttribute("class")}#${backgroundColor} `;
        chains.set(each, chains.get(each.parentElement) + name);
        const words = [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        const look = [color, fontSize, fontWeight, words, each.checkVisibility()];
        const kind = chains.get(each) + look;
        if (!seen.has(kind)) each.dataset.first = "";
        seen.add(kind);
    }
    axe.configure({rules: [{id: "color-contrast", selector: "[data-first]"}]});
}"""
UNFOLD = "() => document.querySelectorAll('details').forEach(each => { each.open = true; })"
# What fades or slides is at its end at once; what never ends stays.
SETTLED = """() => document.getAnimations()
    .filter(each => Number.isFinite(each.effect.getComputedTiming().endTime))
    .forEach(each => each.finish())"""
# Boxes are measured by the page between two frames.
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# The entry page has no choice of modes: its style sheet asks the system.
TAKEN_ON = "scheme => (document.documentElement.dataset.theme ?? scheme) === scheme"
FIGURES = """() => [...document.querySelectorAll("article figure img")]
    .map(each => getComputedStyle(each))
    .map(style => [style.backgroundColor, parseFloat(style.padding)])"""
CLIPPED = """() => [...document.querySelectorAll("article :is(pre, table, math)")]
    .filter(each => each.getBoundingClientRect().right > window.innerWidth)
    .filter(each => {
        for (let box = each; box.localName !== "article"; box = box.parentElement) {
            if (/auto|scroll/.test(getComputedStyle(box).overflowX)) return false;
        }
        return true;
    }).map(each => each.textContent.slice(0, 40))"""
BUTTONS = """() => [
    ...document.querySelectorAll(".bd-header-article :is(a, button), .language-switcher a")
].filter(each => each.checkVisibility() && each.getBoundingClientRect().width)
    .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < 24 || box.right > window.innerWidth)
    .map(([words]) => words)"""


@pytest.fixture(scope="module")
def open_page(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Give one tab for each language and size of window, brought to an address."""
    tabs = {}

    def get(address: str, viewport: dict = DESKTOP) -> Page:
        # The entry page would leave for a language that another page remembers.
        key = (address.partition("/")[0], viewport["width"])
        if key not in tabs:
            context = browser.new_context(
                viewport=viewport, reduced_motion="reduce", color_scheme="light"
            )
            tabs[key] = context.new_page()
        tabs[key].emulate_media(color_scheme="light")
        tabs[key].goto(f"{server}/{address}")
        return tabs[key]

    yield get
    for tab in tabs.values():
        tab.context.close()


def choose(page: Page, scheme: str) -> None:
    """Choose a mode as the system does, and wait until the page has taken it on."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(TAKEN_ON, arg=scheme)
    page.evaluate(SETTLED)


def violations(page: Page, options: dict, where: str) -> list[str]:
    """Run axe-core.

    Returns:
        a line for each rule that is broken in earnest: the page and its mode, the rule, the first
        three places, and what it asks for.
    """
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{where}: {each['id']} ({each['impact']}) at "
        f"{[node['target'] for node in each['nodes'][:3]]}: {each['help']}"
        for each in found
        if each["impact"] != "minor"
    ]


@dataclass
class Look:
    """How one page looks in both modes and on phones."""

    figures: list[tuple[str, float]] = field(default_factory=list)
    widths: dict[str, float] = field(default_factory=dict)
    clipped: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    printed_wide: list[str] = field(default_factory=list)


def faint_words(page: Page, scheme: str) -> list[str]:
    """Choose a mode and name the words on the page that hardly stand out in it."""
    choose(page, scheme)
    return [
        f"{scheme} {each['words']}: {ratio:.2f}"
        for each in page.evaluate(COLORS, "article *")
        if (ratio := contrast(each["text"], each["back"])) < MIN_CONTRAST
    ]


def resize(page: Page, size: dict) -> None:
    """Give the window another size, and put the sidebars in their places."""
    page.set_viewport_size(size)
    for change in (FRAMES, SETTLED, FRAMES):
        page.evaluate(change)


def measure_on_phones(page: Page, look: Look) -> None:
    """See how a page fits phones."""
    for name in ("narrow", "usual"):
        resize(page, PHONES[name])
        look.widths[name] = page.evaluate(
            "Math.max(document.body.scrollWidth, document.documentElement.scrollWidth)"
        )
        look.clipped += page.evaluate(CLIPPED)
        look.buttons += page.evaluate(BUTTONS)


def judge(page: Page, address: str) -> list[str]:
    """Let axe-core judge an unfolded page on a phone, and then on a desktop in both modes."""
    page.evaluate(UNFOLD)
    resize(page, PHONES["usual"])
    page.evaluate(AXE_SCRIPT)
    page.evaluate(PREPARE)
    problems = violations(page, PHONE, f"{address} on a phone")
    resize(page, DESKTOP)
    page.evaluate(MARK_KINDS)
    problems += violations(page, LIGHT, f"{address} light")
    choose(page, "dark")
    return problems + violations(page, DARK, f"{address} dark")


@pytest.fixture(scope="module")
def looks(open_page) -> Callable[[str], Look]:
    """Give what is to see on a page, which is opened once for all tests."""

    @cache
    def look(address: str) -> Look:
        page, found = open_page(address), Look()
        page.evaluate(UNFOLD)
        choose(page, "dark")
        found.figures = page.evaluate(FIGURES)
        choose(page, "light")
        measure_on_phones(page, found)
        page.emulate_media(media="print")
        resize(page, A4)
        found.printed_wide = page.evaluate(PRINTED_WIDE)
        page.emulate_media(media="screen")
        resize(page, DESKTOP)
        return found

    return look


def test_axe_finds_nothing(open_page, judged_address):
    problems = judge(open_page(judged_address), judged_address)
    assert not problems, "\n".join(problems)


def test_words_and_code_have_contrast(open_page, judged_address):
    page = open_page(judged_address)
    page.evaluate(UNFOLD)
    assert [*faint_words(page, "dark"), *faint_words(page, "light")] == []


# The keyboard


# Where the focus is: what it is, whether it is seen, and the color of the ring around it, which the
# theme draws as an outline or as a shadow, in some places on a child.
FOCUS = """() => {
    const element = document.activeElement;
    const box = element.getBoundingClientRect();
    const rings = [element, ...element.querySelectorAll("*")].map(each => getComputedStyle(each))
        .map(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
            ? style.outlineColor : style.boxShadow.match(/^rgba?\\([^)]*\\)/)?.[0])
        .filter(color => color);
    return {
        words: element.outerHTML.slice(0, 120),
        kinds: Object.keys(KINDS).filter(kind => element.matches(KINDS[kind])),
        inside: element.closest("article") !== null,
        seen: box.width * box.height > 0 && element.checkVisibility({visibilityProperty: true}),
        ring: rings[0] ?? null,
        back: getComputedStyle(document.body).backgroundColor,
    };
}"""
KINDS = {
    "skip link": "#pst-skip-link a",
    "search": ".search-button__button",
    "navigation": ".bd-links a",
    "language": ".language-switcher a",
    "mode": ".theme-switch-button",
}
MOST_STOPS = 90


def press_tab(page: Page) -> dict:
    page.keyboard.press("Tab")
    page.evaluate(SETTLED)
    return page.evaluate(FOCUS.replace("KINDS", str(KINDS)))


def numbers(color: str) -> list[float]:
    return [float(number) for number in re.findall(r"[\d.]+", color)][:3]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_tab_goes_from_the_skip_link_through_the_header_to_the_text(open_page, language, scheme):
    page = open_page(f"{language}/{CHAPTER}.html")
    choose(page, scheme)
    stops = [press_tab(page)]
    while not stops[-1]["inside"] and len(stops) < MOST_STOPS:
        stops.append(press_tab(page))
    assert stops[-1]["inside"], "the text is out of reach"
    assert [stop["words"] for stop in stops if not stop["seen"]] == []
    faint = [
        (stop["words"], stop["ring"])
        for stop in stops[1:]  # the skip link lies on a bar of its own color
        if not stop["ring"] or contrast(numbers(stop["ring"]), numbers(stop["back"])) < 3
    ]
    assert stops[0]["ring"]
    assert faint == []
    order = list(dict.fromkeys(kind for stop in stops for kind in stop["kinds"]))
    assert order == ["skip link", "search", "navigation", "language", "mode"]


def test_the_skip_link_leads_past_the_navigation(open_page):
    page = open_page(f"zh/{CHAPTER}.html")
    assert press_tab(page)["kinds"] == ["skip link"]
    page.keyboard.press("Enter")
    stops = [press_tab(page) for _ in range(5)]
    assert all("navigation" not in stop["kinds"] for stop in stops)
    kinds = [kind for stop in stops for kind in stop["kinds"]]
    assert kinds[:2] == ["language", "mode"]


def test_a_copy_button_shows_when_the_keyboard_reaches_it(open_page):
    page = open_page(f"en/{CHAPTER}.html")
    page.locator("div.cell_input pre").first.evaluate(
        "each => { each.tabIndex = 0; each.focus(); }"
    )
    press_tab(page)
    button = page.locator("button.copybtn:focus")
    expect(button).to_have_count(1)
    expect(button).to_have_css("opacity", "1")


@pytest.mark.parametrize("key", ["Enter", "Control+k"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONES["usual"]], ids=["desktop", "phone"])
def test_the_search_box_gives_the_focus_back(open_page, viewport, key):
    page = open_page(f"en/{CHAPTER}.html", viewport)
    button = page.locator(".search-button__button:visible").first
    button.focus()
    page.keyboard.press("Tab")  # from here on the browser shows where the focus is
    page.keyboard.press("Shift+Tab")
    page.keyboard.press(key)
    expect(page.locator("#pst-search-dialog input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#pst-search-dialog")).to_be_hidden()
    expect(button).to_be_focused()


def test_answers_unfold_with_enter(open_page):
    page = open_page(f"zh/{CHAPTER}.html")
    answer = page.locator("article details").first
    answer.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(answer).to_have_attribute("open", "")


def test_the_mode_is_chosen_by_keyboard(open_page):
    page = open_page(f"en/{CHAPTER}.html")
    button = page.locator(".theme-switch-button:visible")
    page.locator(".downloads summary:visible").focus()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    for mode in ("auto", "light", "dark"):
        page.keyboard.press("ArrowDown")
        expect(page.locator(f".theme-change-button[data-mode={mode}]:visible")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(button).to_be_focused()
    page.evaluate("localStorage.clear()")


SCROLLERS = {
    "pre": (CHAPTER, "代码或输出"),
    "div.math": ("applications/object-detection", "公式"),
    ".pst-scrollable-table-container": ("applications/named-entities", "表格"),
}


@pytest.mark.parametrize("selector", SCROLLERS)
def test_what_scrolls_is_named_and_moved_by_keyboard(open_page, selector):
    name, words = SCROLLERS[selector]
    page = open_page(f"zh/{name}.html", PHONES["narrow"])
    box = page.locator(f'article {selector}[tabindex="0"]:visible').first
    expect(box).to_have_attribute("role", "group")
    expect(box).to_have_attribute("aria-label", words)
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")


# Phones


def test_a_page_fits_phones_and_its_buttons_fit_a_finger(looks, looked_address):
    look = looks(looked_address)
    assert all(look.widths[name] <= phone["width"] for name, phone in PHONES.items())
    assert look.clipped == []
    assert look.buttons == []


def test_a_page_fits_paper(looks, looked_page):
    assert looks(f"{looked_page}.html").printed_wide == []


# The modes


def test_the_mode_survives_reload_and_navigation(context, server):
    page = context.new_page()
    page.goto(f"{server}/zh/{CHAPTER}.html")
    html = page.locator("html")
    expect(html).to_have_attribute("data-mode", "auto")
    for mode in ("light", "dark", "auto"):
        page.locator(".theme-switch-button:visible").click()
        page.locator(f".theme-change-button[data-mode={mode}]:visible").click()
        expect(html).to_have_attribute("data-mode", mode)
        page.reload()
        expect(html).to_have_attribute("data-mode", mode)
        page.goto(f"{server}/en/introduction.html")
        expect(html).to_have_attribute("data-mode", mode)
        expect(html).to_have_attribute("data-theme", "dark" if mode == "dark" else "light")


def test_figures_lie_on_white_in_the_dark(looks, looked_figures):
    figures = looks(f"{looked_figures}.html").figures
    assert figures
    for background, padding in figures:
        assert background == "rgb(255, 255, 255)"
        assert padding >= 4


# Lines


LINES = """() => [...document.querySelectorAll("article section > p")]
    .filter(each => !each.querySelector("math"))
    .map(each => [each, getComputedStyle(each)])
    .map(([each, style]) => ({
        letters: each.textContent.length,
        lines: Math.round(each.clientHeight / parseFloat(style.lineHeight)),
        ems: parseFloat(style.width) / parseFloat(style.fontSize),
    })).filter(each => each.lines > 2)"""


@pytest.mark.parametrize("name", [CHAPTER, "workflow/training"])
def test_lines_are_as_long_as_the_eye_follows(open_page, name):
    for each in open_page(f"zh/{name}.html", WIDE).evaluate(LINES):
        assert 36 <= each["ems"] <= 42
    measured = open_page(f"en/{name}.html", WIDE).evaluate(LINES)
    # the last line of a paragraph is half empty on average
    lines = sum(each["lines"] - 0.5 for each in measured)
    assert 60 <= sum(each["letters"] for each in measured) / lines <= 80
