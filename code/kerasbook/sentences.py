"""Sentences with BIO tags: reading them, and entities as spans."""

import json
from pathlib import Path

from kerasbook.data_folder import data_missing, find_data
from kerasbook.tagging import entity_spans, tags_from_spans


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
    paths = find_data(*(f"{name}/{part}.jsonl" for part in parts))
    if not paths:
        raise data_missing(f"The folder {name} was not found.")
    return [read_sentences(path) for path in paths]


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
