"""Boxes to drag: the browser computes what the page's functions compute, and everybody can drag."""

import json
import string

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from bookkit.paths import SITE
from kerasbook.applications.detection.dragging import find_suppressors, judge_scene
from kerasbook.boxes import non_max_suppression, pairwise_iou

NAME = "applications/object-detection"
PHONE = {"width": 390, "height": 844}
WORDS = {code: record.browser["boxes"] for code, record in LANGUAGES.items()}
FIGURE = 'figure:has(> .live[data-live="boxes"])'
IOU = f"""boxes => {{
  const {{ iou }} = document.querySelector('{FIGURE}').live;
  return boxes.map(first => boxes.map(second => iou(first, second)));
}}"""
SUPPRESS = f"""([scene, levels]) => {{
  const {{ suppress }} = document.querySelector('{FIGURE}').live;
  return levels.map(level => suppress(scene, level));
}}"""
SMALL = """figure => [...figure.querySelectorAll("button, input, .live-grip")]
    .map(each => [each.outerHTML.slice(0, 60), each.getBoundingClientRect()])
    .filter(([, { width, height, left, right }]) =>
        Math.min(width, height) < 24 || left < 0 || right > innerWidth)
    .map(([words]) => words)"""
TYPES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
# Boxes of a detector lie on one another; each has a button beside the scene, which brings it up.
AXE = f"""rules => axe.run('{FIGURE}', {{ rules, runOnly: {{ type: "tag", values: {TYPES} }} }})"""
PILED = {"target-size": {"enabled": False}}


def look_at(page):
    page.locator(FIGURE).scroll_into_view_if_needed()
    expect(page.locator(".live-boxes")).to_be_visible()
    return page.locator(FIGURE)


@pytest.fixture
def figure(context, server, request):
    """Open the page in a language, where its live figure is on."""
    page = context.new_page()
    page.goto(f"{server}/{getattr(request, 'param', 'en')}/{NAME}.html")
    return look_at(page)


@pytest.fixture
def data(glued):
    return json.loads(glued(NAME, "boxes"))


def box(figure, name):
    return figure.locator(".live-box").nth(string.ascii_uppercase.index(name))


def verdicts(figure):
    return figure.locator(".live-list li > span:last-child").all_inner_texts()


def kept(figure):
    names = zip(string.ascii_uppercase, verdicts(figure), strict=False)
    return "".join(name for name, verdict in names if verdict.endswith("stays"))


def press(figure, key, times=1):
    for _ in range(times):
        figure.page.keyboard.press(key)


def slide(figure, label, value):
    figure.get_by_label(label, exact=True).fill(str(value))


def said(figure):
    return figure.locator("[role=status]")


def drag(figure, start, across, down):
    """Drag from a place, so many pixels of the scene."""
    scale = figure.locator(".live-stage").evaluate("stage => stage.clientWidth") / 96
    mouse = figure.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(start[0] + across * scale, start[1] + down * scale, steps=5)
    mouse.up()


def middle(locator):
    place = locator.bounding_box()
    return place["x"] + place["width"] / 2, place["y"] + place["height"] / 2


# The same numbers as the page


def test_the_browser_agrees_with_the_page_to_the_last_digit(figure, glued):
    trial = json.loads(glued(NAME, "trial"))
    scene, boxes = trial["scene"], np.array(trial["scene"]["boxes"])
    assert len(boxes) == glued(NAME, "n_trial")
    assert len(set(scene["scores"])) < len(boxes), "some scores are equal"
    iou = pairwise_iou(boxes, boxes)
    assert glued(NAME, "n_pairs") == len(iou[np.triu_indices(len(iou), 1)])
    assert figure.page.evaluate(IOU, boxes.tolist()) == iou.tolist()
    levels = np.arange(101) / 100
    found = figure.page.evaluate(SUPPRESS, [scene, levels.tolist()])
    for level, here in zip(levels, found, strict=True):
        stay, rivals = judge_scene(scene, level)
        assert here["kept"] == stay.tolist()
        assert [-1 if rival is None else rival for rival in here["rivals"]] == rivals.tolist()
    stays = {float(level): number for level, number in trial["stay"].items()}
    assert stays == {
        level: len(here["kept"])
        for level, here in zip(levels, found, strict=True)
        if level in stays
    }


@pytest.mark.parametrize("seed", range(4))
def test_boxes_between_pixels_agree_too(figure, seed):
    generator = np.random.default_rng(seed)
    low = generator.uniform(0, 60, (60, 2))
    boxes = np.concatenate([low, low + generator.uniform(0.1, 36, (60, 2))], axis=1)
    scores, classes = generator.integers(1, 20, 60) / 20, generator.integers(0, 3, 60)
    assert figure.page.evaluate(IOU, boxes.tolist()) == pairwise_iou(boxes, boxes).tolist()
    scene = {"boxes": boxes.tolist(), "scores": scores.tolist(), "classes": classes.tolist()}
    for level in (0, 0.2, 0.5, 1):
        (here,) = figure.page.evaluate(SUPPRESS, [scene, [level]])
        stay = non_max_suppression(boxes, scores, classes, level)
        rivals = find_suppressors(boxes, classes, stay, level)
        assert here["kept"] == stay.tolist()
        assert [-1 if rival is None else rival for rival in here["rivals"]] == rivals.tolist()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ([10, 10, 50, 50], 1),  # identical
        ([50, 10, 90, 50], 0),  # touching at a side
        ([50, 50, 90, 90], 0),  # at a corner
        ([60, 60, 90, 90], 0),  # apart
        ([10, 10, 10, 50], 0),  # no area
        ([20, 20, 40, 40], 0.25),  # within: 20 * 20 / (40 * 40)
    ],
)
def test_boxes_at_the_edge(figure, other, expected):
    first = [10, 10, 50, 50]
    assert figure.page.evaluate(IOU, [first, other])[0] == [1, expected]
    assert figure.page.evaluate(IOU, [[7, 7, 7, 7]] * 2) == [[0, 0], [0, 0]], "nothing, no NaN"


# What the text asks the reader to try


def test_the_figure_begins_as_the_page_has_it_by_hand(figure):
    assert figure.locator(".live-sums p").all_inner_texts() == [
        "Shared: 32 × 40 = 1280 square pixels",
        "Covered: 1600 + 1600 − 1280 = 1920",
        "IoU of A and B: 1280 / 1920 ≈ 0.667",
    ]
    assert verdicts(figure) == ["stays", "goes: IoU 0.667 with A", "stays", "stays"]


def test_two_pixels_save_b_and_cost_c(figure):
    box(figure, "B").focus()
    press(figure, "ArrowRight")
    assert kept(figure) == "ACD"
    press(figure, "ArrowRight")
    expect(figure.locator(".live-sums p").last).to_have_text("IoU of B and A: 1200 / 2000 = 0.600")
    # 34 of 46 columns
    assert verdicts(figure) == ["stays", "stays", "goes: IoU 0.739 with B", "stays"]


def test_the_best_score_wins_and_of_equal_ones_the_first(figure):
    slide(figure, "Score of B", 0.9)
    assert kept(figure) == "ACD"
    slide(figure, "Score of B", 0.91)
    assert verdicts(figure)[::2] == ["goes: IoU 0.667 with B"] * 2
    assert kept(figure) == "BD"
    figure.get_by_role("button", name="Start again").click()
    assert kept(figure) == "ACD"
    assert figure.get_by_label("Score of B", exact=True).input_value() == "0.8"


def test_a_lower_threshold_drops_c(figure):
    slide(figure, "Threshold", 0.4)
    assert kept(figure) == "AD"
    assert verdicts(figure)[2] == "goes: IoU 0.429 with A"
    expect(figure.locator(".live-level output")).to_have_text("0.40")
    slide(figure, "Threshold", 1)
    assert kept(figure) == "ABCD"


@pytest.mark.parametrize("figure", LANGUAGES, indirect=True)
def test_the_boxes_of_the_detector_are_judged_on_their_picture(figure, data):
    language = figure.page.evaluate("document.documentElement.lang").partition("-")[0]
    words = WORDS[language]
    scene = data["scenes"][1]
    assert len(scene["boxes"]) > 3
    figure.get_by_role("button", name=words["scenes"][1]).click()
    expect(figure.locator(".live-box")).to_have_count(len(scene["boxes"]))
    _, rivals = judge_scene(scene, data["iou_threshold"])
    overlaps = pairwise_iou(scene["boxes"], scene["boxes"])
    for at, (told, rival) in enumerate(zip(verdicts(figure), rivals, strict=True)):
        assert told.startswith(data["names"][scene["classes"][at]])
        expected = words["stays"]
        if rival >= 0:
            name = string.ascii_uppercase[rival]
            expected = words["goes"].format(rival=name, iou=f"{overlaps[at, rival]:.3f}")
        assert told.endswith(expected)
    ground = figure.locator(".live-stage").evaluate("stage => stage.style.backgroundImage")
    assert ground == f'url("{scene["picture"]}")'
    figure.get_by_role("button", name=words["scenes"][0]).click()
    expect(figure.locator(".live-box")).to_have_count(4)


# Mouse, finger, keyboard


def test_the_mouse_moves_and_resizes(figure):
    figure.locator(".live-stage").scroll_into_view_if_needed()
    drag(figure, middle(box(figure, "D")), 20, -3)
    expect(box(figure, "D")).to_have_attribute(
        "aria-label", "Box D, 40 × 40 pixels, left 30, top 52"
    )
    drag(figure, middle(box(figure, "D").locator(".live-grip")), 10, -5)
    expect(box(figure, "D")).to_have_attribute(
        "aria-label", "Box D, 50 × 35 pixels, left 30, top 52"
    )
    assert kept(figure) == "ACD"


def test_no_box_leaves_the_scene_or_loses_its_area(figure):
    box(figure, "D").focus()
    press(figure, "ArrowDown", 3)  # it ends at 95 of 96
    press(figure, "Shift+ArrowRight", 50)
    expect(box(figure, "D")).to_have_attribute(
        "aria-label", "Box D, 86 × 40 pixels, left 10, top 56"
    )
    press(figure, "Shift+ArrowLeft", 90)
    press(figure, "Shift+ArrowUp", 90)
    expect(box(figure, "D")).to_have_attribute(
        "aria-label", "Box D, 12 × 12 pixels, left 10, top 56"
    )
    press(figure, "ArrowLeft", 12)
    expect(box(figure, "D")).to_have_attribute(
        "aria-label", "Box D, 12 × 12 pixels, left 0, top 56"
    )
    assert "Every side keeps 12 pixels" in figure.locator(".live-help").inner_text()


def test_a_pair_is_the_two_boxes_chosen_last(figure):
    lines = figure.locator(".live-sums p")
    box(figure, "C").focus()
    expect(lines.last).to_contain_text("IoU of A and B")  # a focus is no choice
    press(figure, "Enter", 2)
    expect(lines.last).to_contain_text("IoU of C and A")  # nor is a box a pair with itself
    figure.get_by_role("button", name="Choose box B").click()
    expect(lines.last).to_contain_text("IoU of B and C")
    chosen = figure.locator(".live-box[aria-pressed=true] .live-name").all_inner_texts()
    assert chosen == ["B", "C"]


def test_what_the_pair_shares_is_drawn(figure):
    scale = figure.locator(".live-stage").evaluate("stage => stage.clientWidth") / 96
    shared = figure.locator(".live-shared").bounding_box()
    assert shared["width"] == pytest.approx(32 * scale, abs=0.5)
    assert shared["height"] == pytest.approx(40 * scale, abs=0.5)
    both = figure.locator(".live-union i")
    assert [both.nth(at).bounding_box()["width"] for at in (0, 1)] == pytest.approx(
        [40 * scale] * 2, abs=0.5
    )
    box(figure, "D").focus()
    press(figure, "Enter")
    expect(figure.locator(".live-shared")).to_be_hidden()


def test_a_screen_reader_is_told_when_a_move_ends(figure):
    names = figure.locator(".live-box").evaluate_all("each => each.map(box => box.ariaLabel)")
    assert names[1] == "Box B, 40 × 40 pixels, left 18, top 10"
    stage = figure.locator(".live-stage")
    assert stage.get_attribute("aria-label") == "Scene of 96 × 96 pixels with boxes to drag"
    described = figure.page.locator(f"#{stage.get_attribute('aria-describedby')}").inner_text()
    assert "Shift and arrows resize it" in described
    said(figure).evaluate("""status => {
      window.told = [];
      new MutationObserver(() => window.told.push(status.textContent))
        .observe(status, { childList: true, characterData: true, subtree: true });
    }""")
    clock = figure.page.clock
    clock.install(time=0)
    clock.pause_at(3600)  # from here on it stands still
    box(figure, "B").focus()
    press(figure, "ArrowRight", 12)
    clock.run_for(499)
    assert figure.page.evaluate("window.told") == [], "not with every pixel"
    clock.run_for(1)
    # 20 of 60 columns; with C, which is 4 to the left, 36 of 44
    assert figure.page.evaluate("window.told") == ["IoU of B and A: 0.333. Kept: A, B, D."]


# Everywhere


@pytest.mark.parametrize("figure", LANGUAGES, indirect=True)
def test_on_a_phone_it_fits_and_a_finger_finds_everything(figure):
    page = figure.page
    page.set_viewport_size(PHONE)
    figure.locator(".live-stage").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert figure.evaluate(SMALL) == []
    handle = box(figure, "A")
    handle.focus()
    press(figure, "Shift+ArrowLeft", 40)
    press(figure, "Shift+ArrowUp", 40)
    smallest = handle.bounding_box()
    assert min(smallest["width"], smallest["height"]) >= 40


def test_a_finger_drags_and_the_page_does_not_scroll(figure, context):
    page = figure.page
    page.set_viewport_size(PHONE)
    figure.locator(".live-stage").scroll_into_view_if_needed()
    scale = figure.locator(".live-stage").evaluate("stage => stage.clientWidth") / 96
    x, y = middle(box(figure, "D"))
    before = page.evaluate("scrollY")
    session = context.new_cdp_session(page)
    places = [{"x": x + step * scale, "y": y - step * scale} for step in (0, 6, 12, 18)]
    for kind, points in zip(
        ["touchStart", "touchMove", "touchMove", "touchMove", "touchEnd"],
        [*[[place] for place in places], []],
        strict=True,
    ):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(box(figure, "D")).to_have_attribute(
        "aria-label", "Box D, 40 × 40 pixels, left 28, top 37"
    )
    assert page.evaluate("scrollY") == before


@pytest.mark.sampled("zh-light", "en-dark")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("figure", LANGUAGES, indirect=True)
def test_axe_finds_nothing(figure, scheme):
    page = figure.page
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("mode => document.documentElement.dataset.theme === mode", arg=scheme)
    page.evaluate(AXE_SCRIPT)
    for rules in ({}, PILED):
        found = page.evaluate(AXE, rules)["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        figure.locator(".live-buttons button").last.click()


def test_nothing_moves_unasked(figure):
    assert figure.evaluate("each => each.getAnimations({ subtree: true }).length") == 0
    assert box(figure, "A").evaluate("each => getComputedStyle(each).transitionDuration") == "0s"


def test_it_works_as_a_file_and_loads_nothing_before_it_is_looked_at(context):
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((SITE / "en" / f"{NAME}.html").as_uri())
    page.wait_for_load_state("networkidle")
    assert not any("/live/" in url for url in asked)
    assert kept(look_at(page)) == "ACD"
    assert any("/live/boxes.js?v=" in url for url in asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_the_picture_stands_there(browser, server, language):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/{language}/{NAME}.html")
    expect(page.locator(f"{FIGURE} img")).to_be_visible()
    context.close()
