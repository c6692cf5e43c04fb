"""What the tests of all recipes share: what the published runs measured."""

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
