"""The rebuilt detector gives what the original graph gives, node by node, on real photographs."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from bookkit.data.registry import SAMPLE
from kerasbook.beyond.detector import nanodet as page
from kerasbook.beyond.detector.decoding import prepare_photo
from kerasbook.weight_files import assign_weights, read_arrays

WEIGHTS = SAMPLE / "nanodet" / "weights.npz"
PHOTOS = sorted((SAMPLE / "nanodet" / "photos").iterdir())
# The TensorFlow.js graph as its makers exported it: every node, its integers, and for each float
# constant the name of the array in `weights.npz` that holds its values.
GRAPH = json.loads(Path(__file__).with_name("nanodet-graph.json").read_text("utf-8"))
TOLERANCE = 1e-5  # outputs are of the order of 10
OPERATIONS = {
    "Add": lambda node, a, b: a + b,
    "AddV2": lambda node, a, b: a + b,
    "Transpose": lambda node, x, order: tf.transpose(x, order),
    "Pad": lambda node, x, edges: tf.pad(x, edges),
    "PadV2": lambda node, x, edges, value: tf.pad(x, edges, constant_values=value),
    "Conv2D": lambda node, x, kernel: tf.nn.conv2d(x, kernel, node["strides"], "VALID"),
    "LeakyRelu": lambda node, x: tf.maximum(x, node["alpha"] * x),
    "MaxPool": lambda node, x: tf.nn.max_pool2d(x, node["ksize"], node["strides"], "VALID"),
    "ConcatV2": lambda node, *parts: tf.concat(parts[:-1], int(parts[-1])),
    "ResizeBilinear": lambda node, x, size: tf.image.resize(x, size),
    "SplitV": lambda node, x, sizes, axis: tf.split(x, sizes, int(axis)),
    "Sigmoid": lambda node, x: tf.sigmoid(x),
    "Reshape": lambda node, x, shape: tf.reshape(x, shape),
    "Identity": lambda node, x: x,
    "SparseToDense": lambda node, where, shape, values, default: np.full(shape, default),
}


def constant(node, arrays):
    """Return the value of a Const node."""
    if "weight" in node:
        return arrays[node["weight"]].astype("float32")
    return np.array(node["value"], node["dtype"]).reshape(node["shape"])


def evaluate_graph(inputs, arrays):
    """Evaluate the graph on `(1, 416, 416, 3)`: probabilities and bins of all cells."""
    values = {}
    for node in GRAPH:
        if node["op"] == "Placeholder":
            values[node["name"]] = inputs.transpose(0, 3, 1, 2)
        elif node["op"] == "Const":
            values[node["name"]] = constant(node, arrays)
        else:
            pairs = [name.partition(":")[::2] for name in node["input"]]
            given = [
                values[name][int(part or 0)] if isinstance(values[name], list) else values[name]
                for name, part in pairs
            ]
            values[node["name"]] = OPERATIONS[node["op"]](node, *given)
    names = ["Identity", *(f"Identity_{number}" for number in range(1, 6))]
    scores, bins = names[:3], names[3:]
    return [np.concatenate([values[name] for name in part], axis=1) for part in (scores, bins)]


@pytest.fixture(scope="module")
def arrays():
    return read_arrays(WEIGHTS)


@pytest.fixture(scope="module")
def model(arrays):
    model = page.build_nanodet()
    assign_weights(model, arrays)
    return model


def test_no_layer_has_a_name_that_keras_gives_its_own_paddings(model):
    # Keras counts them in the whole process: the 21st is pad_20, and stops a model that has one.
    padded = [each.name for each in model.operations if each.name.startswith("pad")]
    assert len(padded) == 1


def photo(path):
    return keras.utils.img_to_array(keras.utils.load_img(path)).astype("uint8")


@pytest.mark.parametrize("path", PHOTOS, ids=[path.stem for path in PHOTOS])
def test_every_output_equals_the_original_graph(path, model, arrays):
    inputs = prepare_photo(photo(path))
    probabilities, bins = evaluate_graph(inputs, arrays)
    answer = model.predict(inputs, verbose=0)
    assert answer.shape == (1, 3549, 124)
    found = 1 / (1 + np.exp(-answer[..., :80]))
    np.testing.assert_allclose(found, probabilities, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(answer[..., 80:], bins, rtol=0, atol=TOLERANCE)
    assert np.ptp(bins) > 5  # of a network that has learned something


@pytest.mark.sampled("torch")
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_agree(backend, model, on_backend, tmp_path):
    inputs = prepare_photo(photo(PHOTOS[0]))
    np.save(tmp_path / "inputs.npy", inputs)
    (name,) = on_backend(
        backend,
        "import keras, numpy as np\n"
        "from kerasbook.beyond.detector import nanodet\n"
        "from kerasbook import weight_files as weights\n"
        "model = nanodet.build_nanodet()\n"
        f"weights.assign_weights(model, weights.read_arrays({str(WEIGHTS)!r}))\n"
        f"inputs = np.load({str(tmp_path / 'inputs.npy')!r})\n"
        "answer = keras.ops.convert_to_numpy(model(inputs))\n"
        f"np.save({str(tmp_path / 'answer.npy')!r}, answer)\n"
        "print(keras.backend.backend())\n",
    )
    assert name == backend
    expected = model.predict(inputs, verbose=0)
    np.testing.assert_allclose(
        np.load(tmp_path / "answer.npy"), expected, rtol=0, atol=10 * TOLERANCE
    )


def test_parameters_are_those_of_the_graph(model):
    assert model.count_params() == 3_786_068
    assert len(model.weights) == 2 * 34
    assert sum(node["op"] == "Conv2D" for node in GRAPH) == 34


def test_what_exporting_left_out_makes_up_the_published_count(model):
    """Batch normalization has two numbers a channel, a bias one; three convolutions lay idle."""
    activated = [layer for layer in model.layers if layer.name.startswith("zeros_")]
    names = {layer.name.replace("zeros", "conv") for layer in activated}
    channels = sum(model.get_layer(name).filters for name in names)
    assert channels == 2560
    idle = 3 * 4 * page.NUM_BINS * (128 + 1)
    assert f"{(model.count_params() + channels + idle) / 1e6:.2f}" == "3.81"


def test_zeros_stand_on_both_sides():
    """A ramp halved by a kernel that picks its left top neighbor: the first pick is a zero."""
    inputs = keras.Input((4, 4, 1))
    model = keras.Model(inputs, page.convolve_padded(inputs, 1, 0, stride=2))
    kernel = np.zeros((3, 3, 1, 1))
    kernel[0, 0] = 1
    model.set_weights([kernel, np.zeros(1)])
    ramp = np.arange(1, 17, dtype="float32").reshape(1, 4, 4, 1)
    assert model(ramp).numpy().squeeze().tolist() == [[0, 0], [0, 6]]


def test_pooling_sees_nothing_beyond_the_edge():
    """Where all is negative, a zero at the edge would win."""
    inputs = keras.Input((4, 4, 1))
    model = keras.Model(inputs, page.pool_padded(inputs))
    ramp = -np.arange(1, 17, dtype="float32").reshape(1, 4, 4, 1)
    assert model(ramp).numpy().squeeze().tolist() == [[-1, -2], [-5, -6]]


def test_a_stage_doubles_channels_and_numbers_its_convolutions():
    inputs = keras.Input((16, 16, 8))
    model = keras.Model(inputs, page.csp_stage(inputs, 8, 2, first=5))
    assert model.output_shape == (None, 8, 8, 16)
    kernels = {weight.path: tuple(weight.shape) for weight in model.weights if weight.ndim == 4}
    assert kernels == {
        "conv_05/kernel": (3, 3, 8, 8), "conv_06/kernel": (3, 3, 8, 4),
        "conv_07/kernel": (3, 3, 4, 4), "conv_08/kernel": (3, 3, 8, 4),
        "conv_09/kernel": (3, 3, 4, 4), "conv_10/kernel": (3, 3, 8, 8),
    }  # fmt: skip


def test_maps_learn_from_one_another():
    """With projections that copy one channel of ones, sums can be counted by hand."""
    inputs = [keras.Input((size, size, 1)) for size in (8, 4, 2)]
    model = keras.Model(inputs, page.pan_neck(inputs))
    model.set_weights([np.ones(weight.shape) * (weight.ndim == 4) for weight in model.weights])
    maps = [np.full((1, size, size, 1), value) for size, value in ((8, 1), (4, 10), (2, 100))]
    fine, middle, coarse = model(maps)
    # 1 + (10 + 100); 110 + 111; 100 + 221
    assert [float(np.ptp(x)) for x in (fine, middle, coarse)] == [0, 0, 0]
    assert [float(x[0, 0, 0, 0]) for x in (fine, middle, coarse)] == [111, 221, 321]


def test_cells_of_a_map_are_answered_row_by_row():
    inputs = keras.Input((2, 3, 5))
    model = keras.Model(inputs, page.detection_head(inputs, 28))
    assert model.output_shape == (None, 6, 124)
    assert model.layers[1].name == "zeros_28"
