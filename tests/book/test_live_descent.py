"""Gradient descent that readers steer: the browser walks the path that the page's code walks."""

import numpy as np
import pytest
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from kerasbook.concepts.descents import run_on_quadratic, steps_to_converge, steps_to_diverge
from kerasbook.concepts.optimizers import sgd_step

PAGE = "concepts/optimizers.html"
CURVATURES, EXTENT, STEPS = np.array([1.0, 100.0]), (9, 1.4), 1000
RATES = (0.0005, 0.01, 0.018, 2 / 101, 0.02, 0.0205, 0.021, 0.037)
SIX_CHANGES = """figure => {
  figure.told = 0;
  new MutationObserver(() => figure.told++).observe(
    figure.querySelector("[role=status]"), { childList: true });
  const range = figure.querySelector("input[type=range]");
  for (let change = 0; change < 6; change++) {
    range.stepUp();
    range.dispatchEvent(new Event("input"));
  }
}"""
WALKED = """(figure, walks) => walks.map(walk => figure.path(...walk))"""


def walk(start, rate, momentum=0.0, steps=STEPS):
    with np.errstate(all="ignore"):  # some explode
        return run_on_quadratic(
            sgd_step, start, CURVATURES, steps=steps, learning_rate=rate, momentum=momentum
        )


@pytest.fixture
def figure(live_figure, request):
    """Open the page in a language, where its live figure is on."""
    return live_figure("descent", PAGE, getattr(request, "param", "en"))


def said(figure):
    return figure.locator(".live-said")


def choose(figure, rate):
    figure.locator("input[type=number]").fill(str(rate))


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_page_walks_the_path_of_its_code(figure, momentum):
    walks = [([x, y], rate, momentum) for rate in RATES for x, y in ((-8.0, 1.0), (3.5, -0.3))]
    here = figure.evaluate(WALKED, walks)
    for start, rate, _ in walks:
        path = walk(start, rate, momentum)
        # What is no number comes back as None.
        found = np.array(here.pop(0), float)
        np.testing.assert_allclose(found, path, rtol=1e-12, err_msg=f"{start} {rate}")


@pytest.mark.parametrize("rate", RATES)
def test_what_it_says_is_what_the_page_counts(figure, rate):
    choose(figure, rate)
    path = walk([-8.0, 1.0], rate)
    with np.errstate(over="ignore"):
        near, out = steps_to_converge(path), steps_to_diverge(path, EXTENT)
    if near is not None:
        expect(said(figure)).to_have_text(
            f"From step {near} on it stays within 0.1 of the minimum."
        )
    elif out is not None:
        expect(said(figure)).to_have_text(f"It leaves the picture at step {out}.")
    else:
        distance = float(f"{np.linalg.norm(path[-1]):.3g}")
        expect(said(figure)).to_have_text(
            f"After 1000 steps it is {distance:g} away from the minimum."
        )


def test_the_path_is_drawn_where_the_contours_say(figure):
    choose(figure, 0.018)
    points = figure.locator("polyline").evaluate(
        "line => [...line.points].map(({ x, y }) => [x, y])"
    )
    path = walk([-8.0, 1.0], 0.018, steps=40)
    expected = (path / EXTENT * [1, -1] + 1) / 2 * [360, 200]
    np.testing.assert_allclose(points, expected, atol=1e-3)
    outer = figure.locator("ellipse").last
    radii = [float(outer.get_attribute(name)) for name in ("rx", "ry")]
    top = (CURVATURES * np.square(EXTENT)).sum() / 2  # in the corner of the picture
    assert radii == pytest.approx(np.sqrt(2 * top / CURVATURES) / EXTENT * [180, 100])


def test_the_text_can_be_tried(figure, context):
    press = context.pages[-1].keyboard.press
    choose(figure, 0.021)
    expect(said(figure)).to_have_text("It leaves the picture at step 4.")
    expect(figure).to_contain_text("multiplies w₁ by 0.979 and w₂ by −1.1.")
    figure.get_by_role("slider", name="Start").focus()
    for _ in range(10):
        press("ArrowDown")
    expect(figure).to_contain_text("Start at w₁ = −8, w₂ = 0.")
    expect(said(figure)).to_have_text("From step 207 on it stays within 0.1 of the minimum.")
    press("ArrowUp")
    expect(said(figure)).to_have_text("It leaves the picture at step 28.")
    figure.get_by_label("Momentum 0.9").check()
    expect(said(figure)).to_have_text("From step 76 on it stays within 0.1 of the minimum.")
    expect(figure).not_to_contain_text("multiplies")
    figure.get_by_role("button", name="Reset").click()
    expect(said(figure)).to_have_text("From step 242 on it stays within 0.1 of the minimum.")
    expect(figure).to_contain_text("Start at w₁ = −8, w₂ = 1.")


@pytest.mark.parametrize("figure", LANGUAGES, indirect=True)
def test_mouse_and_click_move_the_start(figure, context):
    mouse, plane = context.pages[-1].mouse, figure.locator("svg.live-plane")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()

    def at(x, y):
        return box["x"] + (x / 9 + 1) / 2 * box["width"], box["y"] + (1 - y / 1.4) / 2 * box[
            "height"
        ]

    mouse.move(*at(-8, 1))
    mouse.down()
    mouse.move(*at(2, -0.5), steps=5)
    mouse.up()
    start = figure.locator(".live-handle")
    expect(start).to_have_attribute("aria-valuetext", "2, −0.5")
    mouse.click(*at(-5, 0.7))
    expect(start).to_have_attribute("aria-valuetext", "−5, 0.7")
    mouse.move(*at(-5, 0.7))
    mouse.down()
    mouse.move(*at(-20, 3), steps=3)  # beyond the picture
    mouse.up()
    expect(start).to_have_attribute("aria-valuetext", "−8.5, 1.3")


@pytest.mark.sampled("-zh", "0-en", "-1-zh", "1e400-en")
@pytest.mark.parametrize("figure", LANGUAGES, indirect=True)
@pytest.mark.parametrize("rate", ["", "0", "-1", "1e400"])
def test_what_is_no_learning_rate_is_said(figure, rate):
    field = figure.locator("input[type=number]")
    field.fill(rate)
    language = figure.evaluate("document.documentElement.lang")[:2]
    expect(said(figure)).to_have_text(LANGUAGES[language].browser["descent"]["invalid"])
    expect(figure.locator(".live-path circle")).to_have_count(0)
    field.fill("0.018")
    expect(said(figure)).to_contain_text("242")
    expect(figure.locator(".live-path circle")).to_have_count(40)


@pytest.mark.parametrize("rate", [1, 1e308])
def test_a_rate_that_explodes_leaves_the_picture(figure, rate):
    choose(figure, rate)
    expect(said(figure)).to_have_text("It leaves the picture at step 1.")
    assert "NaN" not in figure.inner_html()
    assert "Infinity" not in figure.inner_html()


def test_a_screen_reader_is_told_once_changes_pause(figure):
    status = figure.get_by_role("status")
    expect(status).to_have_text("From step 242 on it stays within 0.1 of the minimum.")
    figure.evaluate(SIX_CHANGES)
    expect(said(figure)).to_have_text("It leaves the picture at step 4.")
    expect(status).to_have_text("It leaves the picture at step 4.")
    assert figure.evaluate("figure => figure.told") == 1
