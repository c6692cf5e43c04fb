"""Texts of the sample, and their numbers."""

import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from kerasbook.outlook.attention import texts as page


@pytest.mark.parametrize(("name", "count"), [("poems", 1774), ("tales", 15)])
def test_every_tenth_text_is_for_the_test(monkeypatch, name, count):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    train, test = page.load_texts(name)
    assert train[0] == test[0] == "\n"
    assert test.count("\n") == -(-count // 10)
    assert train.count("\n") + test.count("\n") == count


def test_no_line_of_a_poem_is_in_training_and_test(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    train, test = (
        set(text.replace("，", "\n").replace("。", "\n").split("\n")) - {""}
        for text in page.load_texts("poems")
    )
    assert len(test) == 4 * 178
    assert not train & test


def test_without_data_the_loader_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"poems were not found\. Unpa"):
        page.load_texts("poems")


def test_rare_characters_share_a_mark():
    characters = page.character_vocabulary("abbaac□□")
    assert characters == ["a", "b", "□"]
    assert page.replace_unknown("cab d", characters) == "□ab□□"


def test_numbers_are_places_in_the_list():
    assert page.encode_text("ba□", ["a", "b", "□"]).tolist() == [1, 0, 2]


def test_an_unknown_character_is_named():
    with pytest.raises(ValueError, match=r"Received: \['x', '白'\]\. Leave"):
        page.encode_text("白axx", ["a", "□"])


def test_windows_are_pieces_of_the_text():
    windows = page.draw_windows(np.arange(20), 4, 50, np.random.default_rng(0))
    assert windows.shape == (50, 5)
    assert (np.diff(windows) == 1).all()
    assert windows.min() == 0
    assert windows.max() == 19


def test_a_text_shorter_than_a_window_is_refused():
    with pytest.raises(ValueError, match=r"length=4 characters\. Received: 4"):
        page.draw_windows(np.arange(4), 4, 1, np.random.default_rng(0))
