"""The real datasets, from a mirror folder or from `data/`, where there is one."""

import json
from pathlib import Path

import numpy as np
import pytest

from bookkit.data.conversion import cifar10_arrays_sha256, cluener_tags
from bookkit.data.fetching import fetch_dataset, verify
from bookkit.data.obtain import Options, mirror_folder
from bookkit.data.registry import CIFAR10_ARRAYS_SHA256, FULL, specifications
from bookkit.paths import ROOT

MIRROR = mirror_folder() or ROOT.parent / "shared" / "data"
FILES = {
    "newsgroups": "20news-bydate.tar.gz",
    "coco": "coco-mini.tar",
    "cluener": "cluener/train.json",
    "wnut17": "wnut17/emerging.test.annotated",
}


def fetched(name, folder):
    if not (MIRROR / FILES[name]).is_file():
        pytest.skip(f"no {FILES[name]} in a mirror folder (KERASBOOK_MIRROR)")
    known = specifications()[name]
    fetch_dataset(known, folder, Options(mirror=MIRROR, attempts=1))
    assert verify(known, folder) is None
    return folder / known.entry


def read_lines(path: Path):
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_newsgroups_has_every_post(tmp_path):
    folder = fetched("newsgroups", tmp_path)
    train = read_lines(folder / "train.jsonl")
    test = read_lines(folder / "test.jsonl")
    assert (len(train), len(test)) == (11_314, 7_532)
    assert {row["label"] for row in train} == {row["label"] for row in test}
    assert len({row["label"] for row in train}) == 20
    assert len({row["label"] for row in train[:200]}) == 20
    # Headers and line ends are kept.
    assert all("From: " in row["text"] and "\n\n" in row["text"] for row in train)


def test_coco_has_every_image_and_box(tmp_path):
    folder = fetched("coco", tmp_path)
    for part, images, boxes in (("train2017", 178, 1_409), ("val2017", 50, 382)):
        text = (folder / "annotations" / f"instances_{part}.json").read_text(encoding="utf-8")
        notes = json.loads(text)
        names = {path.name for path in (folder / part).iterdir()}
        assert {image["file_name"] for image in notes["images"]} == names
        assert (len(names), len(notes["annotations"])) == (images, boxes)
        assert len(notes["categories"]) == 80


def test_cluener_has_every_sentence_and_loses_two_spans(tmp_path):
    folder = fetched("cluener", tmp_path)
    for part, sentences, spans, dropped in (
        ("train", 10_748, 23_972, 2),
        ("dev", 1_343, 3_072, 0),
    ):
        rows = read_lines(folder / f"{part}.jsonl")
        assert len(rows) == sentences
        assert all(len(row["tokens"]) == len(row["tags"]) for row in rows)
        assert sum(tag[0] == "B" for row in rows for tag in row["tags"]) == spans - dropped


def test_the_one_overlap_of_cluener_is_inside_a_title(tmp_path):
    fetched("cluener", tmp_path)
    for line in (MIRROR / "cluener" / "train.json").read_text(encoding="utf-8").splitlines():
        sentence = json.loads(line)
        tags = cluener_tags(sentence["text"], sentence["label"])
        kept = sum(tag[0] == "B" for tag in tags)
        marked = sum(len(at) for kind in sentence["label"].values() for at in kind.values())
        if kept != marked:
            assert (marked, kept) == (3, 1)
            assert tags.count("B-book") == 1


def test_wnut17_has_every_sentence_token_and_entity(tmp_path):
    folder = fetched("wnut17", tmp_path)
    for part, sentences, tokens, entities in (
        ("train", 3_394, 62_730, 1_975),
        ("dev", 1_009, 15_733, 836),
        ("test", 1_287, 23_394, 1_079),
    ):
        rows = read_lines(folder / f"{part}.jsonl")
        assert len(rows) == sentences
        assert sum(len(row["tokens"]) for row in rows) == tokens
        assert sum(tag[0] == "B" for row in rows for tag in row["tags"]) == entities


def test_cifar10_has_the_published_mean_and_deviation():
    path = FULL / "cifar10.npz"
    if not path.is_file():
        pytest.skip("no data/cifar10.npz (make data)")
    assert cifar10_arrays_sha256(path) == CIFAR10_ARRAYS_SHA256
    with np.load(path, allow_pickle=False) as archive:
        images, labels = archive["x_train"], archive["y_train"]
    assert images.shape == (50_000, 32, 32, 3)
    assert np.bincount(labels).tolist() == [5_000] * 10
    pixels = images.reshape(-1, 3)
    # uint8 counts are exact, and need no copy of the images in floating point.
    counts = np.stack([np.bincount(pixels[:, channel], minlength=256) for channel in range(3)])
    values = np.arange(256)
    mean = counts @ values / len(pixels)
    deviation = np.sqrt(counts @ values**2 / len(pixels) - mean**2)
    np.testing.assert_allclose(mean, [125.30691805, 122.95039414, 113.86538318], rtol=1e-9)
    np.testing.assert_allclose(deviation, [62.99321928, 62.08870764, 66.70489964], rtol=1e-9)
