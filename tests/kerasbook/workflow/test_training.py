"""Training: the loop, the callbacks, files, when to stop."""

import csv

import keras
import numpy as np
import pytest

from kerasbook.classifier import build_classifier
from kerasbook.workflow import training as page


def blobs(count, seed):
    """Return noisy 64-pixel patterns of ten classes, easy to tell apart, and their labels."""
    centers = np.random.default_rng(99).uniform(0, 1, (10, 64))
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    inputs = centers[labels] + generator.normal(0, 0.2, (count, 64))
    return inputs.astype("float32"), labels


def built(seed=0, **settings):
    """Build a classifier whose weights depend on the seed alone."""
    keras.utils.set_random_seed(seed)
    return build_classifier(**settings)


def difference(first, second):
    """Return the largest difference of a weight."""
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


# What the page says of Keras


def test_evaluate_weights_batches_by_their_size():
    inputs, labels = blobs(25, seed=0)
    model = built()
    by_batch = [
        model.evaluate(inputs, labels, batch_size=size, verbose=0, return_dict=True)["loss"]
        for size in (25, 10, 7)
    ]
    probabilities = model.predict(inputs, verbose=0)
    losses = -np.log(probabilities[np.arange(25), labels])
    assert by_batch == pytest.approx([losses.mean()] * 3, rel=1e-5)
    means = np.mean([losses[:10].mean(), losses[10:20].mean(), losses[20:].mean()])
    assert abs(means - losses.mean()) > 1e-3


def test_recall_auc_and_rmse_do_not_depend_on_the_batch_size():
    generator = np.random.default_rng(0)
    scores = generator.uniform(size=(25, 1)).astype("float32")
    labels = (scores + generator.normal(0, 0.3, (25, 1)) > 0.5).astype("float32")
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((1,)), layer])
    root = keras.metrics.RootMeanSquaredError(name="root")
    model.compile("sgd", "mse", metrics=[keras.metrics.Recall(), keras.metrics.AUC(), root])
    found = [
        model.evaluate(scores, labels, batch_size=size, verbose=0, return_dict=True)
        for size in (25, 10, 7)
    ]
    for name, value in found[0].items():
        assert [each[name] for each in found] == pytest.approx([value] * 3, rel=1e-4)
    expected = np.sqrt(np.mean((scores - labels) ** 2))
    assert found[0]["root"] == pytest.approx(expected, rel=1e-4)


def test_running_averages_of_batch_normalization_move_by_1_percent_a_step():
    layer = keras.layers.BatchNormalization()
    inputs = np.full((8, 1), 5.0, "float32")
    for _ in range(19):
        layer(inputs, training=True)
    assert np.asarray(layer.moving_mean) == pytest.approx(5 * (1 - 0.99**19), rel=1e-4)
    assert round(0.99**19, 2) == 0.83


def test_metrics_in_third_place_are_taken_for_loss_weights():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(10)])
    model.compile("adam", "mse", ["accuracy"])
    with pytest.raises(ValueError, match="string"):
        model.fit(*blobs(20, seed=0), verbose=0)


def test_a_second_fit_goes_on_from_the_weights_of_the_first():
    data = blobs(40, seed=0)
    model = built()
    first = model.fit(*data, epochs=8, verbose=0).history["loss"]
    second = model.fit(*data, epochs=1, verbose=0).history["loss"]
    assert second[0] < first[1]


# The loop


@pytest.mark.sampled("0")
@pytest.mark.parametrize("dropout", [0, 0.3])
def test_by_hand_is_what_fit_does(dropout):
    inputs, labels = blobs(50, seed=0)
    options = {"epochs": 3, "batch_size": 16}
    by_fit = built(dropout=dropout)
    history = by_fit.fit(inputs, labels, shuffle=False, verbose=0, **options).history
    by_hand = built(dropout=dropout)
    losses = page.fit_by_hand(by_hand, inputs, labels, **options)
    assert difference(by_fit, by_hand) < 1e-5
    assert losses == pytest.approx(history["loss"], rel=1e-4)
    assert difference(by_fit, built(dropout=dropout)) > 1e-3


class Recorder:
    """Stands for a model and notes the batches that it is given."""

    def __init__(self):
        self.batches = []

    def train_on_batch(self, inputs, labels, return_dict):
        assert return_dict
        self.batches.append(inputs.tolist())
        np.testing.assert_array_equal(inputs, 10 * labels)
        return {"loss": float(len(self.batches))}


def test_the_last_batch_holds_the_rest_and_weighs_less():
    model, labels = Recorder(), np.arange(7)
    losses = page.fit_by_hand(model, 10 * labels, labels, epochs=2, batch_size=3)
    assert model.batches == 2 * [[0, 10, 20], [30, 40, 50], [60]]
    assert losses == pytest.approx([(3 * 1 + 3 * 2 + 1 * 3) / 7, (3 * 4 + 3 * 5 + 1 * 6) / 7])


# Callbacks


def test_without_validation_data_early_stopping_only_warns():
    stop = keras.callbacks.EarlyStopping(restore_best_weights=True)
    message = "conditioned on metric `val_loss` which is not available"
    with pytest.warns(UserWarning, match=message):
        history = built().fit(*blobs(20, seed=0), epochs=3, verbose=0, callbacks=[stop])
    assert len(history.epoch) == 3


def test_epochs_without_validation_have_no_validation_loss():
    data = blobs(20, seed=0)
    settings = {"validation_data": data, "validation_freq": 2, "epochs": 4, "verbose": 0}
    history = built().fit(*data, **settings).history
    assert (len(history["loss"]), len(history["val_loss"])) == (4, 2)


def test_the_callbacks_stop_keep_the_best_and_log(tmp_path):
    model = built()
    training, validation = blobs(100, seed=0), blobs(40, seed=1)
    usual = page.usual_callbacks(tmp_path / "best.keras", str(tmp_path / "log.csv"), patience=4)
    history = model.fit(
        *training, validation_data=validation, epochs=400, batch_size=25, verbose=0,
        callbacks=usual,
    ).history  # fmt: skip
    best = int(np.argmin(history["val_loss"]))
    epochs = len(history["loss"])
    assert epochs < 400
    assert best < epochs - 1
    kept = model.evaluate(*validation, verbose=0, return_dict=True)
    assert kept["loss"] == pytest.approx(history["val_loss"][best], rel=1e-4)
    saved = keras.models.load_model(tmp_path / "best.keras")
    assert difference(model, saved) == 0
    assert history["learning_rate"][-1] < history["learning_rate"][0]
    rows = list(csv.DictReader((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == epochs


# Saving


def test_training_continues_from_a_whole_file_or_a_prepared_optimizer_only(tmp_path):
    inputs, labels = blobs(60, seed=0)
    options = {"epochs": 2, "batch_size": 20, "shuffle": False, "verbose": 0}
    straight = built()
    straight.fit(inputs, labels, **options)
    straight.save(tmp_path / "half.keras")
    straight.save_weights(tmp_path / "half.weights.h5")
    from_file = keras.models.load_model(tmp_path / "half.keras")
    weights_only, prepared = built(), built()
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer"):
        weights_only.load_weights(tmp_path / "half.weights.h5")
    prepared.optimizer.build(prepared.trainable_variables)
    prepared.load_weights(tmp_path / "half.weights.h5")
    for model in (straight, from_file, weights_only, prepared):
        model.fit(inputs, labels, **options)
    assert difference(straight, from_file) < 1e-6
    assert difference(straight, prepared) < 1e-6
    assert difference(straight, weights_only) > 1e-3


# When to stop

SERIES = [
    ([0.9, 0.7, 0.8, 0.75, 0.6], 2),
    ([0.9, 0.7, 0.8, 0.75, 0.6], 3),
    ([0.5, 0.6, 0.7], 1),
    ([0.9, 0.8, 0.7], 1),
    ([0.9, 0.5, 0.5, 0.5, 0.4], 2),
]


class Played(keras.callbacks.Callback):
    """Plays a series of validation losses to the callbacks behind it."""

    def __init__(self, losses):
        super().__init__()
        self.losses = losses

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.losses[epoch]


@pytest.mark.sampled("losses0-2", "losses4-2")
@pytest.mark.parametrize(("losses", "patience"), SERIES)
def test_training_stops_when_keras_stops_it(losses, patience):
    model = built()
    stop = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=patience, restore_best_weights=True
    )
    data = blobs(10, seed=0)
    history = model.fit(
        *data, epochs=len(losses), callbacks=[Played(losses), stop], verbose=0
    ).history
    expected = len(history["loss"]), stop.best_epoch + 1
    assert page.early_stopping_epoch(losses, patience) == expected


def test_stopping_by_hand_and_the_usual_mistake():
    # 0.8 and 0.75 are both above 0.7: two epochs in vain, although the second was a gain.
    assert page.early_stopping_epoch([0.9, 0.7, 0.8, 0.75, 0.6], 2) == (4, 2)
    assert page.careless_early_stopping_epoch([0.9, 0.7, 0.8, 0.75, 0.6], 2) == (5, 5)
    assert page.careless_early_stopping_epoch([0.5, 0.6, 0.7], 1) == (2, 1)
