"""Scripts and files with programs: what pages ask for when a reader copies."""

import json

import pytest

from bookkit.web import programs

TOY = "import keras\n\nTWO = 2\n\n\ndef double(value):\n    return TWO * value\n\n\n" + (
    "def build():\n    return keras.Sequential()\n"
)
CELL = "```{{code-cell}} ipython3\n{}\n```\n"


@pytest.fixture
def book(project, page_text):
    """Write a page that includes code, one that includes some of it later, and one without."""
    cells = [
        "import os\n\nos.environ[\"KERAS_BACKEND\"] = 'jax'",
        "# %include kerasbook.toy double TWO",
        'os.environ["KERAS_BACKEND"] = "torch"  # too late',
        "# %include kerasbook.toy build",
        "double(2)",
    ]
    pages = {
        "index": "(sec-index)=\n# First\n\n```{toctree}\npart/one\nlater\n```\n",
        "part/one": page_text("(sec-one)=\n# One\n\n" + "\n".join(map(CELL.format, cells))),
        "later": page_text("(sec-later)=\n# Two\n\n" + CELL.format(cells[3])),
    }
    return project(
        {"code/kerasbook/toy.py": TOY}
        | {f"book/zh/{name}.md": text for name, text in pages.items()}
    )


def script(book):
    return programs.script_of("part/one", book.folder / "zh" / "part" / "one.md", book.code)


def test_a_page_has_a_program_for_each_cell_and_each_function(book):
    found = script(book).programs
    assert list(found) == ["double TWO", "build", "double"]
    assert found["double TWO"] == found["double"]
    scope = {}
    exec(found["double"], scope)
    assert scope["double"](3) == 6


def test_programs_with_keras_name_the_backend_that_the_page_names_first(book):
    found = script(book).programs
    assert 'setdefault("KERAS_BACKEND", "jax")' in found["build"]
    assert "# pip install jax keras\n" in found["build"]
    assert "KERAS_BACKEND" not in found["double"]


def test_a_script_hands_its_programs_over_and_has_another_address_when_one_changes(book):
    before = script(book)
    head, _, rest = before.text.partition(" = ")
    assert head == '(window.bookPrograms ??= {})["part/one"]'
    assert json.loads(rest.removesuffix(";\n")) == before.programs
    (book.code / "kerasbook" / "toy.py").write_text(TOY.replace("TWO = 2", "TWO = 1 + 1"))
    after = script(book)
    assert after.address != before.address
    assert after.address.split("?")[0] == "programs/part/one.js"


def test_programs_stand_in_a_script_a_page_and_a_file_a_function(book, tmp_path):
    folder = tmp_path / "site" / "programs"
    programs.write(folder, book)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {"part/one.js", "later.js", "double.py", "build.py", programs.STAMP}
    assert (folder / "part" / "one.js").read_text() == script(book).text
    # as on the page that the list of snippets leads to: on jax
    assert (folder / "build.py").read_text() == script(book).programs["build"]
    assert "tensorflow" in (folder / "later.js").read_text()


@pytest.mark.parametrize("changed", ["code/kerasbook/toy.py", "book/zh/part/one.md"])
def test_programs_are_written_again_only_when_something_changed(book, tmp_path, changed):
    folder = tmp_path / "programs"
    programs.write(folder, book)
    (folder / "stale.py").touch()
    programs.write(folder, book)
    file = tmp_path / changed
    if file.suffix == ".md":  # programs are made of cells
        file.write_text(f"{file.read_text('utf-8')}\nProse.\n", "utf-8")
        programs.write(folder, book)
    assert (folder / "stale.py").exists()
    file.write_text(f"{file.read_text('utf-8')}\n# More\n", "utf-8")
    programs.write(folder, book)
    assert not (folder / "stale.py").exists()
