"""The detector's weights: found in the data folder, or missed with the cure."""

import pytest

from bookkit.data.registry import SAMPLE
from kerasbook.beyond.detector import weights as page


def test_the_loader_finds_the_data_folder(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    arrays = page.load_nanodet_arrays()
    assert len(arrays) == 68
    assert sum(array.size for array in arrays.values()) == 3_786_068
    assert {array.dtype.name for array in arrays.values()} == {"float16"}


def test_without_data_the_loader_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"weights were not found\. Unpack .*sample-data"):
        page.load_nanodet_arrays()
