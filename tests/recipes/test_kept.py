import numpy as np
import pytest

from recipes import kept


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "STORE", tmp_path / "kept")
    return tmp_path / "kept"


def test_what_was_computed_is_not_computed_again_unless_a_part_changes(store):
    calls = []

    def compute():
        calls.append(1)
        return {"rows": np.arange(3.0), "count": np.array(len(calls))}

    for _ in range(2):
        found = kept.kept_arrays("toy", [b"data", b"code"], compute)
        assert found["rows"].tolist() == [0, 1, 2]
        assert found["count"] == 1
    # where one part ends and the next begins counts as well
    for parts in ([b"datac", b"ode"], [b"data"]):
        kept.kept_arrays("toy", parts, compute)
    assert len(calls) == len(list(store.iterdir())) == 3


def test_a_run_that_ends_early_leaves_no_half(store, monkeypatch):
    def die(path, **arrays):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", die)
    with pytest.raises(KeyboardInterrupt):
        kept.kept_arrays("toy", [b"data"], lambda: {"rows": np.zeros(2)})
    monkeypatch.undo()
    monkeypatch.setattr(kept, "STORE", store)
    found = kept.kept_arrays("toy", [b"data"], lambda: {"rows": np.ones(2)})
    assert found["rows"].tolist() == [1, 1]
