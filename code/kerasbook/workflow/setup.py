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


def train_one_step():
    """Fit y = w x to the points (1, 2) and (2, 4): one step from w = 0.

    Returns:
        the loss before the step and w after it; by hand, 10 and 1.
    """
    x, y = np.array([[1.0], [2.0]]), np.array([[2.0], [4.0]])
    line = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((1,)), line])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    loss = model.fit(x, y, verbose=0).history["loss"][0]
    return loss, model.get_weights()[0].item()


def describe_installation():
    """Return what a report of a problem should name, a dict of texts."""
    device = str(keras.ops.ones(1).device).rpartition("device:")[2]
    return {
        "Python": platform.python_version(),
        "Keras": keras.__version__,
        "NumPy": np.__version__,
        "backend": keras.config.backend(),
        "device": device.lower(),
        "float policy": keras.config.dtype_policy().name,
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


def missing_backend(variable, configured, installed):
    """Name the backend that `import keras` misses; nothing if it works."""
    wanted = variable or configured or "tensorflow"
    return "" if wanted in installed else wanted


def missing_backend_with_fallback(variable, configured, installed):
    """The usual mistake: any backend that is installed would do."""
    wanted = variable or configured or "tensorflow"
    return "" if installed else wanted
