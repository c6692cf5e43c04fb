"""Run each page once, in an empty folder and without the book's packages, and keep the outputs."""

import asyncio
import dataclasses
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jupyter_cache.cache.main import JupyterCacheBase
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from traitlets.config import Config

from bookkit.data import DataView
from bookkit.errors import BookError, PageError
from bookkit.pages.reader import cell_line, read_page, settings
from bookkit.paths import BUILD
from bookkit.running import cache as page_cache
from bookkit.running import forked
from bookkit.running import seconds as page_seconds
from bookkit.running.machine import Machine, measures

TIMEOUT_S = 3600
# Without a font list at hand, Matplotlib announces in a page that it is making one.
FONT_CACHE = BUILD / "matplotlib"
HEARTBEAT_S = 15
KERNEL_ARGUMENTS = [
    # TensorFlow writes times and process ids to the raw stderr even at log level 3.
    "--IPKernelApp.capture_fd_output=False",
    # Pixels for screens, vectors for print, and no cell has to ask for either.
    "--InlineBackend.figure_formats={'png', 'pdf'}",
    # A figure drawn twice is the same file twice.
    "--InlineBackend.print_figure_kwargs="
    "{'bbox_inches': 'tight', 'metadata': {'CreationDate': None}}",
]
# As many pages run side by side as there are cores: more threads of one page only wait for each
# other, and with one, sums are formed in one order, however many cores there are.
ONE_THREAD = dict.fromkeys(
    ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "NPROC"), "1"
)
ANSI = re.compile(r"\x1b\[[0-9;]*m")
say = partial(print, flush=True)  # a log is read while it grows


@dataclass
class Page:
    """One page that has to run."""

    name: str
    path: Path
    notebook: NotebookNode
    view: DataView
    client: NotebookClient | None = None
    expected_s: float = 0.0
    cell: int = 0  # the index of the cell it is at


def missing(
    tree: Path,
    names: list[str],
    cache: JupyterCacheBase,
    views: Mapping[str, DataView],
    code: Path,
) -> list[str]:
    """Return the names of the pages of one language that have not run as they are."""
    pages = [_page(tree, name, views, code) for name in names]
    return [page.name for page in _missing(pages, cache)]


def run_missing(
    tree: Path,
    names: list[str],
    cache: JupyterCacheBase,
    environment: page_cache.Environment,
    views: Mapping[str, DataView],
    code: Path,
    *,
    only: Collection[str] | None = None,
    workers: int | None = None,
) -> list[str]:
    """Run the pages of one language whose cells are not in the cache, and cache them.

    Args:
        tree: the folder of the language.
        names: its pages.
        cache: where executed pages are kept.
        environment: what they run on.
        views: the data of a page by its name, and as "" those of all others.
        code: the folder that includes come from.
        only: the pages to run, beside those without cells; None: all.
        workers: how many run side by side; as many as there are cores, unless given.

    Returns:
        the names of the pages that ran.

    Raises:
        PageError: a cell raised; pages that ran well are cached all the same.
    """
    kept = cache.path.parent  # beside the folders of all environments
    expected = page_seconds.expected(names, kept)
    pages = [_page(tree, name, views, code) for name in names]
    for page in pages:
        page.expected_s = expected[page.name]
    waiting = [
        page
        for page in _missing(pages, cache)
        if only is None or page.name in only or not _code(page)
    ]
    if not waiting:
        say(f"pages: all {len(names)} up to date, nothing to execute")
        return []
    workers = workers or min(os.cpu_count() or 1, len(waiting))
    machine = Machine(_say_wait)

    def finish(page: Page, seconds: float) -> None:
        data = _record(page, seconds, environment)
        page_cache.store(cache, page.notebook, str(page.path), data)
        page_seconds.note(page.name, seconds, kept)
        progress.done(page, seconds)

    with (
        tempfile.TemporaryDirectory(prefix="kerasbook-", ignore_cleanup_errors=True) as home,
        forked.Forks(kernel_environment(Path(home), views[""].folder) | ONE_THREAD) as forks,
        Progress(waiting, workers) as progress,
        ThreadPoolExecutor(workers) as pool,
    ):
        run = {pool.submit(_run, page, machine, progress, forks): page for page in waiting}
        try:
            _drain(run, finish)
        except KeyboardInterrupt:
            # Leaving the pool waits for its pages, an hour long, unless they end here.
            pool.shutdown(wait=False, cancel_futures=True)
            machine.stop()  # those that wait, and those whose kernel only starts
            _kill(waiting)
            raise
    return [page.name for page in waiting]


def _say_wait(name: str, alone: bool) -> None:
    reason = "to measure alone" if alone else "for a page that measures"
    say(f"pages: {name} waits {reason}")


def _page(tree: Path, name: str, views: Mapping[str, DataView], code: Path) -> Page:
    path, view = tree / f"{name}.md", views.get(name, views[""])
    return Page(name, path, read_page(path, code, page_cache.describe(view)), view)


def _missing(pages: list[Page], cache: JupyterCacheBase) -> list[Page]:
    missing, seen = [], set()
    for page in pages:
        key = cache.create_hashed_notebook(page.notebook)[1]
        if key in seen or page_cache.lookup(cache, page.notebook) is not None:
            continue
        seen.add(key)
        missing.append(page)
    # Long pages first: with the longest last, the other cores would idle.
    return sorted(missing, key=lambda page: (-page.expected_s, -_length(page)))


def _length(page: Page) -> int:
    return sum(len(cell.source) for cell in _code(page))


def _code(page: Page) -> list[NotebookNode]:
    return [cell for cell in page.notebook.cells if cell.cell_type == "code"]


def _drain(futures: dict[Future, Page], finish: Callable[[Page, float], None]) -> None:
    """Wait for pages and finish each in this thread, which alone writes to the cache."""
    waiting, failure = set(futures), None
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            if future.cancelled():
                continue
            if error := future.exception():
                failure = failure or error
                for other in waiting:
                    other.cancel()
            else:
                finish(futures[future], future.result())
    if failure:
        raise failure


def _kill(pages: list[Page]) -> None:
    for page in pages:
        if page.client and page.client.km and page.client.km.has_kernel:
            # A local kernel has a process, of which its type says nothing.
            os.kill(page.client.km.provisioner.pid, signal.SIGKILL)  # type: ignore[union-attr]


def _record(page: Page, seconds: float, environment: page_cache.Environment) -> dict:
    """Describe a run for the provenance box."""
    record = dataclasses.asdict(environment)
    used = settings(page.notebook).get("data", [])
    described = page_cache.describe(page.view)
    record["data"] = {name: described[name] for name in used}
    record["packages"] |= page.notebook.metadata.kernelspec.get("packages", {})
    return record | {"execution_seconds": seconds}


def _run(page: Page, machine: Machine, progress: "Progress", forks: forked.Forks) -> float:
    """Run one page in place.

    Returns:
        seconds of wall time, kernel start included.
    """
    if not _code(page):
        return 0.0
    progress.started(page)
    started = time.monotonic()

    def begin(cell: NotebookNode, cell_index: int) -> None:
        page.cell = cell_index
        machine.leave(page.name)  # the cell before it has ended
        machine.enter(page.name, measures(cell))

    with tempfile.TemporaryDirectory(prefix="kerasbook-", ignore_cleanup_errors=True) as folder:
        work, home, log = Path(folder, "work"), Path(folder, "home"), Path(folder, "log")
        work.mkdir()
        backend = forked.backend_of(_code(page))
        kind = forked.manager(forks, backend) if backend else AsyncKernelManager
        page.client = NotebookClient(
            page.notebook,
            kernel_manager_class=kind,
            timeout=TIMEOUT_S,
            kernel_name="python3",
            config=Config(KernelManager=_connection(Path(folder, "kernel"))),
            record_timing=False,  # timings in metadata would change the cache key
            coalesce_streams=True,  # how often the kernel flushed differs from run to run
            resources={"metadata": {"path": str(work)}},
            extra_arguments=KERNEL_ARGUMENTS,
            on_cell_start=begin,
        )
        try:
            with log.open("wb") as raw:  # what libraries write past Python, kept off the terminal
                environment = kernel_environment(home, page.view.folder)
                if not any(measures(cell) for cell in _code(page)):
                    environment |= ONE_THREAD  # a page that measures has the machine to itself
                # nbclient's own `execute` leaves its event loop open.
                asyncio.run(page.client.async_execute(env=environment, stdout=raw, stderr=raw))
        except RuntimeError as error:  # DeadKernelError, or a kernel that never came to life
            tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            line = cell_line(page.notebook, page.cell)
            raise PageError(page.path, line, f"the kernel died; it said:\n{tail}") from error
        except CellTimeoutError as error:
            line = cell_line(page.notebook, page.cell)
            raise PageError(page.path, line, f"this cell ran longer than {TIMEOUT_S} s") from error
        except CellExecutionError as error:
            raise _page_error(page, error) from error
        finally:
            machine.leave(page.name)
            progress.ended(page)
    _require_executed(page)
    _drop_empty_displays(page.notebook)
    return time.monotonic() - started


def _connection(file: Path) -> dict[str, str]:
    """Let a kernel listen on files: a free TCP port may be taken when the kernel opens it."""
    # Systems allow a socket's path about 104 characters.
    transport = "ipc" if os.name == "posix" and len(str(file)) < 90 else "tcp"
    return {"transport": transport, "connection_file": str(file)}


def _drop_empty_displays(notebook: NotebookNode) -> None:
    """Drop displays without content: `summary` leaves one, which a page shows as a gray box."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                output
                for output in cell.outputs
                if output.output_type != "display_data"
                or output.data.get("text/plain", "").strip()
                or output.data.keys() - {"text/plain", "text/html"}
            ]


def _require_executed(page: Page) -> None:
    for index, cell in enumerate(page.notebook.cells):
        if cell.cell_type == "code" and cell.execution_count is None:
            message = "this cell did not run: it is empty, or tagged skip-execution"
            raise PageError(page.path, cell_line(page.notebook, index), message)


def _write_whole(path: Path, text: str) -> None:
    """Write a file that kernels of other processes may be reading: they find it old or new."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        temporary = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)


def kernel_environment(home: Path, data_folder: Path) -> dict[str, str]:
    """Build the environment of a kernel: this one, without what would make a page less portable."""
    home.mkdir(parents=True, exist_ok=True)
    # Letters in figures of the PDF as TrueType: they can be searched, and look right on screens.
    FONT_CACHE.mkdir(parents=True, exist_ok=True)
    _write_whole(FONT_CACHE / "matplotlibrc", "pdf.fonttype: 42\n")
    dropped = {"PYTHONPATH", "PYTHONSAFEPATH", "KERAS_BACKEND", "MPLBACKEND", "PYTHONWARNINGS"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {
        "KERASBOOK_DATA": str(data_folder),
        "KERAS_HOME": str(home / "keras"),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(FONT_CACHE),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONHASHSEED": "0",
    }


def _page_error(page: Page, error: Exception) -> BookError:
    """Say which line of the page failed, and how, from the client's record of the run."""
    for index, cell in enumerate(page.notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                text = ANSI.sub("", "\n".join(output.traceback))
                line = cell_line(page.notebook, index)
                return PageError(page.path, line, f"this cell raised {output.ename}\n{text}")
    return PageError(page.path, 1, f"execution stopped: {str(error).strip()}")


class Progress:
    """Prints where the execution is: a line when a page starts or ends, a heartbeat between."""

    def __init__(self, pages: list[Page], workers: int):
        self.total, self.finished, self.workers = len(pages), 0, workers
        self.waiting = {page.name: page.expected_s for page in pages if _code(page)}
        self.running: list[tuple[Page, float]] = []
        self.lock = threading.Lock()
        self.stop = threading.Event()

    def __enter__(self) -> "Progress":
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop.set()

    def _beat(self) -> None:
        while not self.stop.wait(HEARTBEAT_S):
            with self.lock:
                now = time.monotonic()
                for page, started in self.running:
                    cells = page.notebook.cells[: page.cell + 1]
                    number = sum(cell.cell_type == "code" for cell in cells)
                    where = f"cell {number} of {len(_code(page))}" if number else "start"
                    say(f"pages: ... {page.name} at {where}, {now - started:.0f} s")

    def started(self, page: Page) -> None:
        """Say that a page has started."""
        with self.lock:
            self.running.append((page, time.monotonic()))
            self.waiting.pop(page.name, None)
            say(f"pages: {page.name} started, {len(_code(page))} cells")

    def ended(self, page: Page) -> None:
        """Note that a page has ended, well or not: no more heartbeats."""
        with self.lock:
            self.running = [entry for entry in self.running if entry[0] is not page]

    def done(self, page: Page, seconds: float) -> None:
        """Say that a page is done and how many are left."""
        with self.lock:
            self.finished += 1
            now = time.monotonic()
            running = [(each.expected_s, now - started) for each, started in self.running]
            rest = page_seconds.left(running, self.waiting.values(), self.workers)
            left = f"{self.total - self.finished} left" + (f", about {rest:.0f} s" if rest else "")
            say(f"pages: [{self.finished}/{self.total}] {page.name} {seconds:.1f} s, {left}")
