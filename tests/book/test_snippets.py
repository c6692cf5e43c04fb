"""Copying with imports, and the list of snippets, in a browser."""

import pytest
from playwright.sync_api import expect

from bookkit.languages import LANGUAGES
from bookkit.paths import BOOK, CODE, SITE
from bookkit.web import programs

ENTRIES = ("sigmoid", "CRFTagger", "evaluate_detections")
PHONE = {"width": 390, "height": 844}
CLIPBOARD = "navigator.clipboard.readText()"
EMPTY = "navigator.clipboard.writeText('')"


def program(page, wanted):
    """Return a program as the source has it now."""
    return programs.script_of(page, BOOK / "en" / f"{page}.md", CODE).programs[wanted]


@pytest.fixture
def opened(context, server):
    """Open a page that may read the clipboard."""
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)

    def open_page(address):
        page = context.new_page()
        page.goto(f"{server}/{address}")
        page.evaluate(EMPTY)
        return page

    return open_page


@pytest.mark.parametrize("language", LANGUAGES)
def test_entries_of_the_list_are_copied_as_the_programs_that_the_tests_run(opened, language):
    page = opened(f"{language}/snippets.html")
    said = LANGUAGES[language].browser["copied"]
    for name in ENTRIES:
        button = page.locator(f"#snippet-{name} .copy-program")
        source = button.get_attribute("data-page")
        button.click()
        expect(button).to_have_text(said)
        expect(page.locator(".copy-status")).to_have_text(f"{said} {name}")
        assert page.evaluate(CLIPBOARD) == program(source, name)
        assert (SITE / "programs" / f"{name}.py").read_text("utf-8") == program(source, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cell_is_copied_with_all_that_it_needs(opened, language):
    page = opened(f"{language}/concepts/neurons.html")
    buttons = page.locator(".copy-program:visible")
    copied = []
    for position in range(3):
        buttons.nth(position).click()
        expect(buttons.nth(position)).to_have_text(LANGUAGES[language].browser["copied"])
        copied.append(page.evaluate(CLIPBOARD))
    wanted = [buttons.nth(position).get_attribute("data-program") for position in range(3)]
    assert copied == [program("concepts/neurons", each) for each in wanted]
    assert any(" " in each for each in wanted)  # a cell that defines two
    button = buttons.nth(0)  # says again what it does
    expect(button).to_have_text(LANGUAGES[language].words["copy with imports"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_copying_works_by_keyboard_from_a_file(context, language, site_file):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site_file(f"{language}/concepts/losses.html").as_uri())
    button = page.locator("[data-program=huber]")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text(LANGUAGES[language].browser["copied"])
    expect(button).to_be_focused()
    assert page.evaluate(CLIPBOARD) == program("concepts/losses", "huber")


def test_where_the_clipboard_refuses_the_text_is_selected_and_copied(opened):
    refuse = "() => { Clipboard.prototype.writeText = async () => { throw new Error('no') } }"
    page = opened("en/concepts/losses.html")
    page.evaluate(refuse)
    button = page.locator("[data-program=huber]")
    button.click()
    expect(button).to_have_text("Copied")
    expect(button).to_be_focused()
    assert page.evaluate(CLIPBOARD) == program("concepts/losses", "huber")
    assert page.locator("textarea").count() == 0


def test_a_program_that_cannot_be_had_is_said_and_asked_for_again(opened):
    page = opened("en/concepts/losses.html")
    page.route("**/programs/**", lambda route: route.abort())
    button = page.locator("[data-program=huber]")
    button.click()
    expect(button).to_have_text("Could not copy")
    page.unroute("**/programs/**")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate(CLIPBOARD) == program("concepts/losses", "huber")


def test_nothing_is_loaded_before_a_reader_reaches_for_it(context, server):
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/en/concepts/losses.html", wait_until="networkidle")
    assert not any("/programs/" in url for url in asked)
    page.locator("[data-program=huber]").hover()
    page.wait_for_function("window.bookPrograms?.['concepts/losses']")


# The filter


@pytest.fixture(params=LANGUAGES)
def filtered(request, context, server):
    """Open the list in each language; return its page, and what a filter leaves of it."""
    page = context.new_page()
    page.goto(f"{server}/{request.param}/snippets.html")
    page.language = LANGUAGES[request.param]

    def left(typed):
        page.locator(".snippet-filter input").fill(typed)
        ids = page.locator(".snippets > li:visible").evaluate_all("all => all.map(each => each.id)")
        return [each.removeprefix("snippet-") for each in ids]

    return page, left


def test_the_list_is_filtered_by_name_purpose_chapter_and_imports(filtered):
    page, left = filtered
    everything = left("")
    assert len(everything) == page.locator(".snippets > li").count() > 400
    assert "CRF" in left("crf")
    assert left("average the squared residuals") == ["mean_squared_error"]
    assert left("ＨＵＢＥＲ") == left("huber") != []  # full-width capitals
    losses = left({"zh": "损失函数", "en": "Loss functions"}[page.language.code])
    assert {"huber", "softmax"} <= set(losses)
    statistics = left("statistics.NormalDist")
    assert 0 < len(statistics) < 5
    assert page.locator("article section section:visible").count() == 1  # empty chapters go


def test_the_count_is_said(filtered):
    page, left = filtered
    status = page.locator(".snippet-filter [role=status]")
    forms = page.language.browser["snippets"]["shown"]
    for typed in ("huber", "average the squared residuals"):
        count = len(left(typed))
        form = forms["one"] if count == 1 and "one" in forms else forms["other"]
        expect(status).to_have_text(form.format(n=count))
    assert left("no such snippet") == []
    expect(status).to_have_text(page.language.browser["nothing"])


@pytest.mark.sampled("zh-script", "zh-(", "en-emoji", "en-dollar")
@pytest.mark.parametrize(
    "typed",
    [
        "<img src=x onerror=window.hurt=1>", "</input><script>window.hurt=1</script>",
        "\"'`\\", "🙂", "x" * 10_000, "a " * 5_000, "(", "[", ".*", "{n}", "$&",
    ],
    ids=("image", "script", "quotes", "emoji", "long", "words", "(", "[", "any", "n", "dollar"),
)  # fmt: skip
def test_what_is_typed_is_text(filtered, typed):
    page, left = filtered
    elements = page.locator("article *").count()
    found = left(typed)
    assert page.locator("article *").count() == elements
    assert page.evaluate("window.hurt") is None
    shown = page.locator(".snippets > li:visible").all_inner_texts()
    assert all(typed.split()[0] in text.lower() for text in shown)
    assert len(shown) == len(found)
    assert len(left("")) > 400


def test_a_link_to_a_snippet_that_is_filtered_out_shows_it(filtered):
    page, left = filtered
    left("CRFTagger")
    link = page.locator("#snippet-CRFTagger .snippet-needs a[href^='#snippet-']").first
    target = link.get_attribute("href")
    link.click()
    expect(page.locator(target)).to_be_in_viewport()
    assert page.locator(".snippet-filter input").input_value() == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_javascript_the_whole_list_stands_with_its_links(browser, server, language):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/{language}/snippets.html")
    assert page.locator(".snippets > li:visible").count() > 400
    assert page.locator(".copy-program:visible").count() == 0
    page.locator("#snippet-sigmoid .snippet-name a").click()
    page.wait_for_url("**/concepts/neurons.html#def-sigmoid")
    expect(page.locator("#def-sigmoid")).to_be_in_viewport()
    context.close()


def test_every_link_of_the_list_leads_somewhere(parsed, site_file):
    for language in LANGUAGES:
        path = site_file(f"{language}/snippets.html")
        links = parsed(path).select("ul.snippets a:not(.external)")
        pages = {}
        for link in links:
            address, _, anchor = link["href"].partition("#")
            target = (path.parent / address).resolve() if address else path
            if target not in pages:
                assert target.is_file(), link
                html = target.suffix == ".html"
                pages[target] = (
                    {each["id"] for each in parsed(target).find_all(id=True)} if html else set()
                )
            assert not anchor or anchor in pages[target], link
