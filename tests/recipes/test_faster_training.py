"""The recipes for fast training: that each runs as written, on 40 small images."""

import itertools

import keras
import numpy as np
import pytest

from bookkit.paths import RESULTS
from bookkit.reference import results
from kerasbook.beyond.faster.training import progressive_resizing
from recipes import TASKS
from recipes import faster_training as recipes

GOALS = {recipe.name: recipe for recipe in recipes.TASKS["faster-training"][1]}
CHOICE = {recipe.name: recipe for recipe in recipes.TASKS["faster-choice"][1]}
ABLATION = {recipe.name: recipe for recipe in recipes.TASKS["faster-ablation"][1]}
METRICS = ("held_out_accuracy", "training_flops")


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch, write_cifar10):
    """Forty training images and ten of the test, of ten classes."""
    noise = np.random.default_rng(0).integers(0, 256, (50, 32, 32, 3), dtype=np.uint8)
    labels = np.arange(50) % 10
    write_cifar10(tmp_path, noise, labels, tests=10)
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))


def shrunk(recipe):
    """Return the parameters of a recipe for four narrow steps."""
    changed = {"sizes": [[24, 1]]} if "sizes" in recipe.parameters else {"epochs": 1}
    if "network" in recipe.parameters:
        changed["network"] = recipe.parameters["network"] | {"widths": [4, 4, 4]}
        changed["batches"] = recipe.parameters["batches"] | {"batch_size": 10}
    else:
        changed["batch_size"] = 10
    if "validation_fraction" in recipe.parameters:
        changed["validation_fraction"] = 0.25
    return recipe.parameters | changed


@pytest.mark.sampled("article-network", "fast-short")
@pytest.mark.parametrize("name", GOALS)
def test_a_recipe_for_a_goal_runs_and_says_what_it_cost(measured, name):
    found = measured(GOALS[name].run(0, **shrunk(GOALS[name])))
    assert set(found) == {
        "test_accuracy", "one_view_accuracy", "training_s", "training_cpu_s", "training_flops",
        "gflop_per_cpu_s", "parameters",
    }  # fmt: skip
    spent = found["gflop_per_cpu_s"] * 1e9 * found["training_cpu_s"]
    assert spent == pytest.approx(found["training_flops"])
    assert 0 <= found["test_accuracy"] <= 1
    assert found["training_flops"] > 0
    assert keras.mixed_precision.dtype_policy().name == "float32"  # as it was


def test_the_article_network_costs_what_its_layers_say():
    found = GOALS["article-network"].run(0, **shrunk(GOALS["article-network"]))
    assert (
        found["training_flops"] == 3 * 2 * 4_499_456 * 30
    )  # one of four images a class is held out
    assert found["test_accuracy"] == found["one_view_accuracy"]


@pytest.mark.weekly
def test_a_candidate_is_scored_on_training_images_alone(tmp_path, write_cifar10, measured):
    numbers = np.arange(110)  # in each pixel of an image, so that it is known again
    images = np.broadcast_to(numbers[:, None, None, None], (110, 32, 32, 3)).astype(np.uint8)
    write_cifar10(tmp_path, images, numbers % 10, tests=10)
    (taught, _), (held, labels) = recipes._hold_out()
    assert sorted([*taught[:, 0, 0, 0], *held[:, 0, 0, 0]]) == list(range(100)), "no test image"
    assert sorted(labels) == list(range(10)), "a tenth of each class"
    found = measured(CHOICE["small-2-0-2"].run(0, **shrunk(CHOICE["small-2-0-2"])))
    assert next(iter(found)) == "held_out_accuracy"
    assert "test_accuracy" not in found


STAGED = [
    recipe
    for _, recipes in TASKS.values()
    for recipe in recipes
    if len(recipe.parameters.get("sizes", [])) > 1
]


@pytest.mark.parametrize("recipe", STAGED, ids=lambda recipe: recipe.name)
def test_no_stage_draws_again_what_another_drew(recipe):
    """Orders and shifts of all epochs differ; by turns, an image's sides alternate."""
    images = np.zeros((40, 32, 32, 3), "uint8")
    settings = recipe.parameters["batches"] | {"batch_size": 10, "seed": 0}
    sizes = recipe.parameters["sizes"]
    orders, places, sides = [], [], []
    for batches, epochs in progressive_resizing(images, np.arange(40) % 10, sizes, **settings):
        for _ in range(epochs):
            orders.append(batches.draws.order.tolist())
            places.append(batches.draws.places.tolist())
            sides.append(batches.draws.flipped)
            batches.on_epoch_begin()
            batches.on_epoch_end()
    assert len(orders) == sum(epochs for _, epochs in sizes)
    assert all(orders.count(order) == 1 for order in orders)
    if settings.get("shift") != 0:
        assert all(places.count(place) == 1 for place in places)
    if settings.get("flips") == "none":
        assert not np.any(sides)
    elif settings.get("flips") == "random":
        assert len({tuple(side) for side in sides}) == len(sides)
    else:
        for earlier, later in itertools.pairwise(sides):
            np.testing.assert_array_equal(earlier, ~later)


def differing(parameters):
    """Name the settings in which a row differs from the whole recipe."""
    whole = ABLATION["whole"].parameters
    flat = [
        {
            (group, key): value
            for group in ("network", "batches", "training")
            for key, value in one[group].items()
        }
        | {key: one[key] for key in ("sizes", "precision")}
        for one in (whole, parameters)
    ]
    names = flat[0].keys() | flat[1].keys()
    return {name for name in names if flat[0].get(name, "default") != flat[1].get(name, "default")}


def test_from_the_top_each_row_lacks_one_thing():
    rows = [name for name in ABLATION if name.startswith("no-") or name in recipes._ALSO]
    assert len(rows) == 9
    assert all(len(differing(ABLATION[name].parameters)) == 1 for name in rows)


def test_from_the_bottom_each_row_has_one_thing_more():
    rows = ["bare", *(name for name in ABLATION if name.startswith("up-to-"))]
    missing = [differing(ABLATION[name].parameters) for name in rows]
    assert [len(each) for each in missing] == [6, 5, 4, 3, 2, 1]
    assert all(later < earlier for earlier, later in itertools.pairwise(missing))
    assert differing(ABLATION["no-average"].parameters) == missing[-1]


@pytest.mark.sampled("bare")
@pytest.mark.parametrize("name", ["bare", "float32"])
def test_a_row_of_the_ablation_runs(name):
    assert ABLATION[name].run(0, **shrunk(ABLATION[name]))["parameters"] > 0


def candidate_that_reaches(goal, prefix, *, margin=0.0):
    """Return the candidate of fewest operations whose mean held-out accuracy reaches the goal."""
    document = results.load("faster-choice", RESULTS)
    means = {
        name: [np.mean(results.values(document, name, metric)) for metric in METRICS]
        for name in CHOICE
        if name.startswith(prefix)
    }
    reached = [name for name, (accuracy, _) in means.items() if accuracy >= goal + margin]
    return min(reached, key=lambda name: means[name][1], default=None)


@pytest.mark.parametrize(("name", "goal"), [("fast-small", 0.9), ("fast-large", 0.94)])
def test_each_recipe_is_what_the_rule_chose_on_held_out_images(name, goal):
    chosen = candidate_that_reaches(goal, name.removeprefix("fast-"))
    assert GOALS[name].parameters == CHOICE[chosen].parameters


def test_what_the_page_concludes_holds_in_the_results():
    """Both stay within their time and miss their accuracy; a margin takes the second candidate."""
    document = results.load("faster-training", RESULTS)
    article = np.array(results.values(document, "article-network", "training_s"))
    for name, goal, times in (("fast-small", 0.9, 1.5), ("fast-large", 0.94, 10)):
        seconds = np.array(results.values(document, name, "training_s"))
        accuracy = results.values(document, name, "test_accuracy")
        assert len(accuracy) == 3
        assert (seconds / article < times).all()
        assert max(accuracy) < goal
    error = (0.9 * 0.1 / 5000) ** 0.5
    assert candidate_that_reaches(0.9, "small") == "small-2-0-2"
    assert candidate_that_reaches(0.9, "small", margin=error) == "small-3-0-2"
