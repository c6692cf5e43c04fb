"""What there is to copy, and where a reader finds it."""

import ast

import pytest

from bookkit.web import catalog

CODE = '''\
LIMIT = 1


def shared(x):
    """Say `x`

    More."""


def late(x: int, *rest, scale: float = 2.0, **more) -> int:
    """Wrap
    two lines.
    """


def _hidden():
    """Nobody copies this."""


class Box:
    """Hold things."""
'''


def page(*parts):
    return "\n\n".join(parts) + "\n"


def cell(*names, fold=False):
    above = ":::{fold} Plumbing.\n:::\n\n" if fold else ""
    return f"{above}```{{code-cell}}\n# %include kerasbook.toy {' '.join(names)}\n```"


PAGES = {
    "index": page("(sec-index)=\n# First", "```{toctree}\nb\na\n```"),
    "a": page("(sec-a)=\n# The A", cell("shared"), "(sec-a-two)=\n## Two", cell("late", "Box")),
    "b": page("(sec-b)=\n# The `B`", cell("shared", "LIMIT", "_hidden", fold=True), cell("late")),
}


@pytest.fixture
def entries(project):
    pages = {
        f"book/{code}/{name}.md": text for name, text in PAGES.items() for code in ("zh", "en")
    }
    book = project({"code/kerasbook/toy.py": CODE, **pages})
    return catalog.entries(book, "en")


def test_an_entry_stands_where_it_is_shown_first_in_sight(entries):
    found = {
        each.name: [(entry.name.name, entry.section) for entry in listed]
        for each, listed in entries.items()
    }
    # b is read before a, but folds `shared`; values and private functions are none
    assert found == {
        "b": [("late", "sec-b")],
        "a": [("shared", "sec-a"), ("Box", "sec-a-two")],
    }
    assert [each.title for each in entries] == ["The B", "The A"]


def test_an_entry_says_how_it_is_called_and_the_first_line_of_what_it_does(entries):
    listed = {entry.name.name: entry for each in entries.values() for entry in each}
    assert listed["late"].signature == "late(x, *rest, scale=2.0, **more)"
    assert listed["late"].summary == "Wrap two lines."
    assert listed["shared"].summary == "Say `x`"


@pytest.mark.parametrize(
    ("code", "signature"),
    [
        ("def f(a, /, b=None, *, c): pass", "f(a, /, b=None, *, c)"),
        ("async def f(): pass", "f()"),
        ("class C: pass", "C"),
        ("class C:\n    def __init__(self, units: int, *, seed=0): pass", "C(units, *, seed=0)"),
        ("@dataclass\nclass C:\n    x: int\n    y: str = 'a'", "C(x, y='a')"),
    ],
)
def test_signatures_leave_types_out(code, signature):
    assert catalog.signature(ast.parse(code).body[0]) == signature
