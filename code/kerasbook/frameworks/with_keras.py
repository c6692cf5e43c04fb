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
    """Compute the gradients of a compiled model's loss, as NumPy arrays.

    Keras has no function for this; it leaves gradients to its backend.
    """
    weights = model.trainable_variables
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = model.loss(y, model(x))
        gradients = tape.gradient(loss, [weight.value for weight in weights])
    elif keras.config.backend() == "jax":
        import jax

        gradients = jax.grad(
            lambda values: model.loss(y, model.stateless_call(values, [], x)[0])
        )([weight.value for weight in weights])
    else:
        model.loss(y, model(x)).backward()
        gradients = [weight.value.grad for weight in weights]
    return [np.asarray(gradient) for gradient in gradients]


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


def pass_on_model(path, data):
    """Save the network if there is no such file; load it, and use it.

    Args:
        path: a `.keras` file.
        data: `.npz` file with `x_test` and `w1`, `b1`, `w2`, `b2`.

    Returns:
        dict: `fresh_jit` and `loaded_jit`, whether a new model and the one
        from the file would be compiled, and `passed_on`, its logits.
    """
    with np.load(data) as file:
        weights = [file[name] for name in ("w1", "b1", "w2", "b2")]
        x_test = file["x_test"]
    fresh = keras_model(weights, learning_rate=0.1)
    if not Path(path).exists():
        fresh.save(path)
    model = keras.models.load_model(path)
    return {
        "fresh_jit": fresh.jit_compile,
        "loaded_jit": model.jit_compile,
        "passed_on": model.predict_on_batch(x_test).tolist(),
    }
