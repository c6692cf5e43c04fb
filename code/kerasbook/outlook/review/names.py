"""Which names a package offers, read from its source without importing it."""

import ast
import re

# Where the generated list of public names lies, in the releases that have one.
ROOTS = ("keras.api._v2.keras", "keras.api", "keras")
NOT_PUBLIC = re.compile(r"\.(_|(src|api|tests|legacy)(\.|$))|_backend\.")
FRAMEWORKS = frozenset(
    ("theano", "tensorflow", "cntk", "mxnet", "plaidml", "jax", "torch",
     "openvino")
)  # fmt: skip


def read_bindings(tree):
    """Map the names that a module or class binds to what they stand for.

    Args:
        tree: an `ast.Module`, a class, or a statement with a body.
    """
    found = {"*": []}  # ①
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found[node.name] = node
        elif isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            found["*"].append(node)
        elif isinstance(node, ast.ImportFrom):
            found |= {each.asname or each.name: node for each in node.names}
        else:
            merge_bindings(found, node)
    return found


def merge_bindings(found, node):
    """Add what aliases bind, and blocks below `if`, `try` and `with`."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
        names = [ast.unparse(each) for each in node.targets]
        found |= dict.fromkeys(names, node.value.id)
    elif isinstance(node, (ast.If, ast.Try, ast.With, ast.ExceptHandler)):
        inner = read_bindings(node)
        found |= inner | {"*": found["*"] + inner["*"]}


def read_package(files):
    """Read the modules of a package.

    Args:
        files: maps paths such as `"keras/layers/core.py"` to source code.

    Returns:
        maps names such as `"keras.layers.core"` to pairs: the package that
        relative imports start from, and the bindings.
    """
    modules = {}
    for path, source in files.items():
        name = path.removesuffix(".py").replace("/", ".")
        bindings = read_bindings(ast.parse(source))
        package = name.rpartition(".")[0]
        modules[name.removesuffix(".__init__")] = (package, bindings)
    return modules


def imported_from(package, node):
    """Return the full name of the module that an import takes from."""
    if not node.level:
        return node.module
    parts = package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *filter(None, [node.module])])


def follow_path(modules, path, seen=()):
    """Follow a dotted path to where a class or function is defined.

    Args:
        modules: as of `read_package`.
        path: such as `"keras.layers.Dense"`.
        seen: paths on the way here, since imports may go in a circle.

    Returns:
        the module and the definition, an `ast` node; `None` if the path
        leads to none in this package.
    """
    module, _, name = path.rpartition(".")
    if path in seen or module not in modules:
        return None
    package, bindings = modules[module]
    what = bindings.get(name)
    if isinstance(what, (ast.ClassDef, ast.FunctionDef)):
        return module, what
    ways = [f"{imported_from(package, star)}.{name}" for star in bindings["*"]]
    if what is not None:
        ways = [one_step(modules, module, name)]
    ends = (follow_path(modules, way, (*seen, path)) for way in reversed(ways))
    return next(filter(None, ends), None)


def one_step(modules, module, name):
    """Return the path that an alias or an import of a module leads to."""
    package, bindings = modules[module]
    what = bindings[name]
    if isinstance(what, str):
        return f"{module}.{what}"
    names = {each.asname or each.name: each.name for each in what.names}
    return f"{imported_from(package, what)}.{names[name]}"


def offered_names(modules, module, seen=()):
    """List the names that a module offers, those of star imports included."""
    package, bindings = modules[module]
    names = set(bindings) - {"*"}
    for star in bindings["*"]:
        origin = imported_from(package, star)
        if origin in modules and origin not in seen:
            names |= offered_names(modules, origin, (*seen, module))
    return names


def importable_paths(modules, root):
    """Map each path below `root` to the class or function it leads to.

    Left out are names and modules that say themselves that they are not for
    users, such as `_x` and `keras.src`.
    """
    found = {}
    for module in modules:
        if not f"{module}.".startswith(f"{root}."):
            continue
        for name in offered_names(modules, module):
            path = f"keras{module.removeprefix(root)}.{name}"
            end = follow_path(modules, f"{module}.{name}")
            if end and not NOT_PUBLIC.search(path):
                found[path] = end
    return found


def shortest_paths(paths):
    """Choose one path for each class and function: the shortest.

    Of equally short ones, the one that leads to no other module's import and
    not through `keras.engine`; then the first in the alphabet.
    """
    chosen = {}
    for path, (module, node) in paths.items():
        borrowed = path.rpartition(".")[0] in (module, "keras")
        key = (path.count("."), ".engine." in path, not borrowed, path)
        chosen[node] = min(key, chosen.get(node, key))
    return {key[-1] for key in chosen.values()}


def base_classes(modules, module, node):
    """Yield a class and those it derives from in this package, by module."""
    yield module, node
    for base in node.bases:
        first, _, rest = ast.unparse(base).partition(".")
        path = f"{module}.{first}"
        if rest and isinstance(modules[module][1].get(first), ast.ImportFrom):
            path = f"{one_step(modules, module, first)}.{rest}"
        found = follow_path(modules, path)
        if found and found[1] is not node and hasattr(found[1], "bases"):
            yield from base_classes(modules, *found)


def methods(modules, module, node):
    """Map the methods of a class, inherited ones too, to their definitions."""
    found = {}
    for _, each in base_classes(modules, module, node):
        for name, what in read_bindings(each).items():
            if isinstance(what, ast.FunctionDef):
                found.setdefault(name, what)
    return found


def arguments(modules, module, node):
    """List the arguments of a function, or of a class when it is called."""
    if isinstance(node, ast.ClassDef):
        node = methods(modules, module, node).get("__init__")
    if node is None:
        return []
    own = node.args
    names = [each.arg for each in own.posonlyargs + own.args + own.kwonlyargs]
    return [name for name in names if name not in ("self", "cls")]


def with_methods(modules, paths):
    """Map paths to lists of arguments, and add the methods of models."""
    found = {}
    for path, (module, node) in paths.items():
        found[path] = arguments(modules, module, node)
        if path.endswith((".Sequential", ".Model")):
            for name, method in methods(modules, module, node).items():
                if not name.startswith("_"):
                    found[f"{path}.{name}"] = arguments(modules, module, method)
    return found


def describe(files):
    """Read which names a release offers.

    Args:
        files: its source, as of `read_package`.

    Returns:
        all importable paths with their arguments; and the set of those that
        count, one for each class and function that is public.
    """
    modules = read_package(files)
    root = next(root for root in ROOTS if root in modules)
    public = importable_paths(modules, root)
    chosen = {path: public[path] for path in shortest_paths(public)}
    every = importable_paths(modules, "keras") | public
    return with_methods(modules, every), set(with_methods(modules, chosen))


def imported_frameworks(files):
    """Name the frameworks that a package imports, tests apart.

    Args:
        files: its source, as of `read_package`.
    """
    found = set()
    for path, source in files.items():
        if not re.search(r"(^|/)tests?/|_test\.py$", path):
            pattern = r"^\s*(?:import|from)\s+(\w+)"
            found |= set(re.findall(pattern, source, re.MULTILINE))
    return sorted(found & FRAMEWORKS)
