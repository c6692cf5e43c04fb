"""Shrink convolutions: sixteen bits in Keras, eight in other runtimes."""


def _set_policies(config, name):
    """Set each dtype policy in a configuration, however deep it stands."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            config["config"]["name"] = name
        config = list(config.values())
    if isinstance(config, list | tuple):
        for part in config:
            _set_policies(part, name)


def to_bfloat16(model):
    """A copy of the model with bfloat16 weights, also in models within it."""
    config = model.get_config()
    _set_policies(config, "bfloat16")
    copy = type(model).from_config(config)
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
