"""The cache of executed pages."""

import dataclasses
import json
import os
import platform
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from jupyter_cache.cache.main import CacheBundleIn
from nbformat import v4

from bookkit.data import DataView
from bookkit.pages import reader
from bookkit.pages.reader import KERNELSPEC
from bookkit.paths import ROOT
from bookkit.running import cache


def notebook(*sources, output=None, text=""):
    cells = [v4.new_markdown_cell(text)] if text else []
    for count, source in enumerate(sources, start=1):
        outputs = [v4.new_output("stream", name="stdout", text=output)] if output else []
        cells.append(v4.new_code_cell(source, outputs=outputs, execution_count=count))
    return v4.new_notebook(cells=cells, metadata={"kernelspec": dict(KERNELSPEC)})


def test_the_key_is_short_and_the_same_for_equal_environments(environment):
    again = dataclasses.replace(environment, packages=dict(reversed(environment.packages.items())))
    assert re.fullmatch("[0-9a-f]{12}", environment.key())
    assert again.key() == environment.key()


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"packages": {"numpy": "2.0.1", "keras": "3.13.0"}}, True),
        ({"packages": {"numpy": "2.0.0"}}, True),
        ({"python": "3.12.0"}, True),
        ({"processor": "Abacus 10"}, False),
        ({"cores": 64}, False),
    ],
)
def test_the_key_changes_with_what_outputs_depend_on(environment, change, differs):
    assert (dataclasses.replace(environment, **change).key() != environment.key()) is differs


def test_the_key_changes_with_the_way_cells_are_run(environment, monkeypatch):
    before = environment.key()
    monkeypatch.setattr(cache, "RECIPE", cache.RECIPE + 1)
    assert environment.key() != before


def test_this_environment_holds_the_packages_that_pages_may_use():
    here = cache.Environment.here()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [re.match(r"[\w-]+", line).group() for line in project["dependency-groups"]["pages"]]
    assert list(here.packages) == sorted(wanted)
    assert (here.python, here.cores) == (platform.python_version(), os.cpu_count())
    assert here.processor == cache.processor()
    assert here.processor


def test_where_the_system_does_not_tell_there_is_one_core(monkeypatch):
    monkeypatch.setattr(cache.os, "cpu_count", lambda: None)
    assert cache.Environment.here().cores == 1


def test_a_page_is_found_by_its_cells_and_not_by_its_prose(book_cache):
    assert cache.lookup(book_cache, notebook("x = 1")) is None
    ran = notebook("x = 1", "print(x)", output="1\n", text="中文")
    cache.store(book_cache, ran, "zh.md", {"execution_seconds": 1.5})
    twin = notebook("x = 1", "print(x)", text="English")
    assert cache.lookup(book_cache, twin) == {"execution_seconds": 1.5}
    assert cache.lookup(book_cache, notebook("x = 1", "print(x) ")) is None
    merged = cache.executed(book_cache, twin)
    assert [cell.source for cell in merged.cells] == ["English", "x = 1", "print(x)"]
    assert merged.cells[2].outputs == [{"name": "stdout", "output_type": "stream", "text": "1\n"}]


def test_a_page_that_never_ran_has_no_outputs_to_return(book_cache):
    with pytest.raises(KeyError):
        cache.executed(book_cache, notebook("x = 1"))


def test_metadata_of_a_cell_and_the_kernelspec_are_part_of_the_key(book_cache):
    cache.store(book_cache, notebook("x = 1"), "a.md", {})
    tagged, other = notebook("x = 1"), notebook("x = 1")
    tagged.cells[0].metadata["tags"] = ["hide-input"]
    other.metadata.kernelspec["display_name"] = "Python"
    assert cache.lookup(book_cache, notebook("x = 1")) == {}
    assert cache.lookup(book_cache, tagged) is None
    assert cache.lookup(book_cache, other) is None


def test_storing_again_replaces_the_outputs_and_the_record(book_cache):
    for number in (1, 2):
        cache.store(book_cache, notebook("f()", output=f"{number}"), "a.md", {"run": number})
    assert cache.lookup(book_cache, notebook("f()")) == {"run": 2}
    assert cache.executed(book_cache, notebook("f()")).cells[0].outputs[0].text == "2"
    assert len(book_cache.list_cache_records()) == 1


def page_file(book_cache, page):
    _, key = book_cache.create_hashed_notebook(page)
    return book_cache.path / "executed" / key / "base.ipynb"


@pytest.mark.parametrize(
    "damage", ["file gone", "folder gone", "file cut", "file empty", "record gone"]
)
def test_a_record_that_a_killed_run_left_without_its_page_is_dropped(book_cache, damage):
    kept, lost = notebook("kept()", output="1"), notebook("lost()", output="1")
    for page in (kept, lost):
        cache.store(book_cache, page, "a.md", {"run": 1})
    file = page_file(book_cache, lost)
    if damage == "file cut":
        file.write_text(file.read_text(encoding="utf-8")[:40], encoding="utf-8")
    elif damage == "file empty":
        file.write_text("", encoding="utf-8")
    elif damage == "folder gone":
        shutil.rmtree(file.parent)
    else:
        file.with_name("record.json" if damage == "record gone" else file.name).unlink()
    again = cache.open_cache(book_cache.path)
    assert len(again.list_cache_records()) == 1
    assert cache.lookup(again, kept) == {"run": 1}
    assert cache.lookup(again, lost) is None
    cache.store(again, lost, "a.md", {"run": 2})
    assert cache.executed(again, lost).cells[0].outputs[0].text == "1"


def test_a_record_of_a_run_that_was_not_ours_counts_as_none(book_cache):
    page = notebook("f()", output="1")
    book_cache.cache_notebook_bundle(CacheBundleIn(page, "a.md", data={"execution_seconds": 1}))
    assert cache.lookup(book_cache, page) is None
    again = cache.open_cache(book_cache.path)
    assert again.list_cache_records() == []


@pytest.mark.parametrize("left", [None, "base.ipynb", "artifacts/picture.png"])
def test_a_half_written_folder_does_not_stop_the_next_store(book_cache, left):
    page = notebook("x = 1", output="1")
    folder = page_file(book_cache, page).parent
    folder.mkdir(parents=True)
    if left:
        (folder / left).parent.mkdir(exist_ok=True)
        (folder / left).write_text("{", encoding="utf-8")
    cache.store(book_cache, page, "a.md", {"run": 1})
    assert cache.lookup(book_cache, notebook("x = 1")) == {"run": 1}
    stored = json.loads((folder / "base.ipynb").read_text(encoding="utf-8"))
    assert stored["cells"][0]["source"] in ("x = 1", ["x = 1"])


def test_a_page_is_named_by_the_data_that_it_reads(book_cache):
    sample, full, none = (notebook("x = 1") for _ in range(3))
    for page, content in ((sample, "a1"), (full, "b2")):
        page.metadata["bookkit"] = {"data": ["digits"]}
        data = {"digits": {"variant": "any", "sha256": content * 32}, "letters": {"sha256": "c3"}}
        reader.name_needs(page, Path("page.md"), data)
    cache.store(book_cache, sample, "a.md", {"run": 1})
    assert cache.lookup(book_cache, sample) == {"run": 1}
    assert cache.lookup(book_cache, full) is None
    assert cache.lookup(book_cache, none) is None


def test_each_environment_has_a_folder_of_its_own(environment):
    other = dataclasses.replace(environment, python="3.12.0")
    assert cache.folder_of(environment) == ROOT / "_build" / "cache" / environment.key()
    assert cache.folder_of(other) != cache.folder_of(environment)


@pytest.mark.parametrize(
    ("data", "page", "expected"),
    [
        (None, None, {"": "sample"}),
        ("full", None, {"": "full"}),
        (None, "part/second", {"": "sample", "part/second": "sample"}),
        ("full", "", {"": "full"}),
        ("full", "part/second", {"": "sample", "part/second": "full"}),
    ],
)
def test_one_page_may_read_other_data_than_the_rest(monkeypatch, data, page, expected):
    for name, value in (("BOOK_DATA", data), ("BOOK_PAGE", page)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert cache.variants() == expected
    views = {key: data_in_use(variant) for key, variant in expected.items()}
    monkeypatch.setattr(cache.data, "resolve", data_in_use)
    assert cache.views() == views


def data_in_use(variant):
    return DataView(Path(variant), {})


def test_data_is_described_by_its_variant_and_hash(datasets):
    described = cache.describe(DataView(Path("data"), datasets))
    assert described == {
        "digits": {"variant": "sample", "sha256": "a1" * 32},
        "letters": {"variant": "full", "sha256": "b2" * 32},
    }
