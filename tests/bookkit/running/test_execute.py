"""Running pages: each once, in an empty folder, alone where asked, and never half."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from nbclient import NotebookClient

from bookkit.data import DataView
from bookkit.errors import PageError
from bookkit.pages.reader import read_page
from bookkit.paths import CODE
from bookkit.running import cache, execute

PATIENT_S = 300  # until what must come has come: only what fails waits so long
FACTS = """\
# Facts

```{code-cell} ipython3
:tags: [hide-input]
import importlib.util
import json
import os
import sys

SEED = 20
```

```{code-cell} ipython3
SEED = 3  # of the second part
os.write(2, b"I0000 00:00:1700000000.000000 4242 port.cc:153] oneDNN\\n")
os.write(1, b"raw\\n")
print("warned", file=sys.stderr)
facts = {
    "here": os.listdir("."),
    "found": [name for name in ("kerasbook", "bookkit") if importlib.util.find_spec(name)],
    "data": os.environ["KERASBOOK_DATA"],
    "keras home": os.path.exists(os.environ["KERAS_HOME"]),
    "passed on": sorted(name for name, value in os.environ.items() if value == "mine"),
    "PYTHONPATH": os.environ.get("PYTHONPATH"),
    "code on path": [path for path in sys.path if path.endswith("code")],
}
print(json.dumps(facts))
```
"""
# Begins as most pages of the book do: its kernel is a fork of a process that has imported Keras.
FORKED = (
    FACTS.replace("SEED = 20", 'os.environ["KERAS_BACKEND"] = "jax"  # before Keras')
    + """
```{code-cell} ipython3
import subprocess
from pathlib import Path

import matplotlib.pyplot as plt

print("forker.py" in Path(f"/proc/{os.getppid()}/cmdline").read_text())
print("keras" in vars(sys)["modules"], subprocess.run(["false"]).returncode)
plt.plot([1, 2]);
```
"""
)
CELL = "# %s\n\n```{code-cell} ipython3\n%s\n```\n"
# Notes in the file $LOG when it starts and ends; between them it waits until a word stands there.
NAP = """\
import os, time

def note(word):
    with open(os.environ["LOG"], "a") as log:
        log.write(f"{name} {word} {time.monotonic()} {os.getpid()}\\n")

note("start")
```

```{code-cell} ipython3
deadline = time.monotonic() + %d
while awaited not in open(os.environ["LOG"]).read():
    assert time.monotonic() < deadline, awaited
    time.sleep(0.02)
note("end")"""


def nap(name, awaited=""):
    return CELL % (name, f"name, awaited = {name!r}, {awaited!r}\n{NAP % PATIENT_S}")


def logged(path):
    """Return `{name: {"start": time, "end": time}}`, and the kernels' process ids."""
    times, pids = {}, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, word, moment, pid = line.split()
        if moment != "-":
            times.setdefault(name, {})[word] = float(moment)
            pids[name] = int(pid)
    return times, pids


def tell(path, words):
    """Write a word into the file that pages wait for, and no time."""
    with path.open("a", encoding="utf-8") as log:
        log.write(f"{words} - -\n")


def gone(pid):
    """Wait until a process is gone or a mere zombie."""
    deadline = time.monotonic() + PATIENT_S
    while time.monotonic() < deadline:
        try:
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8"):
                return True
        except OSError:
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def ran(tmp_path_factory, write_page, environment, datasets):
    """Run a small book once: both trees, the cache, what it printed is read by the first test."""
    folder = tmp_path_factory.mktemp("book")
    book = {"folder": folder, "cache": cache.open_cache(folder / "cache")}
    for language, word in (("zh", "中文"), ("en", "English")):
        tree = folder / language
        write_page(tree / "part" / "facts.md", FACTS, "bookkit: {data: [letters]}")
        write_page(tree / "forked.md", FORKED, "bookkit: {data: [letters]}")
        write_page(tree / "simple.md", CELL % (word, "2 + 3"), f"title: {word}")
        write_page(tree / "same.md", CELL % ("The same cells", "2 + 3"))
        write_page(tree / "prose.md", f"# {word}\n\nNo cell.\n")
        book[language] = tree
    views = book["views"] = {"": DataView(folder / "data", datasets)}
    book["names"] = ["forked", "part/facts", "prose", "same", "simple"]
    with pytest.MonkeyPatch.context() as patch:
        for name in ("KERAS_BACKEND", "MPLBACKEND", "PASSED_ON"):
            patch.setenv(name, "mine")
        patch.setenv("PYTHONPATH", str(CODE))
        book["returned"] = execute.run_missing(
            book["zh"], book["names"], book["cache"], environment, views, folder / "code", workers=2
        )
    return book


def read(book, language, name):
    data = cache.describe(book["views"][""])
    return read_page(book[language] / f"{name}.md", book["folder"] / "code", data)


def outputs(book, name):
    page = cache.executed(book["cache"], read(book, "en", name))
    return [cell.outputs for cell in page.cells if cell.cell_type == "code"]


def test_each_set_of_cells_runs_once(ran):
    # `simple` has the cells of `same`
    assert sorted(ran["returned"]) == ["forked", "part/facts", "prose", "same"]
    (result,) = outputs(ran, "simple")[0]
    assert (result.output_type, result.data) == ("execute_result", {"text/plain": "5"})
    assert outputs(ran, "same") == outputs(ran, "simple")


def test_nothing_runs_a_second_time_and_the_other_language_only_hits(ran, environment, capsys):
    for tree in (ran["zh"], ran["en"]):
        returned = execute.run_missing(
            tree, ran["names"], ran["cache"], environment, ran["views"], ran["folder"] / "code"
        )
        assert returned == []
        assert capsys.readouterr().out == "pages: all 5 up to date, nothing to execute\n"


@pytest.mark.parametrize("name", ["part/facts", "forked"])
def test_a_page_runs_in_an_empty_folder_without_the_packages_of_the_book(ran, name):
    (stdout, stderr) = outputs(ran, name)[1]
    assert (stdout.name, stderr.name) in {("stdout", "stderr"), ("stderr", "stdout")}
    texts = {one.name: one.text for one in (stdout, stderr)}
    assert json.loads(texts["stdout"]) == {
        "here": [],
        "found": [],
        "data": str(ran["folder"] / "data"),
        "keras home": False,
        "passed on": ["PASSED_ON"],
        "PYTHONPATH": None,
        "code on path": [],
    }


@pytest.mark.parametrize("name", ["part/facts", "forked"])
def test_what_libraries_write_past_python_reaches_no_output(ran, name):
    texts = {one.name: one.text for one in outputs(ran, name)[1]}
    assert texts["stderr"] == "warned\n"
    assert "raw" not in texts["stdout"]
    assert "oneDNN" not in json.dumps(outputs(ran, name))


def test_a_forked_kernel_finds_keras_imported_runs_programs_and_draws(ran):
    printed, drawn = outputs(ran, "forked")[2]
    assert printed.text == "True\nTrue 1\n"  # the status of `false`
    assert {"application/pdf", "image/png"} < set(drawn.data)


def test_a_run_is_recorded_for_the_provenance_box(ran):
    record = cache.lookup(ran["cache"], read(ran, "en", "part/facts"))
    assert record["execution_seconds"] > 0
    assert record["data"] == {"letters": {"variant": "full", "sha256": "b2" * 32}}
    simple = cache.lookup(ran["cache"], read(ran, "en", "simple"))
    assert simple["data"] == {}
    prose = cache.lookup(ran["cache"], read(ran, "en", "prose"))
    assert prose["execution_seconds"] == 0


def test_executed_cells_carry_no_timings_in_their_metadata(ran):
    page = cache.executed(ran["cache"], read(ran, "zh", "part/facts"))
    code = [cell for cell in page.cells if cell.cell_type == "code"]
    assert [cell.metadata for cell in code] == [{"tags": ["hide-input"]}, {}]


@pytest.fixture
def book(tmp_path, write_page, book_cache, environment, datasets):
    """Return a function that writes pages and runs those whose cells are not cached."""
    tree, code = tmp_path / "zh", tmp_path / "code"
    view = DataView(tmp_path / "data", datasets)

    def run(pages, **settings):
        for name, (body, more) in pages.items():
            write_page(tree / f"{name}.md", body, more)
        return execute.run_missing(
            tree, list(pages), book_cache, environment, {"": view}, code, **settings
        )

    run.tree, run.cache = tree, book_cache
    run.read = lambda name: read_page(tree / f"{name}.md", code, cache.describe(view))
    run.cached = lambda name: cache.lookup(book_cache, run.read(name)) is not None
    return run


def test_a_cell_that_raises_names_its_line_and_the_other_pages_are_kept(
    book, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    ended = execute.Progress.ended

    def noted(progress, page):
        ended(progress, page)
        tell(tmp_path / "log", f"{page.name} ended")

    monkeypatch.setattr(execute.Progress, "ended", noted)
    bad = """\
# Bad

```{code-cell} ipython3
x = 1
```

```{code-cell} ipython3
:tags: [hide-input]
y = x / 0
```
"""
    # one that is still running when the other fails
    pages = {"bad": (bad, ""), "good": (nap("good", "bad ended"), "")}
    with pytest.raises(PageError) as caught:
        book(pages, workers=2)
    first, second, *trace = str(caught.value).splitlines()
    assert first == f"{book.tree}/bad.md:13: this cell raised ZeroDivisionError"
    assert (book.tree / "bad.md").read_text(encoding="utf-8").splitlines()[12] == "y = x / 0"
    assert "\x1b" not in str(caught.value)
    assert trace[-1] == "ZeroDivisionError: division by zero"
    assert second.startswith("------")
    assert [book.cached(name) for name in ("good", "bad")] == [True, False]
    assert "pages: [1/2] good" in capsys.readouterr().out
    mended = {"bad": (bad.replace("x / 0", "x / 2"), "")}
    assert book(pages | mended) == ["bad"]


def test_no_cell_runs_beside_one_that_measures(book, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setattr(execute, "HEARTBEAT_S", 0.2)
    say, waits = execute.say, "pages: clock waits to measure alone"
    awaited = [waits, "pages: ... busy at cell 2 of 3, "]

    def heard(line):
        say(line)
        awaited[:] = [start for start in awaited if not line.startswith(start)]
        if not awaited:
            tell(tmp_path / "log", "both heard")

    monkeypatch.setattr(execute, "say", heard)
    between = "```\n\n```{code-cell} ipython3\n"
    noting, waiting = (NAP % PATIENT_S).split(between)
    asking = waiting.replace('note("end")', "")  # its next cell measures when busy is at its second
    pages = {
        "busy": (
            CELL % ("Busy", f"name, awaited = 'busy', 'both heard'\n{noting}")
            + f"\n```{{code-cell}} ipython3\nnote('two')\n{waiting}\n```\n"
            + "\n```{code-cell} ipython3\nname = 'after'\nnote('start')\n```\n",
            "",
        ),
        "clock": (
            CELL % ("Clock", f"name, awaited = 'clock', 'busy two'\n{noting}{asking}")
            + "\n```{code-cell} ipython3\n:tags: [alone]\nnote('end')\n```\n",
            "",
        ),
    }
    assert sorted(book(pages, workers=2)) == ["busy", "clock"]
    times, _ = logged(tmp_path / "log")
    assert times["busy"]["end"] < times["clock"]["end"] < times["after"]["start"]
    lines = capsys.readouterr().out.splitlines()
    assert {line for line in lines if "started" in line} == {
        "pages: busy started, 3 cells", "pages: clock started, 2 cells",
    }  # fmt: skip
    done = [line for line in lines if line.startswith("pages: [")]
    for count, line in enumerate(done, start=1):
        assert line.startswith(f"pages: [{count}/2] ")
        assert line.partition(", about ")[0].endswith(f" s, {2 - count} left")


def test_pages_side_by_side_have_a_thread_each_and_one_that_measures_has_them_all(
    book, monkeypatch
):
    names = ["OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"]
    for name in names:
        monkeypatch.delenv(name, raising=False)
    cell = f"import os\n\nprint([os.environ.get(name) for name in {names}])"
    forked = f'import os\n\nos.environ["KERAS_BACKEND"] = "jax"\n{cell}'
    bodies = {
        "plain": CELL % ("Plain", cell),
        "forked": CELL % ("Forked", forked),
        "measuring": CELL % ("Measuring", f":tags: [alone]\n{cell}"),
        "measuring-forked": CELL % ("Both", f":tags: [alone]\n{forked}"),
    }
    book({name: (body, "") for name, body in bodies.items()})
    printed = {
        name: cache.executed(book.cache, book.read(name)).cells[-1].outputs[0].text
        for name in bodies
    }
    one, all_of_them = "['1', '1']\n", "[None, None]\n"
    assert printed == {
        "plain": one,
        "forked": one,
        "measuring": all_of_them,
        "measuring-forked": all_of_them,
    }


def test_unknown_data_is_refused_before_any_page_runs(book, capsys):
    pages = {
        "good": (CELL % ("Good", "1 + 1"), "bookkit: {data: [digits]}"),
        "bad": (CELL % ("Bad", "2 + 2"), "bookkit: {data: [digits, numerals, figures]}"),
    }
    with pytest.raises(PageError) as caught:
        book(pages)
    assert str(caught.value) == (
        f"{book.tree}/bad.md:1: unknown data ['figures', 'numerals']; known: digits, letters"
    )
    assert "started" not in capsys.readouterr().out
    assert not book.cached("good")


@pytest.mark.parametrize("cell", ["", ":tags: [skip-execution]\nx = 1"])
def test_a_cell_that_did_not_run_is_an_error(book, cell):
    body = CELL % ("One", "x = 0") + f"\n```{{code-cell}} ipython3\n{cell}\n```\n"
    with pytest.raises(PageError) as caught:
        book({"skips": (body, "")})
    message = "this cell did not run: it is empty, or tagged skip-execution"
    assert str(caught.value) == f"{book.tree}/skips.md:13: {message}"


def test_how_often_a_kernel_flushed_leaves_no_trace(book):
    code = "import time\nfor n in range(3):\n    print(n, flush=True)\n    time.sleep(0.3)"
    book({"flushes": (CELL % ("Flushes", code), "")})
    page = cache.executed(book.cache, book.read("flushes"))
    (cell,) = [cell for cell in page.cells if cell.cell_type == "code"]
    assert [output.text for output in cell.outputs] == ["0\n1\n2\n"]


def test_a_figure_is_kept_as_pixels_for_screens_and_as_vectors_for_print(book):
    code = "import matplotlib.pyplot as plt\n\nfigure, axis = plt.subplots(figsize=(2, 1))"
    book({"draws": (CELL % ("Draws", code), "")})
    page = cache.executed(book.cache, book.read("draws"))
    ((output,),) = [cell.outputs for cell in page.cells if cell.cell_type == "code"]
    assert sorted(output.data) == ["application/pdf", "image/png", "text/plain"]
    vectors = base64.b64decode(output.data["application/pdf"])
    assert vectors.startswith(b"%PDF-")
    assert b"/Producer" in vectors
    assert b"Date" not in vectors  # two runs draw the same file


def test_a_display_without_content_leaves_no_box(book):
    code = """from IPython.display import display
display({"text/plain": "", "text/html": "<pre></pre>"}, raw=True)
display({"text/plain": "", "image/png": "iVBORw0KGgo="}, raw=True)
display({"text/plain": "5", "text/html": "<b>5</b>"}, raw=True)"""
    book({"displays": (CELL % ("Displays", code), "")})
    page = cache.executed(book.cache, book.read("displays"))
    (cell,) = [cell for cell in page.cells if cell.cell_type == "code"]
    assert [sorted(output.data) for output in cell.outputs] == [
        ["image/png", "text/plain"],
        ["text/html", "text/plain"],
    ]


def test_a_kernel_that_dies_tells_what_it_said(book):
    code = 'import os\nos.write(2, b"libtoy: out of luck\\n")\nos._exit(3)'
    with pytest.raises(PageError) as caught:
        book({"dies": (CELL % ("Dies", code), "")})
    first, *said = str(caught.value).splitlines()
    assert first == f"{book.tree}/dies.md:8: the kernel died; it said:"
    assert "libtoy: out of luck" in said


def test_a_forked_kernel_that_dies_tells_what_it_said(book):
    chosen = 'import os\nos.environ["KERAS_BACKEND"] = "jax"\n'
    code = f'{chosen}os.write(2, b"out of luck\\n")\nos._exit(3)'
    with pytest.raises(PageError, match=r"md:8: the kernel died; it said:\n(.*\n)*out of luck"):
        book({"dies": (CELL % ("Dies", code), "")})


def test_a_cell_that_takes_too_long_is_named(book, monkeypatch):
    monkeypatch.setattr(execute, "TIMEOUT_S", 1)
    # The first cell may take longer than that on a busy machine.
    limit = {"timeout_func": lambda cell: 1 if "sleep" in cell.source else None}
    monkeypatch.setattr(execute, "NotebookClient", partial(NotebookClient, **limit))
    body = CELL % ("Slow", "import time") + "\n" + CELL % ("Slower", "time.sleep(60)")
    with pytest.raises(PageError) as caught:
        book({"slow": (body, "")})
    assert str(caught.value) == f"{book.tree}/slow.md:14: this cell ran longer than 1 s"
    text = (book.tree / "slow.md").read_text(encoding="utf-8")
    assert text.splitlines()[13] == "time.sleep(60)"


DRIVER = """\
import signal
import sys
from pathlib import Path

from bookkit.data import DataView
from bookkit.running import cache, execute
from bookkit.paths import pages

# A shell that runs the tests in the background has them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
environment = cache.Environment("3", {}, "", 1)
opened = cache.open_cache(folder / "cache")
views = {"": DataView(folder, {})}
ran = execute.run_missing(folder / "zh", pages(folder / "zh"), opened, environment, views, folder)
print("ran", *sorted(ran), flush=True)
"""


@pytest.fixture
def start(tmp_path, write_page):
    """Return a function that starts a run of two pages in a process of its own."""
    write_page(tmp_path / "zh" / "quick.md", CELL % ("Quick", "x = 1"))
    started = []

    def popen(tags=""):
        page = nap("slow", "slow goes").replace("ipython3\n", f"ipython3\n{tags}")
        write_page(tmp_path / "zh" / "slow.md", page)
        environ = os.environ | {
            "PYTHONPATH": str(CODE),
            "LOG": str(tmp_path / "log"),
            "TMPDIR": str(tmp_path),  # a killed run leaves its folder behind
        }
        command = [sys.executable, "-c", DRIVER, str(tmp_path)]
        process = subprocess.Popen(
            command,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield popen
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
    if (tmp_path / "log").exists():
        for pid in logged(tmp_path / "log")[1].values():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)


def wait_for(process, log):
    """Read until the slow page has started, and the quick one is done or waits for it."""
    lines = []
    while not any("] quick " in line or ": quick waits" in line for line in lines):
        line = process.stdout.readline()
        assert line, (lines, process.stderr.read())
        lines.append(line)
    deadline = time.monotonic() + PATIENT_S
    while not (log.exists() and "slow start" in log.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_after_a_kill_the_next_run_goes_on_where_it_was(start, tmp_path):
    killed = start()
    wait_for(killed, tmp_path / "log")
    killed.kill()
    killed.communicate()
    _, pids = logged(tmp_path / "log")
    assert gone(pids["slow"]), "the kernel outlived its run"
    (tmp_path / "log").unlink()
    tell(tmp_path / "log", "slow goes")
    after = start()
    out, err = after.communicate(timeout=PATIENT_S)
    assert (after.returncode, out.splitlines()[-1]) == (0, "ran slow"), err
    again = start()
    assert again.communicate(timeout=PATIENT_S)[0].splitlines()[-1] == "ran"


@pytest.mark.parametrize("tags", ["", ":tags: [alone]\n"], ids=["beside", "alone"])
def test_an_interrupt_ends_the_run_at_once_and_leaves_no_kernel(start, tmp_path, tags):
    process = start(tags)
    wait_for(process, tmp_path / "log")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENT_S / 2)  # the page would wait twice as long
    assert process.returncode != 0
    assert "KeyboardInterrupt" in err
    _, pids = logged(tmp_path / "log")
    assert gone(pids["slow"]), "the kernel outlived its run"
