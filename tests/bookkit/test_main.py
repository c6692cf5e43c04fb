"""The command line behind the Makefile."""

import json
import shutil
from pathlib import Path

import pytest

from bookkit import __main__ as command_line
from bookkit import build, serve
from bookkit.checks import all as checks
from bookkit.checks import contents, due, front_matter, parity
from bookkit.errors import BookError
from bookkit.paths import RESULTS, ROOT
from bookkit.reference import run as reference


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: command"),
        (["bild"], "invalid choice: 'bild'"),
        (["build"], "the following arguments are required: target"),
        (["build", "html", "--data", "half"], "argument --data: invalid choice: 'half'"),
        (["build", "html", "--language", "fr"], "argument --language: invalid choice: 'fr'"),
        (["serve", "fr"], "argument language: invalid choice: 'fr'"),
        (["serve", "en", "--port", "http"], "argument --port: invalid int value: 'http'"),
        (["reference"], "the following arguments are required: task"),
        (["reference", "digits", "--seed", "x"], "argument --seed: invalid int value: 'x'"),
    ],
)
def test_bad_arguments_are_named(arguments, said, capsys):
    with pytest.raises(SystemExit) as caught:
        command_line.main(arguments)
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("usage: python -m bookkit")
    assert said in err


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as caught:
        command_line.main(["--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    for command in ("build", "serve", "check", "due", "sync", "reference", "data"):
        assert f"\n    {command} " in out


@pytest.mark.parametrize("missing", [{"latexmk"}, {"xelatex"}, {"latexmk", "xelatex"}])
def test_without_tex_the_pdf_names_the_packages_that_ci_installs(missing, monkeypatch, capsys):
    tex = ROOT / "tex-packages.txt"
    assert f"$(< {tex.name})" in (ROOT / ".ci" / "run").read_text()
    assert {"latexmk", "texlive-xetex", "fonts-noto-cjk"} <= set(tex.read_text().split())
    monkeypatch.setattr(
        shutil, "which", lambda name: None if name in missing else f"/usr/bin/{name}"
    )
    monkeypatch.setattr(build, "require_parity", lambda: pytest.fail("the build went on"))
    assert command_line.main(["build", "pdf"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "error: `make pdf` needs TeX. On Debian and Ubuntu: "
        f"apt-get install --no-install-recommends {' '.join(tex.read_text().split())}\n"
    )


def test_a_builders_error_is_one_message_and_code_1(monkeypatch, capsys):
    def fail(*arguments):
        raise BookError("book/en/x.md:3: no")

    monkeypatch.setattr(build, "run", fail)
    assert command_line.main(["build", "html"]) == 1
    assert capsys.readouterr() == ("", "error: book/en/x.md:3: no\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["build", "html"], ("html", "sample", None, ("zh", "en"))),
        (
            ["build", "html", "--data", "full", "--page", "errata"],
            ("html", "full", "errata", ("zh", "en")),
        ),
        (["build", "epub", "--data", "full"], ("epub", "full", None, ("zh", "en"))),
        (["build", "pdf", "--language", "zh"], ("pdf", "sample", None, ["zh"])),
    ],
)
def test_a_build_gets_what_was_asked_for(arguments, expected, monkeypatch):
    called = []
    monkeypatch.setattr(build, "run", lambda *given: called.append(given) or 0)
    assert command_line.main(arguments) == 0
    assert called == [expected]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [([], ("en", 8000)), (["zh", "--port", "8001"], ("zh", 8001))],
)
def test_the_preview_is_of_english_unless_a_language_is_named(arguments, expected, monkeypatch):
    called = []
    monkeypatch.setattr(serve, "serve", lambda *given: called.append(given) or 0)
    assert command_line.main(["serve", *arguments]) == 0
    assert called == [expected]


def test_a_misspelt_page_is_told_its_like(capsys):
    assert command_line.main(["build", "html", "--page", "concepts/neuron"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: there is no page 'concepts/neuron'; closest: concepts/neurons,")


def test_an_unknown_target_is_told_the_formats(capsys):
    assert command_line.main(["build", "docx"]) == 1
    assert capsys.readouterr().err == (
        "error: TARGET is one of: html, notebooks, pdf, epub. Received: TARGET='docx'\n"
    )


def test_wrong_pages_stop_the_build_before_one_runs(monkeypatch, capsys):
    monkeypatch.setattr(front_matter, "check", lambda book: iter(["a.md:1: no description"]))
    monkeypatch.setattr(parity, "check", lambda book: iter(["a.md:1: one", "b.md:2: two"]))
    monkeypatch.setattr(contents, "check", lambda book: iter(["a.md:1: in no list"]))
    monkeypatch.setattr(build, "fill_cache", lambda *given: pytest.fail("pages ran"))
    monkeypatch.setenv("BOOK_DATA", "sample")
    assert command_line.main(["build", "html"]) == 1
    assert capsys.readouterr().err == (
        "error: the pages cannot be built:\na.md:1: no description\na.md:1: one\nb.md:2: two\n"
        "a.md:1: in no list\n"
    )


def test_check_prints_each_problem_and_counts_them(monkeypatch, capsys):
    found = ["a.md:1: one", "book/zh/a.md:9: toy.f has no test"]
    monkeypatch.setattr(checks, "CHECKS", (lambda book: found[:1], lambda book: iter(found[1:])))
    monkeypatch.setattr(build, "due", lambda: 0)  # whatever the day is
    assert command_line.main(["check"]) == 1
    table, *said = capsys.readouterr().out.partition("\na.md")
    assert table.startswith("page  ")
    assert "".join(said).strip().splitlines() == [*found, "pages: 2 problems"]
    monkeypatch.setattr(checks, "CHECKS", ())
    assert command_line.main(["check"]) == 0
    assert capsys.readouterr().out == f"{table}\npages: 0 problems\n"


def test_a_forecast_that_is_due_is_named_and_is_no_problem(monkeypatch, capsys):
    note = "book.json: forecast 'rain' can be decided"
    monkeypatch.setattr(
        due, "notes", lambda path, today: iter([f"{note} since {today.year > 2025}"])
    )
    monkeypatch.setattr(checks, "CHECKS", ())
    assert command_line.main(["check"]) == 0
    assert capsys.readouterr().out.endswith(f"pages: 0 problems\n{note} since True\n")
    assert command_line.main(["due"]) == 0
    assert capsys.readouterr().out == f"{note} since True\n"


@pytest.fixture
def here(project, tmp_path, monkeypatch):
    """Make a folder with one page in both languages the project."""
    project({f"book/{language}/a.md": "(sec-a)=\n# A\n" for language in ("zh", "en")})
    monkeypatch.setattr(command_line, "ROOT", tmp_path)


def test_sync_prints_what_it_recorded(here, capsys):
    assert command_line.main(["sync", "sec-a"]) == 0
    assert capsys.readouterr().out == "recorded: a#sec-a\n"


def test_sync_without_a_section_says_what_it_takes(here, capsys):
    assert command_line.main(["sync"]) == 1
    assert capsys.readouterr().err == (
        "error: SECTION names a page, a label, PAGE#LABEL, or all. "
        "Received: SECTION=''. Closest: none\n"
    )


@pytest.mark.parametrize(("seeds", "expected"), [([], [0, 1, 2]), (["5"], [5]), (["0"], [0])])
def test_reference_runs_the_seeds_asked_for(seeds, expected, monkeypatch, capsys):
    called = []

    def run_task(*given):
        called.append(given)
        return Path("results/digits.json")

    monkeypatch.setattr(reference, "run_task", run_task)
    options = [word for seed in seeds for word in ("--seed", seed)]
    assert command_line.main(["reference", "digits", *options]) == 0
    assert command_line.main(["reference", "digits", *options, "--engine", "ray"]) == 0
    assert called == [("digits", expected, RESULTS, engine) for engine in ("local", "ray")]
    assert capsys.readouterr().out == "wrote results/digits.json\n" * 2


def test_an_unknown_task_is_told_the_tasks(capsys):
    assert command_line.main(["reference", "digits"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: TASK is one of: image-classification")
    assert err.endswith("Received: TASK='digits'\n")


def test_a_single_run_prints_json_on_its_last_line(monkeypatch, capsys):
    run = {"seed": 3, "metrics": {"f1": 0.5}, "wall_s": 1.0}
    monkeypatch.setattr(reference, "run_one", lambda *given: run if given[2] == 3 else None)
    assert command_line.main(["reference-run", "digits", "plain", "3"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == run


def test_data_has_a_command_line_of_its_own(monkeypatch):
    from bookkit.data import cli

    monkeypatch.setattr(cli, "main", lambda arguments: (arguments, 7))
    assert command_line.main(["data", "list", "--x"]) == (["list", "--x"], 7)
