"""The network in Keras, the same on every backend."""

from pathlib import Path

import keras
import numpy as np


def keras_model(weights, learning_rate):
    """Build and compile the network from the arrays `[w1, b1, w2, b2]`."""
    inputs, hidden = weights[0].shape
    model = keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(len(weights[-1])),
        ]
    )
    model.set_weights(weights)
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def train_keras(model, x, y, *, after_epoch, **settings):
    """Train in place; return the mean loss of each epoch.

    `after_epoch()` is called at the end of every epoch; the settings are
    those of `fit`: `batch_size` and `epochs`.
    """
    call = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: after_epoch()
    )
    history = model.fit(
        x, y, shuffle=False, callbacks=[call], verbose=0, **settings
    )
    return history.history["loss"]


def keras_run(weights, x, y, x_test, *, learning_rate, **settings):
    """Train, then predict: the loss of each epoch, the logits of `x_test`."""
    model = keras_model(weights, learning_rate)
    losses = train_keras(model, x, y, **settings)
    return losses, model.predict(x_test, verbose=0)


def keras_gradients(model, x, y):
    """Compute the gradients of a compiled model's loss, as NumPy arrays."""
    weights = [weight.value for weight in model.trainable_variables]
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = model.loss(y, model(x))
        found = tape.gradient(loss, weights)
    elif keras.config.backend() == "jax":
        import jax

        found = jax.grad(
            lambda values: model.loss(y, model.stateless_call(values, [], x)[0])
        )(weights)
    else:
        model.loss(y, model(x)).backward()
        found = [weight.grad for weight in weights]
    return [np.asarray(gradient) for gradient in found]


def keras_first_step(weights, x, y, learning_rate):
    """Take one step; return it as `reference_first_step` does."""
    model = keras_model(weights, learning_rate)
    logits = model.predict_on_batch(x)
    gradients = keras_gradients(model, x, y)
    loss = model.train_on_batch(x, y)
    return {
        "logits": [logits],
        "loss": [np.asarray(loss)],
        "gradients": gradients,
        "updated": model.get_weights(),
    }


def describe_backend():
    """Report what differs between backends: types, dtypes, random numbers."""
    ones = keras.ops.ones(2)
    converted = [
        keras.ops.convert_to_tensor(np.ones(2, dtype)).dtype
        for dtype in ("float64", "int64")
    ]
    return {
        "backend": keras.config.backend(),
        "tensor": f"{type(ones).__module__.partition('.')[0]} "
        f"{type(ones).__name__}",
        "ones": keras.backend.standardize_dtype(ones.dtype),
        "float64": keras.backend.standardize_dtype(converted[0]),
        "int64": keras.backend.standardize_dtype(converted[1]),
        "device": str(ones.device).rpartition("/")[2],
        "normal": [
            round(float(value), 2)
            for value in keras.random.normal((3,), seed=0)
        ],
    }


def pass_on_model(path, data, epochs):
    """Train and save the network if there is no such file; load and use it.

    Args:
        path: a `.keras` file.
        data: `.npz` file with `x_train`, `y_train`, `x_test`, `drawing` and
            `w1`, `b1`, `w2`, `b2`.
        epochs: passes over the training images.

    Returns:
        dict: `fresh_jit` and `loaded_jit`, whether a new model and the one
        from the file would be compiled; `passed_on` and `drawn`, the logits
        of `x_test` and of `drawing`.
    """
    with np.load(data) as file:
        arrays = dict(file)
    weights = [arrays[name] for name in ("w1", "b1", "w2", "b2")]
    fresh = keras_model(weights, learning_rate=0.1)
    if not Path(path).exists():
        x, y = arrays["x_train"], arrays["y_train"]
        fresh.fit(x, y, 32, epochs=epochs, shuffle=False, verbose=0)
        fresh.save(path)
    model = keras.models.load_model(path)
    return {
        "fresh_jit": fresh.jit_compile,
        "loaded_jit": model.jit_compile,
        "passed_on": model.predict_on_batch(arrays["x_test"]).tolist(),
        "drawn": model.predict_on_batch(arrays["drawing"]).tolist(),
    }
