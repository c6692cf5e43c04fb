"""Every error of the article: where it stands, and what running it shows."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from kerasbook.errata import facts, listing, names
from kerasbook.isolation import run_without
from kerasbook.packages import required_packages


@dataclass(frozen=True)
class Erratum:
    """One error of the article.

    Attributes:
        name: end of the label `sec-erratum-NAME` on the page.
        sections: the article's sections that make the claim.
        demonstrate: function that runs the claim; `None` if nothing can.
        outcome: what it returns, or part of the error it raises; without
            a demonstration, why there is none.
    """

    name: str
    sections: tuple[str, ...]
    demonstrate: Callable | None
    outcome: object


NUMPY_BACKEND = """
import keras, numpy as np
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
print("predict works:", model.predict(np.ones((3, 2)), verbose=0).shape)
model.compile("sgd", "mse")
model.fit(np.ones((3, 2)), np.ones(3), verbose=0)
"""

LEDGER = (
    Erratum("first-release", ("1.1",), None, "a date cannot be run"),
    Erratum(
        "layer-on-top", ("1.1", "2.3.3"),
        lambda: {"tensorflow", "jax", "torch"}
        & set(required_packages("keras")),
        set(),
    ),
    Erratum(
        "promised", ("1.2", "2.2", "4.4.2", "4.4.3"), None,
        "what is missing cannot be run",
    ),
    Erratum(
        "bias", ("2.1.1",),
        lambda: facts.count_dense_weights(units=2, features=4),
        {"kernel": 8, "bias": 2},
    ),
    Erratum(
        "backpropagation", ("2.1.2",),
        lambda: (
            facts.update_without_backpropagation(), hasattr(keras.ops, "grad")
        ),
        (0.8, False),
    ),
    Erratum(
        "batch", ("2.1.3",),
        lambda: facts.updates_in_fit(samples=50, batch_size=32),
        {"fit": 2, "evaluate": 0},
    ),
    Erratum("gan", ("2.2.1",), lambda: names.public_names("gan"), ()),
    Erratum(
        "tables", ("2.2.2",),
        lambda: names.public_names("csv|excel|xls|json|parquet"),
        (
            "keras.Model.to_json",
            "keras.callbacks.CSVLogger",
            "keras.models.Model.to_json",
            "keras.models.model_from_json",
            "keras.utils.Config.to_json",
        ),
    ),
    Erratum(
        "compile", ("2.2.3",), facts.weights_changed_by_compile,
        {"compile": 0, "fit": 4},
    ),
    Erratum(
        "cross-entropy", ("2.2.3",),
        lambda: (
            facts.default_loss(), facts.loss_falls_without_cross_entropy()
        ),
        (None, True),
    ),
    Erratum("pytorch", ("2.3.2",), None, "who governs cannot be run"),
    Erratum(
        "ruby", ("2.3.3",),
        lambda: (
            names.authorship("keras")["author"],
            names.authorship("keras")["Ruby files"],
        ),
        ("Keras team", 0),
    ),
    Erratum(
        "numpy-alone", ("3.1.1",),
        lambda: "numpy" in required_packages("keras"), True,
    ),
    Erratum(
        "no-backend", ("3.1.2",),
        lambda: run_without("import keras", hidden=("tensorflow",)),
        "ModuleNotFoundError: No module named 'tensorflow'",
    ),
    Erratum(
        "numpy-backend", ("3.1.2",),
        lambda: run_without(NUMPY_BACKEND, backend="numpy"),
        "predict works: (3, 1)\n"
        "NotImplementedError: fit not implemented for NumPy backend.",
    ),
    Erratum(
        "tensorflow-needed", ("3.1.2",),
        lambda: run_without(
            "import keras; keras.layers.TextVectorization()",
            hidden=("tensorflow",), backend="jax",
        ),
        "ImportError: Layer TextVectorization requires TensorFlow. "
        "Install it via `pip install tensorflow`.",
    ),
    Erratum(
        "cnn-rnn", ("3.2.1",), lambda: exec("from keras.models import CNN"),
        "cannot import name 'CNN' from 'keras.models'",
    ),
    Erratum(
        "three-sets", ("3.3.1", "3.3.2", "3.3.3"),
        facts.validation_split_takes_the_last, (6**2 + 7**2) / 2,
    ),
    Erratum(
        "loaders", ("4.1.3", "4.2.2", "4.2.3"),
        lambda: names.public_names("coco|newsgroups|conll|cluener|wnut"), (),
    ),
    Erratum(
        "flatten", ("4.4.1",),
        lambda: listing.article_network(flatten=False).output_shape,
        (None, 2, 2, 10),
    ),
    Erratum(
        "detection", ("4.1.2", "4.2.2", "4.4.2"),
        lambda: names.public_names(
            "detector|non_?max|nms|anchor|roi_?align|giou|average_?precision"
        ),
        (),
    ),
    Erratum(
        "language", ("4.4.3",),
        lambda: facts.score_entities_with_f1([0, 1, 1], [0, 1, 1]),
        "FBetaScore expects 2D inputs",
    ),
)  # fmt: skip

# What each line of the listing comes to, in the order of `LISTING`:
# the mistake, the correct form. Part of the text is enough.
LISTING_OUTCOMES = (
    ("cannot import name 'np' from 'keras.utils'", "ok"),
    ("module 'keras.datasets.cifar10' has no attribute 'train'", "True"),
    ("'numpy.ndarray' object has no attribute 'target'", "(64, 1)"),
    ("255.0", "1.0"),
    ("UserWarning: Do not pass an `input_shape`", "ok"),
    ("name 'MaxPooling2D' is not defined", "ok"),
    ("must have the same rank (ndim)", "ok"),
    ("target.shape=(32, 1), output.shape=(32, 10)", "ok"),
    ("input has incompatible shape (32, 1)", "ok"),
    ("2", "['accuracy', 'loss']"),
    ("input has incompatible shape (32, 1)", "(64,)"),
)
