"""In which order `fit` shows samples: with a seed, the same in all epochs on TensorFlow alone."""

import keras
import pytest

from kerasbook.beyond.reproducible.orders import epoch_orders

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
    first, again = epoch_orders(4), epoch_orders(4)
    assert sorted(first[0]) == list(range(8))
    assert first[0] != list(range(8))
    assert first == [first[0]] * 4
    assert again == first
    keras.utils.set_random_seed(1)
    assert epoch_orders(1) != first[:1]


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_shows_a_new_order_in_each_epoch(on_backend, backend):
    assert on_backend(backend, ORDERS) == ["4 4"]
