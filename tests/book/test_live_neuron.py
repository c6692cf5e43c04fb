"""A neuron that readers set: the browser answers as the page's code and a layer of Keras do."""

import itertools

import numpy as np
import pytest
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from kerasbook.calculus import sigmoid
from kerasbook.concepts.neurons import to_keras_model

PAGE = "concepts/neurons.html"
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
TASKS = {"OR": [0, 1, 1, 1], "AND": [0, 0, 0, 1], "XOR": [0, 1, 1, 0]}
GRID = np.array(list(itertools.product(np.linspace(-0.5, 1.5, 21), repeat=2)))
NEURONS = [(1, 1, -0.5), (2, 2, -1), (-3.5, 0.5, 1), (4, -4, 0), (0, 2.5, -4), (1000, -999, 0.1)]
OUTPUTS = "(figure, [points, weights, bias]) => figure.outputs(points, weights, bias)"
ENDS = """(made, names) => names.map(name => Number(made.getAttribute(name)))"""
TICKS = (
    "figure => [...figure.querySelectorAll('input[type=range]')].map(each => Number(each.value))"
)


@pytest.fixture
def figure(live_figure, request):
    """Open the page in a language, where its live figure is on."""
    return live_figure("neuron", PAGE, getattr(request, "param", "en"))


def said(figure):
    return figure.locator(".live-said")


def choose(figure, *numbers):
    """Type both weights and the bias."""
    for field, number in zip(figure.locator("input[type=number]").all(), numbers, strict=True):
        field.fill(str(number))


def ends(made):
    """Read both ends of a line or of a gradient as points of the plane."""
    drawn = np.reshape(made.evaluate(ENDS, ["x1", "y1", "x2", "y2"]), (2, 2)) / 240
    return drawn * [2, -2] + [-0.5, 1.5]


@pytest.mark.parametrize("neuron", NEURONS, ids=str)
def test_the_page_answers_as_its_code_and_keras(figure, neuron):
    *weights, bias = neuron
    here = np.array(figure.evaluate(OUTPUTS, [GRID.tolist(), weights, bias]))
    np.testing.assert_allclose(here, sigmoid(GRID @ weights + bias), rtol=1e-9, atol=1e-300)
    twin = to_keras_model([(np.array([weights], float).T, np.array([bias]), sigmoid)])
    # 32 bits hold seven digits of a sum, here of up to three thousand.
    atol = 1e-6 if max(map(abs, neuron)) < 10 else 1e-4
    np.testing.assert_allclose(here, twin.predict(GRID, verbose=0).ravel(), atol=atol)


@pytest.mark.sampled("(1, 1, -0.5)-XOR", "(-3.5, 0.5, 1)-OR", "(1000, -999, 0.1)-AND")
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("neuron", NEURONS, ids=str)
def test_it_counts_the_corners_that_are_right(figure, neuron, task):
    choose(figure, *neuron)
    figure.locator("select").select_option(task)
    *weights, bias = neuron
    right = int(((CORNERS @ weights + bias > 0) == np.array(TASKS[task])).sum())
    expect(said(figure)).to_have_text(f"Right at {right} of 4 corners.")
    expect(figure.locator(".live-wrong")).to_have_count(4 - right)


def test_the_sliders_have_the_positions_that_the_page_tries(figure):
    for field in figure.locator("input[type=range]").all():
        found = [float(field.get_attribute(name)) for name in ("min", "max", "step")]
        assert found == [-4, 4, 0.5]


@pytest.mark.parametrize("neuron", NEURONS, ids=str)
def test_line_and_color_lie_where_the_sum_says(figure, neuron):
    choose(figure, *neuron)
    *weights, bias = neuron
    line, shade = ends(figure.locator(".live-line")), ends(figure.locator("linearGradient"))
    size = np.abs(neuron).max()
    assert line @ weights + bias == pytest.approx([0, 0], abs=1e-9 * size)
    assert np.linalg.norm(line[1] - line[0]) == pytest.approx(4)
    assert shade @ weights + bias == pytest.approx([-6, 6], abs=1e-9 * size)
    stops = figure.locator("stop").evaluate_all(
        "stops => stops.map(each => [each.classList[0], Number(each.getAttribute('stop-opacity'))])"
    )
    certain = np.abs(2 * sigmoid(np.linspace(-6, 6, 25)) - 1) / 2
    assert [opacity for _, opacity in stops] == pytest.approx(certain)
    assert [name for name, _ in stops] == ["live-no"] * 13 + ["live-yes"] * 12


def test_the_text_can_be_tried(figure):
    expect(said(figure)).to_have_text("Right at 4 of 4 corners.")
    choose(figure, 1, 1, -1.5)
    expect(said(figure)).to_have_text("Right at 2 of 4 corners.")
    figure.locator("select").select_option(label="both are up (AND)")
    expect(said(figure)).to_have_text("Right at 4 of 4 corners.")
    choose(figure, -1, -1, 1.5)
    expect(said(figure)).to_have_text("Right at 0 of 4 corners.")
    figure.get_by_role("button", name="Reset").click()
    assert figure.evaluate(TICKS) == [1, 1, -0.5]


@pytest.mark.parametrize("figure", LANGUAGES, indirect=True)
def test_the_keyboard_moves_line_and_point(figure, context):
    press = context.pages[-1].keyboard.press
    figure.locator("input[type=range]").last.focus()
    press("ArrowLeft")
    press("ArrowLeft")
    assert figure.evaluate(TICKS) == [1, 1, -1.5]
    figure.locator(".live-handle").focus()
    for _ in range(7):
        press("ArrowRight")
    for _ in range(4):
        press("ArrowUp")
    # (1, 1) and the bias -1.5: z = 0.5
    expect(figure).to_contain_text("z = 1 · 1 + 1 · 1 + (−1.5) = 0.5")
    expect(figure).to_contain_text("a = 0.622")
    expect(figure.get_by_role("status").last).to_contain_text("a = 0.622")


def test_the_mouse_asks_about_a_point(figure, context):
    plane = figure.locator("svg.live-plane")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    mouse = context.pages[-1].mouse
    mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.75 * box["height"])
    expect(figure.locator(".live-handle")).to_have_attribute("aria-valuetext", "1, 0")
    expect(figure).to_contain_text("z = 1 · 1 + 1 · 0 + (−0.5) = 0.5, a = 0.622.")


@pytest.mark.parametrize("figure", LANGUAGES, indirect=True)
def test_without_weights_there_is_no_line(figure):
    words = LANGUAGES[figure.evaluate("document.documentElement.lang")[:2]].browser["neuron"]
    choose(figure, 0, 0, -2)
    expect(said(figure)).to_have_text(words["right"].replace("{count}", "1") + words["flat"])
    expect(figure.locator(".live-line")).to_be_hidden()
    wash = figure.locator("svg > rect")
    assert wash.get_attribute("class") == "live-no"
    opacity = abs(2 * sigmoid(np.array(-2.0)) - 1) / 2
    assert float(wash.get_attribute("fill-opacity")) == pytest.approx(opacity)
    choose(figure, 1, 1, -2)
    expect(figure.locator(".live-line")).to_be_visible()


@pytest.mark.sampled("-zh", "1001-en", "-1e300-zh")
@pytest.mark.parametrize("figure", LANGUAGES, indirect=True)
@pytest.mark.parametrize("number", ["", "1001", "-1e300"])
def test_what_cannot_be_drawn_is_said(figure, number):
    words = LANGUAGES[figure.evaluate("document.documentElement.lang")[:2]].browser["neuron"]
    choose(figure, number, 1, 1)
    expect(said(figure)).to_have_text(words["invalid"])
    expect(figure.locator(".live-line")).to_be_hidden()
    assert "NaN" not in figure.inner_text()
    choose(figure, 1, 1, -0.5)
    expect(figure.locator(".live-line")).to_be_visible()
