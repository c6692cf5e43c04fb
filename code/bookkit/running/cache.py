"""The cache of executed pages: jupyter-cache, in a folder named after what they depend on."""

import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.db import NbCacheRecord
from jupyter_cache.cache.main import JupyterCacheBase
from nbformat import NotebookNode
from packaging.requirements import Requirement

from bookkit import data
from bookkit.paths import BUILD, ROOT

# Raise when the way cells are run changes, so that no page keeps an output of the old way.
RECIPE = 5
OURS = "bookkit"  # where a record of ours keeps its data


@lru_cache
def requirements() -> list[Requirement]:
    """Return the packages that pages may import, and the versions they may have."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [Requirement(entry) for entry in project["dependency-groups"]["pages"]]


@lru_cache
def package_versions() -> dict[str, str]:
    """Return the installed versions of the packages that pages may import."""
    names = sorted(requirement.name for requirement in requirements())
    return {name: importlib.metadata.version(name) for name in names}


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
    """What an execution depended on: the provenance box shows it, the cache's name hashes it."""

    python: str
    packages: dict[str, str]
    processor: str
    cores: int
    data: dict[str, dict[str, str]]

    @classmethod
    def here(cls, data: dict[str, dict[str, str]]) -> "Environment":
        """Describe this machine and the data in use (`{name: {"variant", "sha256"}}`)."""
        return cls(
            python=platform.python_version(),
            packages=package_versions(),
            processor=processor(),
            cores=os.cpu_count() or 1,
            data=data,
        )

    def key(self) -> str:
        """Hash what changes outputs; the processor changes timings only and stays out."""
        parts = [RECIPE, self.python, self.packages, self.data]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def open_cache(environment: Environment, base: Path = BUILD / "cache") -> JupyterCacheBase:
    """Open the cache of an environment, without records that no run of ours left whole.

    A killed run leaves a record without a page. And MyST-NB runs a page itself whose cells change
    while the book is built: its record says nothing of data, versions and seeds.
    """
    folder = base / environment.key()
    folder.mkdir(parents=True, exist_ok=True)
    cache = get_cache(folder)
    for record in cache.list_cache_records():
        if not _whole(cache, record):
            NbCacheRecord.remove_records([record.pk], cache.db)
    return cache


def _whole(cache: JupyterCacheBase, record: NbCacheRecord) -> bool:
    """Tell whether we ran it, and its page is there and was not cut short by a kill."""
    if OURS not in record.data:
        return False
    try:
        json.loads((cache.path / "executed" / record.hashkey / "base.ipynb").read_bytes())
    except (OSError, ValueError):
        return False
    return True


def lookup(cache: JupyterCacheBase, notebook: NotebookNode) -> dict | None:
    """Return what was recorded when this page ran, or None when it has to run."""
    try:
        record = cache.match_cache_notebook(notebook)
    except KeyError:
        return None
    return record.data.get(OURS)


def store(cache: JupyterCacheBase, notebook: NotebookNode, uri: str, data: dict) -> None:
    """Keep an executed page; `data` is what the provenance box shows."""
    # jupyter-cache deletes the folder of an older copy before it writes: with a half-removed
    # folder of a killed run in the way it would raise.
    _, key = cache.create_hashed_notebook(notebook)
    shutil.rmtree(cache.path / "executed" / key, ignore_errors=True)
    cache.cache_notebook_bundle(CacheBundleIn(notebook, uri, data={OURS: data}), overwrite=True)


def executed(cache: JupyterCacheBase, notebook: NotebookNode) -> NotebookNode:
    """Return the page with the outputs of its run."""
    return cache.merge_match_into_notebook(notebook)[1]


def variant() -> str:
    """Return which data this process builds on: `sample` or `full`."""
    return os.environ.get("BOOK_DATA", "sample")


def environment() -> Environment:
    """Describe what the pages run on."""
    datasets = data.resolve(variant()).datasets
    described = {
        name: {"variant": one.variant, "sha256": one.sha256} for name, one in datasets.items()
    }
    return Environment.here(described)


def cache_folder() -> Path:
    """Return the folder of executed pages for this environment."""
    return BUILD / "cache" / environment().key()
