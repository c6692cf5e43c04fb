"""How long pages ran: the last time here, or where the record in the repository was made.

`book/seconds.json` is that record. After pages changed much, copy `_build/cache/seconds.json` of a
cold build on a quiet machine over it.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from bookkit.paths import BOOK

NAME = "seconds.json"
RECORD = BOOK / NAME
UNKNOWN_S = 30.0  # of a page that never ran


def expected(names: Iterable[str], folder: Path) -> dict[str, float]:
    """Return how many seconds each page will take: as last noted in a folder, or in the record."""
    known = _read(RECORD) | _read(folder / NAME)
    return {name: known.get(name, UNKNOWN_S) for name in names}


def recorded(name: str) -> float:
    """Return how many seconds a page took where the record was made."""
    return _read(RECORD).get(name, UNKNOWN_S)


def note(name: str, seconds: float, folder: Path) -> None:
    """Note in a folder how long a page ran; one thread at a time may."""
    path = folder / NAME
    text = json.dumps(_read(path) | {name: round(seconds, 1)}, indent=1, sort_keys=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(path)


def left(running: Iterable[tuple[float, float]], waiting: Iterable[float], workers: int) -> float:
    """Return about how many seconds are left.

    Args:
        running: of each running page, the seconds that it will take, and those that it took so far.
        waiting: of each other page, the seconds that it will take.
        workers: how many pages run side by side.

    Returns:
        what all of them need together, or the longest alone if that is more.
    """
    rest = [max(whole - so_far, 0.0) for whole, so_far in running] + list(waiting)
    return max([sum(rest) / workers, *rest]) if rest else 0.0


def _read(path: Path) -> dict[str, float]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
