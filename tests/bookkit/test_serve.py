"""The live preview: its port, what it watches, what it warns of, and that nothing of it stays."""

import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from bookkit import build, serve
from bookkit.errors import BookError
from bookkit.paths import BOOK, CODE

PAGE = """\
---
title: A
description: A page.
file_format: mystnb
kernelspec: {{display_name: Python 3, language: python, name: python3}}
---
(sec-a)=
# A

```{{code-cell}} ipython3
x = {}
```
"""


@pytest.fixture
def started(monkeypatch):
    """Collect the programs that would be started."""
    calls = []
    monkeypatch.setattr(serve, "supervise", lambda *given: calls.append(given) or 0)
    return calls


def test_a_taken_port_is_one_clear_error_before_anything_starts(started):
    with socket.create_server((serve.HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(BookError) as caught:
            serve.serve("en", port)
    assert re.fullmatch(
        rf"port {port} cannot be had \(.* already in use\): "
        "end what listens there, or choose another: make serve PORT=8001",
        str(caught.value),
    )
    assert started == []


def test_a_number_that_is_no_port_is_refused(started):
    with pytest.raises(BookError, match=r"port 70000 cannot be had \(.*0-65535"):
        serve.serve("en", 70000)
    assert started == []


def test_a_preview_of_one_language_watches_both_and_the_code(started):
    assert serve.serve("zh", 0) == 0
    ((command, environ),) = started
    watched = [command[at + 1] for at, word in enumerate(command) if word == "--watch"]
    assert watched == [str(BOOK), str(CODE)]
    assert command[command.index("--pre-build") + 1].endswith(" -m bookkit preview zh")
    assert command[-2] == str(BOOK / "zh")
    assert "/_build/serve/zh/" in command[-1]
    assert (environ["BOOK_LANGUAGE"], environ["PYTHONPATH"]) == ("zh", str(CODE))


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("/b/code/kerasbook/__pycache__/plots.cpython-311.pyc", True),
        ("/b/book/en/a.md~", True),
        ("/b/book/en/.a.md.swp", True),
        ("/b/book/en/.#a.md", True),
        ("/b/book/en/#a.md#", True),
        ("/home/.b/book/en/a.md", False),
        ("/b/book/_static/book.css", False),
    ],
)
def test_what_editors_and_python_leave_starts_no_rebuild(path, ignored):
    assert bool(re.search(serve.NO_SOURCE, path)) == ignored


def test_an_unequal_cell_is_a_warning_and_the_pages_of_the_language_run(
    project, monkeypatch, capsys
):
    book = project({"book/zh/index.md": PAGE.format(1), "book/en/index.md": PAGE.format(2)})
    ran = []
    monkeypatch.setattr(build, "ROOT", book.root)
    monkeypatch.setattr(build, "fill_cache", ran.append)
    serve.prepare("en")
    assert ran == ["en"]
    warning = capsys.readouterr().err
    assert warning.startswith("warning: book/zh/index.md:10: code cells differ in section sec-a")
    assert warning.endswith("(twin: book/en/index.md:10)\n")


# A program that a polite signal does not end, and one that starts it; both hold standard output.
CHILD = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('child', flush=True); time.sleep(600); print('still here')"
)
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"
SUPERVISOR = """\
import os, sys
from bookkit import serve

serve.GRACE_S = 0.1
sys.exit(serve.supervise([sys.executable, "-c", sys.argv[1]], os.environ))
"""


@pytest.mark.parametrize("program", [PARENT, CHILD], ids=["child", "program"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_that_was_started_outlives_the_preview(program, number):
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, program],
        env=os.environ | {"PYTHONPATH": str(CODE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout.readline() == "child\n"
        process.send_signal(number)
        assert process.stdout.read() == ""  # ends when nobody is left to write
    assert process.returncode == 0


def test_the_end_of_the_program_is_the_end_of_the_preview():
    assert serve.supervise([sys.executable, "-c", "raise SystemExit(3)"], os.environ) == 3
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
