"""20 Newsgroups: reading posts, and taking apart what a post is made of."""

import json
import re
from pathlib import Path

import numpy as np
from sklearn.datasets import fetch_20newsgroups

from kerasbook.data_folder import data_missing, find_data

GROUPS = (
    "alt.atheism", "comp.graphics", "comp.os.ms-windows.misc",
    "comp.sys.ibm.pc.hardware", "comp.sys.mac.hardware", "comp.windows.x",
    "misc.forsale", "rec.autos", "rec.motorcycles", "rec.sport.baseball",
    "rec.sport.hockey", "sci.crypt", "sci.electronics", "sci.med", "sci.space",
    "soc.religion.christian", "talk.politics.guns", "talk.politics.mideast",
    "talk.politics.misc", "talk.religion.misc",
)  # fmt: skip


def parse_post(line):
    """Read one line of a JSONL file.

    Args:
        line: bytes, a JSON object in UTF-8 with the strings `text` and
            `label`, the latter one of `GROUPS`.

    Returns:
        `(text, label)`, the label as its position in `GROUPS`.

    Raises:
        ValueError: the line is anything else.
    """
    try:
        record = json.loads(line.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(
            f"expected JSON. Received: {error.msg} at column {error.colno}"
        ) from error
    except RecursionError as error:
        raise ValueError("expected JSON. Received: nested too deep") from error
    found = record if isinstance(record, dict) else {}
    for key in ("text", "label"):
        if not isinstance(found.get(key), str):
            raise ValueError(
                f"expected an object with a string {key!r}. "
                f"Received: {str(record)[:60]}"
            )
    found["text"].encode("utf-8")  # half of a surrogate pair is no text
    if found["label"] not in GROUPS:
        raise ValueError(
            "expected a label that is one of the 20 groups. "
            f"Received: label={found['label']!r}"
        )
    return found["text"], GROUPS.index(found["label"])


def read_posts(path):
    """Read posts, one JSON object a line.

    Returns:
        `(texts, labels)`: a list of strings, and integers of shape `(n,)`.

    Raises:
        ValueError: a line is broken, or there is none; the message names the
            file and the line.
    """
    path = Path(path)
    posts = []
    with path.open("rb") as lines:  # bytes: only a line feed ends a line
        for number, line in enumerate(lines, start=1):
            try:
                posts.append(parse_post(line))
            except ValueError as error:
                raise ValueError(
                    f"{path.name}, line {number}: {error}"
                ) from error
    if not posts:
        raise ValueError(f"{path.name}: expected a post. Received: no line")
    texts, labels = zip(*posts, strict=True)
    return list(texts), np.array(labels)


def load_newsgroups():
    """Load 20 Newsgroups by date, from files or by scikit-learn's download.

    The files are `newsgroups/train.jsonl` and `newsgroups/test.jsonl` in
    `$KERASBOOK_DATA` or in `./data`.

    Returns:
        `(texts, labels), (test_texts, test_labels)`, as from `read_posts`.

    Raises:
        FileNotFoundError: no files there, and the download failed.
        ValueError: a file is broken, see `read_posts`.
    """
    paths = find_data("newsgroups/train.jsonl", "newsgroups/test.jsonl")
    if paths:
        return tuple(read_posts(path) for path in paths)
    try:
        parts = [fetch_20newsgroups(subset=part) for part in ("train", "test")]
    except Exception as error:
        raise data_missing(
            "20 Newsgroups was not found and could not be downloaded."
        ) from error
    return tuple((part.data, part.target) for part in parts)


HEADER_LINE = re.compile(r"^(From|Subject):", re.MULTILINE)
QUOTE = re.compile(
    r"^[>|]|^In article|^Quoted from|writes in|(writes|wrote|says|said):"
)


def split_header(text):
    """Split a post at its first blank line; the header may be empty."""
    header, blank_line, body = text.partition("\n\n")
    if blank_line and HEADER_LINE.search(header):
        return header, body
    return "", text


def strip_post(text):
    """Remove header, signature and quotations, as scikit-learn does."""
    header, body = split_header(text)
    if not header:  # no raw post
        return text
    lines = body.strip().split("\n")
    breaks = [i for i, line in enumerate(lines) if not line.strip().strip("-")]
    if breaks and breaks[-1] > 0:  # a signature, or the last paragraph
        body = "\n".join(lines[: breaks[-1]])
    return "\n".join(
        line for line in body.split("\n") if not QUOTE.search(line)
    )
