"""What the tests of all recipes share: what the published runs measured."""

import numpy as np
import pytest

from bookkit.paths import RESULTS
from bookkit.reference import results


@pytest.fixture(scope="session")
def published():
    """Return a function that gives the metrics of the first published run of a recipe."""

    def metrics(task, name):
        recipes = {each["name"]: each for each in results.load(task, RESULTS)["recipes"]}
        return recipes[name]["runs"][0]["metrics"]

    return metrics


@pytest.fixture(scope="session")
def write_cifar10():
    """Return a function that writes images as CIFAR-10; the last ones are its test."""

    def write(folder, images, labels, tests):
        np.savez(
            folder / "cifar10.npz",
            x_train=images[:-tests],
            y_train=labels[:-tests],
            x_test=images[-tests:],
            y_test=labels[-tests:],
        )

    return write
