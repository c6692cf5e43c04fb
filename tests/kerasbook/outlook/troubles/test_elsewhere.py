from types import SimpleNamespace

import keras
import numpy as np
import pytest

from kerasbook.outlook.troubles.elsewhere import (
    devices_mirrored,
    devices_used,
    fit_small,
    split_processor,
    train_own,
    with_custom_train_step,
    with_own_loss,
)


def test_both_ways_train_the_same_and_not_as_without():
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    step, loss = with_custom_train_step(), with_own_loss()
    assert train_own(lambda: step) == train_own(lambda: loss)
    targets, outputs = np.array([0]), np.array([[3.0, 4.0]], dtype="float32")
    extra = float(loss.compute_loss(y=targets, y_pred=outputs)) - float(plain(targets, outputs))
    assert extra == pytest.approx(0.01 * (9 + 16) / 2, rel=1e-4)


def test_on_tensorflow_one_device_holds_the_weights():
    assert devices_used() == devices_mirrored(1) == 1
    assert keras.distribution.distribution() is None


def test_copies_on_two_devices_are_counted(monkeypatch):
    copies = [SimpleNamespace(device=name) for name in ("CPU:0", "CPU:1", "CPU:1")]
    kernel = SimpleNamespace(value=SimpleNamespace(values=copies))
    monkeypatch.setattr(keras.Sequential, "fit", lambda *_, **__: None)
    monkeypatch.setattr(keras.Sequential, "weights", [kernel])
    assert fit_small() == 2


def test_a_processor_is_split_into_parts(monkeypatch):
    import tensorflow as tf

    split = []
    name = "set_logical_device_configuration"
    monkeypatch.setattr(tf.config, name, lambda *asked: split.append(asked))
    split_processor(3)
    ((processor, parts),) = split
    assert processor.device_type == "CPU"
    assert len(parts) == 3
