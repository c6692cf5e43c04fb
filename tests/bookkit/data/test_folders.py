"""Which data folder a build reads."""

import pytest

from bookkit.data import Dataset, DataView, folders, resolve
from bookkit.data.registry import DATASETS, SAMPLE

SAMPLED = {name: "sample" for name, known in DATASETS.items() if known.sample != "none"}


def put(full, name, path, content=b"full"):
    """Put a dataset of one file into the full folder as a fetch would."""
    (full / path).parent.mkdir(parents=True, exist_ok=True)
    (full / path).write_bytes(content)
    sha256 = folders.dataset_sha256(full, DATASETS[name].entry)
    recorded = folders.read_manifest(full) | {name: {"sha256": sha256}}
    folders.write_manifest(full, recorded)


def variants(view):
    return {name: dataset.variant for name, dataset in view.datasets.items()}


def test_an_unknown_variant_is_named():
    with pytest.raises(ValueError, match=r"to be 'sample' or 'full'\. Received: 'fill'"):
        resolve("fill")


def test_the_sample_is_the_folder_in_the_repository(full):
    view = resolve("sample")
    assert isinstance(view, DataView)
    assert view.folder == SAMPLE
    # sha256sum wnut17/* | sha256sum; a change would have every page run again.
    sha256 = "fb623b756d0c1d2d2f56b3fe9ef6294bc4246c0b931665984954d0955668ccfe"
    assert view.datasets["wnut17"] == Dataset("wnut17", "sample", sha256)
    assert variants(view) == SAMPLED
    assert not full.exists()


def test_without_fetched_data_the_sample_stands_in_and_says_so(full, capsys):
    view = resolve("full")
    assert view.datasets == resolve("sample").datasets
    assert (view.folder / "cifar10.npz").read_bytes() == (SAMPLE / "cifar10.npz").read_bytes()
    said = capsys.readouterr().err.splitlines()
    assert len(said) == len([known for known in DATASETS.values() if known.sources])
    assert f"cifar10: not in {full} (run make data); using the sample" in said
    assert f"coco: not in {full} (run make data); the sample has none" in said


def test_fetched_datasets_are_linked_beside_the_sample(full, capsys):
    put(full, "cifar10", "cifar10.npz")
    put(full, "coco", "coco/val2017/1.jpg")
    view = resolve("full")
    assert (view.folder / "cifar10.npz").read_bytes() == b"full"
    assert (view.folder / "coco" / "val2017" / "1.jpg").read_bytes() == b"full"
    assert (view.folder / "wnut17" / "dev.jsonl").is_file()
    assert list(variants(view)) == list(DATASETS)
    assert variants(view) == SAMPLED | dict.fromkeys(("cifar10", "coco"), "full")
    assert view.datasets["coco"].sha256 == folders.read_manifest(full)["coco"]["sha256"]
    assert "coco:" not in capsys.readouterr().err


def test_a_changed_file_or_one_too_many_or_too_few_is_not_read(full, capsys):
    path = full / "coco" / "1.jpg"
    put(full, "coco", "coco/1.jpg")
    path.write_bytes(b"changed")
    assert "coco" not in resolve("full").datasets
    assert "is damaged: expected SHA-256" in capsys.readouterr().err
    path.write_bytes(b"full")
    assert "coco" in resolve("full").datasets
    (full / "coco" / "2.jpg").write_bytes(b"extra")
    assert "coco" not in resolve("full").datasets
    (full / "coco" / "2.jpg").unlink()
    path.rename(full / "coco" / "3.jpg")
    assert "coco" not in resolve("full").datasets


@pytest.mark.parametrize("manifest", [None, "{half", "[]"])
def test_what_no_manifest_vouches_for_is_not_read(full, capsys, manifest):
    full.mkdir()
    (full / "cifar10.npz").write_bytes(b"from somewhere")
    if manifest:
        (full / "manifest.json").write_text(manifest)
    assert variants(resolve("full")) == SAMPLED
    assert "cifar10.npz has no recorded checksum" in capsys.readouterr().err


def test_a_build_keeps_the_view_it_began_with_and_nothing_is_left_behind(full):
    before = resolve("full").folder
    assert resolve("full").folder == before
    put(full, "cifar10", "cifar10.npz")
    after = resolve("full").folder
    assert (before / "cifar10.npz").resolve() == (SAMPLE / "cifar10.npz").resolve()
    assert (after / "cifar10.npz").read_bytes() == b"full"
    assert sorted(before.parent.iterdir()) == sorted([before, after])


def test_the_checksum_is_that_of_sha256sum(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "b").write_bytes(b"")
    (tmp_path / "set" / "a").write_bytes(b"abc")
    # (cd FOLDER; sha256sum set/a set/b | sha256sum)
    expected = "5e2c135c08af488f6a0d24b1e2a88d70faf4c14f91c5b54eb9f6383ee0144257"
    assert folders.dataset_sha256(tmp_path, "set") == expected
