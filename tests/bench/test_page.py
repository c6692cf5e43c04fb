"""What a reader waits for, measured on a tiny site with known sizes; no time is asserted."""

import gzip
import random
import urllib.error
import urllib.request

import pytest

from bench import browsing, page
from bench.browsing import View
from bench.serving import serve

TEXT = "words " * 20_000
NOISE = {"one": 40_000, "two": 25_000, "index": 30_000}
HEADERS = 300  # more than the headers of one answer take
FIRST = """<!DOCTYPE html><title>First</title><link rel="stylesheet" href="style.css">
<link rel="icon" href="data:,"><h1>A heading that is painted</h1><img src="one.png" alt="noise">
<script src="http://elsewhere.example/script.js"></script>"""
SECOND = """<!DOCTYPE html><title>Second</title><link rel="stylesheet" href="style.css">
<link rel="icon" href="data:,"><h1>Another</h1><img src="two.png" alt="noise">"""
WORK_MS = 20  # longer than the tenth of a millisecond to which a browser rounds its clock
# As the book's search box: Ctrl+K opens it, and the index is fetched once.
SEARCHED = f"""<!DOCTYPE html><title>Search</title><link rel="icon" href="data:,">
<dialog id="pst-search-dialog"><input></dialog><ol id="book-search-results"></ol><script>
const dialog = document.querySelector("dialog");
const list = document.querySelector("ol");
let index;
addEventListener("keydown", event => {{ if (event.ctrlKey) dialog.show(); }});
dialog.querySelector("input").addEventListener("input", async event => {{
  index ??= fetch("index.bin").then(answer => answer.arrayBuffer());
  await index;
  await new Promise(done => setTimeout(done, {WORK_MS}));
  const item = document.createElement("li");
  item.textContent = event.target.value;
  list.replaceChildren(item);
}});
</script>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    (folder / "style.css").write_text(f"/* {TEXT} */ h1 {{ color: black; }}", encoding="utf-8")
    pages = {"first": FIRST, "second": SECOND, "search": SEARCHED}
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    noise = random.Random(0)
    for name, count in NOISE.items():
        suffix = "bin" if name == "index" else "png"
        (folder / f"{name}.{suffix}").write_bytes(noise.randbytes(count))
    return folder


@pytest.fixture(scope="module")
def browser():
    if browsing.program() is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with browsing.chromium() as opened:
        yield opened


def packed(folder, name):
    return len(gzip.compress((folder / name).read_bytes(), 6))


def test_text_is_sent_compressed_and_noise_as_it_is(folder):
    with serve(folder) as site:
        with urllib.request.urlopen(site.address + "style.css") as answer:
            assert gzip.decompress(answer.read()).decode().startswith("/* words")
        with urllib.request.urlopen(site.address + "one.png") as answer:
            assert len(answer.read()) == NOISE["one"]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(site.address + "gone.html")
    style, noise = site.sent
    assert (style.path, style.kind) == ("/style.css", "text/css")
    assert 0 < style.size - packed(folder, "style.css") < HEADERS
    assert 0 < noise.size - NOISE["one"] < HEADERS
    assert site.size() == style.size + noise.size
    site.clear()
    assert site.size() == 0


def test_a_second_page_transfers_what_the_first_did_not(browser, folder):
    with serve(folder) as site:
        first, second = browsing.views(browser, site, "first.html", "second.html")
    expected = packed(folder, "first.html") + packed(folder, "style.css") + NOISE["one"]
    assert 0 < first.size - expected < 3 * HEADERS
    assert (first.requests, first.foreign) == (4, 1)
    assert set(first.sizes) == {"text/html", "text/css", "image/png"}
    expected = packed(folder, "second.html") + NOISE["two"]
    assert 0 < second.size - expected < 2 * HEADERS
    assert set(second.sizes) == {"text/html", "image/png"}


def test_the_largest_paint_is_a_time_of_the_page(browser, folder):
    with serve(folder) as site:
        assert 0 < browsing.largest_paint_ms(browser, site, "first.html") < 60_000


def test_each_page_is_as_often_first_and_its_median_counts(monkeypatch):
    loads = []

    def paint(browser, site, address):
        loads.append((site, address))
        return {"ours": 100, "stock": 200}[site] + len(loads)

    monkeypatch.setattr(browsing, "largest_paint_ms", paint)
    monkeypatch.setattr(page, "PAINTS", 3)
    assert page.largest_paints(None, ("ours", "a"), ("stock", "b")) == [104, 203]
    ours, stock = ("ours", "a"), ("stock", "b")
    assert loads == [ours, stock, stock, ours, ours, stock]


def test_the_first_query_pays_for_the_index_and_others_do_not(browser, folder):
    with serve(folder) as site:
        asked, answered = browsing.search(browser, site, "search.html", ["a", "b", "c"])
        assert [each.path for each in site.sent] == ["/index.bin"]
    assert 0 < asked - NOISE["index"] < HEADERS
    assert WORK_MS - 1 < answered < 60_000


def test_limits_are_judged_in_bytes_and_against_stock():
    stock = View(9, 1, {"text/html": 600})
    light, heavy = View(2, 0, {"text/html": 200, "image/png": 100}), View(2, 0, {"text/html": 400})
    rows = page.view_rows("first view", "a", light, stock, 350, share_of_stock=0.5)
    assert [(row.name, row.value, row.ratio) for row in rows] == [
        ("first view, a", "300 B", "0.50 x"),
        ("  at most", "350 B", "85.7%"),
        ("  requests", "2", ""),
        ("    text/html", "200 B", "66.7%"),
        ("    image/png", "100 B", "33.3%"),
    ]
    assert rows[0].against == "stock, 600 B; requests to other hosts: 1"
    assert [row.problem for row in rows] == [""] * 5
    assert page.view_rows("second page", "a", heavy, stock, 350)[0].problem == (
        "400 B transferred, at most 350 B wanted"
    )
    assert page.view_rows("first view", "a", heavy, stock, 500, share_of_stock=0.5)[0].problem == (
        "more than 50% of the stock page's 600 B"
    )


def test_a_slow_paint_or_answer_is_reported_and_no_problem():
    paint = page.paint_row("a", 1500, 1000)
    assert (paint.value, paint.ratio, paint.problem) == ("1.5 s", "1.50 x", "")
    assert paint.name == "largest contentful paint, processor at 1/4, a"
    query, _, answer = page.search_rows(400_000, 300.0, 800_000)
    assert (query.ratio, query.problem) == (
        "0.50 x",
        "400.00 kB transferred, at most 300.00 kB wanted",
    )
    assert (answer.value, answer.ratio, answer.problem) == ("0.300 s", "200.0%", "")
