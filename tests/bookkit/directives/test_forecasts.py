"""The book's forecasts on a page: a table, and what decides each of them."""

import json

import pytest

ENTRY = {
    "name": "rain",
    "claim": {"en": "It *rains* with `x`.", "zh": "会下雨。"},
    "rule": {"en": "The street is [wet](https://example.org).", "zh": "街上是湿的。"},
    "reasons_for": {"en": "Clouds.", "zh": "有云。"},
    "reasons_against": {"en": "A desert.", "zh": "这里是沙漠。"},
    "probability": 0.3,
    "made": "2026-11-27",
    "due": "2026-12-01",
}
SNOW = ENTRY | {"name": "snow", "outcome": False, "resolved": "2026-12-02"}
DIRECTIVE = "\n```{forecasts}\n```\n"


@pytest.fixture
def forecasting(tiny_book):
    """Let a tiny page show two forecasts; return the book and the file."""
    tiny_book.execute()
    for language in ("zh", "en"):
        page = tiny_book.folder / language / "part" / "second.md"
        page.write_text(page.read_text(encoding="utf-8") + DIRECTIVE, encoding="utf-8")
    path = tiny_book.folder / "book.json"
    path.write_text(json.dumps({"forecasts": [ENTRY, SNOW]}), encoding="utf-8")
    tiny_book.settings["bookkit_forecasts"] = str(path)
    return tiny_book, path


def test_table_details_and_file_in_both_languages(forecasting, tags):
    book, path = forecasting
    assert book.build("en").warning.getvalue() == ""
    article = tags(book.article("en", "part/second"))
    (table,) = article("table", "forecasts")
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table("tr")]
    assert rows == [
        ["", "Claim", "Probability", "Due", "Outcome"],
        ["1", "It rains with x.", "30%", "2026-12-01", "open"],
        ["2", "It rains with x.", "30%", "2026-12-01", "false"],
    ]
    first, _ = article.all("details", **{"class": "sd-sphinx-override"})
    assert first.summary.get_text().strip() == "1. It rains with x."
    said = [paragraph.get_text() for paragraph in first("p")]
    assert said == ["How it is decided: The street is wet.", "For: Clouds.", "Against: A desert."]
    (link,) = first("a")
    assert link["href"] == "https://example.org"
    links = article.all("a", **{"class": "download"})  # those of the provenance box, too
    (download,) = [link for link in links if link["href"].endswith("book.json")]
    assert download.get_text() == "Download these forecasts (JSON)"
    file = (book.folder / "out" / "en" / "html" / "part" / download["href"]).resolve()
    assert file.read_bytes() == path.read_bytes()
    assert book.build("zh").warning.getvalue() == ""
    chinese = tags(book.article("zh", "part/second"))
    assert "怎样判定：街上是湿的。" in chinese.get_text()


def test_a_fault_in_the_file_names_the_entry(forecasting):
    book, path = forecasting
    path.write_text(json.dumps({"forecasts": [ENTRY | {"probability": 3}]}), encoding="utf-8")
    said = book.build("en").warning.getvalue()
    assert "forecasts: Expected forecast 'rain' to have a probability from 0 to 1" in said
