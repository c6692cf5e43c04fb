"""Customizing training: weights, losses, metrics, callbacks, steps, and what the page says."""

import types

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.metrics import f1_score

from kerasbook.isolation import call_on_backend, run_without
from kerasbook.workflow import customizing as page
from kerasbook.workflow.customizing import build_two_outputs, divide_columns

HEADER = "import keras\nimport numpy as np"
TWO_WEIGHTS = {0: 1, 1: 3}


def column(*numbers):
    return np.array(numbers, "float32")[:, None]


def rows(count=70, seed=0):
    """Return rows of 30 numbers, and labels `(n, 1)` that depend on them."""
    x = np.random.default_rng(seed).normal(size=(count, 30)).astype("float32")
    return x, (x[:, :3].sum(axis=1, keepdims=True) > 0).astype("float32")


# Data and networks


def test_tumors_are_divided_by_class_and_standardized_by_the_training_set():
    x, x_val, y, y_val = page.load_tumors(0)
    assert (x.shape, x_val.shape) == ((426, 30), (143, 30))
    assert (y.shape, y_val.shape) == ((426, 1), (143, 1))
    assert {each.dtype for each in (x, x_val, y, y_val)} == {np.dtype("float32")}
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(x.std(axis=0), 1, atol=1e-5)
    assert np.abs(x_val.mean(axis=0)).max() > 0.01
    assert y.sum() + y_val.sum() == 212  # malignant tumors of the data set
    assert y_val.sum() == 53
    malignant = y[:, 0] == 1
    assert x[malignant, 0].mean() > x[~malignant, 0].mean()  # they are larger


def test_networks_begin_with_the_weights_of_their_seed():
    first, same, other = (page.build_tumor_network(seed=seed) for seed in (0, 0, 1))
    for a, b in zip(first.get_weights(), same.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.allclose(first.get_weights()[0], other.get_weights()[0])
    assert page.build_tumor_network(2).input_shape == (None, 2)


def test_rows_come_in_order_the_rest_last():
    x, y = np.arange(7), 10 * np.arange(7)
    batches = page.RowBatches(x, y, 3)
    assert len(batches) == 3
    np.testing.assert_array_equal(np.concatenate([batches[k][0] for k in range(3)]), x)
    assert batches[2][1].tolist() == [60]


def test_all_sources_give_the_same_loss():
    import grain
    import tensorflow as tf
    import torch

    x, y = rows()
    pairs = list(zip(x, y, strict=True))
    batches = grain.MapDataset.source(pairs).batch(32)
    losses = [
        page.loss_of_one_epoch(x, y, batch_size=32),
        page.loss_of_one_epoch(tf.data.Dataset.from_tensor_slices((x, y)).batch(32)),
        page.loss_of_one_epoch(torch.utils.data.DataLoader(pairs, batch_size=32)),
        page.loss_of_one_epoch(page.RowBatches(x, y, 32)),
        page.loss_of_one_epoch(page.RowBatches(x, y, 32, workers=2)),
        page.loss_of_one_epoch(batches.repeat(), steps_per_epoch=len(batches)),
    ]
    assert np.ptp(losses) < 1e-6
    assert abs(losses[0] - page.loss_of_one_epoch(x[::-1], y[::-1], batch_size=32)) > 1e-6


def test_every_source_serves_as_validation_data():
    import grain
    import tensorflow as tf
    import torch

    x, y = rows()
    pairs = list(zip(x, y, strict=True))
    model = page.build_tumor_network()
    model.compile("sgd", "binary_crossentropy")
    losses = [
        model.fit(x, y, validation_data=data, verbose=0).history["val_loss"][0]
        - model.evaluate(x, y, verbose=0)
        for data in (
            (x, y),
            tf.data.Dataset.from_tensor_slices((x, y)).batch(32),
            torch.utils.data.DataLoader(pairs, batch_size=32),
            page.RowBatches(x, y, 32),
        )
    ]
    assert np.abs(losses).max() < 1e-5
    endless = grain.MapDataset.source(pairs).batch(32).repeat()
    history = model.fit(x, y, validation_data=endless, validation_steps=3, verbose=0).history
    assert history["val_loss"][0] == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)


def test_a_loader_with_the_shuffle_of_fit_gets_a_warning():
    import torch

    loader = torch.utils.data.DataLoader(list(zip(*rows(), strict=True)), batch_size=32)
    model = page.build_tumor_network()
    model.compile("sgd", "binary_crossentropy")
    with pytest.warns(UserWarning, match="`shuffle=True` was passed, but will be ignored"):
        model.fit(loader, verbose=0)


def test_grain_runs_out_and_repeats_its_order_unless_told_to_repeat():
    import grain

    source = grain.MapDataset.source(list(range(20))).shuffle(seed=0)
    assert list(source) == list(source)
    twice = list(source.batch(20).repeat(2))
    assert sorted(twice[0]) == sorted(twice[1]) == list(range(20))
    assert twice[0].tolist() != twice[1].tolist()
    batches = grain.MapDataset.source(list(zip(*rows(), strict=True))).batch(32)
    with pytest.warns(UserWarning, match="Your input ran out of data"):
        page.loss_of_one_epoch(batches)


# Weights


def test_weights_multiply_losses_and_the_number_of_samples_divides():
    p, y = column(0.5, 0.25, 0.5), column(1, 1, 0)
    weights = np.array([3.0, 3.0, 1.0])
    ln2 = np.log(2)
    loss = keras.losses.BinaryCrossentropy()
    assert float(loss(y, p)) == pytest.approx(4 / 3 * ln2, rel=1e-5)
    assert float(loss(y, p, sample_weight=weights)) == pytest.approx(10 / 3 * ln2, rel=1e-5)
    mean = keras.losses.BinaryCrossentropy(reduction="mean_with_sample_weight")
    assert float(mean(y, p, sample_weight=weights)) == pytest.approx(10 / 7 * ln2, rel=1e-5)
    echo = page.build_echo("binary_crossentropy")
    by_class = echo.train_on_batch(p, y, class_weight=TWO_WEIGHTS)
    assert float(by_class) == pytest.approx(10 / 3 * ln2, rel=1e-5)


def test_an_echo_returns_what_it_gets():
    values = column(0, 1.5, -2)
    np.testing.assert_allclose(page.build_echo("mse").predict(values, verbose=0), values)


def test_class_weights_are_sample_weights():
    x, y = rows()
    by_class = page.loss_of_one_epoch(x, y, class_weight=TWO_WEIGHTS)
    by_sample = page.loss_of_one_epoch(x, y, sample_weight=np.where(y[:, 0] == 1, 3.0, 1.0))
    assert by_sample == pytest.approx(by_class, rel=1e-6)


def test_class_weights_reach_neither_the_validation_loss_nor_plain_metrics():
    p, y = column(0.9, 0.2, 0.4), column(1, 0, 1)
    model = page.build_echo("binary_crossentropy")
    rate = keras.optimizers.SGD(0.0)
    model.compile(rate, "binary_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
    history = model.fit(p, y, validation_data=(p, y), class_weight={0: 1, 1: 5}, verbose=0).history
    plain = -np.log([0.9, 0.8, 0.4])
    assert history["val_loss"][0] == pytest.approx(plain.mean(), rel=1e-5)
    assert history["loss"][0] == pytest.approx(([5, 1, 5] * plain).mean(), rel=1e-5)
    assert history["accuracy"][0] == pytest.approx(2 / 3)
    assert history["weighted_accuracy"][0] == pytest.approx(6 / 11)


def test_errors_are_counted_by_kind():
    model = page.build_echo("mse")
    predictions, labels = column(0.9, 0.1, 0.2, 0.7, 0.6), column(1, 1, 1, 0, 0)
    assert page.count_errors(model, predictions, labels) == (2, 2)
    assert page.count_errors(model, column(0.9, 0.1), column(1, 0)) == (0, 0)


def test_weights_trade_one_kind_of_error_for_the_other():
    x, x_val, y, y_val = page.load_tumors(0)
    found = []
    for weight in (1, 5):
        model = page.build_tumor_network(2)
        model.compile(keras.optimizers.Adam(0.03), "binary_crossentropy")
        model.fit(x[:, :2], y, epochs=15, class_weight={0: 1, 1: weight}, verbose=0)
        found.append(page.count_errors(model, x_val[:, :2], y_val))
    (missed, alarms), (weighted_missed, weighted_alarms) = found
    assert weighted_missed < missed
    assert weighted_alarms > alarms


def test_arrays_take_one_kind_of_weights_and_a_split():
    model = page.build_tumor_network()
    model.compile("sgd", "binary_crossentropy")
    assert "val_loss" in model.fit(*rows(), validation_split=0.2, verbose=0).history
    with pytest.raises(ValueError, match="You cannot `class_weight` and `sample_weight` at the"):
        model.fit(*rows(), class_weight=TWO_WEIGHTS, sample_weight=np.ones(70), verbose=0)


def test_which_sources_take_class_weights():
    import grain
    import tensorflow as tf
    import torch

    x, y = rows()
    pairs = list(zip(x, y, strict=True))
    for source in (tf.data.Dataset.from_tensor_slices((x, y)).batch(32), page.RowBatches(x, y, 32)):
        one, three = (page.loss_of_one_epoch(source, class_weight={0: k, 1: k}) for k in (1, 3))
        assert three > 2 * one
    loader = torch.utils.data.DataLoader(pairs, batch_size=32)
    endless = grain.MapDataset.source(pairs).batch(32)
    for source, name in ((loader, "torch DataLoader"), (endless, "grain.Dataset")):
        with pytest.raises(ValueError, match=f"`class_weight` is not supported for {name}"):
            page.loss_of_one_epoch(source, class_weight=TWO_WEIGHTS)
        with pytest.raises(ValueError, match="`validation_split` is only supported for tensors or"):
            page.loss_of_one_epoch(source, validation_split=0.2)


# Losses


def test_the_quantile_loss_charges_late_and_early_differently():
    late, early = column(10, 0), column(0, 10)
    assert np.allclose(page.quantile_loss_90(late, early), [9, 1])
    assert np.allclose(page.QuantileLoss(0.9).call(late, early), [9, 1])
    assert np.allclose(page.QuantileLoss().call(late, early), [5, 5])
    both = np.array([[10.0, 0.0]]), np.array([[0.0, 10.0]])
    assert np.allclose(page.quantile_loss_90(*both), [5])  # the mean over the outputs


def test_the_best_constant_is_the_quantile():
    targets = np.random.default_rng(0).exponential(size=(1001, 1))
    guesses = np.linspace(0, 6, 601)
    costs = [
        float(keras.ops.mean(page.quantile_loss_90(targets, np.full_like(targets, guess))))
        for guess in guesses
    ]
    assert guesses[np.argmin(costs)] == pytest.approx(np.quantile(targets, 0.9), abs=0.02)


def test_a_mean_over_the_batch_makes_weights_useless():
    late, promised, weights = column(10, 20, 30), column(0, 0, 0), np.array([1.0, 0, 0])
    right, wrong = (
        page.build_echo(loss).evaluate(promised, late, sample_weight=weights, verbose=0)
        for loss in (page.quantile_loss_90, page.mean_quantile_loss_90)
    )
    assert right == pytest.approx(3)
    assert wrong == pytest.approx(6)
    assert float(page.mean_quantile_loss_90(late, promised)) == pytest.approx(18)


def test_a_loss_class_gets_targets_as_they_come_and_a_function_gets_them_aligned():
    flat = np.array([10.0, 20.0, 30.0], "float32")
    assert float(page.QuantileLoss(0.9)(flat[:, None], flat[:, None])) == 0
    crossed = float(page.QuantileLoss(0.9)(flat, flat[:, None]))
    pairs = np.array([[y - p for y in (10, 20, 30)] for p in (10, 20, 30)])
    assert crossed == pytest.approx(np.maximum(0.9 * pairs, -0.1 * pairs).mean())
    echo = page.build_echo(page.quantile_loss_90)
    assert echo.evaluate(flat[:, None], flat, verbose=0) == pytest.approx(0)


def test_rides_have_the_quantiles_that_their_text_says():
    km, minutes = page.draw_rides(40_000, seed=0)
    assert km.shape == minutes.shape == (40_000, 1)
    assert (km.dtype, minutes.dtype) == (np.float32, np.float32)
    bound = 4 + 2 * km + 0.6 * km * np.log(10)  # an exponential variable is above ln 10 once in ten
    assert np.mean(minutes <= bound) == pytest.approx(0.9, abs=0.005)
    assert (minutes >= 4 + 2 * km - 1e-4).all()


def test_a_line_under_the_quantile_loss_covers_its_share():
    km, minutes = page.draw_rides(1000, seed=0)
    new_km, new_minutes = page.draw_rides(4000, seed=1)
    kept = [
        np.mean(new_minutes <= page.fit_quantile(loss, km, minutes).predict(new_km, verbose=0))
        for loss in (page.quantile_loss_90, page.QuantileLoss(0.5))
    ]
    assert kept == pytest.approx([0.9, 0.5], abs=0.03)


def test_a_saved_loss_keeps_its_quantile_and_a_forgetful_one_does_not(tmp_path):
    model = page.build_echo(page.QuantileLoss(0.9))
    model.save(tmp_path / "a.keras")
    assert keras.models.load_model(tmp_path / "a.keras").loss.quantile == 0.9
    model.compile("sgd", page.ForgetfulLoss(0.9))
    model.save(tmp_path / "b.keras")
    assert keras.models.load_model(tmp_path / "b.keras").loss.quantile == 0.5


def test_the_loss_of_the_guide_does_not_load(tmp_path):
    class CustomMSE(keras.losses.Loss):  # its constructor, as the guide writes it
        def __init__(self, regularization_factor=0.1, name="custom_mse"):
            super().__init__(name=name)
            self.regularization_factor = regularization_factor

        def call(self, y_true, y_pred):
            return keras.ops.mean(keras.ops.square(y_true - y_pred), axis=-1)

    page.build_echo(CustomMSE()).save(tmp_path / "c.keras")
    known = {"CustomMSE": CustomMSE}
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'reduction'"):
        keras.models.load_model(tmp_path / "c.keras", custom_objects=known)
    with pytest.raises(TypeError, match="Could not locate class 'CustomMSE'"):
        keras.models.load_model(tmp_path / "c.keras")


# Metrics


def test_f1_of_two_batches_is_no_mean():
    first = np.array([1] * 10 + [0]), np.array([0.8] * 9 + [0.2, 0.8])
    second = np.array([1]), np.array([0.2])
    metric = page.BinaryF1()
    metric.update_state(*first)
    assert float(metric.result()) == pytest.approx(0.9)
    metric.update_state(*second)
    assert float(metric.result()) == pytest.approx(18 / 21)
    metric.reset_state()
    assert float(metric.result()) == 0
    by_batch = [float(page.f1_of_batch(column(*y), column(*p))) for y, p in (first, second)]
    assert by_batch == pytest.approx([0.9, 0])
    assert float(page.f1_of_batch(column(0, 0), column(0.1, 0.2))) == 0


def test_f1_counts_weights():
    y, p, weights = [1, 1, 0, 0], [0.9, 0.3, 0.6, 0.1], [1.0, 2.0, 3.0, 4.0]
    metric = page.BinaryF1.from_config(page.BinaryF1().get_config())
    metric.update_state(column(*y), column(*p), np.array(weights))
    expected = f1_score(y, np.array(p) > 0.5, sample_weight=weights)
    assert float(metric.result()) == pytest.approx(expected)


def test_evaluate_gives_the_f1_of_scikit_learn_and_of_keras_for_every_batch_size():
    x, y = rows()
    model = page.build_tumor_network()
    ready = keras.metrics.F1Score(threshold=0.5, name="ready")
    metrics = [page.BinaryF1(), page.f1_of_batch, ready]
    model.compile("sgd", "binary_crossentropy", metrics=metrics)
    oracle = f1_score(y, model.predict(x, verbose=0) > 0.5)
    found = [
        model.evaluate(x, y, batch_size=size, return_dict=True, verbose=0) for size in (2, 8, 70)
    ]
    assert [each["f1"] for each in found] == pytest.approx(3 * [oracle], rel=1e-5)
    assert [float(each["ready"][0]) for each in found] == pytest.approx(3 * [oracle], rel=1e-5)
    assert found[0]["f1_of_batch"] < oracle - 0.05
    assert found[2]["f1_of_batch"] == pytest.approx(oracle, rel=1e-5)


def test_root_mean_squared_errors_and_the_usual_mistake():
    batches = [[0.0, 0.0, 0.0], [6.0]]
    assert page.rmse_of_batches(batches) == 3
    assert page.mean_of_rmses(batches) == 3  # (0 + 6) / 2, by chance the same
    assert page.rmse_of_batches([[3.0], [4.0]]) == pytest.approx(12.5**0.5)
    assert page.mean_of_rmses([[3.0], [4.0]]) == 3.5


# Callbacks


def test_predictions_are_recorded_after_each_epoch():
    x, y = rows()
    model = page.build_tumor_network()
    model.compile("adam", "binary_crossentropy")
    record = page.RecordPredictions(x[:4])
    for epochs in (2, 3):  # a second fit begins anew
        model.fit(x, y, epochs=epochs, verbose=0, callbacks=[record])
        assert np.shape(record.predictions) == (epochs, 4)
    now = model.predict(x[:4], verbose=0)[:, 0]
    np.testing.assert_allclose(record.predictions[-1], now, rtol=1e-4)
    assert not np.allclose(record.predictions[0], now)


@pytest.mark.parametrize(("values", "epochs"), [([0.5, 0.8, 0.9, 0.7], 3), ([0.1, 0.2], 2)])
def test_training_stops_at_the_goal(values, epochs):
    callback = page.StopAtGoal("val_f1", 0.9)
    model = types.SimpleNamespace(stop_training=False)
    callback.set_model(model)
    run = 0
    for value in values:
        callback.on_epoch_end(run, {"val_f1": value})
        run += 1
        if model.stop_training:
            break
    assert run == epochs


# Several outputs


def test_two_outputs_have_the_names_and_shapes_of_their_text():
    x, y = rows()
    inputs, targets = page.divide_columns(x, y)
    np.testing.assert_array_equal(inputs["error"], x[:, 10:20])
    np.testing.assert_array_equal(targets["worst_radius"][:, 0], x[:, 20])
    outputs = page.build_two_outputs().predict(inputs, verbose=0)
    assert {name: each.shape for name, each in outputs.items()} == {
        "malignant": (70, 1), "worst_radius": (70, 1),
    }  # fmt: skip
    assert (outputs["malignant"] > 0).all()
    assert (outputs["malignant"] < 1).all()


def gap_of_outputs(x, y, batch_size):
    """Return how far the weighted losses of the outputs are from the loss."""
    model = build_two_outputs()
    losses = {"malignant": "binary_crossentropy", "worst_radius": "mse"}
    model.compile("sgd", losses, loss_weights={"malignant": 1.0, "worst_radius": 0.5})
    data = divide_columns(np.array(x), np.array(y))
    found = model.fit(*data, batch_size=batch_size, shuffle=False, verbose=0).history
    total = found["malignant_loss"][0] + 0.5 * found["worst_radius_loss"][0]
    return abs(total - found["loss"][0])


@pytest.mark.sampled("jax")
@pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])
def test_losses_of_outputs_are_reported_without_their_weights(backend):
    x, y = rows()
    x[64:] *= 5  # the last batch of 32 is short, and unlike the others
    call = f"[gap_of_outputs({x.tolist()}, {y.tolist()}, size) for size in (35, 32)]"
    parts = [page.build_two_outputs, page.divide_columns, gap_of_outputs]
    even, uneven = call_on_backend(backend, parts, call, header=HEADER)
    assert even < 1e-4
    if backend == "tensorflow":  # there, means over batches
        assert uneven > 1e-2
    else:
        assert uneven < 1e-4


def test_several_outputs_take_sample_weights_and_no_class_weights():
    data = page.divide_columns(*rows())
    model = page.build_two_outputs()
    model.compile("adam", {"malignant": "binary_crossentropy", "worst_radius": "mse"})
    with pytest.raises(ValueError, match="`class_weight` is only supported for Models"):
        model.fit(*data, class_weight=TWO_WEIGHTS, verbose=0)
    weights = {"malignant": np.zeros(70), "worst_radius": np.ones(70)}
    found = model.evaluate(*data, sample_weight=weights, return_dict=True, verbose=0)
    assert found["malignant_loss"] == 0
    assert found["worst_radius_loss"] > 0


def test_an_output_without_a_loss_needs_no_target():
    inputs, targets = page.divide_columns(*rows())
    model = page.build_two_outputs()
    model.compile("adam", {"malignant": "binary_crossentropy", "worst_radius": None})
    del targets["worst_radius"]
    with pytest.warns(UserWarning, match="Gradients do not exist for variables"):
        history = model.fit(inputs, targets, verbose=0).history
    assert set(history) == {"loss"}


# The learning rate


def test_a_schedule_counts_batches_also_while_gradients_are_gathered():
    rates = []
    keep = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: rates.append(float(model.optimizer.learning_rate))
    )
    schedule = keras.optimizers.schedules.PolynomialDecay(1.0, 10, 0.0)
    for pieces in (None, 2):
        model = page.build_tumor_network()
        optimizer = keras.optimizers.SGD(schedule, gradient_accumulation_steps=pieces)
        model.compile(optimizer, "binary_crossentropy")
        model.fit(*rows(), batch_size=14, verbose=0, callbacks=[keep])
    assert rates == pytest.approx(2 * [0.9, 0.8, 0.7, 0.6, 0.5], rel=1e-4)
    assert int(model.optimizer.iterations) == 2


def test_a_callback_cannot_set_the_rate_of_a_schedule():
    model = page.build_tumor_network()
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 10)
    model.compile(keras.optimizers.SGD(schedule), "binary_crossentropy")
    setting = keras.callbacks.LearningRateScheduler(lambda epoch: 0.01)
    with pytest.raises(TypeError, match="learning rate is not settable"):
        model.fit(*rows(), callbacks=[setting], verbose=0)


# TensorBoard


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """Return a folder of event files, and the history that they hold."""
    folder = tmp_path_factory.mktemp("logs")
    model = page.build_tumor_network()
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(
        *rows(), validation_data=rows(seed=1), epochs=3, verbose=0,
        callbacks=[keras.callbacks.TensorBoard(str(folder))],
    ).history  # fmt: skip
    return folder, history


def test_event_files_hold_what_fit_reports(logs):
    folder, history = logs
    train, validation = (page.read_scalars(folder / run) for run in ("train", "validation"))
    assert set(train) == {"epoch_loss", "epoch_accuracy", "epoch_learning_rate"}
    assert [step for step, _ in train["epoch_loss"]] == [0, 1, 2]
    assert [value for _, value in train["epoch_loss"]] == pytest.approx(history["loss"], rel=1e-5)
    values = [value for _, value in validation["epoch_accuracy"]]
    assert values == pytest.approx(history["val_accuracy"], rel=1e-5)
    by_update = validation["evaluation_loss_vs_iterations"]
    assert [step for step, _ in by_update] == [3, 6, 9]  # three batches an epoch


@pytest.mark.weekly
def test_keras_s_own_callback_wants_tensorboard():
    program = (
        "import keras, numpy as np\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "x = np.ones((4, 1))\n"
        "model.fit(x, x, verbose=0, callbacks=[keras.callbacks.TensorBoard('logs')])\n"
    )
    said = run_without(program, hidden=("tensorboard", "torch", "jax"), backend="tensorflow")
    message = "TensorBoard is not installed, missing implementation for tf.summary.scalar"
    assert said.endswith(f"TBNotInstalledError: {message}")


# Drawings


def test_drawings_show_what_they_are_given(logs):
    figure = Figure()
    axes = figure.subplots(1, 2)
    runs = {run: logs[0] / run for run in ("train", "validation")}
    page.plot_scalars(axes, runs, ["epoch_loss"] * 2)
    drawn = axes[0].lines[1].get_ydata()
    assert list(drawn) == pytest.approx(logs[1]["val_loss"], rel=1e-5)
    figure = Figure()
    axes = figure.subplots(1, 2)
    run = {"learning_rate": [0.1, 0.05], "val_loss": [1.0, 2.0]}
    page.plot_rates(axes, [0, 5], [0.0, 0.3], run)
    assert list(axes[0].lines[0].get_xdata()) == [0, 5]
    assert list(axes[1].lines[0].get_ydata()) == [0.1, 0.05]
    axis = Figure().subplots()
    page.plot_rides(axis, column(1, 2), column(6, 9), {"echo": page.build_echo("mse")})
    np.testing.assert_allclose(axis.lines[1].get_ydata(), [1, 10])


# Steps


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return a file for `train_model_class`; its last batch is short, and unlike the others."""
    x, y = rows()
    x[64:] *= 5
    weights = page.build_tumor_network().get_weights()
    path = tmp_path_factory.mktemp("data") / "rows.npz"
    named = {f"weight_{k}": weight for k, weight in enumerate(weights)}
    np.savez(path, x=x, y=y, x_val=x[:20], x_moved=x[:20] + 0.3, **named)
    return str(path)


@pytest.fixture(scope="module")
def elsewhere(data):
    """Return what both models of the page do on the other backends."""
    steps = {"torch": page.TorchNormModel, "jax": page.JaxNormModel}
    return page.train_elsewhere(steps, data, epochs=10, strength=50.0, noise=0.3)


@pytest.mark.weekly
def test_steps_agree_with_keras_and_with_each_other(data, elsewhere):
    keras_own = page.train_model_class(keras.Model, data, epochs=3)
    first = page.train_model_class(page.TensorFlowNormModel, data, epochs=3)
    for found in (first, elsewhere["torch"][0], elsewhere["jax"][0]):
        assert found["loss"] == pytest.approx(keras_own["loss"], rel=1e-4)
        assert found["gradient_norm"] == pytest.approx(first["gradient_norm"], rel=1e-3)
        assert found["moved"] == pytest.approx(keras_own["moved"], rel=1e-3)


def test_the_gradient_norm_is_that_of_the_loss(data):
    import tensorflow as tf

    arrays = np.load(data)
    model = page.build_tumor_network()
    with tf.GradientTape() as tape:
        loss = keras.losses.BinaryCrossentropy()(arrays["y"], model(arrays["x"]))
    gradients = tape.gradient(loss, [each.value for each in model.trainable_weights])
    own = page.TensorFlowNormModel(inputs=model.inputs, outputs=model.outputs[0])
    own.compile(keras.optimizers.SGD(0.0), "binary_crossentropy")
    history = own.fit(arrays["x"], arrays["y"], batch_size=70, verbose=0).history
    expected = float(tf.linalg.global_norm(gradients))
    assert history["gradient_norm"][0] == pytest.approx(expected, rel=1e-4)


def functional(model_class, **settings):
    """Build and compile a model of a class, a network with one hidden layer."""
    inputs = keras.Input((30,))
    model = model_class(inputs, page.build_tumor_network()(inputs), **settings)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.weekly
def test_models_are_saved_with_their_layers_and_settings(tmp_path):
    x, y = rows()
    consistent = functional(page.ConsistentModel, strength=3.0, noise=0.2)
    known = {"TensorFlowNormModel": page.TensorFlowNormModel}
    for model in (consistent, functional(page.TensorFlowNormModel)):
        model.fit(x, y, verbose=0)
        model.save(tmp_path / "own.keras")
        loaded = keras.models.load_model(tmp_path / "own.keras", custom_objects=known)
        assert type(loaded) is type(model)
        np.testing.assert_allclose(loaded(x), model(x), rtol=1e-5)
        loaded.fit(x, y, verbose=0)
        if model is consistent:
            assert (loaded.strength, loaded.noise, loaded.add_noise.stddev) == (3.0, 0.2, 0.2)


def test_the_step_takes_several_inputs_embeddings_and_weights_without_a_gradient():
    import tensorflow as tf

    generator = np.random.default_rng(0)
    x = {
        "words": generator.integers(0, 5, (8, 3)).astype("int32"),
        "numbers": generator.normal(size=(8, 2)).astype("float32"),
    }
    y = generator.normal(size=(8, 1)).astype("float32")
    inputs = {
        "words": keras.Input((3,), dtype="int32", name="words"),
        "numbers": keras.Input((2,), name="numbers"),
    }
    words = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(5, 4)(inputs["words"]))
    joined = keras.layers.Concatenate()([words, inputs["numbers"]])
    outputs = {name: keras.layers.Dense(1, name=name)(joined) for name in "ab"}
    model = page.TensorFlowNormModel(inputs, outputs)
    model.compile(keras.optimizers.SGD(0.0), {"a": "mse", "b": None})
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((y - model(x)["a"]) ** 2)
    weights = [each.value for each in model.trainable_weights]
    found = [each for each in tape.gradient(loss, weights) if each is not None]
    assert any(isinstance(each, tf.IndexedSlices) for each in found)
    squares = [np.sum(np.square(tf.convert_to_tensor(each))) for each in found]
    with pytest.warns(UserWarning, match="Gradients do not exist for variables"):
        history = model.fit(x, {"a": y}, verbose=0).history
    assert history["gradient_norm"][0] == pytest.approx(np.sqrt(np.sum(squares)), rel=1e-4)
    assert history["loss"][0] == pytest.approx(float(loss), rel=1e-4)


def test_an_own_test_step_reports_what_keras_reports_and_no_norm():
    x, y = rows()
    x[64:] *= 5  # the last batch is short, and unlike the others
    model = functional(page.OwnTestStepModel)
    plain = keras.Model(model.inputs, model.outputs[0])
    plain.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    evaluated = [each.evaluate(x, y, return_dict=True, verbose=0) for each in (model, plain)]
    assert evaluated[0] == pytest.approx(evaluated[1], rel=1e-5)
    reported = model.fit(x, y, validation_data=(x, y), verbose=0).history
    assert "gradient_norm" in reported
    assert {name for name in reported if name.startswith("val_")} == {"val_loss", "val_accuracy"}
    validated = functional(page.TensorFlowNormModel).fit(x, y, validation_data=(x, y), verbose=0)
    assert validated.history["val_gradient_norm"] == [0.0]


def guide_step(self, data):
    """Do what `train_step` of the guides does."""
    import tensorflow as tf

    x, y = data
    with tf.GradientTape() as tape:
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred)
    gradients = tape.gradient(loss, self.trainable_variables)
    self.optimizer.apply(gradients, self.trainable_variables)
    for metric in self.metrics:
        if metric.name == "loss":
            metric.update_state(loss)
        else:
            metric.update_state(y, y_pred)
    return {metric.name: metric.result() for metric in self.metrics}


def test_the_step_of_the_guides_averages_batches_and_fails_with_two_outputs(data):
    guide = type("Guide", (keras.Model,), {"train_step": guide_step})
    own, theirs = (page.train_model_class(each, data, epochs=1) for each in (keras.Model, guide))
    assert theirs["moved"] == pytest.approx(own["moved"], rel=1e-4)  # the same weights
    assert abs(theirs["loss"][0] - own["loss"][0]) > 1e-3
    inputs = keras.Input((30,))
    outputs = {name: keras.layers.Dense(1, name=name)(inputs) for name in "ab"}
    model = guide(inputs=inputs, outputs=outputs)
    model.compile("sgd", {"a": "mse", "b": "mse"})
    x, y = rows()
    with pytest.raises(TypeError, match="Expected any non-tensor type, but got a tensor instead"):
        model.fit(x, {"a": y, "b": y}, verbose=0)


@pytest.mark.weekly
def test_the_step_of_the_jax_guide_does_not_evaluate():
    program = (
        "import keras, numpy as np\n"
        "class Guide(keras.Model):\n"
        "    def compute_loss_and_updates(self, trainable, others, x, y, training=False):\n"
        "        return 0.0, (x, others)\n"
        "inputs = keras.Input((1,))\n"
        "model = Guide(inputs, keras.layers.Dense(1)(inputs))\n"
        "model.compile('sgd', 'mse')\n"
        "model.evaluate(np.ones((4, 1)), np.ones((4, 1)), verbose=0)\n"
    )
    said = run_without(program, hidden=("torch",), backend="jax")
    assert said.endswith("got multiple values for argument 'training'")


def test_consistency_makes_predictions_steadier_on_every_backend(data, elsewhere):
    plain = page.train_model_class(keras.Model, data, epochs=10)
    own = page.train_model_class(page.ConsistentModel, data, epochs=10, strength=50.0, noise=0.3)
    for found in (own, elsewhere["torch"][1], elsewhere["jax"][1]):
        assert found["moved"] < plain["moved"]
        assert found["loss"][0] > plain["loss"][0]


def test_the_second_term_is_left_out_of_evaluation():
    x, y = rows()
    network = page.build_tumor_network()
    model = page.ConsistentModel(
        strength=100.0, noise=1.0, inputs=network.inputs, outputs=network.outputs[0]
    )
    for each in (network, model):
        each.compile(keras.optimizers.SGD(0.0), "binary_crossentropy")
    evaluated = [each.evaluate(x, y, verbose=0) for each in (network, model)]
    assert evaluated[0] == pytest.approx(evaluated[1], rel=1e-5)
    losses = model.fit(x, y, epochs=2, batch_size=70, verbose=0).history["loss"]
    assert losses[0] > evaluated[0]
    assert losses[0] != losses[1]  # other noise in each step
