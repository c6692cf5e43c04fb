"""Every format that the page writes: run without Keras, its answers equal to the source's."""

import keras
import numpy as np
import pytest

from bookkit.paths import CODE
from kerasbook.beyond.export import elsewhere, runtimes
from kerasbook.beyond.export.digit_reader import build_digit_reader, load_digit_bytes
from kerasbook.beyond.export.inference import build_flipper, for_inference
from kerasbook.isolation import run_without

ai_edge_litert = pytest.importorskip("ai_edge_litert.interpreter", reason="needs the group export")
onnxruntime = pytest.importorskip("onnxruntime", reason="needs the group export")
pytest.importorskip("tf2onnx", reason="needs the group export")

pytestmark = [
    pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports from TensorFlow"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
FILES = {
    "tf_saved_model": ("saved", runtimes.start_saved_model),
    "onnx": ("digits.onnx", runtimes.load_onnx),
    "litert": ("digits.tflite", runtimes.start_litert),
}
TYPES = ("inference_input_type", "inference_output_type")


@pytest.fixture(scope="module")
def digits():
    keras.utils.set_random_seed(0)
    (x_train, y_train), (x_test, _) = load_digit_bytes()
    model = build_digit_reader()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x_train[:256], y_train[:256], verbose=0)
    return model, x_test[:50]


@pytest.fixture(scope="module")
def folder(digits, tmp_path_factory):
    """Write the network in each format."""
    folder = tmp_path_factory.mktemp("exported")
    for format, (name, _) in FILES.items():
        digits[0].export(str(folder / name), format=format, verbose=False)
    digits[0].save(folder / "digits.keras")
    return folder


@pytest.mark.sampled("onnx")
@pytest.mark.parametrize("format", FILES)
def test_a_format_answers_as_its_source_does_where_keras_is_not(digits, folder, format):
    model, images = digits
    name, start = FILES[format]
    answers, report = elsewhere.run_elsewhere(start, folder / name, images)
    assert report["has_keras"] is False
    assert elsewhere.compare_answers(model.predict(images, verbose=0), answers) < 1e-5
    assert report.keys() == {"start_s", "image_ms", "memory_mib", "has_keras"}
    assert min(report["start_s"], report["image_ms"], report["memory_mib"]) > 0


def test_a_flex_operation_is_exported_to_litert_but_does_not_run_there(tmp_path):
    import tensorflow as tf

    matrix = keras.Input((2, 2), name="matrix")
    model = keras.Model(matrix, keras.ops.inv(matrix))
    path = str(tmp_path / "inverse.tflite")
    model.export(path, format="litert", verbose=False)  # no error
    with pytest.raises(RuntimeError, match="Select TensorFlow op"):
        ai_edge_litert.Interpreter(path).allocate_tensors()
    builtins = {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}
    with pytest.raises(Exception, match="MatrixInverse"):
        model.export(path, format="litert", verbose=False, target_spec=builtins)


def test_the_digits_file_holds_no_flex_operation(folder):
    assert b"Flex" not in (folder / "digits.tflite").read_bytes()


@pytest.mark.weekly
def test_for_comparison_keras_itself_runs_elsewhere(digits, folder):
    model, images = digits
    path = folder / "digits.keras"
    answers, report = elsewhere.run_elsewhere(runtimes.start_keras, path, images, hidden=())
    assert report["has_keras"] is True
    assert elsewhere.compare_answers(model.predict(images, verbose=0), answers) < 1e-5


def test_what_fails_elsewhere_is_said_here(folder):
    images = np.zeros((1, 8, 8, 1), "uint8")
    with pytest.raises(RuntimeError, match=r"start_keras failed: ModuleNotFoundError: .*'keras'"):
        elsewhere.run_elsewhere(runtimes.start_keras, folder / "digits.keras", images)


def test_batch_normalization_and_dropout_are_gone(folder):
    import onnx

    kinds = [node.op_type for node in onnx.load(folder / "digits.onnx").graph.node]
    assert kinds.count("Conv") == 2
    assert not {"BatchNormalization", "Dropout"} & set(kinds)


def test_the_file_takes_bytes_and_any_number_of_them(digits, folder):
    session = onnxruntime.InferenceSession(folder / "digits.onnx")
    (wanted,) = session.get_inputs()
    assert (wanted.name, wanted.type, wanted.shape[1:]) == ("image", "tensor(uint8)", [8, 8, 1])
    assert session.run(None, {"image": digits[1][:7]})[0].shape == (7, 10)


@pytest.mark.parametrize(
    ("key", "change", "message"),
    [
        ("input", lambda x: x, r"Required inputs \(\['image'\]\) are missing"),
        (
            "image",
            lambda x: x / 16,
            r"Actual: \(tensor\(double\)\) , expected: \(tensor\(uint8\)\)",
        ),
        ("image", lambda x: x[0], "Invalid rank for input: image Got: 3 Expected: 4"),
        ("image", lambda x: x.transpose(0, 3, 1, 2), "Got invalid dimensions for input: image"),
        ("image", lambda x: x[:, :7], "Got invalid dimensions for input: image"),
    ],
)
def test_what_onnx_runtime_refuses(digits, folder, key, change, message):
    session = onnxruntime.InferenceSession(folder / "digits.onnx")
    with pytest.raises(Exception, match=message):
        session.run(None, {key: change(digits[1])})


def test_litert_answers_an_image_that_lacks_a_row(digits, folder):
    answer = runtimes.start_litert(str(folder / "digits.tflite"))
    assert answer(digits[1][:3, :7]).shape == (3, 10)


def test_litert_refuses_floats_and_a_saved_model_cuts_them_off(digits, folder):
    halves = np.minimum(digits[1], 15) + 0.5
    with pytest.raises(ValueError, match="Got value of type FLOAT64 but expected type UINT8"):
        runtimes.start_litert(str(folder / "digits.tflite"))(halves)
    answer = runtimes.start_saved_model(str(folder / "saved"))
    np.testing.assert_array_equal(answer(halves), answer(np.minimum(digits[1], 15)))


def test_a_loaded_model_must_run_before_it_becomes_onnx(digits, folder, tmp_path):
    model = keras.saving.load_model(folder / "digits.keras")
    with pytest.raises(ValueError, match="The model provided has never called"):
        model.export(str(tmp_path / "new.onnx"), format="onnx", verbose=False)
    model(digits[1][:1])
    model.export(str(tmp_path / "new.onnx"), format="onnx", verbose=False)
    answers = runtimes.load_onnx(str(tmp_path / "new.onnx"))(digits[1])
    assert elsewhere.compare_answers(digits[0].predict(digits[1], verbose=0), answers) < 1e-5


# Several inputs


@pytest.fixture(scope="module", params=["list", "dict"])
def meter(request):
    """A model of two inputs, and what it takes and gives."""
    before, after = (keras.Input((2,), name=name) for name in ("before", "after"))
    inputs = {"list": [before, after], "dict": {"before": before, "after": after}}
    difference = keras.layers.Subtract()([after, before])
    model = keras.Model(inputs[request.param], {"increase": difference})
    pair = {"before": np.zeros((3, 2), "float32"), "after": np.ones((3, 2), "float32")}
    assert (model.predict(pair, verbose=0)["increase"] == 1).all()
    return request.param, model, pair


@pytest.mark.sampled("dict")
def test_inputs_have_the_names_of_keras_and_litert_sorts_them(meter, tmp_path):
    kind, model, pair = meter
    model.export(str(tmp_path / "meter.onnx"), format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "meter.onnx")
    names = [each.name for each in session.get_inputs()]
    assert names == (["before", "after"] if kind == "list" else ["after", "before"])
    assert (session.run(["increase"], pair)[0] == 1).all()
    model.export(str(tmp_path / "meter.tflite"), format="litert", verbose=False)
    runner = ai_edge_litert.Interpreter(str(tmp_path / "meter.tflite")).get_signature_runner()
    assert list(runner.get_input_details()) == ["after", "before"]
    assert (runner(**pair)["increase"] == 1).all()
    by_position = dict(zip(runner.get_input_details(), pair.values(), strict=True))
    assert (runner(**by_position)["increase"] == -1).all()


def test_a_saved_model_of_two_inputs_is_called_by_name(meter, tmp_path):
    import tensorflow as tf

    _, model, pair = meter
    model.export(str(tmp_path / "meter"), verbose=False)
    served = tf.saved_model.load(str(tmp_path / "meter")).signatures["serving_default"]
    assert served.structured_input_signature[1].keys() == {"before", "after"}
    assert (served(**pair)["increase"].numpy() == 1).all()


def test_an_input_signature_is_nested_as_the_argument_is(meter, tmp_path):
    kind, model, _ = meter
    old, new = (
        keras.InputSpec(shape=(1, 2), dtype="float32", name=name) for name in ("old", "new")
    )
    path = str(tmp_path / "one.onnx")
    with pytest.raises(ValueError, match=r"expects 2 named input\(s\) with keys"):
        model.export(path, format="onnx", input_signature=[old, new])
    with pytest.raises(TypeError, match="multiple values for argument 'training'"):
        model.export(f"{path}.tflite", format="litert", input_signature=[old, new])
    inner = {"list": [old, new], "dict": {"before": old, "after": new}}[kind]
    model.export(path, format="onnx", verbose=False, input_signature=[inner])
    inputs = onnxruntime.InferenceSession(path).get_inputs()
    assert {each.name: each.shape for each in inputs} == {"old": [1, 2], "new": [1, 2]}


def test_a_wrapped_model_keeps_the_names_of_its_inputs(meter, tmp_path):
    _, model, pair = meter
    wrapped = for_inference(model)
    assert (wrapped.predict(pair, verbose=0)["increase"] == 1).all()
    wrapped.export(str(tmp_path / "meter.onnx"), format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "meter.onnx")
    assert {each.name for each in session.get_inputs()} == {"before", "after"}
    assert (session.run(["increase"], pair)[0] == 1).all()


@pytest.mark.sampled("dict")
def test_an_interpreter_takes_inputs_by_number_too(meter, tmp_path):
    _, model, pair = meter
    model.export(str(tmp_path / "meter.tflite"), format="litert", verbose=False)
    interpreter = ai_edge_litert.Interpreter(str(tmp_path / "meter.tflite"))
    named = {
        each["index"]: pair["before" if "before" in each["name"] else "after"]
        for each in interpreter.get_input_details()
    }
    for index, value in named.items():
        interpreter.resize_tensor_input(index, value.shape)
    interpreter.allocate_tensors()
    for index, value in named.items():
        interpreter.set_tensor(index, value)
    interpreter.invoke()
    (given,) = interpreter.get_output_details()
    assert (interpreter.get_tensor(given["index"]) == 1).all()


def test_a_sequential_file_for_phones_has_the_name_of_its_input(tmp_path):
    model = keras.Sequential([keras.Input((4,), name="pixels"), keras.layers.Dense(2)])
    x = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    expected = model.predict(x, verbose=0)
    model.export(str(tmp_path / "model.tflite"), format="litert", verbose=False)
    runner = ai_edge_litert.Interpreter(str(tmp_path / "model.tflite")).get_signature_runner()
    (found,) = runner(pixels=x).values()
    np.testing.assert_allclose(found, expected, atol=1e-5)


# Quantization, flex operations


@pytest.mark.weekly
def test_representative_images_must_be_preprocessed_as_those_of_the_app(digits, tmp_path):
    import tensorflow as tf

    model, images = digits
    (typical, _), _ = load_digit_bytes()
    typical = typical[:100, None]
    expected = model.predict(images, verbose=0)

    def change(name, **options):
        path = str(tmp_path / f"{name}.tflite")
        optimizations = [tf.lite.Optimize.DEFAULT]
        model.export(path, format="litert", verbose=False, optimizations=optimizations, **options)
        difference = np.abs(runtimes.start_litert(path)(images) - expected)
        return float(difference.max()), elsewhere.kilobytes_of(path)

    half, half_size = change("float16", target_spec={"supported_types": [tf.float16]})
    right, size = change("right", representative_dataset=lambda: ([i] for i in typical))
    wrong, _ = change("wrong", representative_dataset=lambda: ([i] for i in typical // 16))
    assert half < right < wrong / 3
    assert size < half_size < 30


def test_inputs_and_outputs_of_full_integer_files_may_be_int8_too(tmp_path):
    import tensorflow as tf

    x = np.random.default_rng(0).normal(size=(100, 1, 4)).astype("float32")
    model = keras.Sequential([keras.Input((4,), name="pixels"), keras.layers.Dense(2)])
    path = str(tmp_path / "int8.tflite")
    settings = {
        "optimizations": [tf.lite.Optimize.DEFAULT],
        "representative_dataset": lambda: ([each] for each in x),
        "target_spec": {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]},
    }
    for changed, wanted in (({}, np.float32), (dict.fromkeys(TYPES, tf.int8), np.int8)):
        model.export(path, format="litert", verbose=False, **settings, **changed)
        interpreter = ai_edge_litert.Interpreter(path)
        details = (*interpreter.get_input_details(), *interpreter.get_output_details())
        assert {each["dtype"] for each in details} == {wanted}


def test_an_lstm_needs_flex_operations_unless_its_batch_is_fixed(tmp_path):
    path = tmp_path / "lstm.tflite"
    model = keras.Sequential([keras.Input((10, 4), name="steps"), keras.layers.LSTM(8)])
    model.export(str(path), format="litert", verbose=False)
    assert b"FlexTensorListReserve" in path.read_bytes()
    one = [keras.InputSpec(shape=(1, 10, 4), dtype="float32", name="steps")]
    model.export(str(path), format="litert", verbose=False, input_signature=one)
    assert b"Flex" not in path.read_bytes()


def test_an_option_of_the_documentation_is_unknown_to_the_converter(digits, tmp_path):
    path = str(tmp_path / "digits.tflite")
    with pytest.raises(ValueError, match="Unknown converter attribute 'enable_select_tf_ops'"):
        digits[0].export(path, format="litert", enable_select_tf_ops=True)


# Augmentation


def served(model, path, times=24):
    """Return the distinct answers of a SavedModel to the pixels 1 and 2."""
    import tensorflow as tf

    model.export(str(path), verbose=False)
    loaded = tf.saved_model.load(str(path))
    pixels = np.array([[[[1], [2]]]], "float32")
    return {tuple(loaded.serve(pixels).numpy()[0]) for _ in range(times)}


def test_a_saved_model_mirrors_at_random_unless_it_is_wrapped(tmp_path):
    keras.utils.set_random_seed(0)
    flipper = build_flipper()
    pixels = np.array([[[[1], [2]]]], "float32")
    assert {tuple(flipper.predict(pixels, verbose=0)[0]) for _ in range(24)} == {(1, 2)}
    assert served(flipper, tmp_path / "bare") == {(1, 2), (2, 1)}
    assert served(for_inference(flipper), tmp_path / "wrapped") == {(1, 2)}


def test_onnx_runtime_refuses_the_bare_flipper_and_takes_the_wrapped(tmp_path):
    flipper, path = build_flipper(), str(tmp_path / "flipper.onnx")
    pixels = np.array([[[[1], [2]]]], "float32")
    flipper(pixels)
    flipper.export(path, format="onnx", verbose=False)
    with pytest.raises(Exception, match="No Op registered for StatelessRandomUniformV2"):
        onnxruntime.InferenceSession(path)
    wrapped = for_inference(flipper)
    wrapped(pixels)
    wrapped.export(path, format="onnx", verbose=False)
    assert runtimes.load_onnx(path)(pixels).tolist() == [[1, 2]]


# Errors


def test_answers_too_far_apart_are_an_error_that_says_how_far():
    source = np.array([[0.9, 0.1], [0.2, 0.8]])
    other = np.array([[0.9, 0.1], [0.6, 0.4]])
    assert elsewhere.compare_answers(source, source + 9e-6) == pytest.approx(9e-6)
    with pytest.raises(ValueError, match=r"within 1e-05. Received: off by 0.4, 50% of the labels"):
        elsewhere.compare_answers(source, other)
    assert elsewhere.compare_answers(source, other, tolerance=0.5) == pytest.approx(0.4)


@pytest.mark.parametrize("format", runtimes.RUNTIMES)
def test_a_format_without_its_runtime_is_named_with_its_cure(format):
    module, package = runtimes.RUNTIMES[format]
    program = f"from kerasbook.beyond.export.runtimes import require_runtime as r; r({format!r})"
    program = f"import sys; sys.path.insert(0, {str(CODE)!r})\n{program}"
    assert run_without(program, hidden=(module,)) == (
        f"ModuleNotFoundError: format={format!r} is run by {package}, which is not installed: "
        f"pip install {package}"
    )


def test_a_runtime_that_is_there_is_no_error():
    assert runtimes.require_runtime("onnx") is None


def test_an_unknown_format_is_answered_by_the_known_ones():
    known = "tf_saved_model, onnx, litert, openvino, torch"
    with pytest.raises(ValueError, match=f"Expected one of {known}. Received: 'coreml'"):
        runtimes.require_runtime("coreml")


def test_sizes_are_of_files_and_of_folders(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "a").write_bytes(bytes(1500))
    (tmp_path / "inner" / "b").write_bytes(bytes(500))
    assert elsewhere.kilobytes_of(tmp_path / "a") == 1.5
    assert elsewhere.kilobytes_of(tmp_path) == 2.0
