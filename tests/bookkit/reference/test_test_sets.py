"""What `test-sets.yml` says of held-out data, against the parameters of the recipes."""

import pytest

from bookkit.languages import LANGUAGES
from bookkit.paths import RESULTS
from bookkit.reference import results
from recipes import TASKS, WITHOUT_TEST_SET

CIFAR10 = 50_000  # training images
# How a number of parts is said, as far as the words need it.
PARTS = {
    5: {"en": "five parts", "zh": "分成五份"},
    10: {"en": "a tenth of the training threads", "zh": "十分之一训练讨论串"},
}


def chosen(task, language):
    return results.test_set(task, language, RESULTS)["chosen on"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("task", "recipe"),
    [
        ("image-classification", "article-network"),
        ("trust", "fast-short"),
        ("transfer", "all-linear"),
    ],
)
def test_the_images_that_are_held_out_are_as_many_as_the_words_say(task, recipe, language):
    (parameters,) = (one.parameters for one in TASKS[task][1] if one.name == recipe)
    fraction = parameters.get("validation_fraction", 0)
    held_out = parameters.get("held_out", round(CIFAR10 * fraction))
    assert f"{held_out:,}" in chosen(task, language)
    assert f"{CIFAR10:,}" in chosen(task, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", ["pretrained-vote", "pretrained-tuned-vote"])
def test_the_threads_that_are_held_out_are_the_part_that_the_words_say(task, language):
    folds = {recipe.parameters["folds"] for recipe in TASKS[task][1]}
    assert [PARTS[each][language] in chosen(task, language) for each in folds] == [True]


def test_each_task_with_a_test_set_has_whole_sentences():
    for task in TASKS.keys() - WITHOUT_TEST_SET:
        assert all(chosen(task, language)[-1] in ".。" for language in LANGUAGES)
