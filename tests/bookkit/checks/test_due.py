"""Which forecasts of the book can be decided."""

import json
from datetime import date

from bookkit.checks import due
from bookkit.paths import FORECASTS

RAIN = json.loads(FORECASTS.read_text("utf-8"))["forecasts"][0] | {
    "name": "rain",
    "due": "2026-12-01",
}
DONE = {"outcome": True, "resolved": "2026-12-02"}


def test_only_open_ones_are_named_from_the_day_after_on(tmp_path):
    path = tmp_path / "book.json"
    listed = [RAIN, RAIN | DONE | {"name": "dew"}, RAIN | {"name": "snow", "due": "2027-01-01"}]
    path.write_text(json.dumps({"forecasts": listed}), encoding="utf-8")
    assert list(due.notes(path, date(2026, 12, 1))) == []
    (line,) = due.notes(path, date(2026, 12, 2))
    assert line.startswith(f"{path.as_posix()}: forecast 'rain' was due on 2026-12-01;")
    assert len(list(due.notes(path, date(2027, 1, 2)))) == 2


def test_none_of_the_book_was_due_when_they_were_made():
    assert list(due.notes(FORECASTS, date(2026, 11, 27))) == []
    (line,) = [line for line in due.notes(FORECASTS, date(2027, 3, 1)) if "'keras-3-16'" in line]
    assert line.startswith("code/bookkit/sample/forecasts/book.json: forecast 'keras-3-16'")
