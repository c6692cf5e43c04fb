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
        # arguments, defaults, entries
        ("split(x, random_state=7)\nrows.shuffle(10, seed=8)", [7, 8]),
        ("def f(x, seed=9, *, shuffle_seed=2): pass", [2, 9]),
        ("options = {'seed': 1, 'size': 2}", [1]),
        ("f(random_state=None)\nset_random_seed('0')\nf(seed=True)", []),
        # an argument by its place, of a function and of a class of the page
        ("def f(x, seed): pass\nf(1, 2)", [2]),
        ("class B:\n    def __init__(self, x, seed): pass\nB(1, 2)", [2]),
        # variables
        ("SEED = 11", [11]),
        ("start = 3\nnp.random.default_rng(start)", [3]),
        ("SEED = 2\nf(seed=SEED + 1)\nf(seed=100 * SEED)", [2, 3, 200]),
        ("n = 5\nn += 1\nf(seed=n)", []),
        # loops over written numbers
        ("for seed in range(3): run(seed)", [0, 1, 2]),
        ("for k in (4, 2): set_random_seed(k)", [2, 4]),
        ("runs = [run(seed=k) for k in range(1, 6, 2)]", [1, 3, 5]),
        ("x = [[f(seed=s) for s in (k, 100 + k)] for k in range(2)]", [0, 1, 100, 101]),
        ("for rate, seed in ((0.5, 1), (0.9, 0)): pass", [0, 1]),
        ("for n, seed in itertools.product(counts, range(2)): pass", [0, 1]),
        ("for seed, column in np.ndindex(3, len(counts)): pass", [0, 1, 2]),
        ("for seed in range(len(known), 3): pass", [0, 1, 2]),
        ("for k in range(9): pass\ndef f(k): set_random_seed(k)", []),
        ("for seed in (plant, np.random.seed): seed(0)", [0]),
        ("for step in range(10**9): pass\nfor k in range(9_999_999_999): x = k * step", []),
    ],
)
def test_seeds_are_the_written_integers_that_something_random_gets(code, listed):
    found = seeds.fixed([ast.parse(code)])
    assert (found.listed, found.more) == (listed, False)


@pytest.mark.parametrize(
    ("code", "listed"),
    [
        ("def f(repeats):\n    for repeat in range(repeats): default_rng(repeat)", []),
        ("for k, one in enumerate(settings): run(one, seed=1000 * k)", []),
        ("SEED = 0\nfor seed in range(len(runs)): pass", [0]),
    ],
)
def test_seeds_that_only_a_run_counts_are_not_listed_and_not_forgotten(code, listed):
    found = seeds.fixed([ast.parse(code)])
    assert (found.listed, found.more) == (listed, True)


def test_a_cell_knows_what_one_before_it_binds():
    cells = map(ast.parse, ["SEED = 4", "f(seed=SEED)\ng(seed=SEED - 1)"])
    assert seeds.fixed(cells).listed == [3, 4]


@pytest.mark.parametrize(
    ("listed", "text"),
    [([], ""), ([7], "7"), ([0, 1, 2, 9], "0, 1, 2, 9"), ([0, 1, 2, 3, 100], "0–3, 100")],
)
def test_long_runs_are_written_as_a_range(listed, text):
    assert seeds.Seeds(listed, False).text == text


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
