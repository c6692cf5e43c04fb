"""What a reader waits for, measured on a tiny site with known sizes; no time is asserted."""

import gzip
import random

import pytest

from bench import browsing, page
from bench.serving import serve

NOISE = {"picture.png": 40_000, "index.bin": 30_000}
HEADERS = 300  # more than the headers of one answer take
# As the book's search box: Ctrl+K opens it, and the index is fetched once.
PAGE = """<!DOCTYPE html><title>Page</title><link rel="stylesheet" href="style.css">
<link rel="icon" href="data:,"><h1>A heading that is painted</h1><img src="picture.png" alt="noise">
<dialog id="pst-search-dialog"><input></dialog><ol id="book-search-results"></ol><script>
const dialog = document.querySelector("dialog");
let index;
addEventListener("keydown", event => { if (event.ctrlKey) dialog.show(); });
dialog.querySelector("input").addEventListener("input", async event => {
  index ??= fetch("index.bin").then(answer => answer.arrayBuffer());
  await index;
  document.querySelector("ol").append(document.createElement("li"));
});
</script>"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    (folder / "style.css").write_text(f"/* {'words ' * 20_000} */", encoding="utf-8")
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    for name, count in NOISE.items():
        (folder / name).write_bytes(random.Random(0).randbytes(count))
    with serve(folder) as served:
        served.packed = sum(
            len(gzip.compress((folder / name).read_bytes(), 6))
            for name in ("page.html", "style.css")
        )
        yield served


def test_text_is_transferred_compressed_and_pictures_as_they_are(browser, site):
    expected = site.packed + NOISE["picture.png"]
    for _ in range(2):  # each time as a reader who comes for the first time
        assert 0 < browsing.first_view(browser, site, "page.html") - expected < 3 * HEADERS


def test_a_style_sheet_holds_the_first_paint_up_and_a_picture_does_not(browser, site):
    style = len(gzip.compress(b"/* " + b"words " * 20_000 + b" */", 6))
    assert browsing.blocking(browser, site, "page.html") == (1, style)


def test_the_largest_paint_is_a_time_of_the_page(browser, site):
    assert browsing.largest_paint_ms(browser, site, "page.html") > 0


def test_the_first_query_pays_for_the_index_and_others_do_not(browser, site):
    asked, _ = browsing.search(browser, site, "page.html", ["a", "b", "c"])
    assert 0 < asked - NOISE["index.bin"] < HEADERS
    assert sum(site.sizes) == asked


def test_each_page_is_as_often_first_and_its_median_counts(monkeypatch):
    loads = []

    def paint(browser, site, address):
        loads.append(site)
        return {"ours": 100, "stock": 200}[site] + len(loads)

    monkeypatch.setattr(browsing, "largest_paint_ms", paint)
    monkeypatch.setattr(page, "PAINTS", 3)
    assert page.largest_paints(None, ("ours", "a"), ("stock", "b")) == [104, 203]
    assert loads == ["ours", "stock", "stock", "ours", "ours", "stock"]


def test_sizes_are_judged_by_their_limit():
    row = page.size_row("a query", 200_000, 250_000, "stock", 400_000)
    assert (row.value, row.ratio, row.problem) == ("200.00 kB", "0.50 x", "")
    row = page.size_row("a query", 400_000, 300_000, "stock", 400_000)
    assert row.problem == "400.00 kB transferred, at most 300.00 kB wanted"
