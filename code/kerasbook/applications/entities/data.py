"""Sentences with BIO tags: reading them, and entities as spans."""

import json
import os
from pathlib import Path


def entity_spans(tags):
    """Turn BIO tags into entities, as seqeval's strict IOB2 mode does.

    An entity starts at a `B-` and goes on through `I-` of the same type. An
    `I-` that continues nothing belongs to no entity.

    Args:
        tags: list of `"O"`, `"B-type"` or `"I-type"`.

    Returns:
        list of `(start, end, type)` in order, `end` excluded.
    """
    spans = []
    for position, tag in enumerate(tags):
        prefix, dash, kind = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I") or not (dash and kind)):
            raise ValueError(
                "Expected tags O, B-type or I-type. "
                f"Received: tags[{position}]={tag!r}"
            )
        if prefix == "B":
            spans.append((position, position + 1, kind))
        elif prefix == "I" and spans and spans[-1][1:] == (position, kind):
            spans[-1] = (spans[-1][0], position + 1, kind)
    return spans


def tags_from_spans(spans, length):
    """Turn entities `(start, end, type)` into `length` BIO tags.

    Raises:
        ValueError: a span lies outside the sentence, is empty, or overlaps
            another one.
    """
    tags = ["O"] * length
    for start, end, kind in spans:
        if not 0 <= start < end <= length:
            raise ValueError(
                f"Expected spans within 0 and {length}. "
                f"Received: span={(start, end, kind)}"
            )
        if any(tag != "O" for tag in tags[start:end]):
            raise ValueError(
                "Expected spans that do not overlap. "
                f"Received: span={(start, end, kind)}"
            )
        tags[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return tags


def _parse_sentence(line):
    """Read one JSON line; `ValueError` says what is wrong with it."""
    record = json.loads(line.decode("utf-8"))
    if not isinstance(record, dict) or not {"tokens", "tags"} <= set(record):
        raise ValueError('expected an object with "tokens" and "tags"')
    tokens, tags = record["tokens"], record["tags"]
    for name, values in (("tokens", tokens), ("tags", tags)):
        if not isinstance(values, list) or not all(
            isinstance(value, str) for value in values
        ):
            raise ValueError(f"expected a list of strings as {name}")
    if len(tokens) != len(tags):
        raise ValueError(f"{len(tokens)} tokens but {len(tags)} tags")
    if tags_from_spans(entity_spans(tags), len(tags)) != tags:
        raise ValueError("an I- tag continues no entity of its type")
    return tokens, tags


def read_sentences(path):
    """Read a JSONL file, one `{"tokens": [...], "tags": [...]}` a line.

    Returns:
        list of `(tokens, tags)`, two lists of strings of equal length.

    Raises:
        ValueError: names the file and the line that cannot be used.
    """
    sentences = []
    with Path(path).open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                sentences.append(_parse_sentence(line))
            except ValueError as error:  # of JSON and of UTF-8 as well
                raise ValueError(
                    f"{Path(path).name}, line {number}: {error}"
                ) from error
    return sentences


def _load_parts(name, parts):
    for folder in (os.environ.get("KERASBOOK_DATA"), "data"):
        if folder and Path(folder, name).is_dir():
            return [
                read_sentences(Path(folder, name, f"{part}.jsonl"))
                for part in parts
            ]
    raise FileNotFoundError(
        f"The folder {name} was not found. Unpack the book's sample-data.zip "
        "and set KERASBOOK_DATA to its folder. "
        f"Received: KERASBOOK_DATA={os.environ.get('KERASBOOK_DATA')!r}"
    )


def load_cluener():
    """Load Chinese sentences from `$KERASBOOK_DATA` or `./data`.

    Returns:
        `train, dev`, two lists of `(tokens, tags)`; a token is a character.
    """
    return _load_parts("cluener", ("train", "dev"))


def load_wnut17():
    """Load English sentences from `$KERASBOOK_DATA` or `./data`.

    Returns:
        `train, dev, test`, three lists of `(tokens, tags)`.
    """
    return _load_parts("wnut17", ("train", "dev", "test"))
