"""The search index: what Pagefind reads of a page, and that both indices are written."""

import json
import subprocess
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from bookkit.errors import BookError
from bookkit.web import search

PAGE = """<html lang="zh-CN"><body><nav>导航</nav><article class="bd-article">
<section id="sec-loss"><h1>损失函数 <span class="article-section">§2.1.2</span>
<a class="headerlink" href="#sec-loss">#</a></h1><p>损失衡量差距。</p>
<section id="sec-mse"><h2>均方误差</h2><p id="p1">差的平方 <math><mrow><mn>0.5</mn></mrow></math>，
<math><msup><mi>x</mi><mn>2</mn></msup></math></p>
<div class="highlight"><pre>mean_squared_error</pre></div></section></section>
<div class="provenance">3.15.1</div>
<table class="colophon table"><td>20.3 s</td></table></article></body></html>"""


@pytest.fixture
def site(tmp_path):
    """Write a Chinese site of two pages."""
    folder = tmp_path / "zh"
    (folder / "_static").mkdir(parents=True)
    (folder / "losses.html").write_text(PAGE, encoding="utf-8")
    other = PAGE.replace("损失", "神经元").replace("sec-loss", "sec-neuron")
    (folder / "neurons.html").write_text(other, encoding="utf-8")
    return tmp_path


def test_headings_carry_the_ids_of_their_sections():
    article = search.prepare(PAGE)
    found = {heading.tag: heading.get("id") for heading in article.iter("h1", "h2")}
    assert found == {"h1": "sec-loss", "h2": "sec-mse"}
    assert [part.tag for part in article.xpath("//*[@id]")] == ["h1", "h2"]


def test_only_what_readers_search_is_left():
    text = search.prepare(PAGE).text_content()
    assert "损失衡量差距。" in text
    assert "mean_squared_error" in text
    for left_out in ("导航", "#", "§", "3.15.1", "20.3"):
        assert left_out not in text


def test_formulas_stay_where_text_can_say_them():
    article = search.prepare(PAGE)
    assert article.find(".//math") is None
    assert "差的平方 0.5，\n…" in article.text_content()


def test_code_weighs_less_than_prose():
    article = search.prepare(PAGE)
    weighted = article.xpath("//*[@data-pagefind-weight]")
    assert [part.text_content() for part in weighted] == ["mean_squared_error"]
    assert float(weighted[0].get("data-pagefind-weight")) < 1


def test_a_page_outweighs_its_entry_in_a_list(tmp_path, monkeypatch):
    weights = {}

    def run(command, **settings):
        for path in Path(command[command.index("--site") + 1]).iterdir():
            body = BeautifulSoup(path.read_text("utf-8"), "html.parser").body
            weights[path.stem] = float(body["data-pagefind-weight"])
        return nullcontext(SimpleNamespace(returncode=0, communicate=lambda: ("", None)))

    monkeypatch.setattr(subprocess, "Popen", run)
    names = ("colophon", "references", "glossary", "errata", "losses")
    with search._index({f"{name}.html": search.prepare(PAGE) for name in names}, tmp_path, "zh-CN"):
        pass
    assert weights["losses"] == 1

    assert max(weights["glossary"], weights["errata"]) <= 0.5
    assert max(weights["references"], weights["colophon"]) <= 0.2


def test_the_index_is_written_once_and_again_when_a_page_changes(site):
    assert search.write("zh", site, ["losses", "neurons"]) is True
    folder = site / "zh" / "pagefind"
    names = {path.name for path in folder.iterdir()}
    assert {"pagefind.js", "pagefind-entry.json", "fragment", "index"} <= names
    assert not [name for name in names if name.endswith(("-ui.js", "-ui.css"))]
    entry = json.loads((folder / "pagefind-entry.json").read_text(encoding="utf-8"))
    assert {key: value["page_count"] for key, value in entry["languages"].items()} == {"zh-CN": 2}
    index = (site / "zh" / "_static" / "search" / "index.js").read_text(encoding="utf-8")
    assert '["losses.html#sec-mse", "均方误差"]' in index
    assert '["neurons.html", "神经元函数"]' in index

    assert search.write("zh", site, ["losses", "neurons"]) is False
    page = site / "zh" / "losses.html"
    page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert search.write("zh", site, ["losses", "neurons"]) is True


def test_a_page_without_words_is_an_error(site):
    empty = '<html><body><article class="bd-article"></article></body></html>'
    (site / "zh" / "losses.html").write_text(empty, encoding="utf-8")
    with pytest.raises(BookError, match=r"^nothing to search on losses\.html$"):
        search.write("zh", site, ["losses", "neurons"])
    assert not (site / "zh" / "pagefind" / search.STAMP).exists()
