"""Where every loader looks for the book's data, and what it says if in vain."""

import json
import os
from pathlib import Path


def find_data(*names):
    """Find files that lie in `$KERASBOOK_DATA` or, failing that, in `./data`.

    Args:
        names: of the files, such as `"newsgroups/train.jsonl"`.

    Returns:
        their paths in one of the two, a list; empty if neither has them all.
    """
    for folder in filter(None, (os.environ.get("KERASBOOK_DATA"), "data")):
        paths = [Path(folder, name) for name in names]
        if all(path.is_file() for path in paths):
            return paths
    return []


def data_missing(problem):
    """Return the error that tells the cure of a problem, a sentence."""
    return FileNotFoundError(
        f"{problem} Unpack the book's sample-data.zip and set KERASBOOK_DATA "
        "to its folder. "
        f"Received: KERASBOOK_DATA={os.environ.get('KERASBOOK_DATA')!r}"
    )


def read_record(name):
    """Read a JSON file of the book's data, such as `"a/b.json"`.

    Raises:
        FileNotFoundError: it is not there.
    """
    paths = find_data(name)
    if not paths:
        raise data_missing(f"The record {name} was not found.")
    return json.loads(paths[0].read_text(encoding="utf-8"))
