import json

import keras
import numpy as np
import pytest

from kerasbook.concepts import compiling as page
from kerasbook.grading import grade


@pytest.fixture
def digits():
    """Return forty images, all ink where the digit says, and their digits."""
    labels = np.arange(40) % 10
    images = np.random.default_rng(0).random((40, 64), "float32") * 0.2
    images[np.arange(40), labels * 6] = 1
    return images, labels


# What compile stores


def test_compile_leaves_every_weight_as_it_is(digits):
    model = page.build_model()
    before = model.get_weights()
    model.compile("adam", "sparse_categorical_crossentropy")
    assert all(map(np.array_equal, before, model.get_weights()))
    model.fit(*digits, verbose=0)
    assert not any(map(np.array_equal, before, model.get_weights()))


def test_an_uncompiled_model_predicts_and_does_not_train(digits):
    model = page.build_model()
    assert model.predict(digits[0], verbose=0).shape == (40, 10)
    with pytest.raises(ValueError, match=r"You must call `compile\(\)` before using the model"):
        model.fit(*digits, verbose=0)


def test_the_default_is_no_loss():
    model = page.build_model()
    model.compile()
    config = model.get_compile_config()
    assert config["loss"] is None
    assert config["optimizer"]["class_name"] == "RMSprop"


def test_any_loss_trains(digits):
    model = page.build_model()
    model.compile(keras.optimizers.SGD(1.0), "mse")
    images, labels = digits
    history = model.fit(images, np.eye(10)[labels], epochs=20, verbose=0).history["loss"]
    assert history[-1] < history[0]


def test_compiling_again_resets_the_optimizer_alone(digits):
    model = page.build_model()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*digits, batch_size=10, verbose=0)
    model.optimizer.learning_rate = 1e-4
    model.fit(*digits, batch_size=10, verbose=0)
    assert int(model.optimizer.iterations) == 8
    weights, old = model.get_weights(), model.optimizer
    model.compile(keras.optimizers.Adam(1e-4))
    assert int(model.optimizer.iterations) == 0
    assert all(map(np.array_equal, weights, model.get_weights()))
    assert model.loss == "sparse_categorical_crossentropy"
    assert set(model.fit(*digits, verbose=0).history) == {"accuracy", "loss"}
    model.compile(old)
    assert int(model.optimizer.iterations) == 8


def test_wrong_names_are_found_late(digits):
    model = page.build_model()
    with pytest.raises(ValueError, match="Could not interpret optimizer identifier: adamm"):
        model.compile("adamm", "mse")
    with pytest.raises(ValueError, match="Expected `metrics` argument to be a list"):
        model.compile("adam", "mse", metrics="accuracy")
    model.compile("adam", "mse", metrics=["exactness"])
    with pytest.raises(ValueError, match="Could not interpret metric identifier: exactness"):
        model.fit(*digits, verbose=0)


BEHAVIOR = """
import json
import keras, numpy as np
from kerasbook.classifier import build_model

x, y = np.random.default_rng(0).random((40, 64), "float32"), np.arange(40) % 10
LOSS = "sparse_categorical_crossentropy"

def fit(model, **options):
    before = model.get_weights()
    try:
        model.fit(x, y, verbose=0, **options)
    except Exception as error:
        return type(error).__name__ + ": " + str(error)[:80]
    return "moved" if (before[0] != model.get_weights()[0]).any() else "still"

found = {}
for name in ("auto", True, False):
    model = build_model()
    model.compile("sgd", LOSS, jit_compile=name)
    found[f"jit {name}"] = model.jit_compile
model = build_model(); model.compile("sgd"); found["no loss"] = fit(model)
model = build_model(); model.compile("sgd", LOSS, steps_per_execution=2)
found["two steps"] = fit(model, batch_size=10)
model = build_model(); model.compile("adam", LOSS); model.fit(x, y, verbose=0)
model.layers[0].trainable = False; found["freeze"] = fit(model)
model = build_model(); model.layers[0].trainable = False
model.compile("adam", LOSS); found["freeze and compile"] = fit(model)
model.layers[0].trainable = True; found["unfreeze"] = fit(model)
adam = keras.optimizers.Adam()
model = build_model(); model.compile(adam, LOSS); model.fit(x, y, verbose=0)
model = build_model(); model.compile(adam, LOSS); found["second model"] = fit(model)
print(json.dumps(found))
"""


@pytest.fixture(scope="module", params=["jax", "tensorflow", "torch"])
def behavior(request, on_backend):
    """Run the same cases on a backend, in a process of its own."""
    return request.param, json.loads(on_backend(request.param, BEHAVIOR)[-1])


@pytest.mark.sampled("torch")
def test_each_backend_does_what_the_page_says(behavior):
    backend, found = behavior
    assert found["jit True"] is True
    assert found["jit False"] is False
    assert found["jit auto"] is (backend == "jax")
    assert found["freeze and compile"] == "still"
    unknown = "ValueError: Unknown variable"
    mismatch = "ValueError: Argument `optimizer_variables` must be a list of tensors"
    expected = {
        "jax": ("still", "moved", mismatch, mismatch, "moved"),
        "tensorflow": ("ValueError: No loss", "moved", "moved", "still", unknown),
        "torch": ("ValueError: No loss", "ValueError: `steps_per_execution`", "still", unknown,
                  unknown),
    }[backend]  # fmt: skip
    names = ("no loss", "two steps", "freeze", "unfreeze", "second model")
    for name, start in zip(names, expected, strict=True):
        assert found[name].startswith(start), (name, found[name])


# Lines of compile


@pytest.mark.weekly
def test_a_line_is_compiled_and_fitted_from_the_same_weights(digits):
    loss = "sparse_categorical_crossentropy"
    settings = {"loss": loss, "optimizer": keras.optimizers.SGD(0.3)}
    model = page.compile_and_fit(digits, digits, **settings)
    assert len(model.history.history["val_accuracy"]) == 10
    assert model.history.history["loss"][-1] < model.history.history["loss"][0]
    again = page.compile_and_fit(digits, digits, loss=loss, optimizer=keras.optimizers.SGD(0.3))
    assert all(map(np.array_equal, model.get_weights(), again.get_weights()))
    raw = page.compile_and_fit(digits, digits, activation=None, loss=loss, optimizer="sgd")
    assert raw.layers[-1].activation is keras.activations.linear


# Tasks

# last layer, loss, metric, and what "accuracy" becomes: the rows of the page
TASKS = {
    "number": (1, None, "mean_squared_error", "mean_absolute_error", "BinaryAccuracy"),
    "yes or no": (1, "sigmoid", "binary_crossentropy", "binary_accuracy", "BinaryAccuracy"),
    "integer": (10, "softmax", "sparse_categorical_crossentropy", "sparse_categorical_accuracy",
                "SparseCategoricalAccuracy"),
    "one-hot": (10, "softmax", "categorical_crossentropy", "categorical_accuracy",
                "CategoricalAccuracy"),
    "several": (3, "sigmoid", "binary_crossentropy", "binary_accuracy", "CategoricalAccuracy"),
}  # fmt: skip


def targets(images, labels, task):
    several = np.stack([labels % 2, labels > 4, np.isin(labels, (0, 1, 4, 9))], axis=1)
    return {
        "number": images.mean(axis=1, keepdims=True),
        "yes or no": (labels % 2)[:, None],
        "integer": labels,
        "one-hot": np.eye(10)[labels],
        "several": several.astype(int),
    }[task]


@pytest.mark.sampled("number", "several")
@pytest.mark.parametrize("task", TASKS)
def test_every_row_of_the_table_learns(digits, task):
    images, labels = digits
    units, activation, loss, metric, _ = TASKS[task]
    target = targets(images, labels, task)
    keras.utils.set_random_seed(0)
    model = page.build_model(units, activation)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=[metric])
    before = model.evaluate(images, target, verbose=0, return_dict=True)
    model.fit(images, target, epochs=60, verbose=0)
    after = model.evaluate(images, target, verbose=0, return_dict=True)
    assert after["loss"] < before["loss"] / 3
    assert after[metric] > 0.95 or (task == "number" and after[metric] < 0.05)


@pytest.mark.parametrize("task", TASKS)
def test_accuracy_is_chosen_by_shape(digits, task):
    units, activation, loss, _, chosen = TASKS[task]
    model = page.build_model(units, activation)
    model.compile("adam", loss, metrics=["accuracy"])
    model.evaluate(digits[0], targets(*digits, task), verbose=0)
    [compiled] = [m for m in model.metrics if hasattr(m, "metrics")]
    assert type(compiled.metrics[0]).__name__ == chosen


def test_the_chosen_accuracy_of_several_labels_compares_positions():
    target = np.array([[1, 0, 0], [1, 1, 0]])
    model = keras.Sequential([keras.Input((3,)), keras.layers.Activation("linear")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy", "binary_accuracy"])
    outputs = np.array([[0.9, 0.8, 0.7], [0.6, 0.9, 0.1]], "float32")
    scores = model.evaluate(outputs, target, verbose=0, return_dict=True)
    assert scores["accuracy"] == 0.5  # positions 0 and 0, against 0 and 1
    assert scores["binary_accuracy"] == pytest.approx(4 / 6)


def test_a_shifted_bias_changes_loss_and_accuracy_and_is_put_back(digits):
    images, labels = digits
    keras.utils.set_random_seed(0)
    model = page.build_model()
    before = model.get_weights()
    losses, accuracies = page.scan_bias(model, images, labels, digit=8, shifts=[-60, 0, 60])
    outputs = model.predict(images, verbose=0)
    by_hand = -np.log(outputs[np.arange(40), labels]).mean()
    assert losses[1] == pytest.approx(by_hand, rel=1e-4)
    assert accuracies[1] == (outputs.argmax(axis=1) == labels).mean()
    assert accuracies[2] == 0.1  # everything is an 8
    assert losses[2] > losses[1] < losses[0]
    assert all(map(np.array_equal, before, model.get_weights()))


# Execution


@pytest.mark.weekly
def test_the_ways_to_run_a_step_give_the_same_weights(digits):
    reference, *_ = page.run_with(*digits, seed=0)
    for options in ({"run_eagerly": True}, {"steps_per_execution": 2}, {"jit_compile": False}):
        if keras.config.backend() == "torch" and "steps_per_execution" in options:
            continue
        weights, *_ = page.run_with(*digits, seed=0, **options)
        for a, b in zip(weights, reference, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)
    other, *_ = page.run_with(*digits, seed=1)
    assert np.abs(other[0] - reference[0]).max() > 1e-2


def test_seconds_are_those_of_the_first_and_the_shortest_later_epoch(digits, monkeypatch):
    clock = iter([0, 1, 10, 14, 20, 22])
    monkeypatch.setattr(page.time, "perf_counter", lambda: next(clock, 99))
    with monkeypatch.context() as context:
        context.setattr(keras.Model, "fit", lambda *_, **__: None)
        _, first, later = page.run_with(*digits, seed=0, epochs=3)
    assert (first, later) == (1, 2)


# Check your code


def test_the_grader_tells_right_labels_from_the_right_position():
    cases = [
        (([[1, 0, 0], [1, 1, 0]], [[0.9, 0.8, 0.7], [0.6, 0.9, 0.1]]), 4 / 6),
        (([[0, 0]], [[0.1, 0.2]]), 1.0),
        (([[1, 0]], [[0.4, 0.3]]), 0.5),
    ]
    assert grade(page.label_accuracy, cases) == "Right in all 3 cases."
    assert [page.position_accuracy(*arguments) for arguments, _ in cases] == [0.5, 0, 1]
    assert "expected 0.6666666666666666, received 0.5" in grade(page.position_accuracy, cases)
