"""The pure parts of the benchmark; what it times is never asserted."""

import numpy as np
import pytest

from bench import builds, detection
from bench.measure import Measured, Row, python, ratio, seconds, share, size, table
from bookkit.errors import BookError

RAN = """data: sample
pages: introduction started, 4 cells
pages: ... applications/image-classification at cell 6 of 22, 15 s
pages: [1/2] introduction 4.2 s, 1 left
pages: [2/2] applications/image-classification 51.9 s, 0 left
built html (zh, en): pages 53.2 s, Sphinx 11.8 s
"""
UP_TO_DATE = """pages: all 4 up to date, nothing to execute
built html (zh): pages 0.4 s, Sphinx 3.0 s
"""


def test_other_output_is_no_build():
    with pytest.raises(BookError, match="Received: 'error: no such page'"):
        builds.build_parts("error: no such page")


def test_builds_are_compared_with_the_cold_one_and_that_with_its_pages():
    runs = {
        builds.FIRST: Measured(60, 100, RAN.replace("11.8", "9.8")),
        builds.COLD: Measured(65, 125, RAN),
        builds.AGAIN: Measured(3.25, 3, UP_TO_DATE),
        builds.CHANGED: Measured(13, 9, RAN),
    }
    rows = {row.name: (row.value, row.ratio) for row in builds.cold_rows(runs)}
    assert rows["cold build, both languages"] == ("65.0 s", "1.22 x")
    assert rows["  of which Sphinx"] == ("11.8 s", "18.2%")
    assert rows["second language, wall time"] == ("5.0 s", "7.7%")
    assert rows["  in Sphinx"] == ("2.0 s", "3.1%")
    assert rows["  processor time"] == ("25.0 s", "20.0%")
    again, changed = (builds.rebuild_row(runs, key) for key in (builds.AGAIN, builds.CHANGED))
    assert (again.value, again.ratio, again.problem) == ("3.2 s", "0.05 x", "")
    assert changed.problem == "pages ran, expected none"


def test_numbers_carry_their_unit():
    assert (ratio(3, 4), share(1, 3), share(-1, 4)) == ("0.75 x", "33.3%", "-25.0%")
    assert (seconds(0.0123), seconds(83.26), seconds(-17.03)) == ("0.012 s", "83.3 s", "-17.0 s")
    assert (size(999_994), size(1_000_000)) == ("999.99 kB", "1.00 MB")


def test_the_table_lines_up():
    rows = [Row("cold build", "60.0 s", "1.20 x", "notebooks"), Row("site", "9.00 MB")]
    assert table(rows).splitlines() == [
        "measured      value   ratio  against",
        "----------  -------  ------  ---------",
        "cold build   60.0 s  1.20 x  notebooks",
        "site        9.00 MB",
    ]


def test_a_command_sees_no_choice_of_this_process_and_counts_what_it_started(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    child = "import time\nwhile time.process_time() < 0.2: pass"
    code = f"import os, subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    run = python("a child", "-c", f"{code}; print(os.environ.get('KERAS_BACKEND'))")
    assert run.output == "None\n"
    assert run.cpu_seconds >= 0.2


def test_a_failing_command_shows_what_it_said():
    with pytest.raises(BookError, match=r"a step failed with exit code 1:\nthe cause"):
        python("a step", "-c", "raise SystemExit('the cause')")


def test_random_results_are_what_the_benchmark_says():
    ground_truth, detections = detection.random_results(300)
    assert len(ground_truth["annotations"]) == 7 * 300
    assert len(detections) == 65 * 300
    assert {record["category_id"] for record in detections} == set(range(80))
    assert {record["iscrowd"] for record in ground_truth["annotations"]} == {0, 1}
    assert np.array([record["bbox"] for record in detections])[:, 2:].min() >= 1


def test_both_evaluations_agree(capsys):
    assert detection.compare(20, 1)[2] <= 1e-9
    assert capsys.readouterr().out == "", "what pycocotools prints is caught"
