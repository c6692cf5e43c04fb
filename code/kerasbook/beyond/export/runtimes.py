"""Programs that run an exported model; each imports what it needs itself."""

import importlib
from importlib.util import find_spec

# What runs each format: the module, and what pip calls it.
RUNTIMES = {
    "tf_saved_model": ("tensorflow", "tensorflow"),
    "onnx": ("onnxruntime", "onnxruntime"),
    "litert": ("ai_edge_litert", "ai-edge-litert"),
    "openvino": ("openvino", "openvino"),
    "torch": ("torch", "torch"),
}


def require_runtime(format):
    """Say before anything is written what would be missing to run it."""
    if format not in RUNTIMES:
        known = ", ".join(RUNTIMES)
        raise ValueError(f"Expected one of {known}. Received: {format!r}")
    module, package = RUNTIMES[format]
    if find_spec(module) is None:
        raise ModuleNotFoundError(
            f"format={format!r} is run by {package}, which is not installed: "
            f"pip install {package}"
        )


def load_onnx(path):
    """Load an ONNX model; returns a function from images to probabilities."""
    import onnxruntime

    session = onnxruntime.InferenceSession(
        path, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    return lambda images: session.run(None, {name: images})[0]


def start_litert(path):
    """Load a LiteRT model; returns a predict function."""
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(path).get_signature_runner()
    (name,) = runner.get_input_details()
    return lambda images: next(iter(runner(**{name: images}).values()))


def start_saved_model(path):
    """Load a SavedModel; the result answers images."""
    import tensorflow as tf

    loaded = tf.saved_model.load(path)
    return lambda images: loaded.serve(images).numpy()


def start_keras(path):
    """Load a `.keras` file, for comparison; the result answers images."""
    keras = importlib.import_module("keras")  # here, so that its time counts
    model = keras.saving.load_model(path)
    return lambda images: model(images).numpy()
