"""Reference runs of the page on exporting: what each backend writes, run without Keras.

A network of the book, trained for an epoch, is written by a process on one backend and answered by
a process that cannot see Keras. The pairs that Keras refuses are in `REFUSED`, for the tests.
"""

import tempfile
from pathlib import Path

from bookkit.errors import BookError
from recipes.recipe import Recipe

WRITE = """
import keras
import numpy as np

model = keras.saving.load_model({source!r})
model(np.load({images!r})[:1])
model.export({target!r}, format={format!r}, verbose=False)
"""
SUFFIXES = {
    "tf_saved_model": "",
    "onnx": ".onnx",
    "litert": ".tflite",
    "openvino": ".xml",
    "torch": ".pt2",
}
WRITTEN = {
    "tensorflow": ("tf_saved_model", "onnx", "litert", "openvino"),
    "jax": ("tf_saved_model", "onnx"),
    "torch": ("onnx", "openvino", "torch"),
}
# What Keras says instead, in part; the page quotes it.
REFUSED = {
    ("tensorflow", "torch"): "Torch export requires PyTorch backend.",
    ("jax", "litert"): "LiteRT export requires TensorFlow or PyTorch backend.",
    ("jax", "openvino"): "No conversion rule found for operations: XlaCallModule",
    ("jax", "torch"): "Torch export requires PyTorch backend.",
    ("torch", "tf_saved_model"): "Detected mismatch between the structure of `inputs`",
    ("torch", "litert"): "you must install the `litert-torch` package",
}
# Written, but ONNX Runtime refuses it as soon as a network has max pooling (jax2onnx 0.17.1).
UNUSABLE = {("jax", "onnx"): "Unsupported pooling size"}
TEST_IMAGES = 200


def start_openvino(path):
    """Load an OpenVINO file and compute in float32; the result answers images."""
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(path, "CPU", settings)
    return lambda images: compiled(images)[0]


def start_openvino_as_it_likes(path):
    """Load an OpenVINO file with the precision that its plugin chooses."""
    import openvino

    compiled = openvino.Core().compile_model(path, "CPU")
    return lambda images: compiled(images)[0]


def start_torch(path):
    """Load a program of `torch.export`, which takes one image at a time."""
    import torch

    module = torch.export.load(path).module()
    each = torch.no_grad()(lambda image: module(torch.from_numpy(image[None])))
    return lambda images: torch.cat([each(image) for image in images]).numpy()


def _start(format):
    from kerasbook.beyond.export import runtimes

    known = {
        "tf_saved_model": runtimes.start_saved_model,
        "onnx": runtimes.load_onnx,
        "litert": runtimes.start_litert,
        "openvino": start_openvino,
        "torch": start_torch,
    }
    return known[format]


def _trained(seed, *, network, epochs, train_images):
    """Train a network of the book, a little; give its inference half and images to test it."""
    import keras

    from kerasbook import cifar10
    from kerasbook.applications import image_classification
    from kerasbook.beyond.export import digit_reader
    from kerasbook.beyond.export.inference import for_inference

    keras.utils.set_random_seed(seed)
    if network == "digits":
        (images, labels), (x_test, _) = digit_reader.load_digit_bytes()
        model = digit_reader.build_digit_reader()
    else:
        (images, labels), (x_test, _) = cifar10.load_cifar10()
        model = image_classification.build_improved_network(momentum=0.9)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(images[:train_images], labels[:train_images], epochs=epochs, verbose=0)
    return for_inference(model), x_test


def write_on(backend, format, source, images, target):
    """Export a `.keras` file in a process of its own; return what that says, an error included."""
    from kerasbook.isolation import run_without

    program = WRITE.format(source=source, images=images, target=target, format=format)
    return run_without(program, backend=backend, timeout_s=3600)  # jax2onnx takes minutes


def _export(seed, *, backend, format, precision="float32", network="improved", **training):
    """Write a network on one backend and answer with the format's own runtime."""
    import numpy as np

    from kerasbook.beyond.export import elsewhere

    model, images = _trained(seed, network=network, **training)
    # ONNX Runtime and LiteRT refuse other types of number; a SavedModel would convert them.
    images = images[:TEST_IMAGES].astype(model.inputs[0].dtype)
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/model.keras", f"{folder}/{backend}{SUFFIXES[format]}"
        model.save(source)
        np.save(f"{folder}/images.npy", images)
        said = write_on(backend, format, source, f"{folder}/images.npy", target)
        if not Path(target).exists():
            raise BookError(f"{format} on {backend}: {said}")
        start = start_openvino_as_it_likes if precision == "chosen" else _start(format)
        answers, report = elsewhere.run_elsewhere(start, target, images)
        weights = Path(target).with_suffix(".bin")  # OpenVINO keeps them beside the graph
        kilobytes = elsewhere.kilobytes_of(target)
        kilobytes += elsewhere.kilobytes_of(weights) if weights.exists() else 0
    if report["has_keras"]:
        raise BookError(f"{format} on {backend}: Keras was imported")
    expected = model.predict(images, verbose=0)
    return {
        "difference": float(np.abs(answers - expected).max()),
        "same_labels": float(np.mean(answers.argmax(axis=1) == expected.argmax(axis=1))),
        "kilobytes": kilobytes,
        "start_s": report["start_s"],
        "image_ms": report["image_ms"],
        "memory_mib": report["memory_mib"],
        "parameters": model.count_params(),
    }


_COMMON = {"epochs": 1, "train_images": 1000}
# From JAX, ONNX Runtime refuses the improved network's pooling; see `UNUSABLE`.
_OTHERS = {("jax", "onnx"): {"network": "digits"}}
_RECIPES = [
    Recipe(
        f"{backend}-{format}",
        {"backend": backend, "format": format, **_OTHERS.get((backend, format), {}), **_COMMON},
        _export,
    )
    for backend, formats in WRITTEN.items()
    for format in formats
]
_RECIPES.append(
    Recipe(
        "tensorflow-openvino-chosen",
        {"backend": "tensorflow", "format": "openvino", "precision": "chosen", **_COMMON},
        _export,
    )
)
TASKS = {"export": ("cifar10", _RECIPES)}
