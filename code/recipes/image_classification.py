"""Reference runs of the image-classification page: two networks, and an ablation of the better one.

The ablation trains on the sample: it is about few images.
"""

from recipes.recipe import Recipe


def _train_classifier(seed: int, *, network: str, optimizer: str, **parameters) -> dict:
    """Train one network of the image-classification page and test it once."""
    import keras

    from kerasbook import cifar10, scores
    from kerasbook.applications import image_classification as page

    keras.utils.set_random_seed(seed)
    (images, labels), (x_test, y_test) = cifar10.load_cifar10()
    training, validation = page.split_validation(
        images, labels, fraction=parameters["validation_fraction"], seed=seed
    )
    model = getattr(page, network)()
    steps = parameters["epochs"] * -(-len(training[1]) // parameters["batch_size"])
    chosen = {
        "Adam": lambda: keras.optimizers.Adam(),
        "Adam, cosine decay from 0.003": lambda: keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(3e-3, steps)
        ),
    }[optimizer]()
    history = page.train_image_classifier(
        model,
        training,
        validation,
        epochs=parameters["epochs"],
        batch_size=parameters["batch_size"],
        optimizer=chosen,
    )
    probabilities = model.predict(x_test, verbose=0)
    correct = probabilities.argmax(axis=1) == y_test
    curve = scores.reliability_curve(probabilities.max(axis=1), correct)
    return {
        "test_accuracy": float(correct.mean()),
        "validation_accuracy": max(history["val_accuracy"]),
        "training_accuracy": history["accuracy"][-1],
        "calibration_error": scores.expected_calibration_error(*curve),
        "parameters": model.count_params(),
        "examples": {"test_accuracy": correct},
    }


def _train_without(
    seed: int, *, network: str, without: list[str], network_options: dict, **parameters
) -> dict:
    """Train a network of the page that lacks some kinds of layers, and test it once."""
    import keras

    from kerasbook import cifar10
    from kerasbook.applications import image_classification as page

    def build():
        whole = getattr(page, network)(**network_options)
        if not without:
            return whole  # with the very weights that the page begins with
        kinds = tuple(getattr(keras.layers, name) for name in without)
        kept = [layer for layer in whole.layers if not isinstance(layer, kinds)]
        copies = [layer.from_config(layer.get_config()) for layer in kept]
        return keras.Sequential([keras.Input(whole.input_shape[1:]), *copies])

    (images, labels), (x_test, y_test) = cifar10.load_cifar10()
    model = page.train_with_seed(build, images, labels, seed=seed, **parameters)
    correct = model.predict(x_test, verbose=0).argmax(axis=1) == y_test
    return {"test_accuracy": float(correct.mean()), "examples": {"test_accuracy": correct}}


_COMMON = {"epochs": 10, "batch_size": 32, "validation_fraction": 0.1}
_AUGMENTATION = ["RandomFlip", "RandomTranslation"]
_ALL: dict = {
    "network": "build_improved_network",
    "without": [],
    "network_options": {"momentum": 0.9},
    "peak": 3e-3,
    "epochs": 5,
    "batch_size": 32,
}
_ABLATION: dict[str, dict] = {
    "all": {},
    "no-augmentation": {"without": _AUGMENTATION},
    "no-normalization": {"without": ["BatchNormalization"]},
    "default-momentum": {"network_options": {"momentum": 0.99}},
    "constant-rate": {"peak": None},
    "plain": {"network": "build_article_network", "network_options": {}, "peak": None},
}
TASKS = {
    "image-classification": (
        "cifar10",
        [
            Recipe(
                "article-network",
                {"network": "build_article_network", "optimizer": "Adam", **_COMMON},
                _train_classifier,
            ),
            Recipe(
                "improved-network",
                {
                    "network": "build_improved_network",
                    "optimizer": "Adam, cosine decay from 0.003",
                    **_COMMON,
                },
                _train_classifier,
            ),
        ],
    ),
    "image-ablation": (
        "cifar10",
        [Recipe(name, _ALL | changed, _train_without) for name, changed in _ABLATION.items()],
    ),
}
