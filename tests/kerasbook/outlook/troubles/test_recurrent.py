import keras
import numpy as np
import pytest

from kerasbook.isolation import call_on_backend
from kerasbook.outlook.troubles.elsewhere import SUBPROCESS_HEADER
from kerasbook.outlook.troubles.recurrent import carries_state


def train_stateful(kind, **more):
    """Train on two batches; returns the states of the first sample."""
    rows = np.random.default_rng(0).normal(size=(4, 5, 3))
    layer = getattr(keras.layers, kind)(3, stateful=True, **more)
    model = keras.Sequential([keras.Input((5, 3), batch_size=2), layer])
    model.compile("sgd", "mse")
    settings = {"batch_size": 2, "shuffle": False, "verbose": 0}
    model.fit(rows, rows.mean(axis=1), **settings)
    return keras.ops.convert_to_numpy(layer.states[0])[0].tolist()


def ask(backend, part, call):
    return call_on_backend(backend, [part], call, header=SUBPROCESS_HEADER)


def test_on_tensorflow_the_state_is_carried_on():
    assert carries_state() is True


@pytest.mark.sampled("torch-True")
@pytest.mark.parametrize(("backend", "carried"), [("jax", False), ("torch", True)])
def test_elsewhere_predict_carries_it_or_loses_it(backend, carried):
    assert ask(backend, carries_state, "carries_state()") is carried


@pytest.mark.weekly
def test_fit_keeps_the_state_on_tensorflow_and_loses_it_on_jax():
    assert any(ask("tensorflow", train_stateful, "train_stateful('LSTM')"))
    assert ask("jax", train_stateful, "train_stateful('LSTM')") == [0, 0, 0]


@pytest.mark.weekly
def test_on_pytorch_an_lstm_is_trained_without_cudnn_only():
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        ask("torch", train_stateful, "train_stateful('LSTM')")
    assert any(ask("torch", train_stateful, "train_stateful('LSTM', use_cudnn=False)"))
