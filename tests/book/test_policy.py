"""The content security policy in a browser: the book keeps it, and nothing else passes it."""

import re

import pytest
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from bookkit.paths import SITE

# Playwright's own calls are above the policy; what they leave for later is not.
NOTED = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""
# `other` is an address on a host that is not the book's, `origin` that host.
ATTEMPTS = {
    "eval": ("() => setTimeout(() => eval('window.done = 1'))", "script-src eval"),
    "string": ("() => setTimeout('window.done = 1')", "script-src eval"),
    "function": ("() => setTimeout(() => new Function('window.done = 1')())", "script-src eval"),
    "inline": (
        "() => { const own = document.createElement('script'); own.text = 'window.done = 1';"
        " document.body.append(own) }",
        "script-src-elem inline",
    ),
    "handler": (
        "() => { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=done=1>') }",
        "script-src-attr inline",
    ),
    "script": (
        "other => { const own = document.createElement('script'); own.src = other;"
        " own.onload = () => { window.done = 1 }; document.body.append(own) }",
        "script-src-elem {other}",
    ),
    "picture": (
        "other => { const own = new Image(); own.src = other; document.body.append(own) }",
        "img-src {other}",
    ),
    "request": (
        "other => setTimeout(() => fetch(other).then(() => { window.done = 1 }, () => {}))",
        "connect-src {other}",
    ),
    "frame": (
        "other => { const own = document.createElement('iframe'); own.src = other;"
        " document.body.append(own) }",
        "frame-src {origin}",
    ),
}


@pytest.fixture
def noting_page(context):
    """Return a page that notes what its policy refuses and what its console complains of."""
    context.add_init_script(NOTED)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda said: page.complaints.extend(complaint(said)))
    return page


def complaint(said):
    """Return what the console says of a fault, but for an icon that the browser asks for."""
    fault = said.type in ("error", "warning")
    return [said.text] if fault and not said.location["url"].endswith("/favicon.ico") else []


def refused(page):
    return page.evaluate("window.refused") + page.complaints


def test_a_page_keeps_its_own_policy(noting_page, server, judged_address):
    noting_page.goto(f"{server}/{judged_address}?choose")
    assert noting_page.locator('meta[http-equiv="Content-Security-Policy"]').count() == 1
    for live in noting_page.locator("figure:has(> .live)").all():
        live.scroll_into_view_if_needed()
        expect(live).to_have_class(re.compile("live-on"))
    assert refused(noting_page) == []


@pytest.mark.parametrize("name", ["404.html", "tests/test_scores.html"])
def test_so_do_pages_around_the_book(noting_page, server, name):
    noting_page.goto(f"{server}/{name}")
    assert refused(noting_page) == []


def at(place, server):
    return SITE.as_uri() if place == "file" else server


@pytest.mark.parametrize("place", ["http", "file"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_reader_does_keeps_it(noting_page, context, server, language, place):
    if place == "http":
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
    noting_page.goto(f"{at(place, server)}/{language}/index.html")
    figure = noting_page.locator("figure:has(.live)")
    figure.scroll_into_view_if_needed()
    expect(noting_page.locator(".live-digit")).to_be_visible()
    picture = "() => [...document.images].every(one => !one.complete || one.naturalWidth)"
    assert noting_page.evaluate(picture)
    noting_page.locator("button.copybtn").first.dispatch_event("click")
    noting_page.locator(".theme-switch-button:visible").click()
    noting_page.locator(".theme-change-button[data-mode=dark]:visible").click()
    expect(noting_page.locator("html")).to_have_attribute("data-mode", "dark")
    noting_page.keyboard.press("Control+k")
    noting_page.keyboard.type("Keras")
    expect(noting_page.locator("#book-search-results li").first).to_be_visible()
    assert refused(noting_page) == []


@pytest.mark.parametrize("place", ["http", "file"])
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_what_is_not_the_books_is_refused(noting_page, server, attempt, place):
    noting_page.goto(f"{at(place, server)}/en/index.html")
    origin = f"http://127.0.0.2:{server.rpartition(':')[2]}"
    other = f"{origin}/entry.css"
    code, expected = ATTEMPTS[attempt]
    noting_page.evaluate(code, other)
    noting_page.wait_for_function("window.refused.length")
    assert noting_page.evaluate("window.refused") == [expected.format(other=other, origin=origin)]
    assert not noting_page.evaluate("'done' in window")
