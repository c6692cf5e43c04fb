import numpy as np
import onnx
import onnxruntime
import pytest

from kerasbook.beyond.export.graph import (
    OPERATIONS,
    batch_norm_scale_and_shift,
    careless_batch_norm_scale_and_shift,
    fold_batch_normalization,
    make_tiny_model,
    run_graph,
)

WEIGHTS = np.array([[3, 1], [-1, -2]], "float32")
BIAS = np.array([0.5, 1], "float32")


@pytest.fixture
def tiny():
    return make_tiny_model(WEIGHTS, BIAS)


def test_the_example_of_the_page_is_what_one_gets_by_hand(tiny):
    answers = run_graph(tiny, {"x": np.array([[1, 2]], "float32")})
    assert list(answers) == ["y"]
    assert answers["y"].tolist() == [[1.5, 0]]


def test_the_tiny_graph_is_valid_and_keeps_its_weights(tiny):
    onnx.checker.check_model(tiny, full_check=True)
    assert [node.op_type for node in tiny.graph.node] == ["Gemm", "Relu"] == list(OPERATIONS)
    kept = {each.name: onnx.numpy_helper.to_array(each) for each in tiny.graph.initializer}
    assert kept["W"].tolist() == WEIGHTS.tolist()
    assert kept["b"].tolist() == BIAS.tolist()


def test_the_interpreter_agrees_with_onnx_runtime_on_any_batch(tiny):
    session = onnxruntime.InferenceSession(tiny.SerializeToString())
    for seed, batch in enumerate((1, 3, 64)):
        x = np.random.default_rng(seed).normal(size=(batch, 2)).astype("float32")
        np.testing.assert_allclose(run_graph(tiny, {"x": x})["y"], session.run(None, {"x": x})[0])


def test_one_convolution_does_what_two_layers_did():
    import keras

    generator = np.random.default_rng(0)
    convolution = keras.layers.Conv2D(4, 3, padding="same", use_bias=False)
    norm = keras.layers.BatchNormalization(epsilon=0.01)
    model = keras.Sequential([keras.Input((5, 6, 2)), convolution, norm])
    gamma, beta, mean = generator.normal(size=(3, 4))
    norm.set_weights([gamma, beta, mean, generator.uniform(0.5, 2, 4)])
    kernel, bias = fold_batch_normalization(
        convolution.get_weights()[0], *norm.get_weights(), norm.epsilon
    )
    folded = keras.layers.Conv2D(4, 3, padding="same")
    folded.build((None, 5, 6, 2))
    folded.set_weights([kernel, bias])
    x = generator.normal(size=(3, 5, 6, 2)).astype("float32")
    np.testing.assert_allclose(folded(x), model.predict(x, verbose=0), atol=1e-5)


def test_the_line_of_the_page_is_right_and_the_careless_one_is_not():
    assert batch_norm_scale_and_shift(3, 1, 3, 3.0, 1.0) == (1.5, -3.5)
    assert 1.5 * 5 - 3.5 == 3 * (5 - 3) / 2 + 1 == 4
    assert careless_batch_norm_scale_and_shift(3, 1, 3, 3.0, 1.0) == (0.75, -1.25)
