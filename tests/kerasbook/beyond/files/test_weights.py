import io
import zipfile

import h5py
import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.beyond.files import weights as page
from kerasbook.beyond.files.malicious import copy_archive


@pytest.fixture
def file():
    with h5py.File(io.BytesIO(), "w") as opened:
        yield opened


def test_arrays_are_listed_with_bytes_worked_out_by_hand(file):
    file["a/b"] = np.zeros((2, 3), "float32")
    file["c"] = np.float64(1)
    assert list(page.walk_weights(file)) == [("a/b", (2, 3), 24, 24), ("c", (), 8, 8)]


def test_what_is_declared_and_not_stored_shows(file):
    file.create_dataset("huge", (2**20, 2**20), "float32", chunks=(1024, 1024))
    entries = list(page.walk_weights(file))
    assert entries == [("huge", (2**20, 2**20), 2**42, 0)]
    assert page.weight_concerns(entries) == ["huge claims 4,398,046,511,104 bytes, stores 0"]


def test_no_link_is_followed(file, tmp_path):
    file["here"] = np.zeros(2)
    file["soft"] = h5py.SoftLink("/here")
    file["other"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/x")
    file.create_dataset("raw", (2,), "f4", external=[(str(tmp_path / "raw.bin"), 0, 8)])
    layout = h5py.VirtualLayout((2,), "f4")
    layout[:] = h5py.VirtualSource(str(tmp_path / "source.h5"), "x", (2,))
    file.create_virtual_dataset("view", layout)
    concerns = page.weight_concerns(page.walk_weights(file))
    names = ["other", "raw", "soft", "view"]
    assert concerns == [f"{name} points to another place" for name in names]


def test_groups_in_a_circle_end(file):
    group = file.create_group("round")
    group["round"] = group
    with pytest.raises(ValueError, match="at most 20 deep"):
        list(page.walk_weights(file))


def test_a_hundredfold_is_no_concern_and_more_is():
    entries = [("packed", (25,), 100, 1), ("bomb", (26,), 101, 1), ("empty", (0,), 0, 0)]
    assert page.weight_concerns(entries) == ["bomb claims 101 bytes, stores 1"]


def test_weights_of_a_file_are_those_of_the_model(honest):
    model = keras.models.load_model(honest)
    listed = [e[1] for e in page.list_weights(honest) if e[0].startswith("layers/")]
    assert listed == [tuple(w.shape) for w in model.weights]
    assert page.weight_concerns(page.list_weights(honest)) == []


def test_a_checkpoint_cut_in_half_is_named_with_its_cure(honest, tmp_path):
    path = tmp_path / "half.weights.h5"
    model = keras.models.load_model(honest)
    model.save_weights(path)
    shapes = [entry[1] for entry in page.list_weights(path) if entry[0].startswith("layers/")]
    assert shapes == [tuple(w.shape) for w in model.weights]
    page.check_weights_fit(model, path)
    path.write_bytes(path.read_bytes()[:5000])
    told = r"half\.weights\.h5', which HDF5 cannot read.*eof = 5000.*earlier checkpoint"
    with pytest.raises(ValueError, match=told):
        page.list_weights(path)
    with pytest.raises(FileNotFoundError):
        page.list_weights(tmp_path / "none.weights.h5")


def test_a_file_without_readable_weights_is_told(honest, tmp_path):
    for name, content in (("none", None), ("broken", b"no HDF5")):
        path = tmp_path / f"{name}.keras"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", "{}")
            if content:
                archive.writestr("model.weights.h5", content)
        told = rf"{name}\.keras', which HDF5 cannot read .*fetch it again"
        with pytest.raises(ValueError, match=told):
            page.list_weights(path)


def test_weights_that_fit_pass_even_with_states_of_their_own(tmp_path):
    layers = [
        keras.Input((6,)),
        keras.Sequential([keras.layers.Dense(4), keras.layers.BatchNormalization()]),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(2),
    ]
    model = keras.Sequential(layers)
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(np.zeros((4, 6)), np.zeros((4, 2)), verbose=0)
    model.save(tmp_path / "m.keras")
    page.check_weights_fit(model, tmp_path / "m.keras")


def test_optimizers_of_parts_and_layers_kept_as_attributes_do_not_confuse(tmp_path):
    class Held(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.last = keras.layers.Dense(3), keras.layers.Dense(2)

        def call(self, inputs):
            return self.last(self.first(inputs))

    trained = network(3, 4)
    trained.compile("adam", "mse")
    trained.fit(np.zeros((4, 4)), np.zeros((4, 4)), verbose=0)
    nested = keras.Sequential([keras.Input((4,)), trained, keras.layers.Dense(2)])
    held = Held()
    held(np.zeros((1, 4)))
    for model in (nested, held):
        model.save_weights(tmp_path / "m.weights.h5", overwrite=True)
        page.check_weights_fit(model, tmp_path / "m.weights.h5")


def network(*units):
    return keras.Sequential([keras.Input((4,)), *map(keras.layers.Dense, units)])


def test_weights_of_another_network_are_told_shape_by_shape(honest):
    page.check_weights_fit(network(3, 2), honest)
    wrong = r"Missing: \[\(3, 7\), \(7,\)\], left over: \[\(2,\), \(3, 2\)\]"
    with pytest.raises(ValueError, match=wrong):
        page.check_weights_fit(network(3, 7), honest)


def test_keras_is_silent_about_weights_left_over_and_the_check_is_not(honest):
    network(3).load_weights(honest)
    with pytest.raises(ValueError, match=r"Missing: \[\], left over: \[\(2,\), \(3, 2\)\]"):
        page.check_weights_fit(network(3), honest)


def test_claims_are_drawn_at_their_bytes(honest):
    axis = Figure().subplots()
    page.plot_claims(axis, [("a", (1,), 4, 4), ("b", (9,), 36, 0), ("gone", None, 0, 0)])
    assert axis.get_xlim()[0] < 1
    assert axis.get_xlim()[1] > 2**42  # what a lie may declare is in the picture
    declared, stored = axis.lines
    assert list(declared.get_xdata()) == [4, 36]
    assert list(stored.get_xdata()) == [4, 1]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["a", "b"]
    copy_archive(honest, honest.with_name("again.keras"))
    assert page.list_weights(honest.with_name("again.keras")) == page.list_weights(honest)
