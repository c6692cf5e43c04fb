"""What stands around the two languages."""

import json
import os
import re
import shutil
import zipfile
from xml.etree import ElementTree

import pytest

from bookkit import palette
from bookkit.paths import ROOT
from bookkit.web import assemble


@pytest.fixture
def sample(tmp_path):
    folder = tmp_path / "sample"
    (folder / "posts").mkdir(parents=True)
    (folder / "posts" / "train.jsonl").write_text('{"text": "词"}\n', encoding="utf-8")
    (folder / "README.md").write_bytes(b"read me\n" * 100)
    return folder


def test_the_archive_holds_every_file_below_one_folder(sample, tmp_path):
    assemble.zip_folder(sample, tmp_path / "sample-data.zip")
    with zipfile.ZipFile(tmp_path / "sample-data.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["sample-data/README.md", "sample-data/posts/train.jsonl"]
        assert archive.read("sample-data/posts/train.jsonl").decode() == '{"text": "词"}\n'
        assert archive.read("sample-data/README.md") == b"read me\n" * 100
        assert {one.date_time for one in archive.infolist()} == {(2026, 1, 1, 0, 0, 0)}
        assert archive.getinfo("sample-data/README.md").compress_size < 100
    assert not (tmp_path / "sample-data.tmp").exists()


def test_the_archive_has_the_same_bytes_for_the_same_content(sample, tmp_path):
    targets = [tmp_path / "one.zip", tmp_path / "two.zip", tmp_path / "three.zip"]
    assemble.zip_folder(sample, targets[0])
    (sample / "README.md").chmod(0o600)
    os.utime(sample / "README.md", (1, 1))
    assemble.zip_folder(sample, targets[1])
    (sample / "README.md").write_bytes(b"read me!\n")
    assemble.zip_folder(sample, targets[2])
    one, two, three = (target.read_bytes() for target in targets)
    assert one == two != three


def test_the_archive_is_packed_again_only_when_its_content_changed(sample, tmp_path):
    target = tmp_path / "one.zip"
    assemble.zip_folder(sample, target)
    os.utime(target, (1, 1))
    assemble.zip_folder(sample, target)
    assert target.stat().st_mtime == 1
    (sample / "more.md").write_bytes(b"more\n")
    assemble.zip_folder(sample, target)
    with zipfile.ZipFile(target) as archive:
        assert archive.read("sample-data/more.md") == b"more\n"


DATA = {"network": [], "examples": [[3, *[0] * 63, 16], [1, 8, *[0] * 63]]}
FIRST = {
    language: f"""<div class="byline"><ul><li><p>Keras 3</p></li><li><p>{free}</p></li></ul></div>
<div class="pitch"><p>{sentence}</p><p>More.</p></div>
<div class="ways"><ul><li><p><a href="one.html#here">{way}</a></p><p>why</p></li></ul></div>
<div class="live" data-live="digit">
<script type="application/json">{json.dumps(DATA)}</script></div>
<div class="parts"><ul><li><img src="_images/a.webp" alt="A"><p><a href="two.html">{part}</a></p>
<p>all of it</p></li></ul></div>"""
    for language, sentence, way, free, part in (
        ("zh", "一本书", "跟着文章读", "免费", "概念"),
        ("en", "A book &amp; its\nprograms", "Follow", "A &amp; B", "Concepts"),
    )
}


def page_in(folder):
    folder.mkdir(exist_ok=True)
    (folder / "one").touch()


@pytest.fixture
def built(tmp_path, monkeypatch, sample):
    """Stand for a build of both languages: pages, exports, and a download of an older build."""
    build, out = tmp_path / "_build", tmp_path / "_build" / "html"
    entry = tmp_path / "book" / "_templates" / "entry"
    entry.mkdir(parents=True)
    for path in (ROOT / "book" / "_templates" / "entry").iterdir():
        shutil.copyfile(path, entry / path.name)
    monkeypatch.delenv("BOOK_SITE", raising=False)
    for language in ("zh", "en"):
        for name in ("index", "part/page"):
            page = tmp_path / "book" / language / f"{name}.md"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.touch()
        exports = build / "notebooks" / language / "part"
        exports.mkdir(parents=True)
        for suffix in (".ipynb", ".py", ".stamp"):
            (exports / f"page{suffix}").write_text(language + suffix, encoding="utf-8")
        old = out / language / "notebooks" / "gone.ipynb"
        old.parent.mkdir(parents=True)
        old.write_text("old", encoding="utf-8")
        (out / language / "index.html").write_text(FIRST[language], encoding="utf-8")
    values = {"BOOK": tmp_path / "book", "BUILD": build, "SITE": out, "SAMPLE": sample}
    # Tests and programs of the whole book take ten seconds; one page stands for each.
    monkeypatch.setattr(assemble.listings, "write", lambda folder, book: page_in(folder))
    monkeypatch.setattr(assemble.programs, "write", lambda folder, book: page_in(folder))
    for name, value in values.items():
        monkeypatch.setattr(assemble, name, value)
    return out


def test_the_site_is_assembled(built):
    assemble.assemble()
    found = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    assert found >= {
        "index.html", "entry.css", "sample-data.zip", "tests/one", "programs/one",
        "zh/notebooks/part/page.ipynb", "zh/notebooks/part/page.py",
        "en/notebooks/part/page.ipynb", "en/notebooks/part/page.py",
    }  # fmt: skip
    assert not {name for name in found if "gone" in name or name.endswith(".stamp")}
    with zipfile.ZipFile(built / "sample-data.zip") as archive:
        assert archive.namelist() == ["sample-data/README.md", "sample-data/posts/train.jsonl"]
    assert (built / "en/notebooks/part/page.py").read_text(encoding="utf-8") == "en.py"
    assert (built / "zh/notebooks/part/page.ipynb").read_text(encoding="utf-8") == "zh.ipynb"


def test_a_reader_chooses_a_language_on_the_first_page(built):
    assemble.assemble()
    text = (built / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'<h2>(.+?)</h2>.*?<a .*?href="(\S+)" lang="(\S+)"', text, re.DOTALL)
    assert links == [
        ("Keras 中的机器学习：回顾与展望", "zh/index.html", "zh-CN"),
        ("Machine Learning in Keras: Review and Outlook", "en/index.html", "en"),
    ]
    assert 'const known = ["zh", "en"];' in text


def test_the_page_to_choose_on_says_what_the_first_pages_say(built):
    assemble.assemble()
    text = (built / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<p class="sentence">(.*?)</p>', text) == [
        "一本书", "A book &amp; its programs",
    ]  # fmt: skip
    assert re.findall(r'<li><a href="(.*?)">(.*?)</a>', text) == [
        ("zh/one.html#here", "跟着文章读"), ("en/one.html#here", "Follow"),
    ]  # fmt: skip
    assert re.findall(r'<p class="facts">(.*?)</p>', text) == [
        "Keras 3 · 免费", "Keras 3 · A &amp; B",
    ]  # fmt: skip
    (cards,) = re.findall(r'<ul class="parts">(.*?)</ul>', text, re.DOTALL)
    assert re.findall(r'(?:src|href)="(.*?)"', cards) == [
        "en/_images/a.webp", "zh/two.html", "en/two.html",
    ]  # fmt: skip
    assert re.findall(r'<span lang="(.*?)"><a .*?>(.*?)</a>', cards) == [
        ("zh-CN", "概念"), ("en", "Concepts"),
    ]  # fmt: skip
    assert 'viewBox="0 0 18 8"' in text  # two digits
    assert re.findall(r'<path d="(.*?)" opacity="(.*?)"', text) == [
        ("M7 7h1v1h-1z", "1"), ("M0 0h1v1h-1z", "0.5"),
    ]  # fmt: skip
    style = (built / "entry.css").read_text(encoding="utf-8")
    dark = style.partition("@media (prefers-color-scheme: dark){html{")[2]
    assert f"--book-accent:{palette.ON_DARK};" in dark
    assert f"--book-accent:{palette.ACCENT};" in style.removesuffix(dark)


def test_publishers_get_what_github_and_binder_need(built):
    assemble.assemble()
    assert (built / ".nojekyll").exists()
    assert re.fullmatch(r"python-3\.\d+\n", (built / "runtime.txt").read_text(encoding="utf-8"))


NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_search_engines_get_every_page_with_its_twin(built, monkeypatch):
    monkeypatch.setenv("BOOK_SITE", "https://example.org/a&b")
    assemble.assemble()
    root = ElementTree.parse(built / "sitemap.xml").getroot()
    found = {
        url.find("s:loc", NAMES).text: {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMES)
        }
        for url in root.findall("s:url", NAMES)
    }
    base = "https://example.org/a&b"
    assert found == {
        f"{base}/{language}/{name}.html": {
            "zh-CN": f"{base}/zh/{name}.html",
            "en": f"{base}/en/{name}.html",
            "x-default": f"{base}/en/{name}.html",
        }
        for language in ("zh", "en")
        for name in ("index", "part/page")
    }
    robots = (built / "robots.txt").read_text(encoding="utf-8").splitlines()
    assert robots == ["User-agent: *", f"Sitemap: {base}/sitemap.xml"]


def test_without_an_address_there_is_no_sitemap_left(built, monkeypatch):
    monkeypatch.setenv("BOOK_SITE", "https://example.org/")
    assemble.assemble()
    assert (built / "sitemap.xml").exists()
    monkeypatch.delenv("BOOK_SITE")
    assemble.assemble()
    assert not (built / "sitemap.xml").exists()
    assert not (built / "robots.txt").exists()


@pytest.mark.parametrize(
    ("address", "base"),
    [("", "./"), ("https://example.org", "/"), ("https://example.org/book", "/book/")],
)
def test_the_page_for_missing_addresses_starts_from_the_root(built, monkeypatch, address, base):
    monkeypatch.setenv("BOOK_SITE", address)
    assemble.assemble()
    text = (built / "404.html").read_text(encoding="utf-8")
    assert f'<base href="{base}">' in text
    assert re.findall(r'<section lang="(\S+)">\n<h1>(.+)</h1>', text) == [
        ("zh-CN", "没有这一页"),
        ("en", "There is no such page"),
    ]
