"""Counts of how often a test set was scored, and how pages quote results, with one fault each."""

import json

import pytest

from bookkit.checks import results as checked
from bookkit.reference.examples import encode

PATH = "book/results/digits.json"
COUNTED = {"name": "plain", "runs": [{}, {}, {}], "scored": {"runs": 5, "versions": 2}}
WORDS = """\
digits:
  test set: {zh: "382 张图像", en: "382 images"}
  chosen on: {zh: "在验证集上选。", en: "Chosen on the validation set."}
"""


def problems(project, entry=COUNTED, words=WORDS, **document):
    files = {
        PATH: json.dumps({"recipes": [entry], **document}),
        "book/results/export.json": json.dumps({"recipes": [{"name": "fast", "runs": [{}]}]}),
        "book/results/test-sets.yml": words,
        "book/en/a.md": "# A\n\n:::{test-set} digits\n:::\n",
    }
    return list(checked.counts(project(files)))


def test_counts_and_words_that_are_there_pass(project):
    assert problems(project) == []
    assert problems(project, former={"runs": 2, "versions": 1}) == []


@pytest.mark.parametrize(
    ("scored", "problem"),
    [
        (None, "recipes/plain/scored with runs and versions. Received: None"),
        ({"runs": 5}, "recipes/plain/scored with runs and versions. Received: {'runs': 5}"),
        ({"runs": 2, "versions": 1}, "recipes/plain/scored/runs of 3 or more. Received: 2"),
        ({"runs": -1, "versions": 1}, "recipes/plain/scored/runs of 3 or more. Received: -1"),
        ({"runs": 3, "versions": 0}, "recipes/plain/scored/versions of 1 or more. Received: 0"),
        (
            {"runs": 3, "versions": 4},
            "no more recipes/plain/scored/versions than runs. Received: {'runs': 3, 'versions': 4}",
        ),
    ],
)
def test_a_wrong_count_is_named_with_file_key_and_cure(project, scored, problem):
    assert problems(project, COUNTED | {"scored": scored}) == [
        f"{PATH}: expected {problem}; make reference counts; for what lies before, count the "
        "versions of this file in git"
    ]


def test_counts_that_no_page_prints_are_named(project):
    book = project({PATH: json.dumps({"recipes": [COUNTED]}), "book/results/test-sets.yml": WORDS})
    assert list(checked.counts(book)) == [
        f"{PATH}: no page prints it; write :::{{test-set}} digits beside its headline"
    ]


def test_a_former_recipe_is_counted_too(project):
    (problem,) = problems(project, former={"runs": 0, "versions": 1})
    assert problem.startswith(f"{PATH}: expected former/runs of 1 or more. Received: 0;")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  test set", "  tests", "digits lacks test set; say it in every language"),
        (
            "  test set",
            "  tests",
            "digits: 'tests' is none of test set, chosen on, inherited, also; name it so",
        ),
        ('zh: "382 张图像", ', "", "digits/test set is not in zh, en; say it in each"),
        ("digits", "figures", "digits lacks test set, chosen on; say it in every language"),
        ("digits", "figures", "there are no results of 'figures'; take its words out"),
    ],
)
def test_words_that_are_missing_or_too_many_are_named(project, old, new, problem):
    found = problems(project, words=WORDS.replace(old, new))
    assert f"book/results/test-sets.yml: {problem}" in found


TWO = "It took {result}`a/plain/wall_s/mean:.0f` s and got {result}`b/plain/f1/mean:.1%`."


@pytest.mark.parametrize("text", [TWO, TWO.replace(" s and got", " 秒，得到")])
def test_a_sentence_quotes_one_task(project, text):
    pages = {"book/en/a.md": f"# A\n\n{text}\n", "book/zh/a.md": "# A\n"}
    assert list(checked.sources(project(pages))) == [
        "book/en/a.md:3: one sentence quotes a and b; "
        "quote one of them, or write a sentence for each"
    ]


@pytest.mark.parametrize(
    "text",
    [
        TWO.replace(" and got", ". Another got"),
        TWO.replace(" s and got", " 秒。另一个得到"),
        TWO.replace("b/", "a/"),
    ],
)
def test_two_sentences_may_quote_two_tasks(project, text):
    assert list(checked.sources(project({"book/en/a.md": f"# A\n\n{text}\n"}))) == []


def test_a_ratio_of_times_says_its_range(project):
    text = "{result}`a/b/training_s/STATISTIC/over=c:.1f` times, {result}`a/b/f1/mean/over=c:.1f`"
    pages = {"book/en/a.md": "# A\n" + text.replace("STATISTIC", "mean") + "\n"}
    assert list(checked.ranges(project(pages))) == [
        "book/en/a.md:2: 'a/b/training_s/mean/over=c:.1f' is a ratio of times without a range; "
        "write span in place of mean"
    ]
    pages = {"book/en/a.md": "# A\n" + text.replace("STATISTIC", "span") + "\n"}
    assert list(checked.ranges(project(pages))) == []


def test_scores_of_examples_are_those_of_their_metric(project):
    kept = {"test_accuracy": encode([1, 0, 1, 1])}
    entry = {"name": "plain", "runs": [{"seed": 3, "metrics": {}, "examples": kept}]}
    entry["runs"][0]["metrics"]["test_accuracy"] = 0.75
    assert list(checked.scores(project({PATH: json.dumps({"recipes": [entry]})}))) == []


@pytest.mark.parametrize(
    ("metrics", "kept"),
    [
        ({"test_accuracy": 0.76}, encode([1, 0, 1, 1])),
        ({"accuracy": 0.75}, encode([1, 0, 1, 1])),
        ({"test_accuracy": 0.75}, encode([1, 0, 1, 1])[:-4]),
        ({"test_accuracy": 0.75}, "nothing"),
    ],
)
def test_scores_that_are_not_those_of_their_metric_are_named(project, metrics, kept):
    runs = [{"seed": 3, "metrics": metrics, "examples": {"test_accuracy": kept}}]
    entry = {"name": "plain", "runs": runs}
    assert list(checked.scores(project({PATH: json.dumps({"recipes": [entry]})}))) == [
        f"{PATH}: plain, seed 3: the examples do not score test_accuracy; "
        "the run was edited; make reference again"
    ]
