"""Reference runs on pages."""

import re


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
wall_s/over={base}:.2f
```
"""


def test_means_take_a_row_a_recipe_and_compare(tiny_book, tags):
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
            "wall_s, over “plain”",
        ],
        ["The improved network", "90.0%", "+0.90", "+27.5", "", "2.73"],  # 30 s over 11 s
        ["plain", "62.5%\u00a0±\u00a017.7%", "+0.62\u00a0±\u00a00.18", "+0.0", "−27.5", "1.00"],
    ]
    page.write_text(before + MEANS.format(base="plane"), encoding="utf-8")
    assert "result-table: no recipe 'plane'" in tiny_book.build("en").warning.getvalue()
    wrong = MEANS.format(base="plain").replace("network plain", "network plane")
    page.write_text(before + wrong, encoding="utf-8")
    assert "result-table: no recipe 'plane'" in tiny_book.build("en").warning.getvalue()
