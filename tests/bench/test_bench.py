"""The pure parts of the benchmark; what it times is never asserted."""

import os
import sys

import numpy as np
import pytest

from bench import detection
from bench.measure import BenchError, environment, python, tree_bytes
from bench.report import (
    Row,
    build_parts,
    executed_pages,
    machine,
    ratio,
    seconds,
    share,
    size,
    table,
)
from bench.training import _rows

COLD = """data: sample
pages: introduction started, 4 cells
pages: applications/image-classification started, 22 cells
pages: ... applications/image-classification at cell 6 of 22, 15 s
pages: [1/2] introduction 4.2 s, 1 left
pages: [2/2] applications/image-classification 51.9 s, 0 left
built html (zh, en): pages 53.2 s, Sphinx 11.8 s
open _build/html/index.html
"""
AGAIN = """data: sample
pages: all 4 up to date, nothing to execute
built html (zh): pages 0.4 s, Sphinx 3.0 s
"""


def test_a_build_says_which_pages_ran():
    assert executed_pages(COLD) == ["introduction", "applications/image-classification"]
    assert executed_pages(AGAIN) == []


def test_a_build_says_where_its_time_went():
    assert build_parts(COLD) == (53.2, 11.8)
    assert build_parts(AGAIN) == (0.4, 3.0)


@pytest.mark.parametrize("parse", [executed_pages, build_parts])
def test_other_output_is_no_build(parse):
    with pytest.raises(ValueError, match="Received: 'error: no such page'"):
        parse("error: no such page")


@pytest.mark.parametrize(
    ("formatted", "expected"),
    [
        (ratio(3, 4), "0.75 x"),
        (ratio(3, 0), "n/a"),
        (share(1, 3), "33.3%"),
        (share(-1, 4), "-25.0%"),
        (share(1, 0), "n/a"),
        (seconds(0.0123), "0.012 s"),
        (seconds(83.26), "83.3 s"),
        (seconds(-17.03), "-17.0 s"),
        (size(999), "999 B"),
        (size(1_000), "1.00 kB"),
        (size(2_345_678), "2.35 MB"),
        (size(1.5e9), "1.50 GB"),
    ],
)
def test_numbers_carry_their_unit(formatted, expected):
    assert formatted == expected


def test_the_table_lines_up():
    rows = [Row("cold build", "60.0 s", "1.20 x", "notebooks"), Row("site", "9.00 MB")]
    assert table(rows).splitlines() == [
        "measured      value   ratio  against",
        "----------  -------  ------  ---------",
        "cold build   60.0 s  1.20 x  notebooks",
        "site        9.00 MB",
    ]


def test_the_machine_is_one_line_with_versions():
    line = machine()
    assert line.startswith("machine: ")
    assert "\n" not in line
    assert f"{os.cpu_count()} cores" in line
    assert f"Python {sys.version.split()[0]}" in line
    assert "sphinx " in line


def test_commands_see_the_copy_and_no_choice_of_this_process(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERASBOOK_DATA", "elsewhere")
    env = environment(tmp_path)
    assert env["PYTHONPATH"] == str(tmp_path / "code")
    assert not {"KERAS_BACKEND", "KERASBOOK_DATA"} & set(env)


def test_a_command_is_measured_with_what_it_started(tmp_path):
    child = "import time; block = b'x' * 60_000_000; time.sleep(1)"
    code = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print('end')"
    )
    run = python("a child", "-c", code, cwd=tmp_path, env=dict(os.environ))
    assert run.output == "end\n"
    assert run.peak_bytes > 60_000_000
    assert 0 <= run.others <= 1


def test_processor_time_counts_what_a_command_started(tmp_path):
    child = "import time\nwhile time.process_time() < 0.5: pass"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    run = python("a busy child", "-c", code, cwd=tmp_path, env=dict(os.environ))
    assert run.cpu_seconds >= 0.5


def test_a_failing_command_shows_what_it_said(tmp_path):
    code = "import sys; print('the cause'); sys.exit(3)"
    with pytest.raises(BenchError, match=r"a step failed with exit code 3:\nthe cause"):
        python("a step", "-c", code, cwd=tmp_path, env=dict(os.environ))


def test_a_process_that_ended_takes_no_memory():
    assert tree_bytes(2**22) == 0  # above the largest process id
    assert tree_bytes(os.getpid()) > 1_000_000


def test_epochs_are_compared_without_the_first_in_wall_and_processor_time():
    taken = {
        "tensorflow": [[[9.0, 9.0], [2.0, 3.0], [2.0, 3.0]]],
        "jax": [[[8.0, 8.0], [4.0, 4.5], [6.0, 4.5]]],
    }
    rows = [(row.name, row.value, row.ratio) for row in _rows(taken, "sample")]
    assert rows[3:] == [
        ("an epoch on jax, sample", "5.0 s", "2.50 x"),
        ("  processor time", "4.5 s", "1.50 x"),
        ("  first, compiling", "8.0 s", "1.60 x"),
    ]
    assert rows[0] == ("an epoch on tensorflow, sample", "2.0 s", "1.00 x")


def test_a_backend_that_is_not_installed_is_said():
    rows = _rows({"tensorflow": [[[9.0, 9.0], [2.0, 3.0]]]}, "sample")
    assert (rows[-1].name, rows[-1].value) == ("an epoch on jax", "not installed")


def test_average_precision_is_compared_in_wall_and_processor_time():
    taken = {
        "ours": [[2.0, 1.5], [3.0, 1.5], [2.0, 9.0]],
        "pycocotools": [[20.0, 15.0], [20.0, 15.0], [99.0, 15.0]],
        "difference": 1e-16,
    }
    wall, cpu, apart = detection._rows(taken)
    assert wall.name == "COCO's AP of 5,000 images"
    assert (wall.value, wall.ratio, wall.problem) == ("2.0 s", "0.10 x", "")
    assert wall.against == "pycocotools, 20.0 s"
    assert (cpu.value, cpu.ratio) == ("1.5 s", "0.10 x")
    assert apart.value == "1e-16"
    assert (
        "differs from pycocotools by 2.0e-03"
        in detection._rows(taken | {"difference": 2e-3})[0].problem
    )


def test_random_results_are_what_the_benchmark_says_and_the_same_each_time():
    ground_truth, detections = detection.random_results(300)
    assert (ground_truth, detections) == detection.random_results(300)
    assert len(ground_truth["annotations"]) / 300 == pytest.approx(7, abs=0.5)
    counts = np.bincount([record["image_id"] for record in detections], minlength=300)
    assert (counts.min(), counts.max()) == (30, 100)
    assert len({record["category_id"] for record in detections}) == 80
    assert {record["iscrowd"] for record in ground_truth["annotations"]} == {0, 1}
    sizes = np.array([record["bbox"] for record in detections])[:, 2:]
    assert sizes.min() >= 1


def test_both_evaluations_are_timed_on_the_same_results_and_agree(capsys):
    taken = detection.compare(20, 2)
    assert {len(taken[name]) for name in ("ours", "pycocotools")} == {2}
    assert min(taken["ours"] + taken["pycocotools"])[0] > 0
    assert taken["difference"] <= 1e-9
    assert capsys.readouterr().out == "", "what pycocotools prints is caught"
