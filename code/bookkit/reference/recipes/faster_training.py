"""Reference runs of fast training: the article's network, two goals, and what each idea gives.

Accuracy and seconds stand beside those of the article's ten epochs, trained in the same task.
The settings are those of airbench (Jordan 2024) or smaller; none was chosen here by test images.
"""

import time
from typing import Any

from bookkit.reference.recipes.recipe import Recipe


def _train_article(seed: int, *, epochs: int, batch_size: int, validation_fraction: float) -> dict:
    """Train the article's network as its page does."""
    import keras

    from kerasbook import cifar10, scores
    from kerasbook.applications import image_classification as page
    from kerasbook.beyond.faster.scoring import forward_flops

    keras.utils.set_random_seed(seed)
    (images, labels), (x_test, y_test) = cifar10.load_cifar10()
    training, validation = page.split_validation(
        images, labels, fraction=validation_fraction, seed=seed
    )
    model = page.build_article_network()
    wall, processor = time.monotonic(), time.process_time()
    page.train_image_classifier(model, training, validation, epochs=epochs, batch_size=batch_size)
    seconds = _seconds(wall, processor)
    accuracy = scores.accuracy(model.predict(x_test, verbose=0), y_test)
    return {
        "test_accuracy": accuracy,
        "one_view_accuracy": accuracy,
        **seconds,
        "training_flops": 3.0 * forward_flops(model) * len(training[1]) * epochs,
        "parameters": model.count_params(),
    }


def _train_fast(seed: int, *, epochs: int, precision: str, network: dict, training: dict) -> dict:
    """Train the fast network, or one that lacks something, on all training images."""
    import keras

    from kerasbook import cifar10, scores
    from kerasbook.beyond.faster.network import build_fast_network
    from kerasbook.beyond.faster.scoring import forward_flops, predict_views
    from kerasbook.beyond.faster.training import train_fast

    (images, labels), (x_test, y_test) = cifar10.load_cifar10()
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(precision)
    try:
        keras.utils.set_random_seed(seed)
        wall, processor = time.monotonic(), time.process_time()
        model = build_fast_network(images[:5000], **network)
        train_fast(model, images, labels, epochs=epochs, seed=seed, **training)
        seconds = _seconds(wall, processor)
    finally:
        keras.mixed_precision.set_dtype_policy(before)
    one = scores.accuracy(model.predict(x_test, batch_size=500, verbose=0), y_test)
    return {
        "test_accuracy": scores.accuracy(predict_views(model, x_test), y_test),
        "one_view_accuracy": one,
        **seconds,
        "training_flops": 3.0 * forward_flops(model) * len(labels) * epochs,
        "parameters": model.count_params(),
    }


def _seconds(wall: float, processor: float) -> dict[str, float]:
    """Say how long the training took, on the clock and on all cores together."""
    return {
        "training_s": round(time.monotonic() - wall, 1),
        "training_cpu_s": round(time.process_time() - processor, 1),
    }


_SMALL: dict[str, Any] = {
    "epochs": 5,
    "precision": "mixed_bfloat16",
    "network": {"widths": [64, 128, 128]},
    "training": {"batch_size": 512},
}
_LARGE = _SMALL | {
    "epochs": 10,
    "network": {"widths": [64, 256, 256], "activation": "gelu"},
    "training": {"batch_size": 1024},
}


# What a recipe says when it does without an idea; from the bottom up they come in this order.
_OFF: dict[str, dict[str, dict]] = {
    "flips": {"training": {"flips": "none"}},
    "shifts": {"training": {"shift": 0}},
    "whitening": {"network": {"whiten": False}},
    "dirac": {"network": {"initializer": "he_uniform"}},
    "smoothing": {"training": {"smoothing": 0.0}},
    "average": {"training": {"average": False}},
}
_ALSO: dict[str, dict[str, Any]] = {
    "random-flips": {"training": {"flips": "random"}},
    "all-statistics": {"network": {"statistics": None}},
    "float32": {"precision": "float32"},
}


def _changed(*changes: dict[str, Any]) -> dict[str, Any]:
    """Change settings of the small recipe and keep the rest."""
    made = dict(_SMALL)
    for change in changes:
        for name, value in change.items():
            made[name] = made[name] | value if isinstance(value, dict) else value
    return made


def _ablation() -> dict[str, dict[str, Any]]:
    """Take one idea from the whole recipe, and give the bare network one after the other."""
    names = list(_OFF)
    down = {"whole": _SMALL} | {f"no-{name}": _changed(_OFF[name]) for name in names}
    also = {name: _changed(change) for name, change in _ALSO.items()}
    up = {
        f"up-to-{name}": _changed(*(_OFF[later] for later in names[count:]))
        for count, name in enumerate(names[:-1], start=1)
    }  # up to the last is the whole
    return down | also | {"bare": _changed(*_OFF.values())} | up


TASKS: dict[str, tuple[str, list[Recipe]]] = {
    "faster-training": (
        "cifar10",
        [
            Recipe(
                "article-network",
                {"epochs": 10, "batch_size": 32, "validation_fraction": 0.1},
                _train_article,
            ),
            Recipe("fast-small", _SMALL, _train_fast),
            Recipe("fast-large", _LARGE, _train_fast),
        ],
    ),
    "faster-ablation": (
        "cifar10",
        [Recipe(name, changed, _train_fast) for name, changed in _ablation().items()],
    ),
}
