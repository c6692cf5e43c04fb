import json
import pickle
import sys
import warnings
import zipfile

import keras
import numpy as np
import pytest

from kerasbook.beyond.files.inspection import (
    inspect_keras_file,
    needs_trust,
    shallow_needs_trust,
    verdict,
)
from kerasbook.beyond.files.malicious import copy_archive, make_strange_files

# What the page prints: our list, and the words of Keras.
EXPECTED = {
    "foreign": ("names stranger.wave", "TypeError: Could not locate function 'wave'"),
    "link": ("layers/dense/vars/0 points to another place", "ValueError: Not allowed: H5 file"),
    "huge": ("layers/dense/vars/0 claims 4,398,046,511,104 bytes, stores 0", "declares 4.00 TB"),
    "path": ("../note.txt leaves its folder", "loaded, warning: Skipping invalid path"),
    "claim": ("assets/words.txt claims 1,099,511,627,776 bytes, stores 5", "declares 1.00 TB"),
}


@pytest.fixture(scope="session")
def strangers(honest, tmp_path_factory):
    folder = tmp_path_factory.mktemp("strangers")
    copy_archive(honest, folder / "model.keras")
    names = make_strange_files(folder / "model.keras")
    assert sorted(names) == sorted(f"{name}.keras" for name in [*EXPECTED, "half"])
    return folder


def test_an_honest_file_raises_no_concern_and_loads(strangers):
    assert inspect_keras_file(strangers / "model.keras") == []
    assert verdict(lambda: keras.models.load_model(strangers / "model.keras")).startswith("loaded")


@pytest.mark.parametrize("name", EXPECTED)
def test_each_stranger_is_noticed_before_and_while_it_is_loaded(strangers, name):
    concern, word = EXPECTED[name]
    path = strangers / f"{name}.keras"
    assert concern in inspect_keras_file(path)
    assert word in verdict(lambda: keras.models.load_model(path))
    assert "stranger" not in sys.modules
    assert not (strangers.parent / "note.txt").exists()
    assert not (strangers / "note.txt").exists()


def test_half_a_file_is_noticed(strangers):
    with pytest.raises(ValueError, match="without the directory"):
        inspect_keras_file(strangers / "half.keras")
    word = verdict(lambda: keras.models.load_model(strangers / "half.keras"))
    assert word.startswith("ValueError: File not found")


def test_a_lambda_is_refused_everywhere_but_in_a_pickle(doubling, tmp_path):
    assert inspect_keras_file(doubling) == ["names __lambda__", "names keras.layers.Lambda"]
    model = keras.models.load_model(doubling, safe_mode=False)
    model.save(tmp_path / "old.h5")
    for path in (doubling, tmp_path / "old.h5"):
        with pytest.raises(ValueError, match="is a Python lambda"):
            keras.models.load_model(path)
    config = keras.layers.Lambda(lambda x: x).get_config()
    with pytest.raises(ValueError, match="is a Python lambda"):
        keras.layers.Lambda.from_config(config)
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy(np.ones((1, 4))), 2 * np.ones((1, 4)))


def test_a_vocabulary_from_a_file_is_noticed_and_refused(honest, tmp_path):
    def read_diary(config):
        config["config"]["layers"][1] = {
            "module": "keras.layers",
            "class_name": "StringLookup",
            "config": {"vocabulary": str(tmp_path / "diary.txt")},
        }

    (tmp_path / "diary.txt").write_text("dear\ndiary\n")
    copy_archive(honest, tmp_path / "reader.keras", config=read_diary)
    assert inspect_keras_file(tmp_path / "reader.keras") == [
        f"reads the file {tmp_path / 'diary.txt'}"
    ]
    word = verdict(lambda: keras.models.load_model(tmp_path / "reader.keras"))
    assert "vocabulary" in word.lower()


def test_safe_mode_cannot_be_switched_off_from_within(honest, tmp_path):
    def switch(config):
        name = "enable_unsafe_deserialization"
        config["config"]["layers"][1] = {
            "module": "keras.config",
            "class_name": "function",
            "config": name,
            "registered_name": name,
        }

    copy_archive(honest, tmp_path / "switch.keras", config=switch)
    word = verdict(lambda: keras.models.load_model(tmp_path / "switch.keras"))
    assert "is not a modeling function" in word


def test_a_file_without_its_description_is_told(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.writestr("metadata.json", json.dumps({}))
    with pytest.raises(ValueError, match=r"Expected 'config.json' in the archive"):
        inspect_keras_file(tmp_path / "a.keras")


def test_a_verdict_names_the_cause_or_the_warning():
    assert verdict(lambda: None) == "loaded"
    assert verdict(lambda: warnings.warn("odd", stacklevel=1)) == "loaded, warning: odd"

    def wrapped():
        raise TypeError("whole\n\nException encountered: outer Exception encountered: inner. More")

    assert verdict(wrapped) == "TypeError: inner"

    def listed():
        raise ValueError("A total of 1\n\nNot allowed: a link\n\nList")

    assert verdict(listed) == "ValueError: Not allowed: a link"


def test_trust_is_needed_for_any_name_outside_keras_however_deep():
    wave = {"module": "stranger", "class_name": "function", "config": "wave"}
    plain = {"module": "keras.layers", "class_name": "Dense", "config": {}}
    whole = {"module": "keras", "class_name": "Sequential", "config": {"layers": [plain]}}
    assert not needs_trust(whole)
    for layer in (wave, plain | {"config": {"activation": wave}}, {"class_name": "__lambda__"}):
        assert needs_trust(whole | {"config": {"layers": [plain, layer]}})
    assert needs_trust({"module": "kerasx", "class_name": "A"})
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    assert not needs_trust(keras.saving.serialize_keras_object(model))
    hidden = whole | {"config": {"layers": [plain | {"config": {"activation": wave}}]}}
    assert not shallow_needs_trust(hidden)  # the usual mistake
    assert shallow_needs_trust(whole | {"config": {"layers": [wave]}})
