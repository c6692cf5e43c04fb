"""What an ONNX file holds: nodes, each an operation on named arrays."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPERATIONS = {
    "Gemm": lambda x, w, b: x @ w + b,
    "Relu": lambda z: np.maximum(z, 0),
}


def make_tiny_model(weights, bias):
    """Write relu(x W + b) as ONNX; `weights` is `(inputs, neurons)`."""
    nodes = [
        helper.make_node("Gemm", ["x", "W", "b"], ["z"]),  # ①
        helper.make_node("Relu", ["z"], ["y"]),
    ]
    kept = {"W": weights, "b": bias}
    kept = [numpy_helper.from_array(kept[name], name) for name in kept]  # ②
    x, y = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", size])
        for name, size in zip("xy", weights.shape, strict=True)
    )  # ③
    graph = helper.make_graph(nodes, "tiny", [x], [y], kept)
    opset = helper.make_opsetid("", 15)  # ④
    return helper.make_model(graph, opset_imports=[opset], ir_version=8)


def run_graph(model, inputs):
    """Evaluate a graph node by node: `{name: array}` in, the same out."""
    kept = model.graph.initializer
    values = {each.name: numpy_helper.to_array(each) for each in kept} | inputs
    for node in model.graph.node:
        arguments = [values[name] for name in node.input]
        values[node.output[0]] = OPERATIONS[node.op_type](*arguments)
    return {each.name: values[each.name] for each in model.graph.output}


def fold_batch_normalization(kernel, gamma, beta, mean, variance, epsilon):
    """Fold a batch normalization into the convolution before it.

    Args:
        kernel: array of shape `(height, width, channels, filters)`.
        gamma: the layer's scale, of shape `(filters,)`.
        beta: its shift, of shape `(filters,)`.
        mean: its moving mean, of shape `(filters,)`.
        variance: its moving variance, of shape `(filters,)`.
        epsilon: what it adds to the variance.

    Returns:
        the kernel and the bias, of shape `(filters,)`, of one convolution
        that gives what the two layers give.
    """
    scale = gamma / np.sqrt(variance + epsilon)
    return kernel * scale, beta - mean * scale


def batch_norm_scale_and_shift(gamma, beta, mean, variance, epsilon):
    """Scale and shift that replace batch normalization at inference."""
    factor = gamma / np.sqrt(variance + epsilon)
    return factor, beta - mean * factor


def careless_batch_norm_scale_and_shift(gamma, beta, mean, variance, epsilon):
    """Make a mistake: divide by the variance."""
    factor = gamma / (variance + epsilon)
    return factor, beta - mean * factor
