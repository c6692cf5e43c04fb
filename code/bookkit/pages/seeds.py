"""Which random seeds code fixes, read from its syntax: what the provenance box lists.

A seed is what a generator is made with, or what an argument, a default, a variable or an entry of
a dict holds that is called a seed, or seeds. Written integers are listed, those of a short range
too, with the names that hold them; of the others it is only said that there are some.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from bookkit.pages import imports

NAMED = re.compile(r"(?:\w+_)?(?:seeds?|random_state)", re.IGNORECASE)
# What makes or seeds a generator, the seed being its first argument.
SEEDING = re.compile(
    r"(?:.+\.)?(?:default_rng|RandomState|SeedGenerator|SeedSequence|PRNGKey|random\.key|Random"
    r"|set_random_seed|manual_seed|set_seed|random\.seed)"
)
LISTED = 10  # seeds of one range; more are counted among the computed
# What draws without being told to: first weights, the order of samples, splits.
DRAWING = {"jax", "keras", "keras-hub", "keras-tuner", "scikit-learn", "tensorflow", "torch"}
RANDOM = re.compile(r"\brandom\b|\bdefault_rng\b|\bshuffle\b")


def fixed(trees: Iterable[ast.AST]) -> tuple[list[int], bool]:
    """Return the seeds that pieces of code fix, sorted, and whether they compute others."""
    held: dict[str, list[int]] = {}
    listed: set[int] = set()
    more = False
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            held[node.targets[0].id] = _integers(node.value)
        for seed in _seeds(node):
            if values := _integers(seed):
                listed.update(values)
            elif isinstance(seed, ast.Name) and held.get(seed.id):
                listed.update(held[seed.id])
            elif not (isinstance(seed, ast.Constant | ast.Name) and _hands_on(seed)):
                more = True
    return sorted(listed), more


def draws(trees: Iterable[ast.AST]) -> bool:
    """Whether code may draw random numbers, its own or those of a library."""
    trees = list(trees)
    if imports.packages(trees) & DRAWING:
        return True
    return any(RANDOM.search(ast.unparse(tree)) for tree in trees)


def _seeds(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what a piece of code uses as a seed."""
    if isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        yield from (node.value for name in names if NAMED.fullmatch(name))
    if isinstance(node, ast.keyword) and NAMED.fullmatch(node.arg or ""):
        yield node.value
    if isinstance(node, ast.arguments):
        places = [*node.posonlyargs, *node.args]
        defaults = [None] * (len(places) - len(node.defaults)) + node.defaults
        given = zip([*places, *node.kwonlyargs], [*defaults, *node.kw_defaults], strict=True)
        yield from (value for each, value in given if value and NAMED.fullmatch(each.arg))
    if isinstance(node, ast.For | ast.comprehension) and NAMED.fullmatch(ast.unparse(node.target)):
        yield node.iter
    if isinstance(node, ast.Dict):
        keys = (key.value if isinstance(key, ast.Constant) else "" for key in node.keys)
        entries = zip(keys, node.values, strict=True)
        yield from (value for key, value in entries if NAMED.fullmatch(str(key)))
    if isinstance(node, ast.Call) and node.args and SEEDING.fullmatch(ast.unparse(node.func)):
        yield node.args[0]


def _integers(node: ast.expr) -> list[int]:
    """Return the integers that are written: one, or those of a short range, tuple or list."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return [node.value]
    if isinstance(node, ast.Tuple | ast.List):
        values = [value for each in node.elts for value in _integers(each)]
        return values if len(values) == len(node.elts) <= LISTED else []
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "range":
        limits = [value for each in node.args for value in _integers(each)]
        values = list(range(*limits)) if limits and len(limits) == len(node.args) else []
        return values if len(values) <= LISTED else []
    return []


def _hands_on(seed: ast.Constant | ast.Name) -> bool:
    """Whether a seed is no seed (`None`), or a parameter that is called one."""
    return isinstance(seed, ast.Constant) or NAMED.fullmatch(seed.id) is not None
