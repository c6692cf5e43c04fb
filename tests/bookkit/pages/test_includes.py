"""The include lines of code cells."""

import os

import pytest

from bookkit.pages import includes

MODULE = '''\
"""A module."""

import functools

# Not part of any definition.
SEED = 7  # the page's seed
RATE: float = 0.5  # per step
BOUND: int
LEFT = RIGHT = (
    1,  # one
    2,
)
TABLE: dict[str, int] = {
    "a": 1,
}  # closed


@functools.lru_cache
@functools.wraps(print)
def double(value):
    """Return twice the value."""
    # why it is so
    return 2 * value  # (batch,)


class Model:
    size = 3

    def call(self):
        return self.size


async def wait(): ...
'''
DOUBLE = '''\
@functools.lru_cache
@functools.wraps(print)
def double(value):
    """Return twice the value."""
    # why it is so
    return 2 * value  # (batch,)'''
MODEL = """\
class Model:
    size = 3

    def call(self):
        return self.size"""


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "code"
    (root / "lib" / "part").mkdir(parents=True)
    (root / "lib" / "toy.py").write_text(MODULE, encoding="utf-8")
    (root / "lib" / "part" / "__init__.py").write_text("WORD = '词'\n", encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("SEED", "SEED = 7  # the page's seed"),
        ("RATE", "RATE: float = 0.5  # per step"),
        ("BOUND", "BOUND: int"),
        ("LEFT", "LEFT = RIGHT = (\n    1,  # one\n    2,\n)"),
        ("RIGHT", "LEFT = RIGHT = (\n    1,  # one\n    2,\n)"),
        ("TABLE", 'TABLE: dict[str, int] = {\n    "a": 1,\n}  # closed'),
        ("double", DOUBLE),
        ("Model", MODEL),
        ("wait", "async def wait(): ..."),
    ],
)
def test_the_source_of_a_definition_is_exact(root, name, source):
    file = root / "lib" / "toy.py"
    assert includes.expand(f"# %include lib.toy {name}", root) == (
        source,
        [("lib.toy", name)],
        [file],
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [("SEED", ""), ("TABLE", ""), ("double", "function"), ("wait", "function"), ("Model", "class")],
)
def test_functions_and_classes_are_told_from_values(root, name, kind):
    assert includes.kind(root / "lib" / "toy.py", name) == kind


def test_several_names_stand_two_empty_lines_apart_in_the_order_asked_for(root):
    expanded, names, files = includes.expand("# %include lib.toy double SEED", root)
    assert expanded == f"{DOUBLE}\n\n\nSEED = 7  # the page's seed"
    assert names == [("lib.toy", "double"), ("lib.toy", "SEED")]
    assert files == [root / "lib" / "toy.py"]


def test_include_lines_below_each_other_stand_as_far_apart(root):
    source = "# %include lib.toy SEED\n# %include lib.part WORD"
    expanded = includes.expand(source, root)[0]
    assert expanded == "SEED = 7  # the page's seed\n\n\nWORD = '词'"
    between = includes.expand("# %include lib.part WORD\n\n# %include lib.part WORD", root)[0]
    assert between == "WORD = '词'\n\nWORD = '词'", "what stands between them is left as it is"


def test_a_package_is_read_from_its_init_file(root):
    expanded, _, files = includes.expand("# %include lib.part WORD", root)
    assert expanded == "WORD = '词'"
    assert files == [root / "lib" / "part" / "__init__.py"]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x = 1\n\n\ty = '# %include lib.toy SEED'  \n",
        " # %include lib.toy SEED",
        "#%include lib.toy SEED",
        "# %includes lib.toy SEED",
        "x = 1  # %include lib.toy SEED",
    ],
)
def test_other_lines_are_untouched(root, source):
    assert includes.expand(source, root) == (source, [], [])


def test_code_around_include_lines_is_untouched(root):
    source = "x = 1\n# %include lib.toy SEED\n\n  \n# %include lib.part WORD\nprint(x) \n"
    expanded, names, files = includes.expand(source, root)
    assert expanded == "x = 1\nSEED = 7  # the page's seed\n\n  \nWORD = '词'\nprint(x) \n"
    assert names == [("lib.toy", "SEED"), ("lib.part", "WORD")]
    assert [file.name for file in files] == ["toy.py", "__init__.py"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "# %include lib.gone f",
            "unknown include: there is no module 'lib.gone' in code/; closest: lib.toy, lib.part",
        ),
        (
            "# %include lib.toy SEED sead",
            "unknown include: toy.py defines no 'sead'; closest: SEED",
        ),
        (
            "# %include lib.toy functools",
            "unknown include: toy.py defines no 'functools'; closest: none",
        ),
        (
            "# %include lib.toy call",
            "unknown include: toy.py defines no 'call'; closest: TABLE",
        ),
        (
            "# %include lib.toy",
            "expected '# %include MODULE NAME ...', got '# %include lib.toy'",
        ),
        ("# %include", "expected '# %include MODULE NAME ...', got '# %include'"),
    ],
)
def test_an_include_that_names_nothing_says_so_with_its_line(root, line, message):
    with pytest.raises(includes.IncludeError) as caught:
        includes.expand(f"x = 1\n\n{line}\n", root)
    assert (caught.value.line, str(caught.value)) == (2, message)


def test_editing_the_module_changes_the_next_expansion(root):
    file = root / "lib" / "toy.py"
    assert includes.expand("# %include lib.toy SEED", root)[0] == "SEED = 7  # the page's seed"
    before = file.stat().st_mtime_ns
    file.write_text(MODULE.replace("SEED = 7", "SEED = 8"), encoding="utf-8")
    step = 1  # nanosecond, or the shortest step that the file system can tell
    while (os.utime(file, ns=(before, before + step)), file.stat().st_mtime_ns)[1] == before:
        step *= 10
    assert includes.expand("# %include lib.toy SEED", root)[0] == "SEED = 8  # the page's seed"
