"""Reference runs on pages."""

import json
import re

from bookkit.reference.examples import encode


def test_reference_results_reach_prose_and_table(built_book):
    text = built_book.article("en", "first")
    assert "<p>Quoted: 62.5%, 2026-01-31.</p>" in text
    assert "<p>In words: holds.</p>" in text
    table = re.search(r'<table class="result-table.*?</table>', text, re.DOTALL)[0]
    rows = [
        re.findall(r"<t[dh]([^>]*)><p>(.*?)</p></t[dh]>", row)
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]
    assert [[re.sub("</?strong>", "", cell) for _, cell in row] for row in rows] == [
        ["Recipe", "Seed", "Test accuracy", "Parameters"],
        ["plain", "0", "0.50", "73,418"],
        ["1", "0.75", "73,418"],
        ["Mean\u00a0±\u00a0SD", "0.62\u00a0±\u00a00.18", "73,418"],
        ["The improved network", "0", "0.90", "5"],
    ]
    assert ['rowspan="3"' in rows[1][0][0], "rowspan" in rows[4][0][0]] == [True, False]
    assert all(cell.startswith("<strong>") for _, cell in rows[3])
    chinese = built_book.article("zh", "first")
    assert "改进的网络" in chinese
    assert "<p>用词来说：成立。</p>" in chinese
    assert "<p>plain</p>" not in chinese


MEANS = """
```{{result-table}} digits
:means:
:recipes: improved-network plain
test_accuracy:.1%
test_accuracy:+.2f
test_accuracy/minus=plain:+.1fp
test_accuracy/minus=above:+.1fp
test_accuracy/over={base}:.2f
test_accuracy/error/minus=plain:.1fp
```
"""


def test_means_take_a_row_a_recipe_and_compare(tiny_book, tags):
    """Differences of 0, 0.5, 0 and 0.6 have the variance 0.076875; over four, the root is 0.139."""
    results = tiny_book.folder / "results" / "digits.json"
    document = json.loads(results.read_text(encoding="utf-8"))
    kept = {"plain": ([1, 0, 1, 0], [1, 1, 1, 0]), "improved-network": ([1, 1, 1, 0.6],)}
    for entry in document["recipes"]:
        for run, scores in zip(entry["runs"], kept[entry["name"]], strict=True):
            run["examples"] = {"test_accuracy": encode(scores)}
    results.write_text(json.dumps(document), encoding="utf-8")
    tiny_book.execute()
    page = tiny_book.folder / "en" / "part" / "second.md"
    before = page.read_text(encoding="utf-8")
    page.write_text(before + MEANS.format(base="plain"), encoding="utf-8")
    assert tiny_book.build("en").warning.getvalue() == ""
    (table,) = tags(tiny_book.article("en", "part/second"))("table", "result-table")
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table("tr")]
    minus = "Test accuracy, minus “plain”"
    assert rows == [
        [
            "Recipe",
            "Test accuracy",
            "Test accuracy",
            minus,
            minus.replace("plain", "Row above"),
            "Test accuracy, over “plain”",
            "Test accuracy: standard error of the difference",
        ],
        ["The improved network", "90.0%", "+0.90", "+27.5", "", "1.44", "13.9"],  # 0.9 over 0.625
        [
            "plain",
            "62.5%\u00a0±\u00a017.7%",
            "+0.62\u00a0±\u00a00.18",
            "+0.0",
            "−27.5",
            "1.00",
            "0.0",
        ],
    ]
    page.write_text(before + MEANS.format(base="plane"), encoding="utf-8")
    assert "result-table: no recipe 'plane'" in tiny_book.build("en").warning.getvalue()
    wrong = MEANS.format(base="plain").replace("network plain", "network plane")
    page.write_text(before + wrong, encoding="utf-8")
    assert "result-table: no recipe 'plane'" in tiny_book.build("en").warning.getvalue()


SCORED = """
:::{test-set} digits
:::

:::{test-set} digits
:recipes: improved-network
:::

:::{test-set} digits
:recipes: plain
:scores: .1%
:::
"""
WORDS = """\
digits:
  test set: {zh: "382 张图像", en: "382 images"}
  chosen on: {zh: "轮数在*验证集*上选。", en: "Epochs were chosen on the *validation set*."}
"""


def test_a_page_says_how_often_the_test_set_was_scored(tiny_book, tags):
    results = tiny_book.folder / "results"
    document = json.loads((results / "digits.json").read_text(encoding="utf-8"))
    for entry, runs, versions in zip(document["recipes"], (7, 1), (3, 1), strict=True):
        entry["scored"] = {"runs": runs, "versions": versions}
    document["recipes"][0]["earlier"] = [0.25, 0.375]
    document["counted_since"] = "2026-01-31"
    (results / "digits.json").write_text(json.dumps(document), encoding="utf-8")
    (results / "test-sets.yml").write_text(WORDS, encoding="utf-8")
    tiny_book.execute()
    for language in ("zh", "en"):
        page = tiny_book.folder / language / "part" / "second.md"
        page.write_text(page.read_text(encoding="utf-8") + SCORED, encoding="utf-8")
        assert tiny_book.build(language).warning.getvalue() == ""
    said = [
        each.get_text()
        for each in tags(tiny_book.article("en", "part/second"))("p")
        if each.get_text().startswith("Test set")
    ]
    assert said[:2] == [
        "Test set (382 images): scored once by each run shown here (runs: 3) and by earlier runs "
        "(at least 5). Epochs were chosen on the validation set.",
        "Test set (382 images): scored by the runs shown here alone (runs: 1). "
        "Epochs were chosen on the validation set.",
    ]
    assert "The scores of the other versions were, in order: 25.0%, 37.5%." in said[2]
    chinese = tags(tiny_book.article("zh", "part/second"))("p")
    assert (
        "测试集（382 张图像）：这里的每次运行各评分一次（共 3 次），"
        "更早的运行至少还评过 5 次。轮数在验证集上选。"
    ) in [each.get_text() for each in chinese]
    del document["counted_since"]  # counted from the first run on
    (results / "digits.json").write_text(json.dumps(document), encoding="utf-8")
    assert tiny_book.build("en").warning.getvalue() == ""
    assert "and by earlier runs (runs: 5)." in tiny_book.article("en", "part/second")
    (results / "test-sets.yml").write_text("others: {}\n", encoding="utf-8")
    complaint = tiny_book.build("en").warning.getvalue()
    assert "test-set: test-sets.yml says nothing of 'digits'; it knows: others" in complaint
