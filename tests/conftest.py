"""What tests of the book, its kit and its machinery share: whole datasets."""

import os
from dataclasses import replace
from pathlib import Path

import pytest


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
