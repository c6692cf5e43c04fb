"""What stands around the two languages."""

import os
import re
import shutil
import zipfile
from xml.etree import ElementTree

import pytest

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
            page.write_text("# One\n", encoding="utf-8")
        exports = build / "notebooks" / language / "part"
        exports.mkdir(parents=True)
        for suffix in (".ipynb", ".py", ".stamp"):
            (exports / f"page{suffix}").write_text(language + suffix, encoding="utf-8")
        old = out / language / "notebooks" / "gone.ipynb"
        old.parent.mkdir(parents=True)
        old.write_text("old", encoding="utf-8")
    values = {"BOOK": tmp_path / "book", "BUILD": build, "SITE": out, "SAMPLE": sample}
    for name, value in values.items():
        monkeypatch.setattr(assemble, name, value)
    return out


def test_the_site_is_assembled(built):
    assemble.assemble()
    found = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    assert found >= {
        "index.html", "entry.css", "sample-data.zip",
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
    links = re.findall(r'<a href="(\S+)" lang="(\S+)".*?<h2>(.+?)</h2>', text, re.DOTALL)
    assert links == [
        ("zh/index.html", "zh-CN", "Keras 中的机器学习：回顾与展望"),
        ("en/index.html", "en", "Machine Learning in Keras: Review and Outlook"),
    ]
    assert 'const known = ["zh", "en"];' in text


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
