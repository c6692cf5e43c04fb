"""Execute notebooks with nbclient and nothing else: what a build is compared with.

Run as `python plain.py FOLDER WORKERS`, without the project on the path.
"""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def execute(path: Path) -> None:
    """Run one notebook in an empty folder."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as work:
        NotebookClient(notebook, timeout=3600, resources={"metadata": {"path": work}}).execute()


def main(folder: str, workers: str) -> None:
    """Run the notebooks of a folder; those in `alone` one after the other, after the rest."""
    together, alone = (sorted(Path(folder, kind).glob("*.ipynb")) for kind in ("together", "alone"))
    with ThreadPoolExecutor(int(workers)) as pool:
        list(pool.map(execute, together))
    for path in alone:
        execute(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
