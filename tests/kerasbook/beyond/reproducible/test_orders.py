"""In which order `fit` shows samples: with a seed, the same in all epochs on TensorFlow alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from matplotlib.figure import Figure

from kerasbook.beyond.reproducible.orders import epoch_orders, plot_orders

NUMBERS = np.arange(8, dtype="float32")[:, np.newaxis]
ARRAYS = {"x": NUMBERS, "y": NUMBERS, "batch_size": 8}

# The loss of a compiled step on JAX sees no values but by a callback; PyTorch's is also called once
# to build the model, with ones.
ORDERS = """
import keras
import numpy as np

orders = []

def note(numbers):
    if sorted(numbers.ravel()) == list(range(8)):
        orders.append(tuple(numbers.ravel().tolist()))

def loss(y_true, y_pred):
    if keras.config.backend() == "jax":
        import jax
        jax.debug.callback(note, y_true)
    else:
        note(y_true.detach().numpy())
    return keras.ops.mean(keras.ops.square(y_true - y_pred))

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile("sgd", loss)
numbers = np.arange(8, dtype="float32")[:, np.newaxis]
model.fit(numbers, numbers, batch_size=8, epochs=4, verbose=0)
print(len(orders), len(set(orders)))
"""


def test_with_a_seed_tensorflow_shows_one_order_in_all_epochs_and_trainings():
    """If an upgrade mends it, this fails: then mend the pages that tell of it."""
    keras.utils.set_random_seed(0)
    first, again = epoch_orders(4, **ARRAYS), epoch_orders(4, **ARRAYS)
    assert sorted(first[0]) == list(range(8))
    assert first[0] != list(range(8))
    assert first == [first[0]] * 4
    assert again == first
    keras.utils.set_random_seed(1)
    assert epoch_orders(1, **ARRAYS) != first[:1]


def test_a_dataset_that_shuffles_has_a_new_order_in_each_epoch_and_repeats_them_all():
    pairs = tf.data.Dataset.from_tensor_slices((NUMBERS, NUMBERS))
    keras.utils.set_random_seed(0)
    orders = epoch_orders(4, x=pairs.shuffle(8, seed=0).batch(8), shuffle=False)
    assert len({tuple(order) for order in orders}) == 4
    keras.utils.set_random_seed(0)
    assert epoch_orders(4, x=pairs.shuffle(8, seed=0).batch(8), shuffle=False) == orders


def test_the_figure_has_a_panel_for_each_source_and_a_number_for_each_sample():
    axes = Figure().subplots(1, 2)
    plot_orders(axes, {"same": [[1, 0], [1, 0]], "new": [[0, 1], [1, 0]]})
    texts = [[text.get_text() for text in axis.texts] for axis in axes]
    assert texts == [["1", "0", "1", "0"], ["0", "1", "1", "0"]]
    assert [axis.get_title() for axis in axes] == ["same", "new"]


@pytest.mark.weekly
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_shows_a_new_order_in_each_epoch(on_backend, backend):
    assert on_backend(backend, ORDERS) == ["4 4"]
