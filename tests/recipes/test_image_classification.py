"""The recipes for images: numbers of a network that always says the same, on 14 images."""

import keras
import numpy as np
import pytest

from kerasbook.applications import image_classification as page
from recipes import image_classification as recipes

TASK = "image-classification"
RECIPES = {recipe.name: recipe for recipe in recipes.TASKS[TASK][1]}
SETTINGS = {"epochs": 2, "batch_size": 4, "validation_fraction": 0.1}


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch, write_cifar10):
    """Ten training images of class 3 and four of class 0; two of five test images are of 3."""
    noise = np.random.default_rng(0).integers(0, 256, (19, 32, 32, 3), dtype=np.uint8)
    labels = np.array([3] * 10 + [0] * 4 + [3, 0, 3, 1, 0])
    write_cifar10(tmp_path, noise, labels, tests=5)
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))


def use(monkeypatch, **settings):
    """Add a network of one layer to those of the page; return the list of those built."""
    built = []

    def build():
        scaled = [keras.Input((32, 32, 3)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten()]
        dense = keras.layers.Dense(10, activation="softmax", **settings)
        built.append(keras.Sequential([*scaled, dense]))
        return built[-1]

    monkeypatch.setattr(page, "build_tiny", build, raising=False)
    return built


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_metrics_are_those_of_a_network_sure_of_one_class(monkeypatch, measured):
    chances = np.full(10, 0.05)
    chances[3] = 0.55
    use(
        monkeypatch,
        kernel_initializer="zeros",
        bias_initializer=lambda shape, dtype: keras.ops.cast(np.log(chances), dtype),
        trainable=False,
    )
    found = measured(
        recipes._train_classifier(0, network="build_tiny", optimizer="Adam", **SETTINGS)
    )
    # a tenth of ten images is one, of four none: one of class 3 is held out, nine of 13 are left
    assert found == {
        "test_accuracy": pytest.approx(2 / 5),
        "validation_accuracy": pytest.approx(1.0),
        "training_accuracy": pytest.approx(9 / 13),
        "calibration_error": pytest.approx(0.55 - 0.4, abs=1e-6),
        "parameters": 32 * 32 * 3 * 10 + 10,
    }


@pytest.mark.parametrize(
    ("optimizer", "last_rate"), [("Adam", 1e-3), ("Adam, cosine decay from 0.003", 0)]
)
def test_the_rate_of_learning_is_at_its_end_after_the_last_step(monkeypatch, optimizer, last_rate):
    built = use(monkeypatch)
    recipes._train_classifier(0, network="build_tiny", optimizer=optimizer, **SETTINGS)
    assert int(built[0].optimizer.iterations) == 2 * 4  # epochs, each of 13 images by fours
    assert float(built[0].optimizer.learning_rate) == pytest.approx(last_rate, abs=1e-9)


def test_a_seed_gives_the_same_run_again(monkeypatch, measured):
    use(monkeypatch)
    settings = {"network": "build_tiny", "optimizer": "Adam"} | SETTINGS | {"epochs": 1}
    first, again, other = (
        measured(recipes._train_classifier(seed, **settings)) for seed in (0, 0, 1)
    )
    assert first == again
    assert first["calibration_error"] != other["calibration_error"]


@pytest.mark.sampled("improved-network")
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_measures_what_its_results_hold(published, measured, name):
    quick = RECIPES[name].parameters | {"epochs": 1, "batch_size": 8}
    found = measured(RECIPES[name].run(0, **quick))
    assert set(found) == set(published(TASK, name))
    assert found["parameters"] == published(TASK, name)["parameters"]
    assert 0 <= found["calibration_error"] <= 1


# The ablation

ABLATION = {recipe.name: recipe.parameters for recipe in recipes.TASKS["image-ablation"][1]}


def test_each_row_of_the_ablation_changes_one_thing_of_the_first():
    whole = ABLATION["all"]
    changed = {
        name: {key for key in whole if parameters[key] != whole[key]}
        for name, parameters in ABLATION.items()
    }
    assert changed == {
        "all": set(),
        "no-augmentation": {"without"},
        "no-normalization": {"without"},
        "default-momentum": {"network_options"},
        "constant-rate": {"peak"},
        "plain": {"network", "network_options", "peak"},
    }


@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        ("all", set()),
        ("no-augmentation", {"RandomFlip", "RandomTranslation"}),
        ("no-normalization", {"BatchNormalization"}),
    ],
)
def test_what_an_ablation_trains_lacks_what_its_name_says(monkeypatch, measured, name, lacking):
    asked = {}

    def train(build, images, labels, **options):
        asked.update(options, model=build(), shape=images.shape)
        return asked["model"]

    monkeypatch.setattr(page, "train_with_seed", train)
    found = measured(recipes._train_without(7, **ABLATION[name]))
    assert set(found) == {"test_accuracy"}
    assert 0 <= found["test_accuracy"] <= 1
    assert (asked["seed"], asked["peak"], asked["epochs"]) == (7, 3e-3, 5)
    assert asked["shape"] == (14, 32, 32, 3)
    kinds = [type(layer).__name__ for layer in asked["model"].layers]
    whole = [type(layer).__name__ for layer in page.build_improved_network().layers]
    assert kinds == [kind for kind in whole if kind not in lacking]
    assert asked["model"].output_shape == (None, 10)
    for layer in asked["model"].layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            assert layer.momentum == 0.9


def test_the_published_ablation_holds_every_row(published):
    for name in ABLATION:
        assert set(published("image-ablation", name)) == {"test_accuracy"}
