"""The cache of executed pages: jupyter-cache, in a folder named after what they depend on.

The folder has another name, and so every page runs again, when Python or a package changes
(`Environment`), and when `RECIPE` is raised: do that after a change of how cells are run. Packages
that one page alone names are in `running.packages`.
"""

import hashlib
import json
import os
import platform
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.db import NbCacheRecord
from jupyter_cache.cache.main import JupyterCacheBase
from nbformat import NotebookNode

from bookkit import data
from bookkit.paths import BUILD
from bookkit.running.packages import package_versions

# Raise when the way cells are run changes, so that no page keeps an output of the old way.
RECIPE = 5
RECORD = "record.json"  # what the provenance box shows of a run; Jupyter Cache knows no such file


@lru_cache
def processor() -> str:
    """Return the processor's marketing name where the system tells it, else its architecture."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


@dataclass(frozen=True)
class Environment:
    """What executions depend on, beside cells and data: the cache's folder is named after it."""

    python: str
    packages: dict[str, str]
    processor: str
    cores: int

    @classmethod
    def here(cls) -> "Environment":
        """Describe this machine."""
        return cls(
            python=platform.python_version(),
            packages=package_versions(),
            processor=processor(),
            cores=os.cpu_count() or 1,
        )

    def key(self) -> str:
        """Hash what changes outputs; the processor changes timings only and stays out."""
        parts = [RECIPE, self.python, self.packages]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def variants() -> dict[str, str]:
    """Return which data pages read, `sample` or `full`: those of `BOOK_PAGE`, and, as "", others.

    Without `BOOK_PAGE`, all pages read `BOOK_DATA`.
    """
    variant, page = os.environ.get("BOOK_DATA", "sample"), os.environ.get("BOOK_PAGE", "")
    return {"": "sample", page: variant}  # without a page, the second counts


def views() -> dict[str, data.DataView]:
    """Return the data in use, by page as in `variants`."""
    return {page: data.resolve(variant) for page, variant in variants().items()}


def describe(view: data.DataView) -> dict[str, dict[str, str]]:
    """Describe data as records of runs do: `{name: {"variant", "sha256"}}`."""
    return {
        name: {"variant": one.variant, "sha256": one.sha256} for name, one in view.datasets.items()
    }


def folder_of(environment: Environment) -> Path:
    """Return the folder of pages that were executed in an environment."""
    return BUILD / "cache" / environment.key()


def open_cache(folder: Path) -> JupyterCacheBase:
    """Open a folder of executed pages, without what no run of ours left whole.

    A killed run leaves a record without a page. And MyST-NB runs a page itself whose cells change
    while the book is built, without a record of data and versions.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cache = get_cache(folder)
    for record in cache.list_cache_records():
        if not _whole(cache, record):
            NbCacheRecord.remove_records([record.pk], cache.db)
    return cache


def _whole(cache: JupyterCacheBase, record: NbCacheRecord) -> bool:
    """Tell whether we ran it, and neither the page nor its record was cut short by a kill."""
    folder = cache.path / "executed" / record.hashkey
    try:
        for name in ("base.ipynb", RECORD):
            json.loads((folder / name).read_bytes())
    except (OSError, ValueError):
        return False
    return True


def record_file(cache: JupyterCacheBase, notebook: NotebookNode) -> Path:
    """Return where the record of a page's run stands, beside its outputs."""
    return cache.path / "executed" / cache.create_hashed_notebook(notebook)[1] / RECORD


def lookup(cache: JupyterCacheBase, notebook: NotebookNode) -> dict | None:
    """Return what was recorded when this page ran, or None when it has to run."""
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return None
    file = record_file(cache, notebook)
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def store(cache: JupyterCacheBase, notebook: NotebookNode, uri: str, data: dict) -> None:
    """Keep an executed page; `data` is what the provenance box shows."""
    # With an older copy in the way, or the half-removed folder of a killed run, it would raise.
    file = record_file(cache, notebook)
    shutil.rmtree(file.parent, ignore_errors=True)
    cache.cache_notebook_bundle(CacheBundleIn(notebook, uri))
    temporary = file.with_suffix(".tmp")
    temporary.write_text(json.dumps(data), encoding="utf-8")
    temporary.replace(file)  # last: without it, the run counts for nothing


def executed(cache: JupyterCacheBase, notebook: NotebookNode) -> NotebookNode:
    """Return the page with the outputs of its run."""
    return cache.merge_match_into_notebook(notebook)[1]
