"""Shrink convolutions: sixteen bits in Keras, eight in other runtimes."""

import keras


def to_bfloat16(model):
    """A copy of the model with bfloat16 weights."""
    config = model.get_config()
    for layer in config["layers"]:
        if isinstance(layer["config"].get("dtype"), dict):
            policy = layer["config"]["dtype"]["config"]
            policy["name"] = "bfloat16"
    copy = keras.Sequential.from_config(config)
    copy.set_weights(model.get_weights())
    return copy


def write_small_onnx(model, path):
    """Write an ONNX file whose convolutions hold eight bits."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    full = f"{path}.float32.onnx"
    model.export(full, format="onnx", verbose=False)
    quantize_dynamic(full, path, weight_type=QuantType.QInt8)  # ①


def write_small_litert(model, path):
    """Write a LiteRT file whose weights hold eight bits."""
    import tensorflow as tf

    model.export(
        path, format="litert", verbose=False,
        optimizations=[tf.lite.Optimize.DEFAULT],  # ①
    )  # fmt: skip


def answer_onnx(path, images):
    """Predict with ONNX Runtime."""
    import onnxruntime

    session = onnxruntime.InferenceSession(
        path, providers=["CPUExecutionProvider"]
    )
    return session.run(None, {session.get_inputs()[0].name: images})[0]


def answer_litert(path, images):
    """Predict with LiteRT."""
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(path).get_signature_runner()
    (name,) = runner.get_input_details()
    return next(iter(runner(**{name: images}).values()))
