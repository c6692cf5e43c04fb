"""Reference runs of the page on borrowed features: heads, few labels, sizes, conventions.

The features of all images are computed once and kept in the build folder, for all runs. Sizes and
conventions are judged by training images that taught nothing.
"""

import inspect
import os
import time
from pathlib import Path
from typing import Any

from recipes.kept import kept_arrays
from recipes.precision import computing_in
from recipes.recipe import Recipe

HEAD_WIDTH = 1280  # features of the last maps, which the original classifies by
PENALTIES = (3, 10, 30, 100, 300)
COUNTS = (5, 10, 50, 100, 500, 5000)  # labels per class


def build_extractor(
    size: int,
    *,
    channels: str = "RGB",
    padding: str = "same",
    mean: float = 127,
    spread: float = 128,
):
    """Return a network from photographs to features, the weights of others in it."""
    import keras

    from kerasbook.beyond.transfer import features, lite, names
    from kerasbook.weight_files import assign_weights

    arrays = names.load_lite0_arrays()
    if (found := names.count_blocks(arrays)) != lite.NUM_BLOCKS:
        raise ValueError(
            f"Expected weights of {lite.NUM_BLOCKS} blocks: run `make data NAME=lite0`. "
            f"Received: {found} blocks"
        )
    network = lite.build_lite0(size)
    assign_weights(network, names.translate_weights(arrays))
    if padding == "even":
        network = _pad_evenly(network)
    pooled = features.pooled_block_features(network)
    extractor = features.with_preprocessing(pooled, mean=mean, scale=spread)
    if channels == "RGB":
        return extractor
    inputs = keras.Input(extractor.input_shape[1:], dtype="uint8")
    return keras.Model(inputs, extractor(inputs[..., ::-1]))


def _pad_evenly(network):
    """Return the network with the zeros of halving convolutions on both sides alike."""
    import keras

    class Evenly(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, layer):
            super().__init__()
            self.layer, self.width = layer, layer.kernel_size[0] // 2

        def call(self, x):
            edges = ((0, 0), (self.width,) * 2, (self.width,) * 2, (0, 0))
            return self.layer(keras.ops.pad(x, edges))

    def clone(layer):
        settings = layer.get_config()
        if getattr(layer, "strides", (1, 1)) != (2, 2):
            return layer.__class__.from_config(settings)
        return Evenly(layer.__class__.from_config(settings | {"padding": "valid"}))

    copy = keras.models.clone_model(network, clone_function=clone)
    copy.set_weights(network.get_weights())
    return copy


def image_features(images, size: int) -> tuple[Any, float]:
    """Compute the features of images, or take those of an earlier run.

    Returns:
        features `(n, 3088)`, and the processor seconds that they took.
    """
    import numpy as np

    from kerasbook.beyond.transfer import features, lite, names

    def compute() -> dict:
        with computing_in("mixed_bfloat16"):
            extractor = build_extractor(size)
            extractor.predict(images[:100], verbose=0)  # compiles
            before = time.process_time()
            rows = extractor.predict(images, batch_size=250, verbose=0)
        seconds = time.process_time() - before
        return {"rows": rows.astype("float16"), "seconds": np.array(seconds)}

    weights = Path(os.environ["KERASBOOK_DATA"], "lite0", "weights.npz").read_bytes()
    code = [inspect.getsource(module).encode() for module in (features, lite, names)]
    parts = [weights, np.ascontiguousarray(images).tobytes(), *code]
    found = kept_arrays(f"lite0-{size}", parts, compute)
    return found["rows"].astype("float32"), float(found["seconds"])


def _load() -> tuple[tuple, tuple]:
    from kerasbook.cifar10 import load_cifar10

    (images, labels), (x_test, y_test) = load_cifar10()
    return (images, labels.astype(int)), (x_test, y_test.astype(int))


def _rows(size: int, part: str) -> dict[str, Any]:
    """Return features and labels of the training images, or of both views of the test images."""
    training, (images, y) = _load()
    if part == "training":
        x, seconds = image_features(training[0], size)
        return {"x": x, "y": training[1], "seconds": seconds}
    views = [image_features(view, size)[0] for view in (images, images[:, :, ::-1])]
    return {"views": views, "y": y}


def _classify(seed: int, *, size: int, head: str, blocks: str, held_out: int, epochs: int) -> dict:
    """Fit a head on the features of all training images, and ask it about the test images."""
    import keras

    from kerasbook.beyond.transfer.heads import standardize

    keras.utils.set_random_seed(seed)
    training, test = _rows(size, "training"), _rows(size, "test")
    columns = slice(-HEAD_WIDTH, None) if blocks == "last" else slice(None)
    x, *views = standardize(*(rows[:, columns] for rows in (training["x"], *test["views"])))
    before = time.process_time()
    found, scores = (
        _fit_linear(x, training["y"], views, held_out, seed)
        if head == "linear"
        else _fit_dense(x, training["y"], views, epochs)
    )
    right = [one.argmax(axis=1) == test["y"] for one in (sum(scores), scores[0])]
    return {
        "test_accuracy": float(right[0].mean()),
        "one_view_accuracy": float(right[1].mean()),
        "examples": {"test_accuracy": right[0], "one_view_accuracy": right[1]},
        "features": x.shape[1],
        "features_cpu_s": round(training["seconds"], 1),
        "head_cpu_s": round(time.process_time() - before, 1),
        **found,
    }


def _fit_linear(x, y, views: list, held_out: int, seed: int) -> tuple[dict, list]:
    """Choose the penalty by images held out, then fit all; return the scores of the views."""
    import numpy as np

    from kerasbook.beyond.transfer.heads import fit_ridge

    order = np.random.default_rng(seed).permutation(len(x))
    held, taught = order[:held_out], order[held_out:]
    reached = {}
    for penalty in PENALTIES:
        kernel, bias = fit_ridge(x[taught], y[taught], penalty)
        reached[penalty] = float(((x[held] @ kernel + bias).argmax(axis=1) == y[held]).mean())
    best = max(reached, key=reached.__getitem__)
    kernel, bias = fit_ridge(x, y, best)
    found = {"validation_accuracy": reached[best], "penalty": best}
    return found, [view @ kernel + bias for view in views]


def _fit_dense(x, y, views: list, epochs: int) -> tuple[dict, list]:
    """Train two dense layers; return the logits of the views."""
    from kerasbook.beyond.transfer.training import build_mlp_head, train_head

    model = build_mlp_head(x.shape[1])
    train_head(model, x, y, epochs=epochs)
    return {}, [model.predict(view, batch_size=1000, verbose=0) for view in views]


def _few_borrowed(seed: int, *, size: int, penalty: float) -> dict:
    """Fit a linear head on the features of few images of each class."""
    from kerasbook.beyond.transfer.heads import ridge_is_correct
    from kerasbook.few_labels import draw_per_class

    training, test = _rows(size, "training"), _rows(size, "test")
    x, y = training["x"], training["y"]
    both = (sum(test["views"]) / 2, test["y"])
    examples = {}
    for count in COUNTS:
        chosen = draw_per_class(y, count, seed)
        examples[f"accuracy_{count}"] = ridge_is_correct((x[chosen], y[chosen]), both, penalty)
    return _means(examples)


def _means(examples: dict[str, Any]) -> dict:
    """Return shares of right answers, and the answers that they come from."""
    return {name: float(right.mean()) for name, right in examples.items()} | {"examples": examples}


def _few_scratch(seed: int, *, batch_size: int, shown: int, counts: list[int]) -> dict:
    """Train the short recipe of fast training on few images of each class, from random weights."""
    import keras

    from kerasbook.beyond.faster.short import train_short
    from kerasbook.few_labels import draw_per_class

    (images, labels), (x_test, y_test) = _load()
    examples = {}
    with computing_in("mixed_bfloat16"):
        for count in counts:
            keras.utils.set_random_seed(seed)
            chosen = draw_per_class(labels, count, seed)
            epochs = max(shown // len(chosen), 8)
            size = min(batch_size, len(chosen))
            model = train_short(
                images[chosen], labels[chosen], epochs=epochs, batch_size=size, seed=seed
            )
            logits = sum(
                model.predict(view, batch_size=500, verbose=0)
                for view in (x_test, x_test[:, :, ::-1])
            )
            examples[f"accuracy_{count}"] = logits.argmax(axis=1) == y_test
    return _means(examples)


def _judge(seed: int, *, size: int, taught: int, held_out: int, **conventions: Any) -> dict:
    """Compute the features of some training images in one way; fit a head, judge it by others.

    `kept_accuracy` is that of a head that was fitted to features computed as on the page.
    """
    import numpy as np

    from kerasbook.beyond.transfer.heads import fit_ridge, ridge_is_correct, standardize

    (images, labels), _ = _load()
    chosen = np.random.default_rng(seed).permutation(len(labels))[: taught + held_out]
    images, labels = images[chosen], labels[chosen]
    usual, seconds = image_features(images, size)
    found = {"ms_per_image": 1000 * seconds / len(images)}
    rows = _other_features(images, size, conventions) if conventions else usual
    x, x_held = standardize(usual[:taught], rows[taught:])
    kernel, bias = fit_ridge(x, labels[:taught], PENALTY)
    kept = (x_held @ kernel + bias).argmax(axis=1) == labels[taught:]
    training, held = ((rows[part], labels[part]) for part in (slice(taught), slice(taught, None)))
    refitted = ridge_is_correct(training, held, PENALTY)
    return _means({"validation_accuracy": refitted, "kept_accuracy": kept}) | found


def _other_features(images, size: int, conventions: dict):
    with computing_in("mixed_bfloat16"):
        extractor = build_extractor(size, **conventions)
        return extractor.predict(images, batch_size=250, verbose=0)


PENALTY = 100.0
_SIZE = 160
_HEAD: dict[str, Any] = {"size": _SIZE, "held_out": 5000, "epochs": 0, "blocks": "all"}
_HEADS: dict[str, dict[str, Any]] = {
    "last-linear": {"head": "linear", "blocks": "last"},
    "all-linear": {"head": "linear"},
    "all-dense": {"head": "dense", "epochs": 15},
    "larger-dense": {"head": "dense", "epochs": 15, "size": 224},
}
_SOME = {"taught": 4000, "held_out": 2000}
_CHANGES: dict[str, dict] = {
    "as-here": {},
    "padding-even": {"padding": "even"},
    "bgr": {"channels": "BGR"},
    "pixels-0-to-1": {"mean": 0, "spread": 255},
    "pixels-0-to-255": {"mean": 0, "spread": 1},
}
TASKS = {
    "transfer": (
        "cifar10",
        [Recipe(name, _HEAD | change, _classify) for name, change in _HEADS.items()],
    ),
    "transfer-labels": (
        "cifar10",
        [
            Recipe("borrowed", {"size": _SIZE, "penalty": PENALTY}, _few_borrowed),
            Recipe(
                "scratch",
                {"batch_size": 50, "shown": 20_000, "counts": list(COUNTS[:-1])},
                _few_scratch,
            ),
        ],
    ),
    "transfer-sizes": (
        "cifar10",
        [
            Recipe(f"size-{size}", {"size": size, **_SOME}, _judge)
            for size in (64, 96, 128, 160, 224)
        ],
    ),
    "transfer-conventions": (
        "cifar10",
        [
            Recipe(name, {"size": 96, **_SOME, **change}, _judge)
            for name, change in _CHANGES.items()
        ],
    ),
}
