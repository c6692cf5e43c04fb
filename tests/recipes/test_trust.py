"""The recipe of the page on trust: that it runs as written, on a hundred small images."""

import keras
import numpy as np
import pytest

from bookkit.languages import LANGUAGES
from bookkit.paths import RESULTS
from bookkit.reference import results
from recipes import trust as recipes

(RECIPE,) = recipes.TASKS["trust"][1]


@pytest.fixture(scope="module")
def found(tmp_path_factory, write_cifar10):
    """Ask about a network trained on noise whose color is the label."""
    folder = tmp_path_factory.mktemp("data")
    labels = np.arange(140) % 10
    noise = np.random.default_rng(0).integers(0, 60, (140, 32, 32, 3), dtype=np.uint8)
    noise[..., 0] += (19 * labels)[:, None, None].astype(np.uint8)
    write_cifar10(folder, noise, labels, tests=20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERASBOOK_DATA", str(folder))
        changed = {"epochs": 1, "batch_size": 10, "held_out": 20, "attacked": 10}
        return RECIPE.run(0, **(RECIPE.parameters | changed))


@pytest.mark.weekly
def test_all_questions_of_the_page_are_answered(found):
    kinds = [f"{kind}_{n}" for kind in ("noise", "blur", "contrast", "pixelate") for n in (1, 3, 5)]
    attacks = [
        f"{name}_{n}" for name in ("fast_gradient_sign", "projected_descent") for n in (1, 4)
    ]
    assert set(found) == {
        "test_accuracy", "temperature", "calibration_error", "tempered_error", "coverage",
        "set_size", "worst_class_coverage", "worst_class", "worst_class_by_chance",
        "surer_than_of_digits", "surer_than_of_pixels", *attacks,
        *(f"accuracy_{kind}" for kind in kinds), *(f"confidence_{kind}" for kind in kinds),
    }  # fmt: skip
    assert all(isinstance(value, float) for value in found.values())


@pytest.mark.weekly
@pytest.mark.parametrize("code", LANGUAGES)
def test_each_answer_has_a_name_in_a_table(found, code):
    names = [LANGUAGES[code].labels.get(metric) for metric in found]
    assert len({*names} - {None}) == len(found)


@pytest.mark.weekly
def test_shares_are_shares(found):
    others = {"temperature", "set_size"}
    assert all(0 <= value <= 1 for name, value in found.items() if name not in others)
    assert 1 <= found["set_size"] <= 10
    assert found["worst_class"] <= found["test_accuracy"]
    assert found["worst_class_coverage"] <= found["coverage"]
    assert keras.mixed_precision.dtype_policy().name == "float32"  # as it was


def test_what_the_page_concludes_holds_in_the_results():
    """It is too modest, keeps its word after a temperature, and cannot bear noise."""
    document = results.load("trust", RESULTS)
    seen = {
        name: np.array(results.values(document, RECIPE.name, name))
        for name in ("temperature", "calibration_error", "tempered_error", "set_size",
                     "test_accuracy", "accuracy_noise_1", "surer_than_of_pixels")
    }  # fmt: skip
    assert len(seen["temperature"]) == 3
    assert (seen["temperature"] < 1).all()
    assert (seen["tempered_error"] < seen["calibration_error"] / 10).all()
    assert (seen["set_size"] < 1.1).all()
    assert (seen["surer_than_of_pixels"] > 0.5).all()
    assert (seen["accuracy_noise_1"] < 0.6 * seen["test_accuracy"]).all()
