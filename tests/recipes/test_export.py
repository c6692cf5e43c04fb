"""The reference runs on exports: which pairs are tried, and what Keras says to the others."""

import importlib.util
import itertools
from pathlib import Path

import keras
import numpy as np
import pytest

from bookkit.running import packages
from kerasbook.beyond.export.runtimes import RUNTIMES, load_onnx
from kerasbook.isolation import run_without
from recipes import PACKAGES, export

FORMATS = ("tf_saved_model", "onnx", "litert", "openvino", "torch")


def test_each_backend_writes_a_format_or_refuses_it():
    written = {(one, other) for one, several in export.WRITTEN.items() for other in several}
    pairs = set(itertools.product(("tensorflow", "jax", "torch"), FORMATS))
    assert written | export.REFUSED.keys() == pairs
    assert not written & export.REFUSED.keys()
    assert tuple(export.SUFFIXES) == FORMATS == tuple(RUNTIMES)


def test_each_pair_is_a_recipe_and_openvino_twice():
    names = [recipe.name for recipe in export.TASKS["export"][1]]
    assert len(names) == len(set(names)) == sum(map(len, export.WRITTEN.values())) + 1
    group = {each.name for each in packages.requirements(PACKAGES["export"])}
    assert {"openvino", "jax2onnx", "onnxruntime"} < group


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    image = keras.Input((4, 4, 1), name="image")
    model = keras.Model(image, keras.layers.Flatten()(keras.layers.Conv2D(2, 3)(image)))
    model.save(folder / "model.keras")
    np.save(folder / "images.npy", np.ones((2, 4, 4, 1), "float32"))
    return folder


@pytest.mark.weekly
@pytest.mark.parametrize(("backend", "format"), export.REFUSED)
def test_a_refusal_says_what_the_page_quotes(source, tmp_path, backend, format):
    if format == "openvino" and importlib.util.find_spec("openvino") is None:
        pytest.skip("needs openvino, of the group formats")
    if format == "litert" and importlib.util.find_spec("litert_torch"):
        pytest.skip("needs to be without litert-torch")
    try:
        said = write(source, tmp_path, backend, format)
    except RuntimeError as error:  # OpenVINO's own type, whose name does not end in Error
        said = str(error)
    assert export.REFUSED[backend, format] in said


def write(source, target, backend, format):
    """Write what `source` holds; return what the other process said."""
    path = str(target / f"model{export.SUFFIXES[format]}")
    images = str(source / "images.npy")
    return export.write_on(backend, format, str(source / "model.keras"), images, path)


def test_pooling_from_jax_is_written_and_cannot_be_run(tmp_path):
    pytest.importorskip("jax2onnx", reason="needs jax2onnx, of the group formats")
    image = keras.Input((4, 4, 1), name="image")
    pooled = keras.Model(image, keras.layers.MaxPooling2D()(image))
    pooled.save(tmp_path / "model.keras")
    np.save(tmp_path / "images.npy", np.ones((1, 4, 4, 1), "float32"))
    assert write(tmp_path, tmp_path, "jax", "onnx") == ""
    with pytest.raises(Exception, match=export.UNUSABLE["jax", "onnx"]):
        load_onnx(str(tmp_path / "model.onnx"))(np.ones((1, 4, 4, 1), "float32"))


@pytest.mark.weekly
def test_a_pytorch_program_answers_one_image_at_a_time_and_refuses_two(source, tmp_path):
    write(source, tmp_path, "torch", "torch")
    path = str(tmp_path / "model.pt2")
    images = np.random.default_rng(0).normal(size=(3, 4, 4, 1)).astype("float32")
    model = keras.saving.load_model(source / "model.keras")
    answers = export.start_torch(path)(images)
    np.testing.assert_allclose(answers, model.predict(images, verbose=0), atol=1e-5)
    program = f"import torch\ntorch.export.load({path!r}).module()(torch.zeros(2, 4, 4, 1))"
    assert run_without(program) == "AssertionError: Guard failed: args_0.size()[0] == 1"


@pytest.mark.parametrize("start", [export.start_openvino, export.start_openvino_as_it_likes])
def test_openvino_answers_as_keras_does(source, tmp_path, start):
    pytest.importorskip("openvino", reason="needs openvino, of the group formats")
    write(source, tmp_path, "tensorflow", "openvino")
    images = np.load(source / "images.npy")
    expected = keras.saving.load_model(source / "model.keras").predict(images, verbose=0)
    found = start(str(Path(tmp_path, "model.xml")))(images)
    np.testing.assert_allclose(found, expected, atol=1e-5 if start is export.start_openvino else 1)
