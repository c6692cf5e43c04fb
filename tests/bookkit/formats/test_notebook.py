"""Pages as plain notebooks and scripts."""

import ast
import json
import os
import re
import types
import zipfile
from pathlib import Path

import nbformat
import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document
from nbformat import v4

from bookkit.formats import notebook as export
from bookkit.pages.reader import KERNELSPEC


def paragraph(words):
    return nodes.paragraph("", "", nodes.Text(words))


def test_sections_become_headings_with_the_anchor_of_their_label():
    document = new_document("page", get_default_settings())
    inner = nodes.section("", nodes.title("", "Two"), paragraph("b"), ids=["sec-b"])
    outer = nodes.section("", nodes.title("", "One"), paragraph("a"), inner, ids=["sec-a"])
    cell = nodes.container("", nb_element="cell_code", cell_index=1)
    inner += [cell, paragraph("c")]
    document += outer
    executed = v4.new_notebook(
        cells=[
            v4.new_markdown_cell("not read"),
            v4.new_code_cell(
                "f()",
                execution_count=1,
                metadata={"tags": ["hide-input"]},
                outputs=[v4.new_output("stream", name="stdout", text="1\n")],
            ),
        ]
    )
    first, code, last = export.convert(document, executed, Path()).cells
    assert first.source == ('<a id="sec-a"></a>\n\n# One\n\na\n\n<a id="sec-b"></a>\n\n## Two\n\nb')
    assert (code.source, code.metadata, code.execution_count) == ("f()", {}, 1)
    assert code.outputs == [{"output_type": "stream", "name": "stdout", "text": "1\n"}]
    assert last.source == "c"
    assert [one.id for one in (first, code, last)] == ["cell-000", "cell-001", "cell-002"]


def test_folded_code_begins_closed_where_a_notebook_can_say_so():
    document = new_document("page", get_default_settings())
    document += nodes.container("", nb_element="cell_code", cell_index=0, summary="draws `a`")
    document += nodes.container("", nb_element="cell_code", cell_index=1)
    executed = v4.new_notebook(cells=[v4.new_code_cell("draw()"), v4.new_code_cell("f()")])
    line, folded, open_one = export.convert(document, executed, Path()).cells
    assert line.source == r"*draws \`a\`*"
    assert folded.metadata == {"jupyter": {"source_hidden": True}, "cellView": "form"}
    assert folded.source == "draw()"
    assert open_one.metadata == {}


def test_a_page_is_read_once_however_many_links_lead_to_it(monkeypatch):
    read = []

    def page_of(env, docname):
        read.append(docname)
        return v4.new_notebook(cells=[v4.new_code_cell("1")] if docname == "runs" else [])

    monkeypatch.setattr(export.reader, "page_of", page_of)
    builder = export.NotebookBuilder.__new__(export.NotebookBuilder)
    builder.init()
    builder.env = types.SimpleNamespace(all_docs={"runs", "reads"})
    targets = [builder.get_target_uri(name) for name in ("runs", "reads", "runs", "reads")]
    assert targets == ["runs.ipynb", "../reads.html"] * 2
    assert read == ["runs", "reads"]


def test_a_script_runs_and_holds_the_prose_as_comments():
    notebook = v4.new_notebook(
        cells=[v4.new_markdown_cell("# One\n\n> two"), v4.new_code_cell("x = 1\nprint(x)")]
    )
    script = export.as_script(notebook)
    assert script == "# %% [markdown]\n# # One\n#\n# > two\n\n# %%\nx = 1\nprint(x)\n"
    compile(script, "page.py", "exec")


def test_a_script_says_what_a_picture_shows_instead_of_holding_it():
    picture = '<img alt="A &quot;yes&quot; &lt; a no." src="data:image/png;base64,iVBOR/+w==">'
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell(f"{picture}\n\n**Fig. 1** Which?")])
    script = export.as_script(notebook)
    assert script == '# %% [markdown]\n# *A "yes" < a no.*\n#\n# **Fig. 1** Which?\n'


# The files of a real build.


def exported(book, language, name):
    path = book.folder / "out" / language / "notebook" / f"{name}.ipynb"
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def prose(book, language, name):
    cells = exported(book, language, name).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_with_cells_are_exported_without_a_warning(built_book, language):
    assert built_book.warnings[language, "notebook"] == ""
    out = built_book.folder / "out" / language / "notebook"
    found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.ipynb"))
    assert found == ["first.ipynb", "part/second.ipynb"]
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.py")) == [
        "first-page.py",
        "part/second-page.py",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["first", "part/second"])
def test_notebooks_are_valid_and_plain(built_book, language, name):
    notebook = exported(built_book, language, name)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert dict(notebook.metadata.kernelspec) == KERNELSPEC
    assert notebook.metadata.language_info.name == "python"
    assert [cell.id for cell in notebook.cells] == [
        f"cell-{index:03d}" for index in range(len(notebook.cells))
    ]
    words = prose(built_book, language, name)
    assert re.findall(r"\{[a-z:]+\}`|:::|^\([\w-]+\)=$|\{code-cell\}|%include", words, re.M) == []
    assert "provenance" not in words
    assert "download" not in words.lower()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_cells_are_those_that_ran_without_the_removed_ones(built_book, language):
    notebook = exported(built_book, language, "first")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    toy = (built_book.folder / "code" / "toy.py").read_text(encoding="utf-8")
    double = toy[toy.index("@functools") :].strip()
    assert [cell.execution_count for cell in code] == [1, 3]
    assert code[0].source == (
        f"import functools\n\nFACTOR = 2  # per step\n\n\n{double}\n\n"
        "SEED = 11\nprint(double(21), SEED)"
    )
    assert code[0].outputs == [{"output_type": "stream", "name": "stdout", "text": "42 11\n"}]
    assert list(code[1].outputs[0].data) == ["image/png", "text/plain"]
    assert not any("glue(" in cell.source for cell in notebook.cells)


@pytest.mark.parametrize(
    "line",
    [
        r"The loss $\ell(y) = y^2$ of Tiny \[[2020](#id3)\] costs $5 * 2$ dollars \$ and `a|b` "
        r"stars \* \[not a link\].",
        "The number 8 is glued, [Fig. 1](#fig-dot) shows it, [(1)](#equation-eq-square) proves it.",
        '<a id="fig-dot"></a>**Fig. 1** A dot, larger than *life*, see [First things](#sec-first).',
        '<a id="equation-eq-square"></a>\n\n$$\na^2 = b_{1}\n\\tag{1}\n$$',
        "| name | value |\n| --- | --- |\n| one | `1` |\n| a\\|b | $x$ |",
        "1. First\n\n   - inner\n   - more\n\n     and a paragraph\n2. Second",
        "> **Note**\n>\n> Mind the **gap**, [A picture](#sec-picture).\n>\n> - a list",
        "> **A title of its own**\n>\n> Words.",
        "> A quotation.",
        "```console\n$ make html\n```",
        "<details>\n<summary>The answer</summary>\n\nIt is $42$.\n\n- because\n\n</details>",
        "Quoted: 62.5%, 2026-01-31.",
        # 0.5 and 0.75: the mean is 0.625, the sample deviation 0.125 * sqrt(2) = 0.177
        "| plain | 1 | 0.75 | 73,418 |\n"
        "| plain | **Mean\u00a0±\u00a0SD** | **0.62\u00a0±\u00a00.18** | **73,418** |",
        "> | Data | digits (sample, SHA-256 a1a1a1a1a1a1…) |",
        r"\[1\] Ann Tiny. On small things. *Journal of Small Things*, 2020.",
    ],
)
def test_prose_is_lowered_to_markdown(built_book, line):
    assert f"\n{line}\n" in f"\n{prose(built_book, 'en', 'first')}\n".replace(
        '<a id="id3"></a>', ""
    )


def test_links_lead_to_notebooks_and_to_the_web_for_pages_without_cells(built_book):
    words = prose(built_book, "en", "part/second")
    assert (
        "Back to [the picture](../first.ipynb#sec-picture) or "
        r"[A tiny book](../../index.html#sec-index).[\[1\]](#why)"
    ) in words
    assert r'<a id="why"></a>\[1\] Because of [(1)](../first.ipynb#equation-eq-square).' in words
    assert '<a id="sec-2-1-2"></a>\n\n# The second part §2.1.2' in words


def test_what_sphinx_writes_itself_is_in_the_language_of_the_page(built_book):
    words = prose(built_book, "zh", "first")
    assert "\n\n> **备注**\n>\n> 当心。\n\n" in words
    assert "[图 1](#fig-dot)" in words
    assert "**图 1** 一个点" in words


@pytest.mark.parametrize("name", ["first", "part/second"])
def test_scripts_compile_and_hold_the_same_code(built_book, name):
    script = (built_book.folder / "out" / "en" / "notebook" / f"{name}-page.py").read_text("utf-8")
    compile(script, name, "exec")
    code = [cell.source for cell in exported(built_book, "en", name).cells if "outputs" in cell]
    assert ast.dump(ast.parse(script)) == ast.dump(ast.parse("\n".join(code)))
    assert script.count("# %%\n") == len(code)


def test_the_copy_of_a_figure_for_print_stays_out_of_notebooks():
    pictures = {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure>"}
    output = v4.new_output("display_data", data=pictures | {"application/pdf": "JVBERi0="})
    assert export._plain_output(output)["data"] == pictures
    assert "application/pdf" in output.data, "the cache keeps it"


def test_the_outputs_of_a_notebook_are_those_of_the_one_run(built_book):
    stored = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (built_book.cache.path / "executed").rglob("base.ipynb")
    ]
    texts = {"".join(one["text"]) for page in stored for cell in page["cells"]
             for one in cell["outputs"] if one["output_type"] == "stream"}  # fmt: skip
    assert texts == {"42 11\n", "2\n"}


CELLS = [
    v4.new_code_cell('import os\nos.environ["KERAS_BACKEND"] = "jax"'),
    v4.new_code_cell("import os\nimport numpy as np\nfrom sklearn.datasets import load_digits"),
    v4.new_code_cell("import keras_hub\nimport keras.layers"),
]


def test_the_setup_installs_what_the_page_imports():
    comment, install = export.setup_cell("", CELLS, True).splitlines()
    assert comment.startswith("# ")
    requirements = [each.strip('"') for each in install.removeprefix("%pip install -q ").split()]
    assert [re.match(r"[a-z-]+", each)[0] for each in requirements] == [
        "jax", "keras", "keras-hub", "numpy", "scikit-learn",
    ]  # fmt: skip
    assert all(">=" in each for each in requirements)


def test_the_setup_names_what_no_group_of_the_project_has():
    source = export.setup_cell("", [v4.new_code_cell("import h5py, os, IPython")], False)
    assert source.splitlines()[1:] == ['%pip install -q "h5py"']


def test_the_setup_stands_before_the_first_code_that_needs_it():
    needy = v4.new_notebook(cells=[v4.new_markdown_cell("# One"), CELLS[1].copy()])
    export.add_setup(needy, "", False)
    assert [cell.id == "setup" for cell in needy.cells] == [False, True, False]
    simple = v4.new_notebook(cells=[v4.new_code_cell("import math")])
    export.add_setup(simple, "", True)
    assert len(simple.cells) == 1


def test_the_setup_fetches_the_data_that_the_page_reads(monkeypatch, tmp_path):
    source = export.setup_cell("some-one/a.book", [v4.new_code_cell("1 + 1")], True)
    assert "%pip" not in source
    asked = []

    def retrieve(address, target):
        asked.append(address)
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("sample-data/cifar10.npz", "x")

    monkeypatch.setattr("urllib.request.urlretrieve", retrieve)
    monkeypatch.setenv("KERASBOOK_DATA", "elsewhere")
    monkeypatch.chdir(tmp_path)
    exec(compile(ast.parse(source), "setup", "exec"), {})
    assert asked == ["https://raw.githubusercontent.com/some-one/a.book/gh-pages/sample-data.zip"]
    assert (tmp_path / os.environ["KERASBOOK_DATA"] / "cifar10.npz").read_text() == "x"
