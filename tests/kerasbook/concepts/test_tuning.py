import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.classifier import build_model
from kerasbook.concepts import tuning as page


@pytest.fixture
def digits():
    """Return forty images, all ink where the digit says, and their digits."""
    labels = np.arange(40) % 10
    images = np.random.default_rng(0).random((40, 64), "float32") * 0.2
    images[np.arange(40), labels * 6] = 1
    return images, labels


def test_a_restarted_model_trains_as_a_new_one(digits):
    keras.utils.set_random_seed(4)
    model = build_model()
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")

    def run():
        return model.fit(*digits, epochs=3, shuffle=False, verbose=0).history["loss"]

    new = run()
    page.restart(model, 4, 0.3)
    other = run()
    page.restart(model, 4, 0.01)
    assert int(model.optimizer.iterations) == 0
    assert run() == pytest.approx(new, rel=1e-5)
    assert other != pytest.approx(new, rel=1e-2)


def test_the_comparison_puts_every_run_in_its_place(digits):
    images, labels = digits
    training, validation = (images[:30], labels[:30]), (images[30:], labels[30:])
    settings = {"seeds": [0, 1], "epochs": 2}
    make = page.OPTIMIZERS["momentum"]
    losses, final = page.compare(make, training, validation, rates=[0.01, 0.3], **settings)
    assert (losses.shape, final.shape) == ((2, 2, 2), (2, 2))
    keras.utils.set_random_seed(1)
    model = build_model()
    model.compile(make(0.3), "sparse_categorical_crossentropy")
    history = model.fit(*training, validation_data=validation, epochs=2, verbose=0).history
    assert losses[1, 1] == pytest.approx(history["loss"], rel=1e-4)
    assert final[1, 1] == pytest.approx(history["val_loss"][-1], rel=1e-4)


def test_the_four_optimizers_are_what_their_names_say():
    made = {name: make(0.25) for name, make in page.OPTIMIZERS.items()}
    kinds = [type(optimizer).__name__ for optimizer in made.values()]
    assert kinds == ["SGD", "SGD", "RMSprop", "Adam"]
    assert [made[name].momentum for name in ("SGD", "momentum")] == [0, 0.9]
    assert [float(optimizer.learning_rate) for optimizer in made.values()] == [0.25] * 4


def test_optimizers_are_told_apart_without_color():
    losses = {name: np.full(3, k + 1.0) for k, name in enumerate(page.OPTIMIZERS)}
    axis = Figure().subplots()
    page.plot_tuning(axis, [0.01, 0.1, 1], losses)
    styles = {(line.get_marker(), line.get_linestyle()) for line in axis.lines}
    assert len(styles) == len(axis.lines) == 4
    assert [text.get_text() for text in axis.get_legend().get_texts()] == list(page.OPTIMIZERS)
    assert list(axis.lines[2].get_ydata()) == [3, 3, 3]
    assert list(axis.lines[2].get_xdata()) == [0.01, 0.1, 1]
