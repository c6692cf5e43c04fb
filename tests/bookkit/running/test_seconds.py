"""How long pages will take, and what is left."""

import json

import pytest

from bookkit.paths import BOOK, ROOT, pages
from bookkit.running import seconds


def test_the_last_time_here_counts_before_the_record_of_the_repository(tmp_path, monkeypatch):
    record = tmp_path / "record.json"
    record.write_text('{"a": 10.0, "b": 20.0}')
    monkeypatch.setattr(seconds, "RECORD", record)
    assert seconds.expected("abc", tmp_path) == {"a": 10.0, "b": 20.0, "c": 30.0}
    seconds.note("b", 7.26, tmp_path)
    seconds.note("c", 5, tmp_path)
    assert seconds.expected("abc", tmp_path) == {"a": 10.0, "b": 7.3, "c": 5}
    assert json.loads((tmp_path / "seconds.json").read_text()) == {"b": 7.3, "c": 5}


@pytest.mark.parametrize(
    ("running", "waiting", "workers", "left"),
    [
        ([], [], 2, 0.0),
        ([(10.0, 4.0)], [], 2, 6.0),  # one core idles
        ([(10.0, 4.0), (20.0, 2.0)], [16.0], 2, 20.0),  # 6 + 18 + 16 on two cores
        ([(10.0, 15.0)], [30.0, 2.0], 4, 30.0),  # longer than expected; the longest bounds it
    ],
)
def test_what_is_left_is_shared_by_the_workers_and_at_least_the_longest_page(
    running, waiting, workers, left
):
    assert seconds.left(running, waiting, workers) == left


def test_the_record_of_the_repository_is_about_pages_that_exist():
    record = json.loads(seconds.RECORD.read_text(encoding="utf-8"))
    assert record.keys() <= set(pages(BOOK / "zh"))
    assert seconds.RECORD.parent == ROOT / "book"
