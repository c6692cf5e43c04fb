"""Reference run of the page on trust: its questions, asked of a network that is right more often.

Temperature and threshold are set on training images that taught nothing; the test images are
only asked.
"""

from typing import Any

from recipes.precision import computing_in
from recipes.recipe import Recipe

LEVELS = (1, 4)  # by how many of 255 levels an attack moves a pixel


def _examine(seed: int, *, held_out: int, alpha: float, attacked: int, **training: Any) -> dict:
    """Train the short recipe of fast training on most images, then ask what the page asks."""
    import numpy as np

    from kerasbook import cifar10
    from kerasbook.applications.image_classification import split_validation

    (images, labels), (x_test, y_test) = cifar10.load_cifar10()
    share = held_out / len(labels)
    taught, kept_back = split_validation(images, labels, fraction=share, seed=seed)
    model = _train(taught, seed, **training)
    held, test = ((x.astype(np.float32) / 255, y) for x, y in (kept_back, (x_test, y_test)))
    kept = _keep_word(model, held, test, alpha)
    answers = {
        **_meet_elsewhere(model, test, kept["temperature"]),
        **_resist(model, test[0][:attacked], test[1][:attacked]),
    }
    return kept | answers


def _train(taught: tuple, seed: int, *, epochs: int, precision: str, batch_size: int) -> Any:
    """Train in the given precision; return logits in float32 for images from 0 to 1."""
    import keras

    from kerasbook.beyond.faster.short import short_network, train_short

    with computing_in(precision):
        keras.utils.set_random_seed(seed)
        fast = train_short(*taught, epochs=epochs, batch_size=batch_size, seed=seed)
    exact = short_network(taught[0][:5000])
    exact.set_weights(fast.get_weights())
    shape = exact.input_shape[1:]
    return keras.Sequential([keras.Input(shape), keras.layers.Rescaling(255), *exact.layers])


def _keep_word(model: Any, held: tuple, test: tuple, alpha: float) -> dict:
    """Measure accuracy, calibration and sets, over all and by class."""
    import numpy as np

    from kerasbook.beyond.trust import calibration, conformal, slices
    from kerasbook.calculus import softmax

    logits, labels = model.predict(test[0], batch_size=500, verbose=0), test[1]
    known = model.predict(held[0], batch_size=500, verbose=0)
    temperature = calibration.fit_temperature(known, held[1])
    tempered = softmax(logits / temperature)
    scores = conformal.nonconformity_scores(softmax(known / temperature), held[1])
    sets = conformal.prediction_sets(tempered, conformal.conformal_threshold(scores, alpha))
    found = sets[np.arange(len(labels)), labels]
    right = logits.argmax(axis=1) == labels
    groups = slices.count_right(right, labels)
    sizes = np.array([count for _, count in groups.values()])
    worst = slices.worst_by_chance(sizes, right.mean())
    return {
        "test_accuracy": float(right.mean()),
        "temperature": temperature,
        "calibration_error": _error(softmax(logits), labels),
        "tempered_error": _error(tempered, labels),
        "coverage": float(found.mean()),
        "set_size": float(sets.sum(axis=1).mean()),
        "worst_class_coverage": min(float(found[labels == k].mean()) for k in groups),
        "worst_class": min(hits / count for hits, count in groups.values()),
        "worst_class_by_chance": float(np.quantile(worst, 0.025)),
    }


def _error(chances: Any, labels: Any) -> float:
    from kerasbook.beyond.trust.calibration import judge_answers
    from kerasbook.scores import expected_calibration_error, reliability_curve

    return expected_calibration_error(*reliability_curve(*judge_answers(chances, labels)))


def _meet_elsewhere(model: Any, test: tuple, temperature: float) -> dict:
    """Spoil the test images, and show others."""
    import numpy as np
    from sklearn.datasets import load_digits

    from kerasbook.beyond.trust.corruption import CORRUPTIONS, corrupt_images
    from kerasbook.beyond.trust.network import ask_network
    from kerasbook.beyond.trust.ranking import auroc

    images, labels = test
    found = {}
    for kind in CORRUPTIONS:
        for severity in (1, 3, 5):
            chances = ask_network(model, corrupt_images(images, kind, severity), temperature)
            name = f"{kind}_{severity}"
            found[f"accuracy_{name}"] = float(np.mean(chances.argmax(axis=1) == labels))
            found[f"confidence_{name}"] = float(chances.max(axis=1).mean())
    digits = load_digits().images.repeat(4, axis=1).repeat(4, axis=2) / 16
    pixels = np.random.default_rng(0).random((1000, 32, 32, 3))
    known = ask_network(model, images).max(axis=1)
    for name, strange in (("digits", np.stack([digits] * 3, axis=-1)), ("pixels", pixels)):
        sure = ask_network(model, np.float32(strange)).max(axis=1)
        found[f"surer_than_of_{name}"] = auroc(known, sure)
    return found


def _resist(model: Any, images: Any, labels: Any) -> dict:
    """Attack by one step and by ten."""
    import numpy as np

    from kerasbook.beyond.trust import attacks
    from kerasbook.beyond.trust.network import ask_network

    found = {}
    for level in LEVELS:
        ways = {
            "fast_gradient_sign": attacks.fast_gradient_sign,
            "projected_descent": attacks.projected_gradient_descent,
        }
        for name, attack in ways.items():
            changed = [
                attack(model, images[rows], labels[rows], level / 255)
                for rows in np.array_split(np.arange(len(labels)), max(len(labels) // 100, 1))
            ]
            answers = ask_network(model, np.concatenate(changed)).argmax(axis=1)
            found[f"{name}_{level}"] = float(np.mean(answers == labels))
    return found


TASKS: dict[str, tuple[str, list[Recipe]]] = {
    "trust": (
        "cifar10",
        [
            Recipe(
                "fast-short",
                {
                    "epochs": 5,
                    "precision": "mixed_bfloat16",
                    "batch_size": 256,
                    "held_out": 5000,
                    "alpha": 0.1,
                    "attacked": 500,
                },
                _examine,
            )
        ],
    ),
}
