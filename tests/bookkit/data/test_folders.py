"""Which data folder a build reads."""

import os

import pytest

from bookkit.data import Dataset, DataView, manifest, resolve
from bookkit.data.registry import SAMPLE


@pytest.fixture
def places(tmp_path):
    return {"full": tmp_path / "data", "views": tmp_path / "views"}


def put(full, name, entry, content=b"full"):
    """Put a dataset into the full folder as a fetch would."""
    path = full / entry
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    top = entry.split("/")[0]
    manifest.write(full, manifest.read(full) | {name: manifest.describe(full, top)})


def test_an_unknown_variant_is_named(places):
    with pytest.raises(ValueError, match=r"to be 'sample' or 'full'\. Received: 'fill'"):
        resolve("fill", **places)


def test_the_sample_is_the_folder_in_the_repository(places):
    view = resolve("sample", **places)
    assert view.folder == SAMPLE
    assert list(view.datasets) == ["cifar10", "newsgroups", "cluener", "wnut17"]
    recorded = manifest.read(SAMPLE)
    for name, dataset in view.datasets.items():
        assert dataset == Dataset(name, "sample", recorded[name]["sha256"])
    assert not places["views"].exists()


def test_without_fetched_data_the_sample_stands_in_and_says_so(places, capsys):
    view = resolve("full", **places)
    assert view.folder == places["views"] / "full"
    assert view.datasets == resolve("sample").datasets
    assert (view.folder / "cifar10.npz").read_bytes() == (SAMPLE / "cifar10.npz").read_bytes()
    assert capsys.readouterr().err.splitlines() == [
        "cifar10: not in data/ (run make data); using the sample",
        "newsgroups: not in data/ (run make data); using the sample",
        "coco: not in data/ (run make data); the sample has none",
        "cluener: not in data/ (run make data); using the sample",
        "wnut17: not in data/ (run make data); using the sample",
    ]


def test_fetched_datasets_are_linked_beside_the_sample(places, capsys):
    put(places["full"], "cifar10", "cifar10.npz")
    put(places["full"], "coco", "coco/val2017/1.jpg")
    view = resolve("full", **places)
    assert isinstance(view, DataView)
    assert (view.folder / "cifar10.npz").read_bytes() == b"full"
    assert (view.folder / "coco" / "val2017" / "1.jpg").read_bytes() == b"full"
    assert (view.folder / "wnut17" / "dev.jsonl").is_file()
    variants = {name: dataset.variant for name, dataset in view.datasets.items()}
    assert variants == {
        "cifar10": "full",
        "newsgroups": "sample",
        "coco": "full",
        "cluener": "sample",
        "wnut17": "sample",
    }
    recorded = manifest.read(places["full"])["coco"]["sha256"]
    assert view.datasets["coco"].sha256 == recorded
    assert "coco:" not in capsys.readouterr().err


def test_a_changed_file_is_not_read(places, capsys):
    put(places["full"], "cifar10", "cifar10.npz")
    (places["full"] / "cifar10.npz").write_bytes(b"changed")
    view = resolve("full", **places)
    assert view.datasets["cifar10"].variant == "sample"
    assert "cifar10: changed in data/ since it was fetched" in capsys.readouterr().err


def test_a_touched_file_is_not_trusted(places):
    put(places["full"], "cifar10", "cifar10.npz")
    os.utime(places["full"] / "cifar10.npz", (1, 1))
    assert resolve("full", **places).datasets["cifar10"].variant == "sample"


def test_a_file_too_many_or_too_few_is_a_change(places):
    put(places["full"], "coco", "coco/val2017/1.jpg")
    extra = places["full"] / "coco" / "val2017" / "2.jpg"
    extra.write_bytes(b"extra")
    assert "coco" not in resolve("full", **places).datasets
    extra.unlink()
    assert "coco" in resolve("full", **places).datasets
    (places["full"] / "coco" / "val2017" / "1.jpg").unlink()
    assert "coco" not in resolve("full", **places).datasets


def test_an_unrecorded_dataset_is_not_read(places, capsys):
    places["full"].mkdir()
    (places["full"] / "cifar10.npz").write_bytes(b"from somewhere")
    assert resolve("full", **places).datasets["cifar10"].variant == "sample"
    assert "cifar10: no recorded checksum in data/" in capsys.readouterr().err


def test_the_view_follows_the_data_and_leaves_nothing_behind(places):
    put(places["full"], "cifar10", "cifar10.npz", b"one")
    folder = resolve("full", **places).folder
    first = folder.resolve()
    assert resolve("full", **places).folder.resolve() == first
    (places["full"] / "cifar10.npz").unlink()
    assert resolve("full", **places).datasets["cifar10"].variant == "sample"
    assert (folder / "cifar10.npz").resolve() == (SAMPLE / "cifar10.npz").resolve()
    # A build that still runs on the earlier view keeps it.
    assert first.is_dir()
    assert not list(places["views"].glob(".making-*"))


def test_the_checksum_is_that_of_sha256sum(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "b").write_bytes(b"")
    (tmp_path / "set" / "a").write_bytes(b"abc")
    # (cd FOLDER; sha256sum set/a set/b | sha256sum)
    expected = "5e2c135c08af488f6a0d24b1e2a88d70faf4c14f91c5b54eb9f6383ee0144257"
    assert manifest.describe(tmp_path, "set")["sha256"] == expected
