"""Training: the split, the loop, the callbacks, saving, and the statistics of a test."""

import csv

import keras
import numpy as np
import pytest
import scipy.stats
from matplotlib.figure import Figure

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
    return page.build_classifier(**settings)


def difference(first, second):
    """Return the largest difference of a weight."""
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


# The split

LABELS = np.random.default_rng(1).permutation(np.repeat([0, 1, 7], [100, 50, 10]))


def test_every_class_is_split_by_the_same_shares():
    parts = page.split_three(LABELS, fractions=(0.6, 0.2, 0.2), seed=0)
    counts = [np.bincount(LABELS[part], minlength=8)[[0, 1, 7]].tolist() for part in parts]
    assert counts == [[60, 30, 6], [20, 10, 2], [20, 10, 2]]


def test_the_three_parts_are_everything_once():
    parts = page.split_three(LABELS, seed=0)
    assert sorted(np.concatenate(parts)) == list(range(160))
    assert all((np.diff(part) > 0).all() for part in parts)


def test_the_seed_decides_the_split():
    first, again, other = (page.split_three(LABELS, seed=seed)[2] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("fractions", [(0.5, 0.5), (0.6, 0.2, 0.1)])
def test_bad_fractions_are_echoed(fractions):
    with pytest.raises(ValueError, match="sum to 1") as caught:
        page.split_three(LABELS, fractions=fractions, seed=0)
    assert str(fractions) in str(caught.value)


# What the page says of Keras


def test_validation_split_takes_the_last_samples_before_shuffling():
    seen = []
    inputs = np.arange(10, dtype="float32")[:, None]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse", run_eagerly=True)

    class Spy(keras.losses.Loss):
        def call(self, y_true, y_pred):
            seen.append(np.asarray(y_true).ravel().tolist())
            return keras.ops.mean(keras.ops.square(y_true - y_pred), axis=-1)

    model.compile(optimizer=keras.optimizers.SGD(0.0), loss=Spy(), run_eagerly=True)
    model.fit(inputs, inputs, validation_split=0.2, batch_size=8, epochs=1, verbose=0)
    training, validation = seen
    assert sorted(training) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert training != sorted(training)  # shuffled, but only after the cut
    assert validation == [8, 9]


def test_split_dataset_does_not_shuffle_by_default():
    left, right = keras.utils.split_dataset(np.arange(10), left_size=0.8)
    assert [int(value) for value in right] == [8, 9]
    assert len(list(left)) == 8


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


def test_dropout_scales_what_it_keeps():
    keras.utils.set_random_seed(0)
    layer = keras.layers.Dropout(0.25)
    ones = np.ones((4000, 1), "float32")
    np.testing.assert_array_equal(layer(ones, training=False), ones)
    dropped = np.asarray(layer(ones, training=True))
    assert np.unique(dropped).tolist() == pytest.approx([0, 1 / 0.75])
    assert np.mean(dropped == 0) == pytest.approx(0.25, abs=0.03)


def test_running_averages_of_batch_normalization_keep_99_percent_a_step():
    layer = keras.layers.BatchNormalization()
    inputs = np.full((8, 1), 5.0, "float32")
    for _ in range(34):
        layer(inputs, training=True)
    assert np.asarray(layer.moving_mean) == pytest.approx(5 * (1 - 0.99**34), rel=1e-4)
    assert round(0.99**34, 2) == 0.71


def test_metrics_in_third_place_are_taken_for_loss_weights():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(10)])
    model.compile("adam", "mse", ["accuracy"])
    with pytest.raises(ValueError, match="string"):
        model.fit(*blobs(20, seed=0), verbose=0)


# The networks


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, 64 * 64 + 64 + 64 * 10 + 10),
        ({"hidden": 0, "dropout": 0}, 64 * 10 + 10),
        ({"hidden": 2}, 64 * 2 + 2 + 2 * 10 + 10),
        ({"batch_norm": True}, 64 * 64 + 64 + 4 * 64 + 64 * 10 + 10),
    ],
)
def test_parameters_by_hand(settings, expected):
    model = page.build_classifier(**settings)
    seeds = 2 if settings.get("dropout", 0.3) else 0
    counted = sum(int(np.prod(weight.shape)) for weight in model.weights)
    assert counted in (expected, expected + seeds)
    assert model.output_shape == (None, 10)
    assert model.compiled


def test_accuracy_counts_hits():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Activation("linear")])
    outputs = np.array([[0.2, 0.7, 0.1], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.4, 0.3, 0.3]])
    assert page.model_accuracy(model, outputs, np.array([1, 0, 0, 0])) == 0.75


# The loop


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
    losses = page.fit_by_hand(model, 10 * labels, labels, epochs=1, batch_size=3)
    assert model.batches == [[0, 10, 20], [30, 40, 50], [60]]
    assert losses == [pytest.approx((3 * 1 + 3 * 2 + 1 * 3) / 7)]


def test_a_generator_shuffles_every_epoch_anew():
    model, labels = Recorder(), np.arange(12)
    generator = np.random.default_rng(0)
    page.fit_by_hand(model, 10 * labels, labels, epochs=2, batch_size=12, generator=generator)
    first, second = model.batches
    assert sorted(first) == sorted(second) == (10 * labels).tolist()
    assert first != second


# Callbacks


def test_the_callbacks_stop_keep_the_best_and_log(tmp_path):
    model = built(learning_rate=0.05)
    training, validation = blobs(100, seed=0), blobs(40, seed=1)
    usual = page.usual_callbacks(tmp_path / "best.keras", str(tmp_path / "log.csv"), patience=4)
    history = model.fit(
        *training, validation_data=validation, epochs=300, batch_size=25, verbose=0,
        callbacks=[page.EvaluateTraining(*training), *usual],
    ).history  # fmt: skip
    best = int(np.argmin(history["val_loss"]))
    epochs = len(history["loss"])
    assert epochs < 300
    assert best < epochs - 1
    kept = model.evaluate(*validation, verbose=0, return_dict=True)
    assert kept["loss"] == pytest.approx(history["val_loss"][best], rel=1e-4)
    saved = keras.models.load_model(tmp_path / "best.keras")
    assert difference(model, saved) == 0
    assert history["learning_rate"][-1] < history["learning_rate"][0]
    rows = list(csv.DictReader((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == epochs
    logged = [float(row["loss_after"]) for row in rows]
    assert logged == pytest.approx(history["loss_after"], rel=1e-5)


def test_the_loss_after_is_that_of_evaluate():
    model, (inputs, labels) = built(), blobs(60, seed=0)
    history = model.fit(
        inputs, labels, epochs=2, batch_size=20, verbose=0,
        callbacks=[page.EvaluateTraining(inputs, labels)],
    ).history  # fmt: skip
    expected = model.evaluate(inputs, labels, verbose=0, return_dict=True)["loss"]
    assert history["loss_after"][-1] == pytest.approx(expected, rel=1e-5)
    assert history["loss_after"][0] < history["loss"][0]


# Saving


def test_training_continues_from_a_whole_file_only(tmp_path):
    inputs, labels = blobs(60, seed=0)
    options = {"epochs": 2, "batch_size": 20, "shuffle": False, "verbose": 0}
    straight = built(dropout=0)
    straight.fit(inputs, labels, **options)
    straight.save(tmp_path / "half.keras")
    straight.save_weights(tmp_path / "half.weights.h5")
    from_file = keras.models.load_model(tmp_path / "half.keras")
    weights_only, prepared = built(dropout=0), built(dropout=0)
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer"):
        weights_only.load_weights(tmp_path / "half.weights.h5")
    prepared.optimizer.build(prepared.trainable_variables)
    prepared.load_weights(tmp_path / "half.weights.h5")
    for model in (straight, from_file, weights_only, prepared):
        model.fit(inputs, labels, **options)
    assert difference(straight, from_file) < 1e-6
    assert difference(straight, prepared) < 1e-6
    assert difference(straight, weights_only) > 1e-3


# Sizes


def test_more_samples_help_and_runs_are_repeatable():
    (inputs, labels), validation = blobs(200, seed=0), blobs(100, seed=1)
    generator = np.random.default_rng(2)
    order = np.r_[generator.permutation(100), 100 + generator.permutation(100)]
    noisy = inputs[order] + generator.normal(0, 0.6, (200, 64)).astype("float32")
    training = noisy, labels[order]
    options = {"sizes": (10, 200), "seeds": (0,), "epochs": 6, "batch_size": 50}
    found = page.accuracy_by_size(training, validation, **options)
    assert found.shape == (2, 2, 1)
    (fitted, _), (few, many) = found.mean(axis=2)
    assert fitted == 1, "ten samples are learned by heart"
    assert few > 0.3, "and they say something about the rest"
    assert many > few + 0.1
    again = page.accuracy_by_size(training, validation, **options)
    np.testing.assert_array_equal(found, again)


def test_every_seed_draws_other_samples_and_small_draws_lie_in_large_ones(monkeypatch):
    seen = []
    monkeypatch.setattr(keras.Model, "fit", lambda self, x, y, **_: seen.append((set(y), len(x))))
    training = np.zeros((40, 64), "float32"), np.arange(40)
    options = {"sizes": (5, 20), "seeds": (0, 1), "epochs": 1, "batch_size": 5}
    page.accuracy_by_size(training, training, **options)
    (few, n_few), (many, n_many), (other, _), _ = seen
    assert (len(few), len(many), n_few, n_many) == (5, 20, 20, 20)
    assert few < many
    assert few != other


# Intervals


def test_the_bootstrap_of_a_proportion_agrees_with_the_binomial():
    values = np.repeat([1, 0], [80, 20])
    low, high = page.bootstrap_interval(values, resamples=20_000, seed=0)
    expected = scipy.stats.binom(100, 0.8).ppf([0.025, 0.975]) / 100
    assert (low, high) == pytest.approx(tuple(expected), abs=0.011)


def test_the_bootstrap_agrees_with_scipy_and_narrows_with_confidence():
    values = np.random.default_rng(0).exponential(size=60)
    mine = page.bootstrap_interval(values, confidence=0.8, resamples=20_000, seed=1)
    theirs = scipy.stats.bootstrap(
        (values,), np.mean, confidence_level=0.8, n_resamples=20_000, method="percentile",
        random_state=np.random.default_rng(2),
    ).confidence_interval  # fmt: skip
    assert mine == pytest.approx((theirs.low, theirs.high), abs=0.015)
    wide = page.bootstrap_interval(values, confidence=0.99, resamples=20_000, seed=1)
    assert wide[0] < mine[0] < mine[1] < wide[1]


def test_a_constant_has_no_spread():
    assert page.bootstrap_interval(np.ones(9), seed=0) == (1, 1)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_bad_confidence_is_echoed(confidence):
    with pytest.raises(ValueError, match=f"Received: confidence={confidence}"):
        page.bootstrap_interval([1, 0], confidence=confidence, seed=0)


def outcomes(both, only_a, only_b, neither):
    """Return two arrays of right and wrong with these counts."""
    counts = [both, only_a, only_b, neither]
    return (
        np.repeat([True, True, False, False], counts),
        np.repeat([True, False, True, False], counts),
    )


@pytest.mark.parametrize(("only_a", "only_b"), [(8, 2), (2, 8), (9, 1), (30, 12), (5, 5), (0, 0)])
def test_mcnemar_agrees_with_the_binomial_test(only_a, only_b):
    expected = 1.0
    if only_a + only_b:
        expected = scipy.stats.binomtest(only_a, only_a + only_b).pvalue
    found = page.mcnemar_p_value(*outcomes(50, only_a, only_b, 4))
    assert found == pytest.approx(min(1, expected))


def test_mcnemar_by_hand_and_whatever_both_get_right():
    assert page.mcnemar_p_value(*outcomes(3, 8, 2, 1)) == pytest.approx(112 / 1024)
    assert page.mcnemar_p_value(*outcomes(3000, 8, 2, 100)) == pytest.approx(112 / 1024)


def test_arrays_of_unequal_length_are_echoed():
    with pytest.raises(ValueError, match=r"Received: \(3,\) and \(2,\)"):
        page.mcnemar_p_value(np.ones(3, bool), np.ones(2, bool))


# Figures


def test_regimes_are_drawn_with_the_best_epoch_marked():
    history = {"loss": [9, 9, 9], "loss_after": [2, 1, 0.5], "val_loss": [2.1, 1.5, 1.8]}
    [axis] = axes = [Figure().subplots()]
    page.plot_regimes(axes, {"a run": history})
    training, validation, best = axis.lines
    assert training.get_xydata().tolist() == [[1, 2], [2, 1], [3, 0.5]]
    assert validation.get_xydata().tolist() == [[1, 2.1], [2, 1.5], [3, 1.8]]
    assert best.get_xydata().tolist() == [[2, 1.5]]
    assert axis.get_title() == "a run"
    assert training.get_linestyle() != validation.get_linestyle()


def test_sizes_are_drawn_as_means_and_single_seeds():
    accuracies = np.array([[[1.0, 0.9], [0.8, 0.8]], [[0.5, 0.6], [0.7, 0.8]]])
    axis = Figure().subplots()
    page.plot_learning_curve(axis, (10, 100), accuracies)
    lines = [line for line in axis.lines if line.get_linestyle() != "None"]
    assert [line.get_label() for line in lines] == ["training", "validation"]
    np.testing.assert_allclose(lines[0].get_xydata(), [[10, 0.95], [100, 0.8]])
    np.testing.assert_allclose(lines[1].get_xydata(), [[10, 0.55], [100, 0.75]])
    assert len(axis.lines) == 6
    assert axis.get_xscale() == "log"
    assert [text.get_text() for text in axis.get_xticklabels()] == ["10", "100"]
