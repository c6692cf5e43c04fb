"""Setting up: what the packages require, and whether a backend works (§3.1)."""

import importlib.metadata
import platform

import keras
import numpy as np

from kerasbook.packages import required_packages


def installed_together(package):
    """Collect a package and all that it needs, at first or second hand.

    Returns:
        set of names; what is required on other systems only is left out.
    """
    found, waiting = set(), [package]
    while waiting:
        name = waiting.pop()
        try:
            required = required_packages(name)
        except importlib.metadata.PackageNotFoundError:
            if name == package:
                raise
            continue
        if name not in found:
            found.add(name)
            waiting += required
    return found


def installed_megabytes(packages):
    """Add up the sizes of the files that packages have recorded.

    Args:
        packages: names of installed distributions.

    Returns:
        megabytes (10^6 bytes), without what Python compiles later.
    """
    return sum(
        (file.size or 0) / 1e6
        for package in packages
        for file in importlib.metadata.files(package) or []
    )


def plot_megabytes(axis, sizes):
    """Draw a bar for each of `sizes`, a dict from label to megabytes."""
    bars = axis.barh(list(sizes), list(sizes.values()), color="#0072B2")
    axis.bar_label(bars, fmt="{:,.0f}", padding=4)
    axis.invert_yaxis()
    axis.margins(x=0.12)
    axis.set_xlabel("megabytes on disk")


def check_installation():
    """Report on this installation and train a model for one step.

    The model is y = w x with w = 0, the data are (1, 2) and (2, 4). So the
    loss is 10, its slope -10, and SGD with learning rate 0.1 moves w to 1.

    Returns:
        dict of strings.
    """
    x, y = np.array([[1.0], [2.0]]), np.array([[2.0], [4.0]])
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(
        1, use_bias=False, kernel_initializer="zeros"
    )])  # fmt: skip
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    loss = model.fit(x, y, verbose=0).history["loss"][0]
    device = str(keras.ops.ones(1).device).rpartition("device:")[2]
    return {
        "Python": platform.python_version(),
        "Keras": keras.__version__,
        "NumPy": np.__version__,
        "backend": keras.config.backend(),
        "computes on": device.lower(),
        "float policy": keras.config.dtype_policy().name,
        "loss": f"{loss:.4f} (expected 10)",
        "w after a step": f"{model.get_weights()[0].item():.4f} (expected 1)",
    }


def try_features():
    """Try what a backend can do.

    Returns:
        dict from feature to its error, or to `""` if it works.
    """
    x, y = np.ones((4, 2)), np.ones((4, 1))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    features = {
        "predict": lambda: model.predict(x, verbose=0),
        "evaluate": lambda: model.evaluate(x, y, verbose=0),
        "fit": lambda: model.fit(x, y, verbose=0),
        "text": lambda: keras.layers.TextVectorization(),
        "devices": lambda: keras.distribution.list_devices(),
    }
    answers = {}
    for name, action in features.items():
        try:
            action()
            answers[name] = ""
        except Exception as error:
            line = str(error).strip().partition("\n")[0]
            answers[name] = f"{type(error).__name__}: {line}"
    return answers
