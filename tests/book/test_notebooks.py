"""Notebooks as someone runs them who has nothing but the file."""

import re
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from bookkit.languages import ORIGINAL
from bookkit.running import execute

# One that needs Keras and one that does not, each of a few seconds.
RUN_AGAIN = ("concepts/backpropagation", "introduction")

FORMULA = re.compile(r'<a id="equation-([^"]+)"></a>\s+\$\$[^$]*\\tag\{(\d+)\}')


def printed(notebook):
    """Return what each cell printed, but for what differs from run to run: pictures."""
    return [
        [output.get("text", output.get("data", {}).get("text/plain")) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.id != "setup"
    ]


@pytest.mark.parametrize("name", RUN_AGAIN)
def test_a_notebook_runs_from_its_first_line_in_an_empty_folder(book, name, tmp_path, monkeypatch):
    (page,) = [page for page in book.pages if (page.language, page.name) == (ORIGINAL, name)]
    exported = nbformat.read(page.notebook, as_version=4)
    shown = printed(exported)
    for cell in exported.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    # pip finds all that the first line names, or fails: it has no index to fetch it from
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    for variable in ("KERASBOOK_DATA", "PYTHONPATH", "KERAS_BACKEND"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    # In a folder with a short name, so that the kernel listens on files there: of two workers both
    # may be told that a port is free.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        NotebookClient(
            exported,
            timeout=execute.TIMEOUT_S,
            config=Config(KernelManager=execute._connection(Path(folder, "kernel"))),
            coalesce_streams=True,
            extra_arguments=execute.KERNEL_ARGUMENTS,
            resources={"metadata": {"path": tmp_path}},
        ).execute()
    assert printed(exported) == shown


def test_the_first_code_of_every_notebook_installs_what_it_imports(cell_page):
    notebook = nbformat.read(cell_page.notebook, as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert first.id == "setup"
    assert "%pip install -q " in first.source


def test_a_formula_has_the_number_that_texts_refer_to(cell_page):
    notebook = nbformat.read(cell_page.notebook, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    numbers = dict(FORMULA.findall(text))
    for number, label in re.findall(r"\[\((\d+)\)\]\(#equation-([^)]+)\)", text):
        assert numbers[label] == number


def test_every_notebook_is_valid(cell_page):
    nbformat.validate(nbformat.read(cell_page.notebook, as_version=nbformat.NO_CONVERT))
