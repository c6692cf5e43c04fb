"""Programs that run alone, on modules small enough to write out what comes of them."""

import runpy
import textwrap

import pytest

from bookkit.pages import programs
from bookkit.pages.programs import Import, Name

FILES = {
    "lib/__init__.py": "",
    "lib/base.py": """\
        import math
        from collections import Counter, OrderedDict

        HALF = WHOLE = 0.5


        def root(value):
            return math.sqrt(value) * HALF


        def count(values):
            return Counter(values)
        """,
    "lib/top.py": """\
        import os

        import keras
        import numpy as np
        from PIL import Image, ImageOps

        from lib.base import HALF, root

        LIMIT: float = HALF


        def _shrink(values):
            return values if len(values) < 2 else shrunk(values[1:])


        def shrunk(values, limit=LIMIT):
            root = max(values)
            return _shrink([root * limit])


        class Deep(keras.layers.Layer):
            def call(self, x):
                def inside():
                    return root(x) + np.sum(x)

                return inside()


        def picture(path):
            import pandas as pd

            return pd.DataFrame(Image.open(path)), os.sep
        """,
    "lib/whole.py": """\
        from lib import base
        from lib.base import root as square_root


        def through_module():
            return base.root(4)


        def renamed():
            return square_root(4)
        """,
}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text))
    return tmp_path


def program(root, *names, module="lib.top", **settings):
    return programs.program([Name(module, name) for name in names], root, **settings)


def test_a_program_holds_what_a_definition_uses_as_the_modules_order_it(root):
    # `root` inside `shrunk` is its own; `_shrink` and `shrunk` call each other
    assert program(root, "shrunk") == textwrap.dedent(
        """\
        # From lib.base, lib.top (Apache-2.0)


        HALF = WHOLE = 0.5


        LIMIT: float = HALF


        def _shrink(values):
            return values if len(values) < 2 else shrunk(values[1:])


        def shrunk(values, limit=LIMIT):
            root = max(values)
            return _shrink([root * limit])
        """
    )


def test_a_program_says_what_to_install_and_imports_what_it_uses_alone(root):
    assert program(root, "count", module="lib.base").splitlines()[1:3] == [
        "from collections import Counter",
        "",
    ]
    head, _ = program(root, "picture").split("\n\n\n")
    assert head.splitlines()[1:] == [
        "# pip install pandas pillow",
        "import os",
        "",
        "from PIL import Image",
    ]


@pytest.mark.parametrize(("backend", "chosen"), [("", "tensorflow"), ("jax", "jax")])
def test_a_program_with_keras_names_a_backend_before(root, backend, chosen):
    assert program(root, "Deep", backend=backend).startswith(
        f"""\
# From lib.base, lib.top (Apache-2.0)
# pip install {" ".join(sorted(["keras", "numpy", chosen]))}
import os

os.environ.setdefault("KERAS_BACKEND", "{chosen}")  # before Keras is imported

import math

import keras
import numpy as np

HALF = WHOLE = 0.5


def root(value):
"""
    )


def test_names_of_one_statement_stand_once_and_a_program_may_have_several_ends(root):
    text = program(root, "HALF", "WHOLE", "count", module="lib.base")
    assert text.count("HALF = WHOLE") == text.count("def count") == 1
    assert "import Counter" in text
    assert "math" not in text


def test_what_a_cell_needs_is_what_its_own_definitions_name(root):
    needs = programs.direct([Name("lib.top", "shrunk"), Name("lib.top", "_shrink")], root)
    assert needs == ([Name("lib.top", "LIMIT")], [])
    needs = programs.direct([Name("lib.top", "Deep")], root)
    assert needs.definitions == [Name("lib.base", "root")]
    assert needs.imports == [Import("", "keras"), Import("", "numpy", "np")]
    assert [each.dotted for each in needs.imports] == ["keras", "numpy"]


def test_what_a_statement_only_assigns_is_no_need(root):
    assert programs.direct([Name("lib.base", "HALF")], root) == ([], [])


def test_imports_are_sorted_as_the_formatter_sorts_them(root):
    (root / "lib" / "many.py").write_text(
        "from a import z, B, C_D, b\nimport x.y as k\nimport x.w\nimport sys\n\n\n"
        "def all_of_them():\n    return z, B, C_D, b, k, x, sys\n"
    )
    assert program(root, "all_of_them", module="lib.many").splitlines()[2:7] == [
        "import sys",
        "",
        "import x.w",
        "import x.y as k",
        "from a import C_D, B, b, z",
    ]


@pytest.mark.parametrize(
    ("name", "module"), [("through_module", "lib.base"), ("renamed", "lib.base.root")]
)
def test_what_no_program_can_hold_is_named(root, name, module):
    with pytest.raises(LookupError, match=f"hold .*{module}.*by their own names"):
        program(root, name, module="lib.whole")


def test_a_program_runs_and_defines_its_name(root):
    scope = {}
    exec(program(root, "shrunk"), scope)
    assert scope["shrunk"]([3, 4]) == [2.0]


def test_a_module_of_any_name_says_nothing_about_an_encoding(tmp_path):
    """Python reads `coding: NAME` in the first two lines as the encoding of a file."""
    (tmp_path / "decoding.py").write_text("def f():\n    return 1\n", encoding="utf-8")
    file = tmp_path / "program.py"
    file.write_text(programs.program([Name("decoding", "f")], tmp_path), encoding="utf-8")
    assert runpy.run_path(file)["f"]() == 1
