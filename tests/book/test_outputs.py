"""Contracts on what the pages printed and drew, and on their exports."""

import ast
import base64
import io
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from markdown_it import MarkdownIt
from PIL import Image

from bookkit.data.registry import SAMPLE
from bookkit.pages import programs
from bookkit.paths import CODE

UNSTABLE = {
    "an absolute path": re.compile(
        r"(?<![\w.])/(home|root|tmp|usr|opt|var|mnt|Users|private)/|\b[A-Z]:\\|site-packages"
    ),
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{5,}\b"),
    "a log line with time and process id": re.compile(r"^[IWEF]\d{4}\s", re.MULTILINE),
    "a clock time": re.compile(r"\b\d{1,2}:\d\d:\d\d\b"),
    "a date with time": re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d"),
    "a terminal code": re.compile(r"\x1b"),
    "a script or a widget": re.compile(r"<script|application/vnd\.jupyter\.widget"),
}
MIN_PIXELS = 100
HEAVY = {"keras", "tensorflow", "torch", "jax"}
ROLE = re.compile(r"\{[\w:.+-]+\}$")
LEFTOVER = re.compile(r":{3,}|^\([\w-]+\)=|\{glue|\{result", re.MULTILINE)


def texts(output) -> Iterator[str]:
    """Yield everything in an output that is text."""
    if output.output_type == "stream":
        yield output.text
    for mime, content in output.get("data", {}).items():
        yield mime
        if not mime.startswith("image/") or mime == "image/svg+xml":
            yield content if isinstance(content, str) else repr(content)


def pictures(cell) -> Iterator[tuple[str, str]]:
    """Yield the type and the content of what a cell drew."""
    for output in cell.outputs:
        for mime, content in output.get("data", {}).items():
            if mime.startswith("image/"):
                yield mime, content


@pytest.mark.parametrize("kind", UNSTABLE)
def test_outputs_are_the_same_on_every_machine(cell_page, kind):
    found = [
        text[max(match.start() - 30, 0) : match.end() + 30]
        for cell in cell_page.executed_cells
        for output in cell.outputs
        for text in texts(output)
        for match in UNSTABLE[kind].finditer(text)
    ]
    assert found == []


def test_every_cell_ran_and_none_raised(cell_page):
    for cell in cell_page.executed_cells:
        assert cell.execution_count
        assert "error" not in [output.output_type for output in cell.outputs]


def test_pictures_are_large_enough_to_read(pictured_page):
    drawn = [picture for cell in pictured_page.executed_cells for picture in pictures(cell)]
    assert drawn
    for mime, content in drawn:
        assert mime == "image/png"
        with Image.open(io.BytesIO(base64.b64decode(content))) as picture:
            assert min(picture.size) >= MIN_PIXELS


def test_cells_that_draw_show_a_picture(cell_page):
    # `plt.subplots` in a cell whose figure is missing means that the build ran without a display.
    missing = [
        cell.source
        for cell in cell_page.executed_cells
        if "plt.subplots(" in cell.source and not any(pictures(cell))
    ]
    assert missing == []


def test_both_languages_export_the_same_cells_and_outputs(cell_twins):
    zh, en = ([(cell.source, cell.outputs) for cell in page.executed_cells] for page in cell_twins)
    assert zh == en


def test_exports_hold_every_shown_cell_and_no_other(cell_page):
    shown = [
        cell.source
        for cell in cell_page.expanded
        if "remove-cell" not in cell.metadata.get("tags", [])
    ]
    assert [cell.source for cell in cell_page.executed_cells] == shown


def test_markdown_of_exports_is_plain(cell_page):
    parser = MarkdownIt("commonmark")
    for cell in cell_page.executed.cells:
        if cell.cell_type != "markdown":
            continue
        for token in parser.parse(cell.source):
            if token.type == "fence":
                assert not token.info.startswith("{"), token.info
            elif token.type == "inline":
                assert not list(leftovers(token)), token.content


def leftovers(token) -> Iterator[str]:
    """Find what only MyST would understand, outside code."""
    previous = ""
    for child in token.children:
        text = child.content if child.type == "text" else ""
        if child.type == "code_inline" and ROLE.search(previous):
            yield f"{previous}`{child.content}`"
        yield from LEFTOVER.findall(text)
        previous = text


def test_scripts_hold_the_cells(cell_page):
    script = cell_page.script.read_text(encoding="utf-8")
    ast.parse(script)
    assert [cell.source for cell in cell_page.executed_cells if cell.source not in script] == []


# What a reader does with an export


def run(program, folder, **environment: str) -> subprocess.CompletedProcess:
    """Run Python the way a reader would: a folder of one's own, none of the project's paths."""
    dropped = {"PYTHONPATH", "KERASBOOK_DATA", "KERAS_BACKEND", "PYTHONWARNINGS"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return subprocess.run(
        [sys.executable, program],
        cwd=folder,
        env=kept | {"MPLBACKEND": "Agg", "TF_CPP_MIN_LOG_LEVEL": "3"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_a_script_runs_in_an_empty_folder_and_prints_what_the_page_shows(book, tmp_path):
    light = [
        page
        for page in book.pages
        if page.has_cells and not HEAVY & set(re.findall(r"\w+", imports(page)))
    ]
    page = min(light, key=lambda page: (page.name != "introduction", len(page.text)))
    finished = run(page.script, tmp_path)
    assert finished.returncode == 0, finished.stderr
    printed = [
        output.text
        for cell in page.executed_cells
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    ]
    assert finished.stdout == "".join(printed)


def test_no_script_can_be_taken_for_a_module_that_it_imports(cell_page):
    assert not cell_page.script.stem.isidentifier()


def test_pages_call_their_script_by_its_name(cell_page):
    named = set(re.findall(r"`python ([\w-]+\.py)`", cell_page.text)) - {"check.py"}
    assert named <= {cell_page.script.name}


def imports(page) -> str:
    lines = page.script.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith(("import ", "from ")))


INCLUDED = re.compile(r"^# %include (\S+) (.+)$", re.MULTILINE)
# Appended to the program of a loader.
TRY_LOADER = """
def attempt(load, what):
    try:
        load()
    except BaseException as error:
        print(what, type(error).__name__, str(error), sep="|")
    else:
        print(what, "loaded", "", sep="|")


import os
import pathlib

attempt({name}, "nothing")
pathlib.Path("data").symlink_to({sample!r}, target_is_directory=True)
attempt({name}, "./data")
os.environ["KERASBOOK_DATA"] = {sample!r}
pathlib.Path("data").unlink()
attempt({name}, "KERASBOOK_DATA")
"""


def loaders(page) -> Iterator[tuple[str, str]]:
    """Yield each loader that the page shows, and the program that a reader copies for it."""
    for module, names in INCLUDED.findall(page.text):
        for name in names.split():
            program = programs.program([programs.Name(module, name)], CODE)
            if f"def {name}():" in program and "sample-data.zip" in program:
                yield name, program


@pytest.mark.weekly
def test_loaders_find_the_sample_and_say_what_is_missing_without_it(book, tmp_path, closed_port):
    found = dict(loader for page in book.pages if page.language == "en" for loader in loaders(page))
    assert "load_cifar10" in found
    for name, program in found.items():
        folder = tmp_path / name
        (folder / "empty").mkdir(parents=True)
        script = tmp_path / f"{name}.py"
        script.write_text(program + TRY_LOADER.format(name=name, sample=str(SAMPLE)))
        finished = run(
            script, folder, KERASBOOK_DATA=str(folder / "empty"), **offline(folder, closed_port)
        )
        assert finished.returncode == 0, finished.stderr
        attempts = dict(
            line.split("|", 1) for line in finished.stdout.splitlines() if line.count("|") == 2
        )
        assert attempts["./data"] == "loaded|"
        assert attempts["KERASBOOK_DATA"] == "loaded|"
        kind, _, message = attempts["nothing"].partition("|")
        assert kind == "FileNotFoundError"
        assert "KERASBOOK_DATA" in message
        assert "sample-data.zip" in message
        shutil.rmtree(folder)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Hold a port at which nobody listens: were it let go, another process could take it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def offline(folder, port: int) -> dict[str, str]:
    """Point every proxy at a closed port, and caches of downloads at an empty folder."""
    address = f"http://127.0.0.1:{port}"
    proxies = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    blocked = dict.fromkeys(proxies, address) | {"no_proxy": "", "NO_PROXY": ""}
    caches = ("KERAS_HOME", "SCIKIT_LEARN_DATA", "XDG_CACHE_HOME")
    return blocked | {name: str(folder / "caches") for name in caches}
