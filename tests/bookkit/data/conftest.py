"""What the tests of the data share: folders of fetched data of their own."""

import pytest

from bookkit.data import cli, folders


@pytest.fixture
def full(monkeypatch, tmp_path):
    """Return the folder that takes the place of `data`."""
    monkeypatch.setattr(folders, "VIEWS", tmp_path / "views")
    for module in (cli, folders):
        monkeypatch.setattr(module, "FULL", tmp_path / "data")
    return tmp_path / "data"
