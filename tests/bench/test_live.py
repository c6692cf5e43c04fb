"""What is measured of live figures: each of the book's is there, and its steps change it."""

import re

import pytest

from bench import browsing, live
from bench.serving import serve
from bookkit.paths import BOOK, SITE

# The element that says what has changed since the page came up.
SAYS = {
    "digit": ".live-bars",
    "descent": ".live-panel",
    "neuron": ".live-panel",
    "boxes": ".live-list",
}


def test_each_live_figure_of_the_book_is_measured():
    found = {
        (script, path.relative_to(BOOK / "en").with_suffix("").as_posix())
        for path in (BOOK / "en").rglob("*.md")
        for script in re.findall(r"^:+\{live-figure\} (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {(figure.script, figure.page) for figure in live.FIGURES} == found


def address(site, figure):
    return f"{site.address}en/{figure.page}.html"


@pytest.mark.parametrize("figure", live.FIGURES, ids=lambda figure: figure.script)
def test_what_is_measured_changes_the_figure(browser, figure):
    with serve(SITE) as site, browsing.opened(browser, address(site, figure)) as page:
        panel = page.locator(f'figure:has(> .live[data-live="{figure.script}"])')
        panel.scroll_into_view_if_needed()
        element = panel.locator(figure.element)
        element.first.wait_for()
        before = panel.locator(SAYS[figure.script]).first.inner_html()
        steps = element.first.evaluate(figure.steps)
        assert len(steps) >= 20
        assert min(steps) >= 0
        assert panel.locator(SAYS[figure.script]).first.inner_html() != before


def test_a_time_is_held_against_what_a_reader_feels():
    row = live.row(live.FIGURES[0], 12.5)
    assert (row.value, row.ratio, row.against) == ("0.013 s", "25.0%", "50 ms")
    assert not live.row(live.FIGURES[0], 80.0).problem
