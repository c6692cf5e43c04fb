"""What tests of the book, its kit and its machinery share: cores, Keras's backend, whole datasets.

Keras reads its backend once, at import: it is chosen before any test module imports Keras.
"""

import os
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import coverage
import pytest
from playwright.sync_api import expect, sync_playwright
from xdist.scheduler import LoadFileScheduling

# Chromium opens two pages of its own for the suggestions of each window's address bar, which cost
# more than a chapter. This list replaces Playwright's: the rest of it asks no other host, or holds
# no old picture after a navigation.
UNUSED = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "HttpsUpgrades",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
]
# No first-run pages and no services of the browser's own: each request is the book's.
ARGUMENTS = [
    f"--disable-features={','.join(UNUSED)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# How long a browser may take until what a test waits for is there. No test says how fast it is:
# `make bench` does. On a machine where others work, too, five seconds are soon over.
PATIENCE_MS = 120_000

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if "PYTEST_XDIST_WORKER" in os.environ:  # threads of several workers would wait for each other
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), "1")


TINY_BOOK = "the tiny book"
# What takes more than half a minute, the longest first.
LONGEST = [
    "tests/book/test_formats.py",
    TINY_BOOK,
    "tests/book/test_accessibility.py",
    "tests/kerasbook/beyond/compression/test_modes.py",
    "tests/book/test_browser.py",
    "tests/bookkit/test_stale.py",
    "tests/recipes/test_export.py",
    "tests/book/test_outputs.py",
    "tests/kerasbook/concepts/test_compiling.py",
    "tests/book/test_policy.py",
    "tests/book/test_built_site.py",
    "tests/kerasbook/beyond/scale/test_processes.py",
    "tests/recipes/test_entities.py",
    "tests/kerasbook/applications/detection/test_network.py",
    "tests/kerasbook/frameworks/test_backends.py",
    "tests/kerasbook/test_crf.py",
    "tests/kerasbook/test_package.py",
    "tests/kerasbook/workflow/test_testing.py",
    "tests/kerasbook/beyond/detector/test_nanodet.py",
    "tests/recipes/test_object_detection.py",
    "tests/kerasbook/concepts/test_losses.py",
]


class SharedFiles(LoadFileScheduling):
    """Give a file to one worker, and all that look at the tiny book to the one that builds it."""

    def _split_scope(self, nodeid: str) -> str:
        return _unit(nodeid)


def _unit(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    return TINY_BOOK if _looks_at_tiny_book(file) else file


@cache
def _looks_at_tiny_book(file: str) -> bool:
    return "built_book" in Path(__file__).parents[1].joinpath(file).read_text(encoding="utf-8")


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # not by the number of tests, but as collected
    return SharedFiles(config, log)


def pytest_sessionfinish():
    """Have a worker write what it measured: one that takes over ten seconds to end is killed."""
    measured = coverage.Coverage.current()
    if measured and "PYTEST_XDIST_WORKER" in os.environ:
        measured.save()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Leave to the weekly run what is not sampled, and start with what takes long.

    As the last file it would have the other workers wait.
    """
    for item in items:
        sample = item.get_closest_marker("sampled")
        if sample and item.callspec.id not in sample.args:
            item.add_marker("weekly")
    ranks = {unit: rank for rank, unit in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(_unit(item.nodeid), len(ranks)))


@pytest.fixture(scope="session")
def browser():
    """Return one browser for all tests of a process: Playwright opens no second one beside it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program, args=ARGUMENTS, timeout=PATIENCE_MS
        )
        opened.on("context", lambda context: context.set_default_timeout(PATIENCE_MS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def whole_data(tmp_path_factory):
    """Return a function that finds a dataset: fetched before, or from the mirror folder."""
    from bookkit.data import fetching
    from bookkit.data.registry import DATASETS, FULL

    mirror = Path(os.environ.get("KERASBOOK_MIRROR") or "no-mirror")

    def held(source):
        address = source.files[0].address
        return source.mirrored and (mirror / address.removeprefix("mirror:")).is_file()

    def find(name):
        known = DATASETS[name]
        if (FULL / known.entry).exists():
            return FULL / known.entry
        sources = tuple(source for source in known.sources if held(source))
        if not sources:
            pytest.skip(
                f"needs the whole of {name}: make data NAME={name}, or let KERASBOOK_MIRROR name "
                "a folder that holds it"
            )
        folder = tmp_path_factory.getbasetemp() / "whole"
        fetching.fetch(replace(known, sources=sources), folder)
        return folder / known.entry

    return find
