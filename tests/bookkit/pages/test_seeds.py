"""Which seeds code fixes."""

import ast

import pytest

from bookkit.pages import seeds


@pytest.mark.parametrize(
    ("code", "listed"),
    [
        # generators, made or seeded, with the names that libraries give them
        ("keras.utils.set_random_seed(3)", [3]),
        ("np.random.default_rng(4).normal()", [4]),
        ("np.random.seed(1)\ntf.random.set_seed(2)\ntorch.manual_seed(3)", [1, 2, 3]),
        ("jax.random.key(5)\nrandom.Random(6)", [5, 6]),
        ("dictionary.key(5)\nplant(6)", []),
        # arguments and defaults
        ("split(x, random_state=7)\nrows.shuffle(10, seed=8)", [7, 8]),
        ("def f(x, seed=9, *, shuffle_seed=2): pass", [2, 9]),
        ("def f(x, *, seed): return np.random.default_rng(seed)", []),
        ("f(random_state=None)\nset_random_seed('0')\nf(seed=True)", []),
        # variables
        ("SEED = 11", [11]),
        ("start = 3\nnp.random.default_rng(start)", [3]),
        # several
        ("for seed in (0, 1): run(seed=seed)", [0, 1]),
        ("[run(seed) for seed in range(1, 3)]", [1, 2]),
        ('compare(**{"rates": rates, "seeds": range(3)})', [0, 1, 2]),
        ("SEEDS = [4, 6]\ncompare(x, seeds=SEEDS)", [4, 6]),
        ("def f(seeds): return [run(seed) for seed in seeds]", []),
    ],
)
def test_seeds_are_the_written_integers_that_something_random_gets(code, listed):
    assert seeds.fixed([ast.parse(code)]) == (listed, False)


@pytest.mark.parametrize(
    ("code", "listed"),
    [
        ("def f(repeats):\n    for repeat in range(repeats): default_rng(repeat)", []),
        ("for k, one in enumerate(settings): run(one, seed=1000 * k)", []),
        ("SEED = 2\nf(seed=SEED + 1)", [2]),
        ("f(seeds=range(1000))", []),
        ("f(seeds=range(count))", []),
    ],
)
def test_seeds_that_are_computed_are_not_listed_and_not_forgotten(code, listed):
    assert seeds.fixed([ast.parse(code)]) == (listed, True)


def test_a_cell_knows_what_one_before_it_binds():
    cells = map(ast.parse, ["START = 4", "f(seed=START)"])
    assert seeds.fixed(cells) == ([4], False)


@pytest.mark.parametrize(
    ("code", "drawn"),
    [
        ("import keras", True),
        ("from sklearn.svm import SVC", True),
        ("import random", True),
        ("np.random.rand()", True),
        ("rng = np.random.default_rng()", True),
        ("import re\nprint(np.arange(3).mean())  # at random", False),
    ],
)
def test_nothing_random_is_code_that_cannot_draw(code, drawn):
    assert seeds.draws([ast.parse("x = 1"), ast.parse(code)]) is drawn
