"""What the first cell of each notebook installs, against lists made by hand."""

import re
import sys

import nbformat
import pytest

from bookkit.checks.book import Book
from bookkit.formats import notebook as export
from bookkit.languages import ORIGINAL
from bookkit.pages import imports
from bookkit.paths import ROOT

# What a page needs and no line of its cells imports: read from the pages, and from the sources of
# the libraries. A page that is not here needs what it imports.
BEYOND = {
    "beyond/pretrained": {"safetensors"},  # KerasHub reads MiniLM's weights with it
    "beyond/reproducible": {"jax", "torch"},  # the same draws on three backends
    # onnxruntime's quantization, Keras's export, and a network that three backends answer with
    "beyond/smaller": {"onnx", "tf2onnx", "jax", "torch"},
    "beyond/where-time-goes": {"jax"},  # what feeding costs on three backends
    "concepts/pipelines": {"openpyxl"},  # Excel
    "errata": {"jax", "torch"},  # messages on other backends; NumPy's needs JAX
    "frameworks/keras": {"keras", "torch"},  # its programs: six, each in a process
    "introduction": {"keras"},  # whose metadata it reads
    "outlook/attention": {"jax", "torch"},
    "outlook/choosing": {"keras", "tensorflow", "jax", "torch", "keras-hub"},  # a contest; files
    "outlook/coming": {"tensorflow", "torch"},
    "outlook/review": {"scikit-learn"},  # SKLearnClassifier
    "outlook/troubles": {"jax"},
    "workflow/customizing": {"tensorboard"},  # Keras's callback writes with it
    "workflow/saving": {"jax", "torch"},  # one file on three backends
    "workflow/setup": {"torch"},
}
PIP = {"PIL": "pillow", "sklearn": "scikit-learn"} | {
    name: name.replace("_", "-") for name in ("ai_edge_litert", "keras_hub", "keras_tuner")
}
THE_BOOK = Book(ROOT)
PAGES = {name: page for name, page in THE_BOOK.trees[ORIGINAL].items() if page.cells}


def shown(page):
    return [cell.expanded for cell in page.cells if not cell.removed]


def imported(page):
    """Find what cells import by the shape of lines, as a reader would."""
    code = "\n".join(shown(page))
    found = re.findall(r"^ *from (\w+)[\w.]* import ", code, re.MULTILINE)
    for names in re.findall(r"^ *import ([\w., ]+?)(?:  #.*)?$", code, re.MULTILINE):
        found += [re.match(r"\w+", each.strip())[0] for each in names.split(",")]
    chosen = re.findall(r'^os\.environ\["KERAS_BACKEND"\] = "(\w+)"', code, re.MULTILINE)
    return {PIP.get(name, name) for name in found + chosen} - sys.stdlib_module_names - {"IPython"}


@pytest.mark.parametrize("name", PAGES)
def test_the_first_cell_installs_what_the_page_needs_and_nothing_else(name):
    cells = [nbformat.v4.new_code_cell(source) for source in shown(PAGES[name])]
    (line,) = re.findall(r"^%pip install -q (.*)$", export.setup_cell("", cells, False), re.M)
    names = {re.match(r"[\w-]+", each)[0] for each in re.findall(r'"([^"]+)"', line)}
    assert names == imported(PAGES[name]) | BEYOND.get(name, set())


@pytest.mark.parametrize("name", sorted(set(PAGES) - {"workflow/setup"}))  # which has it in prose
def test_the_first_cell_says_what_the_notebook_installs(name):
    along = {"numpy", "pillow"}  # with Keras, with Matplotlib
    said = imports.installed(PAGES[name].cells[0].source)
    assert said - along == (imported(PAGES[name]) | BEYOND.get(name, set())) - along


def test_what_goes_beyond_imports_belongs_to_pages_that_exist():
    assert set(BEYOND) <= set(PAGES)
