"""What code imports, and what else it needs, as pip calls it.

`needs` adds to what cells import what they import late (`LATE`), export with (`EXPORTERS`) and
start in other processes; `tests/bookkit/formats/test_setup_lines.py` holds it against a table.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

PACKAGES = {
    "sklearn": "scikit-learn",
    "keras_hub": "keras-hub",
    "keras_tuner": "keras-tuner",
    "PIL": "pillow",
    "ai_edge_litert": "ai-edge-litert",
}  # where names differ
# Keras imports the backend that the first cell names.
BACKEND = re.compile(r"environ\['KERAS_BACKEND'\] = '(\w+)'")
# What a page says for readers: `# pip install keras jax`.
INSTALL = re.compile(r"pip install ((?:[a-z][\w-]* ?)+)")

BACKENDS = {"jax", "tensorflow", "torch"}
NUMPY_BACKEND = {"jax"}  # Keras's, which computes with it in places; SciPy comes with that
STARTS = {"multiprocessing", "subprocess"}
HIDES = {"hidden", "packages"}  # arguments that name what another process shall not see
IMPORT_LINE = re.compile(r"^\s*(?:import|from)\s.*", re.MULTILINE)
METADATA = re.compile(r"importlib\.metadata\.\w+")
CHOSEN = re.compile(r"KERAS_BACKEND\W+(\w+)")
# What `Model.export` of Keras 3.15 imports when it is called, by format and backend, beside the
# backend; see `keras/src/export`. A format that a backend cannot write needs nothing.
EXPORTERS: dict[str, dict[str, set[str]]] = {
    "tf_saved_model": {"jax": {"tensorflow"}, "torch": {"tensorflow", "torch-xla"}},
    "onnx": {"jax": {"flax", "jax2onnx"}, "tensorflow": {"tf2onnx"}},
    "openvino": {
        "jax": {"openvino", "tensorflow"},
        "tensorflow": {"openvino"},
        "torch": {"openvino"},
    },
    "litert": {"torch": {"litert-torch"}},
}
# What libraries import only when this of them is used, in code as `ast.unparse` writes it.
LATE = {
    r"\b(?:read|to)_excel\(": "openpyxl",  # pandas
    r"\bSKLearn(?:Classifier|Regressor|Transformer)\(": "scikit-learn",  # keras.wrappers
    r"\b(?:TextVectorization|StringLookup|IntegerLookup|Hashing|TensorBoard)\(": "tensorflow",
    r"\bTensorBoard\(": "tensorboard",  # no longer installed with TensorFlow, from 2.21 on
    r"\b(?:image|text|audio)_dataset_from_directory\(": "tensorflow",  # these too, with Keras
    r"\bonnxruntime\.quantization\b": "onnx",
    r"\.safetensors\b": "safetensors",  # KerasHub
}


@cache
def parse(source: str) -> ast.Module:
    """Parse code, once for all languages; what is no Python is as good as empty."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def modules(tree: ast.AST) -> set[str]:
    """Return the top-level modules that code imports."""
    roots = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.partition(".")[0])
    return roots


def packages(trees: Iterable[ast.AST]) -> set[str]:
    """Return what pieces of code import, backends of Keras included, as pip calls it."""
    names = set()
    for tree in trees:
        names |= modules(tree) | set(BACKEND.findall(ast.unparse(tree)))
    return {PACKAGES.get(name, name) for name in names}


def needs(trees: Iterable[ast.Module]) -> set[str]:
    """Return all that pieces of code need, which run one after the other, as pip calls it.

    Beside what they import: what programs in their strings import, the backends that they name if
    they start processes, whose metadata they ask for, and what libraries import late. Backends
    that a piece looks for (`find_spec`), or hides from a process, it can do without.
    """
    trees = list(trees)
    needed = packages(trees)
    code = "\n".join(map(ast.unparse, trees))
    backend = BACKEND.search(code)
    starts = bool(needed & STARTS)
    for tree in trees:
        texts = list(_texts(tree))
        lines = [line for text in texts for line in IMPORT_LINE.findall(text)]
        needed |= packages(parse(line.strip()) for line in lines)
        if starts and not _looks(tree):
            named = {name for text in texts for name in [text, *CHOSEN.findall(text)]}
            needed |= named & BACKENDS
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            needed |= _asked(call) | (_exported(call, backend[1]) if backend else set())
    return needed | {package for used, package in LATE.items() if re.search(used, code)}


def installed(source: str) -> set[str]:
    """Return the packages that the `pip install` lines of a text name."""
    return {name for names in INSTALL.findall(source) for name in names.split()}


def _texts(tree: ast.Module) -> Iterator[str]:
    """Yield the strings in code, but for docstrings and what it hides from a process."""
    waiting: list[ast.AST] = [tree]
    for node in waiting:  # which grows
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if isinstance(node, ast.keyword) and node.arg in HIDES:
            continue
        waiting += [each for each in ast.iter_child_nodes(node) if not _is_text(each)]


def _looks(tree: ast.AST) -> bool:
    """Whether code looks for packages before it uses them."""
    return any(
        "find_spec" in (getattr(node, "id", ""), getattr(node, "attr", ""))
        for node in ast.walk(tree)
    )


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is nothing but a string: a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _asked(call: ast.Call) -> set[str]:
    """Return the package whose metadata a call reads, or that a backend it names needs."""
    asked = set(NUMPY_BACKEND) if _argument(call, "backend") == "numpy" else set()
    if METADATA.fullmatch(ast.unparse(call.func)):
        asked |= {_argument(call, "distribution_name", 0)} - {""}
    return asked


def _exported(call: ast.Call, backend: str) -> set[str]:
    """Return what Keras imports to export a model."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "export":
        return set()
    form = _argument(call, "format", 1) or "tf_saved_model"
    return EXPORTERS.get(form, {}).get(backend, set())


def _argument(call: ast.Call, name: str, place: int | None = None) -> str:
    """Return a string that a call is given, by its name or its place."""
    values = [each.value for each in call.keywords if each.arg == name]
    values += call.args[place : place + 1] if place is not None else []
    found = [value.value for value in values if isinstance(value, ast.Constant)]
    return str(found[0]) if found else ""
