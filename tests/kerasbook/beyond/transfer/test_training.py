"""A head of dense layers: its shapes, and that it learns what a linear one cannot."""

import keras
import numpy as np

from kerasbook.beyond.transfer import training as page


def test_the_head_has_two_dense_layers():
    model = page.build_mlp_head(30, hidden=8, num_classes=3)
    assert model.output_shape == (None, 3)
    assert model.count_params() == (30 + 1) * 8 + (8 + 1) * 3


def test_it_learns_an_exclusive_or():
    keras.utils.set_random_seed(0)
    signs = np.sign(np.random.default_rng(0).normal(size=(400, 2)))
    x = np.repeat(signs, 10, axis=1).astype("float32")
    y = (signs[:, 0] != signs[:, 1]).astype(int)
    model = page.build_mlp_head(20, hidden=64, num_classes=2)
    page.train_head(model, x, y, epochs=40, batch_size=50)
    assert np.mean(model.predict(x, verbose=0).argmax(axis=1) == y) > 0.95


def test_the_rate_falls_to_zero():
    model = page.build_mlp_head(4)
    page.train_head(model, np.zeros((30, 4), "float32"), np.zeros(30, int), epochs=3, batch_size=20)
    assert int(model.optimizer.iterations) == 6  # two batches an epoch, the second not full
    assert float(model.optimizer.learning_rate) < 1e-9
