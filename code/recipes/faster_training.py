"""Reference runs of fast training: the article's network, two goals, and what each idea gives.

Accuracy and seconds stand beside those of the article's ten epochs, trained in the same task.
The settings are those of airbench (Jordan 2024), in fewer epochs or of another width.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from recipes.precision import computing_in
from recipes.recipe import Recipe


def _train_article(seed: int, *, epochs: int, batch_size: int, validation_fraction: float) -> dict:
    """Train the article's network as its page does."""
    import keras

    from kerasbook import cifar10
    from kerasbook.applications import image_classification as page

    keras.utils.set_random_seed(seed)
    (images, labels), (x_test, y_test) = cifar10.load_cifar10()
    training, validation = page.split_validation(
        images, labels, fraction=validation_fraction, seed=seed
    )
    model = page.build_article_network()
    with _timed() as seconds:
        page.train_image_classifier(
            model, training, validation, epochs=epochs, batch_size=batch_size
        )
    right = model.predict(x_test, verbose=0).argmax(axis=1) == y_test
    found: dict[str, Any] = {"test_accuracy": float(right.mean())}
    found |= {"one_view_accuracy": found["test_accuracy"], "examples": {"test_accuracy": right}}
    return found | seconds | _costs(model, len(training[1]), [(32, epochs)], seconds)


def _read_all() -> tuple[tuple, tuple]:
    """Read all training images and the test images."""
    from kerasbook import cifar10

    return cifar10.load_cifar10()


def _hold_out() -> tuple[tuple, tuple]:
    """Split the training images alone: 45,000 to train, 5,000 to choose a recipe on."""
    from kerasbook import cifar10
    from kerasbook.applications import image_classification as page

    (images, labels), _ = cifar10.load_cifar10()
    return page.split_validation(images, labels, fraction=0.1, seed=HELD_OUT_SEED)


def _choose_fast(seed: int, **settings: Any) -> dict:
    """Score a candidate on training images that were held out; no test image is read."""
    found = _train_fast(seed, read=_hold_out, **settings)
    right = found.pop("examples")["test_accuracy"]
    accuracy = {"held_out_accuracy": found.pop("test_accuracy")}
    return accuracy | found | {"examples": {"held_out_accuracy": right}}


def _train_fast(
    seed: int,
    *,
    sizes: list,
    precision: str,
    network: dict,
    batches: dict,
    training: dict,
    read: Callable = _read_all,
) -> dict:
    """Train the fast network, or one that lacks something."""
    from kerasbook.beyond.faster.network import build_fast_network
    from kerasbook.beyond.faster.training import progressive_resizing, train_fast

    def train(images, labels):
        model = build_fast_network(images[:5000], **network)
        train_fast(
            model, progressive_resizing(images, labels, sizes, seed=seed, **batches), **training
        )
        return model

    return _train_and_score(train, seed, sizes, precision, read)


def _train_short(seed: int, *, epochs: int, precision: str, batch_size: int) -> dict:
    """Train by the short recipe on all training images."""
    from kerasbook.beyond.faster.short import train_short

    def train(images, labels):
        return train_short(images, labels, epochs=epochs, batch_size=batch_size, seed=seed)

    return _train_and_score(train, seed, [(32, epochs)], precision, _read_all)


def _train_and_score(
    train: Callable, seed: int, sizes: list, precision: str, read: Callable
) -> dict:
    import keras

    from kerasbook import scores
    from kerasbook.beyond.faster.scoring import predict_with_tta

    (images, labels), (x_test, y_test) = read()
    with computing_in(precision):
        keras.utils.set_random_seed(seed)
        with _timed() as seconds:
            model = train(images, labels)
    right = predict_with_tta(model, x_test).argmax(axis=1) == y_test
    one_view = model.predict(x_test, batch_size=500, verbose=0)
    found = {
        "test_accuracy": float(right.mean()),
        "one_view_accuracy": scores.accuracy(one_view, y_test),
        "examples": {"test_accuracy": right},
    }
    return found | seconds | _costs(model, len(labels), sizes, seconds)


@contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """Say how long something took, on the clock and on all cores together."""
    seconds: dict[str, float] = {}
    wall, processor = time.monotonic(), time.process_time()
    yield seconds
    seconds["training_s"] = round(time.monotonic() - wall, 1)
    seconds["training_cpu_s"] = round(time.process_time() - processor, 1)


def _costs(model: Any, images: int, sizes: list, seconds: dict[str, float]) -> dict[str, float]:
    """Count the operations of a training, how many fit into a second, and what it trained."""
    from kerasbook.beyond.faster.scoring import forward_flops

    flops = 3.0 * images * sum(epochs * forward_flops(model, size) for size, epochs in sizes)
    return {
        "training_flops": flops,
        "gflop_per_cpu_s": flops / seconds["training_cpu_s"] / 1e9,
        "parameters": model.count_params(),
    }


# Both recipes were chosen among `_CANDIDATES`, on 5,000 of the training images.
_SMALL: dict[str, Any] = {
    "sizes": [[24, 2], [32, 2]],
    "precision": "mixed_bfloat16",
    "network": {"widths": [56, 128, 128]},
    "batches": {"batch_size": 256},
    "training": {},
}
_LARGE = _SMALL | {
    "sizes": [[24, 5], [32, 5]],
    "network": {"widths": [64, 256, 256], "activation": "gelu"},
    "batches": {"batch_size": 512},
}
# A rule that was fixed before the first run takes the candidate of fewest operations whose mean
# over three seeds reaches the goal.
HELD_OUT_SEED = 1  # of the split
_CANDIDATES: dict[str, dict[str, Any]] = {
    "small-2-0-2": _SMALL,
    "small-3-0-2": _SMALL | {"sizes": [[24, 3], [32, 2]]},
    "small-2-1-2": _SMALL | {"sizes": [[24, 2], [28, 1], [32, 2]]},
    "large-5-0-5": _LARGE,
}
# Many rows by many seeds: what an idea gives is seen on a network that takes a minute, too.
_ABLATED = _SMALL | {"sizes": [[24, 1], [28, 1], [32, 1]], "network": {"widths": [32, 64, 64]}}


# What a recipe says when it does without an idea; from the bottom up they come in this order.
_OFF: dict[str, dict[str, dict]] = {
    "flips": {"batches": {"flips": "none"}},
    "shifts": {"batches": {"shift": 0}},
    "whitening": {"network": {"whiten": False}},
    "dirac": {"network": {"initializer": "he_uniform"}},
    "smoothing": {"training": {"smoothing": 0.0}},
    "average": {"training": {"average": False}},
}
_ALSO: dict[str, dict[str, Any]] = {
    "random-flips": {"batches": {"flips": "random"}},
    "full-size": {"sizes": [[32, 3]]},
    "float32": {"precision": "float32"},
}


def _changed(*changes: dict[str, Any]) -> dict[str, Any]:
    """Change settings of the ablated recipe and keep the rest."""
    made = dict(_ABLATED)
    for change in changes:
        for name, value in change.items():
            made[name] = made[name] | value if isinstance(value, dict) else value
    return made


def _ablation() -> dict[str, dict[str, Any]]:
    """Take one idea from the whole recipe, and give the bare network one after the other."""
    names = list(_OFF)
    down = {"whole": _ABLATED} | {f"no-{name}": _changed(_OFF[name]) for name in names}
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
            Recipe(
                "fast-short",
                {"epochs": 5, "precision": "mixed_bfloat16", "batch_size": 256},
                _train_short,
            ),
            Recipe("fast-large", _LARGE, _train_fast),
        ],
    ),
    "faster-choice": (
        "cifar10",
        [Recipe(name, settings, _choose_fast) for name, settings in _CANDIDATES.items()],
    ),
    "faster-ablation": (
        "cifar10",
        [Recipe(name, changed, _train_fast) for name, changed in _ablation().items()],
    ),
}
