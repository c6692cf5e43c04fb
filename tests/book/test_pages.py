"""Contracts on the sources of the pages and on the code that they show."""

import ast
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from bookkit.checks.all import CHECKS
from bookkit.checks.book import Book
from bookkit.pages import includes, reader
from bookkit.paths import BOOK, CODE, LANGUAGES, ROOT
from kerasbook.introduction import HISTORY

OURS = {"kerasbook", "bookkit"}
MAX_CELL_LINES = 12
MIN_EXERCISES = 3
WANTED_LABELS = tuple(
    f"sec-{chapter}-{section}"
    for chapter, sections in {
        "1": ("1", "2", "3"),
        "2": ("1-1", "1-2", "1-3", "2-1", "2-2", "2-3", "3-1", "3-2", "3-3"),
        "3": ("1-1", "1-2", "2-1", "2-2", "2-3", "3-1", "3-2", "3-3"),
        "4": ("1-1", "1-2", "1-3", "2-1", "2-2", "2-3", "3-1", "4-1", "4-2", "4-3"),
    }.items()
    for section in sections
)
WANTED_LABELS += ("sec-named-entities", "sec-4-1-3-ner")
PROVENANCE_LAST = re.compile(r"^(`{3,}|:{3,})\{provenance\}\s*\n\1\s*\Z", re.MULTILINE)
# Where a list of pages stands in the source, a reader sees nothing.
HIDDEN_TOCTREE = re.compile(r"^(`{3,})\{toctree\}\n:hidden:.*?^\1\n", re.MULTILINE | re.DOTALL)
DROPDOWN = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|:{3,})\{dropdown\}[^\n]*\n(?P<body>.*?)^[ \t]*(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)

CJK = r"[\u3400-\u9fff]"
CHINESE_FAULTS = {
    "a space is missing between Chinese and Latin letters or digits": re.compile(
        rf"{CJK}[A-Za-z0-9]|[A-Za-z0-9]{CJK}"
    ),
    "half-width punctuation in Chinese": re.compile(rf"{CJK}\s*[,.;:!?]\s*{CJK}|{CJK}[,;:!?]"),
    "您 instead of 你": re.compile("您"),
}
# Stands for code, a role or a formula, where the rules for prose do not hold.
OBJECT = "\ufffc"


def module(cell) -> ast.Module:
    return ast.parse(cell.source)


def removed(cell) -> bool:
    return "remove-cell" in cell.metadata.get("tags", [])


def imported_roots(tree: ast.AST) -> set[str]:
    roots = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            roots.add(node.module.partition(".")[0])
    return roots


def names(tree: ast.AST, context: type) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }


@pytest.fixture(scope="module")
def sources() -> Book:
    return Book(ROOT)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.__module__}.{check.__name__}")
def test_the_book_passes(check, sources):
    assert list(check(sources)) == []


# The pages as Markdown


def test_every_heading_has_a_label_of_its_own(page):
    assert page.structure.problems == []


def test_labels_are_unique_in_a_language(book):
    for language in LANGUAGES:
        labels = [
            section.label
            for page in book.pages
            if page.language == language
            for section in page.structure.sections
            if section.level
        ]
        assert sorted(labels) == sorted(set(labels))


def test_front_matter_names_the_format_and_the_one_kernelspec(page):
    front_matter = page.structure.front_matter
    assert front_matter.get("file_format") == "mystnb"
    assert front_matter.get("kernelspec") == reader.KERNELSPEC


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("label", WANTED_LABELS)
def test_sections_of_the_article_exist(book, language, label):
    found = [
        str(page)
        for page in book.pages
        if page.language == language
        and label in [section.label for section in page.structure.sections]
    ]
    assert len(found) == 1


def test_a_page_with_cells_ends_with_its_provenance(cell_page):
    assert PROVENANCE_LAST.search(HIDDEN_TOCTREE.sub("", cell_page.text))


def test_a_page_with_cells_has_exercises_with_folded_answers(lesson):
    answers = []
    for match in DROPDOWN.finditer(lesson.text):
        lines = [line.strip() for line in match["body"].splitlines()]
        answers.append([line for line in lines if line and not line.startswith(":")])
    assert len(answers) >= MIN_EXERCISES
    assert all(answers), "an answer is empty"


# Chinese prose


def prose(page) -> Iterator[tuple[str, str]]:
    """Yield the text of each paragraph, caption and title, and the label of its section."""
    config = MdParserConfig(enable_extensions=set(reader.MYST_EXTENSIONS))
    parser = create_md_parser(config, RendererHTML)
    for section in page.structure.sections:
        for markdown in section.prose:
            for token in parser.parseInline(markdown):
                yield section.label, "".join(visible(child) for child in token.children)


def visible(token) -> str:
    if token.type in ("text", "image"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type.startswith(("code_", "myst_role", "math_")):
        return OBJECT
    return ""  # the marks of emphasis and links


@pytest.mark.parametrize("fault", CHINESE_FAULTS)
def test_chinese_prose(chinese_page, fault):
    found = [
        f"{label}: …{text[max(match.start() - 12, 0) : match.end() + 12]}…"
        for label, text in prose(chinese_page)
        for match in CHINESE_FAULTS[fault].finditer(text)
    ]
    assert found == []


# The cells


def test_cells_are_plain_python(cell_page):
    for cell in cell_page.expanded:
        module(cell)  # a magic or a shell line would not run in the exported script


def test_no_cell_imports_the_books_own_packages(cell_page):
    for cell in cell_page.expanded:
        assert not imported_roots(module(cell)) & OURS, cell.source


def test_no_cell_defines_a_function_or_class_by_hand(cell_page):
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    for cell in cell_page.cells:
        by_hand = [node.name for node in ast.walk(module(cell)) if isinstance(node, definitions)]
        assert by_hand == [], "write it in code/kerasbook and include it"


def test_calls_between_included_definitions_are_short(cell_page):
    for cell in cell_page.cells:
        if removed(cell):
            continue
        imports = {
            line
            for node in module(cell).body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for line in range(node.lineno, node.end_lineno + 1)
        }
        lines = [
            line
            for number, line in enumerate(cell.source.splitlines(), 1)
            if line.strip() and number not in imports and not includes.DIRECTIVE.match(line)
        ]
        assert len(lines) <= MAX_CELL_LINES, "\n".join(lines)


def test_keras_backend_is_chosen_in_plain_sight_before_keras_is_imported(cell_page):
    cells = [module(cell) for cell in cell_page.expanded]
    imported = any("keras" in imported_roots(tree) for tree in cells)
    before = itertools.takewhile(
        lambda statement: "keras" not in imported_roots(statement), cells[0].body
    )
    chosen = any("'KERAS_BACKEND'" in ast.unparse(statement) for statement in before)
    assert chosen == imported, 'the first cell sets os.environ["KERAS_BACKEND"], then imports keras'


def test_imports_of_keras_stand_in_the_first_cell(cell_page):
    later = [imported_roots(module(cell)) for cell in cell_page.expanded[1:]]
    assert not any("keras" in roots for roots in later)


def test_glue_stands_in_removed_cells_only(cell_page):
    for cell in cell_page.expanded:
        if not removed(cell):
            tree = module(cell)
            assert "myst_nb" not in imported_roots(tree)
            assert "glue" not in names(tree, ast.Load)


def test_no_shown_cell_needs_a_name_from_a_removed_one(cell_page):
    shown = [module(cell) for cell in cell_page.expanded if not removed(cell)]
    hidden = [module(cell) for cell in cell_page.expanded if removed(cell)]
    bound = set().union(*(names(tree, ast.Store) for tree in hidden))
    bound -= set().union(*(names(tree, ast.Store) for tree in shown))
    assert not bound & set().union(*(names(tree, ast.Load) for tree in shown))


# The code that is shown


def included(book) -> dict[str, set[str]]:
    """Map each module that pages include from to the names they include."""
    shown: dict[str, set[str]] = {}
    for page in book.pages:
        for cell in page.cells if page.has_cells else []:
            for name, definition in includes.expand(cell.source, CODE)[1]:
                shown.setdefault(name, set()).add(definition)
    return shown


def test_every_public_definition_of_an_included_module_is_shown(book):
    hidden = []
    for name, shown in included(book).items():
        tree = ast.parse(includes.module_file(name, CODE).read_text(encoding="utf-8"))
        hidden += [
            f"{name}.{node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and node.name not in shown
        ]
    assert hidden == []


def test_pages_include_only_what_readers_may_copy(book):
    modules = included(book)
    assert modules
    assert {name.partition(".")[0] for name in modules} == {"kerasbook"}


def test_code_is_a_source_root_and_no_package():
    assert not (CODE / "__init__.py").exists()
    command = [sys.executable, "-c", "import code; print(code.InteractiveConsole.__module__)"]
    environment = os.environ | {"PYTHONPATH": str(CODE)}
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.stdout == "code\n", answer.stderr


# Runs once for all modules, since importing keras takes seconds. Keras itself may load pyplot, so
# what counts is who asks for it.
IMPORT_ALL = """
import builtins, importlib, json, pkgutil, sys

asked = []
original = builtins.__import__

def watch(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "")
    if importer.partition(".")[0] == "kerasbook":
        wanted = [name, *(f"{name}.{attribute}" for attribute in fromlist or ())]
        asked.extend([importer, each] for each in wanted)
    return original(name, globals, locals, fromlist, level)

builtins.__import__ = watch
import kerasbook

for module in pkgutil.walk_packages(kerasbook.__path__, "kerasbook."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] not in ("jax", "torch"):  # backends that are optional
            raise
loaded = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps({"asked": asked, "loaded": loaded}))
"""


def test_importing_kerasbook_loads_no_machinery(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(CODE), "TF_CPP_MIN_LOG_LEVEL": "3"}
    answer = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stderr
    report = json.loads(answer.stdout.splitlines()[-1])
    assert not {"bookkit", "sphinx"} & set(report["loaded"])
    forbidden = ("matplotlib.pyplot", "bookkit", "sphinx")
    assert [pair for pair in report["asked"] if pair[1].startswith(forbidden)] == []


# Spelled in parts, so that this file passes its own test.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("anaconda", "org"),
        ("anaconda", "com"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("golang", "org"),
        ("pytorch", "org/whl"),
    )
]


def test_no_file_names_the_host_of_a_package_registry():
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout, to know which files belong to the project")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        content = path.read_bytes().lower() if path.is_file() else b""
        found += [f"{name}: {host}" for host in REGISTRY_HOSTS if host.encode() in content]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_dates_says_what_the_figure_draws(language):
    text = (BOOK / language / "introduction.md").read_text(encoding="utf-8")
    dates = re.findall(r"^\| (\d{4}-\d{2}-\d{2}) \|", text, re.MULTILINE)
    assert dates == [day.isoformat() for day, _, _ in HISTORY]
