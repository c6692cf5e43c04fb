"""Whose turn it is: cells of many pages side by side, or one cell that measures time or memory.

A cell with the tag `alone` starts when no other cell runs, and none starts before it has ended. Of
its page, the other cells run beside those of other pages.
"""

import threading
from collections.abc import Callable

from nbformat import NotebookNode

from bookkit.errors import BookError

TAG = "alone"


def measures(cell: NotebookNode) -> bool:
    """Tell whether nothing else may run beside a cell."""
    return TAG in cell.metadata.get("tags", [])


class Machine:
    """The cores of this machine, which running cells share; each page has one cell at a time."""

    def __init__(self, waits: Callable[[str, bool], None]):
        """Have `waits` called before a cell waits: with its page, and whether it measures."""
        self._waits = waits
        self._changed = threading.Condition()
        self._running: dict[str, bool] = {}  # by page: whether its cell measures
        self._queue: list[tuple[str, bool]] = []  # who waits, in the order of asking
        self._stopped = False

    def enter(self, page: str, alone: bool) -> None:
        """Wait until a cell of a page may run; cells that measure wait in line with others.

        Raises:
            BookError: the machine was stopped.
        """
        cell = (page, alone)
        with self._changed:
            self._queue.append(cell)
            if not self._may_run(cell):
                self._waits(page, alone)
                self._changed.wait_for(lambda: self._stopped or self._may_run(cell))
            self._queue.remove(cell)
            if self._stopped:
                raise BookError(f"{page} was stopped")
            self._running[page] = alone

    def leave(self, page: str) -> None:
        """Say that the cell of a page has ended, well or not, or that it has none."""
        with self._changed:
            self._running.pop(page, None)
            self._changed.notify_all()

    def stop(self) -> None:
        """Let no further cell run: neither those that wait, nor any that comes later."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _may_run(self, cell: tuple[str, bool]) -> bool:
        ahead = self._queue[: self._queue.index(cell)]
        if cell[1]:
            return not self._running and not ahead
        return not any(self._running.values()) and not any(alone for _, alone in ahead)
