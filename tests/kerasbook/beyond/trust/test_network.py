import keras
import numpy as np
import pytest

from kerasbook.beyond.trust import network as page


@pytest.fixture(scope="module")
def task():
    labels = np.arange(40) % 4
    images = np.random.default_rng(0).random((40, 32, 32, 3), dtype="float32") / 4
    images[..., 0] += labels[:, np.newaxis, np.newaxis] / 5
    return images, labels


def test_the_network_learns_what_is_there(task):
    keras.utils.set_random_seed(0)
    model = page.train_judged(*task, epochs=60)
    chances = page.ask_network(model, task[0])
    assert chances.shape == (40, 10)
    assert np.mean(chances.argmax(axis=1) == task[1]) > 0.9


def test_a_temperature_changes_confidence_and_no_answer(task):
    keras.utils.set_random_seed(0)
    model = page.build_judged_network(widths=(4, 4, 4))
    assert model.output_shape == (None, 10)
    cold, warm = (page.ask_network(model, task[0], value) for value in (0.1, 10))
    np.testing.assert_allclose(cold.sum(axis=1), 1, rtol=1e-5)
    assert (cold.argmax(axis=1) == warm.argmax(axis=1)).all()
    assert (cold.max(axis=1) > warm.max(axis=1)).all()


def test_callbacks_are_called(task):
    seen = []
    watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    page.train_judged(*task, epochs=2, callbacks=[watch])
    assert seen == [0, 1]
