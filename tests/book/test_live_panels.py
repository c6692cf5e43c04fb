"""What live figures with a panel have in common: loading, speed, phones, readers who do not see."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from bookkit.paths import SITE

PAGES = {"descent": "concepts/optimizers.html", "neuron": "concepts/neurons.html"}
OPENED = [(script, language) for script in PAGES for language in LANGUAGES]
FIGURE = "figure:has(> .live)"
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
TYPES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
AXE = f"""() => axe.run("{FIGURE}", {{ runOnly: {{ type: "tag", values: {TYPES} }} }})"""
SMALL = """figure => [...figure.querySelectorAll(":is(input, button, select, .live-reach, label)")]
    .map(each => [each.outerHTML.slice(0, 60), each.getBoundingClientRect()])
    .filter(([, box]) => box.height < 24 || box.right > innerWidth || box.left < 0)
    .filter(([words]) => !words.includes("checkbox")) // its label is as good
    .map(([words]) => words)"""


@pytest.fixture(params=OPENED, ids="-".join)
def panel(live_figure, request):
    """Open a page in a language, where its live figure is on."""
    script, language = request.param
    return live_figure(script, PAGES[script], language)


def middle(handle):
    """Return the middle of a dot in the window."""
    box = handle.locator(".live-reach").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_on_a_phone_it_fits_and_fingers_find_everything(panel, context):
    page = context.pages[-1]
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert panel.evaluate(SMALL) == []
    reach = panel.locator(".live-reach").bounding_box()
    assert min(reach["width"], reach["height"]) >= 40


def test_a_finger_drags_the_dot_and_not_the_page(panel, context):
    page = context.pages[-1]
    session = context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    plane, handle = panel.locator("svg.live-plane"), panel.locator(".live-handle")
    plane.evaluate("plane => plane.scrollIntoView({ block: 'center' })")
    width, scrolled = plane.bounding_box()["width"], page.evaluate("scrollY")
    x, y = middle(handle)
    for kind, share in (("Start", 0), ("Move", 0.1), ("Move", 0.2), ("Move", 0.3), ("End", None)):
        at = [] if share is None else [{"x": x + share * width, "y": y + 80 * share}]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at})
        page.evaluate(FRAMES)  # a browser hands over one movement a frame
    # A dot keeps to round numbers.
    assert middle(handle)[0] - x == pytest.approx(0.3 * width, abs=0.03 * width)
    assert page.evaluate("scrollY") == scrolled


@pytest.mark.sampled("descent-zh-light", "neuron-en-dark")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(panel, context, scheme):
    page = context.pages[-1]
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("mode => document.documentElement.dataset.theme === mode", arg=scheme)
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(AXE)["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


def test_nothing_moves_unasked(panel):
    still = "figure => figure.getAnimations({ subtree: true }).length"
    assert panel.evaluate(still) == 0


@pytest.mark.parametrize("script", PAGES)
def test_it_works_as_a_file_and_loads_nothing_before(context, script):
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((SITE / "en" / PAGES[script]).as_uri())
    page.evaluate(FRAMES)
    assert not any("/live/" in url for url in asked)
    page.locator(FIGURE).scroll_into_view_if_needed()
    expect(page.locator(".live-panel")).to_be_visible()
    names = [found[1] for url in asked if (found := re.search(r"/live/(\w+)\.js", url))]
    assert names == ["controls", script]
