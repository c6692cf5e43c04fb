"""Reference runs of the image-classification page: two networks on all of CIFAR-10."""

from bookkit.reference.recipes.recipe import Recipe


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
    }


_COMMON = {"epochs": 10, "batch_size": 32, "validation_fraction": 0.1}
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
}
