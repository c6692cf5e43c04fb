"""How long live figures keep a page busy with one answer, on a processor a quarter as fast.

A reader feels an answer within 50 ms as part of the movement.
"""

from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser

from bench import browsing
from bench.measure import Row, seconds, share
from bench.serving import Site
from bookkit.languages import FALLBACK

ANSWER_MS = 50
# Each gives milliseconds of steps, the layout that they cause included. The first has the pen go
# round and round, and returns the last of the steps: the drawing is longest then.
DRAW = """board => {
    const press = key => board.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    const turn = ["ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft"];
    press(" ");
    return Array.from({length: 120}, (_, step) => {
        const started = performance.now();
        press(turn[Math.floor(step / 8) % 4]);
        board.getBoundingClientRect();
        return performance.now() - started;
    }).slice(-20);
}"""
SLIDE = """range => Array.from({length: 20}, (_, step) => {
    const started = performance.now();
    range.value = Number(range.min) + ((range.max - range.min) * step) / 20;
    range.dispatchEvent(new Event("input"));
    range.getBoundingClientRect();
    return performance.now() - started;
})"""
MOVE = """box => Array.from({length: 40}, (_, step) => {
    const key = step % 2 ? "ArrowLeft" : "ArrowRight", started = performance.now();
    box.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    box.getBoundingClientRect();
    return performance.now() - started;
})"""


@dataclass(frozen=True)
class Figure:
    """A live figure: its script, its page, and what is done in it to which element."""

    script: str
    page: str
    element: str
    steps: str


FIGURES = [
    Figure("digit", "index", ".live-draw canvas", DRAW),
    Figure("descent", "concepts/optimizers", "input[type=range]", SLIDE),
    Figure("neuron", "concepts/neurons", "input[type=range]", SLIDE),
    Figure("boxes", "applications/object-detection", ".live-box >> nth=1", MOVE),
]


def measure() -> list[Row]:
    """Measure the live figures of the built site."""
    with browsing.built_site() as (browser, site):
        return [row(figure, answer_ms(browser, site, figure)) for figure in FIGURES]


def answer_ms(browser: Browser, site: Site, figure: Figure) -> float:
    """Return the median milliseconds for which one step keeps the page busy."""
    address = f"{site.address}{FALLBACK}/{figure.page}.html"
    with browsing.opened(browser, address, browsing.THROTTLING) as page:
        live = page.locator(f'figure:has(> .live[data-live="{figure.script}"])')
        live.scroll_into_view_if_needed()
        return median(live.locator(figure.element).first.evaluate(figure.steps))


def row(figure: Figure, milliseconds: float) -> Row:
    """Hold a time against the longest one wanted; a busy machine makes no problem of the book."""
    name = f"one answer of {figure.script}, processor at 1/{browsing.THROTTLING}"
    value, part = seconds(milliseconds / 1000), share(milliseconds, ANSWER_MS)
    return Row(name, value, part, f"{ANSWER_MS} ms")
