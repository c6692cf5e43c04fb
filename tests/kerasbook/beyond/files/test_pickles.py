import io
import pickle

import numpy as np
import pytest

from kerasbook.beyond.files.pickles import Announcement, pickle_names


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_the_announcement_prints_while_it_is_loaded_and_not_while_it_is_read(capsys, protocol):
    data = pickle.dumps(Announcement(), protocol=protocol)
    (name,) = pickle_names(data)
    assert name in ("builtins.print", "__builtin__.print")
    assert capsys.readouterr().out == ""
    pickle.loads(data)
    assert capsys.readouterr().out == "a function of the file's choice ran\n"


def test_plain_values_need_no_names():
    assert pickle_names(pickle.dumps({"a": [1, 2.5, "builtins", None], "b": ("x", b"y")})) == []


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_names_that_are_fetched_again_from_memory_are_whole(protocol):
    data = pickle.dumps([np.zeros(2), np.float32(1), np.dtype("int8")], protocol=protocol)
    asked = []

    class Listening(pickle.Unpickler):
        def find_class(self, module, name):
            asked.append(f"{module}.{name}")
            return super().find_class(module, name)

    Listening(io.BytesIO(data)).load()  # the oracle: what pickle itself asks for
    assert pickle_names(data) == sorted(set(asked))


def test_numpy_and_torch_refuse_what_is_no_number(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        np.load(tmp_path / "a.npy")
    torch = pytest.importorskip("torch")
    torch.save(Announcement(), tmp_path / "a.pt")
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        torch.load(tmp_path / "a.pt", weights_only=True)
