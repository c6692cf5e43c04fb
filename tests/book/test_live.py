"""Live figures in a browser: what the page computes, and how it is drawn and read."""

import json
import re

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect
from sklearn.datasets import load_digits

from bookkit.languages import LANGUAGES
from bookkit.paths import SITE

PROBABILITIES = """digits => {
  const { probabilities } = document.querySelector("figure.live-on");
  return digits.map(probabilities);
}"""
STROKES = {
    "0": [(0.5, 0.1), (0.3, 0.3), (0.3, 0.7), (0.5, 0.9), (0.7, 0.7), (0.7, 0.3), (0.5, 0.1)],
    "2": [(0.25, 0.3), (0.4, 0.15), (0.6, 0.15), (0.7, 0.3), (0.3, 0.85), (0.8, 0.85)],
    "7": [(0.2, 0.2), (0.8, 0.2), (0.4, 0.85)],
}
SCRIBBLE = [(side, row / 20) for row in range(1, 20) for side in (0.05, 0.95)]
TYPES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
AXE = f"""() => axe.run("figure:has(.live)", {{ runOnly: {{ type: "tag", values: {TYPES} }} }})"""


@pytest.fixture
def first_page(context, server, request):
    """Open the first page of a language, where its live figure is on."""
    page = context.new_page()
    page.goto(f"{server}/{getattr(request, 'param', 'en')}/index.html")
    page.locator("figure:has(.live)").scroll_into_view_if_needed()
    expect(page.locator(".live-digit")).to_be_visible()
    return page


def draw(page, points):
    box = page.locator(".live-draw canvas").bounding_box()
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*at[0])
    page.mouse.down()
    for point in at[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


def test_the_page_computes_what_keras_computes(first_page, glued, printed):
    digits, labels = load_digits(return_X_y=True)
    digits, labels = digits[1157:], labels[1157:]
    keras = np.array(json.loads(glued("index", "probabilities")))
    here = np.array(first_page.evaluate(PROBABILITIES, digits.tolist()))
    assert here.shape == keras.shape == (640, 10)
    gap = np.abs(here - keras).max()
    assert gap < 0.01
    (stated,) = re.findall(r"largest difference of a probability: ([\d.]+)", printed("index"))
    assert gap == pytest.approx(float(stated), abs=2e-5), "the page says another difference"
    assert np.mean(here.argmax(axis=1) == labels) == np.mean(keras.argmax(axis=1) == labels)
    assert np.mean(here.argmax(axis=1) == labels) > 0.85


@pytest.mark.parametrize("digit", STROKES)
def test_a_drawn_digit_is_read(first_page, digit):
    draw(first_page, STROKES[digit])
    expect(first_page.locator(".live-said")).to_contain_text(f"says {digit},")
    expect(first_page.locator(".live-best b")).to_have_text(digit)
    shares = first_page.locator(".live-bars span").all_inner_texts()
    assert len(shares) == 10
    assert 95 <= sum(int(share.removesuffix("%")) for share in shares) <= 105
    assert first_page.locator(".live-units canvas").count() == 8


@pytest.mark.parametrize("first_page", LANGUAGES, indirect=True)
def test_the_keyboard_draws_and_clears(first_page):
    board, said = first_page.locator(".live-draw canvas"), first_page.locator(".live-said")
    first_page.locator(".live-draw button").first.click()
    expect(first_page.locator(".live-best")).to_have_count(0)
    empty = said.inner_text()
    board.focus()
    first_page.keyboard.press("Space")
    for _ in range(8):
        first_page.keyboard.press("ArrowDown")
    expect(first_page.locator(".live-best b")).to_have_text("1")
    first_page.keyboard.press("Delete")
    expect(said).to_have_text(empty)
    expect(first_page.locator(".live-best")).to_have_count(0)


@pytest.mark.parametrize("first_page", LANGUAGES, indirect=True)
def test_an_empty_or_a_black_board_gets_no_verdict(first_page):
    language = first_page.evaluate("document.documentElement.lang")
    (words,) = [each.browser["digit"] for each in LANGUAGES.values() if each.tag == language]
    said, best = first_page.locator(".live-said"), first_page.locator(".live-best")
    clear = first_page.get_by_role("button", name=words["clear"])
    clear.click()
    expect(said).to_have_text(words["empty"])
    expect(best).to_have_count(0)
    draw(first_page, STROKES["7"])
    expect(best).to_have_count(1)
    draw(first_page, SCRIBBLE)
    expect(said).to_have_text(words["black"])
    expect(best).to_have_count(0)
    assert first_page.locator(".live-bars span").all_inner_texts() == [""] * 10
    clear.click()
    expect(said).to_have_text(words["empty"])


def test_no_digit_of_the_data_is_taken_for_a_black_board():
    pixels, _ = load_digits(return_X_y=True)
    assert (pixels == 0).sum(axis=1).min() > 20


@pytest.mark.parametrize("first_page", LANGUAGES, indirect=True)
def test_the_panel_takes_the_place_of_the_picture(first_page):
    expect(first_page.locator("figure.live-on > :not(.live, figcaption)")).to_be_hidden()
    box = first_page.locator(".live-draw canvas").bounding_box()
    assert box["width"] == box["height"] == 256
    assert (
        first_page.locator(".live-bars li").first.evaluate("row => getComputedStyle(row).display")
        == "grid"
    )


def test_a_test_digit_is_shown_with_its_label(first_page):
    labels = load_digits(return_X_y=True)[1][1157:]
    expect(first_page.locator(".live-said")).to_contain_text("A test digit. The network says 0.")
    for label in labels[1:4]:
        first_page.get_by_role("button", name="Show a test digit").click()
        expect(first_page.locator(".live-said")).to_contain_text(f"The label says {label}.")


def test_a_screen_reader_is_told(first_page):
    board = first_page.locator(".live-draw canvas")
    assert board.get_attribute("aria-label") == "Board: draw a digit here"
    described = first_page.locator(f"#{board.get_attribute('aria-describedby')}").inner_text()
    assert "arrows move the pen" in described
    assert first_page.locator(".live-said").get_attribute("role") == "status"


@pytest.mark.parametrize("first_page", LANGUAGES, indirect=True)
def test_on_a_phone_nothing_is_wider_than_the_screen(first_page):
    first_page.set_viewport_size({"width": 390, "height": 844})
    assert first_page.evaluate("document.documentElement.scrollWidth") == 390
    box = first_page.locator(".live-digit").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("first_page", LANGUAGES, indirect=True)
def test_axe_finds_nothing(first_page, scheme):
    first_page.emulate_media(color_scheme=scheme)
    first_page.wait_for_function(
        "mode => document.documentElement.dataset.theme === mode", arg=scheme
    )
    first_page.evaluate(AXE_SCRIPT)
    for strokes in ([], STROKES["2"]):
        if strokes:
            draw(first_page, strokes)
        found = first_page.evaluate(AXE)["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


def test_it_works_as_a_file(context, glued):
    page = context.new_page()
    page.goto((SITE / "en" / "index.html").as_uri())
    page.locator("figure:has(.live)").scroll_into_view_if_needed()
    expect(page.locator(".live-digit")).to_be_visible()
    here = page.evaluate(PROBABILITIES, load_digits(return_X_y=True)[0][1157:1160].tolist())
    assert here == pytest.approx(
        np.array(json.loads(glued("index", "probabilities")))[:3], abs=0.01
    )


def test_nothing_is_loaded_until_it_is_looked_at(context, server):
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 200})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/en/index.html")
    page.wait_for_load_state("networkidle")
    assert not any("/live/" in url for url in asked)
    with page.expect_request(re.compile(r"/_static/live/digit\.js\?v=\w{8}$")):
        page.locator("figure:has(.live)").scroll_into_view_if_needed()


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_the_picture_stands_there(browser, server, language):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/{language}/index.html")
    expect(page.locator("figure:has(.live) img")).to_be_visible()
    context.close()
