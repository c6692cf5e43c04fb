"""Which random seeds code fixes, read from its syntax: what the provenance box lists.

A seed is an integer that seeds a generator, or that something is given which is called a seed: an
argument, a default, a variable, an entry of a dictionary. Of a loop over written numbers each one
counts. A loop that counts as far as only a run could tell has seeds that nobody can list.
"""

import ast
import itertools
import operator
import re
from collections.abc import Iterable
from typing import NamedTuple

from bookkit.pages import imports

NAMED = re.compile(r"(?:\w+_)?(?:seeds?|random_state)", re.IGNORECASE)
# What makes or seeds a generator, the seed being its first argument.
SEEDING = re.compile(
    r"(?:.+\.)?(?:default_rng|RandomState|SeedGenerator|SeedSequence|PRNGKey|random\.key|Random"
    r"|set_random_seed|manual_seed|set_seed|seed)"
)
# What draws without being told to: first weights, the order of samples, splits.
DRAWING = {"jax", "keras", "keras-hub", "keras-tuner", "scikit-learn", "tensorflow", "torch"}
RANDOM = re.compile(r"\brandom\b|\bdefault_rng\b|\bshuffle\b")
TOGETHER = {"zip", "product", "itertools.product"}  # what yields a value of each argument
ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}
RUN = 4  # so many neighbors are written as a range
MOST = 10_000  # more values than this are no seeds: a loop of steps, for instance

Values = frozenset[int]
NONE: Values = frozenset()


class Seeds(NamedTuple):
    """The seeds that code fixes, sorted; and whether it counts through others."""

    listed: list[int]
    more: bool

    @property
    def text(self) -> str:
        """The list, neighbors as a range: `0–19, 42`."""
        parts: list[str] = []
        for _, group in itertools.groupby(enumerate(self.listed), lambda each: each[1] - each[0]):
            run = [seed for _, seed in group]
            parts += [f"{run[0]}–{run[-1]}"] if len(run) >= RUN else map(str, run)
        return ", ".join(parts)


def fixed(trees: Iterable[ast.AST]) -> Seeds:
    """Return the seeds that pieces of code fix, which run one after the other."""
    finder = _Finder()
    for tree in trees:
        finder.visit(tree)
    return Seeds(sorted(finder.found), finder.more)


def draws(trees: Iterable[ast.AST]) -> bool:
    """Whether code may draw random numbers, its own or those of a library."""
    trees = list(trees)
    if imports.packages(trees) & DRAWING:
        return True
    return any(RANDOM.search(ast.unparse(tree)) for tree in trees)


class _Finder(ast.NodeVisitor):
    """Walks through code in the order of its lines, and knows which names hold which integers."""

    def __init__(self) -> None:
        self.found: set[int] = set()
        self.more = False
        # What names hold, by scope; None: what a loop counts through, as far as only a run knows.
        self.scopes: list[dict[str, Values | None]] = [{}]
        self.parameters: dict[str, list[str]] = {}  # of the functions defined so far, by position

    def note(self, name: str, value: ast.expr) -> None:
        """Keep what is given to something that is called a seed."""
        if NAMED.fullmatch(name):
            self.take(value)

    def take(self, seed: ast.expr) -> None:
        """Keep the values of a seed."""
        names = [node.id for node in ast.walk(seed) if isinstance(node, ast.Name)]
        self.more |= any(self.held(name) is None for name in names)
        self.found |= self.values(seed)

    def held(self, name: str) -> Values | None:
        """Return what a name holds: nothing if that is unknown, None if a loop counts with it."""
        return next((each[name] for each in self.scopes[::-1] if name in each), NONE)

    def bind(self, target: ast.expr, values: Values | None) -> None:
        """Remember what a name holds from here on."""
        if isinstance(target, ast.Name):
            self.scopes[-1][target.id] = values
            if NAMED.fullmatch(target.id):
                self.found |= values or NONE
                self.more |= values is None

    def values(self, node: ast.expr) -> Values:
        """Return the integers that an expression stands for, or holds; none if unknown."""
        if isinstance(node, ast.Constant):
            return frozenset([node.value]) if type(node.value) is int else NONE
        if isinstance(node, ast.Name):
            return self.held(node.id) or NONE
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return NONE.union(*map(self.values, node.elts))
        if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
            left, right = self.values(node.left), self.values(node.right)
            compute = ARITHMETIC[type(node.op)]
            pairs = itertools.product(left, right) if len(left) * len(right) <= MOST else ()
            return frozenset(compute(*pair) for pair in pairs)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "range":
            return self.range(node.args)
        return NONE

    def range(self, arguments: list[ast.expr]) -> Values:
        """Return the values of a range; a start that is unknown counts as 0."""
        known = [self.values(each) for each in arguments]
        first, last = (known[0], known[1]) if len(known) > 1 else (NONE, known[0])
        step = min(known[2], default=1) if len(known) > 2 else 1
        found = range(min(first, default=0), max(last, default=0), step or 1)
        return frozenset(found) if len(found) <= MOST else NONE

    def loop(self, target: ast.expr, iterated: ast.expr) -> None:
        """Bind what a loop or a comprehension runs over, with several targets each its own."""
        if not isinstance(target, ast.Tuple | ast.List):
            self.bind(target, self.run_over(iterated))
            return
        for place, each in enumerate(target.elts):
            self.bind(each, self.column(iterated, place))

    def run_over(self, iterated: ast.expr) -> Values | None:
        """Return the values of a loop; None if it counts up to what is unknown."""
        counts = isinstance(iterated, ast.Call) and ast.unparse(iterated.func) == "range"
        return self.values(iterated) or (None if counts else NONE)

    def column(self, iterated: ast.expr, place: int) -> Values | None:
        """Return the values at a place of all that a loop runs over."""
        if isinstance(iterated, ast.Tuple | ast.List):
            rows = [each.elts for each in iterated.elts if isinstance(each, ast.Tuple | ast.List)]
            return NONE.union(*(self.values(row[place]) for row in rows if place < len(row)))
        if not isinstance(iterated, ast.Call):
            return NONE
        function = ast.unparse(iterated.func)
        if function == "enumerate":
            return self.run_over(iterated.args[0]) if place else None
        if function in TOGETHER and place < len(iterated.args):
            return self.run_over(iterated.args[place])
        if function.endswith("ndindex") and place < len(iterated.args):
            return self.range([iterated.args[place]])
        return NONE

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            self.bind(target, self.values(node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.generic_visit(node)
        self.bind(node.target, NONE)

    def visit_For(self, node: ast.For) -> None:
        self.loop(node.target, node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.visit(node.iter)
        self.loop(node.target, node.iter)
        for each in node.ifs:
            self.visit(each)

    def visit(self, node: ast.AST) -> None:
        """Visit a comprehension's loops first, since what it makes stands before them."""
        if not isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            super().visit(node)
            return
        self.scopes.append({})
        made = [each for each in ast.iter_child_nodes(node) if each not in node.generators]
        for each in [*node.generators, *made]:
            self.visit(each)
        self.scopes.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        places = [*node.args.posonlyargs, *node.args.args]
        self.parameters[node.name] = [each.arg for each in places]
        last = places[len(places) - len(node.args.defaults) :]
        given = zip(last, node.args.defaults, strict=True)
        by_name = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        for parameter, default in [*given, *by_name]:
            if default is not None:
                self.note(parameter.arg, default)
        self.scopes.append({each.arg: NONE for each in [*places, *node.args.kwonlyargs]})
        self.generic_visit(node)
        self.scopes.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.scopes.append({})
        self.generic_visit(node)
        self.scopes.pop()
        made = self.parameters.pop("__init__", [])
        self.parameters[node.name] = made[1:]  # without self

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                self.note(key.value, value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func)
        for keyword in node.keywords:
            self.note(keyword.arg or "", keyword.value)
        for parameter, value in zip(self.parameters.get(name, []), node.args, strict=False):
            self.note(parameter, value)
        if SEEDING.fullmatch(name) and node.args:
            self.take(node.args[0])
        self.generic_visit(node)
