"""The article's CIFAR-10 listing, line by line, in our own minimal form."""

import re
import warnings
from contextlib import redirect_stdout
from io import StringIO

import keras
import numpy as np

from kerasbook.demonstrate import show_error
from kerasbook.networks import article_layers

LISTING = (
    # what the line is about, the mistake, the correct form
    ("an import that does not exist",
     "from keras.utils import np",
     "from keras.utils import to_categorical"),
    ("a module taken for the data",
     "cifar10.train.data",
     "callable(cifar10.load_data)"),
    ("labels as an attribute of images",
     "x_train.target",
     "y_train.shape, y_train.dtype"),
    ("pixels left as they are",
     "float(x_train.max())",
     "float(Rescaling(1 / 255)(x_train).numpy().max())"),
    ("the shape given to a layer",
     "Sequential([Conv2D(32, 3, input_shape=(32, 32, 3))])",
     "Sequential([Input((32, 32, 3)), Conv2D(32, 3)])"),
    ("a layer that was never imported",
     "MaxPooling2D((2, 2))",
     "from keras.layers import MaxPooling2D"),
    ("no Flatten before the dense layers",
     "ready(flatten=False).fit(x_train, one_hot, verbose=0)",
     "ready(flatten=True).fit(x_train, one_hot, verbose=0)"),
    ("a loss for labels of another form",
     "ready('categorical_crossentropy').fit(x_train, y_train, verbose=0)",
     "ready('sparse_categorical_crossentropy')"
     ".fit(x_train, y_train, verbose=0)"),
    ("labels passed as images",
     "ready(eager=False).fit(y_train, one_hot, verbose=0)",
     "ready().fit(x_train, one_hot, verbose=0)"),
    ("a metric printed inside the call",
     "len(ready().evaluate(x_train, one_hot, print('metric'), verbose=0))",
     "sorted(ready().evaluate(x_train, one_hot, verbose=0,"
     " return_dict=True))"),
    ("labels passed for prediction",
     "ready(eager=False).predict(y_train, verbose=0)",
     "ready().predict(x_train, verbose=0).argmax(-1).shape"),
)  # fmt: skip


def article_network(flatten):
    """Build the article's network, with or without its missing `Flatten`."""
    layers = article_layers()
    if not flatten:
        layers = [layer for layer in layers if layer.name != "flatten"]
    return keras.Sequential([keras.Input((32, 32, 3)), *layers])


def ready(loss="categorical_crossentropy", flatten=True, eager=True):
    """Build and compile the article's network; always a fresh one.

    Eager, since two batches are not worth the time that a graph costs.
    """
    model = article_network(flatten)
    model.compile("adam", loss, metrics=["accuracy"], run_eagerly=eager)
    return model


def listing_names():
    """Return the names a line of the listing may use.

    Images and labels are random, in the shapes and types of CIFAR-10.
    """
    generator = np.random.default_rng(0)
    y_train = generator.integers(0, 10, (64, 1), dtype="uint8")
    return {
        "x_train": generator.integers(0, 256, (64, 32, 32, 3), dtype="uint8"),
        "y_train": y_train,
        "one_hot": keras.utils.to_categorical(y_train, 10),
        "cifar10": keras.datasets.cifar10,
        "ready": ready,
        "Sequential": keras.Sequential,
        "Input": keras.Input,
        "Conv2D": keras.layers.Conv2D,
        "Rescaling": keras.layers.Rescaling,
    }


def outcome(line):
    """Run one line and say what came of it, as text.

    Args:
        line: an expression or a statement over `listing_names()`.

    Returns:
        its error or warning, else its value, else `ok`.
    """
    names = listing_names()
    with (
        redirect_stdout(StringIO()) as printed,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        show_error(lambda: exec(as_assignment(line), names))
    text = printed.getvalue().strip()
    if not text.endswith("no error"):
        return text
    if caught:
        return f"{caught[0].category.__name__}: {caught[0].message}"
    value = names.get("value")
    plain = isinstance(value, bool | int | float | str | tuple | list)
    return str(value) if plain else "ok"


def compare_forms(lines, outcomes):
    """Write mistakes with their outcomes above what the correct forms give."""
    return "\n".join(
        f"{about}\n  wrong: {mistake}\n    ->   {said}"
        f"\n  right: {correct}\n    ->   {outcome(correct)}"
        for (about, mistake, correct), said in zip(lines, outcomes, strict=True)
    )


def plot_outcomes(axis, subjects, outcomes):
    """Draw a row a mistake: does it raise, warn, or run without a word?

    Args:
        axis: Matplotlib axes.
        subjects: what each mistake is about.
        outcomes: what `outcome` said of each.
    """
    kinds = {
        r"\w*Error": ("stops with\nan error", "X", "C1"),
        r"\w*Warning": ("warning", "^", "C4"),
        "": ("no message", "o", "C0"),
    }
    found = [next(k for k in kinds if re.match(k, text)) for text in outcomes]
    for column, (kind, (label, marker, color)) in enumerate(kinds.items()):
        rows = [row for row, each in enumerate(found) if each == kind]
        axis.scatter(
            [column] * len(rows), rows, s=60, marker=marker, color=color
        )
        axis.text(column, -0.8, f"{label}: {len(rows)}", ha="center")
    axis.set(xlim=(-0.6, 2.6), ylim=(len(subjects) - 0.5, -2.6), xticks=[])
    axis.set_yticks(range(len(subjects)), subjects)
    axis.spines["bottom"].set_visible(False)
    axis.grid(axis="y", alpha=0.3)


def as_assignment(line):
    """Keep the value of an expression under the name `value`."""
    return line if line.startswith("from ") else f"value = {line}"
