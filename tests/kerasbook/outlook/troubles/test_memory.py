import keras
import numpy as np
import pytest

from kerasbook.outlook.troubles import memory
from kerasbook.outlook.troubles.memory import fit_again, fit_anew, resetter


@pytest.mark.weekly
def test_of_networks_built_anew_none_is_left(monkeypatch):
    held = iter([100.0, 110.0])
    monkeypatch.setattr(memory, "held_memory_mib", lambda: next(held))
    assert fit_anew(2, units=8, run_eagerly=True) == ([100, 110], 0)


@pytest.mark.weekly
def test_the_session_is_cleared_before_each_network(monkeypatch):
    cleared = []
    monkeypatch.setattr(keras.backend, "clear_session", lambda: cleared.append(1))
    fit_anew(2, units=8, clear=True, run_eagerly=True)
    assert len(cleared) == 2


def test_a_network_and_its_optimizer_get_their_first_values_back():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.compile("adam", "mse")
    reset = resetter(model)
    first = model.get_weights()
    for _ in range(2):
        model.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
        assert int(model.optimizer.iterations) == 1
        assert not np.array_equal(first[0], model.get_weights()[0])
        reset()
        assert int(model.optimizer.iterations) == 0
        for old, new in zip(first, model.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)


@pytest.mark.weekly
def test_one_network_begins_each_fit_with_its_first_values(monkeypatch):
    class Recorder(keras.Sequential):
        begun = []

        def fit(self, *args, **settings):
            self.begun.append([*self.get_weights(), int(self.optimizer.iterations)])
            return super().fit(*args, **settings)

    def build(units):
        model = Recorder([keras.Input((16,)), keras.layers.Dense(units)])
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    monkeypatch.setattr(memory, "build_table_network", build)
    assert len(fit_again(2, units=2)) == 2
    (kernel, bias, steps), again = Recorder.begun
    np.testing.assert_array_equal(kernel, again[0])
    np.testing.assert_array_equal(bias, again[1])
    assert steps == again[2] == 0
