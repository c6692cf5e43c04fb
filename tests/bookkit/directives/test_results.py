"""Reference runs on pages."""

import re


def test_reference_results_reach_prose_and_table(built_book):
    text = built_book.article("en", "first")
    assert "<p>Quoted: 62.5%, 2026-01-31.</p>" in text
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
    assert "<p>plain</p>" not in chinese
