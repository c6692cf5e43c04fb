"""No two modules of `kerasbook` define one name."""

import pytest

from bookkit.checks import names


@pytest.fixture
def problems(project):
    """Return a function that checks a tree of two modules."""

    def check(first, second):
        modules = {"alpha.py": first, "part/beta.py": second}
        book = project({f"code/kerasbook/{name}": text for name, text in modules.items()})
        return list(names.check(book))

    return check


@pytest.mark.parametrize(
    "definition",
    [
        "def train(): ...",
        "async def train(): ...",
        "class train: ...",
        "train = 1",
        "train: int = 1",
        "(other, [train]) = 1, [2]",
        "other = train = 1",
    ],
)
def test_a_second_definition_is_named_with_both_places_and_the_cure(problems, definition):
    [problem] = problems("def train(): ...\n", f'"""Two."""\n\n{definition}\n')
    assert problem == (
        "code/kerasbook/part/beta.py:3: 'train' is defined in code/kerasbook/alpha.py too, and who "
        "copies both overwrites one: let both chapters include it from one module above them, or "
        "give each a name that says how they differ"
    )


def test_private_names_count(problems):
    [problem] = problems("def _ids(): ...\n", "_ids = {}\n")
    assert ":1: '_ids' is defined in" in problem


@pytest.mark.parametrize(
    "harmless",
    [
        "from kerasbook.alpha import train",
        "import train",
        "def other(train):\n    best = train",
        "class Other:\n    train = 1",
        "OTHER = [train for train in 'ab']",
        "OTHER = {}\nOTHER[train] = 1",
        "training = 1",
    ],
)
def test_imports_parameters_and_inner_names_do_not_count(problems, harmless):
    assert problems("def train(): ...\nbest = 1\n", harmless + "\n") == []


def test_a_name_bound_twice_in_one_module_is_no_collision(problems):
    assert problems("train = 1\ntrain = 2\n", "") == []
