"""What may stand in a code cell: each rule on a cell that keeps it and on one that breaks it."""

import pytest

from bookkit.checks import cells

HEAD = "(sec-a)=\n# A\n\n"
BACKEND = 'import os\n\nos.environ["KERAS_BACKEND"] = "jax"\n'
LIBRARY = {
    "code/lib/__init__.py": "",
    "code/lib/toy.py": (
        "def plain():\n    return 1\n\n\n"
        "def ours():\n    import kerasbook.toy\n\n\n"
        "def keras_inside():\n    from keras import ops\n\n\n"
        "def glues():\n    glue('x', 1)\n\n\n"
        "def needs():\n    return secret\n"
    ),
}


def cell(source, *tags):
    options = f":tags: [{', '.join(tags)}]\n" if tags else ""
    return f"```{{code-cell}} ipython3\n{options}{source}\n```\n\n"


@pytest.fixture
def problems(project):
    """Return a function that runs one check on a page of cells."""

    def run(check, *sources):
        book = project(LIBRARY | {"book/en/a.md": HEAD + "".join(sources)})
        return list(check(book))

    return run


INCLUDED = "# %include lib.toy {}"
TWELVE = "\n".join(["x = 1"] * 12)
RIGHT = {
    cells.python: [cell("x = 1\n# %include lib.toy plain")],
    cells.packages: [cell("import numpy\nfrom . import kerasbook\nkerasbook = 1")],
    cells.definitions: [cell("# %include lib.toy plain\nx = lambda: 1")],
    cells.length: [
        cell(f"import os\nfrom sys import (\n    path,\n)\n\n# %include lib.toy plain\n{TWELVE}"),
        cell("\n".join(["x = 1"] * 13), "remove-cell"),
    ],
    cells.keras: [
        cell(f"{BACKEND}\nimport keras"),
        cell("keras.ops"),
        cell(INCLUDED.format("keras_inside")),
    ],
    cells.installs: [
        cell(
            "# pip install keras jax scikit-learn\n"
            f"{BACKEND}\nimport keras, numpy, os\nfrom sklearn import svm"
        ),
        cell("import sklearn.base, PIL"),
        cell("from myst_nb import glue", "remove-cell"),
    ],
    cells.tags: [cell("x = 1", "alone", "remove-cell"), cell("x")],
    cells.glue: [cell("from myst_nb import glue\nglue('x', 1)", "remove-cell"), cell("gluey = 1")],
    cells.removed: [cell("a = 1\nb = a", "remove-cell"), cell("b = 2\nprint(b)"), cell("c = b")],
}


@pytest.mark.parametrize(
    ("check", "sources"), RIGHT.items(), ids=[check.__name__ for check in RIGHT]
)
def test_cells_that_keep_to_the_rule_pass(problems, check, sources):
    assert problems(check, *sources) == []


@pytest.mark.parametrize(
    ("check", "sources", "problem"),
    [
        (
            cells.python,
            [cell("x = 1\n%matplotlib inline")],
            "6: no Python (invalid syntax): "
            "a magic or a shell line would not run in the exported script",
        ),
        (
            cells.packages,
            [cell("import kerasbook.toy")],
            "5: this cell imports kerasbook: include what it needs instead",
        ),
        (
            cells.packages,
            [cell("from bookkit.pages import reader")],
            "5: this cell imports bookkit: include what it needs instead",
        ),
        (
            cells.packages,
            [cell(INCLUDED.format("ours"))],
            "5: this cell imports kerasbook: include what it needs instead",
        ),
        *(
            (
                cells.definitions,
                [cell(f"x = 1\n\n{keyword} f{arguments}:\n    pass", "hide-input")],
                "8: this cell defines f by hand: "
                "write it in code/kerasbook, with a test, and include it",
            )
            for keyword, arguments in (("def", "()"), ("async def", "()"), ("class", ""))
        ),
        (
            cells.definitions,
            [cell("if True:\n    def f(): ...")],
            "6: this cell defines f by hand: "
            "write it in code/kerasbook, with a test, and include it",
        ),
        (
            cells.length,
            [cell(f"import os\n{TWELVE}\nx = 13")],
            "5: 13 lines of calls, 12 at most: "
            "divide the cell, or write a function in code/kerasbook and include it",
        ),
        (
            cells.length,
            [cell(f"{TWELVE}\nx = 13\nimport os")],
            "5: 13 lines of calls, 12 at most: "
            "divide the cell, or write a function in code/kerasbook and include it",
        ),
        (
            cells.keras,
            [cell(f"{BACKEND}\nimport keras"), cell("from keras import ops")],
            "13: this cell imports Keras: import it in the page's first cell",
        ),
        (
            cells.keras,
            [cell(BACKEND), cell(INCLUDED.format("keras_inside"))],
            "12: this cell imports Keras: import it in the page's first cell",
        ),
        (
            cells.keras,
            [cell("import keras")],
            '5: the first cell chooses no backend: set os.environ["KERAS_BACKEND"] '
            "before Keras is imported",
        ),
        (
            cells.keras,
            [cell(f"import keras\n{BACKEND}")],
            '5: the first cell chooses no backend: set os.environ["KERAS_BACKEND"] '
            "before Keras is imported",
        ),
        (
            cells.installs,
            [cell("import os"), cell("import sklearn, keras_hub.models")],
            "5: the first cell does not say how to install what it needs: "
            "begin the cell with `# pip install keras-hub scikit-learn`",
        ),
        (
            cells.installs,
            [cell(f"# pip install keras\n{BACKEND}\nimport keras")],
            "5: the first cell does not say how to install what it needs: "
            "begin the cell with `# pip install keras jax`",
        ),
        (
            cells.installs,
            [
                cell(f"# pip install keras jax\n{BACKEND}\nimport keras, subprocess"),
                cell("run('torch')"),
            ],
            "5: the first cell does not say how to install what it needs: "
            "begin the cell with `# pip install jax keras torch`",
        ),
        (
            cells.installs,
            [cell(f"# pip install keras jax torch\n{BACKEND}\nimport keras")],
            "5: the page does not need torch to be installed: "
            "leave it out, or say in `pages/imports.py` what needs it",
        ),
        (
            cells.tags,
            [cell("x = 1", "remove-cell", "alon")],
            "6: the tag 'alon' does nothing; there are: remove-cell, alone",
        ),
        (
            cells.glue,
            [cell("from myst_nb import paste")],
            "5: glue stands in a cell that readers see: tag it remove-cell",
        ),
        (
            cells.glue,
            [cell(INCLUDED.format("glues"))],
            "5: glue stands in a cell that readers see: tag it remove-cell",
        ),
        (
            cells.removed,
            [cell("secret = 1", "remove-cell"), cell(INCLUDED.format("needs"))],
            "10: secret comes from a cell that is removed: bind it in a cell that readers see",
        ),
        (
            cells.removed,
            [cell("import os.path", "remove-cell"), cell("print(os.sep)")],
            "10: os comes from a cell that is removed: bind it in a cell that readers see",
        ),
        (
            cells.removed,
            [cell("from math import pi as tau", "remove-cell"), cell("print(tau)")],
            "10: tau comes from a cell that is removed: bind it in a cell that readers see",
        ),
        (
            cells.removed,
            [cell("# %include lib.toy plain", "remove-cell"), cell("plain()")],
            "10: plain comes from a cell that is removed: bind it in a cell that readers see",
        ),
    ],
)
def test_a_cell_that_breaks_the_rule_is_named_with_line_and_cure(problems, check, sources, problem):
    assert problems(check, *sources) == [f"book/en/a.md:{problem}"]


def test_a_page_that_imports_keras_late_is_told_both(problems):
    found = problems(cells.keras, cell("x = 1"), cell("import keras"))
    assert [problem.partition(" ")[0] for problem in found] == [
        "book/en/a.md:9:",
        "book/en/a.md:5:",
    ]


@pytest.mark.parametrize("check", RIGHT, ids=lambda check: check.__name__)
def test_what_is_no_python_is_the_business_of_one_check(problems, check):
    found = problems(check, cell("def ("), cell("# %include lib.toy gone"))
    assert len(found) == (check is cells.python)
