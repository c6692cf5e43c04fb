"""Downloads: what the record holds, who brings whom, what can be bounded."""

import importlib.metadata
import json
from datetime import date
from types import SimpleNamespace

import pytest

from bookkit.data.registry import DATASETS, SAMPLE
from kerasbook.outlook.choosing.counting import (
    count_backbones,
    direct_download_bounds,
    load_downloads,
    packages_requiring,
)


def test_the_record_is_read_as_days_and_counts(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"downloads\.json was not found.*KERASBOOK_DATA"):
        load_downloads()
    (tmp_path / "downloads").mkdir()
    record = {"packages": {"keras": {"2026-03-01": 2, "2026-04-01": 3}}}
    (tmp_path / "downloads" / "downloads.json").write_text(json.dumps(record), "utf-8")
    assert load_downloads() == {"keras": [(date(2026, 3, 1), 2), (date(2026, 4, 1), 3)]}


def test_the_sample_holds_what_the_page_says_of_it(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    assert DATASETS["downloads"].entry == "downloads"
    found = load_downloads()
    assert all(counts[-1][0] == date(2026, 4, 1) for counts in found.values())
    assert all(counts == sorted(counts) for counts in found.values())
    last = {name: counts[-1][1] for name, counts in found.items()}
    assert last["keras"] < last["tensorflow"] < last["tf-keras-nightly"] < last["torch"]
    jax = [count for day, count in found["jax"] if date(2023, 11, 1) <= day <= date(2024, 1, 1)]
    assert jax[1] > 2 * max(jax[0], jax[2])


def test_tensorflow_brings_keras_and_keras_brings_no_backend():
    assert "tensorflow" in packages_requiring("keras")
    assert "keras" not in packages_requiring("tensorflow")
    assert packages_requiring("no-such-package") == []


@pytest.mark.parametrize(
    ("own", "dependencies", "bounds"), [(40, 25, (15, 40)), (18, 23, (0, 18)), (7, 0, (7, 7))]
)
def test_downloads_meant_for_a_package_are_bounded(own, dependencies, bounds):
    assert direct_download_bounds(own, dependencies) == bounds


def test_architectures_are_counted_by_their_files(monkeypatch):
    files = ["a/bert_backbone.py", "a/bert_backbone_test.py", "b/vit_backbone.py", "b/vit.py"]
    found = [SimpleNamespace(name=file.rpartition("/")[2]) for file in files]
    monkeypatch.setattr(importlib.metadata, "files", lambda package: found)
    assert count_backbones() == 2
