"""Running pages, with a stand-in for kernels: each rule in milliseconds."""

import itertools
import os
import shutil
import signal
import tempfile
import threading
from collections import defaultdict
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import v4

from bookkit.data import DataView
from bookkit.errors import PageError
from bookkit.pages.reader import read_page
from bookkit.running import cache, execute
from bookkit.running.packages import package_versions

PATIENT_S = 300  # until what must come has come: only what fails waits so long


class Client:
    """Stands for a kernel: a cell whose source is in `does` does that, any other says it ran."""

    made = []
    does = {}

    def __init__(self, notebook, **settings):
        self.notebook, self.settings, self.km = notebook, settings, None
        self.made.append(self)

    async def async_execute(self, **run):
        self.run, self.work = run, Path(self.settings["resources"]["metadata"]["path"])
        self.found = [str(path) for path in self.work.parent.rglob("*")]
        count = itertools.count(1)
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "code":
                self.settings["on_cell_start"](cell=cell, cell_index=index)
                cell.execution_count = next(count)
                if cell.source in self.does:
                    self.does[cell.source](self, cell)
                else:
                    cell.outputs = [v4.new_output("stream", text=f"ran {cell.source}")]


@pytest.fixture
def client(monkeypatch, tmp_path):
    """Put the stand-in in place of kernels, and let its clock tell the seconds 100, 101, 102, …

    Each thread has a clock of its own, so none adds to the seconds that another one takes.
    """
    ticks = defaultdict(lambda: itertools.count(100))
    clock = SimpleNamespace(monotonic=lambda: next(ticks[threading.get_ident()]))
    monkeypatch.setattr(execute, "time", clock)
    monkeypatch.setattr(execute, "NotebookClient", Client)
    monkeypatch.setattr(execute, "FONT_CACHE", tmp_path / "fonts" / "matplotlib")
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")  # short, for the sockets of kernels
    monkeypatch.setattr(Client, "made", [])
    monkeypatch.setattr(Client, "does", {})
    return Client


def cells(*sources, settings=""):
    fences = "".join(
        f"\nWords.\n\n```{{code-cell}} ipython3\n{source}\n```\n" for source in sources
    )
    return f"# Title\n{fences}", settings


@pytest.fixture
def book(tmp_path, write_page, book_cache, environment, datasets):
    """Return a function that writes pages and runs those whose cells are not cached."""
    tree, view = tmp_path / "zh", DataView(tmp_path / "data", datasets)

    def run(**pages):
        for name, (body, settings) in pages.items():
            write_page(tree / f"{name}.md", body, settings)
        return execute.run_missing(
            tree, list(pages), book_cache, environment, {"": view}, tmp_path, **run.settings
        )

    def read(name):
        page = read_page(tree / f"{name}.md", tmp_path, cache.describe(view))
        return cache.lookup(book_cache, page), page

    run.tree, run.view, run.read, run.cache, run.settings = tree, view, read, book_cache, {}
    return run


def test_pages_are_run_once_the_long_ones_first_and_said_to_be(book, client, capsys):
    book.settings["workers"] = 1
    pages = {
        "short": cells("x = 1"),
        "long": cells("x = 1", "y = 2"),
        "twin": cells("x = 1"),
        "prose": cells(),
        "longest": cells("x = 1", "y = 2", "z = 3"),
    }
    assert book(**pages) == ["longest", "long", "short", "prose"]
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "started" in line] == [
        "pages: longest started, 3 cells",
        "pages: long started, 2 cells",
        "pages: short started, 1 cells",
    ]
    # How many seconds are left depends on what the other thread has begun when it is said.
    done = [line.partition(", about")[0] for line in lines if "started" not in line]
    assert done == [
        f"pages: [{n}/4] {line.split()[2]} {line.split()[3]} s, {4 - n} left"
        for n, line in enumerate(done, 1)
    ]
    took = {tuple(line.split()[2:4]) for line in done}
    assert took == {("long", "1.0"), ("short", "1.0"), ("prose", "0.0"), ("longest", "1.0")}
    assert book(**pages) == []
    assert capsys.readouterr().out == "pages: all 5 up to date, nothing to execute\n"
    assert len(client.made) == 3


def test_an_executed_page_is_kept_with_its_record(book, client):
    sources = ("SEED = 12\nx = 1", "x = SEED\nSEED = 3", " SEED = 7")
    book(page=cells(*sources, settings="bookkit: {data: [letters]}"))
    record, page = book.read("page")
    assert record == {
        "python": "3.11.0",
        "packages": {"numpy": "2.0.0", "keras": "3.13.0"},
        "processor": "Abacus 9",
        "cores": 3,
        "data": {"letters": {"variant": "full", "sha256": "b2" * 32}},
        "execution_seconds": 1,
    }
    outputs = [cell.get("outputs") for cell in cache.executed(book.cache, page).cells[1::2]]
    assert [output.text for (output,) in outputs] == [
        "ran SEED = 12\nx = 1", "ran x = SEED\nSEED = 3", "ran  SEED = 7",
    ]  # fmt: skip
    (stored,) = book.cache.list_cache_records()
    assert stored.uri == str(book.tree / "page.md")


def test_the_record_holds_the_packages_that_only_this_page_names(book, client):
    book(page=cells("x = 1", settings="bookkit: {packages: export}"), other=cells("x = 2"))
    own = package_versions("export")
    assert book.read("page")[0]["packages"] == {"numpy": "2.0.0", "keras": "3.13.0", **own}
    assert book.read("other")[0]["packages"] == {"numpy": "2.0.0", "keras": "3.13.0"}


def test_what_a_kernel_is_given(book, client, monkeypatch):
    monkeypatch.setattr(os, "environ", {"PASSED_ON": "yes", "PYTHONPATH": "code"})
    book(page=cells("x = 1"))
    (made,) = client.made
    folder = made.work.parent
    assert folder.name.startswith("kerasbook-")
    assert (made.work.name, folder.exists()) == ("work", False)
    assert sorted(made.found) == [str(folder / name) for name in ("home", "log", "work")]
    config = made.settings.pop("config")
    assert config.KernelManager == {
        "transport": "ipc",
        "connection_file": str(folder / "kernel"),
    }
    del made.settings["on_cell_start"]
    assert made.settings == {
        "kernel_manager_class": AsyncKernelManager,
        "timeout": 3600,
        "kernel_name": "python3",
        "record_timing": False,
        "coalesce_streams": True,
        "resources": {"metadata": {"path": str(made.work)}},
        "extra_arguments": execute.KERNEL_ARGUMENTS,
    }
    assert made.run.pop("stdout") is made.run["stderr"]
    assert made.run.pop("stderr").name == str(folder / "log")
    assert made.run == {
        "env": {
            "PASSED_ON": "yes",
            "KERASBOOK_DATA": str(book.view.folder),
            "KERAS_HOME": str(folder / "home" / "keras"),
            "IPYTHONDIR": str(folder / "home" / "ipython"),
            "MPLCONFIGDIR": str(execute.FONT_CACHE),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "PYTHONHASHSEED": "0",
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "NPROC": "1",
        }
    }


def test_the_environment_of_a_kernel_drops_what_readers_do_not_have(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "FONT_CACHE", tmp_path / "fonts" / "matplotlib")
    names = ("PYTHONPATH", "PYTHONSAFEPATH", "KERAS_BACKEND", "MPLBACKEND", "PYTHONWARNINGS")
    monkeypatch.setattr(os, "environ", dict.fromkeys((*names, "PATH"), "mine"))
    for _ in range(2):
        environment = execute.kernel_environment(tmp_path / "new" / "home", tmp_path / "data")
    assert [name for name, value in environment.items() if value == "mine"] == ["PATH"]
    assert not set(names) & set(environment)
    assert (tmp_path / "new" / "home").is_dir()
    settings = execute.FONT_CACHE / "matplotlibrc"
    assert settings.read_text(encoding="utf-8") == "pdf.fonttype: 42\n"


@pytest.mark.parametrize(
    ("system", "length", "transport"),
    [("posix", 89, "ipc"), ("posix", 90, "tcp"), ("nt", 9, "tcp")],
)
def test_kernels_listen_on_files_where_the_path_is_short_enough(
    monkeypatch, system, length, transport
):
    file = Path("/" + "k" * (length - 1))
    monkeypatch.setattr(execute, "os", SimpleNamespace(name=system))
    assert execute._connection(file) == {"transport": transport, "connection_file": str(file)}


def test_a_page_has_the_data_of_its_name_and_the_code_below_a_folder(
    client, tmp_path, write_page, book_cache, environment, datasets
):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "toy.py").write_text("LIMIT = 1\n", encoding="utf-8")
    write_page(tmp_path / "a.md", *cells("# %include toy LIMIT"))
    write_page(tmp_path / "b.md", *cells("x = 1"))
    views = {"": DataView(Path("others"), datasets), "a": DataView(Path("own"), datasets)}
    execute.run_missing(
        tmp_path, ["a", "b"], book_cache, environment, views, tmp_path / "code", workers=1
    )
    folders = [made.run["env"]["KERASBOOK_DATA"] for made in client.made]
    assert folders == ["own", "others"]
    assert client.made[0].notebook.cells[1].source == "LIMIT = 1"


def test_a_folder_that_cannot_be_emptied_fails_no_run(book, client, monkeypatch):
    def busy(*path, **settings):
        raise OSError("a process that the page left behind writes into it")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rmdir", busy)
        assert book(page=cells("x = 1")) == ["page"]
    shutil.rmtree(client.made[0].work.parent)


def raising(error):
    def action(client, cell):
        raise error

    return action


def failing(book, *sources):
    with pytest.raises(PageError) as caught:
        book(page=cells(*sources))
    return str(caught.value)


def test_a_cell_that_raised_is_named_by_its_line_with_the_trace_in_plain_text(book, client):
    def action(client, cell):
        trace = ["\x1b[0;31m------\x1b[0m", "\x1b[1mValueError\x1b[0m: no"]
        cell.outputs = [
            v4.new_output("stream", text="before"),
            v4.new_output("error", ename="ValueError", evalue="no", traceback=trace),
        ]
        raise CellExecutionError("trace", "ValueError", "no")

    client.does["bad()"] = action
    assert failing(book, "good()", "bad()", "never()") == (
        f"{book.tree}/page.md:16: this cell raised ValueError\n------\nValueError: no"
    )
    assert book.read("page")[0] is None


def test_a_run_that_stopped_without_saying_where(book, client):
    client.does["bad()"] = raising(CellExecutionError(" trace\n", "Stop", "now"))
    message = str(CellExecutionError(" trace\n", "Stop", "now")).strip()
    assert failing(book, "bad()") == f"{book.tree}/page.md:1: execution stopped: {message}"


def test_a_cell_that_took_too_long(book, client):
    client.does["slow()"] = raising(CellTimeoutError("late"))
    line = f"{book.tree}/page.md:16"
    assert failing(book, "good()", "slow()") == f"{line}: this cell ran longer than 3600 s"


def test_a_kernel_that_died_says_its_last_words(book, client):
    def action(client, cell):
        client.run["stdout"].write("é".encode("latin-1") + b"a" * 3000 + b"\nthe end\n")
        client.run["stdout"].flush()
        raise RuntimeError("dead")

    client.does["dies()"] = action
    said = "a" * (2000 - len("\nthe end\n")) + "\nthe end\n"
    line = f"{book.tree}/page.md:16"
    assert failing(book, "good()", "dies()") == f"{line}: the kernel died; it said:\n{said}"


def test_a_cell_that_did_not_run_is_named(book, client):
    def action(client, cell):
        cell.execution_count = None

    client.does["skipped()"] = action
    message = "this cell did not run: it is empty, or tagged skip-execution"
    assert failing(book, "good()", "skipped()") == f"{book.tree}/page.md:16: {message}"


def test_after_a_failure_the_pages_that_run_well_are_kept(book, client):
    both = threading.Barrier(2)

    def good(client, cell):
        both.wait(PATIENT_S)

    def bad(client, cell):
        both.wait(PATIENT_S)
        raise CellTimeoutError("late")

    client.does |= {"good()": good, "bad(1, 2)": bad}
    book.settings["workers"] = 2
    with pytest.raises(PageError, match=r"bad\.md:10: this cell ran longer"):
        book(
            good=cells("good()"), bad=cells("bad(1, 2)"), later=cells("x"),
        )  # fmt: skip
    assert book.read("good")[0] is not None
    assert book.read("bad")[0] is None


def test_pages_run_side_by_side_on_all_cores_but_no_more_than_there_are_pages(
    book, client, monkeypatch
):
    widths = []
    pool = execute.ThreadPoolExecutor

    def noted(width):
        widths.append(width)
        return pool(width)

    monkeypatch.setattr(execute, "ThreadPoolExecutor", noted)
    for cores, pages, expected in ((3, 2, 2), (3, 5, 3), (None, 2, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda count=cores: count)
        book(**{f"page{n}": cells(f"x = {cores}, {n}") for n in range(pages)})
        assert widths[-1] == expected


class Over(Future):
    """A future that is over, well or not."""

    def __init__(self, result=None, error=None):
        super().__init__()
        if error:
            self.set_exception(error)
        else:
            self.set_result(result)


def test_the_first_failure_is_told_after_all_that_ran_well_is_finished():
    errors = [PageError("a", 1, "first"), PageError("b", 1, "second")]
    cancelled = Future()
    cancelled.cancel()
    cancelled.set_running_or_notify_cancel()
    futures = {
        cancelled: "cancelled", Over(1.5): "one", Over(error=errors[0]): "bad",
        Over(2.5): "two",
    }  # fmt: skip
    finished = []
    with pytest.raises(PageError, match="first"):
        execute._drain(futures, lambda *done: finished.append(done))
    assert sorted(finished) == [("one", 1.5), ("two", 2.5)]


def test_a_failure_cancels_the_pages_that_wait():
    class Waiting(Future):
        """As one in a pool, whose thread passes over what was cancelled."""

        def cancel(self):
            return super().cancel() and self.set_running_or_notify_cancel()

    waiting = Waiting()
    with pytest.raises(PageError):
        execute._drain({waiting: "later", Over(error=PageError("a", 1, "no")): "bad"}, None)
    assert waiting.cancelled()


def test_an_interrupt_kills_the_kernels_of_its_group(book, client, monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda *arguments: killed.append(arguments))

    def interrupted(futures, finish):
        kinds = [
            None,
            SimpleNamespace(km=None),
            SimpleNamespace(km=SimpleNamespace(has_kernel=False)),
            SimpleNamespace(
                km=SimpleNamespace(has_kernel=True, provisioner=SimpleNamespace(pid=42))
            ),
        ]
        for future in futures:
            future.result()
        for page, kind in zip(futures.values(), kinds, strict=True):
            page.client = kind
        raise KeyboardInterrupt

    monkeypatch.setattr(execute, "_drain", interrupted)
    with pytest.raises(KeyboardInterrupt):
        book(**{f"page{n}": cells(f"x = {n}") for n in range(4)})
    assert killed == [(42, signal.SIGKILL)]


def test_an_interrupt_ends_the_page_that_runs_and_no_other_starts(book, client, monkeypatch):
    started, killed, ended = threading.Event(), threading.Event(), []

    def slow(client, cell):
        client.km = SimpleNamespace(has_kernel=True, provisioner=SimpleNamespace(pid=42))
        started.set()
        ended.append(killed.wait(PATIENT_S))

    def interrupted(futures, finish):
        assert started.wait(PATIENT_S)
        raise KeyboardInterrupt

    client.does["slow()"] = slow
    book.settings["workers"] = 1
    monkeypatch.setattr(execute, "_drain", interrupted)
    monkeypatch.setattr(os, "kill", lambda *arguments: killed.set())
    with pytest.raises(KeyboardInterrupt):
        book(slow=cells("slow()"), later=cells("x"))
    assert (ended, len(client.made)) == ([True], 1)


def test_a_page_that_ended_is_not_said_to_run(book, client, monkeypatch):
    left, leave = [], execute.Progress.__exit__

    def noted(progress, *error):
        left.append(progress.running)
        leave(progress, *error)

    monkeypatch.setattr(execute.Progress, "__exit__", noted)
    client.does["slow()"] = raising(CellTimeoutError("late"))
    book(page=cells("x = 1"))
    failing(book, "slow()")
    assert left == [[], []]


def shown(*kinds):
    """Return what is left of outputs; each is a dict of contents, or text that was printed."""
    outputs = [
        v4.new_output("stream", text=kind)
        if isinstance(kind, str)
        else v4.new_output("display_data", kind)
        for kind in kinds
    ]
    cell = v4.new_code_cell("x", outputs=outputs)
    execute._drop_empty_displays(v4.new_notebook(cells=[v4.new_markdown_cell("words"), cell]))
    return [output.get("data", output.get("text")) for output in cell.outputs]


def test_a_display_is_kept_for_what_it_shows():
    empty = {"text/plain": " \n", "text/html": "<pre></pre>"}
    assert shown(empty, {"text/html": "<b>b</b>"}, {}) == []
    kept = [{"text/plain": "5"}, {"image/png": "AA", "text/plain": ""}, " "]
    assert shown(*kept) == kept


def test_a_heartbeat_says_where_each_page_is(client, capsys):
    def page(name, cell):
        kinds = (v4.new_markdown_cell, v4.new_code_cell, v4.new_markdown_cell, v4.new_code_cell)
        notebook = v4.new_notebook(cells=[kind("x") for kind in kinds])
        return SimpleNamespace(name=name, notebook=notebook, cell=cell, expected_s=100.0)

    pages, beats = [page("first", 0), page("second", 3)], iter([False, True])
    progress = execute.Progress(pages, 2)
    progress.stop = SimpleNamespace(wait=lambda seconds: (waited.append(seconds), next(beats))[1])
    waited, (first, second) = [], pages
    for each in (first, second):
        progress.started(each)
    progress._beat()
    assert capsys.readouterr().out.splitlines()[2:] == [
        "pages: ... first at start, 2 s",
        "pages: ... second at cell 2 of 2, 1 s",
    ]
    assert waited == [15, 15]
    progress.ended(first)
    assert [entry[0] for entry in progress.running] == [second]
    progress.done(first, 61.25)
    # The second began at 101, and the clock tells 103 now.
    assert capsys.readouterr().out == "pages: [1/2] first 61.2 s, 1 left, about 98 s\n"


def test_the_heart_beats_while_pages_run(monkeypatch):
    beats = threading.Event()
    monkeypatch.setattr(
        execute.Progress, "_beat", lambda self: (beats.set(), self.stop.wait(PATIENT_S))
    )
    with execute.Progress([], 1) as progress:
        assert beats.wait(PATIENT_S)
        (thread,) = [each for each in threading.enumerate() if "lambda" in each.name]
        assert thread.daemon
    assert progress.stop.is_set()
    thread.join(PATIENT_S)
    assert not thread.is_alive()
