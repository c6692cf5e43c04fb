"""Whole data sets, for what is claimed of all their records."""

import pytest

from bookkit.data.fetching import fetch_dataset
from bookkit.data.obtain import Options, mirror_folder
from bookkit.data.registry import FULL, specifications
from bookkit.paths import ROOT


@pytest.fixture(scope="session")
def whole_data(tmp_path_factory):
    """Return a function that finds a data set: fetched before, or from a mirror folder."""

    def find(name, mirrored):
        known = specifications()[name]
        if (FULL / known.entry).is_dir():
            return FULL / known.entry
        mirror = mirror_folder() or ROOT.parent / "shared" / "data"
        if not (mirror / mirrored).is_file():
            pytest.skip("needs the full data: make data, or a mirror folder (KERASBOOK_MIRROR)")
        folder = tmp_path_factory.getbasetemp() / "whole"
        if not (folder / known.entry).is_dir():
            folder.mkdir(exist_ok=True)
            fetch_dataset(known, folder, Options(mirror=mirror, attempts=1))
        return folder / known.entry

    return find
