"""Six programs against the step by hand: one process for each framework and each backend."""

import importlib.util
import inspect

import numpy as np
import pytest

from kerasbook.frameworks import comparison, problem

TOLERANCE = 1e-5
ROWS = {
    "tensorflow": ("tensorflow", "tensorflow"),
    "torch": ("torch", "torch"),
    "jax": ("jax", "jax"),
    "keras-tensorflow": ("keras", "tensorflow"),
    "keras-torch": ("keras", "torch"),
    "keras-jax": ("keras", "jax"),
}
MODULES = {
    "tensorflow": "kerasbook.frameworks.with_tensorflow",
    "torch": "kerasbook.frameworks.with_pytorch",
    "jax": "kerasbook.frameworks.with_jax",
    "keras": "kerasbook.frameworks.with_keras",
}
SETTINGS = {"batch_size": 32, "epochs": 2, "learning_rate": 0.1}

# Runs in the process of a row; what it finds is judged here.
PROBE = """
def probe(library):
    module = importlib.import_module(NAMES[library])
    first_step = getattr(module, library + "_first_step")
    run = getattr(module, library + "_run")
    answer = check_first_step(first_step, "data.npz", batch_size=32, learning_rate=0.1)
    answer["square"] = check_first_step(
        first_step, "square.npz", batch_size=8, learning_rate=0.1
    )
    answer["training"] = time_training(run, "data.npz", **SETTINGS)
    answer["loaded"] = [n for n in ("tensorflow", "torch", "jax") if sys.modules.get(n)]
    if library == "keras":
        answer |= module.describe_backend()
        answer |= module.pass_on_model("one.keras", "data.npz", SETTINGS["epochs"])
    return answer
"""


@pytest.fixture(scope="module")
def data():
    (x_train, y_train), (x_test, y_test) = problem.load_standardized_digits(seed=0)
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    return arrays | {"drawing": x_test[:1]}


def arrays(data, hidden):
    weights = problem.glorot_weights((64, hidden, 10), seed=0)
    return data | dict(zip(("w1", "b1", "w2", "b2"), weights, strict=True))


@pytest.fixture(scope="module")
def folder(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    np.savez(folder / "data.npz", **arrays(data, 32))
    np.savez(folder / "square.npz", **arrays(data, 64))  # a transposed matrix would fit
    names = f"import importlib\n\nNAMES = {MODULES}\nSETTINGS = {SETTINGS}\n"
    task = "".join(
        inspect.getsource(function) + "\n\n"
        for function in (comparison.check_first_step, comparison.time_training)
    )
    for library in MODULES:
        text = comparison.PROGRAM.format(
            imports="import keras" if library == "keras" else "pass",
            functions=names + task + PROBE,
            call=f"probe({library!r})",
        )
        (folder / f"probe_{library}.py").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def answers(folder):
    """Run a row when a test first asks for it, and remember what it said."""
    code = str(comparison.Path(comparison.__file__).parents[2])
    known = {}

    def ask(row):
        library, backend = ROWS[row]
        if importlib.util.find_spec(backend) is None:
            pytest.skip(f"needs {backend} to be installed")
        if row not in known:
            environment = comparison.program_environment(backend) | {
                "PYTHONPATH": code,
                "TF_CPP_MIN_LOG_LEVEL": "3",
            }
            known[row] = comparison.run_program(
                folder / f"probe_{library}.py", environment=environment, timeout_s=300
            )
        return known[row]

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield ask


def reference_training(data):
    """Train with NumPy alone, in float64."""
    weights, losses = problem.glorot_weights((64, 32, 10), seed=0), []
    for _ in range(SETTINGS["epochs"]):
        of_epoch = []
        for start in range(0, len(data["x_train"]), 32):
            rows = slice(start, start + 32)
            step = problem.reference_first_step(
                weights, data["x_train"][rows], data["y_train"][rows], 0.1
            )
            weights = step["updated"]
            of_epoch += step["loss"]
        losses.append(np.mean(of_epoch))
    w1, b1, w2, b2 = weights
    logits = np.maximum(data["x_test"] @ w1 + b1, 0) @ w2 + b2
    return losses, logits


@pytest.mark.sampled("torch", "keras-torch")
@pytest.mark.parametrize("row", ROWS)
def test_the_first_step_is_the_one_by_hand(answers, data, row):
    weights = problem.glorot_weights((64, 32, 10), seed=0)
    expected = problem.reference_first_step(
        weights, data["x_train"][:32], data["y_train"][:32], 0.1
    )
    deviations = problem.largest_deviation(answers(row), expected)
    assert set(deviations) == {"logits", "loss", "gradients", "updated"}
    assert max(deviations.values()) <= TOLERANCE, deviations


@pytest.mark.sampled("torch", "keras-torch")
@pytest.mark.parametrize("row", ROWS)
def test_a_square_layer_is_not_transposed(answers, data, row):
    weights = problem.glorot_weights((64, 64, 10), seed=0)
    expected = problem.reference_first_step(weights, data["x_train"][:8], data["y_train"][:8], 0.1)
    deviations = problem.largest_deviation(answers(row)["square"], expected)
    assert max(deviations.values()) <= TOLERANCE, deviations


@pytest.mark.sampled("torch", "keras-torch")
@pytest.mark.parametrize("row", ROWS)
def test_training_follows_numpy(answers, data, row):
    losses, logits = reference_training(data)
    training = answers(row)["training"]
    np.testing.assert_allclose(training["losses"], losses, rtol=TOLERANCE)
    assert len(training["ms"]) == SETTINGS["epochs"]
    same = np.array(training["predicted"]) == logits.argmax(axis=1)
    assert same.mean() > 0.99  # a near tie may fall either way
    assert (np.array(training["predicted"]) == data["y_test"]).mean() > 0.9


@pytest.mark.sampled("torch", "keras-torch")
@pytest.mark.parametrize("row", ROWS)
def test_a_process_loads_the_framework_it_needs_and_neither_of_the_hidden(answers, row):
    backend = ROWS[row][1]
    assert answers(row)["loaded"] == [backend]


def test_the_keras_program_is_one_program(answers):
    hashes = {answers(row)["program"] for row in ROWS if row.startswith("keras")}
    assert len(hashes) == 1


@pytest.mark.parametrize("row", [row for row in ROWS if row.startswith("keras")])
def test_keras_names_its_backend_and_the_dtypes_it_makes(answers, row):
    answer = answers(row)
    assert answer["backend"] == ROWS[row][1]
    assert answer["ones"] == "float32"
    wide = {"jax": ("float32", "int32")}.get(answer["backend"], ("float64", "int64"))
    assert (answer["float64"], answer["int64"]) == wide


def test_equal_seeds_draw_different_numbers_on_different_backends(answers):
    drawn = {tuple(answers(row)["normal"]) for row in ROWS if row.startswith("keras")}
    assert len(drawn) == 3


def test_one_file_gives_the_trained_logits_on_three_backends(answers, data):
    _, expected = reference_training(data)
    for row in ("keras-tensorflow", "keras-torch", "keras-jax"):
        found = np.array(answers(row)["passed_on"])
        assert np.abs(found - expected).max() <= TOLERANCE * np.abs(expected).max()
        np.testing.assert_allclose(answers(row)["drawn"], found[:1], rtol=1e-5)


def test_a_saved_model_carries_the_decision_not_to_compile(answers):
    answers("keras-torch")  # whoever comes first saves: both do not compile on a CPU
    answer = answers("keras-jax")
    assert answer["fresh_jit"] is True
    assert answer["loaded_jit"] is False
